"""Played backwards, a source must not be read one frame too far: every frame would then be one too late."""

from __future__ import annotations

from fractions import Fraction

import pytest
from picture_recipes import segment_of, take_of

from support.numbered import make_numbered, read_numbers
from twopop.time import Rate

_TICKS = ("-enc_time_base", "1:90000", "-video_track_timescale", "90000")


@pytest.mark.parametrize("last", range(40, 49))
def test_milliseconds_do_not_bring_a_frame_too_many(render, numbered, last):
    """Matroska rounds to milliseconds, so n frames of 30 a second last up to half a millisecond more or less."""
    take = take_of(numbered("thirty.mkv", rate=30), last, -1)
    assert read_numbers(render(segment_of(take, 11, rate=Rate(30)))) == list(range(last, last - 11, -1))


@pytest.mark.parametrize("last", range(55, 61))
def test_uneven_frames_end_where_they_should(render, tmp_path, last):
    beat = "settb=1/90000,setpts='N*3000+mod(N\\,3)*790'"
    path = make_numbered(tmp_path / "uneven.mp4", frames=72, rate=30, filters=beat, more=_TICKS)
    times = [Fraction(n * 3000 + n % 3 * 790, 90000) for n in range(72)]
    facts = _facts(path)
    assert not facts.picture.uniform
    rate = facts.picture.rate
    take = take_of(facts, (times[last] + Fraction(1, 1000)) * rate, -rate / 25)
    due = [times[last] + Fraction(1, 1000) - Fraction(k, 25) for k in range(9)]
    shown = [max(n for n, time in enumerate(times) if time <= moment) for moment in due]
    assert read_numbers(render(segment_of(take, 9, rate=Rate(25)))) == shown


def _facts(path):
    from twopop.picture.probe import probe

    return probe(path)
