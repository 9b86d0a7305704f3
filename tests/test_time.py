import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentimelineio import opentime

from twopop.errors import InputError
from twopop.time import Rate, ceil, exact, floor, frame_of, frames_in, samples_at, timecode

RATES = [
    Rate(24000, 1001), Rate(24), Rate(25), Rate(30000, 1001), Rate(30), Rate(48), Rate(50), Rate(60000, 1001), Rate(60),
]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (23.976, Rate(24000, 1001)), (23.98, Rate(24000, 1001)), (23.976023976023978, Rate(24000, 1001)),
        ("23.976", Rate(24000, 1001)), ("24000/1001", Rate(24000, 1001)), (29.97, Rate(30000, 1001)),
        (59.94, Rate(60000, 1001)), (59.94005994005994, Rate(60000, 1001)), (47.952, Rate(48000, 1001)),
        (119.88, Rate(120000, 1001)), (24, Rate(24)), (25.0, Rate(25)), ("30", Rate(30)), (12.5, Rate(25, 2)),
        (14.985, Rate(15000, 1001)), (10.0, Rate(10)),
    ],
)  # fmt: skip
def test_a_rounded_rate_is_the_exact_one(said, meant):
    assert Rate.read(said) == meant


@pytest.mark.parametrize(
    "said", [23.997, 0, -25, "fast", "25/0", None, float("nan"), float("inf"), 1001, "1e400", "", [25], 0.0001]
)
def test_what_names_no_rate_is_refused_in_words(said):
    with pytest.raises(InputError, match="rate"):
        Rate.read(said)


@pytest.mark.parametrize(
    ("written", "number"),
    [("0.1", Fraction(1, 10)), (0.1, Fraction(1, 10)), ("1e-7", Fraction(1, 10**7)), ("1/3", Fraction(1, 3)), (7, 7)],
)
def test_a_number_is_what_is_written(written, number):
    assert exact(written) == number


@pytest.mark.parametrize(
    "written", ["1/0", "x", "", "1e999999999", "1E-999999999", "1e1_000", math.nan, math.inf, "9" * 5000]
)
def test_what_is_no_number_or_would_fill_the_memory(written):
    with pytest.raises(ValueError, match=r"."):
        exact(written)


def test_a_rate_writes_itself_as_a_ratio():
    assert [str(rate) for rate in (Rate(24000, 1001), Rate(25))] == ["24000/1001", "25"]


@pytest.mark.parametrize(("rate", "nominal"), [(Rate(24000, 1001), 24), (Rate(25), 25), (Rate(60000, 1001), 60)])
def test_timecode_counts_to_the_next_whole_number(rate, nominal):
    assert rate.nominal == nominal


@given(st.sampled_from(RATES), st.integers(0, 24 * 3600 * 24 - 1))
def test_timecode_round_trips(rate, frame):
    assert frame_of(timecode(frame, rate), rate) == frame


@given(st.sampled_from([r for r in RATES if r.may_drop]), st.integers(0, 2_589_407))
def test_drop_frame_round_trips_and_agrees_with_opentime(rate, frame):
    text = timecode(frame, rate, drop=True)
    assert ";" in text
    assert frame_of(text, rate) == frame == opentime.from_timecode(text, float(rate)).value


@pytest.mark.parametrize(
    ("text", "frame"),
    # SMPTE ST 12-1: 2 labels are dropped each minute but every tenth, so an hour has 107892 frames at 30/1.001
    [("00:00:59;29", 1799), ("00:01:00;02", 1800), ("00:10:00;00", 17982), ("01:00:00;00", 107892)],
)
def test_known_drop_frame_labels(text, frame):
    assert frame_of(text, Rate(30000, 1001)) == frame
    assert timecode(frame, Rate(30000, 1001), drop=True) == text


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("00:01:00;00", Rate(30000, 1001)), ("00:01:00;03", Rate(60000, 1001)), ("01:00:00:24", Rate(24000, 1001)),
        ("01:60:00:00", Rate(25)), ("01:00:60:00", Rate(25)), ("nonsense", Rate(25)), ("01:00:00;00", Rate(24)),
        ("", Rate(25)), ("1:0:0:0", Rate(25)), ("-01:00:00:00", Rate(25)),
    ],
)  # fmt: skip
def test_labels_that_do_not_exist_are_refused(text, rate):
    with pytest.raises(InputError):
        frame_of(text, rate)


def test_drop_frame_is_refused_where_it_does_not_exist():
    with pytest.raises(InputError, match="does not exist"):
        timecode(0, Rate(24000, 1001), drop=True)


def test_timecode_runs_over_midnight():
    assert timecode(24 * 3600 * 25 + 3, Rate(25)) == "00:00:00:03"


@pytest.mark.parametrize(("label", "rate", "frames"), [(30, Rate(24000, 1001), 720), (6, Rate(25), 150)])
def test_a_spot_is_as_long_as_timecode_counts(label, rate, frames):
    assert frames_in(label, rate) == frames


@given(st.sampled_from(RATES), st.integers(0, 10**7), st.sampled_from([44100, 48000, 96000]))
def test_a_frame_begins_on_the_nearest_sample(rate, frame, sample_rate):
    exact = Fraction(frame * sample_rate) / rate
    assert abs(samples_at(frame, rate, sample_rate) - exact) <= Fraction(1, 2)


def test_frames_are_whole_samples_where_they_can_be():
    assert samples_at(1440, Rate(24000, 1001), 48000) == 1440 * 2002


@given(st.fractions())
def test_floor_and_ceil_bracket(value):
    assert floor(value) <= value <= ceil(value)
    assert ceil(value) - floor(value) == (value.denominator != 1)


@given(st.sampled_from(RATES), st.integers(0, 10**6))
def test_a_frame_boundary_is_its_own_nearest_frame(rate, frame):
    assert rate.nearest_frame(rate.seconds(frame)) == frame
