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

_TAPS = 24
_BLOCK = 1 << 17


def integrated(samples: NDArray[np.float32], rate: int) -> float | None:
    """Integrated loudness in LUFS of *samples*, shape (samples, channels) with 1, 2, 5 (L R C Ls Rs) or 6 (5.1).

    None below the absolute gate and for less than 400 ms. The LFE of 5.1 does not count. K-weighting is pyloudnorm's
    DeMan filter, which equals the standard's; gating blocks are 400 ms with 75 % overlap, an incomplete last one is
    dropped (BS.1770-5, Annex 1).
    """
    import numpy as np
    import pyloudnorm

    step = rate // 10
    blocks = (len(samples) - 4 * step) // step + 1
    if len(samples) < 4 * step or not samples.any():
        return None
    heard = samples[: (blocks + 3) * step]
    if samples.shape[1] == 6:
        heard = heard[:, [0, 1, 2, 4, 5]]
    meter = pyloudnorm.Meter(rate, filter_class="DeMan")
    with np.errstate(divide="ignore", invalid="ignore"):
        level = float(meter.integrated_loudness(heard.astype(np.float64)))
    return level if math.isfinite(level) and level >= _GATE else None


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
    highest = float(np.max(np.abs(samples)))
    if factor > 1:
        taps = firwin(_TAPS * factor + 1, 1 / factor, window=("kaiser", 7.0)) * factor
        for start in range(0, len(samples), _BLOCK):
            block = samples[max(0, start - _TAPS) : start + _BLOCK + _TAPS].astype(np.float64)
            highest = max(highest, float(np.max(np.abs(upfirdn(taps, block, factor, axis=0)))))
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
