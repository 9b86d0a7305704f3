"""Why files and segments have to be made anew, said once for all that share the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from rich.console import Console
from rich.table import Table

from twopop.cli.layout import counted, grid
from twopop.cli.screen import words
from twopop.delivery.plan import Deliverable, Plan

#: So many reasons are said.
_SAID = 12

_FIRST = "first time"


def show_because(console: Console, plan: Plan) -> None:
    """Print why the deliverables of *plan* are made and why segments are rendered; nothing when all is new."""
    files = Counter(each.because for each in plan.deliverables if each.state == "ready" and each.because)
    segments = Counter(plan.rendered_because.values())
    if {reason for because in files for reason in because} <= {_FIRST} and set(segments) <= {_FIRST}:
        return
    made = grid(2)
    for because, count in files.most_common(_SAID):
        label = _which(plan.deliverables, because) if count == 1 else counted(count, "deliverable")
        for place, reason in enumerate(because):
            made.add_row(words("" if place else f"  {label}"), words(reason))
    _and_more(made, len(files))
    for reason, count in segments.most_common(_SAID):
        made.add_row(words(f"  {counted(count, 'segment')}", "dim"), words(reason))
    _and_more(made, len(segments))
    console.print(words("Why", "bold"))
    console.print(made)
    console.print()


def _which(deliverables: Iterable[Deliverable], because: tuple[str, ...]) -> str:
    return next(each.id for each in deliverables if each.because == because and each.state == "ready")


def _and_more(made: Table, count: int) -> None:
    if count > _SAID:
        made.add_row(words("  …"), words(f"{count - _SAID} more reasons: --json has them all"))
