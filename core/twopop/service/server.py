"""The service itself: one port on this machine's loopback, and everything behind it started and stopped in order."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import signal
from collections.abc import Callable, Iterable
from pathlib import Path

from websockets.asyncio.server import Server, ServerConnection, serve

import twopop
from twopop.errors import StudioError
from twopop.schema import to_builtins
from twopop.service import rpc
from twopop.service.audit import Audit
from twopop.service.door import NOT_PAIRED, Door
from twopop.service.handlers import add_parts, handlers
from twopop.service.hub import Hub
from twopop.service.methods import LARGEST, PROTOCOL, Welcome
from twopop.service.pages import Pages
from twopop.service.pairing import Codes
from twopop.service.sessions import Session
from twopop.service.state import state_folder
from twopop.service.tokens import Tokens
from twopop.settings import ServiceTable, find

#: Where the service listens, and nowhere else.
ADDRESS = "127.0.0.1"

#: How often it is looked whether all tokens were revoked, in seconds; how long a panel has to say goodbye.
_LOOK, _GOODBYE = 1.0, 2.0


class Service:
    """A service for the projects in *folders*; ``async with`` starts it and ends it in good order.

    *port* is the only one tried when it is given, else those of ``[service]`` in the first project's settings. Raises
    StudioError when no port is free, InputError for a folder that is not there or settings that cannot be read.
    """

    def __init__(self, folders: Iterable[Path], *, port: int | None = None) -> None:
        chosen = list(folders)
        self.limits = find(chosen[0])[ServiceTable] if chosen else ServiceTable()
        self.hub = Hub(chosen)
        self._ports = [port] if port is not None else [self.limits.port + n for n in range(self.limits.ports)]
        state = state_folder()
        self.tokens, self.codes, self.audit = Tokens(state), Codes(state), Audit(state)
        self._door = Door(Pages(), self.codes, self.tokens, self.audit, self.limits.origins)
        self._table = handlers()
        add_parts(self.hub)
        self._server: Server | None = None
        self._watch: asyncio.Task[None] | None = None
        self._inside: dict[ServerConnection, str] = {}
        #: Whether some panel may have been paired before the service was started.
        self.paired = False

    @property
    def port(self) -> int:
        """The port that it listens on; 0 before it is started."""
        return self._door.port

    @property
    def url(self) -> str:
        """Where the panel is for a browser."""
        return f"http://{ADDRESS}:{self.port}/"

    async def __aenter__(self) -> Service:
        self.paired = bool(self.tokens.current())  # here, so that one that cannot be read is told now
        self._server = await self._listening()
        self._door.port = self._server.sockets[0].getsockname()[1]
        await self.hub.start()
        self._watch = asyncio.create_task(self._watch_tokens())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._watch is not None:
            self._watch.cancel()
        if self._server is not None:
            self._server.close(close_connections=True)
            await self._server.wait_closed()
        await self.hub.stop()
        self.audit.close()

    async def _listening(self) -> Server:
        for port in self._ports:
            try:
                return await serve(
                    self._met,
                    ADDRESS,
                    port,
                    process_request=self._door.answer,
                    compression=None,  # UXP's sockets have no extensions
                    max_size=LARGEST,
                    open_timeout=10,
                    ping_interval=None,  # panels ping by themselves, in words: see Session
                    close_timeout=_GOODBYE,
                    server_header=None,
                    logger=_quiet(),
                )
            except OSError as error:
                if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                    raise
        told = (
            f"The ports {self._ports[0]} to {self._ports[-1]} are"
            if len(self._ports) > 1
            else f"The port {self._ports[0]} is"
        )
        raise StudioError(
            f"{told} taken by other programs.",
            remedy="A service that runs already serves the panels. Else name another port: --port, or [service] port.",
        )

    async def _met(self, socket: ServerConnection) -> None:
        """One connection, from its first words to its end."""
        met = await self._door.hello(socket)
        if met is None:
            return
        id, hello = met
        if hello.protocol != PROTOCOL:
            await socket.send(rpc.write(rpc.Refusal(id, rpc.problem_of(_other_protocol(hello.protocol)))), text=True)
            return
        session = Session(socket, hello, self.hub, self._table, self.audit, self.limits)
        rows = tuple(project.row for project in self.hub.projects.values())
        welcome = Welcome(session=session.id, twopop=twopop.__version__, protocol=PROTOCOL, projects=rows)
        session.send(rpc.Reply(id, to_builtins(welcome)))
        self._inside[socket] = hello.token
        try:
            await session.run()
        finally:
            del self._inside[socket]

    async def _watch_tokens(self) -> None:
        """Send away whoever came in with a token that was revoked meanwhile, by whatever process."""
        while True:
            await asyncio.sleep(_LOOK)
            with contextlib.suppress(StudioError):  # it cannot be read: whoever says hello is told
                token = await asyncio.to_thread(self.tokens.current)
                old = [socket for socket, said in self._inside.items() if said != token]
                if old:
                    self.audit.call("token revoked", {}, session="", panel="", outcome=f"{len(old)} panels sent away")
                    await asyncio.gather(*(socket.close(NOT_PAIRED) for socket in old))


async def run(folders: Iterable[Path], *, port: int | None = None, ready: Callable[[Service], None]) -> None:
    """Serve the projects in *folders* until the process is told to end; *ready* is called when panels may come."""
    end = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, end.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(end.set))
    async with Service(folders, port=port) as service:
        ready(service)
        await end.wait()


def _other_protocol(number: int) -> StudioError:
    older, newer = ("panel", "service") if number < PROTOCOL else ("service", "panel")
    return StudioError(
        f"The {older} is older than the {newer}: they do not understand each other.", remedy=f"Update the {older}."
    )


def _quiet() -> logging.Logger:
    """Where the library tells of connections that went wrong: nowhere, since anyone on this machine can cause some."""
    logger = logging.getLogger("twopop.service.connections")
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
    logger.setLevel(logging.CRITICAL)
    return logger
