"""Scaling: every sample where arithmetic puts it, luma and chroma, whatever the step and wherever chroma lies."""

from __future__ import annotations

import subprocess
from fractions import Fraction
from pathlib import Path

import msgspec
import numpy as np
import pytest
from picture_recipes import LOSSLESS, LOSSLESS_10, planes, segment_of, take_of

from twopop.picture.probe import probe
from twopop.picture.recipe import Encoding, Take
from twopop.specs import Colour
from twopop.variants.model import CropKey, CropPath

WIDE, HIGH = 128, 96
EXACT = Encoding(encoder="libx264", pixel_format="yuv420p10le", format="mp4", options=(("qp", "0"), ("bf", "0")))

#: Where a chroma sample of 4:2:0 lies against the first of its luma samples, in luma samples across and down: ITU-T
#: H.273, figure 1 (types 0, 1 and 2).
SITES = {"left": (0.0, 0.5), "center": (0.5, 0.5), "topleft": (0.0, 0.0)}


@pytest.fixture
def sloped(tmp_path: Path, ffmpeg: Path):
    """A source of 4:2:0 in 10 bit whose planes are slopes in luma coordinates; chroma lies as *site* says."""

    def made(site: str) -> Take:
        x, y = np.meshgrid(np.arange(WIDE), np.arange(HIGH))
        across, down = SITES[site]
        u, v = np.meshgrid(2 * np.arange(WIDE // 2) + across, 2 * np.arange(HIGH // 2) + down)
        levels = (150 + 4 * x + 2 * y, 150 + 5 * u, 150 + 6 * v)
        raw = b"".join(np.round(level).astype("<u2").tobytes() for level in levels) * 2
        path = tmp_path / f"{site}.mp4"
        head = [str(ffmpeg), "-v", "error", "-f", "rawvideo", "-pix_fmt", "yuv420p10le", "-video_size"]
        command = [*head, f"{WIDE}x{HIGH}", "-i", "-", "-chroma_sample_location", site]
        subprocess.run([*command, "-c:v", "libx264", "-qp", "0", str(path)], input=raw, check=True)
        return take_of(probe(path), 0, colour=Colour())

    return made


def inner(plane: np.ndarray) -> np.ndarray:
    """*plane* without its edges, where a filter has nothing to look at."""
    high, wide = plane.shape
    return plane[high // 6 : -high // 6, wide // 6 : -wide // 6]


def expected(size: tuple[int, int], site: str, window: tuple[int, int, int, int] = (0, 0, WIDE, HIGH)) -> list:
    """The slopes of 4:2:0 in *size*, out of *window* (x, y, width, height) of the source."""
    left, top, width, height = window
    steps = width / size[0], height / size[1]
    across, down = SITES[site]

    def places(count: int, spread: int, off: float, step: float, begin: int) -> np.ndarray:
        return begin + (spread * np.arange(count) + off + 0.5) * step - 0.5

    x, y = np.meshgrid(places(size[0], 1, 0, steps[0], left), places(size[1], 1, 0, steps[1], top))
    u, v = np.meshgrid(places(size[0] // 2, 2, across, steps[0], left), places(size[1] // 2, 2, down, steps[1], top))
    return [150 + 4 * x + 2 * y, 150 + 5 * u, 150 + 6 * v]


@pytest.mark.parametrize("size", [(128, 96), (256, 192), (64, 48), (160, 120)])
@pytest.mark.parametrize(("source", "target"), [("left", "left"), ("center", "left"), ("left", "topleft")])
def test_nothing_moves_when_it_is_scaled(render, sloped, size, source, target):
    encoding = msgspec.structs.replace(EXACT, colour=Colour(chroma=target))
    (frame, *_) = planes(render(segment_of(sloped(source), 1, size=size, encoding=encoding)))
    for found, wanted in zip(frame, expected(size, target), strict=True):
        # a code for rounding on both sides; half a pixel would be 2 in luma, 2.5 and 3 in chroma
        assert np.abs(inner(found) - inner(wanted)).max() <= 1.01


def test_chroma_that_lies_elsewhere_is_moved_and_not_only_renamed(render, sloped):
    encoding = msgspec.structs.replace(EXACT, colour=Colour(chroma="left"))
    (frame, *_) = planes(render(segment_of(sloped("center"), 1, size=(WIDE, HIGH), encoding=encoding)))
    assert inner(frame[1]) - inner(expected((WIDE, HIGH), "center")[1]) == pytest.approx(-2.5, abs=1.01)


@pytest.mark.parametrize("zoom", [Fraction(1), Fraction(3, 2), Fraction(2)])
def test_crops_and_zooms_show_their_window(render, sloped, zoom):
    size = (64, 48)
    crop = CropPath(keys=(CropKey(0, zoom=Fraction(1)), CropKey(4, zoom=zoom)))
    take = msgspec.structs.replace(sloped("left"), crop=crop, step=Fraction(0))
    frames = planes(render(segment_of(take, 5, size=size, encoding=EXACT)))
    width, height = round(WIDE / zoom), round(HIGH / zoom)
    window = ((WIDE - width) // 2, (HIGH - height) // 2, width, height)
    for found, wanted in zip(frames[4], expected(size, "left", window), strict=True):
        # windows and sizes are whole pixels: within one of the source's
        assert np.abs(inner(found) - inner(wanted)).max() < 6


def test_great_reductions_have_no_moire(render, tmp_path, ffmpeg):
    path = tmp_path / "lines.mov"
    lines = np.tile(np.array([16, 235], np.uint8), (512, 640))
    raw = (lines.tobytes() + bytes([128]) * (512 * 640)) * 1
    head = [str(ffmpeg), "-v", "error", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-video_size", "1280x512", "-i", "-"]
    subprocess.run([*head, "-c:v", "ffv1", str(path)], input=raw, check=True)
    for size in ((160, 64), (150, 60), (214, 86)):
        take = take_of(probe(path), 0, 0, colour=Colour())
        (frame, *_) = planes(render(segment_of(take, 1, size=size, encoding=LOSSLESS)))
        assert inner(frame[0]) == pytest.approx(125.5, abs=2)


def test_the_scaler_is_that_of_the_recipe(render, sloped, tmp_path, ffmpeg):
    path = tmp_path / "edge.mov"
    edge = np.repeat(np.array([[60] * 64 + [180] * 64], np.uint8), 96, axis=0)
    raw = edge.tobytes() + bytes([128]) * (96 * 64)
    head = [str(ffmpeg), "-v", "error", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-video_size", "128x96", "-i", "-"]
    subprocess.run([*head, "-c:v", "ffv1", str(path)], input=raw, check=True)
    take = take_of(probe(path), 0, 0, colour=Colour())
    shown = {}
    for scaler in ("spline36", "lanczos"):
        segment = segment_of(take, 1, size=(384, 288), encoding=LOSSLESS_10, scaler=scaler)
        shown[scaler] = planes(render(segment))[0][0][100] / 4
    for row in shown.values():
        # the edge stays between the pixels where it was: as much below the middle on its left as above on its right
        assert row[:192] + row[192:][::-1] == pytest.approx(240, abs=0.6)
        assert row.max() > 181  # both overshoot: they are sharp
    assert np.abs(shown["spline36"] - shown["lanczos"]).max() > 0.5
