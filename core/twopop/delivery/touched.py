"""Which deliverables a change of the cut touches: those that will look, sound or run otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from twopop.delivery.order import Order
from twopop.delivery.plan import Plan
from twopop.errors import TwopopError
from twopop.plugins import Plugins
from twopop.timeline.diff import Change, compare
from twopop.timeline.program import Program
from twopop.variants.cutdowns import whole
from twopop.variants.model import Span
from twopop.variants.seen import seen

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
            shown = kept and seen(self._old, before or (), texted=texted) == seen(self._new, after, texted=texted)
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
