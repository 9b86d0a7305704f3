"""Where an item's own time lies in the program: a straight line, composed item within item."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from twopop.time import Rate


@dataclass(frozen=True)
class Place:
    """The line ``own time = origin + speed * program seconds``, and how far pictures are shifted on it.

    A reversed item plays its stretch mirrored: the first frame shown is the last of the stretch, not the instant
    after it. Its edges therefore lie on the line, and its pictures *shift* beside it (one frame for speed -1).
    """

    origin: Fraction = Fraction(0)
    speed: Fraction = Fraction(1)
    shift: Fraction = Fraction(0)

    def edge(self, program: Fraction) -> Fraction:
        """The item's own time at the boundary *program*."""
        return self.origin + self.speed * program

    def shows(self, program: Fraction) -> Fraction:
        """The item's own time seen in a frame that begins at *program*."""
        return self.origin + self.speed * program + self.shift

    def when(self, own: Fraction) -> Fraction:
        """The program time at which the item's *own* time is reached; the speed must not be 0."""
        return (own - self.origin) / self.speed

    def window(self, start: Fraction, stop: Fraction) -> tuple[Fraction, Fraction]:
        """The program times of the own stretch ``[start, stop)``, earlier one first."""
        one, other = self.when(start), self.when(stop)
        return (one, other) if one <= other else (other, one)

    def within(self, position: Fraction, length: Fraction, start: Fraction, speed: Fraction, rate: Rate) -> Place:
        """The place of a child that lies at *position* of this item for *length* and plays from *start* at *speed*."""
        if speed >= 0:
            inner = Place(start - speed * position, speed)
        else:
            inner = Place(start - speed * (length + position), speed, speed / rate)
        return Place(
            inner.origin + inner.speed * self.origin,
            inner.speed * self.speed,
            inner.shift + inner.speed * self.shift,
        )
