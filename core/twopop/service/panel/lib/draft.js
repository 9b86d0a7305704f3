"use strict";

/**
 * The order that is being put together: pure functions from what was ticked to `twopop.order/1`.
 *
 * @typedef {object} Draft
 * @property {string} preset the name of the saved order it began as, or ""
 * @property {wire.Order | null} base that order: what the matrix does not show is kept as it is
 * @property {boolean} whole the saved order has more tables than one matrix shows, and is taken as it is
 * @property {string} client
 * @property {string} title
 * @property {string} code
 * @property {string} out
 * @property {string[]} durations
 * @property {string[]} aspects
 * @property {string[]} specs
 * @property {string} languages as they were typed, with commas
 * @property {string} markets
 * @property {boolean} texted
 * @property {boolean} textless
 * @property {"sources" | "master"} picture
 *
 * @typedef {{ label: string, kind: "full" | "markers" | "order", choice?: wire.ChoiceRow }} Length
 * @typedef {"client" | "title" | "durations" | "aspects" | "specs" | "texts"} Lack
 */

/** The words of a list that was typed with commas or spaces. @param {string} text */
function typed(text) {
  return [...new Set(text.split(/[\s,;]+/).filter(Boolean))];
}

/** @param {string} client @param {string} title @returns {Draft} */
function fresh(client, title) {
  return {
    preset: "",
    base: null,
    whole: false,
    client,
    title,
    code: "",
    out: "delivery",
    durations: ["full"],
    aspects: [],
    specs: [],
    languages: "",
    markets: "",
    texted: true,
    textless: false,
    picture: "sources",
  };
}

/**
 * A draft that says what the saved *order* says.
 *
 * @param {string} name @param {wire.Order} order @param {Draft["picture"]} picture @returns {Draft}
 */
function fromOrder(name, order, picture) {
  const tables = order.matrix || [];
  const [table] = tables;
  const texted = table?.texted || [true];
  return {
    preset: name,
    base: order,
    whole: tables.length !== 1 || (order.deliverable || []).length > 0,
    client: order.project.client,
    title: order.project.title,
    code: order.project.code || "",
    out: order.out || "delivery",
    durations: [...(table?.durations || [])],
    aspects: [...(table?.aspects || [])],
    specs: [...(table?.specs || [])],
    languages: (table?.languages || []).filter(Boolean).join(", "),
    markets: (table?.markets || []).filter(Boolean).join(", "),
    texted: texted.includes(true),
    textless: texted.includes(false),
    picture,
  };
}

/**
 * The lengths on offer: all of it, what markers mark out, what the saved order cuts.
 *
 * @param {wire.TimelineRow | null} timeline @param {Draft} draft @returns {Length[]}
 */
function lengths(timeline, draft) {
  /** @type {Length[]} */
  const found = [{ label: "full", kind: "full" }];
  /** @param {string} label */
  const taken = (label) => found.some((each) => each.label === label);
  const cut = Object.keys(draft.base?.cutdowns || {});
  for (const label of [...cut, ...(draft.base?.matrix || []).flatMap((table) => table.durations)]) {
    if (!taken(label)) found.push({ label, kind: "order" });
  }
  for (const choice of timeline?.choices || []) {
    const own = choice.name
      .trim()
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-|-$/g, "");
    if (ruleFor(draft, choice)) continue;
    const label = choice.label && !taken(choice.label) ? choice.label : own;
    if (label && !taken(label)) found.push({ label, kind: "markers", choice });
  }
  return found;
}

/**
 * Whether the saved order cuts by the markers of *choice* already.
 *
 * @param {Draft} draft
 * @param {wire.ChoiceRow} choice
 */
function ruleFor(draft, choice) {
  return Object.values(draft.base?.cutdowns || {}).some((rule) => rule.markers === choice.name);
}

/** What has still to be said before there can be a plan. @param {Draft} draft @returns {Lack[]} */
function lacks(draft) {
  /** @type {[Lack, boolean][]} */
  const checks = [
    ["client", !draft.client.trim()],
    ["title", !draft.title.trim()],
    ["durations", !draft.whole && !draft.durations.length],
    ["aspects", !draft.whole && !draft.aspects.length],
    ["specs", !draft.whole && !draft.specs.length],
    ["texts", !draft.whole && !draft.texted && !draft.textless],
  ];
  return checks.filter(([, lacking]) => lacking).map(([lack]) => lack);
}

/** How many deliverables are asked for. @param {Draft} draft */
function count(draft) {
  if (draft.whole) {
    const tables = draft.base?.matrix || [];
    return tables.reduce((sum, table) => sum + product(table), (draft.base?.deliverable || []).length);
  }
  return product(matrixOf(draft));
}

/** @param {wire.Matrix} table */
function product(table) {
  const others = [table.languages, table.texted, table.markets].map((each) => each?.length ?? 1);
  return [table.durations.length, table.aspects.length, table.specs.length, ...others].reduce((a, b) => a * b, 1);
}

/** @param {Draft} draft @returns {wire.Matrix} */
function matrixOf(draft) {
  const languages = typed(draft.languages);
  const markets = typed(draft.markets);
  return {
    durations: draft.durations,
    aspects: draft.aspects,
    specs: draft.specs,
    languages: languages.length ? languages : [""],
    markets: markets.length ? markets : [""],
    texted: [...(draft.texted ? [true] : []), ...(draft.textless ? [false] : [])],
  };
}

/**
 * The order that the draft stands for, for the cut of *timeline*.
 *
 * @param {Draft} draft @param {wire.TimelineRow | null} timeline @returns {wire.Order}
 */
function toOrder(draft, timeline) {
  const base = draft.base;
  /** @type {Record<string, wire.CutdownRule>} */
  const cutdowns = { ...(base?.cutdowns || {}) };
  for (const length of lengths(timeline, draft)) {
    if (length.choice && draft.durations.includes(length.label)) {
      cutdowns[length.label] = { markers: length.choice.name };
    }
  }
  const project = {
    ...(base?.project || {}),
    client: draft.client.trim(),
    title: draft.title.trim(),
    code: draft.code,
  };
  return {
    ...(base || {}),
    schema: "twopop.order/1",
    project,
    timeline: base?.timeline || { file: `${timeline?.name || "timeline"}.otio` },
    matrix: draft.whole ? base?.matrix || [] : [matrixOf(draft)],
    cutdowns,
    out: draft.out.trim() || "delivery",
  };
}

module.exports = { fresh, fromOrder, lengths, lacks, count, toOrder };
