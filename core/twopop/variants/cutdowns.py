"""Cutdowns: stretches of the program, by timecode or under the editor's markers."""

from __future__ import annotations

from collections.abc import Sequence

from twopop.errors import EditorError
from twopop.timeline.program import Program
from twopop.variants.model import Cutdown, Span


def whole(program: Program) -> Cutdown:
    """The program as it is."""
    return Cutdown(label="full", keep=(Span(0, program.frames),), how="the whole program")


def from_keep_list(program: Program, label: str, keep: Sequence[tuple[str, str]]) -> Cutdown:
    """The cutdown of the ``(in, out)`` record timecodes in *keep*, out exclusive, in the order given.

    Raises EditorError for a stretch that is empty, runs backwards or leaves the program.
    """
    spans = []
    for first, last in keep:
        span = Span(program.frame_of(first), program.frame_of(last))
        if not 0 <= span.start < span.stop <= program.frames:
            raise EditorError(
                f"The stretch {first} to {last} of the cutdown {label} does not lie in the program "
                f"({program.timecode(0)} to {program.timecode(program.frames)}).",
                remedy="Give record timecodes of this timeline, in before out.",
            )
        spans.append(span)
    return Cutdown(label=label, keep=join(spans), how=f"keep list of {len(spans)}")


def from_markers(program: Program, label: str, name: str) -> Cutdown:
    """The cutdown of the stretches under the markers called *name*, in program order; touching ones become one.

    Raises EditorError when there is none, or one has no length.
    """
    markers = [marker for marker in program.markers if marker.name.strip().casefold() == name.strip().casefold()]
    if not markers:
        seen = sorted({marker.name for marker in program.markers})
        raise EditorError(
            f"The cutdown {label} wants markers called {name!r}, but the timeline has none.",
            remedy=f"Its markers are: {', '.join(seen)}." if seen else "It has no markers at all.",
        )
    for marker in markers:
        if marker.frames <= 0:
            raise EditorError(
                f"The marker {name!r} at {program.timecode(marker.frame)} has no length.",
                remedy="Drag it out over the stretch to keep.",
            )
    spans = sorted(Span(m.frame, min(m.frame + m.frames, program.frames)) for m in markers)
    return Cutdown(label=label, keep=join(spans), how=f"{len(markers)} markers {name!r}")


def join(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The *spans* with those that follow on without a break made one; overlapping ones are left as they are."""
    joined: list[Span] = []
    for span in spans:
        if joined and joined[-1].stop == span.start:
            joined[-1] = Span(joined[-1].start, span.stop)
        else:
            joined.append(span)
    return tuple(joined)


def in_cut(keep: Sequence[Span], wanted: Span) -> int | None:
    """The first frame of the cut that plays *keep* in which a frame of *wanted* is seen; None where none is."""
    offset = 0
    for span in keep:
        start, stop = max(span.start, wanted.start), min(span.stop, wanted.stop)
        if start < stop:
            return offset + start - span.start
        offset += span.frames
    return None


def in_program(keep: Sequence[Span], wanted: Span) -> tuple[Span, ...]:
    """The stretches of the program that the frames *wanted* of the cut that plays *keep* show, in the cut's order."""
    shown, offset = [], 0
    for span in keep:
        start, stop = max(offset, wanted.start), min(offset + span.frames, wanted.stop)
        if start < stop:
            shown.append(Span(span.start + start - offset, span.start + stop - offset))
        offset += span.frames
    return tuple(shown)
