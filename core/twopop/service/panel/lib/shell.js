"use strict";

const { make, put, button, fill, write, mark, show, allow, bar } = require("./dom.js");
const { say } = require("./say.js");
const { breakable } = require("./names.js");
const { newest, runs } = require("./state.js");

/**
 * What stands around each screen: the steps above, what is said, and the one thing to do next below.
 *
 * @typedef {object} Deed
 * @property {string} label
 * @property {() => void} act
 * @property {boolean} [can]
 * @property {string} [why] why it cannot be done
 * @property {string} [look]
 *
 * @typedef {object} Screen
 * @property {HTMLElement} node
 * @property {() => void} refresh
 * @property {() => { note: string, deeds: Deed[] }} foot the last deed is the primary one
 * @property {() => boolean} [back] Escape: whether there was something to close
 * @property {() => void} [enter]
 */

/** @typedef {import("./state.js").Step} Step */

/** The steps in the order in which an editor makes them. @type {("source" | "order" | "plan" | "job")[]} */
const WAY = ["source", "order", "plan", "job"];

class Shell {
  /** @param {import("./app.js").App} app @param {Record<Step, Screen>} screens @param {HTMLElement} root */
  constructor(app, screens, root) {
    this.app = app;
    this.screens = screens;
    this.lamp = make("span.lamp");
    this.steps = WAY.map((step) => ({ step, node: button(say(`step.${step}`), () => this.go(step), "step") }));
    this.jobs = button("", () => this.go("jobs"), "step");
    this.banner = make("div.banner");
    this.body = make("div.body");
    this.notice = make("div.notice");
    this.busyText = make("span.words");
    this.busyBar = bar();
    this.stop = button(say("busy.stop"), () => this.app.state.busy?.stop?.(), "small");
    this.busy = make("div.busy", this.busyText, this.busyBar.node, this.stop);
    this.note = make("div.note");
    /** @type {{ node: HTMLButtonElement, act: () => void }[]} */
    this.deeds = [0, 1, 2].map((index) => {
      const deed = { node: button("", () => deed.act(), index === 2 ? "primary" : ""), act: () => {} };
      return deed;
    });
    this.foot = make("div.foot", this.note, make("div.deeds", ...this.deeds.map((deed) => deed.node)));
    const steps = make("div.steps", ...this.steps.map((each) => each.node), make("div.space"), this.jobs, this.lamp);
    put(root, steps, this.banner, this.body, this.notice, this.busy, this.foot);
    /** @type {Step | ""} */
    this.shown = "";
    /** @type {import("./state.js").Notice | null} */
    this.told = null;
    app.painters.push(() => this.paint());
    document.addEventListener("keydown", (event) => this.pressed(event));
  }

  /** @param {Step} step */
  go(step) {
    if (this.reaches(step)) this.app.set({ step, notice: null });
  }

  /** Whether the editor can go to a step now. @param {Step} step */
  reaches(step) {
    const { state } = this.app;
    if (state.step === "pair" || !state.project) return step === state.step;
    if (step === "order") return state.timeline !== null;
    if (step === "plan") return state.plan !== null;
    if (step === "job") return state.job !== null;
    return true;
  }

  paint() {
    const { state } = this.app;
    const screen = this.screens[state.step];
    const before = this.shown;
    if (before !== state.step) {
      this.shown = state.step;
      fill(this.body, screen.node);
      screen.enter?.();
    }
    screen.refresh();
    // From step to step by the keyboard: it goes on at the screen's first control, not at the button that led here.
    if (before && before !== state.step && !screen.node.contains(document.activeElement)) {
      const first = screen.node.querySelector(".box:checked, .line, .pick");
      if (first instanceof HTMLElement) first.focus();
    }
    this.paintHead();
    this.paintNotice();
    this.paintFoot(screen);
  }

  paintHead() {
    const { state } = this.app;
    for (const { step, node } of this.steps) {
      mark(node, "now", step === state.step);
      allow(node, this.reaches(step) && state.step !== "pair");
    }
    const running = newest(state).filter(runs).length;
    write(this.jobs, running ? say("step.running", { n: running }) : say("step.jobs"));
    mark(this.jobs, "now", state.step === "jobs");
    allow(this.jobs, this.reaches("jobs") && state.step !== "pair");
    for (const name of ["online", "lost", "connecting", "pair"]) mark(this.lamp, name, state.link === name);
    this.lamp.title = say(`state.link.${state.link}`);
    const away = state.link === "lost" || (state.link === "connecting" && state.step !== "pair");
    show(this.banner, away);
    if (away) write(this.banner, [say(`state.link.${state.link}`), state.linkDetail].filter(Boolean).join(" "));
    mark(this.banner, "lost", state.link === "lost");
  }

  paintNotice() {
    const { notice, busy } = this.app.state;
    show(this.notice, notice !== null);
    if (notice !== this.told) {
      this.told = notice;
      if (notice) this.fillNotice(notice);
    }
    show(this.busy, busy !== null);
    if (!busy) return;
    write(this.busyText, busy.text);
    show(this.busyBar.node, busy.total > 0);
    show(this.stop, Boolean(busy.stop));
    if (busy.total > 0) this.busyBar.set(busy.done / busy.total);
  }

  /** @param {import("./state.js").Notice} notice */
  fillNotice(notice) {
    this.notice.className = `notice ${notice.kind}`;
    const sign = { ok: "✓", info: "i", warn: "!", fail: "✕" }[notice.kind];
    fill(
      this.notice,
      make(`span.sign.${notice.kind}`, sign),
      make(
        "div.words",
        make("div", breakable(notice.text)),
        notice.where ? make("div.dim", breakable(notice.where)) : null,
        notice.remedy ? make("div.remedy", breakable(notice.remedy)) : null,
        notice.report ? make("pre.report", notice.report) : null,
      ),
      button(say("notice.close"), () => this.app.set({ notice: null }), "small"),
    );
  }

  /** @param {Screen} screen */
  paintFoot(screen) {
    const { state } = this.app;
    const { note, deeds } = screen.foot();
    write(this.note, note);
    const hold = state.busy !== null || (state.link !== "online" && state.step !== "pair");
    const why = state.busy ? state.busy.text : say(`state.link.${state.link}`);
    const from = this.deeds.length - deeds.length;
    this.deeds.forEach((slot, index) => {
      const deed = deeds[index - from];
      show(slot.node, Boolean(deed));
      if (!deed) return;
      slot.act = deed.act;
      write(slot.node, deed.label);
      mark(slot.node, "danger", deed.look === "danger");
      mark(slot.node, "primary", index === this.deeds.length - 1 && !deed.look);
      allow(slot.node, !hold && deed.can !== false, hold ? why : deed.why);
    });
    show(this.foot, Boolean(note) || deeds.length > 0);
  }

  /** Escape closes what lies on top, or goes one step back. @param {KeyboardEvent} event */
  pressed(event) {
    if (event.key !== "Escape") return;
    const { target } = event;
    if (target instanceof HTMLInputElement && target.type === "text" && target.value) return target.blur();
    const { state } = this.app;
    if (state.notice) return this.app.set({ notice: null });
    if (this.screens[state.step].back?.()) return this.app.changed();
    const at = WAY.findIndex((step) => step === state.step);
    if (at > 0) this.go(WAY[at - 1]);
    else if (state.step === "jobs") this.go("source");
  }
}

exports.Shell = Shell;
