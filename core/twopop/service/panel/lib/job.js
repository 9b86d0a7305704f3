"use strict";

const { make, fill, write, mark, show, allow, button, tabs, bar } = require("./dom.js");
const deeds = require("./deeds.js");
const { fillFindings, SIGNS } = require("./findings.js");
const { foundList, heaviestFirst } = require("./found.js");
const { filesOf, JOB_LOOKS } = require("./jobwords.js");
const { List } = require("./list.js");
const { nameBox, breakable } = require("./names.js");
const { say, number, size, left, when } = require("./say.js");
const { can, whyNot, runs } = require("./state.js");
const { undoBox } = require("./undo.js");

/**
 * A delivery: how far it is while it runs, and what came of it.
 *
 * @typedef {import("./app.js").App} App
 */

const FILE = 38;
const FILE_WIDE = 24;

/** How each state of a file is shown: sign and look. @type {Record<wire.FileState, [string, string]>} */
const STATES = {
  waiting: ["○", "dim"],
  rendering: ["▸", "ready"],
  finishing: ["▸", "ready"],
  delivered: ["✓", "ok"],
  unchanged: ["✓", "ok"],
  failed: ["✕", "fail"],
  blocked: ["✕", "fail"],
  cancelled: ["–", "dim"],
};

/** @type {("files" | "moving" | "trouble" | "findings")[]} */
const VIEWS = ["files", "moving", "trouble", "findings"];

/** Whether something is being done to a file now. @param {wire.FileRow} file */
const moves = (file) => file.state === "rendering" || file.state === "finishing";

/** @param {App} app */
function jobScreen(app) {
  const head = jobHead();
  /** @type {typeof VIEWS[number]} */
  let seen = "files";
  const view = tabs(
    VIEWS.map((value) => ({ value, label: say(`view.${value}`) })),
    (value) => {
      seen = value;
      app.changed();
    },
  );
  const list = fileList(app);
  const findings = foundList(app);
  const none = make("div.text.dim", say("job.nofindings"));
  const detail = make("div.detail");
  const split = make("div.split", list.node, findings.node, none, detail);
  const buttons = make("div.deeds.results");
  const undo = undoBox(app, () => app.state.job?.edits || []);
  const node = make("div.screen.fixed", head.node, make("div.headline", view.node), split, undo.node, buttons);
  const stop = { sure: false };
  /** @type {unknown[]} */
  let painted = [];

  function refresh() {
    const { state } = app;
    const { job } = state;
    if (!job) return;
    if (!runs(job)) stop.sure = false;
    head.refresh(job);
    const files = [...state.files.values()];
    const trouble = files.filter((file) => file.findings.length || STATES[file.state][1] === "fail");
    const moving = files.filter(moves);
    list.set(seen === "trouble" ? trouble : seen === "moving" ? moving : files);
    const counts = { files: files.length, moving: moving.length, trouble: trouble.length, findings: state.found.size };
    view.set(seen, (value) => number(counts[value]));
    if (seen === "findings") findings.set(heaviestFirst(state.found));
    show(list.node, seen !== "findings");
    show(findings.node, seen === "findings" && state.found.size > 0);
    show(none, seen === "findings" && !state.found.size);
    if (seen === "findings") fillFinding(app, detail, findings.chosen());
    else fillDetail(app, detail, list.chosen());
    const facts = [job.id, state.open, job.state, state.actions, job.report, state.found.size > 0];
    if (!facts.every((each, index) => each === painted[index])) {
      painted = facts;
      fill(buttons, ...results(app, job));
      show(buttons, !runs(job));
    }
    undo.refresh();
  }

  return {
    node,
    refresh,
    foot: () => jobFoot(app, stop),
    enter() {
      painted = [];
      list.node.focus();
    },
    back() {
      const open = stop.sure || Boolean(list.chosen()) || Boolean(findings.chosen());
      stop.sure = false;
      list.active = findings.active = "";
      return undo.back() || open;
    },
  };
}

/** Stop while it runs (asked twice), or what to do next. @param {App} app @param {{ sure: boolean }} stop */
function jobFoot(app, stop) {
  const { job, plan } = app.state;
  if (!job) return { note: "", deeds: [] };
  const note = breakable(job.out);
  if (!runs(job)) {
    const step = plan ? /** @type {const} */ ("plan") : /** @type {const} */ ("source");
    const next = { label: plan ? say("job.back") : say("job.next"), act: () => app.set({ step, notice: null }) };
    const open = { label: say("job.folder"), act: () => void deeds.open(app, "", "open") };
    return { note, deeds: [next, open] };
  }
  /** @param {boolean} sure */
  const ask = (sure) => () => {
    stop.sure = sure;
    app.changed();
  };
  if (!stop.sure) return { note, deeds: [{ label: say("job.stop"), act: ask(true), look: "plain" }] };
  const yes = () => {
    stop.sure = false;
    void deeds.cancel(app);
  };
  return {
    note: say("job.sure"),
    deeds: [
      { label: say("job.goon"), act: ask(false) },
      { label: say("job.yes"), act: yes, look: "danger" },
    ],
  };
}

/** The state of the whole, its bar and its figures. */
function jobHead() {
  const title = make("div.title");
  const state = make("span.count");
  const count = make("span.count");
  const failed = make("span.count.fail");
  const blocked = make("span.count.fail");
  const time = make("span.count.dim");
  const said = make("div.dim");
  const problem = make("div.finding.fail");
  const whole = bar();
  const counts = make("div.counts", state, count, failed, blocked, time);
  return {
    node: make("div.summary", title, counts, whole.node, said, problem),
    /** @param {wire.JobRow} job */
    refresh(job) {
      write(title, [job.title, job.timeline_name].filter(Boolean).join("  ·  "));
      write(state, say(`state.job.${job.state}`));
      state.className = `count ${JOB_LOOKS[job.state]}`;
      write(count, filesOf(job));
      write(failed, job.failed ? `✕ ${say("job.failures", { n: job.failed })}` : "");
      write(blocked, job.blocked ? `✕ ${say("job.blocked", { n: job.blocked })}` : "");
      write(time, runs(job) ? left(job.seconds_left) : when(job.ended));
      whole.set(job.frames_total ? job.frames / job.frames_total : job.total ? job.finished / job.total : 0);
      mark(whole.node, "away", !runs(job));
      write(said, runs(job) ? job.said : "");
      show(problem, Boolean(job.problem));
      write(problem, job.problem);
    },
  };
}

/** @param {App} app */
function fileList(app) {
  /** @type {List<wire.FileRow>} */
  const list = new List(
    {
      key: (file) => file.id,
      kind: () => "file",
      height: (_, wide) => (wide ? FILE_WIDE : FILE),
      row: () => fileRow(),
      onActive: () => app.changed(),
      onEnter: (file) => file.state === "delivered" && void deeds.open(app, file.path, "open"),
    },
    "files",
  );
  return list;
}

function fileRow() {
  const sign = make("span.sign");
  const name = nameBox();
  const state = make("span.cell.state");
  const share = bar();
  const room = make("span.cell.share", share.node);
  const bytes = make("span.cell.bytes.mono");
  const folder = make("span.cell.spec");
  const found = make("span.cell.rights");
  const second = make("div.second", state, room, bytes, folder, found);
  const node = make("div.line", make("div.first", sign, name.node), second);
  return {
    node,
    /** @param {wire.FileRow} file */
    paint(file) {
      const [glyph, look] = STATES[file.state];
      const worst =
        file.findings.find((each) => each.severity === "fail") ||
        file.findings.find((each) => each.severity === "warn");
      write(sign, worst ? SIGNS[worst.severity] : glyph);
      sign.className = `sign ${worst ? worst.severity : look}`;
      name.set(file.path);
      write(folder, file.path.slice(0, Math.max(0, file.path.lastIndexOf("/"))));
      write(state, say(`state.file.${file.state}`));
      state.className = `cell state ${look}`;
      const moving = moves(file);
      mark(room, "idle", !moving);
      share.set(file.total ? file.done / file.total : 0);
      write(bytes, file.bytes ? size(file.bytes) : moving && file.total ? `${file.done}/${file.total}` : "");
      write(found, worst ? worst.message : "");
      found.className = `cell rights ${worst ? worst.severity : ""}`;
    },
  };
}

/**
 * What each detail shows: it is made anew only when that changes, not under the editor's finger.
 *
 * @type {WeakMap<HTMLElement, unknown>}
 */
const detailOf = new WeakMap();

/**
 * All about the file that is chosen.
 *
 * @param {App} app
 * @param {HTMLElement} node
 * @param {wire.FileRow | undefined} file
 */
function fillDetail(app, node, file) {
  show(node, Boolean(file));
  const shown = file && [file.id, file.state, file.findings.length].join(" ");
  if (detailOf.get(node) === shown) return;
  detailOf.set(node, shown);
  if (!file) return fill(node);
  const found = make("div");
  fillFindings(found, app, file.findings);
  const there = file.state === "delivered" || file.state === "unchanged";
  const open = button(say("job.open"), () => void deeds.open(app, file.path, "open"), "small");
  const reveal = button(say("job.reveal"), () => void deeds.open(app, file.path, "reveal"), "small");
  for (const each of [open, reveal]) allow(each, there, say("job.notyet"));
  fill(node, make("div.value", breakable(file.path)), found, make("div.deeds", open, reveal));
}

/**
 * All about the finding that is chosen.
 *
 * @param {App} app
 * @param {HTMLElement} node
 * @param {wire.FindingRow | undefined} finding
 */
function fillFinding(app, node, finding) {
  show(node, Boolean(finding));
  if (detailOf.get(node) === finding) return;
  detailOf.set(node, finding);
  if (!finding) return fill(node);
  const found = make("div");
  fillFindings(found, app, [finding]);
  fill(node, found, make("div.dim", breakable(finding.deliverable)));
}

/** What can be done with what was delivered: ours, then the studio's. @param {App} app @param {wire.JobRow} job */
function results(app, job) {
  const { state } = app;
  const report = button(say("job.report"), () => void deeds.open(app, "report", "open"), "small");
  allow(report, Boolean(job.report), say("job.noreport"));
  const bring = button(say("job.bring"), () => void deeds.bringIn(app), "small");
  allow(bring, can(state, "import"), whyNot(state, "import"));
  const markers = button(say("plan.markers"), () => void deeds.addMarkers(app, []), "small");
  allow(markers, can(state, "markers") && state.found.size > 0, whyNot(state, "markers"));
  const own = state.actions.map((action) => {
    const press = button(action.label, () => void deeds.act(app, action), "small");
    press.title = `${action.help} (${action.plugin})`;
    return press;
  });
  return [report, bring, markers, ...own];
}

module.exports = { jobScreen };
