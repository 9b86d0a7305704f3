"""``timeline`` and ``diff``: what a cut holds, and what changed between two."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from rich.console import Console

from twopop import schema
from twopop.cli.findings import exit_status, gather, show_findings
from twopop.cli.layout import counted, grid, length, table
from twopop.cli.progress import busy
from twopop.cli.screen import paper, words, write_json
from twopop.delivery.session import Session, open_session
from twopop.errors import InputError
from twopop.time import timecode as as_timecode
from twopop.timeline.program import AudioTrack, Event, Kind, Program
from twopop.timeline.reading import Reading, ReadOptions

#: The word for the cut that was delivered last.
LAST = "last"

if TYPE_CHECKING:
    from twopop.delivery.order import Order
    from twopop.delivery.touched import Touched
    from twopop.timeline.diff import Change


def timeline(file: Path, rate: str, name: str, project: Path, *, as_json: bool) -> int:
    """Show the cut in *file*."""
    from twopop.timeline.listing import listing

    with busy("Reading the cut"):
        session = open_session(project.absolute())
        reading = session.read_timeline(file, session.read_options(rate=rate, name=name))
    if as_json:
        write_json(schema.to_json(listing(reading)))
    else:
        _show_reading(paper(), reading)
    return exit_status(reading.findings)


def diff(old: Path, new: Path, order: Path | None, rate: str, project: Path | None, *, as_json: bool) -> int:
    """Show what changed from *old* to *new*, and which deliverables that touches.

    *old* may be ``last``: the cut that was delivered last. The deliverables are those of *order*, or else of the order
    that the catalogue knows *old* to have been delivered by.
    """
    from twopop.delivery.order import read_order
    from twopop.timeline.diff import compare

    folder = project or (order.parent if order else Path())
    with busy("Reading both cuts"):
        session = open_session(folder.absolute())
        options = session.read_options(rate=rate)
        asked = read_order(order) if order else None
        before, known = _old_cut(session, old, options, asked)
        asked = asked or known
        after = session.read_timeline(new, options).program
        changes = compare(before, after)
        reached = _reached(session, asked, new, rate, changes, before, after) if asked else None
    if as_json:
        told: dict[str, Any] = {"old": before.name, "new": after.name, "rate": after.rate, "changes": changes}
        write_json(schema.to_json(told if reached is None else {**told, "deliverables": reached}))
        return 0
    console = paper()
    _show_changes(console, changes)
    if reached is not None:
        _show_reached(console, reached, changes)
    return 0


def _old_cut(session: Session, old: Path, options: ReadOptions, order: Order | None) -> tuple[Program, Order | None]:
    """The cut *old*, and the order by which the catalogue knows it to have been delivered."""
    from twopop.delivery.order import parse_order
    from twopop.delivery.planner import catalogue_project, project_of

    last = str(old) == LAST and not old.exists()
    program = None if last else session.read_timeline(old, options).program
    with session.open_catalogue() as catalogue:
        content = schema.fingerprint(program) if program else ""
        project = catalogue_project(project_of(order)) if order else ""
        known = catalogue.last_plan(project, timeline=content)
        where = str(catalogue.place)
    if program is not None:
        return program, parse_order(msgspec.json.decode(known[1]), where=where) if known else None
    if known is None:
        raise InputError("Nothing was delivered yet that the catalogue knows of.", where=where, remedy="Name a file.")
    return (
        schema.from_json(known[0], Program, where=where),
        parse_order(msgspec.json.decode(known[1]), where=where),
    )


def _reached(
    session: Session, asked: Order, new: Path, rate: str, changes: Sequence[Change], before: Program, after: Program
) -> tuple[Touched, ...]:
    from twopop.delivery.planner import make_plan
    from twopop.delivery.touched import cuts_of, touched

    cut = msgspec.structs.replace(asked.timeline, file=str(new.absolute()), rate=rate or asked.timeline.rate)
    plan = make_plan(msgspec.structs.replace(asked, timeline=cut), session)
    return touched(plan, changes, before, after, cuts_of(asked, before, session.plugins))


def _show_changes(console: Console, changes: Sequence[Change]) -> None:
    if not changes:
        console.print(words("Nothing changed.", "bold"))
        return
    made = grid(3)
    for change in changes:
        made.add_row(words(f"  {change.where}"), words(change.kind, "cyan"), words(change.what))
    console.print(words(f"{counted(len(changes), 'change')}", "bold"))
    console.print(made)


def _show_reached(console: Console, reached: Sequence[Touched], changes: Sequence[Change]) -> None:
    met = [each for each in reached if each.touched]
    console.print()
    made = grid(2)
    for each in met:
        why = "; ".join(changes[number].what for number in each.changes)
        made.add_row(words(f"  {each.path or each.id}"), words(why or "it keeps other stretches", "dim"))
    if met:
        console.print(made)
    console.print(words(f"{len(met)} of {counted(len(reached), 'deliverable')} touched.", "bold"))


def _show_reading(console: Console, reading: Reading) -> None:
    program = reading.program
    drop = ", drop-frame" if program.drop else ""
    size = f", {program.size[0]}x{program.size[1]}" if program.size else ""
    console.print(words(program.name or "A cut without a name", "bold"))
    console.print(
        words(
            f"{program.rate} frames a second{drop}{size}, from {program.timecode(0)}, "
            f"{length(program.frames, program.rate)} long ({counted(program.frames, 'frame')})"
        )
    )
    console.print()
    if program.events:
        console.print(_events(program))
        console.print()
    _show_rest(console, program)
    if reading.findings:
        console.print(words("Findings", "bold"))
        show_findings(console, gather(reading.findings, {}))
        console.print()
    console.print(
        words(
            f"{counted(len(program.picture), 'event')}, {counted(len(program.overlays), *_OVERLAYS)}, "
            f"{counted(len(program.audio), 'audio track')}, {counted(len(program.markers), 'marker')}, "
            f"{counted(len(reading.findings), 'finding')}.",
            "bold",
        )
    )


_OVERLAYS = ("title or graphic", "titles and graphics")


def _events(program: Program) -> Any:
    made = table(
        "In", "Out", "Frames", "Layer", "What", "Source in", "Speed", right=("Frames", "Speed"), folds=("What",)
    )
    for event in program.events:
        made.add_row(
            program.timecode(event.start),
            program.timecode(event.stop),
            f"{event.frames:,}",
            words("picture" if event.layer == 0 else f"+{event.layer}"),
            words(_what(event), "dim" if event.kind is Kind.BLACK else ""),
            _source_in(event, program) if event.kind is Kind.MEDIA else "",
            _speed(event.speed) if event.kind is Kind.MEDIA else "",
        )
    return made


def _what(event: Event) -> str:
    if event.kind is Kind.TITLE:
        return f"title: {event.text}"
    if event.kind is Kind.COLOUR:
        return f"{event.name} ({event.colour})"
    if event.kind is Kind.BLACK:
        return "black"
    source = event.source.path.rpartition("/")[2] or event.source.name if event.source else ""
    return event.name if source in ("", event.name) else f"{event.name}  ({source})"


def _source_in(event: Event, program: Program) -> str:
    rate = event.source.rate if event.source and event.source.rate else program.rate
    frame = rate.nearest_frame(event.source_in)
    return f"-{as_timecode(-frame, rate)}" if frame < 0 else as_timecode(frame, rate)


def _speed(speed: Fraction) -> str:
    if speed == 0:
        return "freeze"
    return "" if speed == 1 else f"{float(speed * 100):.4g} %"


def _show_rest(console: Console, program: Program) -> None:
    """Dissolves, audio tracks and markers, each under its head, where there are any."""
    parts: dict[str, list[tuple[str, ...]]] = {
        "Dissolves": [
            (program.timecode(each.start), counted(each.stop - each.start, "frame"), each.kind)
            for each in program.dissolves
        ],
        "Sound": [_track(track, program) for track in program.audio],
        "Markers": [
            (program.timecode(each.frame), counted(each.frames, "frame") if each.frames else "", each.colour,
             f"{each.name}: {each.note}" if each.note else each.name)
            for each in program.markers
        ],
    }  # fmt: skip
    for head, rows in parts.items():
        if rows:
            made = grid(len(rows[0]))
            for row in rows:
                made.add_row(*(words(f"  {cell}" if number == 0 else cell) for number, cell in enumerate(row)))
            console.print(words(head, "bold"))
            console.print(made)
            console.print()


def _track(track: AudioTrack, program: Program) -> tuple[str, ...]:
    if not track.clips:
        return (track.name, track.role, "empty", "", track.role_from)
    frame = program.rate.nearest_frame
    first, last = min(clip.start for clip in track.clips), max(clip.stop for clip in track.clips)
    stretch = f"{program.timecode(frame(first))} to {program.timecode(frame(last))}"
    return (track.name, track.role, counted(len(track.clips), "clip"), stretch, track.role_from)
