"use strict";

/**
 * All that the panel knows, in one place. Screens read it; only `work.js` and the link change it.
 *
 * @typedef {"pair" | "source" | "order" | "plan" | "job" | "jobs"} Step
 * @typedef {"info" | "warn" | "fail" | "ok"} Kind
 * @typedef {{ kind: Kind, text: string, where?: string, remedy?: string, report?: string }} Notice
 * @typedef {{ text: string, done: number, total: number, stop?: () => void }} Busy
 *
 * @typedef {object} State
 * @property {import("./link.js").LinkState} link
 * @property {string} linkDetail
 * @property {Step} step
 * @property {Notice | null} notice
 * @property {Busy | null} busy something is being waited for; nothing else can be asked meanwhile
 * @property {string} version the service's
 * @property {wire.ProjectRow[]} projects
 * @property {string} project
 * @property {wire.HostRow[]} hosts
 * @property {string} host
 * @property {wire.Timelines | null} open what is open in the host
 * @property {boolean} looking the host is being asked
 * @property {string} hostProblem why the host cannot be asked
 * @property {wire.TimelineRow | null} timeline
 * @property {wire.SpecRow[]} specs
 * @property {wire.PresetRow[]} presets
 * @property {wire.ActionRow[]} actions
 * @property {import("./draft.js").Draft} draft
 * @property {wire.PlanRow | null} plan
 * @property {wire.DeliverableRow[]} rows
 * @property {Set<string>} chosen the deliverables to make
 * @property {import("./groups.js").Filter} filter
 * @property {wire.EditRow[]} planEdits what was changed in the host from the plan
 * @property {wire.JobRow | null} job
 * @property {Map<string, wire.FileRow>} files
 * @property {Map<string, wire.FindingRow>} found what was found by the job
 * @property {Map<string, wire.JobRow>} jobs
 * @property {boolean} bringIn
 * @property {boolean} markers
 */

const { fresh } = require("./draft.js");

/** @returns {State} */
function empty() {
  return {
    link: "connecting",
    linkDetail: "",
    step: "source",
    notice: null,
    busy: null,
    version: "",
    projects: [],
    project: "",
    hosts: [],
    host: "",
    open: null,
    hostProblem: "",
    looking: false,
    timeline: null,
    specs: [],
    presets: [],
    actions: [],
    draft: fresh("", ""),
    plan: null,
    rows: [],
    chosen: new Set(),
    filter: "all",
    planEdits: [],
    job: null,
    files: new Map(),
    found: new Map(),
    jobs: new Map(),
    bringIn: false,
    markers: false,
  };
}

/** What the current host can do, and what not. @param {State} state @param {wire.Capability} capability */
function can(state, capability) {
  const identity = state.open?.identity;
  return Boolean(identity?.can.includes(capability));
}

/** Why the host cannot do something, in its own words. @param {State} state @param {wire.Capability} capability */
function whyNot(state, capability) {
  return state.open?.identity.lacks[capability] || "";
}

/** The jobs, newest first: one that has not begun yet is the newest. @param {State} state */
function newest(state) {
  const key = (/** @type {wire.JobRow} */ job) => job.started || "~";
  return [...state.jobs.values()].sort((a, b) => (key(a) < key(b) ? 1 : key(a) > key(b) ? -1 : 0));
}

/** @param {wire.JobRow} job */
const runs = (job) => job.state === "waiting" || job.state === "running";

module.exports = { empty, can, whyNot, newest, runs };
