"""The jobs of a service: runners started, followed, started again when they died; everything told to panels.

A job lives in its folder, not here. A service that is started finds the jobs that were left, follows those whose runner
goes on, and starts a new runner for those whose runner is gone.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from collections import OrderedDict
from collections.abc import Callable, Collection, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twopop import files
from twopop.errors import InputError, TwopopError
from twopop.service import jobfiles, journal, places
from twopop.service.edits import EditBook
from twopop.service.hub import Hub
from twopop.service.jobfiles import JobFile, Places
from twopop.service.journal import Ended, Writer
from twopop.service.methods import PAGE, FindingNote, JobNote
from twopop.service.projects import Project
from twopop.service.values import JobRow
from twopop.service.views import View, row_of

#: Seconds between two looks at a journal, and between two looks whether its runner lives.
_LOOK, _PULSE = 0.25, 1.0

#: How many files and findings one look tells at most; the rest waits for the next.
_FILES, _FINDINGS = 200, 20

#: After so many deaths of runners in a row that got nothing done, a job has failed.
DEATHS = 3

#: How many jobs that are over are kept laid open in memory.
_OPEN = 8

Finish = Callable[["Job"], Coroutine[Any, Any, None]]


@dataclass(eq=False)
class Job:
    """A job of a *project*: *where* it lies, what it is, how it *ended*, and what it changed in the host."""

    project: Project
    where: Places
    file: JobFile
    book: EditBook
    ended: Ended | None = None
    view: View | None = None
    task: asyncio.Task[None] | None = None

    def wishes(self) -> tuple[str, ...]:
        """What was wished for its end and was not looked at yet."""
        if self.ended is None or self.ended.state != "done":
            return ()
        self.book.rows()
        wished = {"bring_in": self.file.bring_in, "markers": self.file.markers}
        return tuple(wish for wish, asked in wished.items() if asked and wish not in self.book.settled)

    def row(self) -> JobRow:
        """How it stands."""
        return self.view.row() if self.view else row_of(self.where, self.file, self.ended, self.book)


class Jobs:
    """The jobs of all projects of *hub*; *finish* is what is done when one has ended well."""

    def __init__(self, hub: Hub, finish: Finish) -> None:
        self._hub = hub
        self._finish = finish
        self._jobs: dict[str, Job] = {}
        self._open: OrderedDict[str, View] = OrderedDict()
        hub.job = lambda id: self.job(id).row()

    # -- the life of the service ---------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Find the jobs of all projects, and go on with those that are not over."""
        for project in self._hub.projects.values():
            await self.look(project)

    async def look(self, project: Project) -> None:
        """Take in the jobs of *project* that are not known yet: those of an earlier service, or of one beside this."""
        for job in await asyncio.to_thread(_found, project, set(self._jobs)):
            if job.file.id in self._jobs:
                continue  # it was asked for meanwhile
            self._jobs[job.file.id] = job
            if job.ended is None:
                self._follow(job)
            elif job.wishes():
                job.task = asyncio.create_task(self._finished(job))

    async def stop(self) -> None:
        """Follow no more; the runners go on."""
        tasks = [job.task for job in self._jobs.values() if job.task]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    # -- what panels ask -----------------------------------------------------------------------------------------------

    def job(self, id: str) -> Job:
        """The job *id*; raises InputError."""
        if id not in self._jobs:
            raise InputError(f"There is no job {id[:80]!r}.", remedy="Look at the list of jobs.")
        return self._jobs[id]

    def rows(self, project: str) -> tuple[JobRow, ...]:
        """The jobs of *project*, newest first, as many as a page holds."""
        of_it = [job for job in self._jobs.values() if job.project.name == project]
        newest = sorted(of_it, key=lambda job: (job.file.asked, job.file.id), reverse=True)
        return tuple(job.row() for job in newest[:PAGE])

    def of_plan(self, plan: str) -> list[Job]:
        """The jobs that deliver the plan *plan*."""
        return [job for job in self._jobs.values() if job.file.plan == plan]

    async def take(self, project: Project, id: str) -> Job:
        """The job *id*, which was just asked for: one that is not known yet is begun."""
        if id not in self._jobs:
            work = await asyncio.to_thread(places.work_folder, project.folder)
            where = Places(places.jobs(work) / id)
            job = await asyncio.to_thread(_opened, project, where)
            if id not in self._jobs:  # it may have been asked for twice meanwhile
                self._jobs[id] = job
                self._follow(job)
        return self._jobs[id]

    async def cancel(self, id: str) -> Job:
        """Have a job stop; one that is over stays as it is. Raises EditorError when the mark cannot be made."""
        job = self.job(id)
        if job.ended is None:
            try:
                await asyncio.to_thread(job.where.cancel.touch)
            except OSError as error:
                raise files.cannot_write(job.where.cancel, error) from error
        return job

    async def view(self, id: str) -> View:
        """The job *id* laid open; raises InputError."""
        job = self.job(id)
        if job.view is not None:
            return job.view
        if id not in self._open:
            view = View(job.where, job.file)
            await asyncio.to_thread(view.update)
            self._open[id] = view
            while len(self._open) > _OPEN:
                self._open.popitem(last=False)
        self._open.move_to_end(id)
        return self._open[id]

    def tell(self, job: Job) -> None:
        """Tell all panels how *job* stands now."""
        self._hub.tell(JobNote(job=job.row()))

    # -- one job -------------------------------------------------------------------------------------------------------

    def _follow(self, job: Job) -> None:
        job.view = View(job.where, job.file)
        job.task = asyncio.create_task(self._followed(job, job.view))

    async def _followed(self, job: Job, view: View) -> None:
        try:
            await self._to_its_end(job, view)
        except (TwopopError, OSError) as error:  # its folder went, or cannot be read
            words = f"It cannot be followed any more ({error}). Look at its folder, then plan again."
            view.ended = Ended(at=journal.now(), state="failed", problem=words)
        job.ended, job.view = view.ended, None
        self._open[job.file.id] = view
        self.tell(job)
        await self._finished(job)

    async def _to_its_end(self, job: Job, view: View) -> None:
        runner = _Runner(job.where)
        pending: set[int] = set()
        looked = -_PULSE
        clock = asyncio.get_running_loop().time
        await asyncio.to_thread(view.update)  # what was said before this service came is not told again line by line
        self.tell(job)
        while True:
            moved = await self._told(job, view, pending)
            if view.ended is not None:
                break
            if moved:
                runner.tries = 0
            if clock() - looked >= _PULSE:
                looked = clock()
                if not await asyncio.to_thread(runner.lives) and not await self._told(job, view, pending):
                    view.ended = view.ended or await asyncio.to_thread(runner.again)
            await asyncio.sleep(_LOOK)
        while pending:
            await self._told(job, view, pending)
            await asyncio.sleep(_LOOK)

    async def _told(self, job: Job, view: View, pending: set[int]) -> bool:
        """Read on, and tell what is new; whether anything is."""
        moved, changed, found = await asyncio.to_thread(view.update)
        pending |= changed
        now = sorted(pending)[:_FILES]
        pending.difference_update(now)
        if moved or now:
            rows = await asyncio.to_thread(view.some, now)
            self._hub.tell(JobNote(job=view.row(), files=rows))
        for finding in found[:_FINDINGS]:
            self._hub.tell(FindingNote(job=job.file.id, finding=finding))
        return moved

    async def _finished(self, job: Job) -> None:
        """What comes after the end; whatever goes wrong there is in the job's book."""
        with contextlib.suppress(TwopopError):
            await self._finish(job)
        self.tell(job)


class _Runner:
    """The runner of the job at *where*: whether it lives, and a new one when it does not."""

    def __init__(self, where: Places) -> None:
        self._where = where
        self._process: subprocess.Popen[bytes] | None = None
        #: How often it was started without anything being heard of it.
        self.tries = 0

    def lives(self) -> bool:
        """Whether a runner is at work, ours or one that an earlier service started."""
        ours = self._process is not None and self._process.poll() is None
        return ours or jobfiles.is_held(self._where)

    def again(self) -> Ended | None:
        """Start a new runner; how the job ended, where too many have died."""
        if max(self.tries, journal.deaths(self._where.journal)) >= DEATHS:
            return self._given_up()
        self.tries += 1
        command = [sys.executable, "-m", "twopop.service.runner", str(self._where.folder)]
        apart: dict[str, Any] = {"start_new_session": True}
        if sys.platform == "win32":
            flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.DETACHED_PROCESS
            apart = {"creationflags": flags}
        try:
            with self._log() as log:
                self._process = subprocess.Popen(
                    command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, **apart
                )
        except OSError:
            self._process = None  # the next look counts it
        return None

    def _log(self) -> Any:
        try:
            return self._where.log.open("ab")
        except OSError:  # a full disk
            return Path(os.devnull).open("ab")

    def _given_up(self) -> Ended:
        words = [f"The delivery ended {DEATHS} times without getting anything done."]
        with contextlib.suppress(OSError):
            said = self._where.log.read_text("utf-8", "replace").strip().splitlines()
            words += [f"Its last words: {said[-1][:300]}"] if said else []
        words.append("Look at the disk and the media, then deliver again; what is rendered is kept.")
        ended = Ended(at=journal.now(), state="failed", problem=" ".join(words))
        with contextlib.suppress(TwopopError):  # a full disk: this service knows it all the same
            Writer(self._where.journal, self._where.reserve).add((ended,), settled=True)
        return ended


def _found(project: Project, known: Collection[str]) -> list[Job]:
    """The jobs of *project* on disk that are not *known*; one that cannot be read is passed over."""
    try:
        work = places.work_folder(project.folder)
    except InputError:  # its settings are broken by now; whoever plans is told
        return []
    found = []
    for where in jobfiles.found(work):
        if where.folder.name in known:
            continue
        with contextlib.suppress(TwopopError):
            found.append(_opened(project, where))
    return found


def _opened(project: Project, where: Places) -> Job:
    last = journal.last_event(where.journal)
    ended = last if isinstance(last, Ended) else None
    return Job(project, where, jobfiles.read_job(where), EditBook(where.edits), ended)
