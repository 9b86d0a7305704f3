"""Panels side by side in one service: whose answer is whose, who waits for whom, and who is told what."""

import asyncio
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from serving import Panel, Serving, bare, frame, serving, until

from twopop.service.sessions import MOST_CALLS

HOST = {"name": "premiere", "title": "Premiere", "methods": ["identify", "timelines", "show"]}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving(tmp_path_factory.mktemp("sessions"), "[service]\ncall_seconds = 5\n") as running:
        asyncio.run(warm(running))
        yield running


async def warm(service: Serving) -> None:
    async with service.panel() as panel:
        assert "result" in await panel.ask("timelines", project="harbour", host="stub")


def identity(app: str) -> dict[str, Any]:
    return {"app": app, "version": "1", "can": ["show"]}


def test_hello_tells_the_session_and_the_projects(service: Serving) -> None:
    async def main() -> None:
        async with service.panel(panel="browser", host=None) as one, service.panel() as other:
            assert one.welcome["session"] != other.welcome["session"]
            assert one.welcome["protocol"] == 1
            assert one.welcome["projects"] == [{"name": "harbour", "folder": str(service.folder)}]
            assert "error" in await one.ask("hello", token="again")  # it is no call like others

    asyncio.run(main())


def test_answers_and_host_calls_keep_to_their_own_panel(service: Serving) -> None:
    """Many calls with the same ids at once, on many panels that all have a host of the same name."""

    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            for n in range(6):
                group.create_task(one_panel(n))

    async def one_panel(n: int) -> None:
        async with service.panel(panel=f"panel {n}", host=HOST) as panel:
            panel.methods = {
                "identify": lambda _: identity(f"Premiere {n}"),
                "timelines": lambda _: [{"id": f"{n}", "name": f"of panel {n}"}],
            }
            calls = (panel.ask("timelines", project="harbour", host="premiere") for _ in range(10))
            for answer in await asyncio.gather(*calls):
                assert answer["result"]["identity"]["app"] == f"Premiere {n}"
                assert answer["result"]["timelines"][0]["name"] == f"of panel {n}"
            assert len(panel.asked) == 20

    asyncio.run(main())


def test_a_panel_without_a_host_talks_to_the_one_that_came_last(service: Serving) -> None:
    async def main() -> None:
        def told() -> list[Any]:
            return [note["host"]["state"] for name, note in browser.notes if note["host"]["name"] == "premiere"]

        async with service.panel() as browser:
            async with service.panel(host=HOST), service.panel(host=HOST) as last:
                last.methods = {"show": lambda params: moved.append(params)}
                moved: list[Any] = []
                (row,) = (r for r in await rows(browser) if r["name"] == "premiere")
                assert (row["in_panel"], row["found"], row["state"]) == (True, True, "idle")
                await browser.ask("show", project="harbour", host="premiere", timeline="1", frame=7)
                assert moved == [{"timeline": "1", "frame": 7}]
            await until(lambda: told()[-1:] == ["lost"])
            (row,) = (r for r in await rows(browser) if r["name"] == "premiere")
            assert not row["in_panel"]

    async def rows(panel: Panel) -> list[Any]:
        return list((await panel.ask("hosts", project="harbour"))["result"]["hosts"])

    asyncio.run(main())


def test_a_panel_that_goes_loses_only_its_own_calls(service: Serving) -> None:
    async def main() -> None:
        async with service.panel() as browser:
            async with service.panel(host=HOST) as host:
                waiting = asyncio.create_task(
                    browser.ask("show", project="harbour", host="premiere", timeline="1", frame=1)
                )
                await until(lambda: host.asked)
                await host.socket.close()
            error = (await waiting)["error"]
            assert error["code"] == -32010
            assert error["data"]["what"] == "The panel in Premiere went away in the middle of a call."
            assert (await browser.ask("ping"))["result"] == {}

    asyncio.run(main())


def test_a_panel_that_never_answers_is_given_up_and_told(service: Serving) -> None:
    async def main() -> None:
        async with service.panel(host=HOST) as panel:
            waiting = asyncio.create_task(panel.ask("show", project="harbour", host="premiere", timeline="1", frame=1))
            await until(lambda: panel.asked)
            assert (await panel.ask("ping"))["result"] == {}
            error = (await waiting)["error"]
            assert error["code"] == -32011
            assert "for 5 s" in error["data"]["what"]
            await until(lambda: ("cancel", {"id": panel.asked[0]["id"]}) in panel.notes)

    asyncio.run(main())


def test_a_host_that_hangs_holds_up_nobody_else(service: Serving) -> None:
    async def main() -> None:
        async with service.panel() as one, service.panel() as other:
            waiting = asyncio.create_task(one.ask("timelines", project="harbour", host="stub"))
            hanging = asyncio.create_task(refused(one, "hang"))
            answered = 0
            while not hanging.done():
                assert (await other.ask("ping"))["result"] == {}
                assert (await other.ask("hosts", project="harbour"))["result"]["hosts"]
                answered += 1
            assert answered > 3
            assert "result" in await waiting
            error = await hanging
            assert error["code"] == -32011
            assert "The Stub gave no answer for 5 s" in error["data"]["what"]
            assert "result" in await other.ask("timelines", project="harbour", host="stub")  # started anew
            states = [note["host"]["state"] for name, note in other.notes if name == "host"]
            assert "lost" in states

    asyncio.run(main())


def test_a_host_that_dies_in_a_call_is_told_in_words(service: Serving) -> None:
    async def main() -> None:
        async with service.panel() as panel:
            error = await refused(panel, "die")
            assert error["code"] == -32010
            assert error["data"]["what"].startswith("The Stub was lost in the middle of a call: its process ended")
            assert "the last words" in error["data"]["report"]
            assert error["data"]["family"] == "studio"
            assert "result" in await panel.ask("timelines", project="harbour", host="stub")

    asyncio.run(main())


async def refused(panel: Panel, timeline: str) -> dict[str, Any]:
    """The error of a call that makes the stub misbehave as *timeline* says."""
    return dict((await panel.ask("show", project="harbour", host="stub", timeline=timeline, frame=0))["error"])


def test_too_many_calls_at_once_are_refused_and_the_rest_is_answered(service: Serving) -> None:
    async def main() -> None:
        async with service.panel(host=HOST) as panel:
            gate = asyncio.Event()
            panel.methods = {"show": lambda _: gate}
            show = {"project": "harbour", "host": "premiere", "timeline": "1", "frame": 1}
            calls = [asyncio.create_task(panel.ask("show", **show)) for _ in range(MOST_CALLS)]
            await until(lambda: panel.asked)
            refused = await panel.ask("ping")
            assert refused["error"]["code"] == -32012
            calls.pop(0).cancel()
            twice = await panel.sent({"jsonrpc": "2.0", "id": 2, "method": "ping", "params": {}})
            assert "runs already" in twice["error"]["message"]
            gate.set()
            assert all(answer["result"] == {} for answer in await asyncio.gather(*calls))
            assert (await panel.ask("ping"))["result"] == {}

    asyncio.run(main())


def test_a_panel_that_does_not_read_is_dropped(service: Serving) -> None:
    async def main() -> None:
        async with service.panel() as good:
            reader, writer = await bare(service, takes=4096)
            writer.write(frame({"jsonrpc": "2.0", "id": 0, "method": "hello", "params": {"token": service.token}}))
            await reader.readuntil(b"projects")
            reader._transport.pause_reading()  # type: ignore[attr-defined]
            before = service.memory()
            wrong = frame({"jsonrpc": "2.0", "id": "x" * 190, "method": "n" * 80, "params": {}}) * 200
            for _ in range(2000):
                if writer.is_closing():
                    break
                writer.write(wrong)
                try:
                    await asyncio.wait_for(writer.drain(), 5)
                except (ConnectionError, TimeoutError):
                    break
                assert (await good.ask("ping"))["result"] == {}
            await until(lambda: any(line.get("kind") == "reads too slowly" for line in service.audit()))
            assert service.memory() - before < 40_000
            assert (await good.ask("ping"))["result"] == {}
            writer.close()

    asyncio.run(main())


def test_what_a_panel_no_longer_wants_is_stopped(service: Serving) -> None:
    async def main() -> None:
        async with service.panel(host=HOST) as panel:
            waiting = asyncio.create_task(panel.ask("timelines", project="harbour", host="premiere"))
            await until(lambda: panel.asked)
            await panel.note("cancel", id=2)
            assert (await waiting)["error"]["code"] == -32002
            assert ("cancel", {"id": panel.asked[0]["id"]}) in panel.notes

    asyncio.run(main())


def test_a_change_is_carried_out_although_its_panel_went(service: Serving) -> None:
    async def main() -> None:
        before = sum(line["what"] == "show" for line in service.audit())
        async with service.panel(host=HOST) as host:
            async with service.panel() as browser:
                show = {"project": "harbour", "host": "premiere", "timeline": "1", "frame": 1}
                calling = asyncio.create_task(browser.ask("show", **show))
                await until(lambda: host.asked)
                await browser.note("cancel", id=2)
                await browser.socket.close()
            await host.socket.send(json.dumps({"jsonrpc": "2.0", "id": host.asked[0]["id"], "result": None}))
            await until(lambda: sum(line["what"] == "show" for line in service.audit()) == before + 1)
            calling.cancel()
        assert service.audit()[-1]["outcome"] == "done"

    asyncio.run(main())


def test_binary_frames_are_refused(service: Serving) -> None:
    async def main() -> None:
        async with service.panel() as panel:
            await panel.socket.send(b"{}")
            await until(lambda: panel.socket.close_code == 1003)

    asyncio.run(main())


@pytest.mark.parametrize("end", [lambda s: s.end(), lambda s: s.process.send_signal(2) or s.process.wait(30)])
def test_the_service_ends_in_good_order(tmp_path: Path, end: Callable[[Serving], int]) -> None:
    service = Serving(tmp_path)

    async def main() -> int:
        async with service.panel() as panel:
            await panel.ask("timelines", project="harbour", host="stub")
            hosts = children(service.process.pid)
            assert len(hosts) == 2  # the project's, and the host's
            status = await asyncio.to_thread(end, service)
            await until(lambda: panel.socket.close_code == 1001)
            await until(lambda: not any(map(alive, hosts)))
            return status

    assert asyncio.run(main()) == 0
    assert (service.folder / "closed").exists()  # the host was left in good order
    service.end()


def children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_workers_end_when_the_service_is_killed(tmp_path: Path) -> None:
    service = Serving(tmp_path)

    async def main() -> None:
        async with service.panel() as panel:
            await panel.ask("timelines", project="harbour", host="stub")
            workers = children(service.process.pid)
            service.process.kill()
            await until(lambda: not any(map(alive, workers)))

    asyncio.run(main())
    service.end()
    assert (service.folder / "closed").exists()
