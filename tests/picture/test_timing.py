from __future__ import annotations

import math
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from twopop.picture.recipe import Take
from twopop.picture.timing import frames_by_time, stretch
from twopop.time import Rate
from twopop.variants.model import CropPath

firsts = st.builds(
    Fraction, st.integers(0, 10_000_000), st.sampled_from([1, 2, 24, 25, 1000, 1001, 24000, 24024, 30030, 90000])
)
steps = st.one_of(
    st.sampled_from([Fraction(24000, 1001) / r for r in (24, 25, 30, 50, 60, Fraction(30000, 1001))]).map(
        lambda x: 1 / x
    ),
    st.builds(Fraction, st.integers(-5000, 5000), st.sampled_from([1, 3, 10, 1000, 1001, 1250])),
)


def shown_by_fps_filter(numbers: list[int], sources: list[int], frames: int) -> list[int | None]:
    """What ffmpeg's fps filter shows: of frames with one number the last wins, gaps repeat the frame before."""
    latest = dict(zip(numbers, sources, strict=True))
    shown: list[int | None] = []
    for k in range(frames):
        shown.append(latest.get(k, shown[-1] if shown else None))
    return shown


@given(first=firsts, step=steps, frames=st.integers(1, 80))
@settings(deadline=None, max_examples=400)
def test_numbered_frames_come_out_as_the_take_says(first, step, frames):
    laid = stretch(first, step, frames)
    wanted = [math.floor(first + k * step) for k in range(frames)]
    assert (laid.low, laid.high) == (min(wanted), max(wanted))
    if laid.ramp is None:
        assert set(wanted) == {laid.low}
        return
    sources = list(range(laid.low, laid.high + 1))
    if laid.backwards:
        sources.reverse()
    numbers = [max(0, laid.ramp.at(j)) for j in range(len(sources))]
    assert shown_by_fps_filter(numbers, sources, frames) == wanted
    assert laid.last == max(numbers) < frames


@given(first=firsts, step=steps, frames=st.integers(2, 80))
@settings(deadline=None, max_examples=400)
def test_the_doubles_of_an_expression_agree_with_whole_numbers(first, step, frames):
    laid = stretch(first, step, frames)
    if laid.ramp is None:
        return
    rise, shift, run = (float(n) for n in (laid.ramp.rise, laid.ramp.shift, laid.ramp.run))
    for j in range(laid.high - laid.low + 1):
        assert math.floor((rise * j + shift + 0.5) / run) == laid.ramp.at(j)


@given(gaps=st.lists(st.integers(1, 9), min_size=2, max_size=40), first=firsts, step=steps.filter(bool))
@settings(deadline=None)
def test_uneven_frames_are_shown_from_their_time_on(gaps, first, step):
    times = [Fraction(sum(gaps[:n]), 90) for n in range(len(gaps) + 1)]
    first = first % (len(gaps) * 3)
    take = Take(
        path="",
        content="",
        stream=0,
        rate=Rate(30),
        first=first,
        step=step,
        size=(2, 2),
        crop=CropPath(),
        uniform=False,
    )
    for k, shown in enumerate(frames_by_time(take, times, 20, Fraction(0))):
        moment = (first + k * step) / 30
        due = [n for n, time in enumerate(times) if time <= moment]
        assert shown == (due[-1] if due else 0)
