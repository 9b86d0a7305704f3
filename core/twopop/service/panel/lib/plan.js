"use strict";

const { make, fill, write, show, allow, button, tabs, check } = require("./dom.js");
const deeds = require("./deeds.js");
const { fillFindings, SIGNS } = require("./findings.js");
const { counts, grouped, FILTERS } = require("./groups.js");
const { List } = require("./list.js");
const { nameBox, breakable } = require("./names.js");
const { say, number } = require("./say.js");
const { can, whyNot } = require("./state.js");
const { undoBox } = require("./undo.js");

/**
 * The plan: every deliverable before anything is rendered, by variant, problems first.
 *
 * @typedef {import("./app.js").App} App
 * @typedef {import("./groups.js").Item} Item
 */

/** The heights of rows, in pixels. */
const GROUP = 24;
const LINE = 38;
const LINE_WIDE = 24;

/** How each state of a line is shown. @type {Record<wire.DeliverableRow["state"], [string, string]>} */
const STATES = { ready: ["●", "ready"], unchanged: ["✓", "ok"], blocked: ["✕", "fail"] };

/** @param {App} app */
function planScreen(app) {
  const head = make("div.summary");
  const whole = make("div.whole");
  const filter = tabs(
    FILTERS.map((value) => ({ value, label: say(`filter.${value}`) })),
    (value) => app.set({ filter: value }),
  );
  const tally = make("span.dim");
  const list = planList(app);
  const detail = make("div.detail");
  const undo = undoBox(app, () => app.state.planEdits);
  const options = make("div.options");
  const node = make(
    "div.screen.fixed",
    head,
    whole,
    make("div.headline", filter.node, make("div.space"), tally),
    make("div.split", list.node, detail),
    undo.node,
    options,
  );
  /** @type {unknown[]} */
  let painted = [];
  /** @type {unknown[]} */
  let listed = [];

  function refresh() {
    const { state } = app;
    const { plan, rows } = state;
    if (!plan) return;
    if (painted[0] !== plan || painted[1] !== state.open) {
      painted = [plan, state.open];
      fillHead(app, head, whole);
      fill(options, ...optionBoxes(app));
    }
    const complete = rows.length >= plan.total;
    if (listed[0] !== rows || listed[1] !== state.filter) {
      listed = [rows, state.filter];
      list.set(grouped(rows, state.filter, complete));
      const sums = counts(rows);
      filter.set(state.filter, (value) => number(sums[value]));
    }
    list.paintSoon();
    write(
      tally,
      complete
        ? say("plan.chosen", { n: state.chosen.size })
        : say("plan.loading", { done: rows.length, total: plan.total }),
    );
    fillDetail(app, detail, list.chosen());
    undo.refresh();
  }

  function foot() {
    const { plan, chosen, rows } = app.state;
    const marked = {
      label: say("plan.markers"),
      act: () => void deeds.addMarkers(app, []),
      can: can(app.state, "markers"),
      why: whyNot(app.state, "markers"),
    };
    const stopped = plan?.stopped ? say("plan.stopped") : say("plan.nothing");
    const deliver = {
      label: say("plan.deliver", { n: chosen.size }),
      act: () => void deeds.deliver(app),
      can: chosen.size > 0 && !plan?.stopped && rows.length > 0,
      why: stopped,
    };
    return { note: plan ? breakable(plan.out) : "", deeds: [marked, deliver] };
  }

  return {
    node,
    refresh,
    foot,
    enter() {
      painted = [];
      list.node.focus();
    },
    back: () => detailOpen(list),
  };
}

/** Close the detail, if one is open. @param {List<Item>} list */
function detailOpen(list) {
  const open = Boolean(list.chosen());
  list.active = "";
  return open;
}

/** @param {App} app */
function planList(app) {
  /** @type {List<Item>} */
  const list = new List(
    {
      key: (item) => item.key,
      kind: (item) => item.kind,
      height: (item, wide) => (item.kind === "group" ? GROUP : wide ? LINE_WIDE : LINE),
      row: (kind, item) => (kind === "group" ? groupRow(app, item) : lineRow(app, item)),
      onActive: () => app.changed(),
      onSpace: (item) => toggle(app, item),
      onEnter: (item) => toggle(app, item),
    },
    "lines",
  );
  return list;
}

/** The lines of an item that can be chosen. @param {Item} item */
function ready(item) {
  const rows = item.kind === "group" ? item.rows : [item.row];
  return rows.filter((row) => row.state === "ready");
}

/** Choose an item, or not any more. @param {App} app @param {Item} item */
function toggle(app, item) {
  const { chosen } = app.state;
  const rows = ready(item);
  const all = rows.every((row) => chosen.has(row.id));
  for (const row of rows) {
    if (all) chosen.delete(row.id);
    else chosen.add(row.id);
  }
  app.changed();
}

/** A check box for an item of the list. @param {App} app @param {() => Item} item */
function tick(app, item) {
  const box = make("input.box");
  box.type = "checkbox";
  box.tabIndex = -1;
  box.addEventListener("change", () => toggle(app, item()));
  return {
    box,
    /** @param {Item} now */
    set(now) {
      const rows = ready(now);
      const on = rows.length > 0 && rows.every((row) => app.state.chosen.has(row.id));
      if (box.checked !== on) box.checked = on;
      if (box.disabled !== !rows.length) box.disabled = !rows.length;
    },
  };
}

/** @param {App} app @param {() => Item} item */
function groupRow(app, item) {
  const box = tick(app, item);
  const title = make("span.words");
  const sum = make("span.dim");
  const node = make("div.group", box.box, title, sum);
  return {
    node,
    /** @param {Item} now */
    paint(now) {
      if (now.kind !== "group") return;
      box.set(now);
      write(title, now.title);
      write(sum, say("plan.group", { n: now.rows.length }));
    },
  };
}

/** @param {App} app @param {() => Item} item */
function lineRow(app, item) {
  const box = tick(app, item);
  const sign = make("span.sign");
  const name = nameBox();
  const cells = {
    state: make("span.cell.state"),
    spec: make("span.cell.spec"),
    version: make("span.cell.version.mono"),
    length: make("span.cell.length.mono"),
    rights: make("span.cell.rights"),
  };
  const node = make(
    "div.line",
    make("div.first", box.box, sign, name.node),
    make("div.second", cells.state, cells.version, cells.length, cells.spec, cells.rights),
  );
  return {
    node,
    /** @param {Item} now */
    paint(now) {
      if (now.kind !== "line") return;
      const { row, weight } = now;
      const [glyph, look] = STATES[row.state];
      const severity = weight === 3 ? "fail" : weight === 2 ? "warn" : "";
      box.set(now);
      write(sign, severity ? SIGNS[severity] : glyph);
      sign.className = `sign ${severity || look}`;
      name.set(row.path);
      write(cells.state, say(`state.line.${row.state}`));
      cells.state.className = `cell state ${look}`;
      write(cells.spec, row.spec);
      write(cells.version, versionOf(row));
      write(cells.length, row.length);
      write(cells.rights, row.rights);
      cells.rights.className = `cell rights ${row.weight}`;
    },
  };
}

/** A version as people write it: numbers get their letter. @param {wire.DeliverableRow} row */
function versionOf(row) {
  return /^\d/.test(row.version) ? say("plan.number", { version: row.version }) : row.version;
}

/**
 * What the plan is for, and how much there is to do.
 *
 * @param {App} app
 * @param {HTMLElement} head
 * @param {HTMLElement} whole
 */
function fillHead(app, head, whole) {
  const { plan } = app.state;
  if (!plan) return;
  const counts = [
    make("span.count", say("plan.total", { n: plan.total })),
    make("span.count.ready", `${STATES.ready[0]} ${say("plan.count.ready", { n: plan.ready })}`),
    plan.unchanged
      ? make("span.count.ok", `${STATES.unchanged[0]} ${say("plan.count.unchanged", { n: plan.unchanged })}`)
      : null,
    plan.blocked
      ? make("span.count.fail", `${STATES.blocked[0]} ${say("plan.count.blocked", { n: plan.blocked })}`)
      : null,
  ];
  const work = plan.frames_to_render ? say("plan.render", { n: plan.frames_to_render }) : say("plan.norender");
  const kept = plan.segments ? say("plan.segments", { done: plan.segments_in_store, total: plan.segments }) : "";
  fill(
    head,
    make("div.title", plan.title),
    make("div.dim", `${plan.timeline_name}  ·  ${plan.rate}`),
    make("div.counts", ...counts),
    make("div.dim", [work, kept].filter(Boolean).join("  ·  ")),
  );
  fillFindings(whole, app, plan.findings);
  show(whole, plan.findings.length > 0);
}

/** What else is to happen with the files. @param {App} app */
function optionBoxes(app) {
  const { state } = app;
  const bring = check(say("plan.bring"), state.bringIn, (on) => app.set({ bringIn: on }));
  const markers = check(say("plan.mark"), state.markers, (on) => app.set({ markers: on }));
  return [can(state, "import") ? bring : null, can(state, "markers") ? markers : null];
}

/** @type {WeakMap<HTMLElement, unknown>} */
const detailOf = new WeakMap();

/**
 * All about the line that is chosen in the list.
 *
 * @param {App} app
 * @param {HTMLElement} node
 * @param {Item | undefined} item
 */
function fillDetail(app, node, item) {
  const row = item?.kind === "line" ? item.row : undefined;
  show(node, Boolean(row));
  if (detailOf.get(node) === row) return;
  detailOf.set(node, row);
  if (!row) return fill(node);
  const found = make("div");
  fillFindings(found, app, row.findings);
  /** @type {[string, string][]} */
  const facts = [
    [say("plan.path"), row.path],
    [say("plan.version"), `${versionOf(row)}  ${row.why}`],
    [say("plan.length"), say("plan.frames", { length: row.length, n: row.frames })],
    [say("plan.size"), row.size.join(" x ")],
    [say("plan.rights"), row.rights],
  ];
  const put = button(say("plan.put"), () => void deeds.putCut(app, row.id), "small");
  allow(put, can(app.state, "put"), whyNot(app.state, "put"));
  fill(
    node,
    found,
    make(
      "div.facts",
      ...facts
        .filter(([, value]) => value.trim())
        .map(([label, value]) => make("div.fact", make("span.label", label), make("span.value", breakable(value)))),
    ),
    row.because.length
      ? make(
          "div.because",
          make("div.caption", say("plan.because")),
          ...row.because.map((each) => make("div", breakable(each))),
        )
      : null,
    make("div.deeds", put),
  );
}

module.exports = { planScreen };
