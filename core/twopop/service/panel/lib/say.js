"use strict";

const words = require("../words.js");

/**
 * @typedef {typeof words.texts} Texts
 * @typedef {keyof Texts} Key
 */

/**
 * The text *key* with the *values* in its places: `{n}` in it is `values.n`.
 *
 * Where a text has forms for numbers, `values.n` chooses.
 *
 * @param {Key} key @param {Record<string, string | number>} [values] @returns {string}
 */
function say(key, values = {}) {
  /** @type {string | Record<string, string>} */
  const text = words.texts[key];
  const form = typeof text === "string" ? text : text[words.form(Number(values.n))];
  return form.replace(/\{(\w+)\}/g, (_, name) => {
    const value = values[name];
    return typeof value === "number" ? number(value) : (value ?? "");
  });
}

/** A whole number, its digits in groups of three. @param {number} value */
function number(value) {
  return String(value).replace(/\B(?=(\d{3})+$)/g, words.thousands);
}

/** @param {number} bytes */
function size(bytes) {
  const units = words.bytes;
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const text = unit && value < 100 ? value.toFixed(1).replace(".", words.point) : String(Math.round(value));
  return `${text} ${units[unit]}`;
}

/** How long something still takes, in round words. @param {number | null} seconds */
function left(seconds) {
  if (seconds === null) return "";
  if (seconds < 60) return say("left.seconds", { n: Math.max(1, Math.round(seconds)) });
  if (seconds < 5400) return say("left.minutes", { n: Math.round(seconds / 60) });
  return say("left.hours", { hours: Math.floor(seconds / 3600), minutes: Math.round((seconds % 3600) / 60) });
}

/** A moment in ISO 8601 as day and time of this machine. @param {string} moment */
function when(moment) {
  const at = new Date(moment);
  if (!moment || isNaN(at.getTime())) return "";
  /** @param {number} value */
  const two = (value) => (value < 10 ? `0${value}` : String(value));
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

module.exports = { say, number, size, left, when };
