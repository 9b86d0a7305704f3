"""The cases: what is run on both sides, and what is wanted of their ratio."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine import plain, seams
from engine.measure import Cost, measured, middle
from engine.measure import run as start
from engine.spot import ASPECTS, CUTDOWNS, Spot, write_cut, write_order

_MEBI = 2**20


@dataclass(frozen=True)
class Case:
    """One line of the table: what *ours* and *theirs* took, in *unit*, and the ratio *wanted* (None: only shown)."""

    name: str
    ours: float
    theirs: float
    wanted: float | None
    unit: str = "s CPU"

    def show(self) -> bool:
        """Print the line; whether the ratio is missed."""
        ratio = self.ours / self.theirs
        missed = self.wanted is not None and ratio > self.wanted
        wanted = "" if self.wanted is None else f"<= {self.wanted:.2f}{'  MISSED' if missed else ''}"
        sides = "".join(f"{value:>9.1f} {self.unit:<8}" for value in (self.ours, self.theirs))
        print(f"{self.name:34} {sides} {ratio:>7.3f}   {wanted}", flush=True)
        return missed


def run(spot: Spot, repeats: int) -> Iterator[Case]:
    """All cases, each measured *repeats* times, both sides in turn."""
    cold, changed, same, theirs = [], [], [], []
    for _ in range(repeats):
        theirs.append(measured(lambda: plain.deliver(spot, _fresh(spot.folder / "plain"))))
        write_cut(spot)
        cold.append(_delivered(spot, fresh=True))
        write_cut(spot, changed=6)
        changed.append(_delivered(spot))
        same.append(_delivered(spot))
    baseline = middle(theirs)
    yield Case("12 deliverables, cold", middle(cold).cpu, baseline.cpu, 0.60)
    yield Case("12 deliverables, cold", middle(cold).wall, baseline.wall, 0.65, "s wall")
    yield Case("after one 3 s shot changed", middle(changed).cpu, baseline.cpu, 0.08)
    yield Case("nothing changed", middle(same).cpu, baseline.cpu, 0.02)
    yield Case("peak memory of the 12", middle(cold).peak / _MEBI, baseline.peak / _MEBI, 1.0, "MiB")
    yield from _alone(spot, repeats)


def _alone(spot: Spot, repeats: int) -> Iterator[Case]:
    """One full-length deliverable by itself."""
    write_cut(spot)
    write_order(spot, ["full"], ["16:9"])
    ours, theirs = [], []
    for _ in range(repeats):
        out = _fresh(spot.folder / "plain")
        out.mkdir()
        theirs.append(measured(lambda out=out: plain.encode(spot, "full", "16:9", out)))
        ours.append(_delivered(spot, fresh=True))
    yield Case("one full length, cold", middle(ours).cpu, middle(theirs).cpu, 1.08)
    joined = next((spot.folder / "delivery").rglob("*.mp4"))
    whole = spot.folder / "plain" / "full_16x9.mp4"
    kilo = [path.stat().st_size / 1000 for path in (joined, whole)]
    yield Case("its size", *kilo, 1.02, "kB")
    print(seams.compared(spot, joined, whole), flush=True)
    write_order(spot, ["full", *CUTDOWNS], list(ASPECTS))


def _delivered(spot: Spot, *, fresh: bool = False) -> Cost:
    if fresh:
        for name in (".twopop", "delivery"):
            _fresh(spot.folder / name)
    return measured(lambda: start([sys.executable, "-m", "twopop", "deliver", "order.toml"], spot.folder))


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    return folder
