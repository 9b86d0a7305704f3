"use strict";

const memory = require("./memory.js");
const { say } = require("./say.js");
const { openJob, loadFindings } = require("./work.js");

/**
 * What the panel does with a plan and with what was delivered. Each changes something, once.
 *
 * @typedef {import("./app.js").App} App
 */

/** Deliver what is chosen of the plan. @param {App} app */
async function deliver(app) {
  const { plan, rows, chosen, bringIn, markers } = app.state;
  if (!plan || !chosen.size) return;
  const all = rows.filter((row) => row.state === "ready").every((row) => chosen.has(row.id));
  await app.run(say("deliver.asking"), async () => {
    app.unsure = "deliver";
    const deliverables = all ? [] : [...chosen];
    const { job } = await app.ask("deliver", { id: plan.id, deliverables, bring_in: bringIn, markers });
    app.unsure = "";
    memory.remember("job", job.id);
    await openJob(app, job.id);
  });
}

/** Stop the job. @param {App} app */
async function cancel(app) {
  const { job } = app.state;
  if (!job) return;
  await app.run(say("job.stopping"), async () => {
    const answer = await app.ask("cancel", { id: job.id });
    app.set({ job: answer.job });
  });
}

/** Move the host's playhead to where a finding is. @param {App} app @param {number} frame */
async function showFrame(app, frame) {
  const { project, host, plan, job, step, timeline } = app.state;
  const of = step === "job" ? job : step === "plan" ? plan : null;
  const wish = { project, host: of?.host || host, timeline: of?.timeline || timeline?.id || "", frame };
  await app.run(say("host.moving"), async () => {
    await app.ask("show", wish);
  });
}

/** Make markers of findings: of all of a plan or job, or of those named. @param {App} app @param {string[]} findings */
async function addMarkers(app, findings) {
  const id = idOf(app);
  await app.run(say("host.marking"), async () => {
    const { edits } = await app.ask("markers", { id, findings });
    note(app, edits);
  });
}

/** Put the cut of one deliverable into the host. @param {App} app @param {string} deliverable */
async function putCut(app, deliverable) {
  const { plan } = app.state;
  if (!plan) return;
  await app.run(say("host.putting"), async () => {
    const { edits } = await app.ask("put", { id: plan.id, deliverable });
    note(app, edits);
  });
}

/** Take the delivered files into a bin. @param {App} app */
async function bringIn(app) {
  const { job } = app.state;
  if (!job) return;
  await app.run(say("host.bringing"), async () => {
    const { edits } = await app.ask("bring_in", { id: job.id });
    note(app, edits);
  });
}

/** Take back what was changed in the host. @param {App} app */
async function undo(app) {
  const id = idOf(app);
  await app.run(say("undo.asking"), async () => {
    const { edits } = await app.ask("undo", { id });
    note(app, edits);
    const kept = edits.filter((each) => !each.undone).length;
    const done = say("undo.done", { n: edits.length - kept });
    const notice = kept
      ? { kind: /** @type {const} */ ("warn"), text: say("undo.kept", { n: kept }), where: done }
      : { kind: /** @type {const} */ ("ok"), text: done };
    app.set({ notice });
  });
}

/** Open or reveal a file of the job. @param {App} app @param {string} path @param {"open" | "reveal"} how */
async function open(app, path, how) {
  const { job } = app.state;
  if (!job) return;
  await app.run(say("job.opening"), async () => {
    await app.ask("open", { id: job.id, path, how });
  });
}

/** Press one of the studio's buttons. @param {App} app @param {wire.ActionRow} action */
async function act(app, action) {
  const { job } = app.state;
  if (!job) return;
  await app.run(say("job.acting", { label: action.label }), async (watch) => {
    const { findings } = await app.ask("act", { id: job.id, action: action.id }, watch);
    const worst =
      findings.find((each) => each.severity === "fail") || findings.find((each) => each.severity === "warn");
    const text = worst || findings[0];
    const kind = worst ? worst.severity : "ok";
    app.set({
      notice: { kind, text: text?.message || say("job.acted", { label: action.label }), remedy: text?.remedy },
    });
    await loadFindings(app, job.id);
  });
}

/** The plan or job that is on the screen. @param {App} app */
function idOf(app) {
  const { step, job, plan } = app.state;
  return (step === "job" ? job?.id : plan?.id) || "";
}

/** Keep the edits that were made, new ones first. @param {App} app @param {readonly wire.EditRow[]} edits */
function note(app, edits) {
  const { job, planEdits, step } = app.state;
  const merge = (/** @type {readonly wire.EditRow[]} */ old) => {
    const ids = new Set(edits.map((each) => each.id));
    return [...edits, ...old.filter((each) => !ids.has(each.id))];
  };
  const last = edits[edits.length - 1];
  if (last) app.set({ notice: { kind: "ok", text: last.place ? `${last.what} (${last.place})` : last.what } });
  if (step === "job" && job) app.set({ job: { ...job, edits: merge(job.edits) } });
  else app.set({ planEdits: merge(planEdits) });
}

module.exports = { deliver, cancel, showFrame, addMarkers, putCut, bringIn, undo, open, act };
