"""Which channel of a source is heard where in the mix.

=========  ==================================================================================================
into       rule
=========  ==================================================================================================
stereo     mono feeds left and right at 0 dB; more than two channels are folded down after ITU-R BS.775-3,
           Annex 4, Table 2 (centre and surrounds at 0.7071, LFE dropped), without scaling
5.1        mono feeds left and right at 0 dB, stereo left and right, 5.1 goes straight through; other
           channels go to the nearest of the six
mono       half of left plus half of right of the stereo form; mono goes straight through
=========  ==================================================================================================
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_HALF_POWER = 0.5**0.5

#: (left, right) of each channel by ffmpeg's name.
_FOLDED = {
    "FL": (1.0, 0.0),
    "FR": (0.0, 1.0),
    "DL": (1.0, 0.0),
    "DR": (0.0, 1.0),
    "FC": (_HALF_POWER, _HALF_POWER),
    "BC": (0.5, 0.5),
    "LFE": (0.0, 0.0),
    **dict.fromkeys(("SL", "BL", "FLC", "WL"), (_HALF_POWER, 0.0)),
    **dict.fromkeys(("SR", "BR", "FRC", "WR"), (0.0, _HALF_POWER)),
}

#: The place of each channel in 5.1 (L R C LFE Ls Rs).
_PLACE = {"FL": 0, "FR": 1, "DL": 0, "DR": 1, "FC": 2, "LFE": 3, "SL": 4, "BL": 4, "WL": 0}
_PLACE |= {"SR": 5, "BR": 5, "WR": 1, "FLC": 0, "FRC": 1}

#: What channels without names are taken for, by their number; of any other number the first two are a stereo pair.
_USUAL = {1: ("FC",), 2: ("FL", "FR"), 6: ("FL", "FR", "FC", "LFE", "SL", "SR")}


def matrix(names: Sequence[str], picked: Sequence[int], width: int) -> NDArray[np.float32]:
    """Amplitudes, shape (source channels, *width*), from a source with channels called *names* into a mix.

    *picked* are the source's channels to take, from 0 (empty: all); one picked channel is mono, two are a pair,
    whatever they are called. *width* is 1, 2 or 6. Raises IndexError for a channel that the source does not have.
    """
    import numpy as np

    places = list(picked) or list(range(len(names)))
    taken = _taken_for([names[place] for place in places])
    table = np.zeros((len(names), width), np.float32)
    for place, name in zip(places, taken, strict=True):
        table[place] += _row(name, len(taken), width)
    return table


def _taken_for(names: Sequence[str]) -> Sequence[str]:
    if len(names) <= 2:
        return _USUAL[len(names)]
    if all(name in _FOLDED for name in names) and len(set(names)) == len(names):
        return names
    return _USUAL.get(len(names)) or ("FL", "FR", *("LFE",) * (len(names) - 2))


def _row(name: str, count: int, width: int) -> list[float]:
    left, right = (1.0, 1.0) if count == 1 else _FOLDED[name]
    if width == 1:
        return [1.0] if count == 1 else [(left + right) / 2]
    if width == 2 or count <= 2:
        return [left, right, *[0.0] * (width - 2)]
    row = [0.0] * width
    if name == "BC":
        row[4] = row[5] = _HALF_POWER
    elif name in _PLACE:
        row[_PLACE[name]] = 1.0
    return row
