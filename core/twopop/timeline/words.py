"""What a clip or a track says to twopop in its own metadata: which of it cannot be taken, in an editor's words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeGuard

from twopop.timeline.program import Role

#: The most decibels that a gain may have, up or down.
MOST_DB = 200


def is_gain(word: Any) -> TypeGuard[int | float]:
    """Whether *word* is a gain in decibels."""
    return isinstance(word, int | float) and abs(word) < MOST_DB


def are_channels(word: Any) -> TypeGuard[list[int]]:
    """Whether *word* picks channels, by their numbers from 0."""
    return isinstance(word, list) and all(type(each) is int and each >= 0 for each in word)


def role(word: Any) -> Role | None:
    """The role that *word* names, or None."""
    try:
        return Role(str(word).lower())
    except ValueError:
        return None


def _by_aspect(word: Any) -> bool:
    return isinstance(word, dict)


_RIGHT: Mapping[str, tuple[Callable[[Any], Any], str]] = {
    "gain_db": (is_gain, f"A gain is a number of decibels below {MOST_DB}."),
    "channels": (are_channels, "Channels are a list of numbers, of which 0 is the first."),
    "role": (role, f"A role is one of: {', '.join(Role)}."),
    "reframe": (_by_aspect, 'A reframe is a table by aspect, such as {"9:16": {"x": 0.3}}.'),
}


def unread(wish: Mapping[str, Any], keys: Iterable[str]) -> list[tuple[str, str]]:
    """(what is wrong, what to write) of each of *keys* in *wish* that cannot be taken and is passed over."""
    found = []
    for key in keys:
        right, remedy = _RIGHT[key]
        if wish.get(key) is not None and not right(wish[key]):
            found.append((f"Its {key} cannot be read and is passed over: {str(wish[key])[:60]!r}.", remedy))
    return found
