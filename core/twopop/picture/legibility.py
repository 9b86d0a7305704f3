"""How legible supers are, measured on the encoded picture: letters against their bar, in every frame.

The plan only says where to look. Ink is what is brighter than half-way between the bar and the brightest letters; the
size of the letters follows from how many lines their ink is high. Contrast is the ratio of relative luminances of WCAG
2.2 (definitions of "contrast ratio" and "relative luminance"), with the light that a display makes of the signal.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, floor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from twopop.picture import tones, tools
from twopop.picture.facts import SuperSeen
from twopop.picture.opening import url
from twopop.picture.recipe import Plate, Segment, Whole, parts_of
from twopop.picture.typeface import Typeface, typeface
from twopop.specs import Colour
from twopop.variants.model import Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Picture = NDArray[np.float64]

#: Less contrast than this is nothing that could be read: there is no text.
_SEEN = 1.5

#: Rows and columns beside a letter that a codec may blur.
_BLUR = 3

#: cd/m2 of reference white (ITU-R BT.2408-7), and the system gamma of HLG on a display of 1000 cd/m2 (BT.2100-2).
_WHITE, _HLG_GAMMA = 203, 1.2


def read_supers(picture: Segment | Whole, path: Path) -> dict[str, Any]:
    """What is seen of the supers of *picture*, which was encoded into *path*, as a store's entry keeps it.

    One list for each of its parts, in the order of the part's overlays; nothing where there are no supers.
    """
    parts = parts_of(picture)
    if not any(_plates(part) for part in parts):
        return {}
    return {"supers": msgspec.to_builtins(_look(parts, path))}


def seen_of(kept: dict[str, Any]) -> list[list[SuperSeen]]:
    """What a store's entry says was seen of supers, by part; empty when none was looked for."""
    try:
        return msgspec.convert(kept.get("supers", []), list[list[SuperSeen]])
    except msgspec.ValidationError:
        return []


def joined(stretches: Sequence[tuple[int, SuperSeen]]) -> SuperSeen:
    """What was seen of one super in stretches that begin at these frames, as of one."""
    spans: list[Span] = []
    for start, seen in stretches:
        for span in seen.frames:
            begin, end = span.start + start, span.stop + start
            if spans and spans[-1].stop == begin:
                begin = spans.pop().start
            spans.append(Span(begin, end))
    there = [seen for _, seen in stretches if seen.frames]
    if not there:
        return SuperSeen()
    sides = list(zip(*(seen.box for seen in there), strict=True))
    return SuperSeen(
        frames=tuple(spans),
        x_height=min(seen.x_height for seen in there),
        capital=min(seen.capital for seen in there),
        box=(min(sides[0]), min(sides[1]), max(sides[2]), max(sides[3])),
        contrast=min(seen.contrast for seen in there),
    )


def _plates(part: Segment) -> list[Plate]:
    return [overlay.plate for overlay in part.overlays if overlay.kind == "super" and overlay.plate is not None]


def _look(parts: Sequence[Segment], path: Path) -> list[list[SuperSeen]]:
    import av

    colour = parts[0].encoding.colour
    found: list[list[list[tuple[int, SuperSeen]]]] = [[[] for _ in _plates(part)] for part in parts]
    where = [(number, frame) for number, part in enumerate(parts) for frame in range(part.frames)]
    faces = [typeface(tools.default_font(part.font)) for part in parts]
    with av.open(url(path)) as container:
        container.streams.video[0].thread_type = "AUTO"
        for (number, frame), picture in zip(where, container.decode(video=0), strict=True):
            for place, plate in enumerate(_plates(parts[number])):
                seen = _measured(_signal(picture, plate, colour), plate, faces[number], colour)
                found[number][place].append((frame, seen))
    return [[joined(each) for each in part] for part in found]


def _signal(picture: Any, plate: Plate, colour: Colour) -> Picture:
    """The luma behind *plate* in *picture* as signal: black is 0 and white 1."""
    import numpy as np

    full = colour.range == "pc"
    if not picture.format.name.startswith(("yuv", "gray")):
        picture, full = picture.reformat(format="yuv444p"), False
    deep = picture.format.components[0].bits
    plane = picture.planes[0]
    codes = np.frombuffer(plane, np.uint16 if deep > 8 else np.uint8).reshape(plane.height, -1)
    left, top, right, bottom = plate.bar
    part = codes[top:bottom, left:right].astype(float)
    lowest, span = (0, 2**deep - 1) if full else (16 * 2 ** (deep - 8), 219 * 2 ** (deep - 8))
    signal: Picture = (part - lowest) / span
    return signal


def _measured(bar: Picture, plate: Plate, face: Typeface, colour: Colour) -> SuperSeen:
    """What one picture shows of *plate*, whose *bar* is given."""
    import numpy as np

    left, top, _, bottom = plate.bar
    edge = max(1, floor(plate.size * 0.35) - _BLUR)
    inner = bar[edge:-edge, edge:-edge]
    rim = np.concatenate([bar[:edge].ravel(), bar[-edge:].ravel(), bar[:, :edge].ravel(), bar[:, -edge:].ravel()])
    dark, bright = np.median(rim), np.quantile(inner, 0.995)
    ink = bar > (dark + bright) / 2
    ink[:edge], ink[-edge:], ink[:, :edge], ink[:, -edge:] = False, False, False, False
    text, ground = _lit(np.quantile(bar[ink], 0.9) if ink.any() else dark, colour), _lit(np.quantile(rim, 0.99), colour)
    contrast = (text + 0.05) / (ground + 0.05)
    sizes, found = [], np.zeros_like(ink)
    for line in plate.lines:
        rows = _rows(line.baseline - top, plate.size, bottom - top)
        here = np.flatnonzero(ink[rows].sum(axis=1) > 1)
        if contrast < _SEEN or not len(here):
            return SuperSeen()
        found[rows] |= ink[rows]
        sizes.append(_height(bar[rows], here, dark, bright) / sum(face.ink(line.text)))
    across, down = np.flatnonzero(found.any(axis=0)), np.flatnonzero(found.any(axis=1))
    metrics, size = face.metrics, float(min(sizes))
    return SuperSeen(
        frames=(Span(0, 1),),
        x_height=round(size * metrics.x_height, 2),
        capital=round(size * metrics.capital, 2),
        box=(left + int(across[0]), top + int(down[0]), left + int(across[-1]) + 1, top + int(down[-1]) + 1),
        contrast=round(float(contrast), 2),
    )


def _height(rows: Picture, inked: NDArray[np.intp], dark: float, bright: float) -> float:
    """How many rows high ink is that covers the rows *inked*: one that a letter's edge half fills counts as a half."""
    import numpy as np

    first, last = max(0, inked[0] - 1), inked[-1] + 1
    filled = np.clip((rows[first : last + 1].max(axis=1) - dark) / (bright - dark), 0, 1)
    return float(filled[filled > 0.1].sum())


def _rows(baseline: int, size: float, height: int) -> slice:
    """Where the ink of the line on *baseline* can be: as far as half-way to its neighbours."""
    return slice(max(0, floor(baseline - size * 0.95)), min(height, floor(baseline + size * 0.25)))


def _lit(signal: Any, colour: Colour) -> float:
    """The light that a display makes of *signal*, where reference white is 1."""
    level = min(max(float(signal), 0.0), 1.0)
    if colour.transfer == "smpte2084":
        return float(tones.light_of(level)) / _WHITE
    if colour.transfer == "arib-std-b67":
        return float((_scene(level) / _scene(0.75)) ** _HLG_GAMMA)
    return float(level**2.4)  # ITU-R BT.1886


def _scene(signal: float) -> float:
    """Scene light of an HLG *signal* (ITU-R BT.2100-2, table 5)."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    return signal**2 / 3 if signal <= 0.5 else (exp((signal - c) / a) + b) / 12
