"""The markers of a timeline, its tracks and its clips, on the frames where the program shows them."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from twopop.time import Rate
from twopop.timeline.exact import children, said, seconds
from twopop.timeline.lengths import DEEPEST, Lengths
from twopop.timeline.place import Place
from twopop.timeline.program import Marker
from twopop.timeline.retimes import retime


def markers(timeline: Any, frames: int, rate: Rate, lengths: Lengths) -> tuple[Marker, ...]:
    """All markers of *timeline*, in order, equal ones once. Those on what was trimmed off are not in the program."""
    stack = timeline.tracks
    begin = seconds(timeline.global_start_time) if timeline.global_start_time is not None else Fraction(0)
    place = Place(lengths.start(stack))
    found = []
    for marker in stack.markers:
        at = seconds(marker.marked_range.start_time)
        # some hosts count the markers of a timeline from its first frame, others in its timecode
        if place.when(at) * rate >= frames and begin <= at:
            at -= begin
        found.append(_made(marker, place.when(at), place.speed, rate))
    for child in children(stack):
        found += _within(child, Fraction(0), place, (Fraction(0), rate.seconds(frames)), rate, lengths, 0)
    kept = {mark: None for mark in found if 0 <= mark.frame < max(frames, 1)}
    return tuple(sorted(kept, key=lambda mark: (mark.frame, mark.name)))


def _within(
    item: Any,
    position: Fraction,
    parent: Place,
    window: tuple[Fraction, Fraction],
    rate: Rate,
    lengths: Lengths,
    depth: int,
) -> Iterator[Marker]:
    schema = item.schema_name()
    if schema == "Transition" or not getattr(item, "enabled", True) or depth > DEEPEST:
        return
    length = lengths.of(item)
    low, high = parent.window(position, position + length)
    low, high = max(low, window[0]), min(high, window[1])
    speed = retime(item).speed
    place = parent.within(position, length, lengths.start(item), speed, rate)
    for marker in item.markers:
        at = seconds(marker.marked_range.start_time)
        if place.speed == 0:
            when, seen = low, at == lengths.start(item)
        else:
            when = place.when(at)
            seen = low <= when < high if place.speed > 0 else low < when <= high
            when = when if place.speed > 0 else when - 1 / rate
        if seen:
            last = rate.seconds(rate.nearest_frame(high) - 1)  # a marker late in the last frame is still in the clip
            yield _made(marker, min(when, last) if when < high else when, place.speed, rate)
    if place.speed == 0 or schema not in ("Track", "Stack"):
        return
    at = Fraction(0)
    for child in children(item):
        yield from _within(child, at, place, (low, high), rate, lengths, depth + 1)
        at += lengths.of(child) if schema == "Track" else 0


def _made(marker: Any, at: Fraction, speed: Fraction, rate: Rate) -> Marker:
    length = seconds(marker.marked_range.duration) / abs(speed) if speed else Fraction(0)
    start = rate.nearest_frame(at)
    frames = max(0, rate.nearest_frame(at + length) - start)
    return Marker(frame=start, name=marker.name or "", frames=frames, colour=_colour(marker), note=_note(marker))


def _colour(marker: Any) -> str:
    colour = marker.color
    return colour.lower() if isinstance(colour, str) else ""


def _note(marker: Any) -> str:
    own = getattr(marker, "comment", "")
    if isinstance(own, str) and own:
        return own
    for keys in (
        ("twopop", "note"),
        ("fcp_xml", "comment"),
        ("Resolve_OTIO", "Note"),
        ("AAF", "CommentMarkerUserComment"),
    ):
        note = said(marker.metadata, *keys)
        if isinstance(note, str) and note:
            return note
    return ""
