"""Sound at another speed or rate: a windowed sinc, placed exactly.

The value at a position is a function of that position alone, so two neighbouring parts of one clip meet without a
seam, whatever the ratio. Kernel: 64 zero crossings under a Kaiser window (beta 9, about 90 dB), band edge at 0.46 of
the lower of the two rates.

Ratios of small numbers (44100 to 48000 is 147 to 160) are one product of matrices; others look their weights up in a
table of 1024 phases, on a straight line between two (error under -120 dB).
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from twopop.time import floor

if TYPE_CHECKING:
    from numpy.typing import NDArray

_HALF = 32
_PHASES = 1024
_BETA = 9.0
_BAND = 0.46
#: Beyond this many times the speed the kernel grows no further; that fast, nobody hears an alias.
_WIDEST = 64
#: The largest product of matrices, in multiplications. Above this OpenBLAS takes several threads, which wait for each
#: other where renders run side by side.
_SMALL = 250_000


def reach(first: Fraction, step: Fraction, count: int) -> tuple[int, int]:
    """The source samples ``[lo, hi)`` that *count* values from position *first* in steps of *step* depend on."""
    last = first + (count - 1) * step
    if abs(step) == 1:
        ends = sorted((_nearest(first), _nearest(last)))
        return ends[0], ends[1] + 1
    half = _half(step)
    return floor(min(first, last)) - half, floor(max(first, last)) + half + 2


def resample(source: NDArray[np.float32], lo: int, first: Fraction, step: Fraction, count: int) -> NDArray[np.float32]:
    """*count* values at positions *first*, *first* + *step*, ... of a sound whose samples from *lo* on are *source*.

    *source* has shape (samples, channels) and covers ``reach(first, step, count)``. With a step of 1 or -1 the samples
    are copied bit for bit, from the nearest one.
    """
    if step < 0:
        return resample(source, lo, first + (count - 1) * step, -step, count)[::-1]
    if step == 1:
        at = _nearest(first) - lo
        return source[at : at + count]
    channels = [np.ascontiguousarray(source[:, channel]) for channel in range(source.shape[1])]
    make = _by_matrix if _rows_at_once(step) else _by_table
    return np.stack([make(samples, first - lo, step, count) for samples in channels], axis=1)


def block_for(step: Fraction) -> int:
    """How many values to make at once, so that the work takes a few megabytes; whole turns of the ratio's phases."""
    if abs(step) == 1:
        return 1 << 12
    if not _rows_at_once(abs(step)):
        return max(64, (1 << 13) * _HALF // _half(step))
    turn = _turn(abs(step))[1]
    return max(1, (1 << 20) // (_half(step) + 32) // turn) * turn


def _nearest(position: Fraction) -> int:
    return floor(position + Fraction(1, 2))


def _half(step: Fraction) -> int:
    return _HALF * max(1, min(_WIDEST, -floor(-abs(step))))


def _turn(step: Fraction) -> tuple[int, int]:
    """How many source samples go by while so many values are made, before the phases come round again."""
    times = -(-128 // step.denominator)
    return step.numerator * times, step.denominator * times


def _rows_at_once(step: Fraction) -> int:
    """How many turns one product may make; 0 when the ratio's numbers are too large for a matrix."""
    going, coming = _turn(step)
    return _SMALL // ((going + 2 * _half(step) + 1) * coming)


def _by_matrix(samples: NDArray[np.float32], first: Fraction, step: Fraction, count: int) -> NDArray[np.float32]:
    going, coming = _turn(step)
    whole = floor(first)
    matrix = _turn_matrix(first - whole, step)
    together = _rows_at_once(step)
    products = -(-count // (coming * together))
    rows = products * together
    begin = whole - _half(step) + 1
    missing = begin + (rows - 1) * going + len(matrix) - len(samples)
    padded = np.pad(samples, (0, max(0, missing)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, len(matrix))[begin::going][:rows]
    values: NDArray[np.float32] = windows.reshape(products, together, len(matrix)) @ matrix
    return values.ravel()[:count]


@lru_cache(maxsize=8)
def _turn_matrix(phase: Fraction, step: Fraction) -> NDArray[np.float32]:
    """The weights (source sample, value) of one turn that begins *phase* after a sample."""
    going, coming = _turn(step)
    half = _half(step)
    positions = [phase + n * step for n in range(coming)]
    below = np.array([floor(position) for position in positions])
    weights = _weights(np.array([float(position - floor(position)) for position in positions]), half, step)
    matrix = np.zeros((going + 2 * half + 1, coming), np.float32)
    matrix[below[:, None] + np.arange(2 * half), np.arange(coming)[:, None]] = weights
    return matrix


def _by_table(samples: NDArray[np.float32], first: Fraction, step: Fraction, count: int) -> NDArray[np.float32]:
    half = _half(step)
    table = _phase_table(step)
    whole = floor(first)
    positions = float(first - whole) + np.arange(count) * float(step)
    below = np.floor(positions).astype(np.int64)
    phase = (positions - below) * _PHASES
    row = np.minimum(phase.astype(np.int64), _PHASES - 1)
    windows = np.lib.stride_tricks.sliding_window_view(samples, 2 * half)[below + (whole - half + 1)]
    lower = np.einsum("nt,nt->n", windows, table[row])
    upper = np.einsum("nt,nt->n", windows, table[row + 1])
    values: NDArray[np.float32] = lower + (phase - row).astype(np.float32) * (upper - lower)
    return values


@lru_cache(maxsize=4)
def _phase_table(step: Fraction) -> NDArray[np.float32]:
    return _weights(np.arange(_PHASES + 1) / _PHASES, _half(step), step)


def _weights(phases: NDArray[np.float64], half: int, step: Fraction) -> NDArray[np.float32]:
    """Weights (phase, tap) of the samples around a position; each row sums to 1, so a constant stays itself."""
    distance = np.arange(1 - half, half + 1)[None, :] - phases[:, None]
    window = np.i0(_BETA * np.sqrt(np.maximum(0.0, 1 - (distance / half) ** 2))) / np.i0(_BETA)
    weights = np.sinc(2 * _BAND / max(1.0, float(step)) * distance) * window
    normal: NDArray[np.float32] = (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
    return normal
