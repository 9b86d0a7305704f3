"""Programme loudness and true peak after ITU-R BS.1770-5, and what a spec says of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from twopop.findings import Finding, Severity
from twopop.sound.recipe import MixReport

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from twopop import specs

#: How far apart two true-peak meters may read, in dB (EBU Tech 3343 v4: measurement tolerance of R 128).
TRUE_PEAK_TOLERANCE = 0.3

#: Loudness is compared to half a display digit (EBU Tech 3341: readings to one decimal).
_DIGIT = 0.05

#: Absolute gate in LUFS (BS.1770-5, Annex 1, eq. 6); what lies below it has no loudness.
_GATE = -70.0

#: Weights of left, right, centre and the surrounds (BS.1770-5, Table 4), and the offset of eq. 2.
_WEIGHTS, _OFFSET = (1.0, 1.0, 1.0, 1.41, 1.41), -0.691

_TAPS = 24
_BLOCK = 1 << 15

#: Tenths of a second that are weighted at once.
_STEPS = 20


def integrated(samples: NDArray[np.float32], rate: int) -> float | None:
    """Integrated loudness in LUFS of *samples*, shape (samples, channels) with 1, 2, 5 (L R C Ls Rs) or 6 (5.1).

    None below the absolute gate and for less than 400 ms. The LFE of 5.1 does not count. K-weighting is pyloudnorm's
    DeMan filter, which equals the standard's; gating blocks are 400 ms with 75 % overlap, an incomplete last one is
    dropped (BS.1770-5, Annex 1). *samples* are read in blocks.
    """
    import numpy as np

    energy = _energy(samples, rate)
    if len(energy) < 4:
        return None
    weights = np.array(_WEIGHTS[: energy.shape[1]])
    powers = sum(energy[n : len(energy) - 3 + n] for n in range(4)) @ weights / (4 * (rate // 10))
    loud = powers[powers > _power(_GATE)]
    if not len(loud):
        return None
    heard = loud[loud > np.mean(loud) / 10]  # the relative gate lies 10 LU below (eq. 7)
    return _OFFSET + 10 * math.log10(float(np.mean(heard)))


def _power(level: float) -> float:
    """The K-weighted power of *level* in LUFS."""
    return float(10 ** ((level - _OFFSET) / 10))


def _energy(samples: NDArray[np.float32], rate: int) -> NDArray[np.float64]:
    """The sum of the squares of the K-weighted *samples* in each whole tenth of a second, without the LFE of 5.1.

    Read in blocks: a film's mix is larger than the memory.
    """
    import numpy as np
    import pyloudnorm
    from scipy.signal import lfilter, lfilter_zi

    step = rate // 10
    kept = [0, 1, 2, 4, 5] if samples.shape[1] == 6 else list(range(samples.shape[1]))
    filters = list(pyloudnorm.Meter(rate, filter_class="DeMan")._filters.values())
    states = [np.zeros((len(lfilter_zi(each.b, each.a)), len(kept))) for each in filters]
    energy = []
    for start in range(0, len(samples) // step * step, _STEPS * step):
        heard = samples[start : start + _STEPS * step, kept].astype(np.float64)
        heard = heard[: len(heard) // step * step]
        for number, each in enumerate(filters):
            heard, states[number] = lfilter(each.b, each.a, heard, axis=0, zi=states[number])
            heard *= each.passband_gain
        energy.append(np.square(heard).reshape(-1, step, len(kept)).sum(axis=1))
    return np.concatenate(energy) if energy else np.zeros((0, len(kept)))


def true_peak(samples: NDArray[np.float32], rate: int) -> float | None:
    """The highest true peak of all channels in dBTP; None for silence.

    Oversampled to at least 192 kHz with a polyphase FIR of 24 taps a phase (BS.1770-5, Annex 2: 4 times at 48 kHz).
    *samples* has shape (samples, channels); it is read in blocks.
    """
    import numpy as np
    from scipy.signal import firwin, upfirdn

    if not len(samples):
        return None
    factor = 1 << max(0, math.ceil(math.log2(192_000 / rate)))
    highest = 0.0
    taps = firwin(_TAPS * factor + 1, 1 / factor, window=("kaiser", 7.0)) * factor if factor > 1 else None
    for start in range(0, len(samples), _BLOCK):
        block = samples[max(0, start - _TAPS) : start + _BLOCK + _TAPS].astype(np.float64)
        highest = max(highest, float(np.max(np.abs(block))))
        if taps is not None:
            raised = np.abs(upfirdn(taps, block, factor, axis=0))
            # A block cut out of a wave rings where it is cut: there only what saw all of its samples counts.
            first = _TAPS * factor if start else 0
            last = len(block) * factor if start + _BLOCK + _TAPS < len(samples) else None
            highest = max(highest, float(np.max(raised[first:last])))
    return 20 * math.log10(highest) if highest > 0 else None


def loudness_findings(report: MixReport, loudness: specs.Loudness, *, of: str = "") -> list[Finding]:
    """What the spec's *loudness* says of a measured mix: off target or over the peak weighs as the spec says.

    *of* names the mix where a file has several.
    """
    if report.integrated_lufs is None:
        message = f"There is no loudness to measure: {_named('the sound', of)} is silent or shorter than 400 ms."
        return [Finding(rule="sound.loudness", severity=Severity.INFO, message=message)]
    return [*_off_target(report, report.integrated_lufs, loudness, of), *_over_peak(report, loudness, of)]


def _named(what: str, of: str) -> str:
    return f"{what} ({of})" if of else what


def _off_target(report: MixReport, measured: float, loudness: specs.Loudness, of: str) -> list[Finding]:
    held = report.short_of_target_lu > _DIGIT
    off = abs(measured - loudness.target) > loudness.tolerance + _DIGIT
    if not (off or held):
        return []
    wanted = f"{loudness.target:g} ± {loudness.tolerance:g}"
    message = f"{_named('The sound', of)} is at {measured:.1f} LUFS; the spec wants {wanted}."
    if held:
        message += (
            f" Its gain was held back by {report.short_of_target_lu:.1f} LU"
            f" so that the true peak stays at {loudness.true_peak:g} dBTP."
        )
    return [
        Finding(
            rule="sound.loudness",
            severity=loudness.level if off else Severity.INFO,
            message=message,
            remedy="Take down the highest peaks in the mix (a limiter), then deliver again." if held else "",
            measured=f"{measured:.1f} LUFS",
            limit=f"{wanted} LUFS",
            source="ITU-R BS.1770-5, Annex 1",
        )
    ]


def _over_peak(report: MixReport, loudness: specs.Loudness, of: str) -> list[Finding]:
    peak = report.true_peak_dbtp
    if peak is None or peak <= loudness.true_peak + 0.005:
        return []
    within = peak <= loudness.true_peak + TRUE_PEAK_TOLERANCE
    note = f" That is within the ± {TRUE_PEAK_TOLERANCE} dB by which meters differ." if within else ""
    return [
        Finding(
            rule="sound.true-peak",
            severity=Severity.INFO if within else loudness.level,
            message=f"{_named('The true peak', of)} is {peak:.1f} dBTP; the spec allows {loudness.true_peak:g}.{note}",
            remedy="" if within else "Take down the highest peaks in the mix, then deliver again.",
            measured=f"{peak:.1f} dBTP",
            limit=f"{loudness.true_peak:g} dBTP (meter tolerance ± {TRUE_PEAK_TOLERANCE} dB)",
            source="ITU-R BS.1770-5, Annex 2",
        )
    ]
