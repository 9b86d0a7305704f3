"""Lengths and moves in words."""

from __future__ import annotations

from twopop.timeline.program import Dissolve


def frames_words(frames: int, *, signed: bool = False) -> str:
    """``6 frames``; with *signed* also which way: ``6 frames later``."""
    words = f"{abs(frames)} frame{'' if abs(frames) == 1 else 's'}"
    if signed:
        words += " later" if frames > 0 else " earlier"
    return words


def span_words(before: Dissolve, after: Dissolve) -> str:
    """How the place of a dissolve changed."""
    one, two = before.stop - before.start, after.stop - after.start
    if one != two:
        return f"it was {frames_words(one)}"
    return "and lies elsewhere on its cut"
