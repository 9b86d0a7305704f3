"use strict";

const { say } = require("./say.js");

/**
 * The lines of a plan as the list shows them: by variant, problems first. Pure functions.
 *
 * @typedef {"all" | "problems" | "make"} Filter
 * @typedef {{ kind: "group", key: string, title: string, rows: wire.DeliverableRow[], weight: number }} Group
 * @typedef {{ kind: "line", key: string, row: wire.DeliverableRow, weight: number }} Line
 * @typedef {Group | Line} Item
 */

const WEIGHTS = { fail: 3, warn: 2, info: 1, "": 0 };

/**
 * How much is wrong with a line: 3 stops it, 2 asks for a look, 1 tells, 0 is nothing.
 *
 * @param {wire.DeliverableRow} row
 */
function weight(row) {
  const found = row.findings.map((finding) => WEIGHTS[finding.severity]);
  return Math.max(row.state === "blocked" ? 3 : 0, WEIGHTS[row.weight], ...found);
}

/** What the viewer sees and hears, in a few words. @param {wire.DeliverableRow} row */
function variant(row) {
  const words = [row.duration, row.aspect, row.language, row.texted ? "" : say("order.textless"), row.market];
  return words.filter(Boolean).join("  ·  ");
}

/** @param {wire.DeliverableRow} row @param {Filter} filter */
function passes(row, filter) {
  if (filter === "problems") return weight(row) > 1;
  return filter === "all" || row.state === "ready";
}

/**
 * @param {wire.DeliverableRow[]} rows @param {Filter} filter
 * @param {boolean} sorted problems first; without, as the plan has them (while its lines still come in)
 * @returns {Item[]}
 */
function grouped(rows, filter, sorted) {
  /** @type {Map<string, Group>} */
  const groups = new Map();
  for (const row of rows) {
    if (!passes(row, filter)) continue;
    const title = variant(row);
    const group = groups.get(title) || { kind: "group", key: `group ${title}`, title, rows: [], weight: 0 };
    group.rows.push(row);
    group.weight = Math.max(group.weight, weight(row));
    groups.set(title, group);
  }
  const order = [...groups.values()];
  if (sorted) order.sort((a, b) => Math.max(b.weight, 1) - Math.max(a.weight, 1));
  return order.flatMap((group) => [group, ...lines(group, sorted)]);
}

/** @param {Group} group @param {boolean} sorted @returns {Line[]} */
function lines(group, sorted) {
  /** @type {Line[]} */
  const made = group.rows.map((row) => ({ kind: "line", key: row.id, row, weight: weight(row) }));
  return sorted ? made.sort((a, b) => Math.max(b.weight, 1) - Math.max(a.weight, 1)) : made;
}

/** How many lines each filter lets through. @param {wire.DeliverableRow[]} rows @returns {Record<Filter, number>} */
function counts(rows) {
  const found = { all: rows.length, problems: 0, make: 0 };
  for (const row of rows) {
    if (passes(row, "problems")) found.problems += 1;
    if (passes(row, "make")) found.make += 1;
  }
  return found;
}

/** @type {Filter[]} */
const FILTERS = ["all", "problems", "make"];

module.exports = { grouped, weight, counts, FILTERS };
