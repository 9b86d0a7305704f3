"""The panel as a browser gets it: each module wrapped, so that no code is made from text."""

from __future__ import annotations

from pathlib import Path

import twopop.service

PANEL = Path(twopop.service.__file__).parent / "panel"

_LOADER = """"use strict";
window.twopop = (() => {
  const makers = {}, made = {};
  const beside = (from, name) => {
    const parts = from.split("/").slice(0, -1);
    for (const step of name.split("/")) step === ".." ? parts.pop() : step !== "." && parts.push(step);
    return parts.join("/");
  };
  const load = (path) => {
    if (made[path]) return made[path].exports;
    const module = (made[path] = { exports: {} });
    makers[path]((name) => {
      if (!/^\\.\\.?\\/.*\\.js$/.test(name)) throw new Error(name);
      return load(beside(path, name));
    }, module, module.exports);
    return module.exports;
  };
  return { define: (path, maker) => { makers[path] = maker; }, load };
})();
"""


def modules() -> list[str]:
    return sorted(path.relative_to(PANEL).as_posix() for path in PANEL.rglob("*.js"))


def served(path: str) -> tuple[str, bytes] | None:
    """The content type and the content of what lies at *path*."""
    name = path.partition("?")[0].lstrip("/") or "index.html"
    if name == "index.html":
        scripts = "".join(f'<script src="{each}"></script>' for each in ("loader.js", *modules(), "start.js"))
        page = (PANEL / name).read_text().replace('<script src="main.js"></script>', scripts)
        return "text/html; charset=utf-8", page.encode()
    if name == "loader.js":
        return "text/javascript", _LOADER.encode()
    if name == "start.js":
        return "text/javascript", b'twopop.load("main.js");'
    if name in modules():
        text = (PANEL / name).read_text()
        return "text/javascript", f"twopop.define({name!r}, function (require, module, exports) {{{text}\n}});".encode()
    if name == "style.css":
        return "text/css", (PANEL / name).read_bytes()
    return None
