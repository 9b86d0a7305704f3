"""Looking at a render: every picture decoded, its card read; the sound heard frame by frame."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from twopop.hosts.contract.cards import read_card
from twopop.hosts.encoding import BT709
from twopop.hosts.reading_back import ReadBack, open_media, read_back
from twopop.time import Rate, samples_at

#: Below this level in dBFS (RMS) it is silent.
SILENT = -80

#: The colour matrices that a file is taken at its word for: BT.709, BT.470BG, SMPTE 170M.
_MATRICES = frozenset({1, 5, 6})


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """All that clauses want to know of a render.

    *file* is what its streams say; *cards* what its pictures say, in order, and *colours* their lower halves (R, G, B).
    For each picture *levels* has the level of the sound in dBFS (RMS of the loudest channel), *tones* its strongest
    frequency in Hz. *samples* were decoded.
    """

    file: ReadBack
    cards: tuple[str, ...] = ()
    colours: tuple[tuple[int, int, int], ...] = ()
    samples: int = 0
    levels: tuple[int, ...] = ()
    tones: tuple[int, ...] = ()


def look_at(file: Path, rate: Rate) -> Look | None:
    """The Look of *file*, whose sound is heard in frames of *rate*; None where there is no such file.

    Raises InputError for a file that is no media.
    """
    if not file.exists():
        return None
    facts = read_back(file)
    cards = [read_card(rgb) for rgb in _pictures(file)] if facts.pictures else []
    sound = _sound(file) if facts.sounds else np.zeros((1, 0), np.float32)
    parts = [_part(sound, number, rate, facts.sample_rate) for number in range(len(cards))] if facts.sounds else []
    return Look(
        file=facts,
        cards=tuple(card for card, _ in cards),
        colours=tuple(colour for _, colour in cards),
        samples=sound.shape[1],
        levels=tuple(_level(part) for part in parts),
        tones=tuple(_tone(part, facts.sample_rate) for part in parts),
    )


def _pictures(file: Path) -> Any:
    with open_media(file) as container:
        for frame in container.decode(video=0):
            said = int(frame.colorspace)
            matrix = said if said in _MATRICES else BT709
            yield frame.reformat(format="rgb24", src_colorspace=matrix, dst_colorspace=BT709).to_ndarray()


def _sound(file: Path) -> Any:
    """The first sound as (channels, samples), from the file's time 0 on."""
    import av

    with open_media(file) as container:
        stream = container.streams.audio[0]
        resampler = av.AudioResampler(format="fltp")
        parts = []
        first: Any = None
        for frame in container.decode(stream):
            if first is None and frame.pts is not None and frame.time_base is not None:
                first = frame.pts * frame.time_base
            parts += [made.to_ndarray() for made in resampler.resample(frame)]
        parts += [made.to_ndarray() for made in resampler.resample(None)]
        sound = np.concatenate(parts, axis=1) if parts else np.zeros((1, 0), np.float32)
        late = round((first or 0) * stream.codec_context.sample_rate)
    return np.pad(sound, ((0, 0), (late, 0))) if late > 0 else sound[:, -late:]


def _part(sound: Any, number: int, rate: Rate, sample_rate: int) -> Any:
    return sound[:, samples_at(number, rate, sample_rate) : samples_at(number + 1, rate, sample_rate)]


def _level(part: Any) -> int:
    power = float((part.astype(np.float64) ** 2).mean(axis=1).max()) if part.size else 0.0
    return max(-120, round(10 * np.log10(power))) if power > 1e-12 else -120


def _tone(part: Any, sample_rate: int) -> int:
    """The strongest frequency, to a few Hz: the samples are padded, so that the spectrum is fine enough."""
    if _level(part) <= SILENT:
        return 0
    size = 1 << 15
    spectrum = np.abs(np.fft.rfft(part[0] * np.hanning(part.shape[1]), size))
    return round(float(spectrum.argmax()) * sample_rate / size)
