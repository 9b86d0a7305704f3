"""From the click on "Plan" to the list in a real panel, against the same plan made in process."""

from __future__ import annotations

import time
from pathlib import Path
from statistics import median
from typing import Any

import msgspec

from panel.running import Running, browsing
from twopop import schema
from twopop.delivery.order import Order, parse_order, read_order
from twopop.delivery.planner import make_plan
from twopop.delivery.session import open_session

REPEATS = 5

#: From the click to the frame that shows the first line, and to the one that knows the last, in milliseconds.
_CLICK = """() => new Promise((done, failed) => {
    setTimeout(() => failed(new Error('no plan after a minute')), 60000);
    const button = document.querySelector('.foot button.primary');
    const seen = { first: 0 };
    const began = performance.now();
    const look = () => {
        const listed = document.querySelector('#lines .line:not(.away)');
        if (listed && listed.clientHeight && !seen.first) seen.first = performance.now() - began;
        const tally = document.querySelector('.headline')?.textContent || '';
        if (seen.first && / chosen/.test(tally)) return done([seen.first, performance.now() - began]);
        requestAnimationFrame(look);
    };
    button.click();
    requestAnimationFrame(look);
})"""


def save_orders(project: Path) -> dict[str, int]:
    """Saved orders of two sizes in *project*; {name: lines}."""
    base = read_order(project / "order.toml")
    lines = {}
    for name, order in {"small": _small(base), "large": _large(base)}.items():
        (project / "orders").mkdir(exist_ok=True)
        (project / "orders" / f"{name}.json").write_bytes(schema.to_json(order))
        lines[name] = sum(
            len(m.durations) * len(m.aspects) * len(m.specs) * len(m.markets) * len(m.texted) for m in order.matrix
        )
    return lines


def _small(base: Order) -> Order:
    matrix = msgspec.structs.replace(base.matrix[0], durations=("full", "10s"), markets=("GB", "US"))
    return msgspec.structs.replace(base, matrix=(matrix,))


def _large(base: Order) -> Order:
    markets = tuple(f"M{number:02}" for number in range(14))
    matrix = msgspec.structs.replace(base.matrix[0], markets=markets, texted=(True, False))
    return msgspec.structs.replace(base, matrix=(matrix,))


def show(service: Running, project: Path) -> None:
    """Print the figures of both orders."""
    lines = save_orders(project)
    print(f"click to plan, {REPEATS} times each, in the middle        first line     all lines    make_plan in process")
    with browsing(service.url, service.token) as page:
        page.click("label.check:has-text('Practice project')")
        page.wait_for_selector("text=Frames per second")
        for name, count in lines.items():
            first, whole = _clicks(page, name)
            plain = _in_process(project, name, count)
            print(
                f"  {count:4} deliverables {'':28} {first:8.0f} ms {whole:10.0f} ms {plain:12.0f} ms"
                f"   ratio {first / plain:.2f}"
            )


def _clicks(page: Any, name: str) -> tuple[float, float]:
    times = []
    for _ in range(REPEATS + 1):
        page.click(".steps button:text-is('Order')") if times else page.click(".foot button.primary")
        page.wait_for_selector("text=Saved orders")
        page.click(f"label.check:has(.words:text-is('{name}')), label.check:has-text('{name}')")
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        page.wait_for_selector(".busy", state="hidden")
        page.wait_for_selector(".foot button.primary:not([disabled])")
        times.append(page.evaluate(_CLICK))
    page.click(".steps button:text-is('Timeline')")
    firsts, wholes = zip(*times[1:], strict=True)  # the first one reads the media
    return median(firsts), median(wholes)


def _in_process(project: Path, name: str, count: int) -> float:
    session = open_session(project)
    order = parse_order(schema.to_builtins(read_order(project / "orders" / f"{name}.json")), where=name)
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        plan = make_plan(order, session)
        times.append((time.perf_counter() - began) * 1000)
        if len(plan.deliverables) != count:
            raise SystemExit(f"{name}: {len(plan.deliverables)} deliverables, not {count}")
    return median(times)
