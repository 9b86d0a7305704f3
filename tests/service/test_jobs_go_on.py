"""Deliveries from a panel: whoever is killed meanwhile, nothing is lost, and nothing is made twice."""

from __future__ import annotations

import asyncio
import json
import os
import signal

import pytest
from delivering import desk, job_folder, kill, kill_runners, order_of, runner_of, spot
from serving import Serving

from support.projects import deliver_apart, delivered_files
from support.small_disk import small_disk
from twopop.delivery.records import read_receipts
from twopop.delivery.session import open_session
from twopop.hosts.fake import faults
from twopop.hosts.fake.faults import Faults
from twopop.hosts.fake.project import folder_of, load
from twopop.hosts.model import Capability
from twopop.package.manifest import read_manifest


@pytest.fixture(scope="module")
def wanted(tmp_path_factory):
    """What an undisturbed delivery of the small spot makes."""
    folder = spot(tmp_path_factory.mktemp("undisturbed"))
    assert deliver_apart(folder) == "delivered"
    return delivered_files(folder / "delivery")


@pytest.fixture
def project(tmp_path):
    folder = spot(tmp_path)
    yield folder
    kill_runners(folder)


@pytest.fixture
def slow(tmp_path):
    folder = spot(tmp_path, seconds=0.12)
    yield folder
    kill_runners(folder)


@pytest.fixture
def held(slow):
    """It goes no further than to the third segment, till ``let_go``."""
    (slow / "plugins" / "hold").touch()
    return slow


def let_go(folder):
    (folder / "plugins" / "hold").unlink()


def served(tmp_path, folder, environment=None):
    return Serving(tmp_path, folder=folder, environment=environment)


def opener(top):
    """An environment in which what is opened is written down."""
    program = top / "bin" / "xdg-open"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" >> {top}/opened\n')
    program.chmod(0o755)
    return {"PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}


async def opens_its_own(it, row, file, told):
    """The folder, the report and a file of a job are opened, and nothing beside them."""
    for path in ("", "report", file):
        await it.ask("open", id=row["id"], path=path)
    for path in ("../order.toml", "/etc/passwd", "nothing.mp4"):
        assert await it.refused("open", id=row["id"], path=path)
    assert told.read_text().splitlines() == [row["out"], row["report"], f"{row['out']}/{file}"]


def test_a_delivery_from_the_timeline_of_a_host(tmp_path, project, wanted):
    """Plan, deliver, look, bring in, mark, put a cut back, undo; all of it stands in the receipt and the catalogue."""
    service = served(tmp_path, project, opener(tmp_path))

    async def at_work():
        async with desk(service) as it:
            plan = await it.plan(order_of(project))
            job = (await it.ask("deliver", id=plan["id"], bring_in=True, markers=True))["job"]["id"]
            again = (await it.ask("deliver", id=plan["id"]))["job"]
            assert again["id"] == job
            row = await it.over(job)
            assert (row["state"], row["finished"], row["failed"], row["total"]) == ("done", 4, 0, 4)
            assert (await it.ask("deliver", id=plan["id"]))["job"]["id"] == job  # it went well: that one is meant
            row = await it.until(job, lambda row: len(row["edits"]) == 2)
            page = await it.ask("files", id=job, first=1, count=2)
            assert (page["total"], [each["state"] for each in page["files"]]) == (4, ["delivered"] * 2)
            ids = [each["id"] for each in row["edits"]]
            again = await it.ask("markers", id=job)
            assert [each["id"] for each in again["edits"]] == ids  # asked twice: nothing new
            found = await it.ask("findings", id=job)
            put = await it.ask("put", id=plan["id"], deliverable=page["files"][1]["id"])
            assert [each["place"] for each in put["edits"]] == ["cut short"]
            await opens_its_own(it, row, page["files"][1]["path"], tmp_path / "opened")
            return plan, job, found, it.panel.notes

    plan, job, found, notes = asyncio.run(at_work())
    assert delivered_files(project / "delivery") == wanted
    host = load(folder_of(project))
    assert sorted(each.file for each in host.items) == sorted(
        str(project / "delivery" / name) for name in wanted if not name.endswith(".srt")
    )
    assert [each.name for each in host.timelines] == ["cut", "cut short"]
    rows = [note["job"] for name, note in notes if name == "job"]
    assert rows[-1]["state"] == "done"
    changed = [each for name, note in notes if name == "job" for each in note["files"]]
    assert {each["state"] for each in changed} >= {"rendering", "delivered"}
    assert [note["finding"]["id"] for name, note in notes if name == "finding"] == [
        each["id"] for each in found["findings"]
    ]

    async def taken_back():
        async with desk(service) as it:
            for id, count in ((job, 2), (plan["id"], 1)):
                undone = await it.ask("undo", id=id)
                assert [each["undone"] for each in undone["edits"]] == [True] * count

    asyncio.run(taken_back())
    assert service.end() == 0
    host = load(folder_of(project))
    assert (host.items, [each.name for each in host.timelines]) == ((), ["cut"])
    edits = [(each.what, each.place) for each in read_receipts(project / "delivery")[0].host_edits]
    taken = "(taken back)"
    assert edits == [
        (f"New timeline {taken}", "cut short"),
        (f"4 files taken into a bin {taken}", "twopop"),
        (f"1 marker set {taken}", "cut"),
    ]
    with open_session(project).open_catalogue() as catalogue:
        (text,) = catalogue.receipts("Harbour Line / Cut / ")
    assert [each["what"] for each in json.loads(text)["host_edits"]] == [what for what, _ in edits]


async def begun(service, project, figure):
    """The plan and the job of a delivery that was started, when its row's *figure* is no longer 0."""
    async with desk(service) as it:
        plan = await it.plan(order_of(project))
        job = (await it.ask("deliver", id=plan["id"]))["job"]["id"]
        await it.until(job, lambda row: row[figure] > 0)
        return plan["id"], job


def test_the_service_is_killed_in_the_middle(tmp_path, held, wanted):
    """The runner goes on; the new service tells how far it is, and who asks for the same again gets the same."""
    service = served(tmp_path, held)

    plan, job = asyncio.run(begun(service, held, "frames"))
    runner = runner_of(held, job)
    kill(service)
    again = served(tmp_path, held)

    async def goes_on():
        async with desk(again) as it:
            (row,) = (await it.ask("jobs", project=it.project))["jobs"]
            assert (row["id"], row["state"]) == (job, "running")
            let_go(held)
            assert (await it.ask("deliver", id=plan))["job"]["id"] == job
            row = await it.over(job)
            assert (row["state"], row["finished"]) == ("done", 4)

    asyncio.run(goes_on())
    assert again.end() == 0
    started = [line for line in _lines(held, job) if line["event"] == "started"]
    assert [each["pid"] for each in started] == [runner]
    assert delivered_files(held / "delivery") == wanted
    third = served(tmp_path, held)

    async def is_known():
        async with desk(third) as it:
            (row,) = (await it.ask("jobs", project=it.project))["jobs"]
            assert (row["id"], row["state"], row["finished"]) == (job, "done", 4)
            assert {each["state"] for each in (await it.ask("files", id=job))["files"]} == {"delivered"}

    asyncio.run(is_known())
    assert third.end() == 0


def test_runner_and_service_are_killed_in_the_middle(tmp_path, slow, wanted):
    """A new service starts a new runner, which goes on from the store; what is delivered is not touched."""
    service = served(tmp_path, slow)

    _, job = asyncio.run(begun(service, slow, "finished"))
    os.kill(runner_of(slow, job), signal.SIGKILL)
    kill(service)
    before = {path: path.stat().st_ino for path in (slow / "delivery").rglob("*.m[op][v4]") if path.name[0] != "."}
    figures = [line for line in _lines(slow, job) if line["event"] == "moved"]
    left = figures[-1]["frames_total"] - figures[-1].get("frames", 0)
    assert before
    again = served(tmp_path, slow)

    async def goes_on():
        async with desk(again) as it:
            row = await it.over(job)
            assert (row["state"], row["finished"], row["failed"]) == ("done", 4, 0)

    asyncio.run(goes_on())
    assert again.end() == 0
    assert delivered_files(slow / "delivery") == wanted
    assert {path: path.stat().st_ino for path in before} == before
    assert [line["event"] for line in _lines(slow, job)].count("started") == 2
    assert _lines(slow, job)[-1].get("frames_total", 0) <= left  # what was in the store was not rendered again


def test_cancelled_long_before_its_end_also_by_a_new_service(tmp_path, held):
    service = served(tmp_path, held)

    plan, job = asyncio.run(begun(service, held, "frames"))
    kill(service)
    again = served(tmp_path, held)

    async def stopped():
        async with desk(again) as it:
            await it.ask("cancel", id=job)
            let_go(held)
            second = (await it.ask("deliver", id=plan))["job"]  # on purpose: the first one is to stop
            assert second["id"] != job
            row = await it.over(job)
            assert (row["state"], row["problem"]) == ("cancelled", "")
            states = {each["state"] for each in (await it.ask("files", id=job))["files"]}
            assert {"cancelled"} <= states <= {"cancelled", "delivered"}
            assert (await it.ask("cancel", id=job))["job"]["state"] == "cancelled"
            await it.ask("cancel", id=second["id"])
            await it.over(second["id"])  # so that no runner stays behind
            listed = (await it.ask("jobs", project=it.project))["jobs"]
            assert [each["id"] for each in listed] == [second["id"], job]

    asyncio.run(stopped())
    assert again.end() == 0


def test_a_runner_that_dies_again_and_again_has_failed(tmp_path, project):
    (project / "plugins" / "deadly.py").write_text(
        "import os, sys\nfrom twopop import hookimpl\n\n@hookimpl\ndef executors():\n"
        "    if 'twopop.service.runner' in ' '.join(sys.orig_argv):\n        os._exit(9)\n    return []\n"
    )
    service = served(tmp_path, project)

    async def asked():
        async with desk(service) as it:
            plan = await it.plan(order_of(project))
            job = (await it.ask("deliver", id=plan["id"]))["job"]["id"]
            row = await it.over(job)
            assert row["state"] == "failed"
            assert "3 times" in row["problem"]

    asyncio.run(asked())
    assert service.end() == 0


def test_two_jobs_into_one_folder_at_once(tmp_path, project):
    """A wish that the host cannot grant is told, and a cancel that comes when all is made changes nothing."""
    (project / "plugins" / "late.py").write_text(
        "import pathlib, sys\nfrom twopop import hookimpl\n\n@hookimpl\ndef delivered():\n"
        "    if 'twopop.service.runner' in ' '.join(sys.orig_argv):\n"
        "        (pathlib.Path(sys.orig_argv[-1]) / 'cancel').touch()\n"
    )
    faults.switch_on(project, Faults(lacks={Capability.IMPORT: "This edition has no bins."}))
    service = served(tmp_path, project)

    async def both():
        async with desk(service) as it:
            plan = await it.plan(order_of(project))
            lines = (await it.ask("rows", id=plan["id"]))["rows"]
            half = [[each["id"] for each in lines if each["duration"] == length] for length in ("full", "short")]
            asked = [{"id": plan["id"], "deliverables": ids, "bring_in": True} for ids in half]
            jobs = [(await it.ask("deliver", **each))["job"]["id"] for each in asked]
            assert len(set(jobs)) == 2
            for job in jobs:
                row = await it.over(job)
                assert (row["state"], row["finished"], row["failed"]) == ("done", 2, 0)
                row = await it.until(job, lambda row: "bin" in row["said"])
                assert (row["said"], row["edits"]) == (
                    "The files are not in the host's bin: This edition has no bins.", [],
                )  # fmt: skip

    asyncio.run(both())
    assert service.end() == 0
    receipts = read_receipts(project / "delivery")
    assert sorted(len(each.deliverables) for each in receipts) == [2, 2]
    assert len(read_manifest(project / "delivery")) == 8  # four films, each with its captions


def test_a_disk_that_is_full(tmp_path, project, wanted):
    """The job says so in words, the service stays up, and when there is room the same is asked for again."""
    with small_disk(tmp_path / "disk") as resize:
        settings = project / "twopop.toml"
        settings.write_text(settings.read_text() + f'[paths]\nwork = "{tmp_path / "disk"}"\n')
        order = order_of(project, out=str(tmp_path / "disk" / "delivery"))
        service = served(tmp_path, project)

        async def filled():
            async with desk(service) as it:
                plan = (await it.plan(order))["id"]
                job = (await it.ask("deliver", id=plan))["job"]["id"]
                row = await it.over(job)
                assert row["failed"] or row["state"] == "failed", row
                found = (await it.ask("findings", id=job))["findings"]
                words = row["problem"] + " ".join(each["remedy"] for each in found)
                assert "Free some space" in words, (row, found)
                resize("64m")
                again = (await it.ask("deliver", id=(await it.plan(order))["id"]))["job"]["id"]
                assert again != job
                row = await it.over(again)
                assert (row["state"], row["failed"]) == ("done", 0), row

        asyncio.run(filled())
        assert service.end() == 0
        assert delivered_files(tmp_path / "disk" / "delivery") == wanted


def test_what_can_be_refused_is_refused_in_words(tmp_path, project):
    """A host that dies after it did what was asked; plans and jobs that are not there."""
    service = served(tmp_path, project)

    async def asked():
        async with desk(service) as it:
            plan = await it.plan(order_of(project))
            faults.switch_on(project, Faults(dies_after=("put",)))
            deliverable = (await it.ask("rows", id=plan["id"]))["rows"][0]["id"]
            assert "not known" in await it.refused("put", id=plan["id"], deliverable=deliverable)
            faults.switch_on(project, Faults())
            (row,) = (await it.ask("undo", id=plan["id"]))["edits"]
            assert "may have been done" in row["what"]
            assert "by hand" in row["problem"]
            assert "no deliverable 'x'" in await it.refused("deliver", id=plan["id"], deliverables=["x"])
            assert "Plan again" in await it.refused("deliver", id="0" * 32)
            assert "Plan again" in await it.refused("rows", id="../" * 10)
            assert "no job" in await it.refused("job", id="0" * 32 + "-1")
            assert "Nothing was delivered" in await it.refused("bring_in", id=plan["id"])

    asyncio.run(asked())
    assert service.end() == 0


def _lines(folder, job):
    return [json.loads(line) for line in (job_folder(folder, job) / "journal.jsonl").read_text().splitlines()]
