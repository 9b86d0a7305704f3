"""Findings: what a check has to say, in words and figures."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec


class Severity(StrEnum):
    """How much a finding weighs: *info* tells, *warn* asks for a look, *fail* stops the deliverable."""

    INFO = "info"
    WARN = "warn"
    FAIL = "fail"


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One result of a check.

    *rule* is a stable dotted name (``timeline.gap``); *message* says what, *where* names the timecode, clip or file,
    *remedy* says what to do. *measured* and *limit* carry figures with their units where there are any, *source* the
    document and clause behind the limit, *plugin* who found it.
    """

    rule: str
    severity: Severity
    message: str
    where: str = ""
    remedy: str = ""
    measured: str = ""
    limit: str = ""
    source: str = ""
    plugin: str = ""

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        advice = f" {self.remedy}" if self.remedy else ""
        return f"{place}{self.message}{advice}"


def info(rule: str, message: str, *, where: str = "", remedy: str = "") -> Finding:
    """A finding that only tells."""
    return Finding(rule=rule, severity=Severity.INFO, message=message, where=where, remedy=remedy)


def warn(rule: str, message: str, *, where: str = "", remedy: str = "") -> Finding:
    """A finding that asks for a look but stops nothing."""
    return Finding(rule=rule, severity=Severity.WARN, message=message, where=where, remedy=remedy)


def fail(rule: str, message: str, *, where: str = "", remedy: str = "") -> Finding:
    """A finding that stops the deliverable it belongs to."""
    return Finding(rule=rule, severity=Severity.FAIL, message=message, where=where, remedy=remedy)


def stops(findings: Iterable[Finding]) -> bool:
    """Whether any of the *findings* stops a delivery."""
    return any(finding.severity is Severity.FAIL for finding in findings)
