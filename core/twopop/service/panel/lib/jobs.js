"use strict";

const { make, write } = require("./dom.js");
const { filesOf, JOB_LOOKS } = require("./jobwords.js");
const { List } = require("./list.js");
const { say, when, left } = require("./say.js");
const { newest, runs } = require("./state.js");
const work = require("./work.js");

/** The deliveries of the project, whoever asked for them. @param {import("./app.js").App} app */
function jobsScreen(app) {
  const none = make("div.text.dim", say("jobs.none"));
  /** @param {wire.JobRow} job */
  const open = (job) => void app.run(say("jobs.opening"), () => work.openJob(app, job.id));
  /** @type {List<wire.JobRow>} */
  const list = new List(
    {
      key: (job) => job.id,
      kind: () => "job",
      height: () => 38,
      row: (_, job) => jobRow(() => open(job())),
      onEnter: open,
    },
    "jobs",
  );
  return {
    node: make("div.screen.fixed", make("div.title", say("jobs.title")), none, list.node),
    enter: () => list.node.focus(),
    refresh() {
      const jobs = newest(app.state);
      none.className = jobs.length ? "away" : "text dim";
      list.set(jobs);
    },
    foot() {
      const job = list.chosen();
      return {
        note: say("jobs.count", { n: app.state.jobs.size }),
        deeds: [{ label: say("jobs.open"), act: () => job && open(job), can: Boolean(job) }],
      };
    },
  };
}

/** @param {() => void} open */
function jobRow(open) {
  const sign = make("span.sign");
  const title = make("span.words");
  const state = make("span.cell.state");
  const files = make("span.cell");
  const time = make("span.cell.dim");
  const node = make("div.line", make("div.first", sign, title), make("div.second", state, files, time));
  node.addEventListener("dblclick", open);
  const signs = { waiting: "○", running: "▸", done: "✓", failed: "✕", cancelled: "–" };
  return {
    node,
    /** @param {wire.JobRow} job */
    paint(job) {
      write(sign, signs[job.state]);
      sign.className = `sign ${JOB_LOOKS[job.state]}`;
      write(title, [job.title, job.timeline_name].filter(Boolean).join("  ·  "));
      write(state, say(`state.job.${job.state}`));
      state.className = `cell state ${JOB_LOOKS[job.state]}`;
      write(files, filesOf(job));
      write(time, runs(job) ? left(job.seconds_left) : when(job.started));
    },
  };
}

module.exports = { jobsScreen };
