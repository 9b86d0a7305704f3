"""Where titles and burn-ins stand, how large they are, and where their lines break: pure layout, no ffmpeg."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from twopop.picture.typeface import Typeface

#: Title safe area: 90 % of width and height (SMPTE ST 2046-1).
_SAFE = 0.9

#: Titles are centred in the part of the lower third that is safe; what is drawn over the picture keeps clear of a
#: timecode burnt in below LOWEST (a share of the height).
_MIDDLE = (2 / 3 + (1 + _SAFE) / 2) / 2
LOWEST = 0.865

#: What is drawn over the picture keeps clear of a name that is burnt in above this (a share of the height).
HIGHEST = 0.125

_TITLE_LINES = 3


@dataclass(frozen=True)
class Line:
    """One line of text: its *size*, where it begins (*x*) and where its *baseline* lies, in pixels."""

    text: str
    size: int
    x: int
    baseline: int


def title(text: str, face: Typeface, raster: tuple[int, int]) -> list[Line]:
    """*text* centred in the lower third inside title safe, broken and, if need be, shrunk to the raster's width."""
    width, height = raster
    room = width * _SAFE
    size = min(height * 0.065, width * 0.085)
    paragraphs = [clean(part) for part in text.splitlines()]
    while True:
        lines = [line for part in paragraphs for line in broken(part, face, room / size)]
        fits = all(face.pixels(line, round(size)) <= room for line in lines)
        if (fits and len(lines) <= max(_TITLE_LINES, len(paragraphs)) and len(lines) * size * 1.2 < height / 3) or (
            size <= 8
        ):
            break
        size *= 0.93
    leading = size * 1.2
    middle = min(height * _MIDDLE, height * LOWEST - len(lines) * leading / 2)
    top = middle - len(lines) * leading / 2
    return [
        Line(line, round(size), round((width - face.width(line) * round(size)) / 2), round(top + leading * n + size))
        for n, line in enumerate(lines)
    ]


def broken(text: str, face: Typeface, room: float) -> list[str]:
    """*text* in as few lines as fit the *room* (in units of the size); a single word is never broken."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and face.width(longer) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def name(text: str, face: Typeface, raster: tuple[int, int]) -> Line:
    """A burnt-in name at the top left, shrunk to the safe width and at last shortened in its middle."""
    width, height = raster
    room = width * _SAFE
    text = clean(" ".join(text.splitlines()))
    size = _burn_in_size(raster)
    size = max(min(size, int(room / max(face.width(text), 0.01))), min(size, 9))
    short = text
    while face.width(short) * size > room and len(text) > 4:
        middle = len(text) // 2
        text = text[:middle] + text[middle + 1 :]
        short = f"{text[: len(text) // 2]}…{text[len(text) // 2 :]}"
    return Line(short, size, round(width * (1 - _SAFE) / 2), round(height * (1 - _SAFE) / 2 + size))


def timecode(face: Typeface, raster: tuple[int, int]) -> Line:
    """The place of a running timecode at the bottom centre; its text is a sample of its width."""
    width, height = raster
    size = _burn_in_size(raster)
    sample = "00:00:00:00"
    return Line(
        sample, size, round((width - face.width(sample) * size) / 2), round(height * (1 + _SAFE) / 2 - size * 0.35)
    )


def _burn_in_size(raster: tuple[int, int]) -> int:
    return max(9, round(min(raster[1] * 0.045, raster[0] * 0.05)))


def clean(text: str) -> str:
    """*text* without control characters, which a typeface would show as boxes."""
    return "".join(" " if c == "\t" else c for c in text if c == "\t" or unicodedata.category(c) not in ("Cc", "Cs"))
