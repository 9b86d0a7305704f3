"""Sounds whose every sample is known, and files made of them by a program that is not ours."""

import subprocess
import wave
from pathlib import Path

import imageio_ffmpeg
import numpy as np

from twopop.sound.recipe import Mix, Part
from twopop.timeline.program import Role

FFMPEG = Path(imageio_ffmpeg.get_ffmpeg_exe())


def write_wav(path, samples, rate):
    """*samples* (n, channels), full scale 1, as 16 bit."""
    samples = np.asarray(samples, np.float64).reshape(len(samples), -1)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.clip(np.round(samples * 32768), -32768, 32767).astype("<i2").tobytes())
    return path


def convert(source, target, *options):
    command = [str(FFMPEG), "-v", "error", "-y", "-i", str(source), *options, str(target)]
    subprocess.run(command, check=True, timeout=60, stdin=subprocess.DEVNULL)
    return target


def clicks(length, every, first=0):
    """Smooth pulses, 24 samples wide, whose highest sample is each *every*-th from *first* on."""
    samples = np.zeros(length)
    pulse = 0.8 * np.hanning(25)
    for at in range(first, length - 12, every):
        if at >= 12:
            samples[at - 12 : at + 13] += pulse
    return samples


def peaks(samples, near):
    """The highest sample within 200 of each place in *near*."""
    return [int(at - 200 + np.argmax(samples[at - 200 : at + 201])) for at in near]


def part(path, start, stop, source_in, **more):
    more = {"stream": 0, "role": Role.MUSIC, "content": str(path), **more}
    return Part(path=str(path), start=start, stop=stop, source_in=source_in, **more)


def mix_of(samples, *parts, rate=48000, channels=2, **more):
    return Mix(samples=samples, rate=rate, channels=channels, parts=parts, **more)


def rendered(store, mix):
    return np.fromfile(store.path("sound", mix.key()), "<f4").reshape(-1, mix.channels)
