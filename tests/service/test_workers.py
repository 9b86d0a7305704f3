"""Worker processes: what they answer, and that nothing that happens in one reaches the service."""

import asyncio
import os
import shutil
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from twopop.errors import EditorError, InputError, StudioError
from twopop.hosts import HostTimeline, Rendered, RenderPreset
from twopop.service.hosts import WorkerLink
from twopop.service.methods import Nothing
from twopop.service.rpc import LostError, TooLongError
from twopop.service.values import HostSeen
from twopop.service.workers import Worker
from twopop.settings import ServiceTable
from twopop.time import Rate
from twopop.variants.model import Span

PRESET = RenderPreset(container="mov", video="prores-422", size=(64, 36), rate=Rate(25))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "plugins").mkdir()
    shutil.copy(Path(__file__).with_name("stub_host.py"), tmp_path / "plugins" / "stub_host.py")
    (tmp_path / "twopop.toml").write_text('[plugins]\nfolders = ["plugins"]\n')
    return tmp_path


def with_worker(folder: Path, use: Callable[[Worker], Awaitable[None]], **limits: int) -> list[tuple[str, str]]:
    """Let *use* work with a worker for the stub; gives the states it went through."""
    states: list[tuple[str, str]] = []

    async def main() -> None:
        worker = Worker(
            "host",
            folder,
            "stub",
            title="The Stub",
            limits=ServiceTable(**limits),
            told=lambda state, detail: states.append((state, detail)),
        )
        try:
            await use(worker)
        finally:
            await worker.close()

    asyncio.run(main())
    return states


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"


def test_calls_are_answered_with_types_and_errors_with_words(folder: Path) -> None:
    async def use(worker: Worker) -> None:
        link = WorkerLink("stub", "The Stub", worker)
        assert link.state == "away"
        assert (await link.identify()).app == "Stub"
        assert [each.name for each in await link.timelines()] == ["Harbour", "Quay"]
        assert await link.read("2") == HostTimeline(id="2", name="Quay", otio="{}")
        with pytest.raises(EditorError, match="no timeline 'x'") as caught:
            await link.read("x")
        assert caught.value.where == "Stub"
        with pytest.raises(StudioError, match="ZeroDivisionError") as failed:
            await link.read("fail")
        assert "nobody thought of this" in failed.value.report
        with pytest.raises(StudioError, match="SystemExit"):
            await link.read("leave")
        with pytest.raises(InputError, match="timelin"):
            await worker.call("read", {"timelin": "2"}, Any)
        with pytest.raises(StudioError, match="no method"):
            await worker.call("close", {}, Any)
        # What is printed anywhere in the process does not get between the messages.
        with pytest.raises(EditorError, match="no timeline 'chatter'"):
            await link.read("chatter")
        assert "straight to the descriptor" in worker._report()
        told: list[tuple[int, int, str]] = []
        made = await link.render("1", Span(0, 30), PRESET, folder / "a.mov", progress=lambda *all: told.append(all))
        assert made == Rendered(file=str(folder / "a.mov"), frames=30, rate=Rate(25), size=(64, 36))
        assert 2 <= len(told) < 30
        assert {total for _, total, _ in told} == {30}

    states = with_worker(folder, use)
    assert states[0] == ("busy", "")
    assert states[-1][0] == "away"
    assert "lost" not in dict(states)
    assert (folder / "closed").exists()


def test_a_host_that_dies_is_told_and_started_anew_by_the_next_call(folder: Path) -> None:
    async def use(worker: Worker) -> None:
        await worker.call("identify", {}, Any)
        first = worker.pid
        with pytest.raises(LostError, match=r"The Stub was lost in the middle of a call.*status 7") as caught:
            await worker.call("read", {"timeline": "die"}, Any)
        assert "the last words" in caught.value.report
        assert worker.state == "lost"
        await worker.call("read", {}, Any)
        assert worker.state == "idle"
        assert worker.pid not in (None, first)
        os.kill(worker.pid or 0, signal.SIGKILL)  # between two calls
        async with asyncio.timeout(300):
            while worker.state != "lost":
                await asyncio.sleep(0.02)
        await worker.call("read", {}, Any)

    states = with_worker(folder, use)
    assert [detail for state, detail in states if state == "lost"][1].endswith("(signal SIGKILL).")


def test_an_answer_that_is_too_large_or_no_answer_at_all_is_told(folder: Path) -> None:
    async def use(worker: Worker) -> None:
        with pytest.raises(StudioError, match=r"The answer is too large \(68,"):  # 65 MiB
            await worker.call("read", {"timeline": "huge"}, Any)
        assert worker.state == "idle"
        with pytest.raises(LostError, match="its answer cannot be read"):
            await worker.call("read", {"timeline": "babble"}, Any)
        assert (await worker.call("read", {"timeline": "2"}, HostTimeline)).name == "Quay"

    with_worker(folder, use)


def test_a_call_that_never_returns_is_ended_with_all_that_it_started(folder: Path) -> None:
    async def use(worker: Worker) -> None:
        await worker.call("identify", {}, Any)
        worker._limits = ServiceTable(call_seconds=2)
        waiting = asyncio.create_task(worker.call("read", {"timeline": "hang"}, Any))
        ticks = 0
        while not waiting.done():  # nothing else waits meanwhile
            await asyncio.sleep(0.01)
            ticks += 1
        assert ticks > 20
        with pytest.raises(TooLongError, match=r"The Stub gave no answer for 2 s.*\(read\)"):
            await waiting
        own, child = map(int, (folder / "hanging").read_text().split())
        assert gone(own)
        assert gone(child)
        worker._limits = ServiceTable()
        await worker.call("read", {}, Any)

    with_worker(folder, use)


def test_a_render_may_take_long_as_long_as_it_says_something(folder: Path) -> None:
    async def use(worker: Worker) -> None:
        link = WorkerLink("stub", "The Stub", worker)
        await link.identify()
        worker._limits = ServiceTable(call_seconds=1, quiet_seconds=1)
        made = await link.render("1", Span(0, 100), PRESET, folder / "a.mov")  # two seconds and more
        assert made.frames == 100

    with_worker(folder, use)


def test_who_stops_waiting_cancels_the_call_and_the_worker_goes_on(folder: Path) -> None:
    async def use(worker: Worker) -> None:
        link = WorkerLink("stub", "The Stub", worker)
        await link.identify()
        first = worker.pid
        begun = asyncio.Event()
        task = asyncio.create_task(
            link.render("1", Span(0, 5000), PRESET, folder / "a.mov", progress=lambda *_: begun.set())
        )
        queued = asyncio.create_task(link.read("2"))
        given_up = asyncio.create_task(link.read("1"))
        await begun.wait()
        given_up.cancel()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await queued).id == "2"
        assert (folder / "cancelled").exists()
        assert worker.pid == first

    with_worker(folder, use)


def test_closing_stops_what_runs(folder: Path) -> None:
    async def use(worker: Worker) -> None:
        begun = asyncio.Event()
        values = {"timeline": "1", "span": (0, 5000), "preset": PRESET, "file": "a.mov"}
        task = asyncio.create_task(worker.call("render", values, Any, long=True, progress=lambda *_: begun.set()))
        await begun.wait()
        pid = worker.pid or 0
        await worker.close()
        assert gone(pid)
        with pytest.raises(asyncio.CancelledError):
            await task

    with_worker(folder, use)
    assert (folder / "cancelled").exists()
    assert (folder / "closed").exists()


def test_a_host_that_can_only_be_looked_for_says_so(folder: Path) -> None:
    async def main() -> None:
        mute, nobody = Worker("host", folder, "mute"), Worker("host", folder, "sutb")
        with pytest.raises(StudioError, match="The Mute cannot be driven"):
            await mute.call("identify", {}, Any)
        with pytest.raises(InputError, match="Did you mean 'stub'"):
            await nobody.call("identify", {}, Any)
        await asyncio.gather(mute.close(), nobody.close())

    asyncio.run(main())


def test_a_project_worker_reads_changed_plugins_anew(folder: Path) -> None:
    async def main() -> None:
        worker = Worker("project", folder)
        try:
            seen = {each.name: each for each in await worker.call("hosts", Nothing(), tuple[HostSeen, ...])}
            assert seen["stub"] == HostSeen(
                name="stub", title="The Stub", found=True, detail="It is in the tests.", driven=True
            )
            assert not seen["mute"].driven
            plugin = folder / "plugins" / "stub_host.py"
            plugin.write_text(plugin.read_text().replace('"The Stub"', '"The Other Stub"'))
            seen = {each.name: each for each in await worker.call("hosts", Nothing(), tuple[HostSeen, ...])}
            assert seen["stub"].title == "The Other Stub"
            with pytest.raises(InputError, match="nothing"):
                await worker.call("hosts", {"nothing": 1}, Any)
            with pytest.raises(StudioError, match="no function 'x'"):
                await worker.call("x", {}, Any)
        finally:
            await worker.close()

    asyncio.run(main())


def test_a_project_whose_folder_went_is_told_and_not_made_again(folder: Path) -> None:
    async def main() -> None:
        project, host = Worker("project", folder), Worker("host", folder, "stub")
        await asyncio.gather(project.call("hosts", Nothing(), Any), host.call("identify", {}, Any))
        shutil.rmtree(folder)
        for worker, method in ((project, "presets"), (host, "identify")):
            with pytest.raises(InputError, match="folder is not there any more"):
                await worker.call(method, {}, Any)
        folder.mkdir()  # the stub says there that it was closed
        await asyncio.gather(project.close(), host.close())

    asyncio.run(main())
