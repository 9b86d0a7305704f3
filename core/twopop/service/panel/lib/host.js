"use strict";

/**
 * The host that the panel lives in, for hosts that only a panel can talk to.
 *
 * A bridge calls `offer` before the panel starts; the service then calls its methods as `host.read` and so on, with
 * the parameters of the Host protocol by name.
 *
 * @typedef {Record<string, (params: any) => Promise<unknown>>} HostMethods
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
