"use strict";

const { make, write } = require("./dom.js");
const { HEAVY, SIGNS } = require("./findings.js");
const { List } = require("./list.js");

/** The findings of a job as a list, however many; the heaviest first. @param {import("./app.js").App} app */
function foundList(app) {
  /** @type {List<wire.FindingRow>} */
  const list = new List(
    {
      key: (finding) => finding.id,
      kind: () => "finding",
      height: (_, wide) => (wide ? 24 : 38),
      row: () => foundRow(),
      onActive: () => app.changed(),
    },
    "found",
  );
  return list;
}

function foundRow() {
  const sign = make("span.sign");
  const message = make("span.name.cut");
  const where = make("span.cell.where.mono");
  const deliverable = make("span.cell.rights");
  return {
    node: make("div.line", make("div.first", sign, message), make("div.second", where, deliverable)),
    /** @param {wire.FindingRow} finding */
    paint(finding) {
      write(sign, SIGNS[finding.severity]);
      sign.className = `sign ${finding.severity}`;
      write(message, finding.message);
      write(where, finding.where);
      write(deliverable, finding.deliverable);
    },
  };
}

/** @param {Map<string, wire.FindingRow>} found */
function heaviestFirst(found) {
  return [...found.values()].sort((a, b) => HEAVY[a.severity] - HEAVY[b.severity]);
}

module.exports = { foundList, heaviestFirst };
