"""Crop geometry: which window of the source is seen in each frame."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction

import msgspec

from twopop.time import Rate, floor
from twopop.variants.model import CropKey, CropPath


class Window(msgspec.Struct, frozen=True, array_like=True):
    """A window of the picture in pixels, all even: 4:2:0 chroma has no odd places."""

    x: int
    y: int
    width: int
    height: int


def windows(path: CropPath, picture: tuple[int, int], aspect: Fraction, frames: int) -> list[Window]:
    """The window seen in each of *frames* frames of a *picture* (upright, in square pixels).

    It is the largest of the *aspect*, divided by the zoom, centred on the key's place and pushed back inside.
    """
    if len(path.keys) == 1:
        return [_window(path.keys[0], picture, aspect)] * frames
    return [_window(key_at(path.keys, frame), picture, aspect) for frame in range(frames)]


def key_at(keys: Sequence[CropKey], frame: int) -> CropKey:
    """The key in force at *frame*: straight lines between neighbours, held before the first and after the last."""
    place = bisect_right([key.frame for key in keys], frame)
    if place == 0:
        return keys[0]
    before = keys[place - 1]
    if place == len(keys) or before.frame == frame:
        return before
    after = keys[place]
    share = Fraction(frame - before.frame, after.frame - before.frame)
    return CropKey(
        frame,
        x=before.x + (after.x - before.x) * share,
        y=before.y + (after.y - before.y) * share,
        zoom=before.zoom + (after.zoom - before.zoom) * share,
    )


def _window(key: CropKey, picture: tuple[int, int], aspect: Fraction) -> Window:
    width, height = picture
    widest = min(Fraction(width), height * aspect) / max(key.zoom, Fraction(1))
    wide, high = _even_size(widest, width), _even_size(widest / aspect, height)
    return Window(_even_place(key.x, width, wide), _even_place(key.y, height, high), wide, high)


def _even_size(length: Fraction, limit: int) -> int:
    """*length* as the nearest even number of pixels, at least 2 and within *limit*."""
    return max(2, min(2 * floor(length / 2 + Fraction(1, 2)), limit // 2 * 2))


def _even_place(centre: Fraction, limit: int, size: int) -> int:
    """Where a window of *size* begins whose middle is at *centre* (0 to 1), pushed inside and made even."""
    place = 2 * floor((centre * limit - Fraction(size, 2)) / 2 + Fraction(1, 2))
    return max(0, min(place, (limit - size) // 2 * 2))


def fitted(picture: tuple[int, int], frame: tuple[int, int]) -> tuple[int, int]:
    """The largest even size of the *picture*'s shape inside *frame*."""
    scale = min(Fraction(frame[0], picture[0]), Fraction(frame[1], picture[1]))
    return _even_size(picture[0] * scale, frame[0]), _even_size(picture[1] * scale, frame[1])


def steps(values: Sequence[int], rate: Rate) -> str:
    """An ffmpeg expression in ``t`` that takes each of *values* in its frame of *rate*.

    By time and not by ``n``, from which filters do not all count alike; the borders lie half a frame early. A balanced
    tree, so that it stays shallow.
    """
    runs: list[tuple[int, int]] = []
    for frame, value in enumerate(values):
        if not runs or runs[-1][1] != value:
            runs.append((frame, value))
    return _tree(runs, rate)


def _tree(runs: Sequence[tuple[int, int]], rate: Rate) -> str:
    if len(runs) == 1:
        return str(runs[0][1])
    middle = len(runs) // 2
    border = f"{(2 * runs[middle][0] - 1) * rate.denominator}/{2 * rate.numerator}"
    return f"if(lt(t,{border}),{_tree(runs[:middle], rate)},{_tree(runs[middle:], rate)})"
