"""How long the items of a timeline are, exactly."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from twopop.errors import InputError
from twopop.timeline.exact import children, seconds

#: Timelines within timelines deeper than this are taken for a damaged file.
DEEPEST = 40


class Lengths:
    """Knows the exact length and the first own time of every item of one timeline, each worked out once."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Fraction, Any]] = {}

    def start(self, item: Any) -> Fraction:
        """The own time (seconds) at which *item* begins to be seen."""
        if item.source_range is not None:
            return seconds(item.source_range.start_time)
        available = _available(item)
        return seconds(available.start_time) if available is not None else Fraction(0)

    def of(self, item: Any, depth: int = 0) -> Fraction:
        """The length of *item* in seconds; 0 where nothing says it. Raises InputError for a bottomless timeline."""
        if id(item) in self._known:
            return self._known[id(item)][0]
        if depth > DEEPEST:
            raise InputError(f"It holds timelines within timelines more than {DEEPEST} deep.")
        length = self._work_out(item, depth)
        self._known[id(item)] = (length, item)  # the item is kept, so that its id stays its own
        return length

    def _work_out(self, item: Any, depth: int) -> Fraction:
        schema = item.schema_name()
        if schema == "Transition":
            return Fraction(0)
        if getattr(item, "source_range", None) is not None:
            return max(Fraction(0), seconds(item.source_range.duration))
        if schema == "Track":
            return sum((self.of(child, depth + 1) for child in children(item)), Fraction(0))
        if schema == "Stack":
            return max((self.of(child, depth + 1) for child in children(item)), default=Fraction(0))
        available = _available(item)
        return max(Fraction(0), seconds(available.duration)) if available is not None else Fraction(0)


def _available(item: Any) -> Any:
    if item.schema_name() != "Clip" or item.media_reference is None:
        return None
    return item.media_reference.available_range
