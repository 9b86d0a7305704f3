"""What was seen in the segments of a deliverable, put together: black and frozen stretches that nobody meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import msgspec

from twopop import schema
from twopop.delivery.plan import Deliverable, Plan
from twopop.delivery.session import Session
from twopop.picture.facts import PictureReport, Stretch
from twopop.picture.pieces import Piece
from twopop.picture.recipe import Segment, Take, Whole
from twopop.picture.watch import Seen, look_through, moved, seen_of
from twopop.settings import RunTable, WatchTable
from twopop.specs import Spec
from twopop.time import ceil, frame_of, timecode
from twopop.variants.model import Span

#: The rules that these findings bear; a spec that names one wants copied frames to be looked through too.
RULES = ("picture.black", "picture.still")

#: The kind under which the store keeps what was seen in frames that were not rendered.
_KIND = "seen"


@dataclass(frozen=True)
class _Part:
    """A *segment* that begins at frame *start* of the deliverable, and what was *seen* in it (None: not looked at)."""

    segment: Segment
    start: int
    seen: Seen | None


class Watcher:
    """Reports on the pictures of the deliverables of one *plan*."""

    def __init__(self, plan: Plan, session: Session) -> None:
        self._plan = plan
        self._session = session
        self._house = session.settings[WatchTable]

    def report(self, deliverable: Deliverable, *, cancel: Event) -> PictureReport:
        """The stretches of *deliverable* that are black or frozen, longer than the settings allow and not meant.

        Frames that were copied are decoded only when the spec has a rule about them, and only once. Raises
        TwopopError when they cannot be read.
        """
        parts = list(self._parts(deliverable, cancel))
        rate, house = deliverable.rate, self._house
        shut = _without(_joined(_black(parts)), (m for p in parts for m in _meant(p, p.segment.watch.black)))
        ends = ceil(house.ends_seconds * rate)
        black = [
            span
            for span in shut
            if span.frames >= house.black_frames and not (_at_end(span, deliverable) and span.frames <= ends)
        ]
        held = _without(list(_still(parts)), (m for p in parts for m in _meant(p, p.segment.watch.still)))
        held = _without(held, _joined(_black(parts)))
        still = [span for span in held if span.frames >= ceil(house.still_seconds * rate)]
        return PictureReport(
            watched=sum(part.segment.frames for part in parts if part.seen),
            black=tuple(self._told(span, deliverable) for span in black),
            still=tuple(self._told(span, deliverable) for span in still),
        )

    def _told(self, span: Span, deliverable: Deliverable) -> Stretch:
        """*span* with the timecodes of its first frame: in the file, and in the timeline that it comes from."""
        rate, start = deliverable.rate, deliverable.start_timecode
        at = timecode((frame_of(start, rate) if start else 0) + span.start, rate, drop=";" in start)
        begun, place = 0, 0
        for kept in deliverable.spans:
            if span.start < begun + kept.frames:
                place = kept.start + span.start - begun
                break
            begun += kept.frames
        first = self._plan.timeline.start
        cut = timecode(frame_of(first, rate) + place, rate, drop=";" in first)
        return Stretch(start=span.start, stop=span.stop, timecode=at, timeline=cut)

    # -- what was seen -------------------------------------------------------------------------------------------------

    def _parts(self, deliverable: Deliverable, cancel: Event) -> Iterator[_Part]:
        spec, start = self._plan.specs[deliverable.spec], 0
        for key in deliverable.segments:
            known = self._plan.segments.get(key)
            if isinstance(known, Whole):
                seen, inside = self._kept("segments", key), 0
                for part in known.parts:
                    yield _Part(part, start, _of_part(seen, inside, part.frames))
                    start, inside = start + part.frames, inside + part.frames
                continue
            segment = known or self._plan.copies[key].instead
            yield _Part(segment, start, self._seen(key, segment, spec, cancel))
            start += segment.frames

    def _seen(self, key: str, segment: Segment, spec: Spec, cancel: Event) -> Seen | None:
        """What was seen in *segment*: while it was rendered, earlier, or now where the spec has a rule about it."""
        levels = segment.watch.levels
        own = schema.fingerprint((key, levels))
        for kind, name in (("segments", key), (_KIND, own)):
            seen = self._kept(kind, name)
            if seen is not None and seen.levels == levels:
                return seen
        copy = self._plan.copies.get(key)
        if not any(rule.id in RULES for rule in spec.rules) or not (copy or self._session.store.has("segments", key)):
            return None
        piece = (
            Piece(Path(copy.path), copy.first, copy.frames, copy.stream)
            if copy
            else Piece(self._session.store.path("segments", key))
        )
        seen = look_through(
            piece,
            segment.frames,
            segment.rate,
            segment.watch,
            Path(self._plan.tools["ffmpeg"]),
            seconds=self._session.settings[RunTable].task_seconds,
            cancel=cancel,
        )
        with self._session.store.making(_KIND, own, ".txt") as (scratch, measured):
            scratch.write_text("What was seen is in the record beside this file.\n", "utf-8")
            measured["seen"] = msgspec.to_builtins(seen)
        return seen

    def _kept(self, kind: str, key: str) -> Seen | None:
        entry = self._session.store.entry(kind, key)
        return seen_of(entry.measured) if entry else None


def _of_part(seen: Seen | None, start: int, frames: int) -> Seen | None:
    """What *seen* says of so many *frames* from *start*, counted from there."""
    if seen is None:
        return None
    window = Span(start, start + frames)
    black = tuple(moved(span, -start) for span in _within(seen.black, window))
    still = tuple(moved(span, -start) for span in _within(seen.still, window))
    return Seen(levels=seen.levels, black=black, still=still)


def _within(spans: Iterable[Span], window: Span) -> Iterator[Span]:
    for span in spans:
        start, stop = max(span.start, window.start), min(span.stop, window.stop)
        if start < stop:
            yield Span(start, stop)


# -- over segments -----------------------------------------------------------------------------------------------------


def _black(parts: Iterable[_Part]) -> Iterator[Span]:
    return (moved(span, part.start) for part in parts if part.seen for span in part.seen.black)


def _still(parts: Iterable[_Part]) -> Iterator[Span]:
    """Frozen stretches; one runs on into the next segment only where that shows the same shot further on."""
    running: Span | None = None
    before: _Part | None = None
    for part in parts:
        spans = [moved(span, part.start) for span in part.seen.still] if part.seen else []
        for span in spans:
            goes_on = running and running.stop == span.start == part.start and before and _runs_on(before, part)
            if running and goes_on:
                running = Span(running.start, span.stop)
                continue
            if running:
                yield running
            running = span
        before = part
    if running:
        yield running


def _runs_on(before: _Part, after: _Part) -> bool:
    one, other = before.segment.base, after.segment.base
    if not (isinstance(one, Take) and isinstance(other, Take)) or after.segment.over or before.segment.over:
        return False
    if after.segment.span.start != before.segment.span.stop or one.content != other.content:
        return False
    return other.first == one.first + before.segment.frames * one.step


def _meant(part: _Part, spans: Iterable[Span]) -> Iterator[Span]:
    return (moved(span, part.start) for span in spans)


def _joined(spans: Iterable[Span]) -> list[Span]:
    """*spans*, in order, with those that touch drawn together."""
    drawn: list[Span] = []
    for span in spans:
        if drawn and span.start <= drawn[-1].stop:
            drawn[-1] = Span(drawn[-1].start, max(drawn[-1].stop, span.stop))
        else:
            drawn.append(span)
    return drawn


def _without(spans: Iterable[Span], meant: Iterable[Span]) -> list[Span]:
    """*spans* less the frames of *meant*."""
    left = list(spans)
    for hole in meant:
        left = [
            part
            for span in left
            for part in (Span(span.start, min(span.stop, hole.start)), Span(max(span.start, hole.stop), span.stop))
            if part.start < part.stop
        ]
    return left


def _at_end(span: Span, deliverable: Deliverable) -> bool:
    return span.start == 0 or span.stop == deliverable.frames
