"""The journal of a job: what its runner says, line by line, so that nobody has to be there to hear it.

One process writes, any number read. A line is there when its line break is; a torn one is passed over. Changes of
state are on the disk before the writer goes on, figures in between are not waited for.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from twopop import files, schema
from twopop.errors import InputError
from twopop.service.values import FileState, FindingRow

#: How much is read at a time, and at the end of a journal to find its last line, in bytes.
_CHUNK, _END = 1 << 20, 1 << 16

#: What is kept free on the disk, in bytes, so that a job can still say that the disk is full.
RESERVE = 1 << 18


class _Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="event"):
    pass


class Started(_Event, frozen=True, kw_only=True, tag="started"):
    """A runner began, or went on, *at* a time (UTC, ISO 8601)."""

    at: str
    pid: int


class Moved(_Event, frozen=True, kw_only=True, tag="moved"):
    """How far the run is, as in ``delivery.pace.Progress``, and the files that came further.

    *parts* are (number of the file in the job, parts done, ``w``, ``r`` or ``f``: waiting, rendering, finishing).
    """

    frames: int = 0
    frames_total: int = 0
    seconds_left: float | None = None
    said: str = ""
    parts: tuple[tuple[int, int, str], ...] = ()


class FileEnded(_Event, frozen=True, kw_only=True, tag="file"):
    """How the file number *index* ended."""

    index: int
    state: FileState
    bytes: int = 0
    findings: tuple[FindingRow, ...] = ()


class Found(_Event, frozen=True, kw_only=True, tag="found"):
    """Something was found that concerns the whole run."""

    finding: FindingRow


class Left(_Event, frozen=True, kw_only=True, tag="left"):
    """The runner was told to end, by somebody who did not cancel the job: it goes on from here later."""

    at: str


class Ended(_Event, frozen=True, kw_only=True, tag="ended"):
    """The job is over; the figures are repeated, so that the last line tells all that a list shows."""

    at: str
    state: str
    problem: str = ""
    began: str = ""
    frames: int = 0
    frames_total: int = 0
    finished: int = 0
    failed: int = 0
    blocked: int = 0
    said: str = ""


Event = Started | Moved | FileEnded | Found | Left | Ended


def now() -> str:
    """The moment, as journals write it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class Writer:
    """Writes the lines of the file at *path*. When the disk is full, the file *reserve* is given up for them."""

    def __init__(self, path: Path, reserve: Path) -> None:
        self._path, self._reserve = path, reserve
        self._torn = _is_torn(path)

    def add(self, lines: Iterable[Any], *, settled: bool = False) -> None:
        """Append *lines*; *settled* ones are on the disk when this comes back. Raises EditorError."""
        text = b"".join(schema.to_json(each, indent=0) for each in lines)
        if not text:
            return
        try:
            self._append(text, settled=settled)
        except OSError as error:
            if error.errno != errno.ENOSPC or not self._reserve.exists():
                raise files.cannot_write(self._path, error) from error
            self._reserve.unlink(missing_ok=True)
            try:
                self._append(text, settled=settled)
            except OSError as again:
                raise files.cannot_write(self._path, again) from again

    def _append(self, text: bytes, *, settled: bool) -> None:
        with self._path.open("ab", buffering=0) as file:
            begin = file.seek(0, os.SEEK_END)
            try:
                whole = (b"\n" if self._torn else b"") + text
                written = file.write(whole)
                if written != len(whole):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                if settled:
                    os.fsync(file.fileno())
            except OSError:
                os.truncate(file.fileno(), begin)
                raise
        self._torn = False


def _is_torn(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - 1))
            return bool(size) and file.read(1) != b"\n"
    except FileNotFoundError:
        return False


class Tail:
    """Reads the journal at *path* as it grows."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._at = 0

    def read(self) -> Iterator[tuple[int, Event]]:
        """(where its line begins, event) of each complete line that came since the last time."""
        try:
            file = self._path.open("rb")
        except FileNotFoundError:
            return
        with file:
            file.seek(self._at)
            rest = b""
            while chunk := file.read(_CHUNK):
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    begin, self._at = self._at, self._at + len(line) + 1
                    event = event_in(line)
                    if event is not None:
                        yield begin, event


def event_in(line: bytes) -> Event | None:
    """The event in *line*; None for one that is torn."""
    try:
        event: Event = msgspec.json.decode(line, type=Event)
    except msgspec.MsgspecError:
        return None
    return event


def event_at(path: Path, begin: int) -> Event | None:
    """The event in the line that begins at *begin*. Raises InputError when the journal is not there any more."""
    try:
        with path.open("rb") as file:
            file.seek(begin)
            return event_in(file.readline())
    except OSError as error:
        raise _unread(path, error) from None


def last_event(path: Path) -> Event | None:
    """The event in the last complete line of the journal at *path*; None when there is none."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _END))
            lines = file.read().split(b"\n")[:-1]
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unread(path, error) from None
    return next((event for event in map(event_in, reversed(lines)) if event is not None), None)


def _unread(path: Path, error: OSError) -> InputError:
    return InputError(f"The journal cannot be read ({error.strerror}).", where=str(path))


def deaths(path: Path) -> int:
    """How many runners in a row died without having got anything done, as the journal at *path* tells.

    One that rendered a frame or finished a file and one that was told to leave do not count.
    """
    count = begun = 0
    for _, event in Tail(path).read():
        if isinstance(event, Started):
            count, begun = count + begun, 1
        elif isinstance(event, FileEnded | Left | Ended) or (isinstance(event, Moved) and event.frames):
            count = begun = 0
    return count + begun
