"""A host in a process of its own for whoever waits: the command line, which has no loop of events."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from twopop.hosts.calls import CalledHost, host_calls
from twopop.hosts.model import Place
from twopop.service.workers import Worker
from twopop.settings import ServiceTable

#: How often it is looked whether a call was cancelled, in seconds.
_GLANCE = 0.05


class HostApart(CalledHost):
    """The host *name* that the project in *folder* knows, met at *place* by a worker process.

    A call that takes longer than *limits* allow raises StudioError, and its process is killed; one whose process dies
    raises StudioError too. The next call starts a new one.
    """

    def __init__(self, folder: Path, name: str, title: str, place: Place, limits: ServiceTable) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=f"host {name}", daemon=True)
        self._thread.start()
        self._worker = Worker("host", folder, name, title=title, place=place, limits=limits)

    def close(self) -> None:
        """End the process: the host is left as it is, or its scratch project taken away."""
        if self._thread.is_alive():
            self._do(self._worker.close()).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()

    def _ask(
        self, name: str, values: dict[str, Any], progress: Callable[[int, int], None], cancel: threading.Event
    ) -> Any:
        call = host_calls()[name]

        def told(done: int, total: int, said: str) -> None:
            progress(done, total)

        answer = self._do(self._worker.call(name, values, Any, progress=told, long=call.long))
        stopped = False
        while True:
            try:
                return answer.result(timeout=_GLANCE if call.long and not stopped else None)
            except TimeoutError:
                if cancel.is_set():
                    stopped = True
                    self._do(self._worker.stop()).result()

    def _do(self, work: Coroutine[Any, Any, Any]) -> Future[Any]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)
