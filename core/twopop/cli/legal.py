"""``legal check``, ``legal cue-sheet`` and ``legal report``: may it run there, what music is in it, what is owed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console

from twopop import files, schema
from twopop.cli.deliver import planned
from twopop.cli.findings import exit_status, gather, show_findings
from twopop.cli.layout import counted, grid, table
from twopop.cli.screen import paper, words, write_json
from twopop.delivery.plan import Deliverable, Plan
from twopop.errors import InputError
from twopop.findings import Finding, stops
from twopop.legal.answers import LABEL, AssetUse
from twopop.legal.clearance import GRAVEST, Clearance
from twopop.legal.cues import CueSheet
from twopop.legal.forms import Form, Report
from twopop.legal.sheets import Sheet, cues_as_sheet, uses_as_sheet, written
from twopop.legal.supers import PlannedSuper
from twopop.time import Rate, timecode

#: Which kinds of asset are in a report; credits are of any.
_KINDS = {Report.STOCK: ("stock", "archive", "footage", "ai"), Report.TALENT: ("talent", "voice")}

#: Columns of sheets that are left out on a terminal.
_ONLY_IN_FILES = ("Duration", "Performers", "ISWC", "ISRC", "Origin", "Library", "Catalogue")

#: What is found of rights beside the answers for each asset.
_SAID_BELOW = ("rights.unlisted", "rights.use", "rights.market")

_STYLE = {
    "cleared": "green",
    "unknown": "yellow",
    "expires": "bold red",
    "not cleared": "bold red",
    "refused": "bold red",
}


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """The rights of all *deliverables* (ids) of one *variant*: the same cut for the same market, titles or none."""

    variant: str
    frames: int
    rate: Rate
    deliverables: tuple[str, ...]
    uses: tuple[AssetUse, ...]
    cues: CueSheet | None
    supers: tuple[PlannedSuper, ...]
    findings: tuple[Finding, ...]


def check(order: Path, project: Path | None, *, as_json: bool) -> int:
    """Say for each variant of *order* what of the ledgers survives in it, and whether it is cleared for its flight."""
    made = planned(order, None, project)[1]
    general = [finding for finding in made.findings if finding.rule.startswith("rights.")]
    groups = list(_variants(made))
    if as_json:
        write_json(schema.to_json({"variants": groups, "findings": general, "note": LABEL}))
    else:
        _show_check(paper(), made, groups, general)
    return exit_status([*general, *(finding for group in groups for finding in group.findings)])


def cue_sheets(order: Path, project: Path | None, form: Form | None, out: Path | None, *, as_json: bool) -> int:
    """Show the cue sheet of each variant of *order*; with *form* and *out*, write each into a file."""
    made = planned(order, None, project)[1]
    groups = [group for group in _variants(made, by_start=True) if group.cues]
    if as_json:
        write_json(schema.to_json([{"variant": group.variant, "cues": group.cues} for group in groups]))
        return 0
    sheets = [(group.variant, cues_as_sheet(group.cues, f"Cue sheet: {_title(made)}, {group.variant}"))
              for group in groups if group.cues]  # fmt: skip
    return _given(sheets, form, out, "cue-sheet", "No music of a ledger is heard in any variant.")


def report(order: Path, project: Path | None, of: Report, form: Form | None, out: Path | None, *, as_json: bool) -> int:
    """Show what *of* the ledgers is used for how long in each variant of *order*."""
    made = planned(order, None, project)[1]
    rows = [(group.variant, use) for group in _variants(made) for use in group.uses if _belongs(use, of)]
    if as_json:
        write_json(schema.to_json([{"variant": variant, "use": use} for variant, use in rows]))
        return 0
    sheet = uses_as_sheet(rows, made.timeline.rate, f"{of.capitalize()}: {_title(made)}")
    return _given([(of, sheet)] if rows else [], form, out, "report", f"Nothing of that kind ({of}) is in any variant.")


def keep(ledger: Path, project: Path) -> int:
    """Keep the *ledger* in the catalogue for all projects; what cannot be tied to an asset keeps it out."""
    from twopop.delivery.rights import house_of
    from twopop.delivery.session import open_session
    from twopop.legal.ledger import read_ledger

    session = open_session(project.absolute())
    read = read_ledger(ledger, house_of(session.settings))
    if stops(read.findings):
        show_findings(paper(), gather(read.findings, {}))
        return exit_status(read.findings)
    with session.open_catalogue() as catalogue:
        catalogue.keep_ledger(ledger.stem, schema.to_json(read, indent=0))
    show_findings(paper(), gather(read.findings, {}))
    held = f"{counted(len(read.assets), 'asset')}, {counted(len(read.grants), 'grant')}"
    paper().print(words(f"Kept as {ledger.stem!r}: {held}. It holds for every order that uses this catalogue."))
    return 0


def ledgers(project: Path, *, as_json: bool) -> int:
    """List the ledgers that the catalogue keeps."""
    from twopop.delivery.session import open_session
    from twopop.legal.model import Ledger

    with open_session(project.absolute()).open_catalogue() as catalogue:
        kept = {name: schema.from_json(told, Ledger, where=name) for name, told in catalogue.ledgers().items()}
    if as_json:
        write_json(schema.to_json(kept))
        return 0
    made = table("Ledger", "Assets", "Grants", right=("Assets", "Grants"))
    for name, ledger in kept.items():
        made.add_row(words(name), words(len(ledger.assets)), words(len(ledger.grants)))
    paper().print(made if kept else words("The catalogue keeps no ledgers."))
    return 0


def forget(name: str, project: Path) -> int:
    """Take the ledger *name* out of the catalogue; raises InputError when there is none."""
    from twopop.delivery.session import open_session

    with open_session(project.absolute()).open_catalogue() as catalogue:
        if not catalogue.forget_ledger(name):
            raise InputError(f"The catalogue keeps no ledger {name!r}.{schema.nearest(name, catalogue.ledgers())}")
    paper().print(words(f"Forgotten: {name}."))
    return 0


def _belongs(use: AssetUse, of: Report) -> bool:
    return bool(use.credit) if of is Report.CREDITS else use.kind in _KINDS[of]


def _title(plan: Plan) -> str:
    return " ".join(word for word in (plan.project.get("client"), plan.project.get("title")) if word)


def _variants(plan: Plan, *, by_start: bool = False) -> Iterator[Checked]:
    """The deliverables that share their rights, drawn together in the plan's order; and their clock, if *by_start*."""
    groups: dict[Any, list[Deliverable]] = {}
    for deliverable in plan.deliverables:
        variant = deliverable.variant
        start = deliverable.start_timecode if by_start else ""
        key = (variant.duration, variant.texted, variant.market, start, deliverable.spans)
        groups.setdefault(key, []).append(deliverable)
    for (duration, texted, market, start, _), members in groups.items():
        parts = (duration, market, "" if texted else "textless", f"from {start}" if start else "")
        first = members[0]
        yield Checked(
            variant=" ".join(part for part in parts if part),
            frames=first.frames,
            rate=first.rate,
            deliverables=tuple(member.id for member in members),
            uses=first.rights,
            cues=first.cues,
            supers=tuple(dict.fromkeys(each for member in members for each in member.supers)),
            findings=tuple(dict.fromkeys(_of_law(members))),
        )


def _of_law(members: Sequence[Deliverable]) -> Iterator[Finding]:
    """What was found of the rights that *members* share, and of the legal texts of each."""
    yield from (finding for finding in members[0].findings if finding.rule.startswith("rights."))
    yield from (finding for each in members for finding in each.findings if finding.rule.startswith("supers."))


# -- on paper ----------------------------------------------------------------------------------------------------------


def _show_check(console: Console, plan: Plan, groups: Sequence[Checked], general: Sequence[Finding]) -> None:
    console.print(words(_title(plan), "bold"))
    console.print(words(f"This is {LABEL}.", "dim"))
    show_findings(console, gather(general, {}))
    for group in groups:
        console.print()
        console.print(words(f"{group.variant}: {_verdict(group)}", _STYLE.get(_verdict(group), "bold red")), end="")
        console.print(words(f"  ({counted(len(group.deliverables), 'deliverable')}, {group.frames} frames)", "dim"))
        _show_answers(console, group)
        _show_supers(console, group)
        others = [f for f in group.findings if f.rule.startswith("supers.") or f.rule in _SAID_BELOW]
        show_findings(console, gather(others, {}))
    if not any(group.uses or group.supers for group in groups) and not general:
        console.print(words("No ledger lists anything that is in this cut: name one under [rights] in the order."))


def _verdict(group: Checked) -> str:
    if stops(group.findings):
        return "blocked"
    return "unknown" if any(finding.rule.startswith("rights.") for finding in group.findings) else "cleared"


def _show_answers(console: Console, group: Checked) -> None:
    """What is not cleared, the gravest first, with what to do and where it is written; then the names of the rest."""
    rows = [(use, right, answer) for use in group.uses for right, answer in _answers(use)]
    made = grid(2)
    for use, rights, answer in sorted(rows, key=lambda row: GRAVEST.index(row[2].state)):
        if answer.state != "cleared":
            what = f"{use.title} ({use.kind}{rights}), {use.frames} frames from {_first(use, group.rate)}. "
            papers = f" [{'; '.join(answer.grants)}]" if answer.grants else ""
            made.add_row(words(f"  {answer.state}", _STYLE[answer.state]), words(f"{what}{answer.why}{papers}"))
            made.add_row("", words(answer.remedy, "dim"))
    if made.row_count:
        console.print(made)
    fine = [use.title for use in group.uses if all(answer.state == "cleared" for answer in use.answers)]
    if fine:
        console.print(words(f"  cleared  {', '.join(fine)}", "dim"))


def _show_supers(console: Console, group: Checked) -> None:
    """The legal texts and for how long they stand; where that differs between aspects, once for each."""
    for text, span, needed, words_read, rule in dict.fromkeys(
        (" ".join(each.text.split()), each.span, each.needed, each.words, each.rule) for each in group.supers
    ):
        stands = f"from {timecode(span.start, group.rate)} for {span.frames} frames"
        asked = f"{rule} asks for {needed}, {counted(words_read, 'word')}"
        console.print(words(f"  super    {text!r} {stands} ({asked})", "dim"))


def _answers(use: AssetUse) -> list[tuple[str, Clearance]]:
    """The answers with the rights they are for, the same answer said once (``", sync and master"``)."""
    said: dict[tuple[str, str], list[Clearance]] = {}
    for answer in use.answers:
        said.setdefault((answer.state, answer.why), []).append(answer)
    merged = []
    for answers in said.values():
        rights = " and ".join(answer.right for answer in answers)
        papers = tuple(dict.fromkeys(paper for answer in answers for paper in answer.grants))
        merged.append(("" if rights == "use" else f", {rights}", msgspec.structs.replace(answers[0], grants=papers)))
    return merged


def _first(use: AssetUse, rate: Rate) -> str:
    return timecode(use.stretches[0].cut.start, rate)


def _given(sheets: Sequence[tuple[str, Sheet]], form: Form | None, out: Path | None, what: str, nothing: str) -> int:
    """Print *sheets*, or write each as a file into *out*."""
    console = paper()
    if not sheets:
        console.print(words(nothing))
    for name, sheet in sheets:
        if out is not None:
            path = out / f"{what}_{_file_word(name)}.{form or Form.CSV}"
            files.write_whole(path, written(sheet, form or Form.CSV))
            console.print(words(f"Written: {path}"))
        else:
            _print_sheet(console, sheet)
    return 0


def _file_word(text: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in text).strip("-")


def _print_sheet(console: Console, sheet: Sheet) -> None:
    """*sheet* without the columns that only machines read; the files have them all."""
    shown = [n for n, name in enumerate(sheet.columns) if name not in _ONLY_IN_FILES]
    made = table(*(sheet.columns[n] for n in shown), folds=("Writers", "Publishers", "Credit"))
    for row in sheet.rows:
        made.add_row(*(words(row[n]) for n in shown))
    console.print(words(sheet.title, "bold"))
    console.print(made)
    below = grid(2)
    for name, value in sheet.totals:
        below.add_row(words(name, "dim"), words(value))
    console.print(below)
    console.print()
