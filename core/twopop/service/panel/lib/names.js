"use strict";

const { make, write } = require("./dom.js");

/** How many letters of a file's name are always seen at its end: variant, version and suffix stand there. */
const TAIL = 26;

/**
 * A name in two parts; the second is never cut short. It begins at a joint of the name where there is one.
 *
 * @param {string} name @returns {[string, string]}
 */
function parted(name) {
  if (name.length <= TAIL) return ["", name];
  const from = name.length - TAIL;
  const joint = name.slice(from).search(/[_\-. ]/);
  const at = joint >= 0 && joint < TAIL / 2 ? from + joint : from;
  return [name.slice(0, at), name.slice(at)];
}

/** The last part of a path. @param {string} path */
function base(path) {
  return path.slice(path.replace(/[\\/]+$/, "").search(/[^\\/]*$/));
}

/** A place for a file's name that is cut in its middle when there is too little room for it. */
function nameBox() {
  const head = make("span.head");
  const tail = make("span.tail");
  const node = make("div.name", head, tail);
  return {
    node,
    /** @param {string} path */
    set(path) {
      const [first, last] = parted(base(path));
      write(head, first);
      write(tail, last);
      if (node.title !== path) node.title = path;
    },
  };
}

/** A path or word that may be broken at its joints: UXP has no CSS for that. @param {string} text */
function breakable(text) {
  return text.replace(/([/\\_.\-])/g, "$1\u200b");
}

/** Let copied text be what it says: without the marks that let it be broken. */
function copyPlainly() {
  document.addEventListener("copy", (event) => {
    const text = String(document.getSelection?.() ?? "");
    if (!text.includes("\u200b") || !event.clipboardData) return;
    event.clipboardData.setData("text/plain", text.replace(/\u200b/g, ""));
    event.preventDefault();
  });
}

module.exports = { nameBox, parted, base, breakable, copyPlainly };
