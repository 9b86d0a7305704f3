"""How wide and how high text is in a typeface: enough of TrueType (ISO/IEC 14496-22) to set lines that fit."""

from __future__ import annotations

import functools
import itertools
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

#: Share of the size that a letter takes in a typeface that cannot be read; on the wide side.
_GUESS = 0.62


@dataclass(frozen=True)
class Metrics:
    """The heights of a typeface in units of its size: *ascent* and *descent* of a line, *x_height*, *capital*.

    *family* is the name by which a renderer finds it; *reach* is how far above and below the baseline each glyph goes.
    """

    family: str = ""
    ascent: float = 0.95
    descent: float = 0.25
    x_height: float = 0.5
    capital: float = 0.7
    reach: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, eq=False)
class Typeface:
    """A typeface's letters: *advances* are their widths in units of its size, *glyphs* finds them by code point."""

    advances: Sequence[float]
    glyphs: dict[int, int]
    metrics: Metrics = field(default_factory=Metrics)

    def width(self, text: str) -> float:
        """How wide *text* is, in units of its size (without kerning, which only makes it narrower)."""
        return sum(self._letter(ord(letter)) for letter in text)

    def pixels(self, text: str, size: int) -> float:
        """How wide *text* is drawn at *size*: older FreeType layouts round every letter to whole pixels."""
        letters = [self._letter(ord(letter)) * size for letter in text]
        return max(sum(letters), sum(round(width) for width in letters))

    def ink(self, text: str) -> tuple[float, float]:
        """How far above and below the baseline the letters of *text* go, in units of its size.

        A typeface whose outlines cannot be read is taken to reach from the baseline to the top of its capitals.
        """
        reach = self.metrics.reach
        drawn = [reach[glyph] for letter in text if (glyph := self.glyphs.get(ord(letter), 0)) < len(reach)]
        drawn = [(above, below) for above, below in drawn if (above, below) != (0, 0)]
        if not drawn:
            return self.metrics.capital, 0.0
        return max(above for above, _ in drawn), max(below for _, below in drawn)

    def missing(self, text: str) -> str:
        """The letters of *text* that it does not have, each once; nothing is known of one that cannot be read."""
        lacking = (letter for letter in text if self.glyphs and not letter.isspace() and ord(letter) not in self.glyphs)
        return "".join(dict.fromkeys(lacking))

    def _letter(self, code: int) -> float:
        if not self.advances:
            return _GUESS
        glyph = self.glyphs.get(code, 0)
        return self.advances[min(glyph, len(self.advances) - 1)]


@functools.cache
def typeface(path: Path) -> Typeface:
    """The typeface in the TrueType or OpenType file at *path*; one that cannot be read has guessed widths."""
    try:
        return _read(path.read_bytes())
    except (OSError, struct.error, IndexError, KeyError, ValueError):
        return Typeface((), {})


def _read(data: bytes) -> Typeface:
    start = struct.unpack_from(">I", data, 12)[0] if data[:4] == b"ttcf" else 0
    count = struct.unpack_from(">H", data, start + 4)[0]
    tables = {}
    for number in range(count):
        tag, _, offset, _ = struct.unpack_from(">4sIII", data, start + 12 + 16 * number)
        tables[tag] = offset
    unit = struct.unpack_from(">H", data, tables[b"head"] + 18)[0]
    metrics = struct.unpack_from(">H", data, tables[b"hhea"] + 34)[0]
    advances = [struct.unpack_from(">H", data, tables[b"hmtx"] + 4 * n)[0] / unit for n in range(metrics)]
    return Typeface(advances, _glyphs(data, tables[b"cmap"]), _metrics(data, tables, unit))


def _metrics(data: bytes, tables: dict[bytes, int], unit: int) -> Metrics:
    """The heights that the tables OS/2 and glyf tell; what they do not tell is guessed."""
    if b"OS/2" not in tables:
        return Metrics(family=_family(data, tables.get(b"name", 0)))
    place = tables[b"OS/2"]
    version = struct.unpack_from(">H", data, place)[0]
    above, below = struct.unpack_from(">HH", data, place + 74)
    x_height, capital = struct.unpack_from(">hh", data, place + 86) if version >= 2 else (0, 0)
    known = Metrics()
    return Metrics(
        family=_family(data, tables.get(b"name", 0)),
        ascent=above / unit or known.ascent,
        descent=below / unit if above else known.descent,
        x_height=x_height / unit or known.x_height,
        capital=capital / unit or known.capital,
        reach=_reach(data, tables, unit) if b"glyf" in tables else (),
    )


def _reach(data: bytes, tables: dict[bytes, int], unit: int) -> tuple[tuple[float, float], ...]:
    """How far above and below the baseline each glyph goes; (0, 0) for one without ink."""
    count = struct.unpack_from(">H", data, tables[b"maxp"] + 4)[0]
    long = struct.unpack_from(">h", data, tables[b"head"] + 50)[0]
    form, factor = (f">{count + 1}I", 1) if long else (f">{count + 1}H", 2)
    places = struct.unpack_from(form, data, tables[b"loca"])
    reach = []
    for first, after in itertools.pairwise(places):
        low, high = (0, 0)
        if after > first:
            low, high = (struct.unpack_from(">h", data, tables[b"glyf"] + first * factor + at)[0] for at in (4, 8))
        reach.append((max(high, 0) / unit, max(-low, 0) / unit))
    return tuple(reach)


def _family(data: bytes, place: int) -> str:
    """The family's name in Windows' encoding (name 1 of platform 3), by which renderers find it; "" where it is not."""
    count, texts = struct.unpack_from(">HH", data, place + 2) if place else (0, 0)
    for number in range(count):
        platform, _, _, name, length, at = struct.unpack_from(">6H", data, place + 6 + 12 * number)
        if (platform, name) == (3, 1):
            start = place + texts + at
            return data[start : start + length].decode("utf-16-be", "replace")
    return ""


def _glyphs(data: bytes, cmap: int) -> dict[int, int]:
    """{code point: glyph} from the first Unicode subtable in format 4 or 12."""
    for number in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        platform, _, offset = struct.unpack_from(">HHI", data, cmap + 4 + 8 * number)
        place = cmap + offset
        form = struct.unpack_from(">H", data, place)[0]
        if platform in (0, 3) and form == 4:
            return _format_4(data, place)
        if platform in (0, 3) and form == 12:
            return _format_12(data, place)
    raise ValueError("no Unicode table")


def _format_4(data: bytes, place: int) -> dict[int, int]:
    segments = struct.unpack_from(">H", data, place + 6)[0] // 2
    ends = struct.unpack_from(f">{segments}H", data, place + 14)
    starts = struct.unpack_from(f">{segments}H", data, place + 16 + 2 * segments)
    deltas = struct.unpack_from(f">{segments}H", data, place + 16 + 4 * segments)
    ranges = place + 16 + 6 * segments
    offsets = struct.unpack_from(f">{segments}H", data, ranges)
    glyphs: dict[int, int] = {}
    for n, (first, last) in enumerate(zip(starts, ends, strict=True)):
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code
            if offsets[n]:
                glyph = struct.unpack_from(">H", data, ranges + 2 * n + offsets[n] + 2 * (code - first))[0]
            glyphs[code] = (glyph + deltas[n]) & 0xFFFF if glyph or not offsets[n] else 0
    return glyphs


def _format_12(data: bytes, place: int) -> dict[int, int]:
    glyphs: dict[int, int] = {}
    for n in range(struct.unpack_from(">I", data, place + 12)[0]):
        first, last, glyph = struct.unpack_from(">III", data, place + 16 + 12 * n)
        if last - first > 0x10000:
            raise ValueError("a group that large is damage")
        glyphs.update({code: glyph + code - first for code in range(first, last + 1)})
    return glyphs
