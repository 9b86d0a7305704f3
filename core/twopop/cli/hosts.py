"""``hosts``: the host applications, and whether one keeps the contract."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from twopop import schema
from twopop.cli.layout import counted, table
from twopop.cli.progress import stoppable
from twopop.cli.screen import paper, words, write_json
from twopop.delivery.hosts import host_entry, look_for_hosts
from twopop.delivery.session import Session, open_session
from twopop.errors import InputError, StudioError
from twopop.hosts import Host, HostEntry, Place
from twopop.hosts.contract import CLAUSES, Clause, Outcome, Report, run
from twopop.schema import nearest

_STYLE = {"kept": "green", "broken": "bold red", "does not apply": "dim"}


def list_hosts(project: Path, *, as_json: bool) -> int:
    """List the host applications that a bridge exists for, and whether each is here."""
    found = look_for_hosts(open_session(project.absolute()))
    if as_json:
        rows = [
            {"name": entry.name, "title": entry.title, "found": state.found, "detail": state.detail}
            for entry, state in found
        ]
        write_json(schema.to_json(rows))
        return 0
    made = table("Host", "Name", "", "Where, or why not", folds=("Where, or why not",))
    for entry, state in found:
        here = words("here", "green") if state.found else words("not here", "dim")
        made.add_row(words(entry.title), words(entry.name), here, words(state.detail))
    paper().print(made)
    return 0


def check(name: str, project: Path, record: Path | None, names: list[str], *, as_json: bool) -> int:
    """Try every clause of the contract (or those called *names*) on the host *name*, in a scratch project.

    The host lives in a worker process, whose calls have the time that ``[service]`` gives them. With *record* all that
    it was asked and answered is written to a file. The exit status is 1 when a clause is broken.
    """
    session = open_session(project.absolute())
    entry, chosen = host_entry(session, name), _chosen(names)
    _must_be_there(entry)
    if record is not None and record.exists():
        raise InputError("There is a file of this name already.", where=str(record), remedy="Name another one.")
    folder = Path(tempfile.mkdtemp(prefix="twopop-hosts-check-")).resolve()
    console = paper()
    if not as_json:
        console.print(words(f"{entry.title}, in a scratch project"))
    try:
        report = _run(session, entry, folder, record, chosen, None if as_json else console)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if as_json:
        write_json(schema.to_json(report))
    else:
        _show_end(console, report)
    return 1 if report.broken else 0


def _run(
    session: Session,
    entry: HostEntry,
    folder: Path,
    record: Path | None,
    clauses: tuple[Clause, ...],
    console: Console | None,
) -> Report:
    from twopop.hosts.transcript import Recording
    from twopop.service.apart import HostApart
    from twopop.settings import ServiceTable

    limits = session.settings[ServiceTable]

    def connect(place: Place) -> Host:
        return HostApart(session.folder, entry.name, entry.title, place, limits)

    def told(outcome: Outcome) -> None:
        if console is not None:
            _show(console, outcome)

    with ExitStack() as stack:
        cancel = stack.enter_context(stoppable())
        if record is None:
            return run(entry.name, connect, folder, clauses=clauses, told=told, cancel=cancel)
        eyes = stack.enter_context(Recording.to(record, entry.name, folder))
        recorded = eyes.connecting(connect)
        return run(entry.name, recorded, folder, eyes=eyes, clauses=clauses, told=told, cancel=cancel)


def _chosen(names: list[str]) -> tuple[Clause, ...]:
    """The clauses called *names*, or whose names begin so (``render``); all of them where none is named."""
    known = {clause.name for clause in CLAUSES}
    for name in names:
        if not any(_is_called(each, name) for each in known):
            raise InputError(f"There is no clause {name!r}.{nearest(name, known)}")
    if not names:
        return CLAUSES
    return tuple(each for each in CLAUSES if any(_is_called(each.name, name) for name in names))


def _is_called(clause: str, name: str) -> bool:
    return clause == name or clause.startswith(f"{name}.")


def _must_be_there(entry: HostEntry) -> None:
    state = entry.look()
    if not state.found:
        raise StudioError(f"{entry.title} is not here: {state.detail}", remedy="See twopop hosts.")
    if entry.connect is None:
        raise StudioError(f"{entry.title} cannot be driven from here: {state.detail}", remedy="Use its panel.")


def _show(console: Console, outcome: Outcome) -> None:
    line = words(f"{outcome.state:<16}", _STYLE[outcome.state]) + words(f"{outcome.clause:<24}{outcome.promise}")
    console.print(line)
    if outcome.seen:
        console.print(words(" " * 16) + words(outcome.seen, _STYLE[outcome.state]))


def _show_end(console: Console, report: Report) -> None:
    states = [outcome.state for outcome in report.outcomes]
    told = report.identity
    who = f"{told.app} {told.version}{f' {told.edition}' if told.edition else ''}" if told else report.name
    console.print()
    console.print(
        words(
            f"{who}: {counted(len(states), 'clause')}, {states.count('kept')} kept, {states.count('broken')} broken, "
            f"{states.count('does not apply')} that do not apply.",
            "bold",
        )
    )
