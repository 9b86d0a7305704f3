"""Legal texts in one cut: how long they have to stand, where they stand, and whether the cut is long enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import msgspec

from twopop.findings import Finding, Severity
from twopop.legal.super_rules import Area, HoldRule, Super
from twopop.time import Rate, ceil
from twopop.variants.model import Span, Variant

#: What every finding here is marked with.
LABEL = "not legal advice"

#: Where a text stands: at one of the ends of the cut, or from a frame of it on.
Place = Literal["start", "end"] | int


class Zone(msgspec.Struct, frozen=True, kw_only=True):
    """What one platform or standard leaves free, in pixels: inside *box*, outside *holes*."""

    name: str
    box: tuple[int, int, int, int]
    holes: tuple[tuple[int, int, int, int], ...] = ()
    source: str = ""

    def holds(self, box: tuple[int, int, int, int]) -> bool:
        """Whether *box* (left, top, right, bottom) is free."""
        inside = all(a >= b for a, b in zip(box[:2], self.box[:2], strict=True))
        inside = inside and all(a <= b for a, b in zip(box[2:], self.box[2:], strict=True))
        return inside and not any(meet(box, hole) for hole in self.holes)


class PlannedSuper(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A legal text as it stands in one deliverable.

    *span* are the frames of the cut in which it stands, *needed* how many its *rule* asks for, since all texts that
    stand there together have so many *words*. *height* is how many lines of the raster its *letter* must be high,
    *contrast* the least ratio to its background, *zones* what must stay free. *level* is what too short a time weighs.
    """

    text: str
    span: Span
    needed: int
    words: int
    lines: int
    rule: str
    level: Severity
    source: str
    height: float
    letter: Literal["x", "capital"]
    height_source: str
    contrast: float
    zones: tuple[Zone, ...]


@dataclass(frozen=True)
class Asked:
    """A text that one deliverable needs: its *words*, the *lines* it takes, and the *rule* (by *name*) for it."""

    text: str
    words: int
    lines: int
    name: str
    rule: HoldRule
    hold: Literal["rule", "whole"] | float = "rule"


def meet(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    """Whether two boxes have a pixel in common."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def zone(name: str, area: Area, raster: tuple[int, int]) -> Zone:
    """*area* in the pixels of *raster*."""
    return Zone(name=name, box=area.box(raster), holes=area.holes(raster), source=area.source)


def room(free: Zone) -> tuple[int, int, int, int]:
    """The largest box that is free beside each hole in turn."""
    left, top, right, bottom = free.box
    for hole in free.holes:
        if meet((left, top, right, bottom), hole):
            beside = [(left, top, hole[0], bottom), (hole[2], top, right, bottom)]
            beside += [(left, top, right, hole[1]), (left, hole[3], right, bottom)]
            left, top, right, bottom = max(beside, key=lambda b: max(0, b[2] - b[0]) * max(0, b[3] - b[1]))
    return left, top, right, bottom


def wanted(each: Super, variant: Variant, product: str) -> bool:
    """Whether *variant* of a film for *product* needs this text."""
    facts = (
        (each.markets, variant.market),
        (each.languages, variant.language),
        (each.durations, variant.duration),
        (each.aspects, variant.aspect),
        (each.products, product),
    )
    return all(not asked or fact in asked for asked, fact in facts)


def text_in(each: Super, language: str, credits: Sequence[str]) -> str | None:
    """The words of *each* in *language*: its own, or those of the language without region; None where it has none.

    *credits* are the credit lines of what survives in the cut.
    """
    if each.credits:
        return "\n".join(dict.fromkeys(line.strip() for line in credits if line.strip()))
    if isinstance(each.text, str):
        return each.text.strip()
    known = {tag.casefold(): text.strip() for tag, text in each.text.items()}
    tag = language.casefold()
    found = known.get(tag) or known.get(tag.partition("-")[0])
    return found or (next(iter(known.values())) if len(known) == 1 and not language else None)


def needed_frames(together: Sequence[Asked], rate: Rate) -> int:
    """How many frames texts have to stand that begin *together*: their words are summed, the strictest rule counts."""
    words, lines = sum(each.words for each in together), sum(each.lines for each in together)
    return max(ceil(each.rule.seconds(words, lines) * rate) for each in together)


def stand(together: Sequence[Asked], place: Place, frames: int, rate: Rate, cut: str) -> tuple[Span, list[Finding]]:
    """Where texts that belong *together* stand in a cut of *frames* (called *cut*), and why that is not enough."""
    needed = needed_frames(together, rate)
    length = max(_wish(each, needed, frames, rate) for each in together)
    whole = any(each.hold == "whole" for each in together)
    if whole or place == "start":
        span = Span(0, min(frames, length))
    elif place == "end":
        span = Span(max(0, frames - length), frames)
    else:
        span = Span(place, min(frames, place + length))
    if span.frames >= needed:
        return span, []
    begins = place if isinstance(place, int) and not whole else 0
    if length < needed and not whole:
        return span, [_asked_too_short(together, span.frames, needed, rate)]
    return span, [_cut_too_short(together, frames, begins, needed, rate, cut)]


def _wish(each: Asked, needed: int, frames: int, rate: Rate) -> int:
    if each.hold == "whole":
        return frames
    return needed if each.hold == "rule" else ceil(Fraction(repr(each.hold)) * rate)


def _asked_too_short(together: Sequence[Asked], given: int, needed: int, rate: Rate) -> Finding:
    strictest = _strictest(together, rate)
    return Finding(
        rule="supers.hold",
        severity=Severity(strictest.rule.level),
        message=f"{_quoted(together)} is to stand for {_time(given, rate)}; {_why(together, strictest)} "
        f"{_time(needed, rate)}.",
        remedy='Write a longer hold, or hold = "rule".',
        measured=f"{given} frames",
        limit=f"at least {needed} frames",
        source=f"{strictest.rule.source}; {LABEL}",
    )


def _cut_too_short(together: Sequence[Asked], frames: int, begins: int, needed: int, rate: Rate, cut: str) -> Finding:
    strictest, shortest = _strictest(together, rate), begins + needed
    late = f", which begins {_time(begins, rate)} into it," if begins else ""
    earlier = ", or let it begin earlier" if begins else ""
    return Finding(
        rule="supers.too-short",
        severity=Severity(strictest.rule.level),
        message=f"The {cut} cut of {frames} frames is too short for {_quoted(together)}{late}: "
        f"{_why(together, strictest)} {_time(needed, rate)}. The shortest lawful length for this text is "
        f"{_time(shortest, rate)}.",
        remedy=f"Make a cut of {_time(shortest, rate)} or more, or shorten the text{earlier}.",
        measured=f"{frames} frames",
        limit=f"at least {shortest} frames",
        source=f"{strictest.rule.source}; {LABEL}",
    )


def _strictest(together: Sequence[Asked], rate: Rate) -> Asked:
    words, lines = sum(each.words for each in together), sum(each.lines for each in together)
    return max(together, key=lambda each: each.rule.seconds(words, lines))


def _why(together: Sequence[Asked], strictest: Asked) -> str:
    words, lines = sum(each.words for each in together), sum(each.lines for each in together)
    told = f"{words} word{'s' if words != 1 else ''} on {lines} line{'s' if lines != 1 else ''}"
    return f"{told} ask by the rule {strictest.name!r} for"


def _quoted(together: Sequence[Asked]) -> str:
    return " with ".join(repr(" ".join(each.text.split())) for each in together)


def _time(frames: int, rate: Rate) -> str:
    """``4.6 s (111 frames)``: seconds rounded up, so that who follows them is on the safe side."""
    hundredths = ceil(rate.seconds(frames) * 100)
    return f"{hundredths / 100:g} s ({frames} frame{'s' if frames != 1 else ''})"
