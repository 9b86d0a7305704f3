"""Which deliverables a change of the cut touches: those that will look, sound or run otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import msgspec

from twopop.delivery.order import Order
from twopop.delivery.plan import Plan
from twopop.errors import TwopopError
from twopop.plugins import Plugins
from twopop.timeline.diff import Change, compare
from twopop.timeline.program import AudioClip, Dissolve, Event, Program
from twopop.variants.cutdowns import whole
from twopop.variants.model import Span

Spans = tuple[Span, ...]


class Touched(msgspec.Struct, frozen=True, kw_only=True):
    """A deliverable by *id* and *path*, whether it is *touched*, and the *changes* in it (places in their list)."""

    id: str
    path: str
    touched: bool
    changes: tuple[int, ...] = ()


class Comparison:
    """Two cuts side by side: their *changes*, and which of them any stretches of both show.

    What is seen and heard is held side by side, so that a stretch that only lies elsewhere in the cut is unchanged.
    """

    def __init__(self, old: Program, new: Program, changes: Sequence[Change] | None = None) -> None:
        self.changes = compare(old, new) if changes is None else tuple(changes)
        self._old = old
        self._new = new
        self._restarted = (old.start, old.drop) != (new.start, new.drop)
        self._same: dict[tuple[Spans | None, Spans, bool], bool] = {}

    def reaches(self, before: Spans | None, after: Spans, *, texted: bool, timed: bool) -> tuple[bool, tuple[int, ...]]:
        """Whether what *after* keeps of the new cut differs from what *before* kept of the old one, and by what.

        *timed* stretches carry the program's timecode; *before* is None where they could not be made. The changes are
        places in the list.
        """
        key = (before, after, texted)
        if key not in self._same:
            kept = self._old.rate == self._new.rate and before is not None
            shown = kept and _shown(self._old, before or (), texted) == _shown(self._new, after, texted)
            self._same[key] = shown
        differs = not self._same[key] or (self._restarted and timed)
        return differs, tuple(_reasons(self.changes, after, before or ())) if differs else ()


def touched(
    plan: Plan, changes: Sequence[Change], old: Program, new: Program, old_cuts: Mapping[str, Spans | None]
) -> tuple[Touched, ...]:
    """Each deliverable of *plan*, which was made from the cut *new*, and whether the way from *old* touches it.

    *old_cuts* holds the frames of *old* that each duration of the order keeps (None where it cannot be made).
    """
    side_by_side = Comparison(old, new, changes)
    told = []
    for each in plan.deliverables:
        before = old_cuts.get(each.variant.duration)
        is_touched, reasons = side_by_side.reaches(
            before, each.spans, texted=each.variant.texted, timed=bool(each.start_timecode)
        )
        told.append(Touched(id=each.id, path=each.path, touched=is_touched, changes=reasons))
    return tuple(told)


def cuts_of(order: Order, program: Program, plugins: Plugins) -> dict[str, Spans | None]:
    """The frames of *program* that each duration of *order* keeps; None where it cannot be made."""
    labels = {label for matrix in order.matrix for label in matrix.durations}
    labels |= {single.duration for single in order.deliverable}
    return {label: _kept(order, program, plugins, label) for label in sorted(labels)}


def _kept(order: Order, program: Program, plugins: Plugins, label: str) -> Spans | None:
    if label == "full":
        return whole(program).keep
    try:
        answer = plugins.decide("fit_cutdown", order=order, program=program, duration=label)
    except TwopopError:
        return None
    return answer.value.keep if answer else None


def _reasons(changes: Sequence[Change], after: Spans, before: Spans) -> Iterator[int]:
    """The changes that lie in the frames shown, or else those that move frames into them or out of them."""
    inside = [number for number, change in enumerate(changes) if _inside(change, after, before)]
    moving = ("moved", "marker added", "marker removed", "marker changed", "program changed")
    yield from inside or (number for number, change in enumerate(changes) if change.kind in moving)


def _inside(change: Change, after: Spans, before: Spans) -> bool:
    if change.kind.startswith("marker") or change.kind == "program changed":
        return False
    if change.new is None and change.old is None:  # a whole audio track, or its role
        return True
    reach, spans = (change.new, after) if change.new is not None else (change.old or (0, 0), before)
    return any(span.start < reach[1] and reach[0] < span.stop for span in spans)


# -- what is seen and heard --------------------------------------------------------------------------------------------


def _shown(program: Program, spans: Spans, texted: bool) -> list[Any]:
    """All that *spans* of *program* show and sound, in the time of the deliverable that they make up."""
    shown: list[Any] = []
    offset = 0
    for span in spans:
        shift = offset - span.start
        for event in program.events:
            if event.start < span.stop and span.start < event.stop and (texted or event.layer == 0):
                shown.append(_event(event, span, shift, program))
        for dissolve in program.dissolves:
            if dissolve.start < span.stop and span.start < dissolve.stop:
                shown.append(_dissolve(dissolve, span, shift))
        sounds = [(track.role, clip) for track in program.audio for clip in track.clips]
        heard = [_clip(clip, role, span, shift, program) for role, clip in sounds if _audible(clip, span, program)]
        shown += sorted(heard, key=repr)
        offset += span.frames
    return [offset, *shown]


def _event(event: Event, span: Span, shift: int, program: Program) -> tuple[Any, ...]:
    start, stop = max(event.start, span.start), min(event.stop, span.stop)
    source = (event.source.path or event.source.name) if event.source else ""
    seen_from = event.source_time(start, program.rate) if event.source else Fraction(0)
    fades = (event.fade_in, event.fade_out, event.start + shift, event.stop + shift)
    looks = (event.layer, event.kind, source, seen_from, event.speed, event.absolute, event.text, event.colour)
    faded = fades if event.fade_in or event.fade_out else ()
    return (start + shift, stop + shift, *looks, faded, event.reframe, event.metadata)


def _dissolve(dissolve: Dissolve, span: Span, shift: int) -> tuple[Any, ...]:
    seen = (max(dissolve.start, span.start) + shift, min(dissolve.stop, span.stop) + shift)
    return ("dissolve", *seen, dissolve.start + shift, dissolve.stop + shift, dissolve.kind)


def _audible(clip: AudioClip, span: Span, program: Program) -> bool:
    return clip.start < program.rate.seconds(span.stop) and program.rate.seconds(span.start) < clip.stop


def _clip(clip: AudioClip, role: str, span: Span, shift: int, program: Program) -> tuple[Any, ...]:
    seconds = program.rate.seconds
    start, stop = max(clip.start, seconds(span.start)), min(clip.stop, seconds(span.stop))
    moved = seconds(shift)
    heard_from = clip.source_in + (start - clip.start) * clip.speed
    fades = (clip.fade_in, clip.fade_out, clip.start + moved, clip.stop + moved)
    sounds = (role, clip.source.path or clip.source.name, heard_from, clip.speed, clip.absolute, clip.gain_db)
    faded = fades if clip.fade_in or clip.fade_out else ()
    return (start + moved, stop + moved, *sounds, clip.channels, faded)
