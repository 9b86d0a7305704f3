"use strict";

/**
 * Where the panel lives: inside a UXP host, or in a browser (Resolve's Workflow Integration is one too).
 *
 * @typedef {object} Vault
 * @property {(key: string) => Promise<Uint8Array | null>} getItem
 * @property {(key: string, value: string) => Promise<void>} setItem
 * @property {(key: string) => Promise<void>} removeItem
 */

/** The first port that the service takes, and how many above it it may fall back to. */
const PORT = 47820;
const PORTS = 5;

const uxp = inUxp();

function inUxp() {
  try {
    return require("uxp");
  } catch {
    return null;
  }
}

/** A word of the page's address: `?theme=dark`. @param {string} name */
function asked(name) {
  const found = new RegExp(`[?&]${name}=([\\w.-]+)`).exec(window.location?.search || "");
  return found ? found[1] : "";
}

/** Whether *url* leads to this machine and nowhere else. @param {string} url */
function isLoopback(url) {
  return /^ws:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?(\/[^@]*)?$/.test(url);
}

/** The addresses to look for the service at, in this order. */
function addresses() {
  const here = window.location?.host || "";
  const served = `ws://${here}/`;
  if (!uxp && isLoopback(served)) return [served];
  const first = Number(asked("port")) || PORT;
  return Array.from({ length: PORTS }, (_, step) => `ws://127.0.0.1:${first + step}/`);
}

/**
 * Follow the theme of the host or the system, and put it as a class on *node*.
 *
 * @param {HTMLElement} node
 */
function followTheme(node) {
  /** @param {boolean} dark */
  const wear = (dark) => {
    node.classList.remove(dark ? "light" : "dark");
    node.classList.add(dark ? "dark" : "light");
  };
  const wish = asked("theme");
  if (wish) return wear(wish === "dark");
  const theme = /** @type {UxpDocument} */ (document).theme;
  if (theme) {
    wear(/dark/i.test(theme.getCurrent()));
    theme.onUpdated.addListener((name) => wear(/dark/i.test(name)));
    return;
  }
  const query = window.matchMedia?.("(prefers-color-scheme: light)");
  wear(!query?.matches);
  query?.addEventListener("change", () => wear(!query.matches));
}

module.exports = { uxp, asked, isLoopback, addresses, followTheme };
