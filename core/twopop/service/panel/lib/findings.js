"use strict";

const { make, button, allow, fill } = require("./dom.js");
const { breakable } = require("./names.js");
const { say } = require("./say.js");
const { can, whyNot } = require("./state.js");
const deeds = require("./deeds.js");

/** The order in which findings are read. */
const HEAVY = { fail: 0, warn: 1, info: 2 };

/** The sign of each severity: never told by colour alone. @type {Record<wire.Severity, string>} */
const SIGNS = { fail: "✕", warn: "!", info: "i" };

/**
 * A finding as it is read: what, where, figures, what to do; with "show me" where it speaks of a place in the cut.
 *
 * @param {import("./app.js").App} app @param {wire.FindingRow} finding
 * @param {boolean} [known] whether its plan or job is on the screen
 */
function findingNode(app, finding, known = true) {
  const { state } = app;
  const figures =
    finding.measured && finding.limit
      ? say("finding.figures", { measured: finding.measured, limit: finding.limit })
      : finding.measured;
  const row = make("div.deeds");
  if (finding.frame !== null) {
    const { frame } = finding;
    const look = button(say("finding.show"), () => void deeds.showFrame(app, frame), "small");
    allow(look, can(state, "show"), whyNot(state, "show"));
    row.appendChild(look);
    if (known) {
      const pin = button(say("finding.mark"), () => void deeds.addMarkers(app, [finding.id]), "small");
      allow(pin, can(state, "markers"), whyNot(state, "markers"));
      row.appendChild(pin);
    }
  }
  const text = make(
    "div.words",
    make(
      "div",
      make(`span.severity.${finding.severity}`, say(`severity.${finding.severity}`)),
      breakable(finding.message),
    ),
    finding.where ? make("div.mono.dim", breakable(finding.where)) : null,
    figures ? make("div.dim", figures) : null,
    finding.remedy ? make("div.remedy", breakable(finding.remedy)) : null,
    finding.source ? make("div.dim", finding.source) : null,
    row.firstChild ? row : null,
  );
  return make(`div.finding.${finding.severity}`, make(`span.sign.${finding.severity}`, SIGNS[finding.severity]), text);
}

/**
 * Put *findings* into *node*, the heaviest first.
 *
 * @param {HTMLElement} node @param {import("./app.js").App} app @param {readonly wire.FindingRow[]} findings
 * @param {boolean} [known]
 */
function fillFindings(node, app, findings, known) {
  const sorted = [...findings].sort((a, b) => HEAVY[a.severity] - HEAVY[b.severity]);
  fill(node, ...sorted.map((finding) => findingNode(app, finding, known)));
}

module.exports = { fillFindings, SIGNS, HEAVY };
