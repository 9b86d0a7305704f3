"""Planning 10,000 deliverables of one timeline: time and memory per deliverable, against planning 100 of them.

The plain baseline is the same planner on a hundredth of the order in the same process: a planner that works out each
deliverable on its own would show a ratio near 100; one that shares what deliverables share stays far below.
"""

from __future__ import annotations

import sys
import tempfile
import time
import tracemalloc
from pathlib import Path

import msgspec

from twopop import schema
from twopop.delivery.order import Matrix, Order, read_order
from twopop.delivery.planner import make_plan
from twopop.delivery.session import open_session
from twopop.demo import make_spot
from twopop.picture.tools import find_ffmpeg


def order_of(order: Order, markets: int) -> Order:
    """3 durations, 4 aspects, 2 specs, texted and not: 48 deliverables for each of *markets* markets."""
    matrix = Matrix(
        durations=("full", "10s", "6s"),
        aspects=("16:9", "9:16", "1:1", "4:5"),
        specs=("social-h264", "broadcast-prores"),
        languages=("en",),
        texted=(True, False),
        markets=tuple(f"M{number:03}" for number in range(markets)),
    )
    return msgspec.structs.replace(order, matrix=(matrix,), deliverable=())


def planned(order: Order, folder: Path, markets: int) -> tuple[int, float, float, int]:
    """Deliverables, CPU seconds, peak mebibytes and bytes of JSON of one plan."""
    session = open_session(folder)
    began = time.process_time()
    plan = make_plan(order_of(order, markets), session)
    took = time.process_time() - began
    written = len(schema.to_json(plan))
    count = len(plan.deliverables)
    blocked = sum(d.state == "blocked" for d in plan.deliverables)
    if blocked:
        sys.exit(f"{blocked} of {count} are blocked: {plan.deliverables[0].findings}")
    del plan
    tracemalloc.start()
    kept = make_plan(order_of(order, markets), session)
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    del kept
    return count, took, peak, written


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        order = read_order(make_spot(folder, find_ffmpeg()))
        planned(order, folder, 1)  # the media are hashed once, outside the measure
        small, small_cpu, _, _ = planned(order, folder, 2)
        large, large_cpu, peak, written = planned(order, folder, 209)
    print(f"{small} deliverables: {small_cpu:.2f} s CPU")
    print(f"{large} deliverables: {large_cpu:.2f} s CPU, {large_cpu / large * 1e6:.0f} µs each,")
    print(f"  peak {peak:.0f} MiB ({peak * 1024 / large:.1f} KiB each), plan.json {written / 2**20:.1f} MiB")
    print(f"ratio of CPU {large_cpu / small_cpu:.1f} for {large / small:.0f} times the deliverables")


if __name__ == "__main__":
    main()
