"""Retimes: pictures between two source frames, mixed or made up from motion; exact where the source has a frame."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from picture_recipes import LOSSLESS, LOSSLESS_10, planes, segment_of, take_of

from support.numbered import read_numbers
from twopop.picture import timing
from twopop.picture.probe import probe
from twopop.picture.recipe import Take
from twopop.specs import Colour
from twopop.time import Rate

COUNT = 24
#: The luma of each frame of the flat source: no two neighbours as far apart as others, none alike.
LEVELS = [16 + (k * k * 7 + 40 * k) % 219 for k in range(COUNT)]

Made = Callable[..., Take]


def written(ffmpeg: Path, path: Path, frames: list[np.ndarray], rate: str = "24") -> Path:
    """A lossless file of grey *frames* (8 bit, 4:2:0)."""
    high, wide = frames[0].shape
    chroma = bytes([128]) * (high * wide // 2)
    raw = b"".join(frame.astype(np.uint8).tobytes() + chroma for frame in frames)
    head = [str(ffmpeg), "-v", "error", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-video_size", f"{wide}x{high}"]
    command = [*head, "-framerate", rate, "-i", "-", "-c:v", "ffv1", "-video_track_timescale", "24000", str(path)]
    subprocess.run(command, input=raw, check=True)
    return path


@pytest.fixture(scope="module")
def flat(tmp_path_factory, ffmpeg) -> Path:
    frames = [np.full((48, 64), level) for level in LEVELS]
    return written(ffmpeg, tmp_path_factory.mktemp("flat") / "flat.mov", frames)


@pytest.fixture(scope="module")
def moving(tmp_path_factory, ffmpeg) -> Path:
    """A soft texture that goes 8 pixels to the right in every frame."""
    random = np.random.default_rng(7)
    coarse = random.uniform(40, 220, (20, 80))
    rows = np.repeat(np.repeat(coarse, 8, axis=0), 8, axis=1)
    for axis in (0, 1):
        rows = sum(np.roll(rows, shift, axis) for shift in range(-4, 5)) / 9
    frames = [rows[8:152, 400 - 8 * k : 400 - 8 * k + 224] for k in range(COUNT)]
    return written(ffmpeg, tmp_path_factory.mktemp("moving") / "moving.mov", frames)


def take(path: Path, first: Fraction | int, step: Fraction | int, how: str) -> Take:
    return take_of(probe(path), first, step, colour=Colour(), retime=how, length=COUNT)


def luma(path: Path) -> list[np.ndarray]:
    return [frame[0] for frame in planes(path)]


# -- blend -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "step", "frames"),
    [
        (3, Fraction(1, 2), 20),
        (Fraction(5, 3), Fraction(1, 3), 30),
        (Fraction(1, 7), Fraction(960, 1001), 20),
        (2, Fraction(5, 4), 12),
        (Fraction(41, 2), Fraction(-3, 4), 20),
        (Fraction(45, 2), Fraction(1, 4), 6),
        (Fraction(47, 2), Fraction(-1, 4), 8),
        (Fraction(47, 2), Fraction(1, 100), 3),
    ],
)  # fmt: skip
def test_blends_weigh_both_frames_by_arithmetic(render, flat, first, step, frames):
    segment = segment_of(take(flat, first, step, "blend"), frames, size=(64, 48), encoding=LOSSLESS_10, rate=Rate(24))
    expected = []
    for k in range(frames):
        place = Fraction(first) + k * Fraction(step)
        here = int(place)
        after = min(here + 1, COUNT - 1)  # the last frame is held
        share = place - here
        expected.append(float(LEVELS[here] * (1 - share) + LEVELS[after] * share))
    found = [frame.mean() / 4 for frame in luma(render(segment))]
    assert found == pytest.approx(expected, abs=0.13)  # half a code of 10 bit


def test_blends_to_eight_bit_keep_their_mean(render, flat):
    segment = segment_of(take(flat, 0, Fraction(1, 3), "blend"), 9, size=(64, 48), encoding=LOSSLESS, rate=Rate(24))
    share = [Fraction(k % 3, 3) for k in range(9)]
    expected = [float(LEVELS[k // 3] * (1 - share[k]) + LEVELS[k // 3 + 1] * share[k]) for k in range(9)]
    assert [frame.mean() for frame in luma(render(segment))] == pytest.approx(expected, abs=0.1)


@given(st.fractions(min_value=0, max_value=50, max_denominator=500), st.fractions(min_value=-4, max_value=4,
       max_denominator=1001), st.integers(0, 300))  # fmt: skip
def test_weights_are_the_part_behind_the_whole_frame(first, step, k):
    a, b, c = timing.weights(first, step)
    place = first + k * step
    assert Fraction((a + b * k) % c, c) == place - place.__floor__()


# -- motion ------------------------------------------------------------------------------------------------------------


def shift(frame: np.ndarray, path: Path, at: Fraction) -> float:
    """How far *frame* lies from the texture at source position *at*, in pixels to the right."""
    source = luma(path)[12].astype(float)
    inside = slice(64, 160)
    best = []
    for off in np.arange(-80, 81):
        moved = np.roll(source, off, axis=1)[40:104, inside]
        best.append(np.abs(moved - frame[40:104, inside]).mean())
    return float(np.arange(-80, 81)[int(np.argmin(best))]) - float((at - 12) * 8)


def test_motion_lies_where_the_position_is(render, moving):
    step = Fraction(1, 4)
    segment = segment_of(take(moving, 9, step, "motion"), 20, size=(224, 144), encoding=LOSSLESS, rate=Rate(24))
    frames, source = luma(render(segment)), luma(moving)
    for k, frame in enumerate(frames):
        place = 9 + k * step
        if place.denominator == 1:
            assert (frame == source[int(place)]).all()  # a frame of the source is that frame
        else:
            assert abs(shift(frame, moving, place)) <= 1
    # the made-up pictures are sharp: much nearer to the moved texture than a mix of both frames is
    moved = np.roll(source[12], 2, axis=1)[40:104, 64:160].astype(float)
    mixed = (source[12] * 0.75 + source[13] * 0.25)[40:104, 64:160]
    made = frames[13][40:104, 64:160].astype(float)
    assert np.abs(made - moved).mean() < np.abs(mixed - moved).mean() / 3


@pytest.mark.parametrize(("first", "step"), [(Fraction(2), Fraction(2, 5)), (Fraction(21), Fraction(-3, 7))])
def test_motion_is_the_same_wherever_it_is_cut(render, moving, first, step):
    def part(begin: int, frames: int) -> list[np.ndarray]:
        cut = take(moving, first + begin * step, step, "motion")
        return luma(render(segment_of(cut, frames, size=(224, 144), encoding=LOSSLESS, rate=Rate(24))))

    whole = part(0, 36)
    for lengths in ((1, 35), (7, 12, 17), (18, 18)):
        parts, begin = [], 0
        for frames in lengths:
            parts += part(begin, frames)
            begin += frames
        assert [(one == other).all() for one, other in zip(whole, parts, strict=True)] == [True] * 36


def test_motion_reaches_the_ends_of_the_file(render, moving):
    source = luma(moving)
    for first, step in ((0, Fraction(1, 2)), (23, Fraction(-1, 2))):
        segment = segment_of(take(moving, first, step, "motion"), 47, size=(224, 144), encoding=LOSSLESS, rate=Rate(24))
        frames = luma(render(segment))
        for k in range(0, 47, 2):
            assert (frames[k] == source[first + int(k * step)]).all()
    held = segment_of(take(moving, 22, Fraction(1, 4), "motion"), 8, size=(224, 144), encoding=LOSSLESS, rate=Rate(24))
    assert [(frame == source[23]).all() for frame in luma(render(held))[4:]] == [True] * 4


@pytest.mark.parametrize("how", ["nearest", "blend", "motion"])
@pytest.mark.parametrize("name", ["24000-1001.mp4", "30.mov"])
def test_frames_at_whole_positions_keep_their_number(render, numbered, how, name):
    facts = numbered(name, rate=Fraction(24000, 1001) if name.startswith("24") else 30)
    cut = take_of(facts, 10, Fraction(1, 4), retime=how, length=120)
    numbers = read_numbers(render(segment_of(cut, 17, size=(320, 180))))
    assert numbers[::4] == [10, 11, 12, 13, 14]
