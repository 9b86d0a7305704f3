"""What goes into a host, made ready in a project's worker: markers of findings, and what a receipt says of it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from twopop import files, schema
from twopop.delivery.receipt import Receipt
from twopop.delivery.session import Session
from twopop.errors import EditorError
from twopop.findings import Severity
from twopop.hosts.model import HostTimeline
from twopop.service import places
from twopop.service.edits import EditBook
from twopop.service.jobfiles import Places, read_job
from twopop.service.methods import Nothing
from twopop.service.planning import kept, read_planned, timeline_of
from twopop.service.values import EditRow, FindingRow
from twopop.service.work import Work
from twopop.timeline.program import Marker, Program
from twopop.variants.model import Span
from twopop.variants.seen import seen
from twopop.versions.model import HostEdit

_COLOURS = {Severity.FAIL: "red", Severity.WARN: "yellow", Severity.INFO: "blue"}

#: The longest name of a marker, in letters: hosts show them in a narrow place.
_LONGEST = 60


class MarksFor(msgspec.Struct, frozen=True, kw_only=True):
    """Markers of *findings* about the *plan*, for the *timeline* as its host holds it now."""

    plan: str
    timeline: HostTimeline
    findings: tuple[FindingRow, ...]


class Marks(msgspec.Struct, frozen=True, kw_only=True):
    """The *new* markers; those that the timeline has already are left out."""

    new: tuple[Marker, ...]


def marks(session: Session, params: MarksFor, work: Work) -> Marks:
    """Markers of findings: what was found and what to do, in the colour of its weight.

    Raises EditorError when the timeline shows something else by now: the frames would be wrong.
    """
    planned = read_planned(session.work, params.plan)
    before = session.read_timeline(timeline_of(session.work, planned), session.read_options()).program
    now = kept(session, params.timeline)[2].program
    if _shows(before) != _shows(now):
        raise EditorError(
            "The timeline was changed after this plan was made, so the findings may be elsewhere by now.",
            where=params.timeline.name,
            remedy="Plan again, then set the markers.",
        )
    there = {(mark.frame, mark.name.strip()) for mark in now.markers}
    made = _markers(params.findings)
    return Marks(new=tuple(mark for mark in made if (mark.frame, mark.name.strip()) not in there))


def _shows(program: Program) -> list[Any]:
    return seen(program, (Span(0, program.frames),))


def _markers(findings: Iterable[FindingRow]) -> list[Marker]:
    """One marker for each thing that was found at a frame, however many deliverables it was found in."""
    found: dict[tuple[int, str], list[FindingRow]] = {}
    for each in findings:
        if each.frame is not None:
            found.setdefault((each.frame, each.message), []).append(each)
    made = []
    for (frame, message), same in sorted(found.items()):
        first = same[0]
        files = {each.deliverable for each in same} - {""}
        words = [message, first.remedy, f"In {len(files)} deliverables." if len(files) > 1 else "", f"({first.rule})"]
        note = " ".join(filter(None, words))
        made.append(Marker(frame=frame, name=_short(message), colour=_COLOURS[first.severity], note=note))
    return made


def _short(message: str) -> str:
    words = " ".join(message.split())
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1].rstrip() + "…"


# -- the receipt -------------------------------------------------------------------------------------------------------


class EditsOf(msgspec.Struct, frozen=True, kw_only=True):
    """The *job* (its folder) whose receipt is to say what was changed in the host."""

    job: str


def edits(session: Session, params: EditsOf, work: Work) -> Nothing:
    """Put what was changed in the host for a job, and for its plan, into its receipt and the catalogue."""
    from twopop.delivery.records import with_edits

    where = Places(Path(params.job))
    job = read_job(where)
    receipt = schema.from_json(where.receipt.read_bytes(), Receipt, where=str(where.receipt))
    of_plan = EditBook(places.edits(session.work) / f"{job.plan}.jsonl").rows()
    told = tuple(_edit(row) for row in (*of_plan, *EditBook(where.edits).rows()))
    if told == receipt.host_edits:
        return Nothing()
    changed = with_edits(session, Path(job.out), receipt, told)
    files.write_whole(where.receipt, schema.to_json(changed))
    return Nothing()


def _edit(row: EditRow) -> HostEdit:
    return HostEdit(host=row.host, what=f"{row.what} (taken back)" if row.undone else row.what, place=row.place)
