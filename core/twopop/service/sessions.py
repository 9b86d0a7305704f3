"""A connection that said hello: its calls are answered on it, and its host is asked through it, and nobody else's.

Nothing here waits for one panel on behalf of another: each call is a task of its own, what is sent waits in a box of
limited size, and a panel that does not read is dropped.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import traceback
from collections import deque
from collections.abc import Mapping
from typing import Any

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from twopop.errors import Cancelled, StudioError, TwopopError
from twopop.schema import nearest, to_builtins
from twopop.service import rpc
from twopop.service.audit import Audit
from twopop.service.handlers import Call, Handler
from twopop.service.hosts import PanelLink
from twopop.service.hub import Hub
from twopop.service.methods import LARGEST, METHODS, Hello
from twopop.service.workers import Progress, told_of
from twopop.settings import ServiceTable

#: How many calls of one panel are worked on at once; how many messages and bytes may wait for it to read them.
MOST_CALLS, MOST_MESSAGES, MOST_BYTES = 16, 5_000, 8 << 20

#: The largest answer, in bytes: what is longer comes in pages.
LARGEST_ANSWER = 8 * LARGEST

#: A panel that says nothing for so long is taken for gone, in seconds. It pings every 15; a hidden one every 60.
SILENCE = 150.0


class Session:
    """One panel, on one *socket*, from its *hello* to its end."""

    def __init__(
        self,
        socket: ServerConnection,
        hello: Hello,
        hub: Hub,
        table: Mapping[str, Handler],
        audit: Audit,
        limits: ServiceTable,
    ) -> None:
        self.id = secrets.token_hex(8)
        self.panel = hello.panel
        self.there = True
        self.host = PanelLink(hello.host, self, self._host_told) if hello.host else None
        self._socket, self._hub, self._table, self._audit, self._limits = socket, hub, table, audit, limits
        self._running: dict[rpc.Id, tuple[str, asyncio.Task[None]]] = {}
        self._asked: dict[int, _Asked] = {}
        self._count = 0
        self._box: deque[bytes] = deque()
        self._bytes = 0
        self._more = asyncio.Event()

    # -- its life ------------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Answer the panel until it goes. Calls that change something are carried out to their end all the same."""
        self._hub.panels[self.id] = self
        sender = asyncio.create_task(self._send_all())
        self._host_told()
        try:
            while True:
                async with asyncio.timeout(SILENCE):
                    text = await self._socket.recv()
                if not isinstance(text, str):
                    await self._socket.close(1003)
                    return
                self._take(text)
        except (ConnectionClosed, TimeoutError):
            pass  # it went, or nobody is there any more
        finally:
            self.there = False
            self._hub.panels.pop(self.id, None)
            sender.cancel()
            for asked in self._asked.values():
                asked.lost()
            for method, task in list(self._running.values()):
                if not METHODS[method].changes:
                    task.cancel()
            self._host_told()
            self._socket.transport.abort()

    def send(self, message: rpc.Message) -> None:
        """Put *message* into the box; when it is full, the panel does not read, and is dropped."""
        if not self.there:
            return
        line = rpc.write(message)
        self._box.append(line)
        self._bytes += len(line)
        self._more.set()
        if len(self._box) > MOST_MESSAGES or self._bytes > MOST_BYTES:
            self._audit.refusal("reads too slowly", session=self.id)
            self.there = False
            self._box.clear()
            self._socket.transport.abort()

    async def _send_all(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            while True:
                await self._more.wait()
                while self._box:
                    line = self._box.popleft()
                    self._bytes -= len(line)
                    await self._socket.send(line, text=True)
                self._more.clear()

    def _host_told(self) -> None:
        """Tell all panels how the host in this one stands; it belongs to every project."""
        if self.host is not None:
            for project in self._hub.projects.values():
                self._hub.host_told(project, self.host.row)

    # -- what the panel asks -------------------------------------------------------------------------------------------

    def _take(self, text: str) -> None:
        try:
            message = rpc.read(text)
            if isinstance(message, rpc.Request):
                self._begin(message)
            elif isinstance(message, rpc.Note):
                self._noted(message)
            elif isinstance(message.id, int) and message.id in self._asked:
                self._asked[message.id].answered(message)
        except rpc.BadMessage as error:
            self._audit.refusal("message", session=self.id, why=error.what)
            self.send(error.refusal())

    def _begin(self, request: rpc.Request) -> None:
        if request.method not in self._table or request.method not in METHODS:
            hint = nearest(request.method[:80], self._table)
            raise rpc.BadMessage(rpc.Code.NO_METHOD, f"There is no method {request.method[:80]!r}.{hint}", request.id)
        if request.id in self._running:
            raise rpc.BadMessage(rpc.Code.NO_REQUEST, "A call with this id runs already.", request.id)
        if len(self._running) >= MOST_CALLS:
            busy = rpc.BusyError("This panel asks too much at once.", remedy="Wait for an answer first.")
            self.send(rpc.Refusal(request.id, rpc.problem_of(busy)))
            return
        params: Any = rpc.params_of(METHODS[request.method].params, request)
        task = asyncio.create_task(self._do(request, params))
        self._running[request.id] = request.method, task
        task.add_done_callback(lambda _: self._running.pop(request.id, None))

    async def _do(self, request: rpc.Request, params: Any) -> None:
        outcome = "done"
        try:
            answer = await self._table[request.method](Call(self._hub, self, request.id), params)
            message = self._answer(request, answer)
        except asyncio.CancelledError:
            message = self._refusal(request, Cancelled("It was stopped."))
        except TwopopError as error:
            message = self._refusal(request, error)
        except Exception as error:  # a fault of twopop's own; it must not end the connection
            message = self._refusal(request, _fault(request.method, error))
        if isinstance(message, rpc.Refusal):
            outcome = message.problem.message
        if METHODS[request.method].changes:
            self._audit.call(request.method, request.params, session=self.id, panel=self.panel, outcome=outcome)
        self.send(message)

    def _answer(self, request: rpc.Request, answer: Any) -> rpc.Message:
        wanted = METHODS[request.method].result
        if not isinstance(answer, wanted):
            raise TypeError(f"{request.method} answered {type(answer).__name__}, not {wanted.__name__}")
        message = rpc.Reply(request.id, to_builtins(answer))
        if len(rpc.write(message)) > LARGEST_ANSWER:
            raise StudioError("The answer is too large.", remedy="Ask for fewer rows at once.")
        return message

    def _refusal(self, request: rpc.Request, error: TwopopError) -> rpc.Refusal:
        return rpc.Refusal(request.id, rpc.problem_of(error))

    def _noted(self, note: rpc.Note) -> None:
        """Hear that a call is no longer wanted, or how far the host is with one of the service's.

        What changes something is carried out to its end: what it did must not get lost.
        """
        told = told_of(note)
        if told is not None and told.id in self._asked:
            self._asked[told.id].heard(told.done, told.total, told.said)
        elif note.method == "cancel":
            id = note.params.get("id")
            method, task = self._running.get(id, ("", None)) if isinstance(id, int | str) else ("", None)
            if task is not None and not METHODS[method].changes:
                task.cancel()

    # -- what the panel is asked ---------------------------------------------------------------------------------------

    async def ask(self, method: str, params: Mapping[str, Any], progress: Progress, *, long: bool, who: str) -> Any:
        """Have the panel do *method*, for the host that people call *who*; a *long* call is limited by its silence."""
        self._count += 1
        id, asked = self._count, _Asked(who, progress)
        if not self.there:
            asked.lost()
        self._asked[id] = asked
        self.send(rpc.Request(id, method, dict(params)))
        seconds = self._limits.quiet_seconds if long else self._limits.call_seconds
        try:
            return await asked.within(seconds, method)
        except (asyncio.CancelledError, rpc.TooLongError):
            self.send(rpc.Note("cancel", {"id": id}))
            raise
        finally:
            del self._asked[id]


class _Asked:
    """A call to a panel while it is waited for."""

    def __init__(self, who: str, progress: Progress) -> None:
        self._who, self._progress = who, progress
        self._answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._deadline: asyncio.Timeout | None = None
        self._seconds = 0.0

    async def within(self, seconds: float, method: str) -> Any:
        """The answer; raises TooLongError when nothing is heard for so many *seconds*."""
        self._seconds = seconds
        try:
            async with asyncio.timeout(seconds) as self._deadline:
                return await self._answer
        except TimeoutError:
            raise rpc.TooLongError(
                f"{self._who} gave no answer for {seconds:g} s ({method}).",
                remedy="Look whether a dialog is open there, then try again.",
            ) from None

    def heard(self, done: int, total: int, said: str) -> None:
        """It is still at work."""
        if self._deadline is not None and not self._deadline.expired() and not self._answer.done():
            self._deadline.reschedule(asyncio.get_running_loop().time() + self._seconds)
            self._progress(done, total, said)

    def answered(self, message: rpc.Reply | rpc.Refusal) -> None:
        """It answered."""
        if self._answer.done():
            return
        if isinstance(message, rpc.Reply):
            self._answer.set_result(message.result)
        else:
            self._answer.set_exception(rpc.error_of(message.problem))

    def lost(self) -> None:
        """The panel is gone."""
        if not self._answer.done():
            self._answer.set_exception(
                rpc.LostError(
                    f"The panel in {self._who} went away in the middle of a call.",
                    remedy="Open it again. What was finished before is kept.",
                )
            )


def _fault(method: str, error: Exception) -> StudioError:
    return StudioError(
        f"twopop has a fault of its own in {method} ({type(error).__name__}: {error}).",
        remedy="Send the report to your technical director.",
        report="".join(traceback.format_exception(error)),
    )
