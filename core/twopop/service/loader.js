"use strict";

/**
 * Gives a browser what UXP has: `require` for modules by their relative path with ".js", and nothing else.
 *
 * The service wraps each module in `twopop.define(name, body)`; the page's own script, the last one, is started by
 * the name in `data-start` of this script's element.
 */
(() => {
  const bodies = new Map();
  const made = new Map();

  /** The module that *name* means in the module *from*. */
  function resolve(from, name) {
    if (!/^\.\.?\/.*\.js$/.test(name)) throw new Error(`There is no module ${name}: a path such as "./lib/x.js" is wanted.`);
    const parts = from.split("/").slice(0, -1);
    for (const part of name.split("/")) {
      if (part === "..") parts.pop();
      else if (part !== ".") parts.push(part);
    }
    return parts.join("/");
  }

  function load(name) {
    const known = made.get(name);
    if (known) return known.exports;
    const body = bodies.get(name);
    if (!body) throw new Error(`There is no module ${name}.`);
    const module = { exports: {} };
    made.set(name, module);
    body((wanted) => load(resolve(name, wanted)), module, module.exports);
    return module.exports;
  }

  const first = document.currentScript.dataset.start;
  window.twopop = {
    define(name, body) {
      bodies.set(name, body);
      if (name === first) load(name);
    },
  };
})();
