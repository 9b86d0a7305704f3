"use strict";

const { make, fill, pick, radio, show, button } = require("./dom.js");
const { fillFindings } = require("./findings.js");
const { breakable } = require("./names.js");
const { say } = require("./say.js");
const work = require("./work.js");

/** Where the cut comes from: project, host, timeline. @param {import("./app.js").App} app */
function sourceScreen(app) {
  const project = make("div");
  const hosts = make("div.choices");
  const again = button(
    say("source.again"),
    () => void work.lookAgain(app).catch((error) => app.complain(error)),
    "small",
  );
  const host = make("div");
  const timelines = make("div.choices");
  const facts = make("div");
  const node = make(
    "div.screen",
    project,
    make("div.headline", make("div.title", say("source.hosts")), make("div.space"), again),
    hosts,
    host,
    timelines,
    facts,
  );
  /** What each part was last painted from. @type {Map<HTMLElement, unknown[]>} */
  const painted = new Map();

  /**
   * Paint a part only when what it shows is another.
   *
   * @param {HTMLElement} part
   * @param {unknown[]} from
   * @param {() => void} paint
   */
  function part(part, from, paint) {
    const last = painted.get(part);
    if (last && last.length === from.length && last.every((each, index) => each === from[index])) return;
    painted.set(part, from);
    paint();
  }

  function refresh() {
    const { state } = app;
    part(project, [state.projects, state.project], () => fillProject(app, project));
    part(hosts, [state.hosts, state.host], () => fillHosts(app, hosts));
    part(host, [state.open, state.hostProblem, state.looking], () => fillHost(app, host));
    part(timelines, [state.open, state.timeline?.id], () => fillTimelines(app, timelines));
    part(facts, [state.timeline], () => fillFacts(app, facts));
  }

  return {
    node,
    refresh,
    enter: () => painted.clear(),
    foot() {
      const { timeline } = app.state;
      const deed = {
        label: say("source.next"),
        act: () => app.set({ step: "order", notice: null }),
        can: timeline !== null,
        why: say("source.choose"),
      };
      return { note: timeline ? timeline.name : say("source.choose"), deeds: [deed] };
    },
  };
}

/** @param {import("./app.js").App} app @param {HTMLElement} node */
function fillProject(app, node) {
  const { projects, project } = app.state;
  if (!projects.length) return fill(node, make("div.text", say("source.noproject")));
  const options = projects.map((each) => ({ value: each.name, label: each.name }));
  const folder = projects.find((each) => each.name === project)?.folder || "";
  const choice = pick(
    say("source.project"),
    options,
    project,
    (name) => void work.chooseProject(app, name).catch((error) => app.complain(error)),
  );
  fill(node, choice.node, make("div.dim.under", breakable(folder)));
  show(choice.node, true);
}

/** @param {import("./app.js").App} app @param {HTMLElement} node */
function fillHosts(app, node) {
  const { hosts, host } = app.state;
  const rows = hosts.map((each) => {
    const standing = each.found ? say(`state.host.${each.state}`) : say("host.missing");
    const choice = radio(
      "host",
      each.title,
      each.name === host,
      () => void work.chooseHost(app, each.name),
      `${standing}. ${each.detail}`.trim(),
    );
    choice.box.disabled = !each.found;
    if (!each.found) choice.node.className += " off";
    return choice.node;
  });
  fill(node, ...(rows.length ? rows : [make("div.text", say("source.nohosts"))]));
}

/** Which host it is, and in words what it lacks. @param {import("./app.js").App} app @param {HTMLElement} node */
function fillHost(app, node) {
  const { open, hostProblem, looking } = app.state;
  if (hostProblem) {
    const words = make("div.words", breakable(hostProblem));
    return fill(node, make("div.finding.fail", make("span.sign.fail", "✕"), words));
  }
  if (looking && !open) return fill(node, make("div.text.dim", say("source.looking")));
  if (!open) return fill(node);
  const { identity } = open;
  const lacks = Object.entries(identity.lacks).filter(([, why]) => why);
  fill(
    node,
    make(
      "div.headline",
      make("div.title", say("source.timelines")),
      make("div.space"),
      make("div.dim", [identity.app, identity.version, identity.edition].filter(Boolean).join(" ")),
    ),
    identity.project ? make("div.dim.under", breakable(identity.project)) : null,
    ...lacks.map(([, why]) =>
      make("div.finding.info", make("span.sign.info", "i"), make("div.words.dim", breakable(why))),
    ),
    open.timelines.length ? null : make("div.text", say("source.notimelines")),
  );
}

/** @param {import("./app.js").App} app @param {HTMLElement} node */
function fillTimelines(app, node) {
  const { open, timeline } = app.state;
  const rows = (open?.timelines || []).map((each) => {
    const act = () => void work.chooseTimeline(app, each.id).catch((error) => app.complain(error));
    return radio(
      "timeline",
      breakable(each.name),
      each.id === timeline?.id,
      act,
      each.current ? say("source.current") : "",
    ).node;
  });
  fill(node, ...rows);
}

/** What was read of the timeline. @param {import("./app.js").App} app @param {HTMLElement} node */
function fillFacts(app, node) {
  const { timeline } = app.state;
  if (!timeline) return fill(node);
  const found = make("div");
  fillFindings(found, app, timeline.findings, false);
  /** @type {[string, string][]} */
  const facts = [
    [say("source.length"), timeline.length],
    [say("source.start"), timeline.start],
    [say("source.rate"), timeline.rate],
    [say("source.size"), timeline.size ? timeline.size.join(" x ") : ""],
    [say("source.markers"), say("source.marked", { n: timeline.markers.length })],
    [
      say("source.selection"),
      timeline.selection ? say("source.selected", { n: timeline.selection[1] - timeline.selection[0] }) : "",
    ],
    [say("source.offers"), timeline.choices.map((each) => `${each.name} ${each.length}`).join(", ")],
  ];
  const rows = facts
    .filter(([, value]) => value)
    .map(([label, value]) => make("div.fact", make("span.label", label), make("span.value", breakable(value))));
  fill(node, make("div.facts", ...rows), found);
}

module.exports = { sourceScreen };
