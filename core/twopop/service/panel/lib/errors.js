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
    this.cancelled = data.family === "cancelled";
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

/**
 * What a bridge throws when its host cannot do something, in words for an editor.
 *
 * *family* says who can mend it: the editor, or the studio's technical director; or that somebody stopped it.
 */
class HostError extends Error {
  /**
   * @param {string} what
   * @param {{ where?: string, remedy?: string, family?: "editor" | "studio" | "cancelled" }} [more]
   */
  constructor(what, more = {}) {
    super(what);
    this.where = more.where || "";
    this.remedy = more.remedy || "";
    this.family = more.family || "editor";
  }
}

/** The codes of refusals, as the service has them. */
const CODES = { editor: -32000, cancelled: -32002, studio: -32003 };

/** An error as it travels. @param {unknown} error */
function asProblem(error) {
  if (error instanceof HostError) {
    const { message: what, where, remedy, family } = error;
    const message = [where && `${where}:`, what, remedy].filter(Boolean).join(" ");
    return { code: CODES[family], message, data: { what, where, remedy, family } };
  }
  const what = error instanceof Error ? error.message : String(error);
  const report = (error instanceof Error && error.stack) || "";
  return { code: CODES.studio, message: what, data: { what, family: "studio", report } };
}

exports.HostError = HostError;
exports.asProblem = asProblem;
exports.Refused = Refused;
exports.Lost = Lost;
