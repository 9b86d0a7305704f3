"""Findings gathered while a cut is read, each said at its place, none said a hundred times."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import msgspec

from twopop import time
from twopop.findings import Finding, Severity
from twopop.time import Rate

#: Above so many findings of one rule, one finding with a count stands for them.
MOST = 20


class Notes:
    """Where findings about a cut gather; *rate*, *start* and *drop* give places their timecode."""

    def __init__(self, rate: Rate, start: int = 0, *, drop: bool = False) -> None:
        self.rate, self.start, self.drop = rate, start, drop
        self._found: dict[Finding, None] = {}

    def timecode(self, at: Fraction) -> str:
        """The timecode *at* seconds into the program."""
        return time.timecode(self.start + self.rate.nearest_frame(at), self.rate, drop=self.drop)

    def add(
        self,
        severity: Severity,
        rule: str,
        message: str,
        *,
        at: Fraction | None = None,
        name: str = "",
        remedy: str = "",
        measured: str = "",
    ) -> None:
        """Note a finding, once; its place is ``"<timecode> <clip name>"``."""
        where = " ".join(part for part in ("" if at is None else self.timecode(at), name) if part)
        self._found[
            Finding(rule=rule, severity=severity, message=message, where=where, remedy=remedy, measured=measured)
        ] = None

    def info(self, rule: str, message: str, *, at: Fraction | None = None, name: str = "", remedy: str = "") -> None:
        """Note something that only tells."""
        self.add(Severity.INFO, rule, message, at=at, name=name, remedy=remedy)

    def warn(self, rule: str, message: str, *, at: Fraction | None = None, name: str = "", remedy: str = "") -> None:
        """Note something that asks for a look."""
        self.add(Severity.WARN, rule, message, at=at, name=name, remedy=remedy)

    def fail(self, rule: str, message: str, *, at: Fraction | None = None, name: str = "", remedy: str = "") -> None:
        """Note something that stops a delivery."""
        self.add(Severity.FAIL, rule, message, at=at, name=name, remedy=remedy)

    def findings(self) -> tuple[Finding, ...]:
        """What was noted, in order; repeated rules are drawn together."""
        return drawn_together(tuple(self._found))


def drawn_together(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """*findings*, equal ones once, with more than 20 of one rule as one finding: the first, with the count."""
    findings = tuple(dict.fromkeys(findings))
    count = Counter(finding.rule for finding in findings)
    told: set[str] = set()
    kept = []
    for finding in findings:
        many = count[finding.rule]
        if many <= MOST:
            kept.append(finding)
        elif finding.rule not in told:
            told.add(finding.rule)
            message = f"{finding.message} The same holds in {many - 1} more places."
            kept.append(msgspec.structs.replace(finding, message=message, measured=f"{many} places"))
    return tuple(kept)
