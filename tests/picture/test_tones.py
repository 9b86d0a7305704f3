"""The tone curve, against the clauses of BT.2390 and ST 2084."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from support import standards
from twopop.picture import tones

peaks = st.tuples(st.integers(400, 10_000), st.integers(100, 399))


@given(st.floats(0, 1))
def test_light_and_signal_are_those_of_st_2084_and_undo_one_another(signal):
    light = tones.light_of(signal)
    assert np.isclose(light, standards.pq_light(signal), rtol=1e-9)
    assert np.isclose(tones.signal_of(light), max(signal, float(standards.pq(0.0))), atol=1e-6)


@given(peaks)
def test_the_curve_goes_up_to_the_target_and_leaves_the_dark_alone(both):
    peak, target = both
    light = np.linspace(0, peak, 500)
    shown = tones.darkened(light, peak, target)
    assert np.allclose(shown, standards.tone_curve(light, peak, target), rtol=1e-6, atol=1e-6)
    assert (np.diff(shown) >= -1e-6).all()
    assert np.isclose(shown[-1], target, rtol=1e-6)
    knee = standards.pq_light((1.5 * standards.pq(target) / standards.pq(peak) - 0.5) * standards.pq(peak))
    dark = light < knee
    assert np.allclose(shown[dark], light[dark], rtol=1e-6, atol=1e-6)


def test_the_table_holds_the_arithmetic_with_red_running_fastest():
    first, *rows = tones.cube(1000, 203).splitlines()
    assert first == f"LUT_3D_SIZE {tones.POINTS}"
    assert len(rows) == tones.POINTS**3
    steps = np.linspace(0, 1, tones.POINTS)
    for red, green, blue in ((0, 0, 0), (40, 30, 10), (64, 64, 64), (5, 48, 48), (20, 0, 50)):
        row = rows[red + tones.POINTS * (green + tones.POINTS * blue)]
        light = standards.pq_light(steps[[red, green, blue]])
        expected = standards.pq(standards.tone_mapped(light, 1000, 203))
        assert np.allclose([float(part) for part in row.split()], expected, atol=2e-6)
