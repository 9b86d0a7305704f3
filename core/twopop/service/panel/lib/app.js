"use strict";

const { oncePerFrame } = require("./frame.js");
const { Lost, Refused } = require("./errors.js");
const { empty } = require("./state.js");

/**
 * How a call that takes long is watched: *work* is told how far it is, *begun* is given what stops it.
 *
 * @typedef {object} Watch
 * @property {(note: wire.WorkNote) => void} work
 * @property {(stop: () => void) => void} begun
 */

/** The panel's state, who may change it, and when the screen is painted: once per frame, whatever happens. */
class App {
  constructor() {
    this.state = empty();
    /** @type {import("./link.js").Link | null} */
    this.link = null;
    /** @type {(() => void)[]} */
    this.painters = [];
    this.changed = oncePerFrame(() => this.painters.forEach((paint) => paint()));
    /** What was asked for when the connection went, and may have been done. @type {"" | "deliver" | "other"} */
    this.unsure = "";
  }

  /** @param {Partial<import("./state.js").State>} news */
  set(news) {
    Object.assign(this.state, news);
    this.changed();
  }

  /**
   * Ask the service. Raises what `Link.call` raises.
   *
   * @template {keyof wire.Methods} M
   * @param {M} method @param {wire.Methods[M]["params"]} params @param {Watch} [watch]
   * @returns {Promise<wire.Methods[M]["result"]>}
   */
  ask(method, params, watch) {
    if (!this.link) return Promise.reject(new Lost(false));
    return this.link.call(method, params, watch?.work, watch?.begun);
  }

  /**
   * Do one thing that the editor asked for, saying *text* meanwhile; a second press does nothing.
   *
   * @param {string} text @param {(watch: Watch) => Promise<void>} act
   */
  async run(text, act) {
    if (this.state.busy) return;
    this.set({ busy: { text, done: 0, total: 0 }, notice: null });
    try {
      await act({
        work: (note) => this.renew({ text: note.said || text, done: note.done, total: note.total }),
        begun: (stop) => this.renew({ stop }),
      });
    } catch (error) {
      this.complain(error);
    } finally {
      this.set({ busy: null });
    }
  }

  /** @param {Partial<import("./state.js").Busy>} news */
  renew(news) {
    if (this.state.busy) this.set({ busy: { ...this.state.busy, ...news } });
  }

  /** Tell what went wrong. @param {unknown} error */
  complain(error) {
    this.unsure = error instanceof Lost && error.maybe ? this.unsure || "other" : "";
    if (error instanceof Refused && error.cancelled) return this.set({ notice: { kind: "info", text: error.message } });
    const text = error instanceof Error ? error.message : String(error);
    if (this.state.notice?.text === text) return; // Said already: an error in painting would be told with every frame.
    const more = error instanceof Refused ? { where: error.where, remedy: error.remedy, report: error.report } : {};
    this.set({ notice: { kind: error instanceof Lost ? "warn" : "fail", text, ...more } });
  }
}

exports.App = App;
