"""The unit of work that executors run, and what an executor is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Protocol

import msgspec

from twopop.findings import Finding
from twopop.picture.recipe import Segment
from twopop.sound.recipe import Mix, MixReport


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """Render one segment, or mix one sound, into the *store* (a folder). It can travel as JSON to another machine.

    *ffmpeg* is the binary to use, *seconds* the time limit.
    """

    key: str
    store: str
    ffmpeg: str
    seconds: int
    segment: Segment | None = None
    mix: Mix | None = None


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """The end of one task: *problem* is None when it went well; *report* is there for a mix."""

    key: str
    problem: Finding | None = None
    report: MixReport | None = None
    cancelled: bool = False


class Executor(Protocol):
    """Where work runs."""

    def run(self, tasks: Sequence[Task], cancel: Event) -> Iterator[Done]:
        """Perform all *tasks*, giving each one's end as it comes, in any order.

        A task that fails is a Done with its problem, never an exception. After *cancel* is set, running tasks are
        stopped within a second and the rest come back as cancelled.
        """
        ...


@dataclass(frozen=True)
class ExecutorEntry:
    """An executor by *name* (for ``--executor``), what it is in a few words, and how to *make* it."""

    name: str
    title: str
    make: Callable[[], Executor] = field(repr=False)
