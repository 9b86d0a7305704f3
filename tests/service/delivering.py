"""A panel's way from a timeline to files, on a real service; and the processes behind it, to be killed."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from serving import PATIENCE, Panel, Serving

from support.projects import small_spot
from twopop import schema
from twopop.delivery.order import read_order

#: Makes each segment take its time, so that there is a middle to do something in; from the third on waits as long as
#: there is a file "hold" beside it.
SLOW = """
import itertools
import time
from pathlib import Path
from twopop import hookimpl

COUNT = itertools.count(1)

@hookimpl
def rendered():
    time.sleep({seconds})
    while next(COUNT) > 2 and Path(__file__).with_name("hold").exists():
        time.sleep(0.02)
"""


def spot(top: Path, *, seconds: float = 0.0, one_aspect: bool = True) -> Path:
    """The small spot's project, with a host whose timeline it is; after each segment it waits *seconds*."""
    order = small_spot(top / "spot")
    if one_aspect:
        order.write_text(order.read_text().replace('["16:9", "9:16"]', '["16:9"]'))
    if seconds:
        (top / "spot" / "plugins" / "slow.py").write_text(SLOW.format(seconds=seconds))
    return order.parent


def order_of(folder: Path, **changes: Any) -> dict[str, Any]:
    return {**schema.to_builtins(read_order(folder / "order.toml")), **changes}


class Desk:
    """A panel that is in."""

    def __init__(self, panel: Panel) -> None:
        self.panel = panel
        self.project = panel.welcome["projects"][0]["name"]

    async def ask(self, method: str, **params: Any) -> Any:
        answer = await self.panel.ask(method, **params)
        assert "result" in answer, answer
        return answer["result"]

    async def refused(self, method: str, **params: Any) -> str:
        return str((await self.panel.ask(method, **params))["error"]["message"])

    async def plan(self, order: dict[str, Any], **more: Any) -> dict[str, Any]:
        made: dict[str, Any] = await self.ask("plan", project=self.project, host="fake", order=order, **more)
        return made

    async def job(self, id: str) -> dict[str, Any]:
        return dict((await self.ask("job", id=id))["job"])

    async def until(self, id: str, wanted: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
        """The job once it is as *wanted*."""
        async with asyncio.timeout(PATIENCE):
            while not wanted(row := await self.job(id)):
                await asyncio.sleep(0.05)
        return row

    async def over(self, id: str) -> dict[str, Any]:
        """The job when it is over and all that was wished for its end was done."""
        return await self.until(id, lambda row: row["state"] in ("done", "failed", "cancelled"))


@asynccontextmanager
async def desk(service: Serving) -> AsyncIterator[Desk]:
    async with service.panel() as panel:
        yield Desk(panel)


def job_folder(folder: Path, id: str) -> Path:
    return folder / ".twopop" / "jobs" / id


def runner_of(folder: Path, id: str) -> int:
    """The process that carries out the job."""
    return int(json.loads((job_folder(folder, id) / "lock").read_text())["pid"])


def kill(service: Serving) -> None:
    """End a service as a crash does."""
    service.process.kill()
    service.process.wait()
    for stream in (service.process.stdout, service.process.stderr):
        if stream:
            stream.close()


def kill_runners(folder: Path) -> None:
    """Leave no process behind, whatever a test did."""
    for path in (folder / ".twopop" / "jobs").glob("*/lock"):
        with suppress(OSError, ValueError, KeyError):
            os.kill(int(json.loads(path.read_text())["pid"]), signal.SIGKILL)
