"use strict";

const { make, fill, line, check, radio, button, show, allow } = require("./dom.js");
const draft = require("./draft.js");
const { breakable } = require("./names.js");
const { say } = require("./say.js");
const { can, whyNot } = require("./state.js");
const work = require("./work.js");

/** @typedef {import("./app.js").App} App */

/** From this many specs on, a line to find one is shown. */
const MANY = 8;

/** What is asked for: a saved order, or a matrix of check boxes. @param {App} app */
function orderScreen(app) {
  const presets = make("div.choices");
  const matrix = make("div");
  const keep = keeper(app);
  const node = make("div.screen", make("div.title", say("order.presets")), presets, matrix, keep.node);
  /** @type {unknown[]} */
  let painted = [];

  function refresh() {
    const { state } = app;
    const from = [state.draft.preset, state.draft.base, state.presets, state.timeline, state.specs, state.open];
    if (from.every((each, index) => each === painted[index]) && painted.length) return;
    painted = from;
    fillPresets(app, presets);
    fill(
      matrix,
      ...(state.draft.whole ? [make("div.text", say("order.whole", { n: draft.count(state.draft) }))] : tables(app)),
      pictures(app),
    );
    keep.refresh();
  }

  function foot() {
    const { state } = app;
    const lacks = draft.lacks(state.draft);
    const number = draft.count(state.draft);
    const note = lacks.length ? say(`lack.${lacks[0]}`) : say("order.count", { n: number });
    return {
      note,
      deeds: [
        { label: say("order.next"), act: () => void work.makePlan(app), can: !lacks.length && number > 0, why: note },
      ],
    };
  }

  return {
    node,
    refresh,
    foot,
    enter() {
      painted = [];
    },
  };
}

/** @param {App} app @param {HTMLElement} node */
function fillPresets(app, node) {
  const { presets, draft: now } = app.state;
  const own = radio("preset", say("order.own"), !now.preset, () => void work.choosePreset(app, ""));
  const saved = presets.map((each) => {
    const note =
      each.problem ||
      [
        each.title,
        say(`layer.${each.layer === "studio" ? "studio" : "project"}`),
        say("order.lines", { n: each.lines }),
      ]
        .filter(Boolean)
        .join("  ·  ");
    const choice = radio(
      "preset",
      breakable(each.name),
      now.preset === each.name,
      () => void work.choosePreset(app, each.name),
      note,
    );
    choice.box.disabled = Boolean(each.problem);
    if (each.problem) choice.node.className += " off";
    return choice.node;
  });
  fill(node, own.node, ...saved);
}

/** The matrix: what is ticked is multiplied out. @param {App} app @returns {HTMLElement[]} */
function tables(app) {
  const now = app.state.draft;
  const aspects = [...new Set([...app.state.specs.flatMap((spec) => spec.aspects), ...now.aspects])];
  /** @param {keyof import("./draft.js").Draft} key */
  const text = (key) => (/** @type {string} */ value) => {
    Object.assign(now, { [key]: value });
    app.changed();
  };
  return [
    make("div.title", say("order.project")),
    make(
      "div.fields",
      line(say("order.client"), now.client, text("client")).node,
      line(say("order.title"), now.title, text("title")).node,
      line(say("order.code"), now.code, text("code")).node,
    ),
    make("div.title", say("order.lengths")),
    make("div.choices.columns", ...draft.lengths(app.state.timeline, now).map((each) => lengthBox(app, each))),
    make("div.title", say("order.aspects")),
    make("div.choices.columns", ...aspects.map((each) => ticked(app, now.aspects, each, each, ""))),
    make("div.title", say("order.specs")),
    specs(app),
    make("div.title", say("order.versions")),
    make(
      "div.choices.columns",
      check(say("order.texted"), now.texted, (on) => {
        now.texted = on;
        app.changed();
      }),
      check(say("order.textless"), now.textless, (on) => {
        now.textless = on;
        app.changed();
      }),
    ),
    make(
      "div.fields",
      line(say("order.languages"), now.languages, text("languages"), say("order.languages.hint")).node,
      line(say("order.markets"), now.markets, text("markets"), say("order.markets.hint")).node,
      line(say("order.out"), now.out, text("out")).node,
    ),
  ];
}

/** @param {App} app @param {import("./draft.js").Length} length */
function lengthBox(app, length) {
  const { timeline, draft: now } = app.state;
  const label = length.kind === "full" ? say("order.full") : length.label;
  const note =
    length.kind === "full"
      ? timeline?.length || ""
      : length.choice
        ? say("order.marked", { n: length.choice.count, name: length.choice.name, length: length.choice.length })
        : say("order.cut");
  return ticked(app, now.durations, length.label, label, note);
}

/**
 * A box that puts *value* into *list* or takes it out.
 *
 * @param {App} app @param {string[]} list @param {string} value @param {string} label @param {string} note
 * @param {(on: boolean) => void} [act]
 */
function ticked(app, list, value, label, note, act) {
  return check(
    label,
    list.includes(value),
    (on) => {
      const at = list.indexOf(value);
      if (on && at < 0) list.push(value);
      else if (!on && at >= 0) list.splice(at, 1);
      act?.(on);
      app.changed();
    },
    note,
  );
}

/** The specs, those chosen first, with a line to find one where there are many. @param {App} app */
function specs(app) {
  const { specs: all, draft: now } = app.state;
  const chosen = (/** @type {wire.SpecRow} */ spec) => now.specs.includes(spec.name);
  const rows = [...all].sort((a, b) => Number(chosen(b)) - Number(chosen(a))).map((spec) => specBox(app, spec));
  const find = line(say("order.find"), "", (value) => {
    for (const row of rows) show(row.node, row.text.includes(value.trim().toLowerCase()));
  });
  return make("div", all.length > MANY ? find.node : null, make("div.choices.columns", ...rows.map((row) => row.node)));
}

/** One spec: its codec and loudness are said when it is chosen. @param {App} app @param {wire.SpecRow} spec */
function specBox(app, spec) {
  const now = app.state.draft;
  const more = make("span.dim", [spec.picture, spec.sound].filter(Boolean).join("  ·  "));
  const note = [spec.name, spec.aspects.join(" ")].filter(Boolean).join("  ·  ");
  const node = ticked(app, now.specs, spec.name, spec.title, note, (on) => show(more, on));
  node.title = `${spec.picture}\n${spec.sound}`.trim();
  node.lastChild?.appendChild(more);
  show(more, now.specs.includes(spec.name));
  return { node, text: `${spec.title} ${note} ${more.textContent}`.toLowerCase() };
}

/** Where the pictures come from. @param {App} app */
function pictures(app) {
  const { state } = app;
  const now = state.draft;
  /** @param {"sources" | "master"} which */
  const take = (which) => () => {
    now.picture = which;
    app.changed();
  };
  const sources = radio(
    "picture",
    say("order.sources"),
    now.picture === "sources",
    take("sources"),
    say("order.sources.note"),
  );
  const able = can(state, "render");
  const master = radio(
    "picture",
    say("order.master"),
    now.picture === "master",
    take("master"),
    able ? say("order.master.note") : whyNot(state, "render"),
  );
  master.box.disabled = !able;
  if (!able) master.node.className += " off";
  return make("div", make("div.title", say("order.picture")), make("div.choices", sources.node, master.node));
}

/** A line and a button to keep the order under a name. @param {App} app */
function keeper(app) {
  const save = button(say("order.save"), () => press(false));
  const replace = button(say("order.replace"), () => press(true), "danger");
  const name = line(say("order.name"), "", () => refresh());
  const node = make("div", make("div.title", say("order.keep")), make("div.headline", name.node, save, replace));

  /** @param {boolean} over */
  function press(over) {
    const wanted = name.box.value.trim();
    if (wanted && !draft.lacks(app.state.draft).length) void work.savePreset(app, wanted, over);
  }

  function refresh() {
    const wanted = name.box.value.trim();
    const taken = app.state.presets.some((each) => each.layer === "project" && each.name === wanted);
    show(replace, taken);
    show(save, !taken);
    allow(save, Boolean(wanted));
  }

  refresh();
  return { node, refresh };
}

module.exports = { orderScreen };
