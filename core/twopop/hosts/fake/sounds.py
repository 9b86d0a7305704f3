"""The sound of a program, to the sample, as the practice project renders it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twopop.errors import EditorError
from twopop.hosts.reading_back import open_media
from twopop.time import floor, samples_at
from twopop.timeline.program import AudioClip, Program
from twopop.variants.model import Span


def mixed(program: Program, span: Span, sample_rate: int, channels: int) -> NDArray[np.float32]:
    """All tracks of *program* within *span* as (channels, samples), full scale at 1, cut off there.

    Mono goes to all channels, others to their own. Raises EditorError for media that is not there.
    """
    first = samples_at(span.start, program.rate, sample_rate)
    count = samples_at(span.stop, program.rate, sample_rate) - first
    total = np.zeros((channels, count), np.float32)
    known: dict[str, NDArray[np.float32]] = {}
    for clip in (clip for track in program.audio for clip in track.clips):
        start, stop = (_sample(edge, sample_rate) - first for edge in (clip.start, clip.stop))
        if start < count and stop > 0:
            sound = _spread(_played(clip, stop - start, sample_rate, program, known), channels)
            low, high = max(0, start), min(count, stop)
            total[:, low:high] += sound[:, low - start : high - start]
    return np.clip(total, -1, 1)


def _sample(seconds: Fraction, sample_rate: int) -> int:
    return floor(seconds * sample_rate + Fraction(1, 2))


def _played(
    clip: AudioClip, count: int, sample_rate: int, program: Program, known: dict[str, NDArray[np.float32]]
) -> NDArray[np.float32]:
    """*count* samples of *clip*, with its speed, gain and fades; *known* holds what was decoded."""
    path = clip.source.path
    try:
        source = known[path] = known[path] if path in known else _decoded(Path(path), sample_rate)
    except EditorError as error:
        frame = program.rate.nearest_frame(clip.start)
        place = f"{program.timecode(frame)} {clip.name}"
        raise EditorError(error.what, where=place, remedy="Relink the clip.") from None
    if clip.channels:
        source = source[[channel for channel in clip.channels if channel < len(source)]]
    begin = _sample(clip.source_in, sample_rate)
    steps = np.arange(count)
    places = begin + (steps if clip.speed == 1 else np.round(steps * float(clip.speed)).astype(int))
    sound = np.zeros((len(source), count), np.float32)
    there = (places >= 0) & (places < source.shape[1])
    sound[:, there] = source[:, places[there]]
    return sound * _envelope(clip, count, sample_rate)


def _envelope(clip: AudioClip, count: int, sample_rate: int) -> NDArray[np.float32]:
    level = np.full(count, 10 ** (clip.gain_db / 20), np.float32)
    for fade, backwards in ((clip.fade_in, False), (clip.fade_out, True)):
        length = min(count, _sample(fade, sample_rate))
        if length:
            ramp = (np.arange(length, dtype=np.float32) + 0.5) / length
            part = slice(count - length, count) if backwards else slice(0, length)
            level[part] *= ramp[::-1] if backwards else ramp
    return level


def _spread(sound: NDArray[np.float32], channels: int) -> NDArray[np.float32]:
    if len(sound) == 1:
        return np.repeat(sound, channels, axis=0)
    missing = max(0, channels - len(sound))
    return np.pad(sound, ((0, missing), (0, 0)))[:channels]


def _decoded(path: Path, sample_rate: int) -> NDArray[np.float32]:
    """The first sound of the file at *path* as (channels, samples) from its first sample on."""
    import av

    with open_media(path) as container:
        if not container.streams.audio:
            raise EditorError("There is no sound in this file.", where=str(path))
        stream = container.streams.audio[0]
        resampler = av.AudioResampler(format="fltp", rate=sample_rate)
        parts: list[Any] = []
        try:
            for frame in container.decode(stream):
                parts += [made.to_ndarray() for made in resampler.resample(frame)]
        except av.FFmpegError as error:
            raise EditorError(f"The sound is damaged ({error.strerror}).", where=str(path)) from None
        parts += [made.to_ndarray() for made in resampler.resample(None)]
    return np.concatenate(parts, axis=1) if parts else np.zeros((1, 0), np.float32)
