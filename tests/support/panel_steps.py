"""The steps of an editor in a panel, for tests in a browser."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from support.fake_service import TOKEN, FakeService


def paired(page: Any, service: FakeService, query: str = "") -> None:
    """Open the panel with the token in its memory already."""
    page.goto(service.url + "style.css")  # a page of the same origin, to put the token into its memory
    page.evaluate("(token) => localStorage.setItem('twopop.token', token)", TOKEN)
    page.goto(service.url + query)
    page.wait_for_selector(".lamp.online")


def press(page: Any, label: str) -> None:
    """Press a button at the bottom."""
    page.click(f".foot button:text-is('{label}')")


def to_order(page: Any) -> None:
    """Choose the fake host and its current timeline."""
    page.click("label.check:has-text('Fake host')")
    press(page, "Choose order")


def to_plan(page: Any, *more: str) -> None:
    """Plan a small matrix: the boxes *more* are ticked too."""
    to_order(page)
    page.fill("label:has-text('Client') input", "Harbour Line")
    for label in ("16:9", "Social media, H.264", *more):
        page.click(f"label.check:has-text('{label}') >> nth=0")
    press(page, "Plan")
    page.wait_for_selector("#lines .line")


def lines(page: Any) -> list[str]:
    """The paths of the lines that are in sight, from top to bottom."""
    return page.eval_on_selector_all("#lines .line:not(.away) .name", "all => all.map((each) => each.title)")


def see(page: Any, tab: str) -> None:
    """Look at another tab of the list."""
    page.click(f"button.tab:has-text('{tab}')")
    page.wait_for_selector(f"button.tab.now:has-text('{tab}')")


def idle(page: Any) -> None:
    """Wait until nothing is waited for. What was just pressed is painted with the next frame, not before."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.wait_for_function("!document.querySelector('.busy:not(.away)')", timeout=60_000)


def until(page: Any, true: Callable[[], bool]) -> None:
    """Let the page go on until something is *true*."""
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end
        page.wait_for_timeout(10)
