"""The panel's files over HTTP, for a plain browser: a fixed table of them, and nothing else.

In a UXP host the same files are loaded as they are, and ``require`` is the host's own. A browser has none: there each
module travels wrapped in ``twopop.define``, and the page names all of them before the one that it names itself. So no
code is made from text, and a strict Content-Security-Policy holds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

#: The panel that comes along.
PANEL = Path(__file__).with_name("panel")

#: What gives a browser ``require``, beside this file and not among the panel's own.
_LOADER = Path(__file__).with_name("loader.js")

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}

_SCRIPT = re.compile(r'<script src="([\w./-]+\.js)"></script>')

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self' {sockets}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True)
class Page:
    """What is sent for one path: its *content* and the *type* of it."""

    content: bytes
    type: str


class Pages:
    """The files of the panel in *folder*, by the path in the URL. The table is made once; files are read when asked."""

    def __init__(self, folder: Path = PANEL) -> None:
        found = (path for path in sorted(folder.rglob("*")) if path.suffix in _TYPES and path.is_file())
        self._files = {f"/{path.relative_to(folder).as_posix()}": path for path in found if not path.is_symlink()}
        if "/index.html" in self._files:
            self._files["/"] = self._files["/index.html"]
        self._files["/loader.js"] = _LOADER

    def page(self, path: str) -> Page | None:
        """What is sent for *path* (without its query), None for anything that is not in the table."""
        file = self._files.get(path)
        if file is None:
            return None
        content = file.read_bytes()
        if file.suffix == ".html":
            content = self._with_modules(content.decode("utf-8")).encode("utf-8")
        elif file.suffix == ".js" and file != _LOADER:
            content = _wrapped(path.removeprefix("/"), content)
        return Page(content, _TYPES[file.suffix])

    def _with_modules(self, html: str) -> str:
        """*html* with the loader and all modules before the script that it names, which is started last."""
        named = _SCRIPT.search(html)
        if named is None:
            return html
        modules = [path[1:] for path in self._files if path.endswith(".js") and path[1:] not in ("loader.js", named[1])]
        first = f'<script src="/loader.js" data-start="{named[1]}"></script>'
        tags = [first, *(f'<script src="/{path}"></script>' for path in (*modules, named[1]))]
        return html.replace(named[0], "\n    ".join(tags))


def _wrapped(name: str, content: bytes) -> bytes:
    """The CommonJS module *name* as a browser takes it in; its lines keep their numbers."""
    head = f'twopop.define("{name}", function (require, module, exports) {{'.encode()
    return head + content + b"\n});\n"
