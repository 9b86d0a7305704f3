"""A scripted service: it serves the panel, lets it in, and answers every method with the rows of a ``World``.

It is for states that a real service is seldom in: slow, refusing, gone in the middle of a call, or very talkative.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable
from typing import Any

import msgspec
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from support import panel_world
from support.panel_page import served
from support.panel_world import World, edit
from twopop import schema
from twopop.service import methods
from twopop.service.methods import METHODS

CODE, TOKEN = "271828", "t" * 43


class Refuse(Exception):  # noqa: N818 - it is an answer
    """Answer with an error of this *code* and these words."""

    def __init__(self, code: int, what: str, *, where: str = "", remedy: str = "", family: str = "editor") -> None:
        super().__init__(what)
        self.error = {
            "code": code,
            "message": what,
            "data": {"what": what, "where": where, "remedy": remedy, "family": family},
        }


class FakeService:
    """The service at ``url``; ``calls`` is what it was asked, in order.

    A method in ``held`` is not answered until its event is set; one in ``cut`` is done, but the connection goes before
    the answer; ``refused`` holds what to refuse, and how.
    """

    def __init__(self, world: World | None = None) -> None:
        self.world = world or World()
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.number = 0
        self._ids: dict[str, int] = {}
        self.notes: list[tuple[str, dict[str, Any]]] = []
        self.answers: dict[Any, dict[str, Any]] = {}
        self.held: dict[str, threading.Event] = {}
        self.cut: set[str] = set()
        self.refused: dict[str, Refuse] = {}
        self.token = TOKEN
        self.port = 0
        self._panels: set[ServerConnection] = set()
        self._tasks: set[asyncio.Future[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._server: Server | None = None
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def asked(self, method: str) -> list[dict[str, Any]]:
        """The parameters of every call of *method*."""
        return [params for name, params in self.calls if name == method]

    def id_of(self, method: str) -> int:
        """The id of the last call of *method*."""
        return self._ids[method]

    # -- its life --------------------------------------------------------------------------------------------------

    def start(self) -> None:
        self._do(self._start())

    def stop(self) -> None:
        """Go away, and all connections with it."""
        self._do(self._stop())

    def close(self) -> None:
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)

    def tell(self, *notes: Any) -> None:
        """Send notifications to all panels."""
        self._do(self._tell(notes))

    def say(self, text: str) -> None:
        """Send *text* to all panels, whatever it is."""
        self._do(self._say(text))

    def ask(self, method: str, params: dict[str, Any], *, stop: bool = False) -> dict[str, Any]:
        """The answer of a panel to a call; with *stop* it is told to give up once it has told progress."""
        self.number += 1
        id = self.number
        self.say(json.dumps({"jsonrpc": "2.0", "id": id, "method": method, "params": params}))
        until = time.monotonic() + 20
        while id not in self.answers:
            assert time.monotonic() < until, f"no answer to {method}"
            if stop and self.notes:
                self.say(json.dumps({"jsonrpc": "2.0", "method": "cancel", "params": {"id": id}}))
                stop = False
            time.sleep(0.005)
        return self.answers[id]

    def _do(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    async def _start(self) -> None:
        # A browser opens connections ahead of time; those on which it says nothing must not be waited for at the end.
        self._server = await serve(
            self._meet, "127.0.0.1", self.port, process_request=_page, compression=None, open_timeout=0.5
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        if self._server:
            for panel in list(self._panels):
                panel.transport.abort()
            self._server.close()
            await self._server.wait_closed()
        self._server = None

    async def _tell(self, notes: tuple[Any, ...]) -> None:
        names = {kind: name for name, kind in methods.NOTES.items()}
        for note in notes:
            message = {"jsonrpc": "2.0", "method": names[type(note)], "params": schema.to_builtins(note)}
            for panel in list(self._panels):
                await panel.send(json.dumps(message))

    async def _say(self, text: str) -> None:
        for panel in list(self._panels):
            await panel.send(text)

    # -- its answers -----------------------------------------------------------------------------------------------

    async def _meet(self, panel: ServerConnection) -> None:
        self._panels.add(panel)
        try:
            async for text in panel:
                task = asyncio.ensure_future(self._answer(panel, json.loads(text)))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        except ConnectionClosed:
            pass
        finally:
            self._panels.discard(panel)

    async def _answer(self, panel: ServerConnection, message: dict[str, Any]) -> None:
        if "method" not in message:
            self.answers[message["id"]] = message
            return
        method, params = message["method"], message["params"]
        if "id" not in message:
            self.notes.append((method, params))
            return
        assert not isinstance(schema.from_builtins(params, METHODS[method].params, where=method), type(None))
        self.calls.append((method, params))
        self._ids[method] = message["id"]
        if method == "hello" and params["token"] != self.token:
            await panel.close(4401)
            return
        if method in self.held:
            while not self.held[method].is_set():
                await asyncio.sleep(0.01)
        try:
            body = {"result": self._result(method, params)}
        except Refuse as refusal:
            body = {"error": refusal.error}
        if method in self.cut:
            self.cut.discard(method)
            panel.transport.abort()
            return
        await panel.send(json.dumps({"jsonrpc": "2.0", "id": message["id"], **body}))

    def _result(self, method: str, params: dict[str, Any]) -> Any:
        if method in self.refused:
            raise self.refused[method]
        answer: Callable[[dict[str, Any]], msgspec.Struct] = getattr(self, f"on_{method}")
        result = answer(params)
        assert isinstance(result, METHODS[method].result)
        return schema.to_builtins(result)

    def on_pair(self, params: dict[str, Any]) -> Any:
        if params["code"] != CODE:
            raise Refuse(-32013, "That is not the code.", remedy="Look at it once more.")
        return methods.Paired(token=self.token)

    def on_hello(self, params: dict[str, Any]) -> Any:
        return methods.Welcome(
            session="s1", twopop="0.1.0", protocol=methods.PROTOCOL, projects=tuple(self.world.projects)
        )

    def on_ping(self, params: dict[str, Any]) -> Any:
        return methods.Done()

    def on_hosts(self, params: dict[str, Any]) -> Any:
        return methods.Hosts(hosts=tuple(self.world.hosts))

    def on_timelines(self, params: dict[str, Any]) -> Any:
        return self.world.open[params["host"]]

    def on_timeline(self, params: dict[str, Any]) -> Any:
        return self.world.timeline(params["host"], params["id"])

    def on_specs(self, params: dict[str, Any]) -> Any:
        return methods.Specs(specs=tuple(self.world.specs))

    def on_presets(self, params: dict[str, Any]) -> Any:
        return methods.Presets(presets=tuple(self.world.presets))

    def on_preset(self, params: dict[str, Any]) -> Any:
        return methods.OrderResult(order=self.world.orders[params["name"]])

    def on_save_preset(self, params: dict[str, Any]) -> Any:
        name = params["name"]
        self.world.orders[name] = params["order"]
        self.world.presets = [each for each in self.world.presets if each.name != name]
        self.world.presets.append(panel_world.PresetRow(name=name, layer="project", lines=1))
        return methods.Done()

    def on_actions(self, params: dict[str, Any]) -> Any:
        return methods.Actions(actions=tuple(self.world.actions))

    def on_plan(self, params: dict[str, Any]) -> Any:
        id = f"p{len(self.world.plans) + 1}"
        self.world.plans[id] = panel_world.plan(self.world, id, params)
        return self.world.plans[id]

    def on_rows(self, params: dict[str, Any]) -> Any:
        if params["id"] not in self.world.plans:
            raise Refuse(-32001, "There is no such plan.")
        first, rows = params["first"], self.world.rows
        return methods.PlanRows(total=len(rows), rows=tuple(rows[first : first + params["count"]]))

    def on_show(self, params: dict[str, Any]) -> Any:
        return methods.Done()

    def on_markers(self, params: dict[str, Any]) -> Any:
        return methods.Edits(edits=(edit("e1", "3 markers were made of findings", "timeline harbour"),))

    def on_put(self, params: dict[str, Any]) -> Any:
        return methods.Edits(edits=(edit("e2", "The timeline “harbour 30s” was made", "timeline harbour 30s"),))

    def on_deliver(self, params: dict[str, Any]) -> Any:
        wanted = params.get("deliverables") or [row.id for row in self.world.rows if row.state == "ready"]
        rows = [row for row in self.world.rows if row.id in wanted]
        id = f"j{len(self.world.jobs) + 1}"
        self.world.jobs[id], self.world.files[id] = panel_world.job(id, self.world.plans[params["id"]], rows)
        return methods.Job(job=self.world.jobs[id])

    def on_cancel(self, params: dict[str, Any]) -> Any:
        self.change(params["id"], state="cancelled", ended="2026-11-25T22:14:00Z")
        return methods.Job(job=self.world.jobs[params["id"]])

    def on_jobs(self, params: dict[str, Any]) -> Any:
        return methods.Jobs(jobs=tuple(reversed(self.world.jobs.values())))

    def on_job(self, params: dict[str, Any]) -> Any:
        return methods.Job(job=self.world.jobs[params["id"]])

    def on_files(self, params: dict[str, Any]) -> Any:
        files, first = self.world.files[params["id"]], params["first"]
        return methods.Files(total=len(files), files=tuple(files[first : first + params["count"]]))

    def on_findings(self, params: dict[str, Any]) -> Any:
        found, first = self.world.found.get(params["id"], []), params["first"]
        return methods.Findings(total=len(found), findings=tuple(found[first : first + params["count"]]))

    def on_bring_in(self, params: dict[str, Any]) -> Any:
        return methods.Edits(edits=(edit("e3", "14 files were taken into the bin twopop", "bin twopop"),))

    def on_undo(self, params: dict[str, Any]) -> Any:
        return methods.Edits(edits=(edit("e1", "3 markers were made of findings", "timeline harbour", undone=True),))

    def on_open(self, params: dict[str, Any]) -> Any:
        return methods.Done()

    def on_act(self, params: dict[str, Any]) -> Any:
        return methods.Findings(
            total=1, findings=(panel_world.finding("send.sent", panel_world.Severity.INFO, "Sent to the client."),)
        )

    def change(self, id: str, **news: Any) -> None:
        """Change what is known of a job."""
        self.world.jobs[id] = msgspec.structs.replace(self.world.jobs[id], **news)


def _page(connection: ServerConnection, request: Request) -> Response | None:
    if request.headers.get("Upgrade"):
        return None
    found = served(request.path)
    if found is None:
        return connection.respond(404, "")
    kind, body = found
    return Response(
        200, "OK", Headers({"Content-Type": kind, "Content-Length": str(len(body)), "Cache-Control": "no-store"}), body
    )
