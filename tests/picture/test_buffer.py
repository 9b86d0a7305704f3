"""The decoder's buffer, by hand and by a second reckoning."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twopop.errors import InputError
from twopop.picture.buffer import limits, runs_dry
from twopop.time import Rate


def test_a_bucket_by_hand():
    # 1000 bits at 900; 25 frames a second of 2500 bits bring 100 each
    pictures = [50, 50, 25, 25, 12]  # leave 600, 300, 200, 100 and 104 when the next bits are in
    assert runs_dry([*pictures, 13], Rate(25), 2500, 1000) is None  # 104 - 104: to the last bit
    assert runs_dry([*pictures, 14], Rate(25), 2500, 1000) == 5
    assert runs_dry([113], Rate(25), 2500, 1000) == 0
    assert runs_dry([0] * 9 + [126], Rate(25), 2500, 1000) == 9  # never fuller than 1000


@given(
    st.lists(st.integers(0, 400), max_size=40),
    st.sampled_from([Rate(24000, 1001), Rate(25), Rate(60000, 1001)]),
    st.integers(1000, 100_000),
    st.integers(1000, 5000),
)
def test_against_the_sum_of_every_stretch(pictures, rate, most, buffer):
    """Dry at n: some stretch that ends there, begun with all that can be in the bucket, takes more than came in."""
    share = Fraction(most) / rate

    def dry(end):
        since_start = buffer * Fraction(9, 10) + end * share - 8 * sum(pictures[: end + 1])
        full = [buffer + (end - begin) * share - 8 * sum(pictures[begin : end + 1]) for begin in range(1, end + 1)]
        return min([since_start, *full]) < 0

    assert runs_dry(pictures, rate, most, buffer) == next((n for n in range(len(pictures)) if dry(n)), None)


def test_the_limits_of_an_encoder():
    assert limits({"maxrate": "20M", "bufsize": "17825792"}) == (20_000_000, 17_825_792)
    assert limits({"maxrate": "1.5M", "bufsize": "900k"}) == (1_500_000, 900_000)
    assert limits({"crf": "18"}) is None
    with pytest.raises(InputError, match="'fast' is no bit rate"):
        limits({"maxrate": "fast", "bufsize": "1M"})
