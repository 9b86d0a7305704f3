"""A worker process that does one call at a time.

``python -m twopop.service.worker project FOLDER`` does work of the project in FOLDER; ``host FOLDER NAME [PLACE
[scratch]]`` speaks to the host NAME that is met in FOLDER, or in the folder PLACE.

Messages are lines of JSON-RPC on stdin and stdout. Both are taken away first: whatever plugins, bridges or libraries
print goes to stderr, and what they read is empty. Notes from here are ``progress`` (*id*, *done*, *total*, *said*), to
here ``cancel`` (*id*). When stdin ends, whoever started this is gone: what runs is cancelled, and the process ends.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Any, Protocol

from twopop.errors import InputError, StudioError, TwopopError
from twopop.hosts import Place
from twopop.service import rpc
from twopop.service.work import Work

#: The largest message between a worker and the service, in bytes: a long timeline as OTIO has some ten million.
LARGEST_ANSWER = 64 << 20

#: How long a call may go on when nobody is there any more to hear of it, in seconds.
GRACE = 5.0

#: Progress is told so often at most, in seconds.
_PACE = 0.1


class Server(Protocol):
    """What a worker serves: one call after the other, and an end."""

    def call(self, method: str, params: dict[str, Any], work: Work) -> Any:
        """Do *method* with plain *params*; gives a plain value, raises TwopopError."""
        ...

    def close(self) -> None:
        """Leave what was opened."""
        ...


class Channel:
    """The two ends of the wire: *wire_in* is read by a thread of its own, whole lines are written to *wire_out*."""

    def __init__(self, wire_in: IO[bytes], wire_out: IO[bytes]) -> None:
        self._in, self._out = wire_in, wire_out
        self._writing = threading.Lock()
        self._calls: SimpleQueue[rpc.Request | None] = SimpleQueue()
        self._stop: dict[rpc.Id, threading.Event] = {}
        self._gone = False
        threading.Thread(target=self._listen, name="wire", daemon=True).start()

    def serve(self, server: Server) -> None:
        """Answer calls until the wire ends."""
        while (request := self._calls.get()) is not None:
            self._send(self._answer(server, request))
            self._stop.pop(request.id, None)

    def _answer(self, server: Server, request: rpc.Request) -> rpc.Message:
        work = Work(_paced(lambda *told: self._progress(request.id, *told)), self._stop[request.id])
        try:
            return rpc.Reply(request.id, server.call(request.method, request.params, work))
        except TwopopError as error:
            return rpc.Refusal(request.id, rpc.problem_of(error))
        except (Exception, SystemExit) as error:  # a bridge or a plugin can raise anything
            return rpc.Refusal(request.id, rpc.problem_of(_fault(request.method, error)))

    def _progress(self, id: rpc.Id, done: int, total: int, said: str) -> None:
        self._send(rpc.Note("progress", {"id": id, "done": done, "total": total, "said": said}))

    def _send(self, message: rpc.Message) -> None:
        line = rpc.write(message)
        if len(line) > LARGEST_ANSWER and isinstance(message, rpc.Reply):
            told = StudioError(f"The answer is too large ({len(line):,} bytes).", remedy="Ask for less at once.")
            line = rpc.write(rpc.Refusal(message.id, rpc.problem_of(told)))
        try:
            with self._writing:
                self._out.write(line + b"\n")
                self._out.flush()
        except OSError:  # nobody is there any more
            self._leave()

    def _listen(self) -> None:
        for line in self._in:
            try:
                message = rpc.read(line)
            except rpc.BadMessage:
                break  # only the service writes here: what follows cannot be trusted either
            if isinstance(message, rpc.Request):
                self._stop[message.id] = threading.Event()
                self._calls.put(message)
            elif isinstance(message, rpc.Note) and message.method == "cancel":
                event = self._stop.get(message.params.get("id", ""))
                if event is not None:
                    event.set()
        self._leave()
        time.sleep(GRACE)
        _end_all()  # a call that does not listen to its cancel must not outlive the service

    def _leave(self) -> None:
        for event in list(self._stop.values()):
            event.set()
        if not self._gone:
            self._gone = True
            self._calls.put(None)


def _end_all() -> None:
    """End this process and what it started, at once."""
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(3)


def _paced(tell: Callable[[int, int, str], None]) -> Callable[[int, int, str], None]:
    """*tell*, but a few times a second at most; the last of all is always told."""
    last = [float("-inf")]

    def paced(done: int, total: int, said: str = "") -> None:
        now = time.monotonic()
        if now - last[0] >= _PACE or done >= total:
            last[0] = now
            tell(done, total, said)

    return paced


def _fault(method: str, error: BaseException) -> StudioError:
    return StudioError(
        f"Something failed inside {method} ({type(error).__name__}: {error}).",
        remedy="Send the report to your technical director.",
        report="".join(traceback.format_exception(error)),
    )


class HostServer:
    """The host called *name* that the project in *folder* knows, connected to at *place* when it is first called."""

    def __init__(self, folder: Path, name: str, place: Place) -> None:
        self._folder, self._name, self._place = folder, name, place
        self._host: Any = None

    def call(self, method: str, params: dict[str, Any], work: Work) -> Any:
        """Do a method of the Host protocol."""
        from twopop.hosts.calls import host_calls, perform

        if method not in host_calls():
            raise StudioError(f"A host has no method {method!r}.")
        _must_be_there(self._folder)
        if self._host is None:
            self._host = self._connected()
        return perform(
            self._host, method, params, progress=lambda done, total: work.progress(done, total, ""), cancel=work.cancel
        )

    def close(self) -> None:
        """Leave the host as it is."""
        if self._host is not None:
            self._host.close()

    def _connected(self) -> Any:
        from twopop.delivery.hosts import host_entry
        from twopop.delivery.session import open_session

        entry = host_entry(open_session(self._folder), self._name)
        if entry.connect is None:
            raise StudioError(
                f"{entry.title} cannot be driven from here yet.", remedy="Deliver from a file of its timeline instead."
            )
        return entry.connect(self._place)


class ProjectServer:
    """The functions of ``twopop.service.project`` for the project in *folder*; changed settings are read anew."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._session: Any = None
        self._stamp: Any = None

    def call(self, method: str, params: dict[str, Any], work: Work) -> Any:
        """Do one of the functions."""
        from twopop.service import functions

        return functions.perform(self._opened(), method, params, work)

    def close(self) -> None:
        """Nothing is held open."""

    def _opened(self) -> Any:
        from twopop import settings
        from twopop.delivery.session import open_session
        from twopop.service.functions import stamp

        _must_be_there(self._folder)
        now = stamp(settings.find(self._folder))
        if self._session is None or now != self._stamp:
            self._session, self._stamp = open_session(self._folder), now
        return self._session


def _must_be_there(folder: Path) -> None:
    """Raises InputError for a project whose folder went; nothing may make it again by writing into it."""
    if not folder.is_dir():
        raise InputError(
            "The project's folder is not there any more.",
            where=str(folder),
            remedy="Put it back, or start the service where it is now.",
        )


def main(arguments: list[str]) -> int:
    """Serve the host or the project that *arguments* name until stdin ends; gives the exit status."""
    wire_in, wire_out = _wires()
    kind, folder, *rest = arguments
    server: Server = _host(Path(folder), *rest) if kind == "host" else ProjectServer(Path(folder))
    try:
        Channel(wire_in, wire_out).serve(server)
    finally:
        server.close()
    return 0


def _host(folder: Path, name: str, place: str = "", scratch: str = "") -> HostServer:
    return HostServer(folder, name, Place(Path(place) if place else folder, scratch=bool(scratch)))


def _wires() -> tuple[IO[bytes], IO[bytes]]:
    """The true stdin and stdout, kept for us alone: in their places are nothing and stderr, down to the descriptors."""
    sys.stdout.flush()
    wire_in, wire_out = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return wire_in, wire_out


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
