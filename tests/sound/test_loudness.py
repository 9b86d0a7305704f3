"""The meter against the signals of EBU Tech 3341 (v4, Table 1) and against ffmpeg's ebur128."""

import math
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from sound_sources import write_wav

from twopop.findings import Severity
from twopop.sound.loudness import integrated, loudness_findings, true_peak
from twopop.sound.recipe import MixReport
from twopop.specs import Loudness

REAL = (Path(__file__).parents[2] / "../shared/media").resolve()
RATE = 48000
FRONT = (-28.0, -28.0, -24.0, -30.0, -30.0)

#: number → ((seconds, dBFS peak), ...)
STEREO = {
    1: ((20, -23.0),),
    2: ((20, -33.0),),
    3: ((10, -36.0), (60, -23.0), (10, -36.0)),
    4: ((10, -72.0), (10, -36.0), (60, -23.0), (10, -36.0), (10, -72.0)),
    5: ((20, -26.0), (20.1, -20.0), (20, -26.0)),
}
EXPECTED = {1: -23.0, 2: -33.0, 3: -23.0, 4: -23.0, 5: -23.0}


def sine(seconds, level, rate=RATE):
    count = round(seconds * rate)
    return (10 ** (level / 20) * np.sin(2 * np.pi * 1000 * np.arange(count) / rate)).astype(np.float32)


@pytest.mark.parametrize("number", STEREO)
@pytest.mark.parametrize("rate", [44100, 48000])
def test_ebu_tech_3341_integrated(number, rate):
    mono = np.concatenate([sine(seconds, level, rate) for seconds, level in STEREO[number]])
    assert integrated(np.stack([mono, mono], axis=1), rate) == pytest.approx(EXPECTED[number], abs=0.1)


def test_ebu_tech_3341_case_6_surround():
    five = np.stack([sine(20, level) for level in FRONT], axis=1)
    assert integrated(five, RATE) == pytest.approx(-23.0, abs=0.1)
    six = np.insert(five, 3, sine(20, -3.0), axis=1)  # the LFE does not count
    assert integrated(six, RATE) == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize(
    ("number", "divisor", "amplitude", "degrees", "expected"),
    [
        (15, 4, 0.50, 0.0, -6.0),
        (16, 4, 0.50, 45.0, -6.0),
        (17, 6, 0.50, 60.0, -6.0),
        (18, 8, 0.50, 67.5, -6.0),
        (19, 4, 1.41, 45.0, 3.0),
    ],
)
@pytest.mark.parametrize("rate", [44100, 48000, 96000, 192000])
def test_ebu_tech_3341_true_peak(number, divisor, amplitude, degrees, expected, rate):
    if rate == 192000 and number != 15:
        pytest.skip("at 192 kHz the samples themselves are the true-peak grid")
    count = rate
    wave = amplitude * np.sin(2 * np.pi * np.arange(count) / divisor + math.radians(degrees))
    fade = round(0.010 * rate)
    wave[:fade] *= np.linspace(0, 1, fade)
    wave[-fade:] *= np.linspace(1, 0, fade)
    peak = true_peak(np.stack([wave, wave], axis=1).astype(np.float32), rate)
    assert expected - 0.4 <= peak <= expected + 0.2


def test_true_peak_between_two_blocks_is_found():
    wave = np.zeros((1 << 18, 1), np.float32)
    at = 1 << 17  # the meter's own block boundary
    wave[at - 200 : at + 200, 0] = 0.5 * np.sin(2 * np.pi * np.arange(400) / 4 + np.pi / 4) * np.hanning(400)
    whole = true_peak(wave, RATE)
    assert whole == pytest.approx(true_peak(np.roll(wave, 1234, axis=0), RATE), abs=0.001)
    assert whole > 20 * math.log10(np.abs(wave).max()) + 2


def test_a_long_steady_tone_has_the_peak_of_a_short_one():
    """Whatever the blocks are in which it is read: a tone does not get louder where they meet."""
    long = 0.5 * np.sin(2 * np.pi * 997 * np.arange(RATE * 20) / RATE + 1).astype(np.float32)[:, None]
    inner = true_peak(long, RATE)
    assert inner == pytest.approx(20 * math.log10(0.5), abs=0.3)
    assert inner == pytest.approx(true_peak(long[: RATE // 2], RATE), abs=0.02)


def test_loudness_agrees_with_pyloudnorm():
    import pyloudnorm

    noise = np.random.default_rng(1)
    for channels in (1, 2, 5):
        swell = np.abs(np.sin(np.arange(RATE * 7) / 90_000))[:, None]
        samples = (0.2 * swell * noise.standard_normal((RATE * 7, channels))).astype(np.float32)
        meter = pyloudnorm.Meter(RATE, filter_class="DeMan")
        assert integrated(samples, RATE) == pytest.approx(meter.integrated_loudness(samples.astype(float)), abs=1e-6)


def test_true_peak_is_never_below_the_highest_sample():
    wave = np.random.default_rng(5).uniform(-1, 1, (RATE, 2)).astype(np.float32)
    assert true_peak(wave, RATE) >= 20 * math.log10(np.abs(wave).max())


def test_nothing_to_measure():
    silence = np.zeros((RATE, 2), np.float32)
    assert integrated(silence, RATE) is None
    assert true_peak(silence, RATE) is None
    assert true_peak(silence[:0], RATE) is None
    assert integrated(silence[:0], RATE) is None
    short = np.stack([sine(0.399, -20.0)] * 2, axis=1)
    assert integrated(short, RATE) is None
    assert integrated(np.stack([sine(0.4, -20.0)] * 2, axis=1), RATE) == pytest.approx(-20.0, abs=0.2)
    assert integrated(np.stack([sine(2, -80.0)] * 2, axis=1), RATE) is None


def ebur128(path):
    """(integrated LUFS, true peak dBTP) as ffmpeg's filter says, to its one decimal."""
    command = ["ffmpeg", "-nostdin", "-hide_banner", "-i", str(path), "-map", "0:a:0"]
    command += ["-af", "ebur128=peak=true:framelog=verbose", "-f", "null", "-"]
    said = subprocess.run(command, capture_output=True, check=True, timeout=120).stderr.decode()
    summary = said[said.rindex("Summary:") :]
    figure = r"(-?\d+\.\d)"
    return float(re.search(rf"I:\s+{figure}", summary)[1]), float(re.search(rf"Peak:\s+{figure}", summary)[1])


def agrees(path, samples, rate):
    """Loudness to 0.1 LU and the display's half digit; true peak to 0.3 dB (EBU Tech 3343) and the half digit."""
    loudness, peak = ebur128(path)
    assert integrated(samples, rate) == pytest.approx(loudness, abs=0.15)
    assert true_peak(samples, rate) == pytest.approx(peak, abs=0.35)


needs_other = pytest.mark.skipif(not shutil.which("ffmpeg"), reason="no other ffmpeg on this machine")


@needs_other
@pytest.mark.parametrize("rate", [44100, 48000])
def test_noise_agrees_with_ebur128(tmp_path, rate):
    rng = np.random.default_rng(11)
    samples = np.cumsum(rng.normal(0, 0.02, (12 * rate, 2)), axis=0)
    samples -= np.linspace(samples[0], samples[-1], len(samples))
    samples = np.diff(samples, axis=0, prepend=0) * np.linspace(0.2, 3, len(samples))[:, None]
    path = write_wav(tmp_path / "noise.wav", samples, rate)
    kept = np.clip(np.round(samples * 32768), -32768, 32767) / 32768
    agrees(path, kept.astype(np.float32), rate)


@needs_other
@pytest.mark.skipif(not REAL.is_dir(), reason="the shared media are not here")
@pytest.mark.parametrize(
    ("name", "stream"), [("audio/jfk.flac", 0), ("video/gopro_karma_drone_gpmf.mp4", 1), ("video/friday.mp4", 0)]
)
def test_real_sound_agrees_with_ebur128(name, stream):
    from twopop.sound.decode import SoundFile

    with SoundFile(REAL / name, stream) as file:
        samples = file.take(0, int(float(SECONDS[name]) * file.rate))
        agrees(REAL / name, samples, file.rate)


SECONDS = {"audio/jfk.flac": 11, "video/gopro_karma_drone_gpmf.mp4": 12.074667, "video/friday.mp4": 6.153288}
SPEC = Loudness(target=-23.0, tolerance=0.2, true_peak=-1.0, level=Severity.FAIL)


@pytest.mark.parametrize(
    ("level", "peak", "short", "expected"),
    [
        (-23.0, -6.0, 0.0, []),
        (-23.2, -1.0, 0.0, []),
        (-23.4, -6.0, 0.0, [("sound.loudness", Severity.FAIL)]),
        (-22.0, -6.0, 0.0, [("sound.loudness", Severity.FAIL)]),
        (-25.0, -1.0, 2.0, [("sound.loudness", Severity.FAIL)]),
        (-23.15, -1.0, 0.15, [("sound.loudness", Severity.INFO)]),
        (-23.0, -0.8, 0.0, [("sound.true-peak", Severity.INFO)]),
        (-23.0, -0.6, 0.0, [("sound.true-peak", Severity.FAIL)]),
        (None, None, 0.0, [("sound.loudness", Severity.INFO)]),
    ],
)
def test_what_a_spec_says_of_a_mix(level, peak, short, expected):
    report = MixReport(gain_db=0.0, integrated_lufs=level, true_peak_dbtp=peak, short_of_target_lu=short)
    found = loudness_findings(report, SPEC)
    assert [(f.rule, f.severity) for f in found] == expected
    for finding in found:
        if level is not None:
            assert finding.measured
            assert finding.limit
            assert finding.source
    if short > 1:
        assert "held back by 2.0 LU" in found[0].message
        assert found[0].remedy
