"""One value for each key that several plugins give."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from twopop.errors import StudioError
from twopop.settings import LAYERS

T = TypeVar("T")


def settle(items: Iterable[tuple[str, str, str, T]], *, what: str = "field") -> dict[str, tuple[T, str]]:
    """{key: (value, plugin)} of (plugin, layer, key, value) *items*: the value of the innermost layer counts.

    This is the rule of ``name_fields`` and ``legal_metadata``. Where plugins of one layer agree, the first by name is
    said to have given it. Raises StudioError naming both plugins when the innermost layer that speaks of a key gives
    it two values; *what* is the word for the key in that message.
    """
    settled: dict[str, tuple[int, T, str]] = {}
    ranked = sorted(items, key=lambda item: (-LAYERS.index(item[1]), item[0]))
    for plugin, layer, key, value in ranked:
        rank = LAYERS.index(layer)
        first = settled.setdefault(key, (rank, value, plugin))
        if first[0] == rank and first[1] != value:
            raise _conflict(what, key, layer, (first[2], first[1]), (plugin, value))
    return {key: (value, plugin) for key, (_, value, plugin) in settled.items()}


def _conflict(what: str, key: str, layer: str, one: tuple[str, object], two: tuple[str, object]) -> StudioError:
    if one[0] == two[0]:
        said = f"The plugin {one[0]!r} gives the {what} {key!r} two values: {one[1]!r} and {two[1]!r}."
        return StudioError(said, remedy="Let it give one.")
    return StudioError(
        f"Two plugins of the {layer} layer disagree on the {what} {key!r}: "
        f"{one[0]!r} says {one[1]!r}, {two[0]!r} says {two[1]!r}.",
        remedy="Disable one of them, or settle it in a plugin of an inner layer.",
    )
