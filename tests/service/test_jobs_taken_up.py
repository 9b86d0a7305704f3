"""A service that comes later: what was said before it is not told again, and two services share a folder."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from twopop.findings import Finding, Severity
from twopop.service import deliveries, rows
from twopop.service import jobs as module
from twopop.service.jobfiles import SCHEMA, JobFile, Places, read_job
from twopop.service.jobs import Jobs
from twopop.service.journal import Ended, FileEnded, Found, Started, Writer
from twopop.service.methods import FindingNote, JobNote
from twopop.service.told import Teller
from twopop.service.values import FileRow
from twopop.store.locks import locked
from twopop.time import Rate
from twopop.timeline.program import Program

TELLER = Teller(Program(name="", rate=Rate(25), frames=0))


def found(words: str):
    return TELLER.row(Finding(rule="a.b", severity=Severity.WARN, message=words))


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "spot"
    folder.mkdir()
    return SimpleNamespace(name="spot", folder=folder)


def left(project, id: str, *events) -> Places:
    """A job that an earlier service left, with what its runner said."""
    where = Places(project.folder / ".twopop" / "jobs" / id)
    where.folder.mkdir(parents=True)
    where.files.write_bytes(rows.written([FileRow(id="d", path="d.mp4", state="waiting", total=3)]))
    job = JobFile(
        schema=SCHEMA, id=id, project="spot", folder=str(project.folder), plan="2" * 32, title="Spot", host="fake",
        timeline="t1", timeline_name="cut", out="/out", total=1, asked=f"2026-11-25T{id[0]}0:00:00",
    )  # fmt: skip
    where.job.write_bytes(rows.written([job]))
    Writer(where.journal, where.reserve).add(events)
    return where


class Hub:
    def __init__(self, project) -> None:
        self.projects = {project.name: project}
        self.told: list = []

    def tell(self, note) -> None:
        self.told.append(note)


async def nothing(job) -> None:
    """No wish for the end."""


def test_only_what_is_new_is_told(project, monkeypatch):
    started = Started(at="2026-11-25T23:00:00", pid=1)
    where = left(project, "1" * 32 + "-1", started, Found(finding=found("old")), FileEnded(index=0, state="failed"))
    monkeypatch.setattr(module.jobfiles, "is_held", lambda where: True)
    hub = Hub(project)

    async def life():
        jobs = Jobs(hub, nothing)
        await jobs.start()
        while not hub.told:
            await asyncio.sleep(0.01)
        assert hub.told == [JobNote(job=hub.job("1" * 32 + "-1"))]
        Writer(where.journal, where.reserve).add([Found(finding=found("new")), Ended(at="x", state="done", failed=1)])
        while jobs.job("1" * 32 + "-1").ended is None:
            await asyncio.sleep(0.01)
        await jobs.stop()

    asyncio.run(life())
    assert [note.finding.message for note in hub.told if isinstance(note, FindingNote)] == ["new"]
    assert hub.told[-1].job.state == "done"


def test_jobs_are_listed_newest_first_and_what_cannot_be_read_is_passed_over(project):
    ended = Ended(at="x", state="done")
    left(project, "1" * 32 + "-1", ended)
    left(project, "2" * 32 + "-1", ended)
    left(project, "3" * 32 + "-1", ended).job.write_text("{")
    hub = Hub(project)

    async def life():
        jobs = Jobs(hub, nothing)
        await jobs.start()
        assert [row.id[0] for row in jobs.rows("spot")] == ["2", "1"]
        assert jobs.rows("another") == ()
        left(project, "4" * 32 + "-1", ended)  # by a service beside this one
        await jobs.look(project)
        assert [row.id[0] for row in jobs.rows("spot")] == ["4", "2", "1"]
        view = await jobs.view("2" * 32 + "-1")
        assert view.files(0, 1)[1][0].state == "cancelled"  # its journal says of no file how it ended
        await jobs.stop()

    asyncio.run(life())


def test_of_two_services_one_does_what_was_wished(project):
    where = left(project, "1" * 32 + "-1", Ended(at="x", state="done"))
    looked = []
    job = SimpleNamespace(
        where=where, file=read_job(where), project=project, book=None, wishes=lambda: looked.append("at") or ()
    )
    hub = SimpleNamespace(part=lambda kind: SimpleNamespace(job=lambda id: job))
    with locked(where.ending):
        asyncio.run(deliveries._wishes(hub, job))
    assert looked == []
    asyncio.run(deliveries._wishes(hub, job))
    assert looked == ["at"]


def test_a_job_whose_folder_goes_while_it_runs_has_failed(project, monkeypatch):
    where = left(project, "1" * 32 + "-1", Started(at="2026-11-25T23:00:00", pid=1))
    monkeypatch.setattr(module.jobfiles, "is_held", lambda where: True)
    hub = Hub(project)

    async def life():
        jobs = Jobs(hub, nothing)
        await jobs.start()
        while not hub.told:
            await asyncio.sleep(0.01)
        where.files.unlink()
        Writer(where.journal, where.reserve).add([FileEnded(index=0, state="delivered")])
        while jobs.job("1" * 32 + "-1").ended is None:
            await asyncio.sleep(0.01)
        await jobs.stop()

    asyncio.run(life())
    assert hub.told[-1].job.state == "failed"
    assert "cannot be followed any more" in hub.told[-1].job.problem
