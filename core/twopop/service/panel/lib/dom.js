"use strict";

/**
 * Elements in few words. Only what UXP's DOM has is used: no aria-*, no hidden, no on* attributes, no label for.
 *
 * @typedef {Node | string | null | undefined | false} Child
 */

/**
 * An element with classes: `make("div.row.dim", "text", node)`.
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T | `${T}.${string}`} what
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[T]}
 */
function make(what, ...children) {
  const [tag, ...classes] = String(what).split(".");
  const node = document.createElement(/** @type {T} */ (tag));
  if (classes.length) node.className = classes.join(" ");
  put(node, ...children);
  return node;
}

/** Append *children* to *node*. @param {Node} node @param {...Child} children */
function put(node, ...children) {
  for (const child of children) {
    if (child) node.appendChild(typeof child === "string" ? document.createTextNode(child) : child);
  }
}

/** Take everything out of *node* and put *children* in. @param {Node} node @param {...Child} children */
function fill(node, ...children) {
  while (node.firstChild) node.removeChild(node.firstChild);
  put(node, ...children);
}

/**
 * Set the text of *node*, touching the document only when it changes.
 *
 * @param {HTMLElement} node
 * @param {string} text
 */
function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Put the class *name* on *node* or take it off. @param {HTMLElement} node @param {string} name @param {boolean} on */
function mark(node, name, on) {
  if (node.classList.contains(name) === on) return;
  if (on) node.classList.add(name);
  else node.classList.remove(name);
}

/** Show *node* or not: UXP knows no hidden attribute. @param {HTMLElement} node @param {boolean} shown */
function show(node, shown) {
  mark(node, "away", !shown);
}

/**
 * A button; *look* is "", "primary", "quiet" or "danger".
 *
 * @param {string} label @param {() => void} act @param {string} [look]
 */
function button(label, act, look = "") {
  const node = make(look ? `button.button.${look}` : "button.button", label);
  node.addEventListener("click", act);
  return node;
}

/**
 * Let *node* be pressed or not, and say why not.
 *
 * @param {HTMLButtonElement} node
 * @param {boolean} can
 * @param {string} [why]
 */
function allow(node, can, why = "") {
  if (node.disabled === can) node.disabled = !can;
  const title = can ? "" : why;
  if (node.title !== title) node.title = title;
}

/**
 * A check box inside its label (UXP does not follow label for).
 *
 * @param {string} label @param {boolean} checked @param {(checked: boolean) => void} act @param {string} [note]
 */
function check(label, checked, act, note = "") {
  const box = make("input.box");
  box.type = "checkbox";
  box.checked = checked;
  box.addEventListener("change", () => act(box.checked));
  return make("label.check", box, make("span.words", label, note ? make("span.dim", note) : null));
}

/**
 * One of several, each with its radio button; *group* tells the groups of a page apart.
 *
 * @param {string} group @param {string} label @param {boolean} chosen @param {() => void} act @param {string} [note]
 */
function radio(group, label, chosen, act, note = "") {
  const box = make("input.box");
  box.type = "radio";
  box.name = group;
  box.checked = chosen;
  box.addEventListener("change", () => box.checked && act());
  return { node: make("label.check", box, make("span.words", label, note ? make("span.dim", note) : null)), box };
}

/**
 * A line to write in, with its caption above.
 *
 * @param {string} caption @param {string} value @param {(value: string) => void} act @param {string} [hint]
 */
function line(caption, value, act, hint = "") {
  const box = make("input.line");
  box.type = "text";
  box.value = value;
  if (hint) box.placeholder = hint;
  box.addEventListener("input", () => act(box.value));
  return { node: make("label.field", make("span.caption", caption), box), box };
}

/**
 * One of many, as a drop-down list. UXP wants a value on each option, and selects by the option alone.
 *
 * @param {string} caption @param {{ value: string, label: string }[]} options @param {string} value
 * @param {(value: string) => void} act
 */
function pick(caption, options, value, act) {
  const box = make("select.pick");
  for (const each of options) {
    const option = make("option", each.label);
    option.value = each.value;
    option.selected = each.value === value;
    box.appendChild(option);
  }
  box.addEventListener("change", () => act(box.value));
  return { node: make("label.field", make("span.caption", caption), box), box };
}

/**
 * One of a few, side by side, each with how many there are of it.
 *
 * @template {string} V
 * @param {{ value: V, label: string }[]} options @param {(value: V) => void} act
 */
function tabs(options, act) {
  const made = options.map((each) => ({ ...each, node: button(each.label, () => act(each.value), "tab") }));
  return {
    node: make("div.tabs", ...made.map((each) => each.node)),
    /** @param {V} now @param {(value: V) => string} [count] */
    set(now, count) {
      for (const each of made) {
        mark(each.node, "now", each.value === now);
        write(each.node, count ? `${each.label} ${count(each.value)}` : each.label);
      }
    },
  };
}

/** A bar for a share from 0 to 1: a div, for UXP's own does not always paint. */
function bar() {
  const done = make("div.done");
  const node = make("div.bar", done);
  let last = -1;
  return {
    node,
    /** @param {number} share */
    set(share) {
      const percent = Math.round(Math.max(0, Math.min(1, share)) * 1000) / 10;
      if (percent !== last) done.style.width = `${percent}%`;
      last = percent;
    },
  };
}

module.exports = { make, put, fill, write, mark, show, button, allow, check, radio, line, pick, tabs, bar };
