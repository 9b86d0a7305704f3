"""MLT's profile: the rate, raster, pixel shape and colour space that all times and pictures of a project count in."""

from __future__ import annotations

import re
from fractions import Fraction
from xml.etree.ElementTree import Element

import msgspec

from twopop.errors import InputError
from twopop.time import Rate


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """How a project counts and draws: *rate*, *size* in pixels, *pixel* width to height, *progressive* or in fields.

    *colorspace* is MLT's word: 601, 709, 2020 or 240.
    """

    rate: Rate
    size: tuple[int, int]
    pixel: Fraction = Fraction(1)
    progressive: bool = True
    colorspace: int = 709

    @property
    def square(self) -> tuple[int, int]:
        """The raster that shows the same in square pixels, its width a whole even number."""
        width, height = self.size
        return (width, height) if self.pixel == 1 else (round(width * self.pixel / 2) * 2, height)

    def attributes(self) -> dict[str, str]:
        """The profile in MLT's own words, for a ``<profile>`` element or a profile file."""
        shape = Fraction(self.size[0], self.size[1]) * self.pixel
        return {
            "description": f"{self.size[0]}x{self.size[1]} {self.rate}",
            "width": str(self.size[0]),
            "height": str(self.size[1]),
            "progressive": str(int(self.progressive)),
            "sample_aspect_num": str(self.pixel.numerator),
            "sample_aspect_den": str(self.pixel.denominator),
            "display_aspect_num": str(shape.numerator),
            "display_aspect_den": str(shape.denominator),
            "frame_rate_num": str(self.rate.numerator),
            "frame_rate_den": str(self.rate.denominator),
            "colorspace": str(self.colorspace),
        }

    def text(self) -> str:
        """The profile as the text of a profile file."""
        return "".join(f"{name}={value}\n" for name, value in self.attributes().items())


#: What melt takes where nothing says anything is PAL; here only the raster of it, the rate is asked for.
_UNSAID = Profile(rate=Rate(25), size=(1920, 1080))
_RATES = {"24": Rate(24), "25": Rate(25), "30": Rate(30), "50": Rate(50), "60": Rate(60)}
_BROADCAST = {"2398": 24000, "23976": 24000, "2997": 30000, "5994": 60000}
_PAL, _NTSC = (720, 576), (720, 480)


def profile_of(root: Element, rate: Rate | None = None) -> tuple[Profile, bool]:
    """The profile that the project *root* says, and whether it says its rate; else *rate*, or 25 frames a second.

    Raises InputError for a profile that cannot be one.
    """
    element = root.find("profile")
    own = dict(element.attrib) if element is not None else {}
    named = _named(own.get("name") or root.get("profile") or "")
    base = named or msgspec.structs.replace(_UNSAID, rate=rate or _UNSAID.rate)
    if element is None or not _whole(own, "frame_rate_num"):
        return base, named is not None
    try:
        return _written(own, base), True
    except (InputError, ZeroDivisionError):
        raise InputError("The profile in the project is no profile: its rate or its raster cannot be.") from None


def _written(own: dict[str, str], base: Profile) -> Profile:
    width, height = _whole(own, "width") or base.size[0], _whole(own, "height") or base.size[1]
    if not (0 < width <= 65536 and 0 < height <= 65536):
        raise InputError("no raster")
    pixel = Fraction(_whole(own, "sample_aspect_num") or 1, _whole(own, "sample_aspect_den") or 1)
    return Profile(
        rate=Rate(_whole(own, "frame_rate_num"), _whole(own, "frame_rate_den") or 1),
        size=(width, height),
        pixel=pixel if Fraction(1, 10) < pixel < 10 else Fraction(1),
        progressive=own.get("progressive", "1").strip() != "0",
        colorspace=_whole(own, "colorspace") or base.colorspace,
    )


def _whole(own: dict[str, str], name: str) -> int:
    text = own.get(name, "").strip()
    return int(text) if re.fullmatch(r"\d{1,9}", text) else 0


def _named(name: str) -> Profile | None:
    """The profile that one of MLT's own profile names says, as far as the name tells (``atsc_1080p_2997``)."""
    name = name.strip().lower()
    if re.fullmatch(r"(dv|cif|cvd|vcd|svcd|square|qcif).*_(pal|ntsc)(_wide)?", name):
        pal = "pal" in name
        return Profile(
            rate=Rate(25) if pal else Rate(30000, 1001),
            size=_PAL if pal else _NTSC,
            pixel=(Fraction(16, 15) if pal else Fraction(8, 9)) * (Fraction(4, 3) if "wide" in name else 1),
            progressive=False,
            colorspace=601,
        )
    match = re.fullmatch(r"(?:\w+?_)?(\d{3,4})([pi])_(\d{2,5})", name)
    if match is None:
        return None
    lines, scan, word = int(match[1]), match[2], match[3]
    rate = _RATES.get(word) or (Rate(_BROADCAST[word], 1001) if word in _BROADCAST else None)
    if rate is None:
        return None
    if scan == "i" and rate > 30:
        rate = Rate(rate / 2)
    return Profile(rate=rate, size=(lines * 16 // 9, lines), progressive=scan == "p")
