"""From a timeline as OpenTimelineIO holds it to the Program that is seen and heard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from twopop.errors import InputError
from twopop.findings import Finding
from twopop.time import Rate
from twopop.timeline.events import picture_events
from twopop.timeline.exact import children, picture_rate, seconds
from twopop.timeline.layers import empty
from twopop.timeline.lengths import Lengths
from twopop.timeline.marking import markers
from twopop.timeline.notes import Notes, drawn_together
from twopop.timeline.pictures import PictureWalk
from twopop.timeline.program import Kind, Program
from twopop.timeline.reading import Reading, ReadOptions
from twopop.timeline.sounds import SoundWalk
from twopop.timeline.sources import wishes

#: No timeline is longer than a day; a damaged file may say so.
_LONGEST = Fraction(24 * 3600 * 4)


@dataclass(frozen=True)
class Cut:
    """One timeline out of a file, with what only the file's own format says.

    That is its *rate*, whether its timecode drops and its raster; *findings* were made while the file was read.
    """

    timeline: Any
    rate: Rate | None = None
    drop: bool = False
    size: tuple[int, int] | None = None
    findings: tuple[Finding, ...] = ()


def flatten(cut: Cut, options: ReadOptions) -> Reading:
    """The Program of *cut*, and findings about what it cannot hold. Raises InputError for times that are none."""
    timeline = cut.timeline
    rate, said_rate = _rate(cut, options)
    origin = timeline.global_start_time
    start = rate.nearest_frame(seconds(origin)) if origin is not None else 0
    drop = (cut.drop or bool(wishes(timeline).get("drop"))) and rate.may_drop
    notes, lengths = Notes(rate, max(0, start), drop=drop), Lengths()
    if not said_rate:
        notes.warn(
            "timeline.rate-guessed",
            f"Nothing in the timeline says its frame rate; {rate} is taken.",
            remedy="Give the right one with --rate.",
        )
    frames = _frames(timeline.tracks, lengths, notes)
    program = _program(cut, options, notes, lengths, frames)
    return Reading(program, drawn_together(cut.findings) + notes.findings())


def _program(cut: Cut, options: ReadOptions, notes: Notes, lengths: Lengths, frames: int) -> Program:
    timeline, rate = cut.timeline, notes.rate
    window = (Fraction(0), rate.seconds(frames))
    pictures = PictureWalk(notes, lengths, options.graphics)
    layer = pictures.layer(timeline.tracks, window) if frames else empty(*window)
    events, dissolves = picture_events(layer, frames, notes)
    audio = SoundWalk(notes, lengths, options.roles).tracks(timeline.tracks, window)
    if not frames:
        notes.fail("timeline.empty", "The timeline is empty.", remedy="Choose another timeline, or export it again.")
    elif all(event.kind is Kind.BLACK for event in events):
        notes.fail("timeline.no-picture", "The timeline has no picture.", remedy="Choose one that has picture.")
    return Program(
        name=timeline.name or "",
        rate=rate,
        frames=frames,
        start=notes.start,
        drop=notes.drop,
        size=_size(timeline) or cut.size,
        events=events,
        dissolves=dissolves,
        audio=audio,
        markers=markers(timeline, frames, rate, lengths),
    )


def _rate(cut: Cut, options: ReadOptions) -> tuple[Rate, bool]:
    """The program's rate, and whether anything said it: the format, the timeline's start, its picture, its markers."""
    if cut.rate is not None:
        return cut.rate, True
    timeline = cut.timeline
    if timeline.global_start_time is not None:
        rate = picture_rate(timeline.global_start_time.rate)
        if rate is not None:
            return rate, True
    for kind in ("Video", "Audio"):
        votes = Counter(_rates(timeline.tracks, kind, 0))
        if votes:
            most = max(votes.values())
            return next(rate for rate, count in votes.items() if count == most), True
    return options.rate or Rate(24), options.rate is not None


def _rates(item: Any, kind: str, depth: int) -> Iterator[Rate]:
    """The picture rates of the durations in which the clips of tracks of one *kind* are counted."""
    for child in children(item):
        schema = child.schema_name()
        if schema == "Track" and child.kind != kind and depth < 40:
            continue
        if schema in ("Track", "Stack") and depth < 40:
            yield from _rates(child, kind, depth + 1)
        span = getattr(child, "source_range", None)
        if span is None and schema == "Clip" and child.media_reference is not None:
            span = child.media_reference.available_range
        if schema in ("Clip", "Gap") and span is not None:
            rate = picture_rate(span.duration.rate)
            if rate is not None:
                yield rate


def _frames(stack: Any, lengths: Lengths, notes: Notes) -> int:
    """How many frames the program has: to the end of its picture, or of its sound where that ends a frame later."""
    ends = {"Video": Fraction(0), "Audio": Fraction(0)}
    for kind, end in _ends(stack, lengths):
        ends[kind] = max(ends[kind], end)
    if stack.source_range is not None:
        length = lengths.of(stack)
        ends = {kind: min(end, length) for kind, end in ends.items()}
    for end in ends.values():
        if end > _LONGEST:
            raise InputError(f"It would be {int(end / 3600)} hours long, which cannot be right.")
    picture, sound = (notes.rate.nearest_frame(ends[kind]) for kind in ("Video", "Audio"))
    if picture and sound > picture:
        if ends["Audio"] - ends["Video"] < 1 / notes.rate:
            return picture
        words = f"The sound is {sound - picture} frames longer than the picture; black is shown meanwhile."
        notes.info("timeline.sound-longer", words, at=ends["Video"])
    return max(picture, sound)


def _ends(stack: Any, lengths: Lengths) -> Iterable[tuple[str, Fraction]]:
    for child in children(stack):
        if child.schema_name() == "Transition" or not getattr(child, "enabled", True):
            continue
        if child.schema_name() == "Track" and child.kind not in ("Video", "Audio"):
            continue
        sounds = child.schema_name() == "Track" and child.kind == "Audio"
        yield ("Audio" if sounds else "Video"), lengths.of(child)


def _size(timeline: Any) -> tuple[int, int] | None:
    size = wishes(timeline).get("size")
    if isinstance(size, list) and len(size) == 2 and all(isinstance(side, int) and side > 0 for side in size):
        return size[0], size[1]
    return None
