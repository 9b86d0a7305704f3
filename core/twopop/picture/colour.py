"""Colour: what a picture is, what it becomes, and what a conversion has to be told so that pixels and tags agree.

All conversions are of display light: what a reference display shows of the source is what one shows of the target.

* SDR (BT.601, BT.709, BT.2020, and sRGB graphics) is shown by BT.1886 (gamma 2.4). Nothing is bent between these: only
  matrix, range and primaries are converted.
* SDR in HDR: its white lies at the reference white of ITU-R BT.2408, 2.1: 203 cd/m2, which is 75 % HLG and 58 % PQ.
* PQ and HLG: by ITU-R BT.2100-2, tables 4 and 5, with the HLG display at 1000 cd/m2, where its system gamma is 1.2.
* HDR in SDR, and brighter PQ in darker: by the tone curve of ``tones``, to 203 cd/m2 or to the target's peak.

Colours outside the target's gamut are clipped (ITU-R BT.2407, 2).
"""

from __future__ import annotations

from typing import Any

from twopop.specs import Colour
from twopop.time import Rate

#: Reference white of HDR in cd/m2: ITU-R BT.2408, table 1.
WHITE = 203
#: Nominal peak of HLG, and of PQ that does not say its own, in cd/m2: ITU-R BT.2100-2, table 5; practice for PQ.
PEAK = 1000

#: Transfer functions of display-referred SDR: all are shown alike, so none is bent into another.
_SDR = frozenset({"bt709", "smpte170m", "bt470m", "bt470bg", "smpte240m", "iec61966-2-1", "bt2020-10", "bt2020-12"})
_SDR |= {"iec61966-2-4", "bt1361e"}  # the curve of BT.709, continued outside of 0 to 1
_HDR = frozenset({"smpte2084", "arib-std-b67"})
_MATRICES = frozenset({"gbr", "bt709", "fcc", "bt470bg", "smpte170m", "smpte240m", "ycgco", "bt2020nc", "bt2020c"})
_PRIMARIES = frozenset({"bt709", "bt470m", "bt470bg", "smpte170m", "smpte240m", "film", "bt2020", "smpte428"})
_PRIMARIES |= {"smpte431", "smpte432", "ebu3213"}

#: What HDR is made of; other tags beside PQ or HLG contradict them.
_WIDE = (frozenset({"gbr", "bt2020nc", "bt2020c"}), frozenset({"bt2020", "smpte431", "smpte432"}))

#: Where two picture rates are those of 625 lines.
_RATES_625 = frozenset({Rate(25), Rate(50)})


def is_hdr(colour: Colour) -> bool:
    """Whether the pictures are PQ or HLG."""
    return colour.transfer in _HDR


def is_rgb(pixel_format: str) -> bool:
    """Whether pictures of this format are, or become, RGB: all without a matrix (palettes and greys too)."""
    return pixel_format.startswith(("rgb", "bgr", "gbr", "argb", "abgr", "0rgb", "0bgr", "x2", *_GREYS))


_GREYS = ("gray", "mono", "ya", "pal8")


def settled(told: Colour, size: tuple[int, int], rate: Rate, pixel_format: str) -> Colour:
    """The colour of a source with nothing left open: what it has *told*, then what that implies, then its raster.

    *size* is the picture's (upright or not). PQ and HLG are BT.2020, a matrix and primaries imply one another, and what
    says nothing is BT.601 up to 1024x576 (625 lines at 25 and 50 frames a second, else 525), else BT.709.
    """
    rgb = is_rgb(pixel_format)
    family = _family(told, size, rate, rgb)
    matrices = {"bt2020": "bt2020nc", "smpte432": "bt2020nc", "smpte431": "bt2020nc"}
    grey = pixel_format.startswith(_GREYS)  # made RGB by ``format``, which makes it full range
    return Colour(
        matrix="gbr" if rgb else told.matrix or matrices.get(family, family),
        primaries=told.primaries or family,
        transfer=told.transfer or ("bt709" if family not in ("smpte170m", "bt470bg") else "smpte170m"),
        range="pc" if grey else told.range,
        chroma=told.chroma,
        peak=told.peak or (PEAK if is_hdr(told) else 0),
    )


def _family(told: Colour, size: tuple[int, int], rate: Rate, rgb: bool) -> str:
    """The primaries that the tags there are stand for, or the raster."""
    if told.primaries:
        return told.primaries
    if is_hdr(told):
        return "bt2020"
    by_matrix = {"bt2020c": "bt2020", "bt2020nc": "bt2020", "gbr": "bt709", "ycgco": "bt709", "fcc": "bt470m"}
    if told.matrix and not rgb:
        return by_matrix.get(told.matrix, told.matrix)
    small = min(size) <= 576 and max(size) <= 1024
    if not small or rgb:
        return "bt709"
    return "bt470bg" if rate in _RATES_625 else "smpte170m"


def unsaid(told: Colour, pixel_format: str) -> tuple[str, ...]:
    """What a source does not say of its colour, in words."""
    named = (
        ("matrix", told.matrix or is_rgb(pixel_format)),
        ("primaries", told.primaries),
        ("transfer", told.transfer),
    )
    return tuple(name for name, said in named if not said)


def contradiction(told: Colour, pixel_format: str) -> str:
    """What in the tags of a source does not go together, in words, or nothing."""
    if is_hdr(told):
        narrow = {told.matrix} - _WIDE[0] | {told.primaries} - _WIDE[1]
        if narrow - {""}:
            return f"{words(told)}: {_NAMES[told.transfer]} has the primaries and the matrix of BT.2020"
        if is_rgb(pixel_format) or any(bits in pixel_format for bits in ("10", "12", "14", "16", "f32")):
            return ""
        return f"{_NAMES[told.transfer]} in 8 bit, which is too coarse for it"
    pairs = {"bt2020nc": {"bt2020"}, "bt2020c": {"bt2020"}}
    wanted = pairs.get(told.matrix, {told.primaries})
    if told.primaries and told.primaries not in wanted:
        return f"{words(told)}: this matrix is that of BT.2020"
    return ""


def problem(source: Colour, target: Colour) -> str:
    """Why *source* cannot be turned into *target*, in words, or nothing."""
    for colour, side in ((source, "it is"), (target, "the spec wants")):
        strange = {colour.matrix} - _MATRICES | {colour.primaries} - _PRIMARIES
        strange |= {colour.transfer} - _SDR - _HDR
        if strange:
            return f"{side} {' and '.join(sorted(strange))}, for which there is no conversion here"
    return ""


_NAMES = {"smpte2084": "PQ", "arib-std-b67": "HLG", "bt2020nc": "BT.2020", "bt2020c": "BT.2020 (constant luminance)"}
_NAMES |= {"bt2020": "BT.2020", "bt709": "BT.709", "smpte170m": "BT.601 (525 lines)", "bt470bg": "BT.601 (625 lines)"}
_NAMES |= {"smpte432": "P3-D65", "smpte431": "P3-DCI", "iec61966-2-1": "sRGB", "gbr": "RGB"}


def words(colour: Colour) -> str:
    """*colour* for people: ``BT.2020 PQ, limited range``."""
    parts = [colour.matrix, colour.primaries, colour.transfer]
    named = list(dict.fromkeys(_NAMES.get(part, part) for part in parts if part))
    span = "full" if colour.range == "pc" else "limited"
    return f"{', '.join(named) or 'nothing'}, {span} range"


# -- conversions -------------------------------------------------------------------------------------------------------


def tone_mapped(source: Colour, target: Colour) -> int:
    """The peak in cd/m2 to which *source* has to be tone mapped on its way to *target*, or 0."""
    if not is_hdr(source):
        return 0
    most = target_peak(target)
    return most if (source.peak or PEAK) > most else 0


def target_peak(target: Colour) -> int:
    """The most that *target* shows, in cd/m2."""
    if not is_hdr(target):
        return WHITE
    return PEAK if target.transfer == "arib-std-b67" else target.peak or 10_000


def light(primaries: str = "bt2020") -> Colour:
    """Display light as it is tone mapped: RGB in PQ."""
    return Colour(matrix="gbr", primaries=primaries, transfer="smpte2084", range="pc")


def graphics(target: Colour) -> Colour:
    """RGB with the primaries and the transfer of *target*: what graphics are scaled and faded in."""
    return Colour(matrix="gbr", primaries=target.primaries, transfer=target.transfer, range="pc", peak=target.peak)


#: Colours as a person writes them (``#rrggbb``): those of an SDR picture.
RGB = Colour(matrix="gbr", primaries="bt709", transfer="bt709", range="pc")


def white(target: Colour) -> str:
    """The colour of white letters as ffmpeg's drawing filters take it: the target's code for reference white."""
    level = {"smpte2084": 0.5807, "arib-std-b67": 0.7499}.get(target.transfer, 1.0)  # 203 cd/m2: BT.2408, table 1
    return f"0x{round(level * 255):02x}" + f"{round(level * 255):02x}" * 2


def conversion(source: Colour, target: Colour) -> dict[str, str]:
    """The options of ``zscale`` that turn *source* into *target*, every one said.

    *npl* says what light 1.0 is: SDR white. Without *agamma* the system gamma of HLG is applied to the luminance, as
    BT.2100 has it, and not to each component.
    """
    bent = is_hdr(source) or is_hdr(target)
    return {
        "matrixin": source.matrix,
        "rangein": source.range,
        "primariesin": source.primaries,
        "transferin": _curve(source) if bent else target.transfer,
        "matrix": target.matrix,
        "range": target.range,
        "primaries": target.primaries,
        "transfer": _curve(target) if bent else target.transfer,
        "chromal": target.chroma or "left",
        "npl": str(WHITE),
        "agamma": "0",
    }


def _curve(colour: Colour) -> str:
    """The transfer as ``zscale`` is told it: every SDR is BT.1886, which is what ``bt709`` means to it."""
    return colour.transfer if is_hdr(colour) else "bt709"


def plain_conversion(source: Colour, target: Colour) -> dict[str, str]:
    """The same for ``scale``, for an ffmpeg without ``zscale``: matrix and range only."""
    names = {"bt2020nc": "bt2020", "bt2020c": "bt2020", "bt470bg": "bt601", "smpte170m": "bt601"}
    options: dict[str, str] = {"in_range": source.range, "out_range": target.range}
    for side, colour in (("in", source), ("out", target)):
        if colour.matrix != "gbr":
            options[f"{side}_color_matrix"] = names.get(colour.matrix, colour.matrix)
    return options


def tags(colour: Colour) -> dict[str, Any]:
    """The options of ``setparams`` that tag pictures as *colour*."""
    return {
        "field_mode": "prog",
        "range": colour.range,
        "color_primaries": colour.primaries,
        "color_trc": colour.transfer,
        "colorspace": colour.matrix,
    }
