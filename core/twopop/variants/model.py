"""Variant, cutdown and crop path: the values that say what a deliverable shows."""

from __future__ import annotations

from fractions import Fraction

import msgspec

from twopop.time import Rate


class Span(msgspec.Struct, frozen=True, array_like=True, order=True):
    """Program frames ``[start, stop)``."""

    start: int
    stop: int

    @property
    def frames(self) -> int:
        """Length in frames."""
        return self.stop - self.start


class Cutdown(msgspec.Struct, frozen=True, kw_only=True):
    """A shorter program made from the program: its *label* (``"30s"``, ``"full"``) and the *keep* stretches in order.

    *how* says in a few words where the stretches come from, for the plan's reasons.
    """

    label: str
    keep: tuple[Span, ...]
    how: str = ""

    @property
    def frames(self) -> int:
        """Length in frames."""
        return sum(span.frames for span in self.keep)


class Variant(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """What the viewer sees and hears: *duration* is the cutdown's label, *aspect* as ``"9:16"``, *language* BCP 47.

    *market* is free text ("" for any).
    """

    duration: str
    aspect: str
    language: str = ""
    texted: bool = True
    market: str = ""

    def __str__(self) -> str:
        parts = [self.duration, self.aspect, self.language, "" if self.texted else "textless", self.market]
        return " ".join(part for part in parts if part)


class Wanted(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One line of an order: a variant in a spec (by name). Only one deliverable is made of equal lines."""

    variant: Variant
    spec: str


class CropKey(msgspec.Struct, frozen=True, array_like=True):
    """The crop's centre at one *frame* of the event (0 = its first): *x*, *y* from 0 to 1 of the source's picture.

    *zoom* 1 is the largest window of the wanted aspect; 2 shows half its width.
    """

    frame: int
    x: Fraction = Fraction(1, 2)
    y: Fraction = Fraction(1, 2)
    zoom: Fraction = Fraction(1)


class CropPath(msgspec.Struct, frozen=True, kw_only=True):
    """How an event's picture is brought to another aspect.

    *fit* is ``"crop"`` (the window follows *keys*, straight lines between them, held before and after) or ``"pad"``
    (the whole picture with black around it). *how* says why, for the plan's reasons.
    """

    keys: tuple[CropKey, ...] = (CropKey(0),)
    fit: str = "crop"
    how: str = ""


def aspect_ratio(aspect: str) -> Fraction | None:
    """Width over height of ``"16:9"``, or None when *aspect* is none."""
    width, colon, height = aspect.partition(":")
    if not (colon and width.isdecimal() and height.isdecimal() and len(aspect) < 20 and int(width) and int(height)):
        return None
    ratio = Fraction(int(width), int(height))
    return ratio if Fraction(1, 10) <= ratio <= 10 else None


def label_frames(label: str, rate: Rate) -> int | None:
    """Frames that the label ``"30s"`` asks for at *rate* (as timecode counts), or None if it is no duration."""
    number = label.removesuffix("s")
    if number == label or not number.isdecimal() or int(number) == 0:
        return None
    return int(number) * rate.nominal
