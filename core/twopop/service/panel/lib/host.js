"use strict";

/**
 * The host that the panel lives in, for hosts that only a panel can talk to.
 *
 * A bridge calls `offer` before the panel says hello; the service then calls its methods as `host.read` and so on, with
 * the parameters of the Host protocol by name. What goes wrong is thrown as `HostError`. A long call tells how far it
 * is by `call.progress`, and looks at `call.cancelled`.
 *
 * @typedef {Record<string, import("./link.js").Answer>} HostMethods
 */

/** @type {{ name: string, title: string, methods: HostMethods } | null} */
let offered = null;

/** @param {string} name @param {string} title @param {HostMethods} methods */
function offer(name, title, methods) {
  offered = { name, title, methods };
}

/** Who is here, as hello says it. @returns {wire.PanelHost | null} */
function here() {
  return offered && { name: offered.name, title: offered.title, methods: Object.keys(offered.methods) };
}

/** What answers the call *method* of the service. @param {string} method */
function answer(method) {
  const name = method.replace(/^host\./, "");
  const known = name !== method && offered && Object.prototype.hasOwnProperty.call(offered.methods, name);
  return known ? offered?.methods[name] : undefined;
}

module.exports = { offer, here, answer };
