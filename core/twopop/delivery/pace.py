"""How far a run is and how long it will still take; which deliverables wait for what."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Sequence
from typing import Literal

import msgspec

from twopop.delivery.plan import Deliverable, Plan
from twopop.delivery.receipt import Delivered
from twopop.delivery.work import Done
from twopop.picture.cost import work
from twopop.picture.recipe import Segment, Whole


class FileStep(msgspec.Struct, frozen=True, kw_only=True):
    """How far the deliverable *id* is: *done* of its *total* parts (segments and mixes) have come to their end.

    It waits until the first of them is made in this run, is finished when all are there, and has a *record* at the end.
    """

    id: str
    state: Literal["waiting", "rendering", "finishing", "ended"]
    done: int = 0
    total: int = 0
    record: Delivered | None = None


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a run is: *frames* rendered of *frames_total*, deliverables *finished* of *total*, and the last word.

    *frames_held* are those that the store had already, which are not in the total. *seconds_left* is None as long as
    nothing is known; *failed* counts what could not be made. *files* are the deliverables that came further since the
    last word, those among them that the total does not count since there was nothing to make.
    """

    frames: int = 0
    frames_total: int = 0
    frames_held: int = 0
    finished: int = 0
    total: int = 0
    failed: int = 0
    seconds_left: float | None = None
    said: str = ""
    files: tuple[FileStep, ...] = ()


class Pace:
    """Counts what is done of a run of *deliverables* that has to make *keys*, and reckons how long the rest takes.

    Each kind of encoding has its own speed, which is measured as its segments end; until then that of the others,
    weighed by what kinds are known to cost. Files are finished while others are rendered, so that the longer of the
    two counts. What somebody else has made costs nothing.
    """

    def __init__(self, plan: Plan, deliverables: Sequence[Deliverable], keys: Collection[str]) -> None:
        self._segments = {key: plan.segments[key] for key in keys if key in plan.segments}
        self._left = {key: work(segment) for key, segment in self._segments.items()}
        self._speeds: dict[str, tuple[float, float]] = {}
        self._began = time.monotonic()
        self._busy = 0.0
        self._finishing: list[float] = []
        self._last = self._began
        shown = {key for each in deliverables for key in each.segments} - set(self._segments)
        held = sum(plan.segments[key].frames for key in shown if key in plan.segments)
        total = sum(segment.frames for segment in self._segments.values())
        self._state = Progress(frames_total=total, frames_held=held, total=len(deliverables))

    def progress(self) -> Progress:
        """How far it is now."""
        return msgspec.structs.replace(self._state, seconds_left=self._seconds_left())

    def made(self, done: Done) -> Progress:
        """Count the end of one thing."""
        self._last = time.monotonic()
        self._busy += done.seconds
        segment = self._segments.get(done.key)
        effort = self._left.pop(done.key, 0.0)
        if segment and done.seconds:
            seconds, efforts = self._speeds.get(_kind(segment), (0.0, 0.0))
            self._speeds[_kind(segment)] = (seconds + done.seconds, efforts + effort)
        self._state = msgspec.structs.replace(
            self._state,
            frames=self._state.frames + (segment.frames if segment else 0),
            failed=self._state.failed + bool(done.problem),
        )
        return self.progress()

    def finished(self, said: str) -> Progress:
        """Count one deliverable that is finished, well or not."""
        now = time.monotonic()
        self._finishing.append(now - self._last)
        self._last = now
        self._state = msgspec.structs.replace(self._state, finished=self._state.finished + 1, said=said)
        return self.progress()

    def _seconds_left(self) -> float | None:
        files = self._state.total - self._state.finished
        finishing = files * sum(self._finishing) / len(self._finishing) if self._finishing else 0.0
        if not self._left:
            return finishing if self._finishing or not files else None
        known = [sum(column) for column in zip(*self._speeds.values(), strict=True)]
        if not known or not known[1]:
            return None
        common = known[0] / known[1]
        busy = 0.0
        for key, effort in self._left.items():
            seconds, efforts = self._speeds.get(_kind(self._segments[key]), (common, 1.0))
            busy += effort * seconds / efforts
        side_by_side = max(1.0, self._busy / max(time.monotonic() - self._began, 1e-9))
        return max(busy / side_by_side, finishing)


def _kind(segment: Segment | Whole) -> str:
    """Segments of one kind are rendered at one speed."""
    encoding = segment.encoding
    return f"{encoding.encoder} {dict(encoding.options).get('preset', '')} {segment.size}"


class Waiting:
    """The *deliverables* that wait for *keys* to be made."""

    def __init__(self, deliverables: Iterable[Deliverable], keys: Collection[str]) -> None:
        known = set(keys)
        self._lacks: dict[str, set[str]] = {}
        self._wanted: dict[str, list[Deliverable]] = {}
        self._all = list(deliverables)
        for each in self._all:
            self._lacks[each.id] = lacks = {*each.segments, *each.mixes} & known
            for key in lacks:
                self._wanted.setdefault(key, []).append(each)

    def ready(self) -> list[Deliverable]:
        """Those that lack nothing from the start."""
        return [each for each in self._all if self.complete(each)]

    def complete(self, each: Deliverable) -> bool:
        """Whether *each* lacks nothing."""
        return not self._lacks[each.id]

    def after(self, key: str) -> list[Deliverable]:
        """Those that came further now that *key* has come to its end."""
        wanted = self._wanted.pop(key, [])
        for each in wanted:
            self._lacks[each.id].discard(key)
        return wanted

    def steps(self, moved: Iterable[Deliverable] | None = None) -> tuple[FileStep, ...]:
        """How far those that *moved* are now; without them, where all of them begin."""
        state: Literal["waiting", "rendering"] = "waiting" if moved is None else "rendering"
        return tuple(self._step(each, state) for each in (self._all if moved is None else moved))

    def _step(self, each: Deliverable, state: Literal["waiting", "rendering"]) -> FileStep:
        total = len({*each.segments, *each.mixes})
        return FileStep(id=each.id, state=state, done=total - len(self._lacks[each.id]), total=total)
