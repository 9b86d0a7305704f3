"""A job as it lies on disk: a folder with what is asked for, the plan for it, a lock, a journal, a cancel mark."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from twopop import files, schema
from twopop.delivery.plan import Plan
from twopop.delivery.session import Session
from twopop.errors import InputError, StudioError
from twopop.service import journal, places, rows
from twopop.service.planning import read_plan, read_planned
from twopop.service.values import FileRow
from twopop.service.work import Work
from twopop.store.locks import PATIENCE
from twopop.store.owners import is_gone, read_owner

SCHEMA = "twopop.job/1"

#: How often the same may be asked for again after it failed or was cancelled.
_TURNS = 1000


class JobFile(msgspec.Struct, frozen=True, kw_only=True):
    """What a job is: of the project in *folder*, *total* deliverables of the *plan*, into *out*; when it was *asked*.

    *host* and *timeline* are where its cut comes from. *bring_in* and *markers* are wishes for when it is done.
    """

    schema: str
    id: str
    project: str
    folder: str
    plan: str
    title: str
    host: str
    timeline: str
    timeline_name: str
    out: str
    total: int
    asked: str
    bring_in: bool = False
    markers: bool = False
    executor: str = "local"


class Places(msgspec.Struct, frozen=True):
    """Where the parts of the job in *folder* lie."""

    folder: Path

    @property
    def job(self) -> Path:
        """What is asked for."""
        return self.folder / "job.json"

    @property
    def plan(self) -> Path:
        """The plan, reduced to what is asked for."""
        return self.folder / "plan.json"

    @property
    def files(self) -> Path:
        """Its files as they were at first, one a line."""
        return self.folder / "files.jsonl"

    @property
    def lock(self) -> Path:
        """Held by the runner."""
        return self.folder / "lock"

    @property
    def ending(self) -> Path:
        """Held by the service that does what was wished for the end of the job."""
        return self.folder / "ending"

    @property
    def journal(self) -> Path:
        """What the runner says."""
        return self.folder / "journal.jsonl"

    @property
    def records(self) -> Path:
        """What was delivered so far, for a runner that goes on."""
        return self.folder / "records.jsonl"

    @property
    def cancel(self) -> Path:
        """There when the job is to stop."""
        return self.folder / "cancel"

    @property
    def reserve(self) -> Path:
        """Room on the disk for the last words of a job that filled it."""
        return self.folder / "reserve"

    @property
    def receipt(self) -> Path:
        """The job's own copy of its receipt."""
        return self.folder / "receipt.json"

    @property
    def edits(self) -> Path:
        """What was changed in the host for it."""
        return self.folder / "edits.jsonl"

    @property
    def log(self) -> Path:
        """What the runner wrote to stdout and stderr: nothing, as long as all is well."""
        return self.folder / "log.txt"


class JobFor(msgspec.Struct, frozen=True, kw_only=True):
    """Deliver the plan *id*: all of it, or only the *deliverables* named."""

    id: str
    deliverables: tuple[str, ...] = ()
    bring_in: bool = False
    markers: bool = False


class JobMade(msgspec.Struct, frozen=True, kw_only=True):
    """The job *id*; whether it is *new* or was asked for before."""

    id: str
    new: bool


def job(session: Session, params: JobFor, work: Work) -> JobMade:
    """The job for this plan and these deliverables: the one that goes on or went well, else a new one."""
    from twopop.delivery.estimating import reduced

    planned, plan = read_planned(session.work, params.id), read_plan(session.work, params.id)
    chosen = sorted(set(params.deliverables)) or sorted(each.id for each in plan.deliverables)
    plan = reduced(plan, chosen, session.store.has)
    name = schema.fingerprint((params.id, chosen))
    folder = places.jobs(session.work)
    for turn in range(1, _TURNS):
        id = f"{name}-{turn}"
        where = Places(folder / id)
        if where.folder.is_dir():
            if _counts(where):
                return JobMade(id=id, new=False)
            continue
        row = planned.row
        asked = JobFile(
            schema=SCHEMA, id=id, project=row.project, folder=str(session.folder), plan=params.id, title=row.title,
            host=row.host, timeline=row.timeline, timeline_name=row.timeline_name, out=row.out,
            total=len(plan.deliverables), asked=journal.now(), bring_in=params.bring_in, markers=params.markers,
        )  # fmt: skip
        if _written(where, asked, plan):
            return JobMade(id=id, new=True)
        if _counts(where):  # somebody else was faster
            return JobMade(id=id, new=False)
    raise StudioError("This was asked for too often.", where=str(folder), remedy="Plan again.")


def _counts(where: Places) -> bool:
    """Whether the job there goes on, or went well: asking for it again means that one, not one that is to stop."""
    last = journal.last_event(where.journal)
    if not isinstance(last, journal.Ended):
        return not where.cancel.exists()
    return last.state == "done" and not last.failed and not last.blocked


def _written(where: Places, asked: JobFile, plan: Plan) -> bool:
    """Write the job's folder, complete or not at all; whether nobody else was faster."""
    from twopop.delivery.jobs import needs

    lines = [FileRow(id=each.id, path=each.path, state="waiting", total=len(needs(each))) for each in plan.deliverables]
    with files.scratch_beside(where.folder, folder=True) as scratch:
        part = Places(scratch)
        part.plan.write_bytes(schema.to_json(plan, indent=0))
        part.files.write_bytes(rows.written(lines))
        part.job.write_bytes(schema.to_json(asked))
        part.reserve.write_bytes(b"\0" * journal.RESERVE)
        try:
            files.give_name(scratch, where.folder, over=False)
        except FileExistsError:
            return False
    return True


def read_job(where: Places) -> JobFile:
    """What the job there is; raises InputError when it cannot be read."""
    try:
        text = where.job.read_bytes()
    except OSError as error:
        raise InputError(f"The job cannot be read ({error.strerror}).", where=str(where.job)) from None
    raw = schema.from_json(text, dict, where=str(where.job))
    schema.check_schema(raw, SCHEMA, where=str(where.job))
    return schema.from_builtins(raw, JobFile, where=str(where.job))


def found(work: Path) -> Sequence[Places]:
    """All jobs of the project whose work folder is *work*."""
    return [Places(path.parent) for path in places.jobs(work).glob("[!.]*/job.json")]


def is_held(where: Places) -> bool:
    """Whether a runner holds the job, as far as can be told from here."""
    known = read_owner(where.lock)
    if known is None:
        return False
    owner, touched = known
    if owner is not None and is_gone(owner):
        return False
    return time.time() - touched / 1e9 < 2 * PATIENCE
