"use strict";

const { uxp } = require("./place.js");

/**
 * What the panel keeps between its lives: the token, and what was chosen last.
 *
 * In UXP the token lies in the secure storage, which may lose it: then the panel pairs again.
 */

const TOKEN = "twopop.token";

/** @param {string} key */
function read(key) {
  try {
    return localStorage.getItem(key) || "";
  } catch {
    return "";
  }
}

/** @param {string} key @param {string} value */
function keep(key, value) {
  try {
    if (value) localStorage.setItem(key, value);
    else localStorage.removeItem(key);
  } catch {
    return; // A browser may forbid keeping anything: then nothing is remembered.
  }
}

/** The token that was kept, or "". @returns {Promise<string>} */
async function token() {
  const vault = uxp?.storage?.secureStorage;
  if (vault) {
    try {
      const bytes = await vault.getItem(TOKEN);
      if (bytes?.length) return String.fromCharCode(...bytes);
    } catch {
      return read(TOKEN);
    }
  }
  return read(TOKEN);
}

/** Keep a token; "" forgets it. @param {string} value */
async function keepToken(value) {
  const vault = uxp?.storage?.secureStorage;
  if (!vault) return keep(TOKEN, value);
  try {
    if (value) await vault.setItem(TOKEN, value);
    else await vault.removeItem(TOKEN);
    keep(TOKEN, "");
  } catch {
    keep(TOKEN, value);
  }
}

/** @typedef {"project" | "host" | "job" | "client" | "filter"} Choice */

/** @param {Choice} what */
const last = (what) => read(`twopop.${what}`);

/** @param {Choice} what @param {string} value */
const remember = (what, value) => keep(`twopop.${what}`, value);

module.exports = { token, keepToken, last, remember };
