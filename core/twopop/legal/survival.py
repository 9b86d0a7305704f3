"""What of each asset survives in a cut: for how many frames, from where, under which clip."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from twopop.legal.matching import Presence
from twopop.variants.model import Span


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of an asset that is in the cut: *program* frames, and where they lie in the *cut*."""

    program: Span
    cut: Span
    clip: str
    seen: bool


def surviving(places: Iterable[Presence], keep: Sequence[Span], *, texted: bool) -> tuple[Stretch, ...]:
    """The stretches of *places* that are left in a cut that keeps *keep*, in the order of the cut."""
    offsets, begin = [], 0
    for span in keep:
        offsets.append(begin - span.start)
        begin += span.frames
    left = []
    for place in places:
        if place.text and not texted:
            continue
        for span, offset in zip(keep, offsets, strict=True):
            start, stop = max(span.start, place.span.start), min(span.stop, place.span.stop)
            if start < stop:
                inside = Span(start + offset, stop + offset)
                left.append(Stretch(program=Span(start, stop), cut=inside, clip=place.clip, seen=place.seen))
    return tuple(sorted(left, key=lambda stretch: (stretch.cut, not stretch.seen, stretch.clip)))


def frames_of(stretches: Iterable[Stretch]) -> int:
    """In how many frames of the cut any of *stretches* is: frames that several share count once."""
    return sum(span.frames for span in joined(stretch.cut for stretch in stretches))


def joined(spans: Iterable[Span]) -> list[Span]:
    """*spans* in order, those that touch or overlap made one."""
    made: list[Span] = []
    for span in sorted(spans):
        if made and span.start <= made[-1].stop:
            made[-1] = Span(made[-1].start, max(made[-1].stop, span.stop))
        elif span.frames > 0:
            made.append(span)
    return made
