"""Exact seconds out of OpenTimelineIO's floating-point times."""

from __future__ import annotations

import contextlib
import functools
import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from twopop.errors import InputError
from twopop.time import Rate

#: Rates that pictures have; a time on any other rate (1, 48000) says nothing about the program's.
_PICTURE_RATES = (Fraction(5), Fraction(480))


@functools.lru_cache(maxsize=256)
def ticks(rate: float) -> Fraction:
    """The exact ticks a second behind a *rate* as a file writes it: 23.976 is 24000/1001, 48000 is 48000.

    A rate that is no frame rate at all (7.3) is taken as the decimal it says. Raises InputError for 0, negative
    numbers and those that are no numbers.
    """
    if not math.isfinite(rate) or rate <= 0 or rate > 1e9:
        raise InputError(f"It counts time at {rate} ticks a second, which is no rate.")
    if rate == int(rate):
        return Fraction(int(rate))
    with contextlib.suppress(InputError):
        return Fraction(Rate.read(float(rate)))
    return Fraction(str(rate))


def seconds(moment: Any) -> Fraction:
    """An ``opentime.RationalTime`` as exact seconds. Raises InputError for one that is no number."""
    if not math.isfinite(moment.value):
        raise InputError("One of its times is no number.")
    whole = int(moment.value)
    value = Fraction(whole) if whole == moment.value else Fraction(moment.value).limit_denominator(1_000_000)
    return value / ticks(moment.rate) if value else Fraction(0)


def moment(time: Fraction, rate: Fraction | None = None) -> Any:
    """*time* in seconds as an ``opentime.RationalTime``: in whole ticks of *rate* if given, else of its denominator."""
    from opentimelineio import opentime

    if rate is not None and (time * rate).denominator == 1:
        return opentime.RationalTime(int(time * rate), float(rate))
    time = time.limit_denominator(1_000_000_000)
    return opentime.RationalTime(time.numerator, time.denominator)


def stretch(start: Fraction, length: Fraction, rate: Fraction | None = None) -> Any:
    """An ``opentime.TimeRange`` of *length* seconds from *start*."""
    from opentimelineio import opentime

    return opentime.TimeRange(moment(start, rate), moment(length, rate))


def picture_rate(value: float) -> Rate | None:
    """The frame rate meant by *value*, or None where that is no rate of pictures."""
    with contextlib.suppress(InputError):
        rate = Rate.read(value)
        if _PICTURE_RATES[0] <= rate <= _PICTURE_RATES[1]:
            return rate
    return None


def plain(value: Any) -> Any:
    """OpenTimelineIO's metadata as plain dictionaries, lists, text and numbers."""
    if hasattr(value, "items"):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    if hasattr(value, "__iter__"):
        return [plain(each) for each in value]
    return str(value)


def said(value: Any, *keys: str) -> Any:
    """What *value* holds under *keys*, one within the other; None where something on the way is missing."""
    for key in keys:
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    return value


def children(parent: Any) -> Iterator[Any]:
    """The children of a composition (index by index, since an odd child must not end the walk)."""
    for index in range(len(parent)):
        yield parent[index]
