"""What was changed in hosts, written down before and after, and taken back.

Before each change its intention is on the disk, after it the host's own note for the undo. So a host that dies after it
did something and before it said so leaves a line that says where to look, and not nothing.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path

import msgspec

from twopop import files
from twopop.errors import TwopopError
from twopop.hosts.model import Edit
from twopop.service.hosts import HostLink
from twopop.service.journal import Writer, now
from twopop.service.rpc import LostError, TooLongError
from twopop.service.values import EditRow

#: What is said of a change of which the host did not say that it was done.
OPEN = "may have been done: look"

Change = Callable[[], Awaitable[Edit]]

#: Of one book one change is made or taken back at a time.
_turns: defaultdict[Path, asyncio.Lock] = defaultdict(asyncio.Lock)


class _Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="line"):
    id: str
    at: str = ""


class Meant(_Line, frozen=True, kw_only=True, tag="meant"):
    """*what* is about to be changed in *host*, and *place* where."""

    host: str
    what: str
    place: str = ""


class Did(_Line, frozen=True, kw_only=True, tag="did"):
    """It was done: the host's *edit*."""

    edit: Edit


class Refused(_Line, frozen=True, kw_only=True, tag="refused"):
    """The host did not do it, and said *why*."""

    why: str


class Undone(_Line, frozen=True, kw_only=True, tag="undone"):
    """It was taken back."""


class NotUndone(_Line, frozen=True, kw_only=True, tag="not-undone"):
    """It could not be taken back, and *why*."""

    why: str


class Settled(_Line, frozen=True, kw_only=True, tag="settled"):
    """A wish of the job (*id*: ``bring_in``, ``markers``) was looked at; *why* it failed, or ""."""

    why: str = ""


Line = Meant | Did | Refused | Undone | NotUndone | Settled


class Entry(msgspec.Struct, kw_only=True):
    """One change: what was *meant*, the host's *edit* once it was done, and what came of taking it back."""

    meant: Meant
    edit: Edit | None = None
    refused: bool = False
    undone: bool = False
    problem: str = ""

    def row(self, job: str) -> EditRow:
        """The change as a panel shows it."""
        what = self.edit.what if self.edit else f"{self.meant.what} ({OPEN})"
        place = (self.edit.place if self.edit else "") or self.meant.place
        return EditRow(
            id=self.meant.id, host=self.meant.host, what=what, place=place, undone=self.undone, job=job,
            problem=self.problem,
        )  # fmt: skip


class EditBook:
    """The changes of one job or plan, in the file at *path*."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._entries: dict[str, Entry] = {}
        self.settled: dict[str, str] = {}
        self._stamp: tuple[int, int] | None = None

    def write(self, line: Line) -> None:
        """Write *line* down; it is on the disk when this comes back. Raises EditorError."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise files.cannot_write(self.path, error) from error
        Writer(self.path, self.path.with_name("reserve")).add((line,), settled=True)

    def entries(self) -> list[Entry]:
        """All changes, oldest first, but those that the host refused."""
        self._read()
        return [entry for entry in self._entries.values() if not entry.refused]

    def rows(self, job: str = "") -> tuple[EditRow, ...]:
        """The same as rows."""
        return tuple(entry.row(job) for entry in self.entries())

    def _read(self) -> None:
        try:
            facts = self.path.stat()
            stamp = (facts.st_size, facts.st_mtime_ns)
            if stamp == self._stamp:
                return
            lines = self.path.read_bytes().splitlines()
        except OSError:
            return
        self._entries, self._stamp = {}, stamp
        for text in lines:
            try:
                self._take(msgspec.json.decode(text, type=Line))
            except msgspec.MsgspecError:
                continue  # torn

    def _take(self, line: Line) -> None:
        if isinstance(line, Meant):
            self._entries[line.id] = Entry(meant=line)
        elif isinstance(line, Settled):
            self.settled[line.id] = line.why
        elif line.id in self._entries:
            entry = self._entries[line.id]
            if isinstance(line, Did):
                entry.edit = line.edit
            elif isinstance(line, Refused):
                entry.refused = True
            elif isinstance(line, Undone):
                entry.undone, entry.problem = True, ""
            else:
                entry.problem = line.why


async def do(book: EditBook, link: HostLink, what: str, place: str, change: Change) -> EditRow:
    """Have *change* done in the host, and write it down. Raises what the host raises.

    When the host went away or gave no answer it is not known whether it was done; the book says so.
    """
    async with _turns[book.path]:
        return await _done(book, link, what, place, change)


async def _done(book: EditBook, link: HostLink, what: str, place: str, change: Change) -> EditRow:
    meant = Meant(id=secrets.token_hex(8), at=now(), host=link.name, what=what, place=place)
    await asyncio.to_thread(book.write, meant)
    try:
        edit = await change()
    except (LostError, TooLongError) as error:
        remedy = f"Whether it was done is not known ({what}): look in {link.title}. {error.remedy}".strip()
        raise type(error)(error.what, where=error.where, remedy=remedy, report=error.report) from error
    except TwopopError as error:
        await asyncio.to_thread(book.write, Refused(id=meant.id, at=now(), why=str(error)))
        raise
    await asyncio.to_thread(book.write, Did(id=meant.id, at=now(), edit=edit))
    return Entry(meant=meant, edit=edit).row("")


async def undo(book: EditBook, wanted: Collection[str], link_of: Callable[[str], Awaitable[HostLink]]) -> list[EditRow]:
    """Take back the changes *wanted* by id, or all of them, newest first; each says what came of it.

    One that fails does not stop the others. A change that is being made is waited for.
    """
    async with _turns[book.path]:
        for entry in reversed(book.entries()):
            if entry.undone or (wanted and entry.meant.id not in wanted):
                continue
            await asyncio.to_thread(book.write, await _undone(entry, link_of))
    return [row for row in book.rows() if not wanted or row.id in wanted]


async def _undone(entry: Entry, link_of: Callable[[str], Awaitable[HostLink]]) -> Line:
    if entry.edit is None:
        why = "The host did not say that this was done, so it cannot be taken back from here. Look, and do it by hand."
        return NotUndone(id=entry.meant.id, at=now(), why=why)
    try:
        link = await link_of(entry.meant.host)
        await link.undo(entry.edit)
    except TwopopError as error:
        return NotUndone(id=entry.meant.id, at=now(), why=str(error))
    return Undone(id=entry.meant.id, at=now())
