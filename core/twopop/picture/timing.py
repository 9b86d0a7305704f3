"""Which source frame is seen in which output frame, and the same in ffmpeg's expressions.

A take says: output frame k shows source frame ``floor(first + k * step)``. Turned around, source frame i is first seen
in output frame ``ceil((i - first) / step)``; forwards that is the timestamp it gets. Frames that share a timestamp
hide one another, the last one wins, and gaps are filled by repeating: that is what the ``fps`` filter does, and so
any rational step comes out exactly.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from twopop.picture.recipe import Take
from twopop.time import floor

#: Parts of an output frame in which source frames are placed for motion-compensated pictures.
FINE = 10_000

#: Source frames on each side from which motion is found: two pictures and the two around them, and one more for the
#: recognition of cuts, which compares two differences.
NEIGHBOURS = 4


@dataclass(frozen=True)
class Ramp:
    """The straight line k = floor((*rise* * j + *shift*) / *run*): frame j of the input is first seen in frame k.

    Whole numbers, and half a unit is added before dividing, so that the double arithmetic of ffmpeg's expressions
    cannot fall on the wrong side of a whole quotient.
    """

    rise: int
    shift: int
    run: int

    def at(self, j: int) -> int:
        """The output frame of input frame *j*."""
        return (self.rise * j + self.shift) // self.run

    def expression(self, j: str) -> str:
        """The same as an ffmpeg expression of the expression *j*."""
        return f"floor(({self.rise}*({j})+{self.shift}+0.5)/{self.run})"


@dataclass(frozen=True)
class Stretch:
    """Source frames ``[low, high]`` that *frames* output frames need, and how they are laid out.

    *ramp* maps the j-th input frame (j = i - low forwards, j = high - i *backwards*) to its first output frame; it is
    None for a single *held* frame. *last* is the output frame in which the last input frame is first seen: from there
    it is repeated ``frames - 1 - last`` times, which the recipe calls for.
    """

    low: int
    high: int
    frames: int
    ramp: Ramp | None
    backwards: bool = False
    skipped: int = 0

    @property
    def last(self) -> int:
        """The output frame in which the last input frame is first seen."""
        return 0 if self.ramp is None else max(0, self.ramp.at(self.high - self.low + self.skipped))


def stretch(first: Fraction, step: Fraction, frames: int, count: int = 0) -> Stretch:
    """The stretch of the source that output frames 0 to *frames* - 1 show.

    A source of *count* frames (0: not known) holds its last one where more are asked for: backwards these frames at
    the begin are *skipped*.
    """
    begin, end = floor(first), floor(first + (frames - 1) * step)
    low, high = min(begin, end), max(begin, end)
    skipped = max(0, high - count + 1) if count else 0
    if step == 0 or frames == 1 or low >= high - skipped:
        return Stretch(low, low, frames, None) if low <= high - skipped else Stretch(count - 1, count - 1, frames, None)
    return Stretch(low, high - skipped, frames, _ramp(first, step, begin), step < 0, skipped if step < 0 else 0)


@dataclass(frozen=True)
class Surroundings:
    """Source frames ``[low, high]`` in and around a take, for pictures made up between them.

    *ramp* gives the place of the j-th of them (backwards from *high*) in ``FINE`` parts of an output frame; the take's
    own first output frame has the place *lead*, in whole frames.
    """

    low: int
    high: int
    ramp: Ramp
    lead: int
    backwards: bool


def surroundings(first: Fraction, step: Fraction, frames: int, count: int) -> Surroundings:
    """The source frames around the output frames 0 to *frames* - 1, out of the *count* that there are."""
    ends = floor(first), floor(first + (frames - 1) * step)
    low, high = max(0, min(ends) - NEIGHBOURS), min(count - 1, max(ends) + NEIGHBOURS)
    pace, edge = abs(step), low - first if step > 0 else first - high
    lead = max(0, -floor(edge / pace))
    rise, shift = FINE / pace, FINE * (edge / pace + lead) + Fraction(1, 2)
    unit = _common(rise, shift)
    return Surroundings(low, high, Ramp(int(rise * unit), int(shift * unit), unit), lead, step < 0)


def weights(first: Fraction, step: Fraction) -> tuple[int, int, int]:
    """(a, b, c) such that in output frame k the later source frame weighs ``((a + b * k) mod c) / c``."""
    unit = _common(first, step)
    return int(first * unit) % unit, int(step * unit), unit


def _ramp(first: Fraction, step: Fraction, begin: int) -> Ramp:
    """K of input frame j, where input frame 0 is source frame *begin*.

    Forwards k = ceil((begin + j - first) / step). Backwards source frame i = begin - j is seen as soon as
    first - k a < i + 1, that is k = floor((first - i - 1) / a) + 1 = floor((first - begin + j - 1) / a) + 1 with
    a = -step.
    """
    if step > 0:
        # ceil(n / d) = floor((n + d - 1) / d) for whole n and d
        offset, run = (begin - first) / step, (1 / step)
        unit = _common(offset, run)
        return Ramp(int(run * unit), int(offset * unit) + unit - 1, unit)
    offset, run = (first - begin - 1) / -step + 1, 1 / -step
    unit = _common(offset, run)
    return Ramp(int(run * unit), int(offset * unit), unit)


def _common(*values: Fraction) -> int:
    """The least number that makes all *values* whole."""
    unit = Fraction(1)
    for value in values:
        whole = value * unit
        unit *= whole.denominator
    return int(unit)


def frames_by_time(take: Take, times: Sequence[Fraction], frames: int, slack: Fraction) -> list[int]:
    """For a source whose frames do not lie evenly: the frame seen in each output frame.

    In output frame k that is the last one whose time (*times*, in seconds from the first) has come at
    ``(first + k * step) / rate``; *slack* seconds allow for times that the container has rounded.
    """
    return [max(0, bisect_right(times, (take.first + k * take.step) / take.rate + slack) - 1) for k in range(frames)]
