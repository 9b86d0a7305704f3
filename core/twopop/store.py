"""The store: rendered segments and mixes under the hash of what they were made from.

An entry is a file and, beside it, a record with its size, its hash and what was measured on it. The record is written
last, so an entry without one does not exist. Entries are never changed, and any number of processes may share a store:
two that make the same entry write the same bytes, and the last rename wins.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from twopop import files, schema
from twopop.errors import InputError

SCHEMA = "twopop.entry/1"


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
        record = self._record(kind, key)
        try:
            entry = schema.from_json(record.read_bytes(), Entry, where=str(record))
            whole = (record.parent / entry.file).stat().st_size == entry.bytes
        except (OSError, InputError):
            return None
        return entry if whole and entry.schema == SCHEMA else None

    def has(self, kind: str, key: str) -> bool:
        """Whether the entry is there (by its record and size; ``intact`` reads it)."""
        return self.entry(kind, key) is not None

    def path(self, kind: str, key: str) -> Path:
        """Where the entry's file lies; raises KeyError when there is none."""
        entry = self.entry(kind, key)
        if entry is None:
            raise KeyError(key)
        return self._record(kind, key).parent / entry.file

    def recorded(self, kind: str, key: str) -> bool:
        """Whether there is a record of the entry, be the entry whole or not; only damage parts the two."""
        return self._record(kind, key).exists()

    def intact(self, kind: str, key: str) -> bool:
        """Whether the entry's bytes are those that were put in; a damaged entry is removed."""
        entry = self.entry(kind, key)
        try:
            sound = entry is not None and files.sha256(self._record(kind, key).parent / entry.file) == entry.sha256
        except OSError:
            sound = False
        if not sound:
            self._record(kind, key).unlink(missing_ok=True)
        return sound

    @contextlib.contextmanager
    def making(self, kind: str, key: str, suffix: str) -> Iterator[tuple[Path, dict[str, Any]]]:
        """Give a scratch file to fill and a dictionary for what is measured; keep both when the block ends well.

        Nothing is kept when the block raises. Raises EditorError when the disk is full or not writable.
        """
        record = self._record(kind, key)
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

    def _record(self, kind: str, key: str) -> Path:
        return self.folder / kind / key[:2] / f"{key}.json"
