"""CPU seconds, wall seconds and peak memory of a process and of all that it starts."""

from __future__ import annotations

import os
import resource
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True)
class Cost:
    """What something took: *cpu* and *wall* in seconds, *peak* in bytes (0: not measured)."""

    cpu: float
    wall: float
    peak: int = 0


def measured(work: Callable[[], None]) -> Cost:
    """Do *work*, which starts processes and waits for them; CPU is that of the processes, from the kernel's account."""
    with _Watch() as watch:
        before, began = _children(), time.monotonic()
        work()
        wall, cpu = time.monotonic() - began, _children() - before
    return Cost(cpu, wall, watch.peak)


def middle(costs: Sequence[Cost]) -> Cost:
    """The medians of *costs*."""
    return Cost(median(c.cpu for c in costs), median(c.wall for c in costs), int(median(c.peak for c in costs)))


def run(command: Sequence[str | Path], folder: Path) -> None:
    """Run *command* in *folder*; raises with its last words when it fails."""
    done = subprocess.run([str(word) for word in command], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{command[0]} failed: {(done.stderr or done.stdout)[-2000:]}")


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


class _Watch:
    """Looks at the processes below this one 20 times a second; *peak* is the most memory that they held together.

    Each page counts once however many processes share it (PSS), and so it is fair to many small processes.
    """

    def __init__(self) -> None:
        self.peak = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> _Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stop.wait(0.05):
            self.peak = max(self.peak, sum(_held(process) for process in _below(os.getpid())))


def _below(parent: int) -> Iterator[int]:
    for task in Path(f"/proc/{parent}/task").glob("*"):
        try:
            children = (task / "children").read_text().split()
        except OSError:
            continue
        for child in map(int, children):
            yield child
            yield from _below(child)


def _held(process: int) -> int:
    """The bytes that *process* holds; none for one that is just being started and still wears its parent's memory."""
    here = Path(f"/proc/{process}")
    try:
        parent = next(line.split()[1] for line in (here / "status").read_text().splitlines() if line.startswith("PPid"))
        if (here / "cmdline").read_bytes() == Path(f"/proc/{parent}/cmdline").read_bytes():
            return 0
        lines = (here / "smaps_rollup").read_text().splitlines()
    except (OSError, StopIteration):
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
