"""A real ``twopop serve`` in a process of its own, and panels that talk to it."""

import asyncio
import atexit
import contextlib
import json
import os
import shutil
import signal
import socket as sockets
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from twopop.service.pairing import Codes

STUB = Path(__file__).with_name("stub_host.py")

#: How long to wait for what has to come, in seconds: the machine may be busy with much else.
PATIENCE = 300


def make_project(folder: Path, settings: str = "") -> Path:
    """A project with the stub host in *folder*."""
    (folder / "plugins").mkdir(parents=True)
    shutil.copy(STUB, folder / "plugins")
    (folder / "twopop.toml").write_text(f'[plugins]\nfolders = ["plugins"]\n{settings}')
    return folder


class Serving:
    """One service: *port*, *state* folder, and its *process*. Without a *folder* it works in a new project."""

    def __init__(
        self, top: Path, settings: str = "", environment: dict[str, str] | None = None, folder: Path | None = None
    ) -> None:
        self.folder = folder or make_project(top / "harbour", settings)
        self.state = top / "state"
        self.environment = {**os.environ, "TWOPOP_STATE": str(self.state), **(environment or {})}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "twopop", "serve", str(self.folder), "--port", "0", "--json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.environment,
        )
        atexit.register(self.process.kill)  # where a test fails before it ends the service
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, self.process.stderr and self.process.stderr.read()
        self.told: dict[str, Any] = json.loads(line)
        self.port: int = self.told["port"]
        self.token = asyncio.run(self._paired())

    @property
    def address(self) -> str:
        return f"ws://127.0.0.1:{self.port}/"

    async def _paired(self) -> str:
        async with connect(self.address) as socket:
            return str((await call(socket, "pair", code=self.code()))["result"]["token"])

    def code(self) -> str:
        return Codes(self.state).show()

    def memory(self) -> int:
        """What the service's process holds in memory, in KiB."""
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(text.split("VmRSS:")[1].split()[0])

    def audit(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.state / "audit.jsonl").read_text().splitlines()]

    @contextlib.asynccontextmanager
    async def panel(self, **hello: Any) -> AsyncIterator["Panel"]:
        async with connect(self.address, max_size=None) as socket:
            panel = Panel(socket)
            try:
                panel.welcome = (await panel.ask("hello", token=self.token, **hello))["result"]
                yield panel
            finally:
                await socket.close()
                await panel.reader

    def end(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(PATIENCE)
        finally:
            self.process.kill()
            for stream in (self.process.stdout, self.process.stderr):
                if stream:
                    stream.close()


@contextlib.contextmanager
def serving(top: Path, settings: str = "", environment: dict[str, str] | None = None) -> Iterator[Serving]:
    service = Serving(top, settings, environment)
    try:
        yield service
        assert service.process.poll() is None, "the service did not stay up"
    finally:
        status = service.end()
    assert status == 0


class Panel:
    """A panel: answers come by id, notes and what the service asks are kept; *methods* answer what it asks."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.welcome: dict[str, Any] = {}
        self.notes: list[tuple[str, Any]] = []
        self.methods: dict[str, Callable[[Any], Any]] = {}
        self.asked: list[dict[str, Any]] = []
        self._waiting: dict[Any, asyncio.Future[Any]] = {}
        self._replies: list[asyncio.Task[None]] = []
        self._count = 0
        self.reader = asyncio.create_task(self._read())

    async def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """The whole answer to a call."""
        self._count += 1
        return await self.sent({"jsonrpc": "2.0", "id": self._count, "method": method, "params": params})

    async def sent(self, message: dict[str, Any]) -> dict[str, Any]:
        answer = self._waiting[message["id"]] = asyncio.get_running_loop().create_future()
        await self.socket.send(json.dumps(message))
        async with asyncio.timeout(PATIENCE):
            return await answer

    async def note(self, method: str, **params: Any) -> None:
        await self.socket.send(json.dumps({"jsonrpc": "2.0", "method": method, "params": params}))

    async def _read(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for text in self.socket:
                message = json.loads(text)
                if "method" not in message:
                    if message["id"] in self._waiting:
                        self._waiting.pop(message["id"]).set_result(message)
                elif "id" in message:
                    self.asked.append(message)
                    name = message["method"].removeprefix("host.")
                    if name in self.methods:
                        self._replies.append(asyncio.create_task(self._reply(message, self.methods[name])))
                else:
                    self.notes.append((message["method"], message["params"]))
        for each in self._waiting.values():
            each.cancel()

    async def _reply(self, message: dict[str, Any], method: Callable[[Any], Any]) -> None:
        answer = method(message["params"])
        if isinstance(answer, asyncio.Event):
            await answer.wait()
            answer = None
        await self.socket.send(json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": answer}))


async def bare(service: Serving, *, takes: int = 0) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection by hand, upgraded to a WebSocket; its kernel *takes* in so many bytes (0: as it likes)."""
    raw = sockets.socket()
    if takes:
        raw.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, takes)
    raw.setblocking(False)
    await asyncio.get_running_loop().sock_connect(raw, ("127.0.0.1", service.port))
    reader, writer = await asyncio.open_connection(sock=raw)
    writer.write(
        f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{service.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
    )
    return reader, writer


def frame(message: dict[str, Any]) -> bytes:
    """A masked text frame (RFC 6455, 5.2) with a mask of zeros."""
    text = json.dumps(message).encode()
    return b"\x81" + length(len(text)) + bytes(4) + text


def length(count: int) -> bytes:
    """The masked length of a frame (RFC 6455, 5.2)."""
    if count <= 125:
        return bytes([0x80 | count])
    return b"\xfe" + count.to_bytes(2, "big") if count < 65536 else b"\xff" + count.to_bytes(8, "big")


async def call(socket: ClientConnection, method: str, **params: Any) -> dict[str, Any]:
    """The next answer to one call, on a bare socket."""
    await socket.send(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}))
    return dict(json.loads(await socket.recv()))


async def close_code(socket: ClientConnection) -> int | None:
    """The code that the service closes *socket* with; whatever it says before that is an error."""
    with pytest.raises(ConnectionClosed) as end:
        await asyncio.wait_for(socket.recv(), PATIENCE)
    told = end.value.rcvd
    assert not told or not told.reason
    return told.code if told else None


async def until(true: Callable[[], Any]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(PATIENCE):
        while not true():
            await asyncio.sleep(0.02)
