"""How wide text is in a typeface: enough of TrueType (ISO/IEC 14496-22) to break titles into lines that fit."""

from __future__ import annotations

import functools
import struct
from collections.abc import Sequence
from pathlib import Path

#: Share of the size that a letter takes in a typeface that cannot be read; on the wide side.
_GUESS = 0.62


class Typeface:
    """The widths of a typeface's letters, in units of its size."""

    def __init__(self, advances: Sequence[float], glyphs: dict[int, int]) -> None:
        self._advances = advances
        self._glyphs = glyphs

    def width(self, text: str) -> float:
        """How wide *text* is, in units of its size (without kerning, which only makes it narrower)."""
        return sum(self._letter(ord(letter)) for letter in text)

    def pixels(self, text: str, size: int) -> float:
        """How wide *text* is drawn at *size*: older FreeType layouts round every letter to whole pixels."""
        letters = [self._letter(ord(letter)) * size for letter in text]
        return max(sum(letters), sum(round(width) for width in letters))

    def _letter(self, code: int) -> float:
        if not self._advances:
            return _GUESS
        glyph = self._glyphs.get(code, 0)
        return self._advances[min(glyph, len(self._advances) - 1)]


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
    return Typeface(advances, _glyphs(data, tables[b"cmap"]))


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
