"""The sound of the demo, synthesised: a voice without words, a tune, waves, gulls and a horn."""

from __future__ import annotations

import re
import wave
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Sound = NDArray[Any]

#: Samples a second.
RATE = 48_000

#: The first three resonances in Hz of vowels as an adult speaks them (after Peterson and Barney, 1952, rounded).
_VOWELS = {
    "a": (730, 1090, 2440),
    "e": (530, 1840, 2480),
    "i": (300, 2250, 3000),
    "o": (570, 840, 2410),
    "u": (320, 870, 2240),
    "y": (390, 1990, 2550),
}


def voice(words: str, seconds: float, *, pitch: float = 118.0) -> Sound:
    """Babble in the rhythm of *words*: a syllable for each vowel, a breath for consonants, a rest between words."""
    draw = np.random.default_rng(len(words))
    parts = re.findall(r"[aeiouy]+|[^aeiouy\s]+|\s+", words.lower())
    lengths = np.array([1.7 if part[0] in _VOWELS else 0.6 if part.strip() else 0.5 for part in parts])
    counts = np.diff(np.round(np.concatenate([[0], np.cumsum(lengths)]) / lengths.sum() * seconds * RATE).astype(int))
    pieces = []
    for number, (part, count) in enumerate(zip(parts, counts, strict=True)):
        if part[0] in _VOWELS:
            tone = pitch * (1.12 - 0.26 * number / len(parts)) * draw.uniform(0.95, 1.07)
            pieces.append(_vowel(_VOWELS[part[0]], tone, int(count)))
        elif part.strip():
            pieces.append(_hiss(int(count), draw) * (0.14 if part[0] in "sfthckp" else 0.03))
        else:
            pieces.append(np.zeros(count))
    return _even(np.concatenate(pieces), 0.4)


def _vowel(formants: tuple[int, int, int], tone: float, count: int) -> Sound:
    """One vowel: a train of pulses through three resonators, with a soft beginning and end."""
    from scipy.signal import lfilter

    time = np.arange(count) / RATE
    phase = np.cumsum(tone * (1 + 0.03 * np.sin(2 * np.pi * 5 * time))) / RATE
    sound: Sound = np.diff(np.floor(phase), prepend=0.0)
    for formant, width in zip((*formants, 3500), (80, 100, 140, 250), strict=True):
        radius = np.exp(-np.pi * width / RATE)
        angle = 2 * np.pi * formant / RATE
        poles = [1, -2 * radius * np.cos(angle), radius**2]
        sound = lfilter([sum(poles)], poles, sound)
    sound = sound / (np.abs(sound).max() + 1e-9)
    return sound * _soft(count, 0.025, 0.04)


def _hiss(count: int, draw: np.random.Generator) -> Sound:
    return np.diff(draw.standard_normal(count + 1)) * _soft(count, 0.01, 0.02)


def _soft(count: int, begin: float, end: float) -> Sound:
    """An envelope that rises over *begin* and falls over *end* seconds."""
    place = np.arange(count) / RATE
    return np.clip(np.minimum(place / begin, (count / RATE - place) / end), 0, 1)


def _even(sound: Sound, peak: float) -> Sound:
    """*sound* with its loudest moments rounded off, so that it lies close below *peak*."""
    spread = np.sqrt(np.mean(sound[np.abs(sound) > 1e-4] ** 2)) + 1e-9
    return np.asarray(np.tanh(sound / spread / 1.6) * peak)


def tune(seconds: float) -> Sound:
    """A calm tune in stereo: broken chords over a bass, C, A minor, F, G, ending on C."""
    count = round(seconds * RATE)
    left, right = np.zeros(count), np.zeros(count)
    chords = [(48, (60, 64, 67, 72)), (45, (57, 60, 64, 69)), (41, (57, 60, 65, 69)), (43, (55, 59, 62, 67))]
    beat = seconds / 40  # ten bars of four beats
    for bar in range(10):
        bass, notes = chords[0] if bar == 9 else chords[bar % 4]
        for half in (0, 2):
            _add((left, right), _pluck(bass - 12, beat * 2, 0.55), (bar * 4 + half) * beat, 0.5)
        for step in range(8):
            note = notes[(0, 1, 2, 3, 2, 1, 2, 1)[step]]
            _add(
                (left, right),
                _pluck(note + 12 * (step == 3), beat * 2.5, 0.3),
                (bar * 4 + step / 2) * beat,
                0.3 + 0.4 * (step % 2),
            )
        _add((left, right), _pad(notes, beat * 4.2), bar * 4 * beat, 0.5)
    both = np.stack([left, right]) * np.minimum(1, (count - np.arange(count)) / (0.6 * RATE))
    return np.tanh(both * 1.6) * 0.4


def _hertz(note: int) -> float:
    """The pitch of a MIDI note number: 69 is 440 Hz."""
    return float(440 * 2 ** ((note - 69) / 12))


def _pluck(note: int, seconds: float, level: float) -> Sound:
    time = np.arange(round(seconds * RATE)) / RATE
    tone = sum(np.sin(2 * np.pi * _hertz(note) * n * time) * np.exp(-time * 2.4 * n) / n**1.4 for n in range(1, 6))
    return np.asarray(tone) * level * _soft(len(time), 0.004, 0.08)


def _pad(notes: tuple[int, ...], seconds: float) -> Sound:
    time = np.arange(round(seconds * RATE)) / RATE
    tones = [np.sin(2 * np.pi * _hertz(note) * time + 0.6 * np.sin(2 * np.pi * 0.7 * time)) for note in notes[:3]]
    return np.asarray(np.sum(tones, axis=0) * 0.09 * _soft(len(time), 0.3, 0.4))


def _add(sides: tuple[Sound, Sound], sound: Sound, start: float, place: float) -> None:
    """Mix *sound* in at *start* seconds, *place* from 0 (left) to 1 (right)."""
    first = round(start * RATE)
    count = min(len(sound), len(sides[0]) - first)
    for side, share in zip(sides, (np.cos(place * np.pi / 2), np.sin(place * np.pi / 2)), strict=True):
        side[first : first + count] += sound[:count] * share


def waves(seconds: float) -> Sound:
    """Waves on a shore in stereo: dark noise that swells and ebbs."""
    count = round(seconds * RATE)
    time = np.arange(count) / RATE
    sides = []
    for side in (0, 1):
        draw = np.random.default_rng(30 + side)
        spectrum = np.fft.rfft(draw.standard_normal(count))
        hertz = np.fft.rfftfreq(count, 1 / RATE)
        noise = np.fft.irfft(spectrum * (hertz > 60) / (1 + (hertz / 420) ** 1.2), count)
        swell = 0.45 + 0.55 * np.sin(2 * np.pi * time / 4.6 + side * 0.7) ** 2
        sides.append(_even(noise * swell, 0.25))
    return np.stack(sides)


def gull_cries() -> Sound:
    """Three cries of a gull: a tone that rises, then falls, rich in overtones; 1.8 s."""
    sound = np.zeros(round(1.8 * RATE))
    for start, length, high in ((0.05, 0.5, 1500), (0.62, 0.42, 1650), (1.1, 0.55, 1420)):
        place = np.linspace(0, 1, round(length * RATE))
        hertz = high * (0.72 + 0.5 * np.sin(np.pi * np.minimum(place * 1.5, 1) * 0.75) - 0.3 * place)
        phase = 2 * np.pi * np.cumsum(hertz) / RATE
        cry = np.sin(phase) + 0.6 * np.sin(2 * phase) + 0.3 * np.sin(3 * phase)
        first = round(start * RATE)
        sound[first : first + len(place)] += cry * np.sin(np.pi * place) ** 0.6
    return np.asarray(np.tanh(sound) * 0.3)


def horn() -> Sound:
    """A ship's horn: one long low chord; 2.2 s."""
    time = np.arange(round(2.2 * RATE)) / RATE
    tones = [np.sin(2 * np.pi * base * n * time) / n for base in (110.0, 138.6) for n in range(1, 8)]
    return np.asarray(np.tanh(np.sum(tones, axis=0) * 0.7) * 0.35 * _soft(len(time), 0.12, 0.5))


def write_wav(path: Path, sound: Sound) -> None:
    """Write *sound* (samples, or channels x samples) as 16-bit PCM."""
    rows = np.atleast_2d(sound)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(rows))
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(rows.T, -1, 1) * 32767).round().astype("<i2").tobytes())


def samples(seconds: Fraction) -> int:
    """How many samples last so long, to the nearest."""
    return round(seconds * RATE)
