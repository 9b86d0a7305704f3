from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from twopop.picture.framing import fitted, key_at, steps, windows
from twopop.time import Rate
from twopop.variants.model import CropKey, CropPath

shares = st.fractions(0, 1, max_denominator=1000)
sizes = st.tuples(st.integers(16, 4096), st.integers(16, 2160))
aspects = st.sampled_from([Fraction(16, 9), Fraction(9, 16), Fraction(1), Fraction(4, 5), Fraction(239, 100)])


@given(size=sizes, aspect=aspects, x=shares, y=shares, zoom=st.fractions(1, 40, max_denominator=100))
@settings(deadline=None)
def test_a_window_is_even_and_inside_whatever_the_key_says(size, aspect, x, y, zoom):
    (window,) = set(windows(CropPath(keys=(CropKey(0, x=x, y=y, zoom=zoom),)), size, aspect, 3))
    assert not any(value % 2 for value in (window.x, window.y, window.width, window.height))
    assert window.width >= 2
    assert window.height >= 2
    assert 0 <= window.x <= size[0] - window.width
    assert 0 <= window.y <= size[1] - window.height


def test_the_centre_of_hd_to_nine_by_sixteen():
    # 1080 * 9 / 16 = 607.5, to the nearest even 608; (1920 - 608) / 2 = 656
    (window, *_) = windows(CropPath(), (1920, 1080), Fraction(9, 16), 1)
    assert (window.x, window.y, window.width, window.height) == (656, 0, 608, 1080)


def test_a_path_goes_straight_between_its_keys_and_rests_outside_them():
    keys = (CropKey(10, x=Fraction(0)), CropKey(20, x=Fraction(1), zoom=Fraction(3)))
    assert [key_at(keys, n).x for n in (0, 10, 13, 20, 99)] == [0, 0, Fraction(3, 10), 1, 1]
    assert key_at(keys, 15).zoom == 2


@given(
    values=st.lists(st.integers(0, 500), min_size=1, max_size=200), rate=st.sampled_from([Rate(25), Rate(24000, 1001)])
)
@settings(deadline=None)
def test_steps_take_each_value_in_its_frame(values, rate):
    expression = steps(values, rate)

    def evaluate(text: str, t: Fraction) -> int:
        while text.startswith("if("):
            condition, before, after = split(text[3:-1])
            text = before if t < Fraction(condition.removeprefix("lt(t,").removesuffix(")")) else after
        return int(text)

    assert [evaluate(expression, rate.seconds(n)) for n in range(len(values))] == values


def split(text: str) -> list[str]:
    parts, depth = [""], 0
    for letter in text:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


@given(size=sizes, frame=st.tuples(st.integers(8, 960).map(lambda n: 2 * n), st.integers(8, 960).map(lambda n: 2 * n)))
@settings(deadline=None)
def test_fitted_is_inside_and_touches(size, frame):
    width, height = fitted(size, frame)
    assert width <= frame[0]
    assert height <= frame[1]
    assert width % 2 == height % 2 == 0
    assert width >= frame[0] - 1 or height >= frame[1] - 1
