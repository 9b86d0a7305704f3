"use strict";

const { make, fill, show, button } = require("./dom.js");
const deeds = require("./deeds.js");
const { breakable } = require("./names.js");
const { say } = require("./say.js");

/**
 * What was changed in the host, in words, and the button that takes it back: first it says what it will take back.
 *
 * @param {import("./app.js").App} app @param {() => readonly wire.EditRow[]} edits
 */
function undoBox(app, edits) {
  const node = make("div.edits");
  let sure = false;
  /** @type {readonly wire.EditRow[] | null} */
  let painted = null;

  /** @param {boolean} now */
  function ask(now) {
    sure = now;
    painted = null;
    app.changed();
  }

  function refresh() {
    const rows = edits();
    show(node, rows.length > 0);
    if (rows === painted) return;
    painted = rows;
    const open = rows.filter((each) => !each.undone);
    if (!open.length) sure = false;
    const no = button(say("undo.no"), () => ask(false), "small");
    const yes = button(
      say("undo.yes"),
      () => {
        ask(false);
        void deeds.undo(app);
      },
      "small",
    );
    yes.className += " danger";
    const first = button(say("undo.do"), () => ask(true), "small");
    const words = make("span.words", sure ? say("undo.sure", { n: open.length }) : say("undo.title"));
    fill(
      node,
      make("div.headline", words, ...(!open.length ? [] : sure ? [no, yes] : [first])),
      ...(sure ? open : rows).map((each) => editNode(each)),
    );
  }

  return {
    node,
    refresh,
    /** Take the question back, if it was asked. */
    back() {
      const asked = sure;
      if (asked) ask(false);
      return asked;
    },
  };
}

/** @param {wire.EditRow} edit */
function editNode(edit) {
  const place = edit.place ? make("span.dim", breakable(edit.place)) : null;
  const words = make(
    "span.words",
    breakable(edit.what),
    place,
    edit.problem ? make("div.warn", breakable(edit.problem)) : null,
  );
  return make(
    edit.undone ? "div.edit.undone" : "div.edit",
    make("span.sign", edit.undone ? "↶" : edit.problem ? "!" : "✓"),
    words,
    edit.undone ? make("span.dim", say("undo.undone")) : null,
  );
}

module.exports = { undoBox };
