"""The default executor: this machine, several renders side by side."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from threading import Event

from twopop.delivery.work import Done, Task, perform


class Local:
    """Runs *workers* tasks at once (0: one per core). Each thread only waits for the process that renders."""

    def __init__(self, workers: int = 0) -> None:
        self.workers = workers or os.cpu_count() or 1

    def run(self, tasks: Sequence[Task], cancel: Event) -> Iterator[Done]:
        """Perform *tasks*, giving each one's end as it comes."""
        with ThreadPoolExecutor(self.workers, thread_name_prefix="render") as pool:
            futures = [pool.submit(perform, task, cancel) for task in tasks]
            try:
                for future in as_completed(futures):
                    yield future.result()
            except BaseException:
                cancel.set()
                raise
