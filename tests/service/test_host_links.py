"""A host behind a worker process and one inside a panel are the same to the service: one suite for both."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import stub_host
from serving import make_project

from twopop import Rate
from twopop.errors import EditorError, StudioError, TwopopError
from twopop.hosts import Edit, Place, Rendered, RenderPreset
from twopop.hosts.calls import host_calls, perform
from twopop.schema import to_builtins
from twopop.service import rpc
from twopop.service.hosts import HostLink, PanelLink, WorkerLink
from twopop.service.methods import PanelHost
from twopop.service.sessions import _Asked
from twopop.service.workers import Progress, Worker
from twopop.timeline.program import Marker
from twopop.variants.model import Span

PRESET = RenderPreset(container="mov", video="prores-422", size=(64, 36), rate=Rate(25))

Make = Callable[[Path], Any]


class FarPanel:
    """A panel whose host is the stub: messages go through the same text and the same waiting as a session's."""

    there = True

    def __init__(self, folder: Path) -> None:
        self.host = stub_host.Stub(Place(folder))
        self.count = 0

    async def ask(self, method: str, params: Any, progress: Progress, *, long: bool, who: str) -> Any:
        self.count += 1
        request = rpc.read(rpc.write(rpc.Request(self.count, method, dict(params))))
        assert isinstance(request, rpc.Request)
        asked, loop = _Asked(who, progress), asyncio.get_running_loop()

        def work() -> None:
            answer: rpc.Message
            told = lambda done, total: loop.call_soon_threadsafe(asked.heard, done, total, "")  # noqa: E731
            try:
                name = request.method.removeprefix("host.")
                answer = rpc.Reply(request.id, perform(self.host, name, request.params, progress=told, cancel=Event()))
            except TwopopError as error:
                answer = rpc.Refusal(request.id, rpc.problem_of(error))
            except Exception as error:  # what a panel's script does with a fault of its own
                answer = rpc.Refusal(request.id, rpc.Problem(code=-32000, message=f"{type(error).__name__}: {error}"))
            loop.call_soon_threadsafe(asked.answered, rpc.read(rpc.write(answer)))

        working = asyncio.create_task(asyncio.to_thread(work))
        try:
            return await asked.within(30, method)
        finally:
            await working


@asynccontextmanager
async def by_worker(folder: Path) -> AsyncIterator[HostLink]:
    link = WorkerLink("stub", "The Stub", Worker("host", folder, "stub", title="The Stub"))
    try:
        yield link
    finally:
        await link.close()


@asynccontextmanager
async def by_panel(folder: Path) -> AsyncIterator[HostLink]:
    host = PanelHost(name="stub", title="The Stub", methods=tuple(host_calls()))
    yield PanelLink(host, FarPanel(folder))


@pytest.mark.parametrize("made", [by_worker, by_panel])
def test_every_call_of_the_protocol_travels(made: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_project(tmp_path / "harbour")

    async def main() -> None:
        async with made(folder) as link:
            assert (link.name, link.title) == ("stub", "The Stub")
            identity = await link.identify()
            assert identity == link.known == stub_host.Stub(Place(folder)).identify()
            assert [each.id for each in await link.timelines()] == ["1", "2"]
            assert link.state == "idle"
            assert (await link.read()).name == "Harbour"
            assert (await link.read("2")).name == "Quay"
            edit = await link.put("{}", "Neu \U0001f3ac")
            assert edit == Edit(id="1", what="Made Neu \U0001f3ac.", made=("3",), undo={"otio": "{}"})
            markers = (Marker(frame=3, name="a"), Marker(frame=5, name="b", frames=2, note="\u2028"))
            assert (await link.add_markers("1", markers)).made == ("a", "b")
            assert (await link.set_metadata("1", {"client": "x"})).what == "client"
            told: list[tuple[int, int, str]] = []
            file = folder / "a.mov"
            done = await link.render("1", Span(2, 12), PRESET, file, progress=lambda *each: told.append(each))
            assert done == Rendered(file=str(file), frames=12, rate=Rate(25), size=(64, 36))
            assert told
            assert {total for _, total, _ in told} == {12}
            assert (await link.bring_in((file, folder / "b.mov"), "twopop/2026")).place == "twopop/2026"
            assert await link.in_bin("twopop/2026") == ("a.mov",)
            await link.show("1", 3)
            await link.undo(edit)
            assert (folder / "undone-1").exists()
            with pytest.raises(EditorError, match="no such timeline"):
                await link.show("9", 3)
            with pytest.raises(TwopopError, match="ZeroDivisionError"):
                await link.read("fail")

    asyncio.run(main())


def test_the_suite_calls_every_method_that_there_is() -> None:
    methods = {name for name in vars(HostLink) if not name.startswith("_")} - {"state", "close", "known"}
    assert methods == set(host_calls())


def test_a_panel_is_asked_for_nothing_that_it_did_not_offer(tmp_path: Path) -> None:
    async def main() -> None:
        panel = FarPanel(tmp_path)
        link = PanelLink(PanelHost(name="stub", title="The Stub", methods=("read",)), panel)
        assert (await link.read()).name == "Harbour"
        with pytest.raises(EditorError, match=r"The panel in The Stub cannot do this \(undo\)"):
            await link.undo(Edit(id="1", what="x"))
        assert panel.count == 1

    asyncio.run(main())


@pytest.mark.parametrize("answer", [None, 5, [], {"id": "1"}, {"id": "1", "name": 3, "otio": ""}])
def test_an_answer_of_the_wrong_kind_is_told(tmp_path: Path, answer: Any) -> None:
    class Wrong(FarPanel):
        async def ask(self, method: str, params: Any, progress: Progress, *, long: bool, who: str) -> Any:
            return answer

    async def main() -> None:
        link = PanelLink(PanelHost(name="stub", title="The Stub", methods=("read",)), Wrong(tmp_path))
        with pytest.raises(StudioError, match=r"The Stub answered read wrongly"):
            await link.read()

    asyncio.run(main())


def test_all_values_of_the_protocol_are_written_as_json() -> None:
    for call in host_calls().values():
        assert json.loads(json.dumps(to_builtins({"call": call.name, "long": call.long})))
    assert [name for name, call in host_calls().items() if call.long] == ["render"]
