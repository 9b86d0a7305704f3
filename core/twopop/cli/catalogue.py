"""``catalogue``: what is known of versions that went out, and what people say of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from twopop import schema
from twopop.cli.findings import exit_status, gather, show_findings
from twopop.cli.layout import counted, grid, table, volume
from twopop.cli.screen import paper, words, write_json
from twopop.errors import InputError

if TYPE_CHECKING:
    from twopop.versions.catalogue import Catalogue
    from twopop.versions.model import Approval
    from twopop.versions.telling import Entry, Whole

#: How many deliverables are named when a name may mean several.
_NAMED = 8

_STYLE = {"approved": "green", "superseded": "dim", "withdrawn": "bold red", "released": "dim", "reserved": "yellow"}


def search(asked: str, project: Path, limit: int, *, as_json: bool) -> int:
    """List the versions that have all the words *asked*."""
    with _catalogue(project) as catalogue:
        found = catalogue.search(asked, limit=limit)
    if as_json:
        write_json(schema.to_json(found))
        return 0
    console = paper()
    if not found:
        console.print(words(f"Nothing that went out has the words {asked!r}.", "bold"))
        return 0
    made = table("File", "Version", "Project", "Spec", "When", "Who", folds=("File", "Project"))
    for entry in found:
        spec = entry.identity.rpartition(" ")[2]
        made.add_row(
            words(entry.path), _version(entry), *map(words, (entry.project.strip(" /"), spec, entry.when, entry.who))
        )
    console.print(made)
    more = f" (the newest; --limit {limit} is in force)" if len(found) == limit else ""
    console.print(words(f"{counted(len(found), 'version')}{more}.", "bold"))
    return 0


def history(name: str, project: Path, *, as_json: bool) -> int:
    """Show every version of the deliverable that *name* means: who, when, what changed, by which plan."""
    with _catalogue(project) as catalogue:
        entries = catalogue.history(*_meant(catalogue, name))
    if as_json:
        write_json(schema.to_json(entries))
        return 0
    console = paper()
    console.print(words(entries[0].identity, "bold"))
    for entry in entries:
        console.print()
        console.print(Text("v") + _version(entry) + words(f"  {_headline(entry)}"))
        made = grid(2)
        for label, text in _told(entry):
            made.add_row(words(f"  {label}", "dim"), words(text))
        console.print(made)
    return 0


def show(name: str, project: Path, *, as_json: bool) -> int:
    """Show all that is known of the version that *name* means: a file's, or the newest of a deliverable."""
    with _catalogue(project) as catalogue:
        entry = _newest(catalogue, name)
        whole = catalogue.whole(entry)
    if whole is None:
        raise InputError("It is gone from the catalogue.", where=name, remedy="Run again.")
    if as_json:
        write_json(schema.to_json(whole))
        return 0
    _show_whole(paper(), whole)
    return 0


def plan(fingerprint: str, project: Path) -> int:
    """Print the plan that history names, as JSON."""
    with _catalogue(project) as catalogue:
        found = catalogue.plan(fingerprint) if fingerprint else None
    if found is None:
        raise InputError("The catalogue has no such plan.", where=fingerprint, remedy="history names the plans.")
    write_json(found)
    return 0


def say(name: str, state: Approval, number: int, note: str, project: Path) -> int:
    """Say that a version is approved or withdrawn."""
    with _catalogue(project) as catalogue:
        entry = _newest(catalogue, name, number)
        superseded = catalogue.set_approval(entry.project, entry.identity, entry.number, state, note)
        labels = {each.number: str(each) for each in catalogue.history(entry.project, entry.identity)}
    console = paper()
    console.print(words(f"v{entry} of {entry.identity} is {state}.", "bold"))
    for each in superseded:
        console.print(words(f"v{labels[each]} is superseded by it."))
    return 0


def catch_up(folder: Path, project: Path) -> int:
    """Tell the catalogue what waits in the journal of *folder*."""
    from twopop.delivery.journal import Journal

    if not folder.is_dir():
        raise InputError("There is no such folder.", where=str(folder), remedy="Give the folder of a delivery.")
    with _catalogue(project) as catalogue:
        findings = Journal(folder).told_to(catalogue)
    console = paper()
    if not findings:
        console.print(words("Nothing waits there: the catalogue knows all of it.", "bold"))
    show_findings(console, gather(findings, {}))
    left = any(finding.rule != "catalogue.caught-up" for finding in findings)
    return exit_status(findings) or int(left)


def upgrade(project: Path) -> int:
    """Bring the catalogue to the tables of this twopop."""
    from twopop.versions import database

    with _catalogue(project) as catalogue:
        before, now = database.upgrade(catalogue.place)
    told = f"It has schema {now} already." if before == now else f"It had schema {before} and has schema {now} now."
    paper().print(words(f"{catalogue.place}: {told}"))
    return 0


def _catalogue(project: Path) -> Catalogue:
    from twopop.delivery.session import open_session

    return open_session(project.absolute()).open_catalogue()


# -- which one is meant ------------------------------------------------------------------------------------------------


def _meant(catalogue: Catalogue, name: str) -> tuple[str, str]:
    """(project, identity) of the one deliverable that *name* means; raises InputError when it is none or several."""
    found = catalogue.candidates(name)
    found = found or list(dict.fromkeys((entry.project, entry.identity) for entry in catalogue.search(name)))
    if not found:
        raise InputError("The catalogue knows nothing of that name.", where=name, remedy=_HOW)
    if len(found) > 1:
        some = "; ".join(identity for _, identity in found[:_NAMED]) + ("; …" if len(found) > _NAMED else "")
        raise InputError(f"That may mean several deliverables: {some}.", where=name, remedy=_HOW)
    return found[0]


_HOW = "Give a file's name, or a deliverable as twopop catalogue search lists it."


def _newest(catalogue: Catalogue, name: str, number: int = 0) -> Entry:
    """The version of *number*, or the one whose file *name* is, or the newest that went out. Raises InputError."""
    entries = [entry for entry in catalogue.history(*_meant(catalogue, name)) if entry.state == "delivered"]
    leaf = name.replace("\\", "/").rpartition("/")[2]
    named = [entry for entry in entries if leaf in (Path(entry.path).name, Path(entry.path).stem)]
    wanted = [entry for entry in entries if entry.number == number] if number else (named or entries)
    if not wanted:
        what = f"No version {number} of it went out." if number else "No version of it went out."
        raise InputError(what, where=name, remedy="twopop catalogue history lists its versions.")
    return wanted[-1]


# -- in words ----------------------------------------------------------------------------------------------------------


def _version(entry: Entry) -> Text:
    text = words(str(entry))
    state = entry.approval or (entry.state if entry.state != "delivered" else "")
    return text + words(f" {state}", _STYLE[state]) if state else text


def _headline(entry: Entry) -> str:
    who = f" by {entry.who}" if entry.who else ""
    return f"{entry.when}{who}"


def _told(entry: Entry) -> Iterable[tuple[str, str]]:
    rows = [
        ("file", f"{entry.path} in {entry.out}" if entry.path else ""),
        ("number", entry.why),
        *(("changed" if not place else "", change) for place, change in enumerate(entry.changes)),
        ("cut", f"{entry.timeline_name} {entry.timeline[:12]}".strip() if entry.timeline else ""),
        ("plan", entry.plan[:12]),
        ("note", entry.note),
        *((each.state, _opinion(each.who, each.when, each.note)) for each in entry.opinions),
    ]
    return [(label, text) for label, text in rows if text]


def _opinion(who: str, when: str, note: str) -> str:
    return f"{when} by {who}" + (f": {note}" if note else "")


def _show_whole(console: Console, whole: Whole) -> None:
    entry = whole.entry
    console.print(words(entry.identity, "bold") + Text("  v") + _version(entry))
    made = grid(2)
    rows = [
        ("delivered", _headline(entry)),
        *_told(entry),
        ("order", whole.order[:12]),
        ("timeline", whole.timeline_file),
    ]
    for file in whole.files:
        said = f"{file.path}  {volume(file.bytes)}  sha256 {file.sha256}"
        rows.append(({"deliverable": "file", "replaced": "put aside"}.get(file.kind, file.kind), said))
    rows += [("rights", f"{r.source}: {r.status}" + (f" ({r.note})" if r.note else "")) for r in whole.rights]
    for label, text in rows:
        if text and not (label == "file" and " in " in text):
            made.add_row(words(f"  {label}", "dim"), words(text))
    console.print(made)
    for remark in whole.findings:
        place = f"{remark.place}: " if remark.place and remark.place not in entry.identity else ""
        console.print(words(f"  {remark.severity}  {place}{remark.message}  {remark.rule}"))
