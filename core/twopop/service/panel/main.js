"use strict";

const { App } = require("./lib/app.js");
const { make } = require("./lib/dom.js");
const host = require("./lib/host.js");
const { jobScreen } = require("./lib/job.js");
const { jobsScreen } = require("./lib/jobs.js");
const { Link } = require("./lib/link.js");
const memory = require("./lib/memory.js");
const { copyPlainly } = require("./lib/names.js");
const { heed } = require("./lib/notes.js");
const { orderScreen } = require("./lib/order.js");
const { pairScreen } = require("./lib/pair.js");
const { addresses, followTheme, uxp } = require("./lib/place.js");
const { planScreen } = require("./lib/plan.js");
const { say } = require("./lib/say.js");
const { Shell } = require("./lib/shell.js");
const { sourceScreen } = require("./lib/source.js");
const work = require("./lib/work.js");

/** Put the panel into *root* and look for the service. @param {HTMLElement} root */
function start(root) {
  const app = new App();
  // An error that nobody caught can take a UXP host down with it: it ends here, and is told.
  window.addEventListener("error", (event) => app.complain(event.error || event.message));
  window.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    app.complain(event.reason);
  });
  followTheme(document.body);
  copyPlainly();
  if (!uxp) document.title = say("panel.title");
  new Shell(
    app,
    {
      pair: pairScreen(app),
      source: sourceScreen(app),
      order: orderScreen(app),
      plan: planScreen(app),
      job: jobScreen(app),
      jobs: jobsScreen(app),
    },
    root,
  );
  app.link = new Link({
    urls: addresses(),
    token: memory.token,
    keepToken: memory.keepToken,
    who: () => ({ panel: uxp ? "uxp" : "browser", host: host.here() }),
    onState: (link, linkDetail) => app.set(link === "pair" ? { link, linkDetail, step: "pair" } : { link, linkDetail }),
    onWelcome: (welcome) => void work.arrive(app, welcome).catch((error) => app.complain(error)),
    onNote: (name, note) => heed(app, name, note),
    answer: host.answer,
  });
  app.changed();
  app.link.start();
}

start(document.getElementById("panel") || document.body.appendChild(make("div")));
