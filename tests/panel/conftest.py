"""A browser and a scripted service for the tests of the panel."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from uxp_facts import LACKING

from support.fake_service import FakeService
from support.panel_steps import paired

#: What a page is made to lack: Playwright itself cannot live without the last ones.
UNDER_PLAYWRIGHT = [name for name in LACKING if name not in {"MutationObserver"}]

#: No sandbox: the tests may run as root.
_FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync"""
FLAGS = _FLAGS.split()


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The system's Chromium, headless, with a fresh profile; skips where there is none.

    Playwright's loop runs in this thread as long as it is there, and no other test could run one of its own.
    """
    program = os.environ.get("TWOPOP_CHROMIUM") or shutil.which("chromium")
    if not program:
        pytest.skip("no Chromium is installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS, headless=True)
        yield browser
        browser.close()


@pytest.fixture
def service() -> Iterator[FakeService]:
    """A scripted service."""
    made = FakeService()
    yield made
    made.close()


@pytest.fixture
def fresh(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Makes a page with a memory of its own, without what UXP lacks.

    An error in it fails the test, unless *errors* are expected.
    """
    contexts, faults = [], []

    def make(width: int = 480, height: int = 700, errors: str = "none", **more: Any) -> Any:
        made = _page(chromium, viewport={"width": width, "height": height}, **more)
        contexts.append(made.context)
        if errors == "none":
            made.on("pageerror", lambda error: faults.append(str(error)))
        return made

    yield make
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture(scope="module")
def shared_page(chromium: Any) -> Iterator[tuple[Any, list[str]]]:
    """One page for many tests, and its errors: each test's service has a port, and so a memory, of its own."""
    made, faults = _page(chromium, viewport={"width": 480, "height": 700}), []
    made.on("pageerror", lambda error: faults.append(str(error)))
    yield made, faults
    made.context.close()


@pytest.fixture
def page(shared_page: tuple[Any, list[str]], service: FakeService) -> Iterator[Any]:
    """The panel, paired with the scripted service."""
    made, faults = shared_page
    faults.clear()
    paired(made, service)
    yield made
    made.goto("about:blank")
    assert faults == []


def _page(chromium: Any, **how: Any) -> Any:
    context = chromium.new_context(**how)
    context.add_init_script(f"for (const name of {list(UNDER_PLAYWRIGHT)}) delete window[name];")
    page = context.new_page()
    page.set_default_timeout(10_000)
    return page
