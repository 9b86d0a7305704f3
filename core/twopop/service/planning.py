"""Timelines read and plans made for a panel, in a project's worker; what was made lies in the work folder."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

from twopop import files, schema
from twopop.delivery.order import Order, parse_order
from twopop.delivery.plan import Plan
from twopop.delivery.session import Session
from twopop.errors import InputError
from twopop.hosts.model import HostTimeline
from twopop.service import places, rows
from twopop.service.methods import PAGE
from twopop.service.told import Teller, deliverable_row, heaviest_first, is_stopped, title_of
from twopop.service.values import ChoiceRow, FindingRow, MarkerRow, PlanRow, TimelineRow
from twopop.service.work import Work
from twopop.time import timecode
from twopop.timeline.program import Program
from twopop.timeline.reading import Reading

T = TypeVar("T")

SCHEMA = "twopop.planned/1"

#: How many plans and timelines are kept; the least used ones go first. A job has its own copy of its plan.
KEPT, KEPT_TIMELINES = 30, 300


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """A plan as the service keeps it: its *row*, the host's *timeline* (a file's name), where its *picture* is from."""

    schema: str
    row: PlanRow
    timeline: str
    picture: Literal["sources", "master"] = "sources"


# -- a timeline --------------------------------------------------------------------------------------------------------


class TimelineOf(msgspec.Struct, frozen=True, kw_only=True):
    """A *timeline* as the host called *host* gave it."""

    host: str
    timeline: HostTimeline


def timeline(session: Session, params: TimelineOf, work: Work) -> TimelineRow:
    """What a host's timeline is: its length, markers, the cutdowns that they offer, and its problems."""
    _, content, reading = kept(session, params.timeline)
    program, given = reading.program, params.timeline
    return TimelineRow(
        host=params.host,
        id=given.id,
        name=given.name,
        content=content,
        rate=str(program.rate),
        start=program.timecode(0),
        frames=program.frames,
        length=timecode(program.frames, program.rate),
        size=program.size,
        markers=tuple(
            MarkerRow(
                frame=mark.frame,
                frames=mark.frames,
                timecode=program.timecode(mark.frame),
                name=mark.name,
                colour=mark.colour,
                note=mark.note,
            )
            for mark in program.markers
        ),
        choices=choices_of(program),
        selection=(given.selection.start, given.selection.stop) if given.selection else None,
        findings=Teller(program).rows(reading.findings),
    )


def choices_of(program: Program) -> tuple[ChoiceRow, ...]:
    """The cutdowns that markers with a length offer, by their name."""
    found: dict[str, list[Any]] = {}
    for mark in program.markers:
        if mark.frames and mark.name.strip():
            found.setdefault(mark.name.strip().casefold(), []).append(mark)
    made = []
    for marks in found.values():
        frames = sum(min(mark.frames, program.frames - mark.frame) for mark in marks)
        seconds, rest = divmod(frames, program.rate.nominal)
        made.append(
            ChoiceRow(
                name=marks[0].name.strip(),
                count=len(marks),
                frames=frames,
                length=timecode(frames, program.rate),
                label="" if rest or not seconds else f"{seconds}s",
            )
        )
    return tuple(made)


def kept(session: Session, given: HostTimeline) -> tuple[Path, str, Reading]:
    """The file in which *given* is kept from now on, the fingerprint of what it shows, and what was read.

    Raises InputError when it cannot be read, EditorError when there is no room.
    """
    folder = places.timelines(session.work)
    options = session.read_options()
    with files.scratch_beside(folder / "timeline.otio") as scratch:
        scratch.write_text(given.otio, "utf-8")
        try:
            reading = session.read_timeline(scratch, options)
        except InputError as error:
            raise InputError(error.what, where=given.name, remedy=error.remedy) from None
        content = schema.fingerprint(reading.program)
        path = folder / f"{content}.otio"
        if not path.exists() or path.read_bytes() != scratch.read_bytes():
            files.give_name(scratch, path, over=True)
            _prune(folder, KEPT_TIMELINES)
        else:
            os.utime(path)
    return path, content, reading


# -- a plan ------------------------------------------------------------------------------------------------------------


class PlanFor(msgspec.Struct, frozen=True, kw_only=True):
    """Plan *order* for a *timeline* of a *host*, from its clips or (with *master*, a path) from what it rendered."""

    project: str
    host: str
    timeline: HostTimeline
    order: dict[str, Any]
    master: str = ""


def plan(session: Session, params: PlanFor, work: Work) -> PlanRow:
    """The same plan as the command line's for this order and this cut; its lines lie beside it, in pages."""
    from twopop.delivery.planner import make_plan

    path, _, reading = kept(session, params.timeline)
    work.progress(1, 3, "Reading the media")
    order = order_for(session, params.order, path, reading.program, params.master)
    made = make_plan(order, session)
    work.progress(2, 3, "Writing the plan")
    id = schema.fingerprint((made, params.host, params.timeline.id))
    planned = Planned(
        schema=SCHEMA,
        row=_row(made, id, params),
        timeline=path.name,
        picture="master" if params.master else "sources",
    )
    _keep(places.plans(session.work) / id, made, planned)
    work.progress(3, 3, "")
    return planned.row


def order_for(session: Session, raw: dict[str, Any], timeline: Path, program: Program, master: str) -> Order:
    """The order *raw* for the cut in the file *timeline*; raises InputError."""
    own = raw.get("timeline")
    kept = {key: value for key, value in own.items() if key != "name"} if isinstance(own, dict) else {}
    made = {**raw, "timeline": {**kept, "file": _from(session.folder, timeline)}}
    if master:
        held = raw.get("master") if isinstance(raw.get("master"), dict) else {}
        made["master"] = {**(held or {}), "picture": _from(session.folder, Path(master)), "start": program.timecode(0)}
    return parse_order(made, where="the order")


def _from(folder: Path, path: Path) -> str:
    inside = path.is_relative_to(folder)
    return path.relative_to(folder).as_posix() if inside else str(path)


def _row(made: Plan, id: str, params: PlanFor) -> PlanRow:
    states = [each.state for each in made.deliverables]
    return PlanRow(
        id=id,
        project=params.project,
        title=title_of(made),
        host=params.host,
        timeline=params.timeline.id,
        timeline_name=params.timeline.name,
        rate=str(made.timeline.rate),
        out=made.out,
        total=len(states),
        ready=states.count("ready"),
        unchanged=states.count("unchanged"),
        blocked=states.count("blocked"),
        segments=made.estimate.segments,
        segments_in_store=made.estimate.segments_in_store,
        frames_to_render=made.estimate.frames_to_render,
        stopped=is_stopped(made),
        findings=rows.cut(Teller(made.program).rows(made.findings), 0, PAGE),
    )


def _keep(folder: Path, made: Plan, planned: Planned) -> None:
    """Write the plan's folder, complete or not at all; one that is there already is the same."""
    if folder.is_dir():
        os.utime(folder)
        return
    teller = Teller(made.program)
    lines = [deliverable_row(each, teller) for each in made.deliverables]
    found: list[FindingRow] = [*teller.rows(made.findings)]
    for line in lines:
        found += line.findings
    content = {
        "plan.json": schema.to_json(made, indent=0),
        "planned.json": schema.to_json(planned),
        "rows.jsonl": rows.written(lines),
        "findings.jsonl": rows.written(heaviest_first(found)),
    }
    with files.scratch_beside(folder, folder=True) as scratch:
        for name, text in content.items():
            (scratch / name).write_bytes(text)
        try:
            files.give_name(scratch, folder, over=False)
        except FileExistsError:
            return
    _prune(folder.parent, KEPT)


def _prune(folder: Path, most: int) -> None:
    """Remove what was not used for the longest time from *folder*, beyond so many files or folders."""
    there = sorted(folder.glob("[!.]*"), key=lambda path: path.stat().st_mtime, reverse=True)
    for each in there[most:]:
        if each.is_dir():
            shutil.rmtree(each, ignore_errors=True)
        else:
            each.unlink(missing_ok=True)


def read_planned(work: Path, id: str) -> Planned:
    """What is kept of the plan *id*; raises InputError when it is gone."""
    return _part(work, id, "planned.json", Planned)


def read_plan(work: Path, id: str) -> Plan:
    """The plan *id* itself; raises InputError when it is gone."""
    return _part(work, id, "plan.json", Plan)


def _part(work: Path, id: str, name: str, kind: type[T]) -> T:
    path = places.plans(work) / places.checked(id) / name
    try:
        text = path.read_bytes()
    except OSError:
        raise InputError("This plan is not there any more.", remedy="Plan again.") from None
    return schema.from_json(text, kind, where=str(path))


def timeline_of(work: Path, planned: Planned) -> Path:
    """The file of the timeline that a plan was made from; raises InputError when it is gone."""
    path = places.timelines(work) / planned.timeline
    if not path.is_file():
        raise InputError("The timeline of this plan is not kept any more.", remedy="Plan again.")
    return path


# -- the cut of one deliverable ----------------------------------------------------------------------------------------


class CutOf(msgspec.Struct, frozen=True, kw_only=True):
    """The cut of a *deliverable* of the plan *id*."""

    id: str
    deliverable: str


class CutMade(msgspec.Struct, frozen=True, kw_only=True):
    """A cut for the host: its *otio* text, in which markers say what it could not keep, and its *name*."""

    otio: str
    name: str


def cut(session: Session, params: CutOf, work: Work) -> CutMade:
    """The cut of a deliverable as a timeline for its host, made of the host's own, and read back."""
    from twopop.variants.put_back import cut_back

    planned, made = read_planned(session.work, params.id), read_plan(session.work, params.id)
    each = next((each for each in made.deliverables if each.id == params.deliverable), None)
    if each is None or not each.spans:
        known = [each.id for each in made.deliverables if each.spans]
        hint = schema.nearest(params.deliverable, known)
        raise InputError(f"There is no cut of {params.deliverable!r} in this plan.{hint}")
    otio = timeline_of(session.work, planned).read_text("utf-8")
    name = f"{planned.row.timeline_name} {each.variant.duration}".strip()
    back = cut_back(otio, each.spans, name, session.read_options())
    return CutMade(otio=back.otio, name=name)
