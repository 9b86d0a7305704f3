"use strict";

const { make, write, mark } = require("./dom.js");
const { say } = require("./say.js");

/** The first screen: the six digits that the service shows. @param {import("./app.js").App} app */
function pairScreen(app) {
  const code = make("input.line.code");
  code.type = "text";
  code.maxLength = 7;
  code.placeholder = "000000";
  code.id = "code";
  const detail = make("div.dim");
  const node = make(
    "div.screen.pair",
    make("div.title", say("pair.title")),
    make("div.text", say("pair.text")),
    make("div.mono.command", "twopop pair"),
    make("label.field", make("span.caption", say("pair.code")), code),
    detail,
  );
  const digits = () => code.value.replace(/\D/g, "");

  function pair() {
    const said = digits();
    if (said.length !== 6) return;
    void app.run(say("pair.asking"), async () => {
      try {
        await app.link?.pair(said);
      } finally {
        code.value = "";
        code.focus();
      }
    });
  }

  code.addEventListener("keydown", (event) => {
    if (event.key === "Enter") pair();
  });
  code.addEventListener("input", () => app.changed());

  return {
    node,
    enter: () => code.focus(),
    refresh() {
      write(detail, app.state.linkDetail);
      mark(detail, "away", !app.state.linkDetail);
    },
    foot: () => ({
      note: "",
      deeds: [{ label: say("pair.do"), act: pair, can: digits().length === 6, why: say("pair.six") }],
    }),
  };
}

module.exports = { pairScreen };
