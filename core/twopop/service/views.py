"""How a job stands, as its journal tells: kept small in memory, however many files the job has."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from typing import Any, cast

import msgspec

from twopop.service import journal, rows
from twopop.service.edits import EditBook
from twopop.service.jobfiles import JobFile, Places
from twopop.service.journal import Ended, Event, FileEnded, Found, Moved, Started, Tail
from twopop.service.methods import PAGE
from twopop.service.told import WEIGHTS
from twopop.service.values import FileRow, FileState, FindingRow, JobRow, JobState

_STATES: dict[str, FileState] = {"w": "waiting", "r": "rendering", "f": "finishing"}

#: What is said of a wish for the end of a job that did not come true.
_WISHES = {"bring_in": "The files are not in the host's bin:", "markers": "The markers were not set:"}

#: How many findings of one line of the journal can be told apart.
_MOST = 1 << 16


class View:
    """The *job* at *where*; ``update`` reads on. Of each file it knows how far it is, and where its end is written."""

    def __init__(self, where: Places, job: JobFile) -> None:
        self.where, self.job = where, job
        self._tail = Tail(where.journal)
        self._done = array("l", bytes(array("l").itemsize * job.total))
        self._code = bytearray(b"w" * job.total)
        self._ends = array("q", [-1]) * job.total
        self._found = {weight: array("q") for weight in WEIGHTS}
        self._counts = {"finished": 0, "failed": 0, "blocked": 0}
        self._figures = Moved()
        self._started = ""
        self.ended: Ended | None = None
        self.edits = EditBook(where.edits)

    # -- reading on ----------------------------------------------------------------------------------------------------

    def update(self) -> tuple[bool, set[int], list[FindingRow]]:
        """Read what was said since; whether anything was, which files changed, and what was found."""
        changed: set[int] = set()
        found: list[FindingRow] = []
        moved = False
        for begin, event in self._tail.read():
            moved = True
            self._take(begin, event, changed, found)
        return moved, changed, found

    def _take(self, begin: int, event: Event, changed: set[int], found: list[FindingRow]) -> None:
        if isinstance(event, Started):
            self._started = self._started or event.at
        elif isinstance(event, Moved):
            self._figures = event
            for number, done, code in event.parts:
                if number < len(self._done) and self._ends[number] < 0:
                    self._done[number], self._code[number] = done, ord(code)
                    changed.add(number)
        elif isinstance(event, FileEnded) and event.index < len(self._ends):
            self._file_ended(begin, event, found)
            changed.add(event.index)
        elif isinstance(event, Found):
            self._remember(begin, (event.finding,))
            found.append(event.finding)
        elif isinstance(event, Ended):
            self.ended = event

    def _file_ended(self, begin: int, event: FileEnded, found: list[FindingRow]) -> None:
        if self._ends[event.index] >= 0:  # a runner that went on said it again
            self._count(self._end(event.index).state, -1)
        else:
            self._remember(begin, event.findings)
            found += event.findings
        self._ends[event.index] = begin
        self._count(event.state, 1)

    def _count(self, state: FileState, by: int) -> None:
        self._counts["finished"] += by * (state != "cancelled")
        if state in ("failed", "blocked"):
            self._counts[state] += by

    def _remember(self, begin: int, findings: Iterable[FindingRow]) -> None:
        for place, finding in enumerate(findings):
            self._found[finding.severity].append(begin * _MOST + min(place, _MOST - 1))

    # -- telling -------------------------------------------------------------------------------------------------------

    def row(self) -> JobRow:
        """How the job stands."""
        figures, ended = self._figures, self.ended
        return row_of(
            self.where,
            self.job,
            ended,
            self.edits,
            state="running" if self._started else "waiting",
            started=self._started,
            frames=figures.frames,
            frames_total=figures.frames_total,
            seconds_left=None if ended else figures.seconds_left,
            said=figures.said,
            **self._counts,
        )

    def files(self, first: int, count: int) -> tuple[int, tuple[FileRow, ...]]:
        """How many files there are, and a page of them."""
        total, page = rows.page(self.where.files, FileRow, first, count)
        low = rows.bounds(total, first, count)[0]
        return total, tuple(self._as_it_is(low + number, row) for number, row in enumerate(page))

    def some(self, numbers: Iterable[int]) -> tuple[FileRow, ...]:
        """The files with these numbers."""
        return tuple(self.files(number, 1)[1][0] for number in numbers)

    def _as_it_is(self, number: int, row: FileRow) -> FileRow:
        if self._ends[number] >= 0:
            end = self._end(number)
            done = row.total if end.state in ("delivered", "unchanged") else self._done[number]
            return msgspec.structs.replace(row, state=end.state, bytes=end.bytes, findings=end.findings, done=done)
        state: FileState = _STATES[chr(self._code[number])]
        if self.ended:  # the run did not come to say how it ended
            state = "failed" if self.ended.state == "failed" else "cancelled"
        return msgspec.structs.replace(row, state=state, done=self._done[number])

    def _end(self, number: int) -> FileEnded:
        return cast(FileEnded, journal.event_at(self.where.journal, self._ends[number]))

    def findings(self, first: int, count: int) -> tuple[int, tuple[FindingRow, ...]]:
        """How many findings there are, and a page of them, the heaviest first."""
        total = sum(map(len, self._found.values()))
        low, high = rows.bounds(total, first, min(count, PAGE))
        return total, tuple(self._finding(place) for place in self._between(low, high))

    def _between(self, low: int, high: int) -> Iterator[int]:
        for weight in WEIGHTS:
            places = self._found[weight]
            yield from places[max(0, low) : max(0, high)]
            low, high = low - len(places), high - len(places)

    def _finding(self, place: int) -> FindingRow:
        event: Any = journal.event_at(self.where.journal, place // _MOST)
        return event.finding if isinstance(event, Found) else event.findings[place % _MOST]


def row_of(
    where: Places, job: JobFile, ended: Ended | None, edits: EditBook, *, state: JobState = "waiting", **figures: Any
) -> JobRow:
    """The row of a *job*: with the *figures* of a run that goes on, or those that it *ended* with."""
    if ended is not None:
        state = cast(JobState, ended.state)
        figures = {
            "started": ended.began,
            "ended": ended.at,
            "frames": ended.frames,
            "frames_total": ended.frames_total,
            "finished": ended.finished,
            "failed": ended.failed,
            "blocked": ended.blocked,
            "said": ended.said,
            "problem": ended.problem,
        }
    changed = edits.rows(job.id)
    undone = [f"{_WISHES[wish]} {why}" for wish, why in edits.settled.items() if why and wish in _WISHES]
    if undone and ended is not None:
        figures["said"] = " ".join(undone)
    return JobRow(
        id=job.id,
        project=job.project,
        plan=job.plan,
        title=job.title,
        timeline_name=job.timeline_name,
        out=job.out,
        state=state,
        host=job.host,
        timeline=job.timeline,
        total=job.total,
        report=str(where.receipt) if where.receipt.exists() else "",
        edits=changed,
        **figures,
    )
