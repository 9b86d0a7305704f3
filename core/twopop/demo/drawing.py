"""Painting with arrays: shapes on a small canvas, skies, hills and a sea that moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Image = NDArray[Any]
Point = tuple[float, float]
Paint = tuple[int, int, int]

#: Shapes are painted this much larger and averaged down, which smooths their edges.
_FINE = 3


class Canvas:
    """A see-through sheet of *width* x *height* pixels; ``sprite`` gives it as premultiplied RGBA floats."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._sheet = np.zeros((height * _FINE, width * _FINE, 4), np.float32)
        self._y, self._x = np.mgrid[0.5 : height * _FINE, 0.5 : width * _FINE].astype(np.float32) / _FINE

    def polygon(self, points: Sequence[Point], paint: Paint, alpha: float = 1.0) -> Canvas:
        """Fill the closed polygon through *points* (even-odd rule)."""
        part = self._part(*(limit(p[axis] for p in points) for axis in (0, 1) for limit in (min, max)))
        x, y = self._x[part], self._y[part]
        inside = np.zeros(x.shape, bool)
        for (x1, y1), (x2, y2) in zip(points, [*points[1:], points[0]], strict=True):
            if y1 != y2:
                spans = (y >= min(y1, y2)) & (y < max(y1, y2))
                inside ^= spans & (x < x1 + (y - y1) * ((x2 - x1) / (y2 - y1)))
        return self._fill(part, inside.astype(np.float32) * alpha, paint)

    def box(self, left: float, top: float, width: float, height: float, paint: Paint, alpha: float = 1.0) -> Canvas:
        """Fill an upright rectangle."""
        right, bottom = left + width, top + height
        return self.polygon([(left, top), (right, top), (right, bottom), (left, bottom)], paint, alpha)

    def ellipse(self, x: float, y: float, across: float, down: float, paint: Paint, alpha: float = 1.0) -> Canvas:
        """Fill an ellipse around (x, y) with half axes *across* and *down*."""
        part = self._part(x - across, x + across, y - down, y + down)
        inside = ((self._x[part] - x) / across) ** 2 + ((self._y[part] - y) / down) ** 2 <= 1
        return self._fill(part, inside.astype(np.float32) * alpha, paint)

    def glow(self, x: float, y: float, radius: float, paint: Paint, alpha: float = 1.0) -> Canvas:
        """A soft round light that is gone at *radius*."""
        part = self._part(x - radius, x + radius, y - radius, y + radius)
        away = np.sqrt((self._x[part] - x) ** 2 + (self._y[part] - y) ** 2) / radius
        return self._fill(part, np.clip(1 - away, 0, 1) ** 2 * alpha, paint)

    def sprite(self) -> Image:
        """What has been painted, averaged down: height x width x RGBA, colours times alpha, from 0 to 255 and 1."""
        fine = self._sheet.reshape(self.height, _FINE, self.width, _FINE, 4)
        return np.ascontiguousarray(fine.mean(axis=(1, 3)))

    def _part(self, left: float, right: float, top: float, bottom: float) -> tuple[slice, slice]:
        """The part of the sheet between these edges: only that has to be painted."""
        rows = slice(max(int(top * _FINE) - 1, 0), max(int(bottom * _FINE) + 2, 0))
        return rows, slice(max(int(left * _FINE) - 1, 0), max(int(right * _FINE) + 2, 0))

    def _fill(self, part: tuple[slice, slice], alpha: Image, paint: Paint) -> Canvas:
        sheet = self._sheet[part]
        sheet *= 1 - alpha[..., None]
        sheet[..., :3] += alpha[..., None] * np.array(paint, np.float32)
        sheet[..., 3] += alpha
        return self


def reflected(sprite: Image, *, strength: float = 0.3, share: float = 0.6) -> Image:
    """*sprite* standing on its faint mirror image in water, *share* of its height deep."""
    depth = int(len(sprite) * share)
    fade = np.linspace(strength, 0, depth, dtype=np.float32)[:, None, None]
    whole: Image = np.concatenate([sprite, sprite[::-1][:depth] * fade])
    return whole


def lay(picture: Image, sprite: Image, left: float, top: float) -> None:
    """Lay *sprite* onto the 8-bit *picture* at (left, top), as far as it reaches into it."""
    x, y = round(left), round(top)
    x1, y1 = max(x, 0), max(y, 0)
    x2, y2 = min(x + sprite.shape[1], picture.shape[1]), min(y + sprite.shape[0], picture.shape[0])
    if x1 >= x2 or y1 >= y2:
        return
    part = sprite[y1 - y : y2 - y, x1 - x : x2 - x]
    ground = picture[y1:y2, x1:x2]
    ground[:] = np.minimum(ground * (1 - part[..., 3:]) + part[..., :3], 255).astype(np.uint8)


def gradient(width: int, stops: Sequence[tuple[int, Paint]]) -> Image:
    """A picture *width* wide whose rows run through the colours at the *stops* (row, colour); 8 bit."""
    rows = np.arange(stops[-1][0])
    places = [row for row, _ in stops]
    channels = [np.interp(rows, places, [paint[n] for _, paint in stops]) for n in range(3)]
    column = np.stack(channels, axis=-1)[:, None, :]
    return np.broadcast_to(column, (len(rows), width, 3)).astype(np.uint8)


def hills(width: int, height: int, paint: Paint, seed: int) -> Image:
    """A strip of rolling hills as a sprite, hazier towards its foot."""
    draw = np.random.default_rng(seed)
    x = np.linspace(0, 2 * np.pi * width / 1280, width)
    waves = [
        draw.uniform(0.3, 1) / n * np.sin(n * x * draw.uniform(0.7, 1.3) + draw.uniform(0, 6)) for n in range(1, 7)
    ]
    line = np.sum(waves, axis=0)
    top = height * (0.45 - 0.4 * line / np.abs(line).max())
    alpha = np.clip(np.arange(height)[:, None] - top[None, :], 0, 1).astype(np.float32)
    haze = np.linspace(1.0, 0.82, height, dtype=np.float32)[:, None]
    colour = np.array(paint, np.float32) * (0.9 + 0.1 * np.linspace(0, 1, height, dtype=np.float32)[:, None, None])
    return np.concatenate([colour * (alpha * haze)[..., None], (alpha * haze)[..., None]], axis=-1)


class Sea:
    """Water from a horizon to the lower edge, with waves that come nearer and a path of light under the sun.

    Each wave is a sine of a wavelength that grows towards the viewer. Its two halves are worked out once, so that a
    frame costs only products.
    """

    def __init__(self, width: int, height: int, far: Paint, near: Paint, light: Paint, sun: float) -> None:
        depth = np.linspace(0, 1, height, dtype=np.float32) ** 1.3
        distance = 1 / (0.05 + depth)
        x = np.arange(width, dtype=np.float32)[None, :] - width / 2
        self._waves = []
        for length, deep, speed in ((0.011, 46, 2.1), (-0.019, 71, 2.9), (0.007, 103, 1.5)):
            phase = x * (length * distance[:, None]) + deep * distance[:, None]
            self._waves.append((np.sin(phase), np.cos(phase), speed * np.ones_like(depth)))
        column = np.stack([np.interp(depth, [0, 1], [far[n], near[n]]) for n in range(3)], -1)
        self._base = column[:, None, :].astype(np.float32)
        self._swell = (3 + 8 * depth)[:, None].astype(np.float32)
        spread = 30 + 260 * depth[:, None]
        self._path = np.exp(-(((x + width / 2 - sun) / spread) ** 2)).astype(np.float32) * 150
        self._light = np.array(light, np.float32) / 255

    def at(self, seconds: float) -> Image:
        """The water at a time, 8 bit."""
        swell = np.zeros(self._path.shape, np.float32)
        for sine, cosine, speed in self._waves:
            turn = (speed * seconds).astype(np.float32)[:, None]
            swell += sine * np.cos(turn) + cosine * np.sin(turn)
        glitter = np.clip(swell - 0.7, 0, 1.2) * self._path
        rows = self._base + (swell * self._swell)[..., None] + glitter[..., None] * self._light
        water: Image = np.clip(rows, 0, 255).astype(np.uint8)
        return water
