"""What rendering a segment costs: work, memory, and whether looks of one stretch should share a decode.

Figures are rough and measured (``bench/bench_sharing.py``, ffmpeg 9, 1080p). They order the work, tell how long it
will take until there is something to measure, and bound the memory; no byte depends on them.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from twopop.picture.recipe import Encoding, Plain, Segment, Take, Whole, depth, parts_of
from twopop.variants.model import CropPath

#: Processor seconds for a thousand megapixels, by encoder.
_WORK = {
    "libx264": 48.0, "libx265": 200.0, "libsvtav1": 90.0, "libaom-av1": 900.0, "prores_ks": 25.0, "prores": 12.0,
    "dnxhd": 10.0, "mpeg2video": 15.0, "png": 40.0, "tiff": 8.0, "exr": 12.0, "gif": 15.0,
}  # fmt: skip

#: How much of an encoder's work its presets leave, against "medium".
_PRESETS = {"ultrafast": 0.1, "superfast": 0.17, "veryfast": 0.27, "faster": 0.5, "fast": 0.75, "medium": 1.0}
_PRESETS |= {"slow": 1.6, "slower": 3.0, "veryslow": 6.0}

#: Processor seconds for a thousand megapixels of reading a source, and of scaling and converting a picture.
_READ, _SCALE = 7.0, 5.0

#: Encoders whose every picture stands alone hold a few pictures; the others hold those that they look ahead at.
_ALONE = frozenset({"prores_ks", "prores", "dnxhd", "png", "tiff", "exr", "rawvideo", "v210", "ffv1", "mjpeg"})
_AHEAD, _FEW = 60, 4

#: Bytes of an ffmpeg that does nothing yet, and pictures that a decoder and the queues behind it hold.
_BARE, _QUEUED = 45 << 20, 20


def work(picture: Segment | Whole) -> float:
    """Processor seconds, roughly, that rendering *picture* takes."""
    total = 0.0
    for part in parts_of(picture):
        read = sum(take.size[0] * take.size[1] for take in part.takes())
        made = part.size[0] * part.size[1]
        pictures = 1 + (part.over is not None)
        total += part.frames * (read * _READ + made * (pictures * _SCALE + _encoding(part.encoding))) / 1e9
    return total


def memory(pictures: Iterable[Segment | Whole]) -> int:
    """Bytes, roughly and rather too many, that one task holds while it renders *pictures*."""
    held = _BARE
    sources: dict[object, int] = {}
    for picture in pictures:
        parts, pixels = parts_of(picture), picture.size[0] * picture.size[1]
        kept = _FEW if picture.encoding.encoder in _ALONE else min(_AHEAD, picture.frames + _FEW)
        deep = 2 if depth(picture.encoding.pixel_format) > 8 else 1
        drawn = max(6 * _FEW * (2 if part.over else 1) for part in parts)
        held += pixels * (drawn + 3 * deep * kept) + (_BARE if len(parts) > 1 else 0)
        for part in parts:
            for take in part.takes():
                queued = part.frames if take.step < 0 else _QUEUED
                sources[take.path, take.first] = take.size[0] * take.size[1] * 4 * queued
        if len(parts) > 1:  # they are drawn one after another
            sources = {"largest": max(sources.values(), default=0)}
    return held + sum(sources.values())


def is_cheap(encoding: Encoding) -> bool:
    """Whether looks in *encoding* should be rendered from one decode.

    Sharing saves 5 to 33 % of the work. Encoders whose every picture stands alone hold next to nothing, so three of
    them in one process also take less memory than two processes. One that looks ahead holds dozens of pictures: three
    take more than two processes, and no more than the memory of two is what a run may have.
    """
    preset = dict(encoding.options).get("preset", "medium")
    return encoding.encoder in _ALONE or (encoding.encoder == "libx264" and preset in ("ultrafast", "superfast"))


def stretch(segment: Segment) -> tuple[object, ...] | None:
    """What two segments have in common that show the same frames; None for one that reads no media."""
    if not isinstance(segment.base, Take) and not isinstance(segment.over, Take):
        return None
    return segment.frames, segment.rate, _uncropped(segment.base), _uncropped(segment.over), segment.font


def _uncropped(picture: Take | Plain | None) -> Take | Plain | None:
    return msgspec.structs.replace(picture, crop=CropPath()) if isinstance(picture, Take) else picture


def _encoding(encoding: Encoding) -> float:
    preset = dict(encoding.options).get("preset", "medium")
    return _WORK.get(encoding.encoder, 30.0) * _PRESETS.get(preset, 1.0)
