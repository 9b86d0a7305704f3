"""The colour arithmetic of the standards, written from their clauses: what tests expect of pixels.

This knows nothing of twopop. Signals are 0 to 1, light is in cd/m2, pictures are arrays of (..., 3) RGB.
"""

from __future__ import annotations

from typing import Any

import numpy as np

#: Luma coefficients (Kr, Kb): ITU-R BT.601-7 2.5.1, BT.709-6 3.2, BT.2020-2 table 4.
KR_KB = {
    "smpte170m": (0.299, 0.114),
    "bt470bg": (0.299, 0.114),
    "bt709": (0.2126, 0.0722),
    "bt2020nc": (0.2627, 0.0593),
}

#: Where red, green and blue lie: BT.709-6 1.3, BT.2020-2 table 3, BT.601-7 2.4 (525 and 625 lines); white is D65.
PRIMARIES = {
    "bt709": ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06)),
    "bt2020": ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
    "smpte170m": ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070)),
    "bt470bg": ((0.64, 0.33), (0.29, 0.60), (0.15, 0.06)),
}
_D65 = (0.3127, 0.3290)

WHITE = 203.0  # ITU-R BT.2408, table 1


def ycbcr(rgb: Any, matrix: str) -> np.ndarray:
    """Y'CbCr (0 to 1 and -0.5 to 0.5) of non-linear *rgb*: BT.709-6 3.2 and 3.3 with the coefficients of *matrix*."""
    kr, kb = KR_KB[matrix]
    r, g, b = np.moveaxis(np.asarray(rgb, float), -1, 0)
    y = kr * r + (1 - kr - kb) * g + kb * b
    return np.stack([y, (b - y) / (2 - 2 * kb), (r - y) / (2 - 2 * kr)], -1)


def rgb_of(ycc: Any, matrix: str) -> np.ndarray:
    """The inverse of ``ycbcr``."""
    kr, kb = KR_KB[matrix]
    y, cb, cr = np.moveaxis(np.asarray(ycc, float), -1, 0)
    r, b = y + (2 - 2 * kr) * cr, y + (2 - 2 * kb) * cb
    return np.stack([r, (y - kr * r - kb * b) / (1 - kr - kb), b], -1)


def codes(ycc: Any, bits: int, *, full: bool = False) -> np.ndarray:
    """Code values (not rounded) of Y'CbCr: BT.709-6 3.5 and BT.2100-2 table 9 (limited and full range)."""
    scale, top = 2 ** (bits - 8), 2**bits - 1
    ycc = np.asarray(ycc, float)
    if full:
        return ycc * top + np.array([0, 2 ** (bits - 1), 2 ** (bits - 1)])
    return (ycc * np.array([219, 224, 224]) + np.array([16, 128, 128])) * scale


def between(was: str, wanted: str) -> np.ndarray:
    """The matrix for linear RGB from primaries *was* to *wanted*: SMPTE RP 177."""
    return np.linalg.inv(_to_xyz(wanted)) @ _to_xyz(was)


def _to_xyz(name: str) -> np.ndarray:
    columns = np.array([[x / y, 1, (1 - x - y) / y] for x, y in PRIMARIES[name]]).T
    x, y = _D65
    return columns * np.linalg.solve(columns, [x / y, 1, (1 - x - y) / y])


# -- transfer functions ------------------------------------------------------------------------------------------------


def bt1886(signal: Any) -> np.ndarray:
    """Light (0 to 1) of an SDR *signal*: BT.1886 annex 1 with black at 0."""
    return np.maximum(np.asarray(signal, float), 0) ** 2.4


def bt1886_signal(light: Any) -> np.ndarray:
    return np.clip(np.asarray(light, float), 0, 1) ** (1 / 2.4)


_M1, _M2, _C1, _C2, _C3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128


def pq(light: Any) -> np.ndarray:
    """The PQ signal of *light* in cd/m2: SMPTE ST 2084 5.3."""
    y = np.maximum(np.asarray(light, float), 0) / 10_000
    return ((_C1 + _C2 * y**_M1) / (1 + _C3 * y**_M1)) ** _M2


def pq_light(signal: Any) -> np.ndarray:
    """The light in cd/m2 of a PQ *signal*: SMPTE ST 2084 5.2."""
    root = np.asarray(signal, float) ** (1 / _M2)
    return 10_000 * (np.maximum(root - _C1, 0) / (_C2 - _C3 * root)) ** (1 / _M1)


_A = 0.17883277
_B, _C = 1 - 4 * _A, 0.5 - _A * np.log(4 * _A)


def hlg(scene: Any) -> np.ndarray:
    """The HLG signal of *scene* light (0 to 1): BT.2100-2 table 5, OETF."""
    e = np.maximum(np.asarray(scene, float), 0)
    return np.where(e <= 1 / 12, np.sqrt(3 * e), _A * np.log(np.maximum(12 * e - _B, 1e-9)) + _C)


def hlg_light(signal: Any, peak: float = 1000.0) -> np.ndarray:
    """The light in cd/m2 that a display of *peak* shows of an HLG RGB *signal*: BT.2100-2 table 5, gamma 1.2."""
    x = np.asarray(signal, float)
    scene = np.where(x <= 0.5, x * x / 3, (np.exp((x - _C) / _A) + _B) / 12)
    return peak * scene * (scene @ [0.2627, 0.6780, 0.0593])[..., None] ** 0.2


def hlg_signal(light: Any, peak: float = 1000.0) -> np.ndarray:
    """The inverse of ``hlg_light``."""
    display = np.asarray(light, float) / peak
    luminance = np.maximum(display @ [0.2627, 0.6780, 0.0593], 1e-12)[..., None]
    return hlg(display * luminance ** (1 / 1.2 - 1))


def tone_curve(light: Any, peak: float, target: float) -> np.ndarray:
    """The EETF of ITU-R BT.2390, 5.4.1, for black at 0 on both sides."""
    e1, most = pq(light) / pq(peak), pq(target) / pq(peak)
    ks = 1.5 * most - 0.5
    t = (np.minimum(e1, 1) - ks) / (1 - ks)
    p = (2 * t**3 - 3 * t**2 + 1) * ks + (t**3 - 2 * t**2 + t) * (1 - ks) + (-2 * t**3 + 3 * t**2) * most
    return pq_light(np.where(e1 < ks, e1, p) * pq(peak))


def tone_mapped(light: Any, peak: float, target: float) -> np.ndarray:
    """RGB *light*, all of a pixel scaled as the curve scales its brightest component."""
    light = np.asarray(light, float)
    brightest = np.maximum(light.max(-1, keepdims=True), 1e-9)
    return light * tone_curve(brightest, peak, target) / brightest
