"""Answers to what concerns deliveries: started, stopped, looked at; and what they and plans change in hosts."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twopop.errors import EditorError, TwopopError
from twopop.hosts.wording import files_taken, markers_set
from twopop.service import places, rows
from twopop.service.choices import planned
from twopop.service.choosing import Press
from twopop.service.edits import EditBook, Settled, do, undo
from twopop.service.handlers import Call, Handler
from twopop.service.hosts import HostLink
from twopop.service.hub import Hub, Panel
from twopop.service.jobfiles import JobFor, JobMade
from twopop.service.jobs import Job, Jobs
from twopop.service.marking import EditsOf, Marks, MarksFor
from twopop.service.methods import (
    PAGE,
    Act,
    AddMarkers,
    BringIn,
    Deliver,
    Edits,
    Files,
    Findings,
    InProject,
    Nothing,
    OneJob,
    PutCut,
    Rows,
    Undo,
)
from twopop.service.methods import Job as JobResult
from twopop.service.methods import Jobs as JobsResult
from twopop.service.planning import CutMade, CutOf
from twopop.service.projects import Project
from twopop.service.values import FileRow, FindingRow
from twopop.store.locks import locked


def parts(hub: Hub) -> tuple[Jobs, ...]:
    """The jobs, which live as long as the service."""

    async def finish(job: Job) -> None:
        await _wishes(hub, job)

    return (Jobs(hub, finish),)


# -- deliveries --------------------------------------------------------------------------------------------------------


async def deliver(call: Call, params: Deliver) -> JobResult:
    """Start a delivery, or find the one that was started for the same."""
    project, _, _ = await planned(call.hub, params.id)
    wanted = params.deliverables
    asked = JobFor(id=params.id, deliverables=wanted, bring_in=params.bring_in, markers=params.markers)
    made: JobMade = await project.worker.call("job", asked, JobMade, long=True)
    job = await call.hub.part(Jobs).take(project, made.id)
    return JobResult(job=job.row())


async def cancel(call: Call, params: OneJob) -> JobResult:
    """Stop a delivery."""
    job = await call.hub.part(Jobs).cancel(params.id)
    return JobResult(job=job.row())


async def jobs(call: Call, params: InProject) -> JobsResult:
    """The deliveries of a project."""
    project, known = call.hub.project(params.project), call.hub.part(Jobs)
    await known.look(project)
    return JobsResult(jobs=await asyncio.to_thread(known.rows, project.name))


async def job(call: Call, params: OneJob) -> JobResult:
    """One delivery."""
    return JobResult(job=call.hub.part(Jobs).job(params.id).row())


async def files(call: Call, params: Rows) -> Files:
    """The files of a delivery."""
    view = await call.hub.part(Jobs).view(params.id)
    total, found = await asyncio.to_thread(view.files, params.first, params.count)
    return Files(total=total, files=found)


async def findings(call: Call, params: Rows) -> Findings:
    """What was found by a plan or a delivery."""
    total, found = await _findings(call.hub, params.id, params.first, params.count)
    return Findings(total=total, findings=found)


async def _findings(hub: Hub, id: str, first: int, count: int) -> tuple[int, tuple[FindingRow, ...]]:
    if _is_job(id):
        view = await hub.part(Jobs).view(id)
        return await asyncio.to_thread(view.findings, first, count)
    _, work, _ = await planned(hub, id)
    path = places.plans(work) / id / "findings.jsonl"
    return await asyncio.to_thread(rows.page, path, FindingRow, first, count)


def _is_job(id: str) -> bool:
    return "-" in places.checked(id)


async def act(call: Call, params: Act) -> Findings:
    """Press one of the studio's buttons."""
    job = call.hub.part(Jobs).job(params.id)
    asked = Press(action=params.action, out=job.file.out)
    found: tuple[FindingRow, ...] = await job.project.worker.call("act", asked, tuple[FindingRow, ...], long=True)
    return Findings(total=len(found), findings=found[:PAGE])


# -- what is changed in the host ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Subject:
    """A plan or a job that something in the host is changed for: its *book*, and the *timeline* of the *host*."""

    id: str
    project: Project
    plan: str
    host: str
    timeline: str
    timeline_name: str
    book: EditBook
    job: Job | None = None

    async def link(self, hub: Hub, panel: Panel | None, name: str = "") -> HostLink:
        """The host of this, or the one called *name*."""
        return await hub.link(self.project, name or self.host, panel)


async def _subject(hub: Hub, id: str) -> _Subject:
    """The plan or the job *id*; raises InputError."""
    if _is_job(id):
        job = hub.part(Jobs).job(id)
        file = job.file
        return _Subject(id, job.project, file.plan, file.host, file.timeline, file.timeline_name, job.book, job)
    project, work, known = await planned(hub, id)
    row = known.row
    book = EditBook(places.edits(work) / f"{id}.jsonl")
    return _Subject(id, project, id, row.host, row.timeline, row.timeline_name, book)


async def put(call: Call, params: PutCut) -> Edits:
    """Put the cut of a deliverable into the host."""
    about = await _subject(call.hub, params.id)
    asked = CutOf(id=about.plan, deliverable=params.deliverable)
    made: CutMade = await about.project.worker.call("cut", asked, CutMade, long=True)
    link = await about.link(call.hub, call.panel)
    await do(about.book, link, "New timeline", made.name, lambda: link.put(made.otio, made.name))
    return await _told(call.hub, about)


async def markers(call: Call, params: AddMarkers) -> Edits:
    """Make markers of findings."""
    about = await _subject(call.hub, params.id)
    await _mark(call.hub, about, params.findings, call.panel)
    return await _told(call.hub, about)


async def _mark(hub: Hub, about: _Subject, wanted: Sequence[str], panel: Panel | None) -> None:
    """Make markers of the findings *wanted* (all of them, where none is named); those that are there stay one."""
    found = await _all_findings(hub, about.id)
    chosen = tuple(each for each in found if each.frame is not None and (not wanted or each.id in wanted))
    if not chosen:
        if wanted:
            raise EditorError("None of these findings speaks of a place in the timeline.")
        return
    link = await about.link(hub, panel)
    given = await link.read(about.timeline)
    asked = MarksFor(plan=about.plan, timeline=given, findings=chosen)
    marks: Marks = await about.project.worker.call("marks", asked, Marks, long=True)
    if marks.new:
        what = markers_set(len(marks.new))
        await do(about.book, link, what, about.timeline_name, lambda: link.add_markers(given.id, marks.new))


async def _all_findings(hub: Hub, id: str) -> list[FindingRow]:
    found: list[FindingRow] = []
    while True:
        total, page = await _findings(hub, id, len(found), PAGE)
        found += page
        if len(found) >= total or not page:
            return found


async def bring_in(call: Call, params: BringIn) -> Edits:
    """Take delivered files into a bin of the host."""
    about = await _subject(call.hub, params.id)
    await _bring_in(call.hub, about, params.folder, call.panel)
    return await _told(call.hub, about)


async def _bring_in(hub: Hub, about: _Subject, folder: str, panel: Panel | None) -> None:
    if about.job is None:
        raise EditorError("Nothing was delivered for this yet.", remedy="Deliver it first.")
    out = Path(about.job.file.out)
    there = [out / each.path for each in await _all_files(hub, about.id) if each.state in ("delivered", "unchanged")]
    if not there:
        raise EditorError("This delivery has no file to bring in.", remedy="Look at its findings.")
    link = await about.link(hub, panel)
    await do(about.book, link, files_taken(len(there)), folder, lambda: link.bring_in(tuple(there), folder))


async def _all_files(hub: Hub, id: str) -> list[FileRow]:
    view, found = await hub.part(Jobs).view(id), list[FileRow]()
    while True:
        total, page = await asyncio.to_thread(view.files, len(found), PAGE)
        found += page
        if len(found) >= total or not page:
            return found


async def take_back(call: Call, params: Undo) -> Edits:
    """Take back what was changed in the host, newest first; each line says what came of it."""
    about = await _subject(call.hub, params.id)

    async def link_of(host: str) -> HostLink:
        return await about.link(call.hub, call.panel, host)

    changed = {row.id for row in await undo(about.book, params.edits, link_of)}
    told = await _told(call.hub, about)
    return Edits(edits=tuple(row for row in told.edits if row.id in changed))


async def _told(hub: Hub, about: _Subject) -> Edits:
    """What was changed for this: put into the receipts of its jobs, and told to all panels."""
    for job in [about.job] if about.job else hub.part(Jobs).of_plan(about.plan):
        await _into_receipt(job)
        hub.part(Jobs).tell(job)
    return Edits(edits=about.book.rows(about.id if about.job else ""))


async def _into_receipt(job: Job) -> None:
    if not job.where.receipt.exists():
        return
    try:
        await job.project.worker.call("edits", EditsOf(job=str(job.where.folder)), Nothing, long=True)
    except TwopopError as error:  # what was changed was changed; the receipt is written again with the next change
        await asyncio.to_thread(job.book.write, Settled(id="receipt", why=str(error)))


async def _wishes(hub: Hub, job: Job) -> None:
    """What was wished for the end of *job*: its files in a bin, its findings as markers; each is tried once."""
    about = await _subject(hub, job.file.id)
    with locked(job.where.ending, wait=False) as ours:
        if not ours:
            return  # another service of this project does it
        wishes = job.wishes()
        if "bring_in" in wishes:
            await _settled(job, "bring_in", _bring_in(hub, about, "twopop", None))
        if "markers" in wishes:
            await _settled(job, "markers", _mark(hub, about, (), None))
        await _into_receipt(job)


async def _settled(job: Job, wish: str, work: Any) -> None:
    why = ""
    try:
        await work
    except TwopopError as error:
        why = str(error)
    await asyncio.to_thread(job.book.write, Settled(id=wish, why=why))


HANDLERS: Mapping[str, Handler] = {
    "deliver": deliver,
    "cancel": cancel,
    "jobs": jobs,
    "job": job,
    "files": files,
    "findings": findings,
    "act": act,
    "put": put,
    "markers": markers,
    "bring_in": bring_in,
    "undo": take_back,
}
