"""Findings in words, and what they make of the exit status."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec
from rich.console import Console
from rich.text import Text

from twopop.cli.layout import grid
from twopop.cli.screen import words
from twopop.errors import EditorError, StudioError
from twopop.findings import Finding, Severity

_WORD = {Severity.FAIL: ("stops", "bold red"), Severity.WARN: ("look", "yellow"), Severity.INFO: ("note", "cyan")}
_ORDER = (Severity.FAIL, Severity.WARN, Severity.INFO)

#: So many deliverables or places are named one by one; of more, only their number is told.
_NAMED = 3

#: Findings of these rules are failures of plugins, of the machine or of twopop, not of the order or its media.
_OURS = ("plugin.", "machine.", "render.fault")


@dataclass(frozen=True)
class Gathered:
    """A *finding* told once: all the *places* it was found at, and the ids of the *deliverables* that share it."""

    finding: Finding
    places: tuple[str, ...] = ()
    deliverables: tuple[str, ...] = ()


def gather(general: Iterable[Finding], by_deliverable: Mapping[str, Iterable[Finding]]) -> list[Gathered]:
    """Findings that say the same drawn together, the weightiest first."""
    shared: dict[Finding, tuple[dict[str, None], dict[str, None]]] = {}
    told = [("", finding) for finding in general]
    told += [(name, finding) for name, findings in by_deliverable.items() for finding in findings]
    for name, finding in told:
        places, names = shared.setdefault(msgspec.structs.replace(finding, where=""), ({}, {}))
        if finding.where and finding.where != name:
            places[finding.where] = None
        if name:
            names[name] = None
    ranked = sorted(shared.items(), key=lambda item: _ORDER.index(item[0].severity))
    return [Gathered(finding, tuple(places), tuple(names)) for finding, (places, names) in ranked]


def exit_status(findings: Iterable[Finding]) -> int:
    """0 when none of *findings* stops anything; 3 when one that does is no editor's business; else 1."""
    rules = {finding.rule for finding in findings if finding.severity is Severity.FAIL}
    if any(rule.startswith(_OURS) for rule in rules):
        return StudioError.exit_status
    return EditorError.exit_status if rules else 0


def show_findings(console: Console, gathered: Sequence[Gathered], *, total: int = 0) -> None:
    """Print *gathered*: how much each weighs, what, where, in which of *total* deliverables, and what to do."""
    if not gathered:
        return
    made = grid(2)
    for each in gathered:
        word, style = _WORD[each.finding.severity]
        made.add_row(Text(f"  {word}", style=style), _body(each, total))
    console.print(made)


def _body(gathered: Gathered, total: int) -> Text:
    finding, places, names = gathered.finding, gathered.places, gathered.deliverables
    few = len(places) <= _NAMED
    body = words(f"{', '.join(places)}: ", "bold") if places and few else Text()
    body += words(finding.message)
    figures = [text for text in (_figure("measured", finding.measured), _figure("limit", finding.limit)) if text]
    if figures:
        body += words(f" ({', '.join(figures)})")
    if finding.remedy:
        body += words(f" {finding.remedy}", "italic")
    many = "" if few else f"at {len(places)} places, first {', '.join(places[:_NAMED])}"
    tail = [many, _in(names, total), _figure("found by", finding.plugin), finding.source, finding.rule]
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
