"""The panel's own folder, and its files as a browser gets them from the service."""

from __future__ import annotations

from twopop.service.pages import PANEL, Pages

__all__ = ["PANEL", "served"]

_PAGES = Pages()


def served(path: str) -> tuple[str, bytes] | None:
    """The content type and the content of what lies at *path*."""
    page = _PAGES.page(path.partition("?")[0])
    return page and (page.type, page.content)
