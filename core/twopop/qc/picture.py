"""Black and frozen stretches of a deliverable as findings.

Netflix and others look for both (commercial blacks, freeze frames), but no figure holds for every receiver: they ask
for a look unless the spec's rules say more.
"""

from __future__ import annotations

from collections.abc import Callable

from twopop.findings import Finding, Severity
from twopop.picture.facts import PictureReport, Stretch


def picture_findings(
    report: PictureReport, level: Callable[[str, Severity], Severity], *, source: Callable[[str], str]
) -> list[Finding]:
    """A finding for each stretch of *report*; *level* and *source* are the spec's word on a rule."""
    black = [_finding("picture.black", "The picture is black", each, level, source) for each in report.black]
    still = [_finding("picture.still", "The picture stands still", each, level, source) for each in report.still]
    return [*black, *still]


def _finding(
    rule: str,
    what: str,
    stretch: Stretch,
    level: Callable[[str, Severity], Severity],
    source: Callable[[str], str],
) -> Finding:
    frames = stretch.stop - stretch.start
    many = f"{frames} frames" if frames > 1 else "1 frame"
    return Finding(
        rule=rule,
        severity=level(rule, Severity.WARN),
        message=f"{what} for {many}, which the cut does not ask for.",
        where=f"{stretch.timecode} (in the timeline {stretch.timeline})",
        remedy="Look at it; if it is meant, say so in the cut (a gap, a freeze frame) or raise the limit in [watch].",
        measured=many,
        source=source(rule),
    )
