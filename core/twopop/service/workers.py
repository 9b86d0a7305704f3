"""Worker processes as the service sees them: one call at a time, each with a time limit, and started anew when lost.

Nothing that a host, a bridge or a plugin does can hold up or end the service: it happens in a process (and a process
group) of its own, which is killed as a whole when an answer does not come.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

from twopop import schema
from twopop.errors import InputError, StudioError
from twopop.hosts import Place
from twopop.service import rpc
from twopop.service.worker import LARGEST_ANSWER
from twopop.settings import ServiceTable

T = TypeVar("T")

Progress = Callable[[int, int, str], None]
State = Literal["away", "idle", "busy", "lost"]

#: How long a worker may take to end by itself, or to stop a call that was cancelled, in seconds (its own is shorter).
GRACE = 8.0

#: How much of what a worker wrote to stderr is kept for a report, in bytes.
_KEPT = 64 << 10

#: What to do when a worker of a kind gives no answer.
_HINTS = {
    "host": "Look whether a dialog is open there, then try again.",
    "project": "Look which plugin takes so long; [service] quiet_seconds and call_seconds give more time.",
}


def _nobody(done: int, total: int, said: str) -> None:
    pass


class Told(msgspec.Struct, frozen=True):
    """A note ``progress``: of the call *id*, *done* of *total* is done; *said* is a word on it."""

    id: int
    done: int = 0
    total: int = 0
    said: str = ""


@dataclass
class _Call:
    id: int
    answer: asyncio.Future[Any]
    progress: Progress
    heard: asyncio.Event = field(default_factory=asyncio.Event)


class Worker:
    """A worker of *kind* ``host`` or ``project`` for the project in *folder*, started when it is first called.

    *title* is what it is called in words, *name* the host's; *place* is where that is met, if not in *folder*. *told*
    hears each new state: ``idle`` and ``busy`` while it runs, ``lost`` when its process ended unasked (the next call
    starts it anew), ``away`` when it was closed.
    """

    def __init__(
        self,
        kind: Literal["host", "project"],
        folder: Path,
        name: str = "",
        *,
        title: str = "",
        place: Place | None = None,
        limits: ServiceTable | None = None,
        told: Callable[[State, str], None] = lambda state, detail: None,
    ) -> None:
        self._arguments = [kind, str(folder), *([name] if name else [])]
        if place is not None:
            self._arguments += [str(place.folder), *(["scratch"] if place.scratch else [])]
        self._what = title or name or f"The project {folder.name}"
        self._hint = _HINTS[kind]
        self._limits = limits or ServiceTable()
        self._told = told
        self._turn = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._call: _Call | None = None
        self._count = 0
        self._turns: set[asyncio.Task[Any]] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._last_words: deque[bytes] = deque()
        self._closing = False
        self.state: State = "away"

    @property
    def pid(self) -> int | None:
        """The process that works now, if any."""
        return self._process.pid if self._running() and self._process else None

    async def call(
        self,
        method: str,
        params: msgspec.Struct | Mapping[str, Any],
        result: type[T] | Any,
        *,
        progress: Progress = _nobody,
        long: bool = False,
    ) -> T:
        """Do *method* there and give its *result*; a *long* one is limited by its silence, not by its length.

        Calls wait for each other. Whoever is cancelled while waiting cancels the call; it is ended in the background.
        Raises what the method raised, LostError when the process ended meanwhile, TooLongError when it was killed.
        """
        plain = schema.to_builtins(params)
        task = _kept(self._turns, self._in_turn(method, plain, progress, long=long))
        try:
            answer = await asyncio.shield(task)
        except asyncio.CancelledError:
            task.cancel()
            raise
        return schema.from_builtins(answer, result, where=method)  # type: ignore[no-any-return]

    async def stop(self) -> None:
        """Ask the call that runs, if any, to stop; it ends with what the other side makes of that."""
        call, process = self._call, self._process
        if call is not None and process is not None:
            await self._send(process, rpc.Note("cancel", {"id": call.id}))

    async def close(self) -> None:
        """End the process: it may leave the host in good order first, but not for long."""
        self._closing = True
        for task in self._turns:
            task.cancel()
        process = self._process
        if process is not None and process.returncode is None:
            if process.stdin is not None:
                process.stdin.close()  # the worker's sign to stop what it does and to end
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(GRACE):
                    await _ended(process)
            await self._kill()
        for tasks in (self._turns, self._tasks):
            if tasks:
                await asyncio.wait(set(tasks), timeout=1)
            for task in tasks:
                task.cancel()
        self._closing = False
        self._now("away", "")

    # -- one call ------------------------------------------------------------------------------------------------------

    async def _in_turn(self, method: str, params: Any, progress: Progress, *, long: bool) -> Any:
        async with self._turn:
            process = await self._started()
            self._count += 1
            call = self._call = _Call(self._count, asyncio.get_running_loop().create_future(), progress)
            self._now("busy", "")
            try:
                await self._send(process, rpc.Request(call.id, method, params))
                return await self._awaited(call, method, long=long)
            except asyncio.CancelledError:
                await self._wound_up(process, call)
                raise
            finally:
                self._call = None
                if self.state == "busy":
                    self._now("idle", "")

    async def _awaited(self, call: _Call, method: str, *, long: bool) -> Any:
        """The answer to *call*, or the end of the process when it takes too long."""
        seconds = self._limits.quiet_seconds if long else self._limits.call_seconds
        while True:
            call.heard.clear()
            waiting = {call.answer, asyncio.ensure_future(call.heard.wait())}
            try:
                done, _ = await asyncio.wait(
                    waiting if long else {call.answer}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
                )
            finally:
                for each in waiting - {call.answer}:
                    each.cancel()
            if call.answer.done():
                return call.answer.result()
            if not done:
                self._call = None
                await self._kill()
                self._now("lost", f"No answer to {method} for {seconds} s.")
                raise rpc.TooLongError(
                    f"{self._what} gave no answer for {seconds} s, so the call was ended ({method}).",
                    remedy=self._hint,
                    report=self._report(),
                )

    async def _wound_up(self, process: asyncio.subprocess.Process, call: _Call) -> None:
        """Ask the worker to stop *call*, and kill it when it does not."""
        with contextlib.suppress(StudioError, OSError):
            await self._send(process, rpc.Note("cancel", {"id": call.id}))
        await asyncio.wait({call.answer}, timeout=GRACE)
        if not call.answer.done():
            self._call = None
            await self._kill()
            self._now("lost", "It did not stop when it was asked to.")
        elif not call.answer.cancelled():
            call.answer.exception()  # nobody is there to hear it

    async def _send(self, process: asyncio.subprocess.Process, message: rpc.Message) -> None:
        stdin = process.stdin
        if stdin is None:
            raise StudioError(f"{self._what} has no ear.")
        with contextlib.suppress(ConnectionError):  # its end is noticed where its answers are read
            stdin.write(rpc.write(message) + b"\n")
            await stdin.drain()

    # -- the process ---------------------------------------------------------------------------------------------------

    async def _started(self) -> asyncio.subprocess.Process:
        if self._process is not None and self._running():
            return self._process
        self._last_words.clear()
        apart: dict[str, Any] = (
            {"start_new_session": True}
            if os.name == "posix"
            else {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
        )
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "twopop.service.worker", *self._arguments),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                limit=LARGEST_ANSWER,
                **apart,
            )
        except OSError as error:
            raise StudioError(f"No process could be started for {self._what} ({error.strerror or error}).") from error
        self._process = process
        _kept(self._tasks, self._listen(process))
        return process

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        """Take in what *process* says until it ends; then whoever waits for it is told."""
        errors = _kept(self._tasks, self._overhear(process))
        problem = ""
        try:
            if process.stdout is not None:
                problem = await self._answers(process.stdout)
            if problem:
                _kill_group(process)
            await _ended(process)
            _kill_group(process)  # what it started and left behind
            await asyncio.wait({errors}, timeout=0.5)  # its last words, unless a child of its own holds the line
        finally:
            errors.cancel()
        call = self._call
        if process is self._process and call is not None and not call.answer.done():
            problem = problem or f"its process ended ({_how(process.returncode)})"
            self._now("lost", f"Lost: {problem}.")
            call.answer.set_exception(
                rpc.LostError(
                    f"{self._what} was lost in the middle of a call: {problem}.",
                    remedy="What was finished before is kept. Look at it, then try again.",
                    report=self._report(),
                )
            )
        elif process is self._process and self.state == "idle":
            self._now("lost", f"Its process ended ({_how(process.returncode)}).")

    async def _answers(self, stdout: asyncio.StreamReader) -> str:
        """Hand on answers until they end; gives what is wrong with one, "" at a plain end."""
        while True:
            try:
                line = await stdout.readline()
            except ValueError:
                return f"its answer is larger than {LARGEST_ANSWER:,} bytes"
            if not line:
                return ""
            try:
                self._take(rpc.read(line))
            except rpc.BadMessage as error:
                return f"its answer cannot be read ({error.what})"

    def _take(self, message: rpc.Message) -> None:
        call = self._call
        if call is None or call.answer.done():
            return
        if isinstance(message, rpc.Note):
            told = told_of(message)
            if told is not None and told.id == call.id:
                call.heard.set()
                asyncio.get_running_loop().call_soon(call.progress, told.done, told.total, told.said)
        elif isinstance(message, rpc.Reply) and message.id == call.id:
            call.answer.set_result(message.result)
        elif isinstance(message, rpc.Refusal) and message.id == call.id:
            call.answer.set_exception(rpc.error_of(message.problem))

    async def _overhear(self, process: asyncio.subprocess.Process) -> None:
        """Keep the last of what *process* writes to stderr."""
        if process.stderr is None:
            return
        while chunk := await process.stderr.read(4096):
            self._last_words.append(chunk)
            while sum(map(len, self._last_words)) > _KEPT:
                self._last_words.popleft()

    async def _kill(self) -> None:
        if self._process is not None and self._running():
            _kill_group(self._process)
            await _ended(self._process)

    def _running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    def _report(self) -> str:
        return b"".join(self._last_words).decode("utf-8", "replace")

    def _now(self, state: State, detail: str) -> None:
        if state != self.state and not self._closing:
            self.state = state
            self._told(state, detail)


def _kept(tasks: set[asyncio.Task[Any]], work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
    """*work* as a task that stands in *tasks* till its end."""
    task = asyncio.get_running_loop().create_task(work)
    tasks.add(task)
    task.add_done_callback(tasks.discard)
    return task


async def _ended(process: asyncio.subprocess.Process) -> None:
    """Wait for the end of *process* alone: a child of its own may hold its pipes open for longer."""
    while process.returncode is None:
        await asyncio.sleep(0.02)


def told_of(note: rpc.Note) -> Told | None:
    """The progress that *note* tells, if it does."""
    if note.method != "progress":
        return None
    with contextlib.suppress(InputError):
        return schema.from_builtins(note.params, Told, where=note.method)
    return None


def _kill_group(process: asyncio.subprocess.Process) -> None:
    """End *process* and what it started, at once."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            subprocess.run(
                ["taskkill", "/F", "/T", "/PID", str(process.pid)],  # noqa: S607
                check=False,
                capture_output=True,
                timeout=10,
            )


def _how(status: int | None) -> str:
    if status is not None and status < 0:
        with contextlib.suppress(ValueError):
            return f"signal {signal.Signals(-status).name}"
    return f"status {status}"
