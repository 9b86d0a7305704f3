"""The service's round trips: a call, a call to a host in its worker, and a click on "plan" till its answer.

The plain baseline is an echo server of the same WebSocket library in a process of its own: it reads nothing, checks
nothing and logs nothing. The ratios say what JSON-RPC, sessions, worker processes and planning cost beside that.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import opentimelineio as otio
from websockets.sync.client import ClientConnection, connect

ECHO = """
import asyncio
from websockets.asyncio.server import serve

async def echo(socket):
    async for text in socket:
        await socket.send(text)

async def main():
    async with serve(echo, "127.0.0.1", 0, compression=None) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.Future()

asyncio.run(main())
"""

ORDER = {
    "schema": "twopop.order/1",
    "out": "delivery",
    "project": {"client": "Harbour Line", "title": "Harbour Days"},
    "timeline": {"file": "cut.otio"},
    "matrix": [{"durations": ["full"], "aspects": ["16:9", "9:16", "1:1"], "specs": ["review-h264", "social-h264"]}],
}


def cut(path: Path) -> None:
    """A cut of forty plain colours, a second each: it needs no media."""
    track = otio.schema.Track("V1", kind=otio.schema.TrackKind.Video)
    for number in range(40):
        shown = otio.opentime.TimeRange(otio.opentime.RationalTime(0, 24), otio.opentime.RationalTime(24, 24))
        colour = otio.schema.GeneratorReference(
            generator_kind="SolidColor", parameters={"colour": f"#{number * 6:02x}8040"}
        )
        track.append(otio.schema.Clip(name=f"colour {number}", media_reference=colour, source_range=shown))
    made = otio.schema.Timeline("Bench", global_start_time=otio.opentime.RationalTime(86400, 24))
    made.tracks.append(track)
    path.write_text(made.to_json_string())


def ask(socket: ClientConnection, method: str, **params: Any) -> Any:
    """The result of one call; notes that come meanwhile are passed over."""
    socket.send(json.dumps({"jsonrpc": "2.0", "id": method, "method": method, "params": params}))
    while True:
        answer = json.loads(socket.recv())
        if answer.get("id") == method:
            if "error" in answer:
                raise SystemExit(answer["error"]["message"])
            return answer["result"]


def taken(work: Callable[[], object], count: int) -> tuple[float, float]:
    """The milliseconds of *count* times *work*: what half of them took at most, and what 95 of 100 did."""
    times = []
    for _ in range(count):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


def baseline(count: int) -> tuple[float, float]:
    """The round trips of the echo."""
    with subprocess.Popen([sys.executable, "-c", ECHO], stdout=subprocess.PIPE, text=True) as server:
        port = int(server.stdout.readline()) if server.stdout else 0
        try:
            with connect(f"ws://127.0.0.1:{port}/", compression=None) as socket:

                def trip() -> None:
                    socket.send('{"jsonrpc": "2.0", "id": "ping", "method": "ping", "params": {}}')
                    socket.recv()

                taken(trip, 100)
                return taken(trip, count)
        finally:
            server.terminate()


def measured(folder: Path, count: int) -> dict[str, tuple[float, float]]:
    """{what: its figures} of the service."""
    command = [sys.executable, "-m", "twopop", "serve", str(folder), "--port", "0", "--pair", "--json"]
    environment = {**os.environ, "TWOPOP_STATE": str(folder / "state")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as service:
        told = json.loads(service.stdout.readline()) if service.stdout else {}
        try:
            with connect(f"ws://127.0.0.1:{told['port']}/", compression=None) as socket:
                token = ask(socket, "pair", code=told["code"])["token"]
                (project,) = ask(socket, "hello", token=token, panel="bench")["projects"]
                host = {"project": project["name"], "host": "fake"}
                orders = ({**ORDER, "project": {**ORDER["project"], "title": f"Days {n}"}} for n in range(10_000))
                figures = {
                    "ping": taken(lambda: ask(socket, "ping"), count),
                    "timelines (2 calls to a host)": taken(lambda: ask(socket, "timelines", **host), count // 10),
                    "plan, 6 deliverables": taken(lambda: ask(socket, "plan", **host, order=next(orders)), 20),
                }
                figures["plan, the same again"] = taken(lambda: ask(socket, "plan", **host, order=ORDER), 20)
                return figures
        finally:
            service.terminate()


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000, help="how many pings")
    count = parser.parse_args().count
    with tempfile.TemporaryDirectory() as folder:
        cut(Path(folder) / "cut.otio")
        echo = baseline(count)
        rows = {"echo (baseline)": echo, **measured(Path(folder), count)}
    print(f"{'round trip':32}{'p50 ms':>10}{'p95 ms':>10}{'p50 to echo':>14}")
    for what, (middle, most) in rows.items():
        print(f"{what:32}{middle:10.2f}{most:10.2f}{middle / echo[0]:14.1f}")


if __name__ == "__main__":
    main()
