"""Reframes: the crop path that brings a picture to another aspect."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from typing import Any

import msgspec

from twopop import time
from twopop.errors import EditorError
from twopop.timeline.program import Event
from twopop.variants.model import CropKey, CropPath


def of_clip(event: Event, aspect: str) -> CropPath | None:
    """The clip's own wish for *aspect*, or None.

    It is a table: ``x`` and ``y`` (0 to 1) and ``zoom`` (1 and up) for a window that stays, ``keys`` as a list of
    ``[frame, x, y, zoom]`` (frames from the event's start; y and zoom may be left out) for one that moves, or
    ``fit = "pad"``. Raises EditorError when it is something else.
    """
    wish = event.reframe.get(aspect)
    if wish is None:
        return None
    try:
        return _path(wish)
    except (TypeError, ValueError, ArithmeticError, KeyError, IndexError, AttributeError) as error:
        raise EditorError(
            f"The reframe of {event.name!r} for {aspect} cannot be read ({error}).",
            where=event.name,
            remedy='Write {"x": 0.3, "y": 0.5} or {"keys": [[0, 0.2], [48, 0.7]]}.',
        ) from None


def default(*, fit: str, x: float, y: float) -> CropPath:
    """The same window for every clip."""
    how = "the whole picture, padded" if fit == "pad" else "centre crop" if x == y == 0.5 else f"crop around {x}, {y}"
    return CropPath(keys=(_key(0, x, y),), fit=fit, how=how)


def _path(wish: Mapping[str, Any]) -> CropPath:
    unknown = set(wish) - {"x", "y", "zoom", "keys", "fit"}
    if unknown:
        raise ValueError(f"unknown {', '.join(sorted(unknown))}")
    if wish.get("fit", "crop") not in ("crop", "pad"):
        raise ValueError(f"fit is {wish['fit']!r}")
    listed = wish.get("keys") or [[0, wish.get("x", 0.5), wish.get("y", 0.5), wish.get("zoom", 1)]]
    keys = tuple(sorted((_key(*entry) for entry in listed), key=lambda key: key.frame))
    return CropPath(keys=keys, fit=wish.get("fit", "crop"), how="the clip's own reframe")


def _key(frame: int, x: Any, y: Any = 0.5, zoom: Any = 1) -> CropKey:
    across, down, magnify = (time.exact(value) for value in (x, y, zoom))
    if not (0 <= across <= 1 and 0 <= down <= 1 and 1 <= magnify <= 100):
        raise ValueError(f"x and y lie between 0 and 1 and zoom from 1 up, not {x}, {y}, {zoom}")
    return CropKey(int(frame), across, down, magnify)


def shifted(path: CropPath, frames: int, length: int) -> CropPath:
    """*path* as a segment of *length* frames sees it that begins *frames* later.

    It keeps the keys that move its window and no others, so that a change elsewhere in the shot leaves the segment as
    it is, and a window that stays is the same wherever the segment begins.
    """
    if path.fit == "pad":
        return CropPath(fit="pad", how=path.how)
    places = [key.frame - frames for key in path.keys]
    first, last = max(bisect_right(places, 0) - 1, 0), bisect_right(places, length - 1)
    if last and places[last - 1] == length - 1:
        last -= 1  # the last frame stands on a key: what comes after it is not on the way
    seen = path.keys[first : last + 1]
    if len({(key.x, key.y, key.zoom) for key in seen}) == 1:
        return CropPath(keys=(msgspec.structs.replace(seen[0], frame=0),), how=path.how)
    keys = tuple(msgspec.structs.replace(key, frame=key.frame - frames) for key in seen)
    return CropPath(keys=keys, how=path.how)
