"""How the frames of a take are read from its file and numbered."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from twopop import time
from twopop.media import FORMATS, PROTOCOLS
from twopop.picture import timing
from twopop.picture.opening import url
from twopop.picture.recipe import Take
from twopop.picture.source import Source


@dataclass(frozen=True)
class Laid:
    """How the frames of a take are read and numbered.

    They are read from *begin* to *end* (seconds from the first frame) and given the numbers that *expression* says;
    *numbers* are the same, worked out here, and *frames* whose they are. With *counted* = (first, end) they are
    counted from the first frame of the file instead.
    """

    begin: Fraction
    end: Fraction
    expression: str
    numbers: tuple[int, ...]
    frames: tuple[int, ...]
    reverse: bool = False
    counted: tuple[int, int] | None = None

    @property
    def last(self) -> int:
        """The output frame in which the last frame read is first seen."""
        return self.numbers[-1]


def laid(take: Take, source: Source, frames: int) -> Laid:
    """How the frames of *take* are read and numbered for *frames* output frames."""
    if take.still:
        return Laid(Fraction(0), Fraction(0), "N", (0,), (0,))
    if not take.uniform:
        return _laid_by_time(take, source, frames)
    span = timing.stretch(take.first, take.step, frames, take.length)
    half = Fraction(1, 2)
    begin = (span.low - half) / take.rate
    counted = (span.low, span.high + 1) if source.counted else None
    if span.ramp is None:
        return Laid(begin, (span.high + half) / take.rate, "N", (0,), (span.low,), False, counted)
    # One frame more than needed, where there is one, marks the end; backwards it would come first.
    end = (span.high + (half if span.backwards else 1 + half)) / take.rate
    count = span.high - span.low + 1
    numbers = tuple(max(0, span.ramp.at(j + span.skipped)) for j in range(count))
    order = range(span.low, span.high + 1)
    shown = tuple(reversed(order)) if span.backwards else tuple(order)
    expression = f"st(0,{_counting(take, source, span.low)}+{span.skipped});{span.ramp.expression('ld(0)')}"
    return Laid(begin, end, expression, numbers, shown, span.backwards, counted)


def laid_for_motion(take: Take, source: Source, frames: int) -> tuple[Laid, int]:
    """How the frames around *take* are read for motion-compensated pictures, and the place of its first output frame.

    They are numbered in ``timing.FINE`` parts of an output frame. Neighbours on both sides come along, so that a
    picture in between is the same wherever the take begins and ends.
    """
    around = timing.surroundings(take.first, take.step, frames, take.length)
    order = range(around.low, around.high + 1)
    half = Fraction(1, 2)
    numbers = [around.ramp.at(j) for j in range(len(order))]
    # ffmpeg stops reading when the last output frame is there: what comes after it need not have been read.
    last = (around.lead + frames - 1) * timing.FINE
    needed = 1 + next((j for j, number in enumerate(numbers) if number >= last), len(numbers) - 1)
    shown = tuple(reversed(order)) if around.backwards else tuple(order)
    expression = f"st(0,{_counting(take, source, around.low)});{around.ramp.expression('ld(0)')}"
    plan = Laid(
        begin=(around.low - half) / take.rate,
        end=(around.high + half) / take.rate,
        expression=expression,
        numbers=tuple(numbers[:needed]),
        frames=shown[:needed],
        reverse=around.backwards,
        counted=(around.low, around.high + 1) if source.counted else None,
    )
    return plan, around.lead


def _counting(take: Take, source: Source, low: int) -> str:
    """The place of a frame after the source frame *low*, as an expression: counted where times cannot be trusted."""
    return "N" if source.counted else f"floor((T-({ratio(source.start)}))*{ratio(take.rate)}+0.5)-({low})"


def _laid_by_time(take: Take, source: Source, frames: int) -> Laid:
    """Uneven frames: each is known by its time, and the output frame that it begins is worked out here."""
    slack = min(source.tick * Fraction(51, 100), 1 / take.rate / 10)
    shown = timing.frames_by_time(take, source.times, frames, slack)
    order = tuple(range(min(shown), max(shown) + 1))
    if take.step < 0:
        order = tuple(reversed(order))
    numbers = [next((k for k, i in enumerate(shown) if _reached(i, frame, take.step)), frames) for frame in order]
    low, high = min(order), max(order)
    middles = [(a + b) / 2 for a, b in zip(source.times[low:high], source.times[low + 1 : high + 1], strict=True)]
    begin = (source.times[low - 1] + source.times[low]) / 2 if low else -source.tick
    end = (source.times[high] + source.times[high + 1]) / 2 if high + 1 < len(source.times) else source.times[high] + 60
    # The j-th time read is that of the j-th frame, forwards; ``reverse`` gives the times anew in the same order.
    known = _by_time([source.start + middle for middle in middles], numbers)
    return Laid(begin, end, known, tuple(numbers), order, take.step < 0)


def _by_time(borders: list[Fraction], numbers: list[int]) -> str:
    """An expression that takes each of *numbers* between its *borders* in seconds."""
    if len(numbers) == 1:
        return str(numbers[0])
    middle = len(numbers) // 2
    before, after = _by_time(borders[: middle - 1], numbers[:middle]), _by_time(borders[middle:], numbers[middle:])
    return f"if(lt(T,{ratio(borders[middle - 1])}),{before},{after})"


def _reached(shown: int, frame: int, step: Fraction) -> bool:
    return shown <= frame if step < 0 else shown >= frame


def opened(take: Take, source: Source, plan: Laid, nth: int) -> Any:
    """The input, read no further than it must be; times stay the file's own (``-copyts``).

    It is the *nth* of its graph. ffmpeg-python takes alike chains for one, whose end then has two users: a size of
    their queues makes each its own.
    """
    import ffmpeg

    options: dict[str, Any] = {
        "protocol_whitelist": PROTOCOLS,
        "format_whitelist": FORMATS,
        "noautorotate": None,
        "thread_queue_size": 8 + nth,
        "threads": 1,  # or a decoder holds a picture for each core; what uses the cores is processes
    }
    if source.demuxer:
        options["format"] = source.demuxer
    bounded = not take.still and source.indexed and plan.counted is None
    if bounded:
        options |= {
            "ss": decimal(source.start + plan.begin - source.origin),
            "t": decimal(plan.end - plan.begin),
        }
    stream = ffmpeg.input(url(source.path), **options)[str(take.stream)]
    if plan.counted is not None:
        return stream.filter("trim", start_frame=plan.counted[0], end_frame=plan.counted[1])
    if not bounded and not take.still:
        stream = stream.filter("trim", start=decimal(source.start + plan.begin), end=decimal(source.start + plan.end))
    elif bounded and plan.reverse:
        # ``t`` counts from the first frame read, not from *begin*; backwards, a frame too many would come first.
        stream = stream.filter("trim", end=decimal(source.start + plan.end))
    return stream


def ratio(rate: Fraction) -> str:
    """*rate* as ffmpeg reads rates: ``24000/1001``, and ``25/1``."""
    return f"{rate.numerator}/{rate.denominator}"


def decimal(seconds: Fraction) -> str:
    """*seconds* to the microsecond, which is as fine as ffmpeg reads them."""
    micro = time.floor(Fraction(seconds) * 1_000_000 + Fraction(1, 2))
    sign, micro = ("-", -micro) if micro < 0 else ("", micro)
    return f"{sign}{micro // 1_000_000}.{micro % 1_000_000:06}"
