"use strict";

const { say } = require("./say.js");
const { runs } = require("./state.js");

/** How each state of a job is coloured; beside it stands its word. @type {Record<wire.JobState, string>} */
const JOB_LOOKS = { waiting: "dim", running: "ready", done: "ok", failed: "fail", cancelled: "warn" };

/** How many files have an end while it runs, and how many are there when it is over. @param {wire.JobRow} job */
function filesOf(job) {
  if (runs(job)) return say("job.files", { done: job.finished, n: job.total });
  return say("job.made", { done: job.finished - job.failed - job.blocked, n: job.total });
}

module.exports = { filesOf, JOB_LOOKS };
