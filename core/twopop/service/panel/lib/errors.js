"use strict";

const { say } = require("./say.js");

/**
 * The service said no: in words for an editor, with the place and the remedy where there are any.
 */
class Refused extends Error {
  /** @param {{ code: number, message: string, data?: any }} error */
  constructor(error) {
    const data = error.data && typeof error.data === "object" ? error.data : {};
    super(String(data.what || error.message));
    this.code = error.code;
    this.where = String(data.where || "");
    this.remedy = String(data.remedy || "");
    this.report = String(data.report || "");
  }
}

/**
 * There was no answer: the connection went away, or was not there. *maybe* says that what was asked for may have been
 * done all the same.
 */
class Lost extends Error {
  /** @param {boolean} maybe */
  constructor(maybe) {
    super(maybe ? say("lost.maybe") : say("lost.asked"));
    this.maybe = maybe;
  }
}

exports.Refused = Refused;
exports.Lost = Lost;
