"""A thousand notifications a second into a real panel: is its main thread ever held up, and is the last word shown?

They come from a scripted service (the one of the tests), so that there are so many; the panel and the socket are real.
The baseline is the same page idle.
"""

from __future__ import annotations

import sys
import threading
import time
from itertools import cycle
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from panel.running import browsing

sys.path.insert(0, str(Path(__file__).parents[2] / "tests"))

from support import panel_world
from support.fake_service import TOKEN, FakeService
from support.panel_steps import press
from twopop.service.methods import JobNote
from twopop.service.values import FileRow

FILES, RATE, SECONDS = 500, 1000, 5

#: The states that a file goes through; the last one is what has to be shown in the end.
STATES = ("rendering", "rendering", "finishing", "delivered")

#: Frames shown, the longest wait between two of them, and the longest task (0: none above 50 ms), in milliseconds.
_WATCH = """(seconds) => new Promise((done) => {
    let frames = 0, gap = 0, task = 0;
    const observer = new PerformanceObserver((list) => {
        for (const each of list.getEntries()) task = Math.max(task, each.duration);
    });
    observer.observe({ type: 'longtask' });
    const began = performance.now();
    let last = began;
    const frame = () => {
        const now = performance.now();
        gap = Math.max(gap, now - last);
        last = now;
        frames += 1;
        if (now - began < seconds * 1000) return requestAnimationFrame(frame);
        observer.disconnect();
        done({ frames, gap, task, seconds: (now - began) / 1000 });
    };
    requestAnimationFrame(frame);
})"""

#: {path: state} of every file, read row by row from the list while it is scrolled through.
_SHOWN = """async () => {
    const list = document.querySelector('#files'), shown = {};
    const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    for (let top = 0; top < list.scrollHeight; top += 200) {
        list.scrollTop = top;
        await frame();
        for (const row of list.querySelectorAll('.line:not(.away)')) {
            shown[row.querySelector('.name').title] = row.querySelector('.state').textContent;
        }
    }
    return shown;
}"""


def show() -> None:
    """Print the figures."""
    service = FakeService()
    service.world.rows = [replace(row, state="ready", findings=()) for row in panel_world.lines(many=FILES)]
    with browsing(service.url, TOKEN) as page:
        _to_job(page)
        idle = page.evaluate(_WATCH, SECONDS)
        sender = threading.Thread(target=_flood, args=(service,))
        sender.start()
        flooded = page.evaluate(_WATCH, SECONDS)
        sender.join()
        _check(page, service)
    service.close()
    print(f"{RATE} notifications a second for {SECONDS} s, {FILES} files      idle      flooded")
    for what, key, unit in (("longest task", "task", "ms"), ("longest wait for a frame", "gap", "ms")):
        print(f"  {what:42} {idle[key]:8.0f} {unit} {flooded[key]:9.0f} {unit}")
    per = [each["frames"] / each["seconds"] for each in (idle, flooded)]
    print(f"  {'frames a second':42} {per[0]:8.1f}    {per[1]:9.1f}      ratio {per[1] / per[0]:.2f}")
    print(f"  all {FILES} files show the last state that was told of them")


def _to_job(page: Any) -> None:
    page.click("label.check:has-text('Fake host')")
    press(page, "Choose order")
    page.fill("label:has-text('Client') input", "Harbour Line")
    for label in ("16:9", "Social media, H.264"):
        page.click(f"label.check:has-text('{label}') >> nth=0")
    press(page, "Plan")
    page.wait_for_selector("#lines .line")
    page.wait_for_selector(f".headline:has-text('{FILES} chosen')")
    page.click(".foot button.primary:not(.away)")
    page.wait_for_selector(f"button.tab:text-is('Files {FILES}')")


def _flood(service: FakeService) -> None:
    """Send the notes evenly; every file comes to its last state."""
    job, files = service.world.jobs["j1"], service.world.files["j1"]
    turns = cycle(range(len(files)))
    told = dict.fromkeys(range(len(files)), 0)
    began = time.perf_counter()
    for number in range(RATE * SECONDS):
        index = next(turns)
        state = STATES[min(told[index], len(STATES) - 1)]
        told[index] += 1
        note = JobNote(job=replace(job, frames=number, finished=_done(told)), files=(_row(files[index], state),))
        service.tell(note)
        wait = began + (number + 1) / RATE - time.perf_counter()
        if wait > 0:
            time.sleep(wait)
    took = time.perf_counter() - began
    if took > 1.2 * SECONDS:
        print(f"  (this machine sent only {RATE * SECONDS / took:.0f} a second)")


def _done(told: dict[int, int]) -> int:
    return sum(count >= len(STATES) for count in told.values())


def _row(file: FileRow, state: Any) -> FileRow:
    return replace(file, state=state, done=file.total if state == "delivered" else 3)


def _check(page: Any, service: FakeService) -> None:
    """Leave when something else is shown than what was told last."""
    page.wait_for_selector(f".summary:has-text('{FILES} of {FILES} ')")
    shown = page.evaluate(_SHOWN)
    wanted = {file.path: "delivered" for file in service.world.files["j1"]}
    if shown != wanted:
        wrong = {path for path in wanted if shown.get(path) != wanted[path]}
        raise SystemExit(f"{len(wrong)} of {FILES} files do not show the last word: {sorted(wrong)[:3]}")
