"""Rendering a mix: the sum of its parts, brought to its target, as raw samples in the store."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from twopop import schema
from twopop.errors import Cancelled
from twopop.sound.channels import matrix
from twopop.sound.decode import SoundFile
from twopop.sound.loudness import integrated, true_peak
from twopop.sound.recipe import Mix, MixReport, Part
from twopop.sound.resample import block_for, reach, resample
from twopop.store import Store

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: The kind of store entry in which mixes lie, as they are (.f32) and encoded.
KIND = "sound"

_BLOCK = 1 << 18


def render_mix(mix: Mix, key: str, store: Store, *, cancel: threading.Event | None = None) -> MixReport:
    """Make *mix* and keep it in the *store* under *key*: interleaved little-endian float32, suffix ``.f32``.

    Samples over full scale stay as they are. One static gain brings the mix to its target, as far as its true-peak
    limit lets it; a stem has the gain of its whole mix, which is made first. The report tells what was measured after
    that. A mix that the store has is not made again. Raises EditorError for media that cannot be read, Cancelled soon
    after *cancel* was set.
    """
    known = mix_report(store, key)
    if known is not None:
        return known
    whole = mix.whole()
    gain = render_mix(whole, whole.key(), store, cancel=cancel).gain_db if mix.stem else None
    with store.turn(KIND, key, cancel=cancel) as turn:
        there = mix_report(store, key) if turn == "there" else None
        return there or _rendered(mix, key, store, gain, cancel)


def _rendered(mix: Mix, key: str, store: Store, gain: float | None, cancel: threading.Event | None) -> MixReport:
    with store.making(KIND, key, ".f32") as (scratch, measured):
        with scratch.open("r+b") as file:
            _fill_with_silence(file, mix)
            for part in mix.heard:
                _add(part, mix, file, cancel)
        report = _level(scratch, mix, gain, cancel)
        measured["mix"] = schema.to_builtins(report)
    return report


def mix_report(store: Store, key: str) -> MixReport | None:
    """What was measured on the mix *key* when it was made; None when the store has none."""
    entry = store.entry(KIND, key)
    if entry is None or "mix" not in entry.measured:
        return None
    return schema.from_builtins(entry.measured["mix"], MixReport, where=f"{KIND} {key}")


def _fill_with_silence(file: BinaryIO, mix: Mix) -> None:
    """Write all of the file's bytes now, so that a full disk shows at once."""
    silence = np.zeros(_BLOCK * mix.channels, "<f4").tobytes()
    left = mix.samples * mix.channels * 4
    while left > 0:
        left -= file.write(silence[:left])


def _add(part: Part, mix: Mix, file: BinaryIO, cancel: threading.Event | None) -> None:
    """Add *part* to the mix in *file*, in the order in which its source is read."""
    gain = 10 ** (part.gain_db / 20)
    with SoundFile(Path(part.path), part.stream, cancel=cancel) as source:
        step = part.speed * source.rate / mix.rate
        table = matrix(source.names, part.channels, mix.channels)
        for start, stop in _blocks(part, mix, step):
            _check(cancel)
            first = part.source_in * source.rate + (start - part.start) * step
            lo, hi = reach(first, step, stop - start)
            heard = resample(source.take(lo, hi), lo, first, step, stop - start) @ table
            heard *= (gain * _amplitude(part, start, stop)).astype(np.float32)[:, None]
            _add_at(file, start * mix.channels * 4, heard)


def _blocks(part: Part, mix: Mix, step: Fraction) -> Iterator[tuple[int, int]]:
    """The mix samples of *part* in blocks, last one first when it plays backwards; nothing where it stands still."""
    if not step:
        return
    size, stop = block_for(step), min(part.stop, mix.samples)
    starts = range(max(part.start, 0), stop, size)
    for start in starts if step > 0 else reversed(starts):
        yield start, min(start + size, stop)


def _amplitude(part: Part, start: int, stop: int) -> NDArray[np.float64]:
    """The product of the part's ramps at mix samples ``[start, stop)``."""
    amplitude = np.ones(stop - start)
    here = np.arange(start, stop)
    for head, tail, before, after in part.fades:
        amplitude *= np.interp(here, (head, tail), (before, after))
    return amplitude


def _add_at(file: BinaryIO, offset: int, heard: NDArray[np.float32]) -> None:
    file.seek(offset)
    there = np.frombuffer(file.read(heard.size * 4), "<f4")
    file.seek(offset)
    file.write((there + heard.ravel()).astype("<f4").tobytes())


def _level(path: Path, mix: Mix, gain: float | None, cancel: threading.Event | None) -> MixReport:
    """Bring the mix at *path* to its target, or by the *gain* that is given, and say what it measures then."""
    samples = np.memmap(path, "<f4", "r+", shape=(mix.samples, mix.channels))
    short = 0.0
    if gain is None:
        gain, short = _gain(samples, mix)
    _check(cancel)
    if gain:
        for start in range(0, len(samples), _BLOCK):
            samples[start : start + _BLOCK] *= np.float32(10 ** (gain / 20))
            _check(cancel)
        samples.flush()
    return MixReport(
        gain_db=gain,
        integrated_lufs=_shown(integrated(samples, mix.rate)),
        true_peak_dbtp=_shown(true_peak(samples, mix.rate)),
        short_of_target_lu=short,
    )


def _gain(samples: NDArray[np.float32], mix: Mix) -> tuple[float, float]:
    """The gain in dB that brings *samples* to the target, and by how many LU the true-peak limit held it back."""
    loudness = integrated(samples, mix.rate) if mix.target is not None else None
    if mix.target is None or loudness is None:
        return 0.0, 0.0
    wanted = gain = round(mix.target - loudness, 3)
    peak = true_peak(samples, mix.rate) if mix.true_peak is not None else None
    if mix.true_peak is not None and peak is not None:
        gain = min(wanted, math.floor((mix.true_peak - peak) * 1000) / 1000)
    return gain, round(wanted - gain, 3)


def _shown(level: float | None) -> float | None:
    """To a thousandth: far finer than any meter, and the same on every machine."""
    return None if level is None else round(level, 3)


def _check(cancel: threading.Event | None) -> None:
    if cancel is not None and cancel.is_set():
        raise Cancelled("The mix was stopped.")
