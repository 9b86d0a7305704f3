"""A real ``twopop serve`` in a process of its own, for a panel in a browser."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any


class RealService:
    """The service for the project in *folder*: ``url``, and the ``code`` that it showed when it was started."""

    def __init__(self, folder: Path, state: Path) -> None:
        self.folder, self.state = folder, state
        self.port = 0
        self.start()

    def start(self) -> None:
        """Start it, on the port that it had before."""
        command = [sys.executable, "-m", "twopop", "serve", str(self.folder), "--port", str(self.port), "--json"]
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, env={**os.environ, "TWOPOP_STATE": str(self.state)}
        )
        assert self._process.stdout
        told: dict[str, Any] = json.loads(self._process.stdout.readline())
        self.port, self.url, self.code = told["port"], told["url"], told["code"]

    def kill(self) -> None:
        """End it as a crash does. Its deliveries go on."""
        self._process.kill()
        self._leave()

    def end(self) -> None:
        """End it in good order, and all deliveries that still run."""
        self._process.send_signal(signal.SIGTERM)
        self._leave()
        for lock in (self.folder / ".twopop" / "jobs").glob("*/lock"):
            with suppress(OSError, ValueError, KeyError):
                os.kill(int(json.loads(lock.read_text())["pid"]), signal.SIGKILL)

    def _leave(self) -> None:
        self._process.wait(30)
        if self._process.stdout:
            self._process.stdout.close()
