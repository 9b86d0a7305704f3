"use strict";

const { say } = require("./say.js");
const { runs } = require("./state.js");
const { loadFindings } = require("./work.js");

/**
 * What the service says by itself. There may be a thousand of these a second: each only writes into the state, and the
 * screen is painted once per frame.
 *
 * @param {import("./app.js").App} app @param {keyof wire.Notes} name @param {any} note
 */
function heed(app, name, note) {
  if (name === "job") job(app, note);
  else if (name === "finding") finding(app, note);
  else if (name === "host") host(app, note);
}

/** @param {import("./app.js").App} app @param {wire.JobNote} note */
function job(app, note) {
  const { state } = app;
  if (note.job.project !== state.project) return;
  state.jobs.set(note.job.id, note.job);
  if (state.job?.id === note.job.id) {
    state.job = note.job;
    for (const file of note.files) state.files.set(file.id, file);
    if (!runs(note.job)) void loadFindings(app, note.job.id).catch((error) => app.complain(error));
  }
  app.changed();
}

/** @param {import("./app.js").App} app @param {wire.FindingNote} note */
function finding(app, note) {
  if (app.state.job?.id !== note.job) return;
  app.state.found.set(note.finding.id, note.finding);
  app.changed();
}

/** @param {import("./app.js").App} app @param {wire.HostNote} note */
function host(app, note) {
  if (note.project !== app.state.project) return;
  const others = app.state.hosts.filter((each) => each.name !== note.host.name);
  const was = app.state.hosts.findIndex((each) => each.name === note.host.name);
  others.splice(was < 0 ? others.length : was, 0, note.host);
  app.set({ hosts: others });
  if (note.host.state === "lost" && note.host.name === app.state.host) {
    app.set({ notice: { kind: "warn", text: say("host.gone", { title: note.host.title }), where: note.host.detail } });
  }
}

module.exports = { heed };
