"""Whether a decoder's buffer runs dry: segments that were each kept within a rate may break it where they meet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path

from twopop.errors import InputError
from twopop.picture.opening import open_media, picture_stream
from twopop.time import Rate, floor

#: How full an encoder takes the buffer to be before the first picture (x264's ``vbv-init``).
FILLED = Fraction(9, 10)

_UNITS = {"": 1, "k": 1000, "M": 1_000_000, "G": 1_000_000_000}


def limits(options: Mapping[str, str]) -> tuple[int, int] | None:
    """The most bits a second and the buffer in bits that an encoder's *options* name; None when they name none.

    Raises InputError for what is no number.
    """
    if "maxrate" not in options or "bufsize" not in options:
        return None
    return _bits(options["maxrate"]), _bits(options["bufsize"])


def _bits(said: str) -> int:
    """*said* as ffmpeg reads it: ``20M``, ``1500k``, ``17825792``."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([kMG]?)", said)
    if match is None:
        raise InputError(f"{said!r} is no bit rate.", remedy="Write it as 20M, 1500k or 20000000.")
    return floor(Fraction(match[1]) * _UNITS[match[2]])


def sizes(path: Path) -> list[int]:
    """The bytes of each picture in the file at *path*, in the order of decoding."""
    with open_media(path) as container:
        stream = picture_stream(container)
        return [packet.size for packet in container.demux(stream) if packet.size] if stream else []


def runs_dry(pictures: Iterable[int], rate: Rate, most: int, buffer: int) -> int | None:
    """The first picture (from 0, in the order of decoding) that a decoder does not have in time; None for none.

    *pictures* are in bytes. A leaky bucket of *buffer* bits, FILLED at first: each picture takes its bits out of it,
    then a frame's share of *most* bits a second flows in, and what does not fit is lost (ITU-T H.264 annex C, as a
    variable rate uses it).
    """
    held = buffer * FILLED
    share = Fraction(most) / rate
    for number, size in enumerate(pictures):
        held -= size * 8
        if held < 0:
            return number
        held = min(held + share, Fraction(buffer))
    return None
