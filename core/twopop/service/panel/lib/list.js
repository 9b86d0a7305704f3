"use strict";

const { make, mark } = require("./dom.js");
const { oncePerFrame } = require("./frame.js");

/**
 * A list of any length: only the rows that can be seen exist. One stop of the tab key; the arrows move in it.
 *
 * @template T
 * @typedef {object} ListUses
 * @property {(item: T) => string} key stays the same for the same thing
 * @property {(item: T) => string} kind rows of one kind are made and painted alike
 * @property {(item: T, wide: boolean) => number} height in pixels
 * @property {(kind: string, item: () => T) => { node: HTMLElement, paint: (item: T) => void }} row
 * @property {(item: T) => void} [onActive] the row was chosen
 * @property {(item: T) => void} [onEnter] Enter on it
 * @property {(item: T) => void} [onSpace] Space on it
 */

/** From this width on, in pixels, a row has room for columns. */
const WIDE = 840;

/** Rows that are made beyond the edge, so that scrolling never shows nothing. */
const BEYOND = 4;

/** @template T */
class List {
  /** @param {ListUses<T>} uses @param {string} name */
  constructor(uses, name) {
    this.uses = uses;
    this.sizer = make("div.sizer");
    this.node = make("div.list", this.sizer);
    this.node.id = name;
    this.node.tabIndex = 0;
    /** @type {T[]} */
    this.items = [];
    /** @type {number[]} */
    this.tops = [0];
    this.wide = false;
    this.active = "";
    /** @type {Map<string, { node: HTMLElement, paint: (item: T) => void, kind: string, item: T }>} */
    this.shown = new Map();
    /** @type {Map<string, { node: HTMLElement, paint: (item: T) => void, kind: string, item: T }[]>} */
    this.spare = new Map();
    this.paintSoon = oncePerFrame(() => this.paint());
    this.node.addEventListener("scroll", this.paintSoon);
    this.node.addEventListener("keydown", (event) => this.pressed(event));
    if (window.ResizeObserver) new ResizeObserver(() => this.measure()).observe(this.node);
  }

  /** @param {T[]} items */
  set(items) {
    this.items = items;
    if (this.active && !items.some((item) => this.uses.key(item) === this.active)) this.active = "";
    this.stack();
  }

  /** Work out anew where each row lies. */
  stack() {
    this.tops = [0];
    for (const item of this.items) this.tops.push(this.tops[this.tops.length - 1] + this.uses.height(item, this.wide));
    this.sizer.style.height = `${this.tops[this.items.length]}px`;
    this.paintSoon();
  }

  measure() {
    const wide = this.node.clientWidth >= WIDE;
    mark(this.node, "wide", wide);
    if (wide !== this.wide) {
      this.wide = wide;
      this.stack();
    }
    this.reveal(this.indexOf(this.active));
    this.paintSoon();
  }

  /** The item whose row is chosen. @returns {T | undefined} */
  chosen() {
    return this.items[this.indexOf(this.active)];
  }

  /** @param {string} key */
  indexOf(key) {
    return key ? this.items.findIndex((item) => this.uses.key(item) === key) : -1;
  }

  /** The last row that begins at or above *y*. @param {number} y */
  rowAt(y) {
    let low = 0;
    let high = Math.max(0, this.items.length - 1);
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.tops[middle] <= y) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  paint() {
    const top = this.node.scrollTop;
    const first = Math.max(0, this.rowAt(top) - BEYOND);
    const last = Math.min(this.items.length, this.rowAt(top + this.node.clientHeight) + 1 + BEYOND);
    const wanted = new Set(this.items.slice(first, last).map(this.uses.key));
    for (const [key, row] of this.shown) {
      if (wanted.has(key)) continue;
      this.shown.delete(key);
      mark(row.node, "away", true);
      this.spare.set(row.kind, [...(this.spare.get(row.kind) || []), row]);
    }
    for (let index = first; index < last; index += 1) this.paintRow(index);
  }

  /** @param {number} index */
  paintRow(index) {
    const item = this.items[index];
    const key = this.uses.key(item);
    const row = this.shown.get(key) || this.spare.get(this.uses.kind(item))?.pop() || this.makeRow(item);
    this.shown.set(key, row);
    row.item = item;
    row.node.style.top = `${this.tops[index]}px`;
    row.node.style.height = `${this.tops[index + 1] - this.tops[index]}px`;
    mark(row.node, "away", false);
    mark(row.node, "active", key === this.active);
    row.paint(item);
  }

  /** @param {T} item */
  makeRow(item) {
    const kind = this.uses.kind(item);
    /** @type {{ node: HTMLElement, paint: (item: T) => void, kind: string, item: T }} */
    const row = { ...this.uses.row(kind, () => row.item), kind, item };
    mark(row.node, "row", true);
    row.node.addEventListener("click", () => this.choose(this.uses.key(row.item)));
    this.sizer.appendChild(row.node);
    return row;
  }

  /** Choose the row with *key*, and bring it into sight. @param {string} key */
  choose(key) {
    const index = this.indexOf(key);
    if (index < 0) return;
    this.active = key;
    this.reveal(index);
    this.paintSoon();
    this.uses.onActive?.(this.items[index]);
  }

  /** Bring a row into sight. @param {number} index */
  reveal(index) {
    if (index < 0) return;
    const [top, bottom] = [this.tops[index], this.tops[index + 1]];
    const height = this.node.clientHeight;
    if (bottom > this.node.scrollTop + height) this.node.scrollTop = bottom - height;
    if (top < this.node.scrollTop) this.node.scrollTop = top;
  }

  /** @param {number} from @param {number} step */
  move(from, step) {
    const index = Math.max(0, Math.min(this.items.length - 1, from + step));
    if (this.items[index]) this.choose(this.uses.key(this.items[index]));
  }

  /** @param {KeyboardEvent} event */
  pressed(event) {
    if (event.target !== this.node) return;
    const at = this.indexOf(this.active);
    const page = Math.max(
      1,
      this.rowAt(this.node.scrollTop + this.node.clientHeight) - this.rowAt(this.node.scrollTop),
    );
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowDown: () => this.move(at, 1),
      ArrowUp: () => this.move(at < 0 ? 0 : at, at < 0 ? 0 : -1),
      PageDown: () => this.move(at, page),
      PageUp: () => this.move(at, -page),
      Home: () => this.move(0, 0),
      End: () => this.move(this.items.length - 1, 0),
      Enter: () => at >= 0 && this.uses.onEnter?.(this.items[at]),
      " ": () => at >= 0 && this.uses.onSpace?.(this.items[at]),
    };
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
    this.paintSoon();
  }
}

exports.List = List;
