"""Whether a finished picture shows a legal text as it was planned: how long, how large, how clear, and where."""

from __future__ import annotations

from collections.abc import Iterator

from twopop.findings import Finding, Severity
from twopop.legal.supers import LABEL, PlannedSuper
from twopop.picture.facts import SuperSeen
from twopop.time import Rate, timecode


def findings_of(planned: PlannedSuper, seen: SuperSeen, rate: Rate) -> list[Finding]:
    """What is wrong with what was *seen* of the text *planned*, in a file at *rate*."""
    where = f"{timecode(planned.span.start, rate)} {' '.join(planned.text.split())!r}"
    if not seen.frames:
        message = "This legal text cannot be read in the finished picture."
        remedy = "Look at the picture; make the bar denser ([supers] bar), or mend the template."
        return [Finding(rule="supers.unseen", severity=Severity.FAIL, message=message, where=where, remedy=remedy)]
    return [*_held(planned, seen, where), *_legible(planned, seen, where), *_free(planned, seen, where)]


def _held(planned: PlannedSuper, seen: SuperSeen, where: str) -> Iterator[Finding]:
    longest = max(span.frames for span in seen.frames)
    if longest < planned.span.frames:
        yield Finding(
            rule="supers.held",
            severity=planned.level if longest < planned.needed else Severity.WARN,
            message=f"This legal text stands for {longest} frames without a break; {planned.span.frames} were planned.",
            where=where,
            remedy="Look at the frames in which it is not seen.",
            measured=f"{longest} frames",
            limit=f"at least {planned.needed} frames",
            source=f"{planned.source}; {LABEL}",
        )


def _legible(planned: PlannedSuper, seen: SuperSeen, where: str) -> Iterator[Finding]:
    height = seen.x_height if planned.letter == "x" else seen.capital
    if height < planned.height:
        letter = "small x" if planned.letter == "x" else "capital"
        yield Finding(
            rule="supers.height",
            severity=Severity.WARN,
            message=f"The letters of this legal text are too small: a {letter} is {height:.1f} lines high.",
            where=where,
            remedy="Mend the template, or the height in the rule.",
            measured=f"{height:.1f} lines",
            limit=f"at least {planned.height:g} lines",
            source=f"{planned.height_source}; {LABEL}",
        )
    if seen.contrast < planned.contrast:
        yield Finding(
            rule="supers.contrast",
            severity=Severity.WARN,
            message="This legal text stands out too little from what is behind it.",
            where=where,
            remedy="Make the bar denser: [supers] bar.",
            measured=f"{seen.contrast:.1f}:1",
            limit=f"at least {planned.contrast:g}:1",
            source=f"WCAG 2.2, 1.4.3, for want of a broadcaster's figure; {LABEL}",
        )


def _free(planned: PlannedSuper, seen: SuperSeen, where: str) -> Iterator[Finding]:
    hidden = [zone for zone in planned.zones if not zone.holds(seen.box)]
    if hidden:
        left, top, right, bottom = seen.box
        yield Finding(
            rule="supers.safe",
            severity=Severity.WARN,
            message=f"This legal text is not inside the safe area of {', '.join(zone.name for zone in hidden)}.",
            where=where,
            remedy="Shorten it, or let it stand in another area: safe = ...",
            measured=f"x {left} to {right}, y {top} to {bottom}",
            limit="; ".join(f"{zone.name} x {zone.box[0]} to {zone.box[2]}, y {zone.box[1]} to {zone.box[3]}"
                            for zone in hidden),
            source=f"{'; '.join(zone.source for zone in hidden if zone.source)}; {LABEL}",
        )  # fmt: skip
