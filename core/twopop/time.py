"""Frame rates and timecode, exact.

A rate is a ratio of whole numbers (24000/1001, never 23.976). Inside twopop time is a count of frames on a rate, or
seconds as a Fraction; timecode is text at the borders only. The drop-frame count is opentime's.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any, Self

from twopop.errors import InputError

_TIMECODE = re.compile(r"(\d{2,3}):(\d{2}):(\d{2})([:;.,])(\d{2,3})")

#: Rates on which drop-frame counting is defined (SMPTE ST 12-1, 5.2.2: 30/1.001 and its multiple 60/1.001).
_DROP = (Fraction(30000, 1001), Fraction(60000, 1001))


#: An exponent that no length or rate has, and that would take all memory to write out.
_ENDLESS = re.compile(r"[eE][+-]?[\d_]{3,}")


def exact(value: Any) -> Fraction:
    """The number that *value* (text, a decimal, a whole number) writes, to the last digit: 0.1 is 1/10.

    Raises ValueError or TypeError for what is no number, and for ``"1e999999999"``.
    """
    text = str(value) if isinstance(value, float) else value
    if isinstance(text, str) and _ENDLESS.search(text):
        raise ValueError(f"{text!r} is too large or too small")
    try:
        return Fraction(text)
    except ArithmeticError as error:
        raise ValueError(f"{text!r} is no number") from error


class Rate(Fraction):
    """Frames per second as an exact ratio: ``Rate(24000, 1001)``; its text is ``"24000/1001"``."""

    __slots__ = ()

    def __new__(cls, numerator: int | Fraction = 25, denominator: int | None = None) -> Self:
        """Raises InputError unless the rate is positive and at most 1000 frames a second."""
        self = super().__new__(cls, numerator, denominator)
        if not 0 < self <= 1000:
            raise InputError(f"{numerator} is no frame rate.", remedy="Give one such as 25, 30000/1001 or 23.976.")
        return self

    @classmethod
    def read(cls, value: Any) -> Rate:
        """The rate meant by a whole number, a ratio in text, or a rounded decimal such as 23.976, 23.98 or 29.97.

        A decimal within 0.05 % of n·1000/1001 (n whole) is that rate and 12.5 is 25/2; anything else with a fraction,
        such as 23.997, is refused, since it names no rate. Raises InputError.
        """
        if isinstance(value, Rate):
            return value
        try:
            number = exact(value)
        except (TypeError, ValueError):
            number = Fraction(0)
        ratio = isinstance(value, str) and "/" in value
        if number <= 0 or number > 1000:
            raise InputError(f"{value!r} is no frame rate.", remedy="Give one such as 25, 30000/1001 or 23.976.")
        if ratio or number.denominator == 1 or isinstance(value, Fraction):
            return cls(number)
        return cls._of_decimal(number, value)

    @classmethod
    def _of_decimal(cls, number: Fraction, said: Any) -> Rate:
        whole, broadcast = Fraction(round(number)), Fraction(round(number * 1001 / 1000) * 1000, 1001)
        for exact, tolerance in ((whole, Fraction(1, 100_000)), (broadcast, Fraction(1, 2000))):
            if exact and abs(number - exact) / exact < tolerance:
                return cls(exact)
        if number.denominator <= 10:
            return cls(number)
        raise InputError(f"{said} names no frame rate exactly.", remedy="Write it as a ratio, such as 24000/1001.")

    @property
    def nominal(self) -> int:
        """The whole number that timecode counts to: 24 for 24000/1001."""
        return ceil(self)

    @property
    def may_drop(self) -> bool:
        """Whether drop-frame timecode exists on this rate."""
        return self in _DROP

    def seconds(self, frames: int) -> Fraction:
        """How long *frames* last, in seconds."""
        return Fraction(frames) / self

    def nearest_frame(self, seconds: Fraction) -> int:
        """The frame boundary nearest to *seconds*; halves go up."""
        return floor(Fraction(seconds) * self + Fraction(1, 2))

    def __reduce__(self) -> tuple[Any, ...]:
        return (Rate, (self.numerator, self.denominator))


def floor(value: Fraction) -> int:
    """The whole number at or below *value*."""
    return value.numerator // value.denominator


def ceil(value: Fraction) -> int:
    """The whole number at or above *value*."""
    return -((-value.numerator) // value.denominator)


def timecode(frame: int, rate: Rate, *, drop: bool = False) -> str:
    """*frame*, counted from midnight, as ``HH:MM:SS:FF`` (``HH:MM:SS;FF`` with *drop*); runs over 24 h to 00:00:00:00.

    Raises InputError when *drop* is asked of a rate that has none.
    """
    if drop and not rate.may_drop:
        raise InputError(f"Drop-frame timecode does not exist at {rate} frames a second.")
    base = rate.nominal
    if drop:
        from opentimelineio import opentime  # slow to import; only drop-frame needs it

        day = 24 * 6 * (base * 600 - (base // 30) * 18)
        text: str = opentime.RationalTime(frame % day, float(rate)).to_timecode(float(rate), True)
        return text
    frame %= 24 * 3600 * base
    seconds, frames = divmod(frame, base)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}:{second:02}:{frames:0{2 if base <= 100 else 3}}"


def frame_of(text: str, rate: Rate) -> int:
    """The frame, counted from midnight, that the timecode *text* names at *rate*; ``;`` or ``,`` means drop-frame.

    Raises InputError for text that is no timecode, for frames beyond the rate and for labels that drop-frame skips.
    """
    match = _TIMECODE.fullmatch(text.strip())
    if match is None:
        raise InputError(f"{text!r} is no timecode.", remedy="Write HH:MM:SS:FF, or HH:MM:SS;FF for drop-frame.")
    hours, minutes, seconds, frames = (int(match[n]) for n in (1, 2, 3, 5))
    base, drop = rate.nominal, match[4] in ";,"
    if minutes > 59 or seconds > 59 or frames >= base:
        raise InputError(f"{text} does not exist at {rate} frames a second (frames run from 00 to {base - 1:02}).")
    count = ((hours * 60 + minutes) * 60 + seconds) * base + frames
    if not drop:
        return count
    if not rate.may_drop:
        raise InputError(f"{text} is drop-frame, which does not exist at {rate} frames a second.", remedy="Use ':'.")
    dropped = base // 30 * 2
    if minutes % 10 and seconds == 0 and frames < dropped:
        raise InputError(f"{text} does not exist: drop-frame timecode skips it.", remedy=f"Use frame {dropped:02}.")
    whole = hours * 60 + minutes
    return count - dropped * (whole - whole // 10)


def frames_in(seconds_label: int | Fraction, rate: Rate) -> int:
    """Frames of a spot of so many seconds: counted as timecode counts, 30 s at 24000/1001 are 720 frames.

    Raises InputError when that is no whole number of frames.
    """
    frames = Fraction(seconds_label) * rate.nominal
    if frames.denominator != 1:
        raise InputError(f"{seconds_label} s are no whole number of frames at {rate}.")
    return frames.numerator


def samples_at(frame: int, rate: Rate, sample_rate: int) -> int:
    """The audio sample on which *frame* begins: the nearest one, halves up.

    At 24000/1001 and 48 kHz a frame is 2002 samples exactly; at 30000/1001 it is 1601.6, so that frames take 1601 or
    1602 samples and no error ever adds up.
    """
    return floor(Fraction(frame) * sample_rate / rate + Fraction(1, 2))
