"""The default executor: this machine, several renders side by side."""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event

from twopop.delivery.work import Done, Task, attempt, perform, problem_of
from twopop.picture.cost import memory

#: Bytes to reckon with where the system does not say how much memory there is.
_UNKNOWN = 4 << 30


class Local:
    """Runs *workers* tasks at once (0: one per core), as far as they fit into *megabytes* (0: most of the memory).

    Each thread only waits for the process that renders. What another run is making is put off to the end and waited
    for when nothing else is left.
    """

    def __init__(self, workers: int = 0, megabytes: int = 0) -> None:
        self.workers = workers or os.cpu_count() or 1
        self.room = megabytes * 10**6 or machine_memory() * 3 // 4

    def run(self, tasks: Sequence[Task], cancel: Event) -> Iterator[Done]:
        """Perform *tasks* in their order, giving the end of each thing that they make as it comes."""
        line = _Line(tasks, self.room, cancel)
        count = min(self.workers, len(tasks))
        threads = [threading.Thread(target=line.work, name=f"render-{n}", daemon=True) for n in range(count)]
        for thread in threads:
            thread.start()
        try:
            for _ in range(sum(len(task.keys) for task in tasks)):
                yield line.ends.get()
        except BaseException:
            cancel.set()
            raise
        finally:
            for thread in threads:
                thread.join()


class _Line:
    """The tasks that wait, in order, and the memory that is left for them."""

    def __init__(self, tasks: Sequence[Task], room: int, cancel: Event) -> None:
        self.ends: queue.SimpleQueue[Done] = queue.SimpleQueue()
        self._waiting = deque((task, memory(task.segments.values()), False) for task in tasks)
        self._room = room
        self._running = 0
        self._cancel = cancel
        self._changed = threading.Condition()

    def work(self) -> None:
        """Take one task after another until none is left."""
        while taken := self._next():
            task, need, put_off = taken
            left = None
            try:
                ends, left = (perform(task, self._cancel), None) if put_off else attempt(task, self._cancel)
            except Exception as error:  # nothing may leave the run waiting for an end that does not come
                ends = [Done(key=key, problem=problem_of(error, "render.failed", where=key)) for key in task.keys]
            self._give_back(need)
            if left:
                with self._changed:
                    self._waiting.append((left, need, True))
            for end in ends:
                self.ends.put(end)

    def _next(self) -> tuple[Task, int, bool] | None:
        """The first task, as soon as there is room for it; alone it may be larger than the room."""
        with self._changed:
            while self._waiting:
                need = self._waiting[0][1]
                if not self._running or need <= self._room:
                    self._room -= need
                    self._running += 1
                    return self._waiting.popleft()
                self._changed.wait()
        return None

    def _give_back(self, need: int) -> None:
        with self._changed:
            self._room += need
            self._running -= 1
            self._changed.notify_all()


def machine_memory() -> int:
    """Bytes of memory that this machine, or the container we are in, has."""
    known = []
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        known.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    with contextlib.suppress(OSError, ValueError):  # no container, or one without a limit
        known.append(int(Path("/sys/fs/cgroup/memory.max").read_text("ascii")))
    return min((size for size in known if size > 0), default=_UNKNOWN)
