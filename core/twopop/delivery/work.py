"""The unit of work that executors run, and what an executor is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Protocol

import msgspec

from twopop.errors import PluginError, StudioError, TwopopError
from twopop.findings import Finding, fail
from twopop.picture.recipe import Segment, Whole
from twopop.sound.recipe import Mix, MixReport
from twopop.store import Store


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """Render one segment or a whole picture, or mix one sound, into the *store* (a folder).

    It can travel as JSON to another machine. *ffmpeg* is the binary to use, *seconds* the time limit.
    """

    key: str
    store: str
    ffmpeg: str
    seconds: int
    segment: Segment | Whole | None = None
    mix: Mix | None = None


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """The end of one task: *problem* is None when it went well; *report* is there for a mix."""

    key: str
    problem: Finding | None = None
    report: MixReport | None = None
    cancelled: bool = False


def perform(task: Task, cancel: Event) -> Done:
    """Do *task* here and now; what goes wrong comes back as its problem, never as an exception."""
    if cancel.is_set():
        return Done(key=task.key, cancelled=True)
    try:
        return Done(key=task.key, report=_rendered(task, cancel))
    except Exception as error:  # a fault of twopop's own must not take the other deliverables along
        if cancel.is_set():
            return Done(key=task.key, cancelled=True)
        return Done(key=task.key, problem=problem_of(error, "render.failed", where=task.key))


def problem_of(error: Exception, rule: str, *, where: str) -> Finding:
    """The finding for the work at *where* that *error* ended: *rule* when an editor can mend it, else whose it is."""
    if not isinstance(error, TwopopError):
        return fail("render.fault", f"{type(error).__name__}: {error}", where=where, remedy="Report this fault.")
    if isinstance(error, StudioError):
        rule = "plugin.failed" if isinstance(error, PluginError) else "machine.failed"
    return fail(rule, error.what, where=error.where or where, remedy=error.remedy)


def _rendered(task: Task, cancel: Event) -> MixReport | None:
    store = Store(Path(task.store))
    if isinstance(task.segment, Whole):
        from twopop.picture.whole import render_whole

        render_whole(task.segment, task.key, store, Path(task.ffmpeg), seconds=task.seconds, cancel=cancel)
        return None
    if task.segment is not None:
        from twopop.picture.render import render_segment

        render_segment(task.segment, task.key, store, Path(task.ffmpeg), seconds=task.seconds, cancel=cancel)
        return None
    if task.mix is not None:
        from twopop.sound.mix import render_mix

        return render_mix(task.mix, task.key, store, cancel=cancel)
    return None


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
