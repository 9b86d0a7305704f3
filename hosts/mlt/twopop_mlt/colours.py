"""The colours of markers: twopop's words, MLT's ``#rrggbb``, and Kdenlive's numbered categories."""

from __future__ import annotations

import re
from collections.abc import Mapping

#: OpenTimelineIO's marker colours, as Shotcut would draw them.
_DRAWN: Mapping[str, str] = {
    "red": "#da4453",
    "orange": "#f39c1f",
    "yellow": "#c9ce3b",
    "green": "#1cdc9a",
    "cyan": "#1abc9c",
    "blue": "#3daee9",
    "purple": "#9b59b6",
    "magenta": "#ff00ff",
    "pink": "#f47750",
    "black": "#000000",
    "white": "#ffffff",
}
_WORDS = {drawn: word for word, drawn in _DRAWN.items()}
#: Kdenlive's own nine categories (``markerlistmodel.cpp``), by number.
CATEGORIES: tuple[str, ...] = (
    "#9b59b6",
    "#3daee9",
    "#1abc9c",
    "#1cdc9a",
    "#c9ce3b",
    "#fdbc4b",
    "#f39c1f",
    "#f47750",
    "#da4453",
)


def word_of(drawn: str) -> str:
    """The word for the colour *drawn* as ``#rrggbb``; the colour itself where there is none."""
    drawn = drawn.strip().lower()
    return _WORDS.get(drawn, "orange" if drawn == "#fdbc4b" else drawn if re.fullmatch(r"#[0-9a-f]{6}", drawn) else "")


def drawn_as(word: str) -> str:
    """``#rrggbb`` for a colour's *word* (or one that is that already); green where it is unknown."""
    word = word.strip().lower()
    return word if re.fullmatch(r"#[0-9a-f]{6}", word) else _DRAWN.get(word, _DRAWN["green"])


def category_of(word: str, categories: Mapping[int, str]) -> int:
    """The number of the category drawn in the colour *word*, or else of the first one."""
    drawn = drawn_as(word)
    return next((number for number, each in sorted(categories.items()) if each == drawn), min(categories, default=0))
