"use strict";

const { Lost, Refused, asProblem } = require("./errors.js");
const { isLoopback } = require("./place.js");
const { say } = require("./say.js");

/**
 * The connection to the service: JSON-RPC 2.0 over a WebSocket, both ways.
 *
 * It comes back by itself, for ever. Nothing is ever sent twice: a call that had no answer when the connection went
 * fails with `Lost`, and whoever asked finds out what became of it.
 *
 * @typedef {"connecting" | "pair" | "online" | "lost"} LinkState
 * @typedef {object} Call a call of the service: whether it is no longer wanted, and how to tell how far it is
 * @property {boolean} cancelled
 * @property {(done: number, total: number, said?: string) => void} progress
 *
 * @typedef {(params: any, call: Call) => Promise<unknown>} Answer
 * @typedef {object} Waiting a call of the panel until there is an answer
 * @property {(result: any) => void} resolve
 * @property {(error: Error) => void} reject
 * @property {boolean} changes
 * @property {(note: wire.WorkNote) => void} [work]
 *
 * @typedef {object} LinkUses
 * @property {string[]} urls where to look for the service, one after the other
 * @property {() => Promise<string>} token
 * @property {(token: string) => Promise<void>} keepToken
 * @property {() => { panel: string, host: wire.PanelHost | null }} who
 * @property {(state: LinkState, detail: string) => void} onState
 * @property {(welcome: wire.Welcome) => void} onWelcome
 * @property {(name: keyof wire.Notes, note: any) => void} onNote
 * @property {(name: string) => Answer | undefined} answer what answers a call of the service, if anything does
 */

/** All times are in milliseconds, sizes in bytes. */
const FIRST_WAIT = 250;
const LONGEST_WAIT = 5000;
const PATIENCE = 10000;
const PING = 15000;
const SILENCE = 40000;
const LARGEST = 1 << 20;

/** The service closes with this code whoever does not say the right token. */
const NOT_PAIRED = 4401;

/** The calls that change something: after a lost connection they may have been done. */
const CHANGES = [
  "pair",
  "save_preset",
  "show",
  "markers",
  "put",
  "deliver",
  "cancel",
  "bring_in",
  "undo",
  "open",
  "act",
];

class Link {
  /** @param {LinkUses} uses */
  constructor(uses) {
    this.uses = uses;
    this.urls = uses.urls.filter(isLoopback);
    this.at = 0;
    this.wait = FIRST_WAIT;
    this.number = 0;
    /** @type {WebSocket | null} */
    this.socket = null;
    /** @type {LinkState} */
    this.state = "connecting";
    /** @type {Map<number, Waiting>} */
    this.waiting = new Map();
    /** @type {Map<unknown, Call>} */
    this.asks = new Map();
    this.heard = 0;
    /** Why the service let nobody in, if it said so. */
    this.why = "";
    this.timer = 0;
    this.pulse = 0;
  }

  /** Look for the service now. */
  start() {
    if (!this.urls.length) return this.be("lost", say("link.nowhere"));
    this.open(() => void this.greet());
  }

  /**
   * Trade the six digits for a token, and say hello with it. Raises Refused when the code is wrong.
   *
   * @param {string} code
   */
  async pair(code) {
    if (!this.isOpen()) await new Promise((resolve, reject) => this.open(() => resolve(null), reject));
    const { token } = await this.send("pair", { code });
    await this.uses.keepToken(token);
    await this.greet();
  }

  /**
   * Ask the service something. Raises Refused when it says no, Lost when there is no answer.
   *
   * @template {keyof wire.Methods} M
   * @param {M} method
   * @param {wire.Methods[M]["params"]} params
   * @param {(note: wire.WorkNote) => void} [work] is told how far it is
   * @param {(stop: () => void) => void} [begun] is given what stops it, if it changes nothing
   * @returns {Promise<wire.Methods[M]["result"]>}
   */
  call(method, params, work, begun) {
    if (this.state !== "online") return Promise.reject(new Lost(false));
    const answer = this.send(method, params, work);
    const cancel = JSON.stringify({ jsonrpc: "2.0", method: "cancel", params: { id: this.number } });
    if (!CHANGES.includes(method)) begun?.(() => this.isOpen() && this.socket?.send(cancel));
    return answer;
  }

  /**
   * @template {keyof wire.Methods} M
   * @param {M} method @param {wire.Methods[M]["params"]} params @param {(note: wire.WorkNote) => void} [work]
   * @returns {Promise<wire.Methods[M]["result"]>}
   */
  send(method, params, work) {
    const id = (this.number += 1);
    const text = JSON.stringify({ jsonrpc: "2.0", id, method, params });
    if (text.length > LARGEST / 2) return Promise.reject(new Refused({ code: 0, message: say("link.large") }));
    if (!this.isOpen()) return Promise.reject(new Lost(false));
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject, changes: CHANGES.includes(method), work });
      /** @type {WebSocket} */ (this.socket).send(text);
    });
  }

  isOpen() {
    return this.socket !== null && this.socket.readyState === 1;
  }

  /** @param {LinkState} state @param {string} [detail] */
  be(state, detail = "") {
    this.state = state;
    this.uses.onState(state, detail);
  }

  /**
   * Open a socket and call *ready*; where it cannot be opened call *failed*, or try again later.
   *
   * @param {() => void} ready @param {(error: Error) => void} [failed]
   */
  open(ready, failed) {
    window.clearTimeout(this.timer);
    this.drop();
    const socket = new WebSocket(this.urls[this.at]);
    this.socket = socket;
    const patience = window.setTimeout(() => socket.close(), PATIENCE);
    let opened = false;
    socket.addEventListener("open", () => {
      opened = true;
      window.clearTimeout(patience);
      this.heard = Date.now();
      if (socket === this.socket) ready();
    });
    socket.addEventListener("message", (event) => {
      if (socket === this.socket) this.receive(event.data);
    });
    socket.addEventListener("close", (event) => {
      window.clearTimeout(patience);
      if (socket !== this.socket) return;
      this.socket = null;
      this.forsake();
      if (failed && !opened) failed(new Lost(false));
      else this.closed(event.code, opened);
    });
  }

  /** @param {number} code @param {boolean} opened */
  closed(code, opened) {
    window.clearInterval(this.pulse);
    if (code === NOT_PAIRED) {
      void this.uses.keepToken("");
      return this.be("pair", say("pair.again"));
    }
    if (!opened) this.at = (this.at + 1) % this.urls.length;
    if (this.state !== "lost" || this.why) this.be("lost", this.why);
    this.timer = window.setTimeout(() => this.start(), this.wait);
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
  }

  /** Leave the socket, if there is one, without a word. */
  drop() {
    const socket = this.socket;
    this.socket = null;
    window.clearInterval(this.pulse);
    this.forsake();
    if (socket) socket.close();
  }

  /** Nobody waits for an answer any longer. */
  forsake() {
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    for (const each of waiting) each.reject(new Lost(each.changes));
  }

  /** Say hello with the token that was kept; without one, the code is wanted. */
  async greet() {
    const token = await this.uses.token();
    if (!token) {
      this.drop();
      return this.be("pair");
    }
    try {
      const welcome = await this.send("hello", { token, ...this.uses.who() });
      this.wait = FIRST_WAIT;
      this.why = "";
      this.pulse = window.setInterval(() => this.beat(), PING);
      this.be("online");
      this.uses.onWelcome(welcome);
    } catch (error) {
      if (error instanceof Refused) {
        this.why = error.message;
        this.socket?.close();
      }
    }
  }

  /** Tell that the panel lives; a service that says nothing for long is taken for lost. */
  beat() {
    if (Date.now() - this.heard > SILENCE) return this.socket?.close();
    this.send("ping", {}).catch(() => undefined);
  }

  /** @param {unknown} data */
  receive(data) {
    this.heard = Date.now();
    try {
      this.heed(JSON.parse(String(data)));
    } catch {
      return; // Not a message of the service's: whoever sent it hears nothing.
    }
  }

  /** @param {any} message */
  heed(message) {
    if (typeof message.method !== "string") return this.answered(message);
    if ("id" in message) return void this.asked(message);
    const call = message.method === "cancel" ? this.asks.get(message.params.id) : undefined;
    if (call) call.cancelled = true;
    else if (message.method === "work") this.waiting.get(message.params.request)?.work?.(message.params);
    else this.uses.onNote(message.method, message.params);
  }

  /** @param {{ id: number, result?: unknown, error?: { code: number, message: string } }} message */
  answered(message) {
    const waiting = this.waiting.get(message.id);
    if (!waiting) return;
    this.waiting.delete(message.id);
    if (message.error) waiting.reject(new Refused(message.error));
    else waiting.resolve(message.result);
  }

  /** The service asks the panel: for its host. @param {{ id: unknown, method: string, params?: unknown }} message */
  async asked(message) {
    const { id, method } = message;
    const socket = this.socket;
    /** @param {object} words */
    const tell = (words) => {
      if (socket && socket === this.socket && this.isOpen()) socket.send(JSON.stringify({ jsonrpc: "2.0", ...words }));
    };
    const answer = this.uses.answer(method);
    if (!answer) return tell({ id, error: { code: -32601, message: say("host.unknown", { name: method }) } });
    const call = {
      cancelled: false,
      /** @param {number} done @param {number} total @param {string} [said] */
      progress: (done, total, said = "") => tell({ method: "progress", params: { id, done, total, said } }),
    };
    this.asks.set(id, call);
    try {
      tell({ id, result: (await answer(message.params, call)) ?? {} });
    } catch (error) {
      tell({ id, error: asProblem(error) });
    } finally {
      this.asks.delete(id);
    }
  }
}

exports.Link = Link;
exports.CHANGES = CHANGES;
