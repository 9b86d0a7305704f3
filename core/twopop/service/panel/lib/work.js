"use strict";

const { fromOrder, fresh, lacks, toOrder } = require("./draft.js");
const { Refused } = require("./errors.js");
const host = require("./host.js");
const memory = require("./memory.js");
const { asked } = require("./place.js");
const { say } = require("./say.js");
const { can, newest, runs } = require("./state.js");

/**
 * What the panel does on the way to a plan: each function asks the service and writes the answer into the state.
 *
 * @typedef {import("./app.js").App} App
 */

/** Rows that are asked for at once. */
const PAGE = 200;

/**
 * The service said welcome: for the first time, or again after the connection was lost.
 *
 * @param {App} app
 * @param {wire.Welcome} welcome
 */
async function arrive(app, welcome) {
  const { projects } = welcome;
  const known = (/** @type {string} */ name) => projects.some((each) => each.name === name);
  const wanted = [app.state.project, asked("project"), memory.last("project")].find(known);
  const again = Boolean(app.state.project) && wanted === app.state.project;
  app.set({ version: welcome.twopop, projects, project: wanted || projects[0]?.name || "" });
  if (app.state.step === "pair") app.set({ step: "source" });
  if (app.state.project) await enter(app, again);
}

/** Work in another project. @param {App} app @param {string} project */
async function chooseProject(app, project) {
  memory.remember("project", project);
  const drop = { host: "", open: null, timeline: null, plan: null, rows: [], job: null, jobs: new Map() };
  app.set({ project, ...drop, draft: fresh(memory.last("client"), ""), step: "source" });
  await enter(app, false);
}

/** Ask what there is in the project; *again* keeps what was chosen. @param {App} app @param {boolean} again */
async function enter(app, again) {
  // What cannot be told is complained about; the rest is shown all the same.
  const parts = [refreshJobs, refreshHosts, refreshShelf];
  await Promise.all(parts.map((part) => part(app).catch((error) => app.complain(error))));
  if (again) return resume(app);
  app.set({ draft: { ...app.state.draft, client: app.state.draft.client || memory.last("client") } });
  const mine = newest(app.state).find((job) => job.id === memory.last("job") && runs(job));
  if (mine) await openJob(app, mine.id);
  const { hosts } = app.state;
  const there = (/** @type {string | undefined} */ name) => hosts.some((each) => each.name === name && each.found);
  const wanted = [host.here()?.name, asked("host"), memory.last("host")].find(there);
  const first = hosts.filter((each) => each.found);
  const name = wanted || (first.length === 1 ? first[0].name : "");
  if (name) await chooseHost(app, name);
}

/** @param {App} app */
async function refreshJobs(app) {
  const { jobs } = await app.ask("jobs", { project: app.state.project });
  app.set({ jobs: new Map(jobs.map((job) => [job.id, job])) });
}

/** Specs, presets and the studio's buttons. @param {App} app */
async function refreshShelf(app) {
  const { project } = app.state;
  const [specs, presets, actions] = await Promise.all([
    app.ask("specs", { project }),
    app.ask("presets", { project }),
    app.ask("actions", { project }),
  ]);
  app.set({ specs: specs.specs, presets: presets.presets, actions: actions.actions });
}

/** Look again: which hosts are there, and what is open in the one that was chosen? @param {App} app */
async function lookAgain(app) {
  await refreshHosts(app);
  if (app.state.host) await chooseHost(app, app.state.host);
}

/** @param {App} app */
async function refreshHosts(app) {
  const { hosts } = await app.ask("hosts", { project: app.state.project });
  app.set({ hosts });
}

/** After a lost connection: how does it stand with what is on the screen? @param {App} app */
async function resume(app) {
  const { job, plan, step } = app.state;
  const unsure = app.unsure;
  app.unsure = "";
  const started = unsure === "deliver" && plan ? newest(app.state).find((each) => each.plan === plan.id) : undefined;
  if (started) {
    await openJob(app, started.id);
    return app.set({ notice: { kind: "ok", text: say("lost.started") } });
  }
  if (unsure === "deliver") app.set({ notice: { kind: "warn", text: say("lost.notstarted") } });
  if (unsure === "other") app.set({ notice: { kind: "warn", text: say("lost.asis") } });
  if (step === "job" && job) await openJob(app, job.id);
  if (step === "source" && app.state.host) await chooseHost(app, app.state.host);
  if (plan)
    await app.ask("rows", { id: plan.id, first: 0, count: 1 }).then(
      () => loadRows(app, plan),
      (error) => forgotten(app, error),
    );
}

/** A service that was started anew may not know the plan any more. @param {App} app @param {unknown} error */
function forgotten(app, error) {
  if (!(error instanceof Refused)) throw error;
  const onIt = app.state.step === "plan";
  app.set({
    plan: null,
    rows: [],
    ...(onIt ? { step: "order", notice: { kind: "warn", text: say("plan.forgotten") } } : {}),
  });
}

/** Look into a host: what is open there? @param {App} app @param {string} name */
async function chooseHost(app, name) {
  const keep = app.state.host === name ? app.state.timeline?.id : undefined;
  app.set({ host: name, open: null, hostProblem: "", timeline: null, looking: true });
  try {
    const open = await app.ask("timelines", { project: app.state.project, host: name });
    if (app.state.host !== name) return;
    memory.remember("host", name);
    app.set({
      open,
      draft: { ...app.state.draft, picture: can(app.state, "render") ? app.state.draft.picture : "sources" },
    });
    const wanted =
      open.timelines.find((each) => each.id === keep) ||
      open.timelines.find((each) => each.current) ||
      open.timelines[0];
    if (wanted) await chooseTimeline(app, wanted.id);
  } catch (error) {
    if (app.state.host === name && error instanceof Refused)
      app.set({ hostProblem: `${error.message} ${error.remedy}`.trim() });
    else if (app.state.host === name) app.complain(error);
  } finally {
    if (app.state.host === name) app.set({ looking: false });
  }
}

/** Read a timeline of the host. @param {App} app @param {string} id */
async function chooseTimeline(app, id) {
  const { project, host: name } = app.state;
  const timeline = await app.ask("timeline", { project, host: name, id });
  if (app.state.host !== name) return;
  const draft = app.state.draft;
  app.set({ timeline, draft: { ...draft, title: draft.title || timeline.name } });
}

/** Take a saved order; "" begins an own one. @param {App} app @param {string} name */
async function choosePreset(app, name) {
  const { draft, project, timeline } = app.state;
  if (!name)
    return app.set({ draft: { ...fresh(draft.client, timeline?.name || draft.title), picture: draft.picture } });
  await app.run(say("order.reading"), async () => {
    const { order } = await app.ask("preset", { project, name });
    app.set({ draft: fromOrder(name, /** @type {wire.Order} */ (order), draft.picture) });
  });
}

/** Keep the order under *name*. @param {App} app @param {string} name @param {boolean} replace */
async function savePreset(app, name, replace) {
  const { draft, project, timeline } = app.state;
  await app.run(say("order.saving"), async () => {
    await app.ask("save_preset", { project, name, order: { ...toOrder(draft, timeline) }, replace });
    const { presets } = await app.ask("presets", { project });
    app.set({ presets, draft: { ...draft, preset: name }, notice: { kind: "ok", text: say("order.saved", { name }) } });
  });
}

/** Plan the order for the timeline, and show the plan. @param {App} app */
async function makePlan(app) {
  const { draft, project, host: name, timeline } = app.state;
  if (lacks(draft).length || !timeline) return;
  memory.remember("client", draft.client);
  await app.run(say("plan.making"), async (watch) => {
    const order = { ...toOrder(draft, timeline) };
    const wish = { project, host: name, timeline: timeline.id, order, picture: draft.picture };
    const plan = await app.ask("plan", wish, watch);
    const whole = { plan, rows: [], chosen: new Set(""), planEdits: [], job: null };
    app.set({ ...whole, filter: plan.blocked || plan.stopped ? "problems" : "all", step: "plan" });
    void loadRows(app, plan).catch((error) => app.complain(error));
  });
}

/** Bring the plan's lines in, page by page; what can be made is chosen. @param {App} app @param {wire.PlanRow} plan */
async function loadRows(app, plan) {
  let { rows } = app.state;
  while (rows.length < plan.total) {
    const page = await app.ask("rows", { id: plan.id, first: rows.length, count: PAGE });
    if (app.state.plan?.id !== plan.id || !page.rows.length) return;
    rows = rows.concat(page.rows);
    for (const row of page.rows) if (row.state === "ready") app.state.chosen.add(row.id);
    app.set({ rows });
  }
  const calm = app.state.filter === "problems" && !rows.some((row) => row.state === "blocked" || row.findings.length);
  if (calm) app.set({ filter: "all" });
}

/** Show the job *id*, with its files and findings. @param {App} app @param {string} id */
async function openJob(app, id) {
  const { job } = await app.ask("job", { id });
  app.set({ job, files: new Map(), found: new Map(), step: "job" });
  app.state.jobs.set(id, job);
  for (let first = 0; ;) {
    const page = await app.ask("files", { id, first, count: PAGE });
    if (app.state.job?.id !== id) return;
    for (const file of page.files) app.state.files.set(file.id, file);
    app.changed();
    first += page.files.length;
    if (!page.files.length || first >= page.total) break;
  }
  await loadFindings(app, id);
}

/** Bring in what was found by a job. @param {App} app @param {string} id */
async function loadFindings(app, id) {
  for (let first = 0; ;) {
    const page = await app.ask("findings", { id, first, count: PAGE });
    if (app.state.job?.id !== id) return;
    for (const finding of page.findings) app.state.found.set(finding.id, finding);
    app.changed();
    first += page.findings.length;
    if (!page.findings.length || first >= page.total) return;
  }
}

module.exports = {
  arrive,
  chooseProject,
  lookAgain,
  chooseHost,
  chooseTimeline,
  choosePreset,
  savePreset,
  makePlan,
  openJob,
  loadFindings,
};
