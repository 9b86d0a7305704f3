"""The tone curve that brings bright pictures to a darker display: the EETF of ITU-R BT.2390, 5.4.1.

It is applied to the brightest of the three components of a pixel and scales all three alike, so that hue and saturation
stay. Up to the knee nothing changes; above it the curve goes smoothly to the target's peak. Black is the same on both
sides, so there is no lift.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Values = NDArray[np.float64]

#: Points along an edge of the cube: with 65 a 10-bit code comes out within a quarter of its place in PQ.
POINTS = 65

# SMPTE ST 2084:2014, 5.1 (ITU-R BT.2100-2, table 4).
_M1, _M2 = 2610 / 16384, 2523 / 4096 * 128
_C1, _C2, _C3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32


def light_of(signal: Any) -> Values:
    """The display light in cd/m2 of a PQ *signal* from 0 to 1."""
    import numpy as np

    root = np.asarray(signal, float) ** (1 / _M2)
    light: Values = 10_000 * (np.maximum(root - _C1, 0) / (_C2 - _C3 * root)) ** (1 / _M1)
    return light


def signal_of(light: Any) -> Values:
    """The PQ signal from 0 to 1 of display *light* in cd/m2."""
    import numpy as np

    part = (np.asarray(light, float) / 10_000) ** _M1
    signal: Values = ((_C1 + _C2 * part) / (1 + _C3 * part)) ** _M2
    return signal


def darkened(light: Any, peak: int, target: int) -> Values:
    """*light* of a picture mastered to *peak*, on a display that goes to *target* (all in cd/m2)."""
    import numpy as np

    top = signal_of(peak)
    shown, most = signal_of(light) / top, float(signal_of(target) / top)
    knee = 1.5 * most - 0.5
    t = np.clip((shown - knee) / (1 - knee), 0, 1)
    bent = (2 * t**3 - 3 * t**2 + 1) * knee + (t**3 - 2 * t**2 + t) * (1 - knee) + (3 * t**2 - 2 * t**3) * most
    return light_of(np.where(shown < knee, shown, bent) * top)


@lru_cache(maxsize=4)
def cube(peak: int, target: int) -> str:
    """A 3D table (``.cube``) for RGB in PQ that brings pictures mastered to *peak* to *target* (cd/m2)."""
    import numpy as np

    steps = np.linspace(0, 1, POINTS)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")  # red runs fastest in the file
    light = light_of(np.stack([red, green, blue], axis=-1).reshape(-1, 3))
    brightest = light.max(axis=1, keepdims=True)
    share = np.divide(darkened(brightest, peak, target), brightest, out=np.ones_like(brightest), where=brightest > 0)
    rows = "\n".join(f"{r:.6f} {g:.6f} {b:.6f}" for r, g, b in signal_of(light * share).tolist())
    return f"LUT_3D_SIZE {POINTS}\n{rows}\n"
