"""Rendered mixes, against sums worked out sample by sample."""

import threading
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sound_sources import clicks, convert, mix_of, part, peaks, rendered, write_wav

from twopop.errors import Cancelled, EditorError
from twopop.sound.channels import matrix
from twopop.sound.mix import mix_report, render_mix
from twopop.sound.recipe import MixReport
from twopop.store import Store

REAL = (Path(__file__).parents[2] / "../shared/media").resolve()
RATE = 48000


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "store")


@pytest.fixture(scope="module")
def noise(tmp_path_factory):
    """Two seconds of stereo noise: (path, its samples as stored)."""
    samples = np.random.default_rng(7).uniform(-0.6, 0.6, (2 * RATE, 2))
    path = write_wav(tmp_path_factory.mktemp("noise") / "noise.wav", samples, RATE)
    return path, np.round(samples * 32768) / 32768


def make(store, mix, **more):
    report = render_mix(mix, mix.key(), store, **more)
    return rendered(store, mix), report


ramps = st.lists(
    st.tuples(
        st.integers(-3000, 9000), st.integers(1, 6000), st.sampled_from([(0.0, 1.0), (1.0, 0.0), (1.0, 0.25)])
    ).map(lambda r: (r[0], r[0] + r[1], *r[2])),
    max_size=2,
).map(tuple)
placed = st.tuples(
    st.integers(0, 8000),
    st.integers(1, 6000),
    st.fractions(-1, 3, max_denominator=96000),
    st.sampled_from([Fraction(1), Fraction(-1), Fraction(0)]),
    st.floats(-30, 6),
    ramps,
    st.sampled_from([(), (0,), (1,), (1, 0)]),
)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(placed, max_size=4))
def test_the_sum_of_the_parts(tmp_path_factory, noise, found):
    path, source = noise
    length = 8192
    expected = np.zeros((length, 2))
    parts = []
    for start, count, source_in, speed, gain_db, fades, picked in found:
        stop = min(start + count, length)
        if start >= stop:
            continue
        parts.append(part(path, start, stop, source_in, speed=speed, gain_db=gain_db, fades=fades, channels=picked))
        for sample in range(start, stop) if speed else ():
            at = int((source_in * RATE + (sample - start) * speed + Fraction(1, 2)).__floor__())
            if not 0 <= at < len(source):
                continue
            pair = source[at][list(picked)] if picked else source[at]
            amplitude = 10 ** (gain_db / 20)
            for head, tail, before, after in fades:
                amplitude *= before + (after - before) * min(max((sample - head) / (tail - head), 0), 1)
            expected[sample] += amplitude * (pair if len(pair) == 2 else pair[[0, 0]])
    mix = mix_of(length, *parts)
    got, report = make(Store(tmp_path_factory.mktemp("store")), mix)
    assert got.shape == (length, 2)
    assert np.allclose(got, expected, atol=2e-6)
    assert report.gain_db == 0


@pytest.mark.parametrize("speed", [Fraction(1), Fraction(1001, 1000), Fraction(-3, 2), Fraction(1, 2), Fraction(5)])
@pytest.mark.parametrize("source_rate", [8000, 44100, 48000, 96000])
def test_a_tone_keeps_its_level_and_its_phase(tmp_path, store, source_rate, speed):
    tone, source_in = 440, Fraction(70001, 10007)
    moments = np.arange(14 * source_rate) / source_rate
    path = write_wav(tmp_path / "tone.wav", 0.5 * np.sin(2 * np.pi * tone * moments), source_rate)
    mix = mix_of(12000, part(path, 1000, 11000, source_in, speed=speed))
    got, _ = make(store, mix)
    there = float(source_in) + np.arange(10000) / RATE * float(speed)
    # copied samples lie up to half a sample from where they should (10 µs at 48 kHz)
    tolerance = 0.5 * 2 * np.pi * tone / RATE / 2 if speed * source_rate == RATE else 3e-4
    assert np.max(np.abs(got[1000:11000, 0] - 0.5 * np.sin(2 * np.pi * tone * there))) < tolerance
    assert not got[:1000].any()
    assert not got[11000:].any()


@pytest.mark.parametrize("speed", [Fraction(1), Fraction(1001, 1000), Fraction(-1, 3)])
def test_two_parts_of_one_clip_meet_without_a_seam(tmp_path, store, speed):
    path = write_wav(tmp_path / "n.wav", np.random.default_rng(3).uniform(-0.5, 0.5, 44100), 44100)
    whole = mix_of(20000, part(path, 0, 20000, Fraction(2, 7), speed=speed))
    cut = Fraction(2, 7) + Fraction(9001, RATE) * speed
    halves = mix_of(
        20000,
        part(path, 0, 9001, Fraction(2, 7), speed=speed),
        part(path, 9001, 20000, cut, speed=speed),
    )
    assert np.allclose(make(store, whole)[0], make(store, halves)[0], atol=1e-5)


@pytest.mark.parametrize("source_rate", [44100, 48000])
@pytest.mark.parametrize(
    ("name", "options"), [("a.wav", ()), ("a.flac", ()), ("a.mp4", ("-b:a", "192k")), ("a.mp3", ())]
)
def test_clicks_stay_on_their_sample_through_a_mix(tmp_path, store, source_rate, name, options):
    source = write_wav(tmp_path / "source.wav", clicks(9 * source_rate, source_rate // 10), source_rate)
    path = source if name == "a.wav" else convert(source, tmp_path / name, *options)
    # source second 5 is heard at mix second 1; clicks lie on every tenth of a second
    mix = mix_of(4 * RATE, part(path, RATE, 3 * RATE, Fraction(5)))
    got, _ = make(store, mix)
    places = [n * RATE // 10 for n in range(11, 29)]
    assert peaks(got[:, 0], places) == places
    assert np.array_equal(got[:, 0], got[:, 1])


@pytest.mark.parametrize(
    ("names", "picked", "width", "expected"),
    [
        (("FC",), (), 2, [[1, 1]]),
        (("FL", "FR"), (), 2, [[1, 0], [0, 1]]),
        (("FL", "FR"), (1,), 2, [[0, 0], [1, 1]]),
        (("FL", "FR"), (), 1, [[0.5], [0.5]]),
        (("FC",), (), 1, [[1]]),
        # ITU-R BS.775-3, Annex 4, Table 2: L' = L + 0.7071 C + 0.7071 Ls
        (
            ("FL", "FR", "FC", "LFE", "SL", "SR"),
            (),
            2,
            [[1, 0], [0, 1], [0.7071, 0.7071], [0, 0], [0.7071, 0], [0, 0.7071]],
        ),
        (("?", "?", "?", "?"), (), 2, [[1, 0], [0, 1], [0, 0], [0, 0]]),
        (("?", "?", "?", "?"), (2, 3), 2, [[0, 0], [0, 0], [1, 0], [0, 1]]),
    ],
)
def test_which_channel_is_heard_where(names, picked, width, expected):
    assert np.allclose(matrix(names, picked, width), expected, atol=1e-4)


def test_surround_goes_straight_into_surround():
    assert np.array_equal(matrix(("FL", "FR", "FC", "LFE", "BL", "BR"), (), 6), np.eye(6))


def tone_mix(path, **more):
    return mix_of(4 * RATE, part(path, 0, 4 * RATE, Fraction(0)), **more)


@pytest.fixture
def tone(tmp_path):
    """A 997 Hz stereo sine, -20 dBFS peak: -20 LUFS, true peak -20 dBTP."""
    wave = 0.1 * np.sin(2 * np.pi * 997 * np.arange(5 * RATE) / RATE)
    return write_wav(tmp_path / "tone.wav", np.stack([wave, wave], axis=1), RATE)


def test_one_gain_brings_a_mix_to_its_target(store, tone):
    plain, _ = make(store, tone_mix(tone))
    loud, report = make(store, tone_mix(tone, target=-14.0, true_peak=-1.0))
    assert report.integrated_lufs == pytest.approx(-14.0, abs=0.01)
    assert report.gain_db == pytest.approx(6.0, abs=0.1)
    assert report.short_of_target_lu == 0
    assert np.allclose(loud, plain * 10 ** (report.gain_db / 20), atol=1e-6)


def test_the_gain_is_held_back_at_the_true_peak(tmp_path, store, tone):
    wave = 0.1 * np.sin(2 * np.pi * 997 * np.arange(5 * RATE) / RATE)
    wave[RATE : RATE + 25] = 0.9 * np.hanning(25)
    peaky = write_wav(tmp_path / "peaky.wav", np.stack([wave, wave], axis=1), RATE)
    got, report = make(store, tone_mix(peaky, target=-14.0, true_peak=-1.0))
    assert report.true_peak_dbtp == pytest.approx(-1.0, abs=0.01)
    assert report.true_peak_dbtp <= -1.0
    assert np.max(np.abs(got)) <= 10 ** (-1 / 20)
    assert report.short_of_target_lu == pytest.approx(-14.0 - report.integrated_lufs, abs=0.05)
    assert report.short_of_target_lu > 4


def test_samples_over_full_scale_are_brought_down_not_cut_off(store, tone):
    hot = mix_of(4 * RATE, *[part(tone, 0, 4 * RATE, Fraction(0), gain_db=26.0)] * 2, target=-23.0, true_peak=-1.0)
    got, report = make(store, hot)
    assert report.integrated_lufs == pytest.approx(-23.0, abs=0.01)
    assert report.gain_db < -30
    straight, _ = make(store, tone_mix(tone, target=-23.0, true_peak=-1.0))
    assert np.allclose(got, straight, atol=1e-4)


def test_silence_has_no_loudness(store):
    got, report = make(store, mix_of(RATE + 1, target=-14.0, true_peak=-1.0))
    assert got.shape == (RATE + 1, 2)
    assert not got.any()
    assert report == MixReport(gain_db=0.0, integrated_lufs=None, true_peak_dbtp=None)
    got, _ = make(store, mix_of(0))
    assert got.shape == (0, 2)


def test_a_mix_in_the_store_is_not_made_again(store, tone):
    mix = tone_mix(tone, target=-14.0, true_peak=-1.0)
    assert mix_report(store, mix.key()) is None
    _, first = make(store, mix)
    made = store.path("sound", mix.key()).stat().st_mtime_ns
    tone.unlink()
    assert make(store, mix)[1] == first == mix_report(store, mix.key())
    assert store.path("sound", mix.key()).stat().st_mtime_ns == made


def test_the_same_mix_gives_the_same_bytes(tmp_path, tone):
    mix = tone_mix(tone, target=-14.0, true_peak=-1.0)
    made = []
    for name in ("one", "two"):
        store = Store(tmp_path / name)
        make(store, mix)
        made.append(store.path("sound", mix.key()).read_bytes())
    assert made[0] == made[1]


def test_media_that_vanished_is_named_and_nothing_is_kept(tmp_path, store):
    mix = mix_of(100, part(tmp_path / "gone.wav", 0, 100, Fraction(0)))
    with pytest.raises(EditorError, match=r"gone\.wav"):
        render_mix(mix, mix.key(), store)
    assert not [path for path in store.folder.rglob("*") if path.is_file()]


def test_a_mix_can_be_stopped(store, tone):
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        render_mix(tone_mix(tone), "k" * 32, store, cancel=cancel)
    assert not store.has("sound", "k" * 32)


@pytest.mark.footage
@pytest.mark.skipif(not REAL.is_dir(), reason="the shared media are not here")
def test_a_mix_of_real_files_reaches_its_target(store):
    length = 6 * RATE + 7
    mix = mix_of(
        length,
        part(REAL / "audio/jfk.flac", 0, length, Fraction(3)),
        part(REAL / "video/bbb_0_30_1080p_51.mp4", 0, length, Fraction(12), stream=1, gain_db=-12.0),
        part(REAL / "video/stream-of-water.mp4", RATE, 3 * RATE, Fraction(0), stream=1, gain_db=-18.0),
        target=-23.0,
        true_peak=-1.0,
    )
    got, report = make(store, mix)
    assert got.shape == (length, 2)
    assert report.integrated_lufs == pytest.approx(-23.0, abs=0.02)
    assert report.true_peak_dbtp < -1
