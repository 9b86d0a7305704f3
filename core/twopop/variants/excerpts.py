"""Excerpts of a cut: its poster frame, and its first seconds for a preview. Both are cuts themselves."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from twopop.time import floor
from twopop.timeline.program import Kind, Program
from twopop.variants.model import Cutdown, Span


def head(cutdown: Cutdown, program: Program, seconds: Fraction) -> Cutdown:
    """The first *seconds* of *cutdown*, to the frame that begins within them; all of it when it is no longer."""
    left = max(1, -floor(-seconds * program.rate))
    if cutdown.frames <= left:
        return cutdown
    keep = []
    for span in cutdown.keep:
        taken = min(left, span.frames)
        keep += [Span(span.start, span.start + taken)] if taken else []
        left -= taken
    return Cutdown(label=cutdown.label, keep=tuple(keep), how=f"{cutdown.how}, its first {float(seconds):g} s")


def poster(cutdown: Cutdown, program: Program, *, asked: int | None, marker: str) -> Cutdown:
    """The one frame that stands for *cutdown*.

    The program frame *asked* for, else that of the first marker called *marker*, when it is in the cut; else the middle
    of the longest shot, the first of several; of a cut without pictures, its own middle.
    """
    named = [each.frame for each in program.markers if each.name.strip().casefold() == marker.casefold()]
    wishes = [(asked, "the order's poster")] if asked is not None else []
    wishes += [(frame, f"the marker {marker}") for frame in sorted(named)]
    for frame, how in wishes:
        if any(span.start <= frame < span.stop for span in cutdown.keep):
            return _only(cutdown, frame, how)
    shots = sorted(_shots(cutdown, program), key=lambda shot: (-shot.frames, shot.start))
    if not shots:
        longest = max(cutdown.keep, key=lambda span: span.frames)
        return _only(cutdown, longest.start + longest.frames // 2, "the middle of the cut")
    return _only(cutdown, shots[0].start + shots[0].frames // 2, "the middle of the longest shot")


def _shots(cutdown: Cutdown, program: Program) -> Iterator[Span]:
    """What is seen of each picture in *cutdown*, in program frames."""
    for event in program.picture:
        for span in cutdown.keep if event.kind is Kind.MEDIA else ():
            start, stop = max(event.start, span.start), min(event.stop, span.stop)
            if start < stop:
                yield Span(start, stop)


def _only(cutdown: Cutdown, frame: int, how: str) -> Cutdown:
    return Cutdown(label=cutdown.label, keep=(Span(frame, frame + 1),), how=how)
