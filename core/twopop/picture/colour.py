"""Colour: what a conversion has to be told, so that pixels and tags agree."""

from __future__ import annotations

from twopop.picture.recipe import Take
from twopop.specs import Colour

#: Transfer functions of display-referred SDR: graphics and video of these are shown alike, so none is bent into
#: another. Only the matrix, the range and the primaries are converted between them.
_SDR = frozenset({"", "bt709", "smpte170m", "bt470m", "bt470bg", "smpte240m", "iec61966-2-1", "bt2020-10", "bt2020-12"})


def assumed(take: Take, *, rgb: bool) -> Colour:
    """The colour of *take* with nothing left open: untagged SD (up to 576 lines) is BT.601, all else BT.709."""
    told = take.colour
    small = take.size[1] <= 576 and take.size[0] <= 1024
    plain = "smpte170m" if small and not rgb else "bt709"
    return Colour(
        matrix="gbr" if rgb else told.matrix or plain,
        primaries=told.primaries or "bt709",
        transfer=told.transfer or "bt709",
        range="pc" if rgb else told.range,
    )


def conversion(source: Colour, target: Colour) -> dict[str, str]:
    """The options of ``zscale`` that turn *source* into *target*, every one said."""
    transfer = target.transfer if source.transfer in _SDR and target.transfer in _SDR else source.transfer
    return {
        "matrixin": source.matrix,
        "rangein": source.range,
        "primariesin": source.primaries or target.primaries,
        "transferin": transfer,
        "matrix": target.matrix,
        "range": target.range,
        "primaries": target.primaries,
        "transfer": target.transfer,
    }


def plain_conversion(source: Colour, target: Colour) -> dict[str, str]:
    """The same for ``scale``, for an ffmpeg without ``zscale``: matrix and range only."""
    words = {"bt2020nc": "bt2020", "bt2020c": "bt2020", "bt470bg": "bt601", "smpte170m": "bt601"}
    options: dict[str, str] = {"in_range": source.range, "out_range": target.range}
    for side, colour in (("in", source), ("out", target)):
        if colour.matrix != "gbr":
            options[f"{side}_color_matrix"] = words.get(colour.matrix, colour.matrix)
    return options


def tags(colour: Colour) -> dict[str, str]:
    """The options of ``setparams`` that tag pictures as *colour*."""
    return {
        "field_mode": "prog",
        "range": colour.range,
        "color_primaries": colour.primaries,
        "color_trc": colour.transfer,
        "colorspace": colour.matrix,
    }
