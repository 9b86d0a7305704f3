"""The entries of the store: files under the hash of what they were made from.

An entry is a file and, beside it, a record with its size, its hash and what was measured on it. The record is written
last, so an entry without one does not exist. Entries are never changed. Any number of processes and machines may share
a store: who wants an entry that somebody makes waits for it, and two that make the same one write the same bytes.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import msgspec

from twopop import files, schema
from twopop.errors import InputError
from twopop.store.locks import locked

SCHEMA = "twopop.entry/1"

#: Whose turn it is to make an entry: ``ours``; nobody's, for it is ``there``; or that of another, who has it ``taken``.
Turn = Literal["ours", "there", "taken"]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What the store knows of one entry: its *file* name, *bytes*, *sha256*, and what its maker *measured* on it."""

    schema: str
    file: str
    bytes: int
    sha256: str
    measured: dict[str, Any] = {}


class Store:
    """A folder of entries by kind (``"segments"``, ``"sound"``) and key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def entry(self, kind: str, key: str) -> Entry | None:
        """The record of the entry, or None when there is none whose file is there at its full size."""
        return read_entry(self.record(kind, key))

    def has(self, kind: str, key: str) -> bool:
        """Whether the entry is there (by its record and size; ``intact`` reads it)."""
        return self.entry(kind, key) is not None

    def path(self, kind: str, key: str) -> Path:
        """Where the entry's file lies; raises KeyError when there is none."""
        entry = self.entry(kind, key)
        if entry is None:
            raise KeyError(key)
        return self.record(kind, key).parent / entry.file

    def recorded(self, kind: str, key: str) -> bool:
        """Whether there is a record of the entry, be the entry whole or not; only damage parts the two."""
        return self.record(kind, key).exists()

    def intact(self, kind: str, key: str, **measured: Any) -> bool:
        """Whether the entry's bytes are those that were put in, and its maker *measured* this on them (``frames=72``).

        A damaged entry is removed, unless somebody is making it again. An intact one counts as used now.
        """
        record = self.record(kind, key)
        if _is_sound(record, measured):
            with contextlib.suppress(OSError):
                os.utime(record)
            return True
        if record.exists():
            with locked(self._lock(kind, key), wait=False) as ours:
                if ours and not _is_sound(record, measured):
                    record.unlink(missing_ok=True)
        return False

    @contextlib.contextmanager
    def turn(self, kind: str, key: str, *, cancel: threading.Event | None = None, wait: bool = True) -> Iterator[Turn]:
        """Take one's turn at making the entry, and give whose it is; another's only without *wait*.

        Raises Cancelled when *cancel* is set while it waits, EditorError when the store cannot be written to.
        """
        with locked(self._lock(kind, key), cancel=cancel, wait=wait) as ours:
            if not ours:
                yield "taken"
            else:
                yield "there" if self.has(kind, key) else "ours"

    @contextlib.contextmanager
    def making(self, kind: str, key: str, suffix: str) -> Iterator[tuple[Path, dict[str, Any]]]:
        """Give a scratch file to fill and a dictionary for what is measured; keep both when the block ends well.

        Nothing is kept when the block raises. Raises EditorError when the disk is full or not writable.
        """
        record = self.record(kind, key)
        target = record.with_suffix(suffix)
        measured: dict[str, Any] = {}
        with files.written_whole(target) as scratch:
            yield scratch, measured
            entry = Entry(
                schema=SCHEMA,
                file=target.name,
                bytes=scratch.stat().st_size,
                sha256=files.sha256(scratch),
                measured=measured,
            )
        files.write_whole(record, schema.to_json(entry))

    def record(self, kind: str, key: str) -> Path:
        """Where the entry's record lies, if there is one."""
        return self.folder / kind / key[:2] / f"{key}.json"

    def _lock(self, kind: str, key: str) -> Path:
        return self.folder / "locks" / f"{kind}-{key}.lock"


def read_entry(record: Path) -> Entry | None:
    """The entry of *record*, or None when it cannot be read or its file is not there at its full size."""
    try:
        entry = schema.from_json(record.read_bytes(), Entry, where=str(record))
        whole = (record.parent / entry.file).stat().st_size == entry.bytes
    except (OSError, InputError):
        return None
    return entry if whole and entry.schema == SCHEMA else None


def is_intact(record: Path) -> bool:
    """Whether the file of *record* has the bytes that were put in."""
    return _is_sound(record, {})


def _is_sound(record: Path, measured: dict[str, Any]) -> bool:
    entry = read_entry(record)
    if entry is None or any(entry.measured.get(name) != value for name, value in measured.items()):
        return False
    try:
        return files.sha256(record.parent / entry.file) == entry.sha256
    except OSError:
        return False
