"""A service in a process of its own, as its user starts it, and a browser."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

_FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync"""


@dataclass
class Running:
    """A service: its *port*, a *token* for it."""

    port: int
    token: str

    @property
    def address(self) -> str:
        return f"ws://127.0.0.1:{self.port}/"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"


@contextmanager
def running(project: Path, state: Path) -> Iterator[Running]:
    """Serve *project*."""
    command = [sys.executable, "-m", "twopop", "serve", str(project), "--port", "0", "--json"]
    environment = {**os.environ, "TWOPOP_STATE": str(state)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout
        told = json.loads(process.stdout.readline())
        try:
            yield Running(told["port"], asyncio.run(_paired(told["port"], told["code"])))
        finally:
            process.send_signal(signal.SIGTERM)


async def _paired(port: int, code: str) -> str:
    async with connect(f"ws://127.0.0.1:{port}/") as socket:
        return str((await ask(socket, "pair", code=code))["token"])


async def ask(socket: ClientConnection, method: str, **params: Any) -> dict[str, Any]:
    """The result of one call; notes that come before it are passed over."""
    await socket.send(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}))
    while True:
        message = json.loads(await socket.recv())
        if "error" in message:
            raise SystemExit(f"{method}: {message['error']['message']}")
        if "result" in message:
            return dict(message["result"])


def lacking() -> str:
    """Why no panel can be shown here; "" when one can."""
    if program() is None:
        return "Chromium is not installed"
    try:
        import playwright  # noqa: F401
    except ImportError:
        return "the Python package playwright is not installed"
    return ""


def program() -> str | None:
    """The Chromium of this machine."""
    return os.environ.get("TWOPOP_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def browsing(url: str, token: str) -> Iterator[Any]:
    """A page with the panel at *url*, connected."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=_FLAGS.split(), headless=True)
        page = browser.new_page(viewport={"width": 480, "height": 700})
        page.set_default_timeout(30_000)
        page.add_init_script(f"localStorage.setItem('twopop.token', {token!r})")
        page.goto(url)
        page.wait_for_selector(".lamp.online")
        yield page
        browser.close()
