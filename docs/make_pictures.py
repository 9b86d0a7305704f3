"""Makes the pictures of the guides: a real service, the demo's spot on the practice host, the panel in Chromium.

Run ``make docs``, or ``python docs/make_pictures.py [NAME ...]``; they are written to ``docs/pictures``, which is not
kept in the repository. Chromium is looked for on the PATH; ``TWOPOP_CHROMIUM`` names another one.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

import practice_project
from practice_project import Service

ROOT = Path(__file__).resolve().parents[1]

#: No sandbox: continuous integration often runs as root. Nothing is loaded from anywhere.
_FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync --force-color-profile=srgb --hide-scrollbars"""

#: How long one step and one delivery may take, in milliseconds.
PATIENCE, DELIVERY = 60_000, 900_000


class Stage:
    """The panel of *service* in *browser*, as each picture wants it."""

    def __init__(self, browser: Any, service: Service) -> None:
        self.browser, self.service = browser, service

    def page(self, width: int = 460, height: int = 640, *, light: bool = False, paired: bool = True) -> Any:
        """A panel of its own, at the choice of the timeline."""
        context = self.browser.new_context(
            viewport={"width": width, "height": height}, device_scale_factor=2,
            color_scheme="light" if light else "dark", timezone_id="Europe/London", locale="en-GB",
        )  # fmt: skip
        if paired:
            context.add_init_script(f"localStorage.setItem('twopop.token', {self.token!r})")
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(self.service.url)
        page.wait_for_selector(".lamp.online" if paired else "#code")
        if paired:
            page.click("label.check:has-text('Practice project')")
            page.wait_for_selector("text=Frames per second")
            settled(page)
        return page

    @cached_property
    def token(self) -> str:
        """What a panel that was paired keeps."""
        page = self.page(paired=False)
        page.fill("#code", self.service.code())
        press(page, "Pair")
        page.wait_for_selector(".lamp.online")
        token: str = page.evaluate("localStorage.getItem('twopop.token')")
        page.context.close()
        return token

    def order(self, name: str, **look: Any) -> Any:
        """A panel that has chosen the saved order *name* ("": none)."""
        page = self.page(**look)
        press(page, "Choose order")
        page.wait_for_selector("text=Saved orders")
        if name:
            page.click(f"label.check:has-text('{name}')")
            page.wait_for_selector("label.check:has(input:checked) >> text=" + name)
            settled(page)
        return page

    def plan(self, name: str, **look: Any) -> Any:
        """A panel that shows the plan of the saved order *name*, all its lines there."""
        page = self.order(name, **look)
        press(page, "Plan")
        page.wait_for_selector("#lines .line:not(.away)")
        page.wait_for_selector(".headline:has-text(' chosen')")
        settled(page)
        return page

    @cached_property
    def delivered(self) -> str:
        """The title of a delivery that has ended, with its files in a bin of the host."""
        page = self.plan("Winter campaign")
        page.click("label.check:has-text('into a bin')")
        page.click("label.check:has-text('Make markers')")
        press_first(page)
        page.wait_for_selector(".summary .count:text-matches('Done|Failed')", timeout=DELIVERY)
        page.wait_for_selector(".edits:has-text('markers')")
        page.context.close()
        return "Winter campaign"

    def result(self, **look: Any) -> Any:
        """A panel that shows the delivery that has ended."""
        assert self.delivered
        page = self.page(**look)
        page.click(".steps button:text-is('Deliveries')")
        page.dblclick("#jobs .line:not(.away)")
        page.wait_for_selector("#files .line:not(.away)")
        settled(page)
        return page


def press(page: Any, label: str) -> None:
    """Press a button at the bottom."""
    page.click(f".foot button:text-is('{label}')")


def press_first(page: Any) -> None:
    """Press the button that leads on."""
    page.click(".foot button.primary:not(.away)")


def settled(page: Any) -> None:
    """Wait until nothing is being asked for."""
    painted = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    page.evaluate(painted)
    page.wait_for_selector(".busy", state="hidden")
    page.evaluate(painted)


def leave(page: Any) -> None:
    """Close a panel; a delivery that runs in it is stopped."""
    if page.is_visible(".foot button:text-is('Stop')"):
        press(page, "Stop")
        press(page, "Stop it")
        page.wait_for_selector(".summary .count:text-is('Stopped')", timeout=DELIVERY)
    page.context.close()


# -- what there is to see ----------------------------------------------------------------------------------------------


def pair(stage: Stage) -> Any:
    page = stage.page(height=340, paired=False)
    page.type("#code", "271 828")
    return page


def timeline(stage: Stage) -> Any:
    return stage.page()


def order(stage: Stage) -> Any:
    return stage.order("Winter campaign", height=900)


def plan(stage: Stage) -> Any:
    page = stage.plan("Winter campaign")
    page.click("#lines .line:not(.away) >> nth=0")
    page.wait_for_selector(".detail:not(.away)")
    return page


def plan_light(stage: Stage) -> Any:
    page = stage.plan("Winter campaign", light=True)
    page.click("button.tab:has-text('All')")
    return page


def plan_narrow(stage: Stage) -> Any:
    return stage.plan("Winter campaign", width=300)


def plan_long_names(stage: Stage) -> Any:
    page = stage.plan("A name as long", width=360)
    page.click("button.tab:has-text('All')")
    page.click("#lines .line:not(.away) >> nth=0")
    return page


def plan_500(stage: Stage) -> Any:
    page = stage.plan("Everywhere", width=1100, height=620)
    page.click("#lines .line:not(.away) >> nth=2")
    return page


def progress(stage: Stage) -> Any:
    page = stage.plan("Social and review")
    press_first(page)
    page.wait_for_selector(".summary .count:text-matches('^[1-9]+ of')", timeout=DELIVERY)
    page.wait_for_selector("#files .line:not(.away):has-text('rendering')", timeout=DELIVERY)
    return page


def results(stage: Stage) -> Any:
    page = stage.result()
    page.click("#files .line:not(.away) >> nth=0")
    page.wait_for_selector(".detail:not(.away)")
    return page


def findings(stage: Stage) -> Any:
    page = stage.result(light=True)
    page.click("button.tab:has-text('Findings')")
    return page


def undo(stage: Stage) -> Any:
    page = stage.result(height=520)
    page.click("button:text-is('Undo…')")
    return page


def buttons(stage: Stage) -> Any:
    page = stage.result(height=420)
    page.click("button:text-is('List for the client')")
    page.wait_for_selector(".notice")
    return page


def deliveries(stage: Stage) -> Any:
    page = stage.result(height=340)
    page.click(".steps button:text-matches('Deliveries|running')")
    return page


def lost(stage: Stage) -> Any:
    page = stage.plan("Winter campaign", height=420)
    stage.service.end()
    page.wait_for_selector(".banner.lost")
    return page


#: {file name without .png: how it comes about}, in the order in which they are made: the last one ends the service.
PICTURES: dict[str, Callable[[Stage], Any]] = {
    "panel-pair": pair,
    "panel-timeline": timeline,
    "panel-order": order,
    "panel-plan": plan,
    "panel-plan-light": plan_light,
    "panel-plan-narrow": plan_narrow,
    "panel-long-names": plan_long_names,
    "panel-500": plan_500,
    "panel-results": results,
    "panel-findings": findings,
    "panel-buttons": buttons,
    "panel-undo": undo,
    "panel-progress": progress,
    "panel-deliveries": deliveries,
    "panel-lost": lost,
}


def make(spot: Path, out: Path, names: Iterable[str] = PICTURES) -> list[Path]:
    """Make the pictures of these *names* in *out*, of the spot in the folder *spot*. Needs Chromium and Playwright."""
    from playwright.sync_api import sync_playwright

    wanted = set(names)
    made = []
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        folder = practice_project.make_project(spot, Path(scratch) / "Harbour Days")
        browser = playwright.chromium.launch(executable_path=chromium(), args=_FLAGS.split(), headless=True)
        with practice_project.served(folder, Path(scratch) / "state") as service:
            stage = Stage(browser, service)
            for name in (each for each in PICTURES if each in wanted):
                page = PICTURES[name](stage)
                settled(page)
                page.screenshot(path=out / f"{name}.png", animations="disabled", caret="hide")
                leave(page)
                made.append(out / f"{name}.png")
        browser.close()
    return made


def chromium() -> str | None:
    """The Chromium of this machine."""
    return os.environ.get("TWOPOP_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


def main() -> None:
    """Make the pictures that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(PICTURES))
    parser.add_argument("--spot", type=Path, help="the demo's folder, where it is drawn already")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "pictures")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(PICTURES):
        parser.error(f"there is no picture {', '.join(sorted(unknown))}")
    if chromium() is None:
        print("No pictures: Chromium is not installed (TWOPOP_CHROMIUM names one elsewhere).")
        return
    for path in make(asked.spot or _drawn(), asked.out, asked.names or PICTURES):
        print(path)


def _drawn() -> Path:
    """The demo's spot, drawn once."""
    from twopop.demo import make_spot
    from twopop.picture.tools import find_ffmpeg

    return make_spot(ROOT / "build" / "spot", find_ffmpeg()).parent


if __name__ == "__main__":
    main()
