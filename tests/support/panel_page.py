"""The panel's own folder, and its files as a browser gets them from the service, in few requests."""

from __future__ import annotations

import re

from twopop.service.pages import PANEL, Pages

__all__ = ["PANEL", "served"]

_PAGES = Pages()
_SCRIPT = re.compile(r'<script src="(/[\w./-]+)"[^>]*></script>\s*')


def served(path: str) -> tuple[str, bytes] | None:
    """The content type and the content of what lies at *path*; all scripts of the page come as one."""
    name = path.partition("?")[0]
    index = _PAGES.page("/")
    assert index is not None
    html = index.content.decode()
    scripts = _SCRIPT.findall(html)
    if name == "/all.js":
        pages = [_PAGES.page(script) for script in scripts]
        return "text/javascript; charset=utf-8", b"\n".join(page.content for page in pages if page)
    if name == "/":
        one = f'<script src="/all.js" data-start="{scripts[-1][1:]}"></script>'
        return index.type, _SCRIPT.sub("", html).replace("</body>", f"{one}</body>").encode()
    page = _PAGES.page(name)
    return page and (page.type, page.content)
