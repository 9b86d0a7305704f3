"""``name``: what a file's name says, and where the names of an order come from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from twopop import schema
from twopop.cli.errors import show
from twopop.cli.layout import counted, grid, table
from twopop.cli.progress import busy
from twopop.cli.screen import paper, words, write_json
from twopop.delivery.session import open_session
from twopop.errors import EditorError, InputError
from twopop.naming.conventions import Naming
from twopop.naming.house import how_to_give

if TYPE_CHECKING:
    from twopop.delivery.explained import ExplainedField, ExplainedName
    from twopop.naming.parsing import Parsed

#: So many different values of one field are shown; of more, only their number.
_SHOWN = 3


def parse(files: Sequence[str], convention: str, order: Path | None, project: Path | None, *, as_json: bool) -> int:
    """Take the names of *files* apart, which need not exist."""
    from twopop.delivery.explained import forms_given
    from twopop.delivery.order import read_order
    from twopop.naming.parsing import parse_name

    folder = project or (order.parent if order else Path())
    session = open_session(folder.absolute())
    house = session.settings.table(Naming)
    schemes = [house.scheme(convention)] if convention else house.schemes()
    forms = forms_given(session, read_order(order)) if order else {}
    parsed, misfits = [], []
    for file in files:
        try:
            parsed.append(parse_name(file, schemes, forms))
        except EditorError as error:
            misfits.append(error)
    if as_json:
        write_json(schema.to_json([*parsed, *({"file": misfit.where, "problem": misfit.what} for misfit in misfits)]))
    else:
        for each in parsed:
            _show_parsed(paper(), each)
        for misfit in misfits:
            show(misfit)
    return max((misfit.exit_status for misfit in misfits), default=0)


def explain(order: Path, deliverable: str, project: Path | None, *, as_json: bool) -> int:
    """Show which plugin gave which field of the names of *order*, and which are missing."""
    from twopop.delivery.explained import explain_names
    from twopop.delivery.order import read_order
    from twopop.delivery.planner import make_plan

    asked = read_order(order)
    with busy("Reading the cut and its media"):
        session = open_session((project or order.parent).absolute())
        made = make_plan(asked, session)
        names = explain_names(made, asked, session)
    if deliverable:
        names = tuple(name for name in names if name.id == deliverable)
        if not names:
            known = [each.id for each in made.deliverables]
            hint = schema.nearest(deliverable, known) or f" There are: {', '.join(known[:_SHOWN])} and so on."
            raise InputError(f"The order has no deliverable {deliverable!r}.{hint}", where=str(order))
    if as_json:
        write_json(schema.to_json(names))
    else:
        _show_names(paper(), names)
    return EditorError.exit_status if any(name.missing for name in names) else 0


def _show_parsed(console: Console, parsed: Parsed) -> None:
    console.print(words(parsed.file, "bold") + words(f"  by the convention {parsed.convention}"))
    made = grid(2)
    for field, value in parsed.fields.items():
        other = parsed.differing.get(field)
        note = f"  but its folder says {other}" if other is not None else ""
        made.add_row(words(f"  {field}", "dim"), words(value) + words(note, "yellow"))
    console.print(made)


def _show_names(console: Console, names: Sequence[ExplainedName]) -> None:
    groups: dict[tuple[str, str, str], list[ExplainedName]] = {}
    for name in names:
        groups.setdefault((name.convention, name.template, name.folder), []).append(name)
    for (convention, template, folder), group in groups.items():
        console.print(words(f"Convention {convention}", "bold") + words(f", {counted(len(group), 'deliverable')}"))
        made = grid(2)
        made.add_row(words("  name", "dim"), words("".join(template.splitlines())))
        made.add_row(words("  folder", "dim"), words("".join(folder.splitlines()) or "the output folder itself"))
        console.print(made)
        _show_fields(console, group)
        _show_outcome(console, group)


def _show_fields(console: Console, group: Sequence[ExplainedName]) -> None:
    rows: dict[str, list[ExplainedField]] = {}
    for each in group:
        for field in each.fields:
            rows.setdefault(field.name, []).append(field)
    made = table("Field", "Given", "In names", "Form", "From", "", folds=("Given", "In names"))
    for name, found in sorted(rows.items(), key=lambda row: (not row[1][0].used, row[0])):
        problem = next((each.problem for each in found if each.problem and each.used), "")
        plugins = ", ".join(dict.fromkeys(each.plugin for each in found if each.plugin))
        given = _several([each.value for each in found])
        text = words(problem, "red") if problem else words(_several([each.text for each in found]))
        made.add_row(words(name), words(given), text, words(found[0].kind), words(plugins), _state(name, found, group))
    console.print(made)


def _state(name: str, found: Sequence[ExplainedField], group: Sequence[ExplainedName]) -> Text:
    if any(name in each.missing for each in group):
        return words("missing", "bold red")
    if not found[0].used:
        return words("not used", "dim")
    return words("" if any(each.value for each in found) else "may be empty", "dim")


def _several(values: Sequence[str]) -> str:
    different = list(dict.fromkeys(value for value in values if value))
    more = f" and {len(different) - _SHOWN} more" if len(different) > _SHOWN else ""
    return ", ".join(different[:_SHOWN]) + more


def _show_outcome(console: Console, group: Sequence[ExplainedName]) -> None:
    others = dict.fromkeys(name.plugin for name in group if name.plugin not in ("", "naming"))
    for plugin in others:
        console.print(words(f"The plugin {plugin!r} made names of these fields in its own way.", "yellow"))
    for field in dict.fromkeys(field for name in group for field in name.missing):
        console.print(words(f"{field} is missing. ", "bold red") + words(how_to_give(field)))
    named = [name.path for name in group if name.path]
    if named:
        console.print(words(f"For example {named[0]}"))
