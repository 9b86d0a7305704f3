"use strict";

/**
 * *act*, at most once for each frame that the screen shows, however often it is asked for.
 *
 * @param {() => void} act @returns {() => void}
 */
function oncePerFrame(act) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    window.requestAnimationFrame(() => {
      asked = false;
      act();
    });
  };
}

module.exports = { oncePerFrame };
