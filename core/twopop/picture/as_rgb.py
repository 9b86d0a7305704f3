"""Pictures that end as RGB: drawn in YCbCr, which all of the graph knows, and made RGB in one step at the end.

They are drawn with as much chroma as luma and in 16 bit, so that the step loses nothing but what RGB cannot hold.
Linear pictures are the light of the display: BT.1886 (gamma 2.4) for SDR, with the display's white at 1.0.
"""

from __future__ import annotations

from typing import Any

import msgspec

from twopop.errors import StudioError
from twopop.picture import colour
from twopop.picture.recipe import Encoding
from twopop.picture.tools import Tools
from twopop.specs import Colour

_DRAWN = "yuv444p16le"

#: RGB formats of encoders, and the format of three planes that holds the same: ``zscale`` writes planes only.
_PLANES = {
    "rgb24": "gbrp",
    "bgr24": "gbrp",
    "rgb48be": "gbrp16le",
    "rgb48le": "gbrp16le",
    "gbrp": "gbrp",
    "gbrp10le": "gbrp10le",
    "gbrp12le": "gbrp12le",
    "gbrp16le": "gbrp16le",
    "gbrpf32le": "gbrpf32le",
}


def drawn(encoding: Encoding) -> Encoding:
    """In what pictures of *encoding* are drawn: itself, but for RGB."""
    if encoding.pixel_format not in _PLANES:
        return encoding
    return msgspec.structs.replace(encoding, pixel_format=_DRAWN, colour=_light(encoding.colour))


def _light(wanted: Colour) -> Colour:
    transfer = "bt709" if wanted.transfer == "linear" else wanted.transfer
    return msgspec.structs.replace(wanted, matrix="bt709", transfer=transfer, range="tv")


def as_rgb(stream: Any, encoding: Encoding, tools: Tools) -> Any:
    """*stream*, which is as ``drawn``, as *encoding* wants it; unchanged when that is not RGB.

    Raises StudioError for linear light when this ffmpeg has no ``zscale``.
    """
    planes, wanted = _PLANES.get(encoding.pixel_format), encoding.colour
    if planes is None:
        return stream
    told = {
        "transferin": _light(wanted).transfer,
        "primariesin": wanted.primaries,
        "matrixin": "bt709",
        "rangein": "tv",
    }
    told |= {"transfer": wanted.transfer, "primaries": wanted.primaries, "matrix": "gbr", "range": "pc"}
    if "zscale" in tools.filters:
        dither = {"dither": "error_diffusion"} if planes == "gbrp" else {}
        stream = stream.filter("zscale", agamma="false", **told, **dither)  # the curve itself, not a table of it
    elif wanted.transfer == "linear":
        raise StudioError(
            "This ffmpeg has no zscale, without which pictures cannot be made linear.",
            where=tools.path,
            remedy="Use the embedded ffmpeg, or one built with zimg.",
        )
    else:
        stream = stream.filter("scale", in_color_matrix="bt709", in_range="tv", out_range="pc", flags="accurate_rnd")
    stream = stream.filter("format", planes).filter("format", encoding.pixel_format)
    return stream.filter("setparams", **colour.tags(wanted))
