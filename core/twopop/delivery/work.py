"""The unit of work that executors run, and what an executor is."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Protocol

import msgspec

from twopop.errors import Cancelled, PluginError, StudioError, TwopopError
from twopop.findings import Finding, fail
from twopop.picture.recipe import Segment, Whole
from twopop.sound.recipe import Mix, MixReport
from twopop.store import Store


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """Render *segments* or mix *mixes* (by key) into the *store* (a folder). It can travel as JSON to another machine.

    Several segments are looks of one stretch of the same media, which one process decodes once for all of them; a
    whole picture is alone. *ffmpeg* is the binary to use, *seconds* the time limit.
    """

    store: str
    ffmpeg: str
    seconds: int
    segments: dict[str, Segment | Whole] = {}
    mixes: dict[str, Mix] = {}

    @property
    def keys(self) -> tuple[str, ...]:
        """What it makes."""
        return (*self.segments, *self.mixes)


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """The end of one thing that a task makes: *problem* is None when it went well; *report* is there for a mix.

    *found* says that somebody else had made it meanwhile; *seconds* is the time that it took (its share of it, where
    several were made at once).
    """

    key: str
    problem: Finding | None = None
    report: MixReport | None = None
    cancelled: bool = False
    found: bool = False
    seconds: float = 0.0


def perform(task: Task, cancel: Event) -> tuple[Done, ...]:
    """Do *task* here and now: the end of each thing that it makes.

    What goes wrong comes back as the problem of what it hits, never as an exception. What another run is making is
    waited for.
    """
    ends, left = attempt(task, cancel)
    for key, segment in left.segments.items() if left else ():
        ends += _segments(msgspec.structs.replace(task, segments={key: segment}), cancel, wait=True)[0]
    return tuple(ends)


def attempt(task: Task, cancel: Event) -> tuple[list[Done], Task | None]:
    """Do what can be done of *task* now; give back the rest, which other runs are making, if there is any."""
    ends = [_mixed(task, key, mix, cancel) for key, mix in task.mixes.items()]
    more, left = _segments(task, cancel, wait=False)
    return ends + more, msgspec.structs.replace(task, segments=left, mixes={}) if left else None


def problem_of(error: Exception, rule: str, *, where: str) -> Finding:
    """The finding for the work at *where* that *error* ended: *rule* when an editor can mend it, else whose it is."""
    if not isinstance(error, TwopopError):
        return fail("render.fault", f"{type(error).__name__}: {error}", where=where, remedy="Report this fault.")
    if isinstance(error, StudioError):
        rule = "plugin.failed" if isinstance(error, PluginError) else "machine.failed"
    return fail(rule, error.what, where=error.where or where, remedy=error.remedy)


def _segments(task: Task, cancel: Event, *, wait: bool) -> tuple[list[Done], dict[str, Segment | Whole]]:
    """The ends of the task's segments, and those that others are making (only without *wait*)."""
    store, ends = Store(Path(task.store)), []
    ours: dict[str, Segment | Whole] = {}
    left: dict[str, Segment | Whole] = {}
    with contextlib.ExitStack() as turns:
        for key, segment in task.segments.items():
            try:
                turn = turns.enter_context(store.turn("segments", key, cancel=cancel, wait=wait))
            except Exception as error:
                ends.append(_failed(key, error, cancel))
                continue
            if turn == "there":
                ends.append(Done(key=key, found=True))
            else:
                (ours if turn == "ours" else left)[key] = segment
        ends += _rendered(task, ours, store, cancel)
    return ends, left


def _rendered(task: Task, segments: dict[str, Segment | Whole], store: Store, cancel: Event) -> list[Done]:
    """Render *segments* at once; when that fails, each alone, so that one that fails takes no other along."""
    if not segments:
        return []
    began = time.monotonic()
    try:
        _render(task, segments, store, cancel)
    except Exception as error:
        if len(segments) == 1 or cancel.is_set():
            return [_failed(key, error, cancel) for key in segments]
        alone = ({key: segment} for key, segment in segments.items())
        return [end for one in alone for end in _rendered(task, one, store, cancel)]
    share = (time.monotonic() - began) / len(segments)
    return [Done(key=key, seconds=share) for key in segments]


def _render(task: Task, segments: dict[str, Segment | Whole], store: Store, cancel: Event) -> None:
    from twopop.picture.render import render_segments
    from twopop.picture.whole import render_whole

    ffmpeg, looks = Path(task.ffmpeg), {}
    for key, segment in segments.items():
        if isinstance(segment, Whole):
            render_whole(segment, key, store, ffmpeg, seconds=task.seconds, cancel=cancel)
        else:
            looks[key] = segment
    if looks:
        render_segments(looks, store, ffmpeg, seconds=task.seconds, cancel=cancel)


def _mixed(task: Task, key: str, mix: Mix, cancel: Event) -> Done:
    from twopop.sound.mix import render_mix

    began = time.monotonic()
    try:
        report = render_mix(mix, key, Store(Path(task.store)), cancel=cancel)
    except Exception as error:
        return _failed(key, error, cancel)
    return Done(key=key, report=report, seconds=time.monotonic() - began)


def _failed(key: str, error: Exception, cancel: Event) -> Done:
    """The end of what *error* kept from being made; a fault of twopop's own must not take other deliverables along."""
    if isinstance(error, Cancelled) or cancel.is_set():
        return Done(key=key, cancelled=True)
    return Done(key=key, problem=problem_of(error, "render.failed", where=key))


class Executor(Protocol):
    """Where work runs."""

    def run(self, tasks: Sequence[Task], cancel: Event) -> Iterator[Done]:
        """Perform all *tasks*, best in their order, giving the end of each thing that they make as it comes.

        What fails is a Done with its problem, never an exception. After *cancel* is set, running tasks are stopped
        within a second and the rest come back as cancelled.
        """
        ...


@dataclass(frozen=True)
class ExecutorEntry:
    """An executor by *name* (for ``--executor``), what it is in a few words, and how to *make* it."""

    name: str
    title: str
    make: Callable[[], Executor] = field(repr=False)
