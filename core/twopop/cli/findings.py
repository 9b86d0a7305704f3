"""Findings in words, and what they make of the exit status."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.text import Text

from twopop.cli.layout import grid
from twopop.cli.screen import words
from twopop.errors import EditorError, StudioError
from twopop.findings import Finding, Severity

_WORD = {Severity.FAIL: ("stops", "bold red"), Severity.WARN: ("look", "yellow"), Severity.INFO: ("note", "cyan")}
_ORDER = (Severity.FAIL, Severity.WARN, Severity.INFO)

#: So many deliverables are named one by one; of more, only their number is told.
_NAMED = 3

Gathered = Sequence[tuple[Finding, tuple[str, ...]]]


def gather(general: Iterable[Finding], by_deliverable: Mapping[str, Iterable[Finding]]) -> Gathered:
    """Each finding once, the weightiest first, with the ids of the deliverables that share it."""
    shared: dict[Finding, list[str]] = {finding: [] for finding in general}
    for name, findings in by_deliverable.items():
        for finding in findings:
            shared.setdefault(finding, []).append(name)
    ranked = sorted(shared.items(), key=lambda item: _ORDER.index(item[0].severity))
    return [(finding, tuple(dict.fromkeys(names))) for finding, names in ranked]


def exit_status(findings: Iterable[Finding]) -> int:
    """0 when none of *findings* stops anything; 3 when one that does is a plugin's failure; else 1."""
    rules = {finding.rule for finding in findings if finding.severity is Severity.FAIL}
    if any(rule.startswith("plugin.") for rule in rules):
        return StudioError.exit_status
    return EditorError.exit_status if rules else 0


def show_findings(console: Console, gathered: Gathered, *, total: int = 0) -> None:
    """Print *gathered*: how much each weighs, what, where, in which of *total* deliverables, and what to do."""
    if not gathered:
        return
    made = grid(2)
    for finding, names in gathered:
        word, style = _WORD[finding.severity]
        made.add_row(Text(f"  {word}", style=style), _body(finding, names, total))
    console.print(made)


def tally(gathered: Gathered) -> str:
    """``"2 stop the delivery, 3 to look at, 1 note"``, or ``"nothing found"``."""
    count = {severity: sum(finding.severity is severity for finding, _ in gathered) for severity in _ORDER}
    said = []
    if count[Severity.FAIL]:
        said.append(f"{count[Severity.FAIL]} that stop{'s' if count[Severity.FAIL] == 1 else ''} it")
    if count[Severity.WARN]:
        said.append(f"{count[Severity.WARN]} to look at")
    if count[Severity.INFO]:
        said.append(f"{count[Severity.INFO]} note{'' if count[Severity.INFO] == 1 else 's'}")
    return ", ".join(said) or "none"


def _body(finding: Finding, names: tuple[str, ...], total: int) -> Text:
    body = words(f"{finding.where}: ", "bold") if finding.where and finding.where not in names else Text()
    body += words(finding.message)
    figures = [text for text in (_figure("measured", finding.measured), _figure("limit", finding.limit)) if text]
    if figures:
        body += words(f" ({', '.join(figures)})")
    if finding.remedy:
        body += words(f" {finding.remedy}", "italic")
    tail = [_in(names, total), _figure("found by", finding.plugin), finding.source, finding.rule]
    body += Text("\n") + words(" · ".join(text for text in tail if text), "dim")
    return body


def _figure(name: str, value: str) -> str:
    return f"{name} {value}" if value else ""


def _in(names: tuple[str, ...], total: int) -> str:
    if not names:
        return ""
    if len(names) <= _NAMED:
        return "in " + ", ".join(names)
    return f"in all {total} deliverables" if len(names) == total else f"in {len(names)} of {total} deliverables"
