"""Animated WebP read by its container: the libraries at hand show only still ones.

Google's "WebP Container Specification": RIFF chunks, VP8X with the canvas, one ANMF for each frame with its duration.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from twopop.errors import InputError
from twopop.picture.facts import PictureFacts
from twopop.specs import Colour
from twopop.time import Rate

_ANIMATION = 0x02


def is_animated(path: Path) -> bool:
    """Whether *path* begins as an animated WebP does."""
    with path.open("rb") as file:
        head = file.read(21)
    return head[:4] == b"RIFF" and head[8:16] == b"WEBPVP8X" and bool(head[20:] and head[20] & _ANIMATION)


def animated_webp(path: Path) -> PictureFacts:
    """The picture of the animated WebP at *path*; raises InputError when it is cut off or has no frame."""
    content = path.read_bytes()
    canvas, durations, alpha = (0, 0), [], False
    for name, body in _chunks(content, path):
        if name == b"VP8X":
            canvas = (_number(body[4:7]) + 1, _number(body[7:10]) + 1)
        elif name == b"ANMF":
            durations.append(_number(body[12:15]))
            alpha = alpha or body[16:20] != b"VP8 "
    if not durations or not all(durations):
        raise InputError("This animated WebP has no frame, or one without a duration.", where=str(path))
    return PictureFacts(
        index=0,
        codec="webp",
        size=canvas,
        rate=Rate(1000 * len(durations), sum(durations)),
        frames=len(durations),
        pixel_format="yuva420p" if alpha else "yuv420p",  # the head's flag is set whatever is in the frames
        colour=Colour(matrix="", primaries="", transfer=""),
        uniform=len(set(durations)) == 1,
        intra=False,
    )


def _chunks(content: bytes, path: Path) -> Iterator[tuple[bytes, bytes]]:
    end = 8 + int.from_bytes(content[4:8], "little")
    place = 12
    while place + 8 <= end:
        length = int.from_bytes(content[place + 4 : place + 8], "little")
        if place + 8 + length > len(content):
            raise InputError("The file is cut off: its end is missing.", where=str(path))
        yield content[place : place + 4], content[place + 8 : place + 8 + length]
        place += 8 + length + length % 2


def _number(raw: bytes) -> int:
    return int.from_bytes(raw, "little")
