"""Looking after a store: what is in it, whether it is whole, and making room."""

from __future__ import annotations

import contextlib
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import msgspec

from twopop.errors import InputError
from twopop.store.entries import is_intact, read_entry
from twopop.store.leases import clearing
from twopop.store.leases import needed as needed_now
from twopop.store.locks import locked

#: An entry that was used this lately (seconds) stays: the delivery that uses it may lie on a machine whose lease is
#: not seen here yet.
JUST_USED = 60.0

#: What a killed run left behind is removed after this time (seconds).
_LEFT = 24 * 3600.0

_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
_UNITS |= {"ki": 2**10, "mi": 2**20, "gi": 2**30, "ti": 2**40}


class Info(msgspec.Struct, frozen=True, kw_only=True):
    """What a store holds: its *folder*, *entries* and *bytes*, both in all and by kind, and how many are *leased*."""

    folder: str
    entries: int
    bytes: int
    kinds: dict[str, tuple[int, int]]
    leased: int


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """What reading a store through has shown: the *entries* read and which of them (``kind/key``) are *damaged*."""

    entries: int
    bytes: int
    damaged: tuple[str, ...] = ()


class Cleared(msgspec.Struct, frozen=True, kw_only=True):
    """What clearing a store has removed (entries and bytes, leftovers of killed runs), and what it *kept*.

    *needed* is how many of the entries kept are needed by running deliveries or were used just now.
    """

    removed: int
    bytes: int
    leftovers: int
    kept: int
    kept_bytes: int
    needed: int


@dataclass(frozen=True)
class _Held:
    record: Path
    name: str
    bytes: int
    used: float


def info(folder: Path) -> Info:
    """What the store in *folder* holds."""
    held = list(_entries(folder))
    counts: Counter[str] = Counter()
    sizes: Counter[str] = Counter()
    for entry in held:
        kind = entry.name.partition("/")[0]
        counts[kind] += 1
        sizes[kind] += entry.bytes
    needed = needed_now(folder)
    leased = sum(entry.name in needed for entry in held)
    kinds = {kind: (counts[kind], sizes[kind]) for kind in sorted(counts)}
    return Info(folder=str(folder), entries=len(held), bytes=sizes.total(), kinds=kinds, leased=leased)


def verify(folder: Path, *, tell: Callable[[str], None] = lambda _: None) -> Verified:
    """Read every entry of the store in *folder* and hold it against its hash; damaged ones are removed.

    They are made again when they are needed. *tell* hears how far it is.
    """
    damaged, total, size = [], 0, 0
    for record in _records(folder):
        name = _name(record)
        total += 1
        tell(name)
        if is_intact(record):
            size += record.with_name(_file(record)).stat().st_size
            continue
        with locked(folder / "locks" / f"{name.replace('/', '-')}.lock", wait=False) as ours:
            if ours and record.exists() and not is_intact(record):
                damaged.append(name)
                record.unlink(missing_ok=True)
    return Verified(entries=total, bytes=size, damaged=tuple(sorted(damaged)))


def clear(folder: Path, most: int, *, just_used: float = JUST_USED) -> Cleared:
    """Remove entries of the store in *folder*, the longest unused first, until it holds no more than *most* bytes.

    What a running delivery needs stays, and so does what was used in the last *just_used* seconds. What killed runs
    left behind is removed when it is a day old. Raises EditorError when the store cannot be written to.
    """
    removed = freed = needed = 0
    with clearing(folder) as leased:
        held = sorted(_entries(folder), key=lambda entry: entry.used)
        total = sum(entry.bytes for entry in held)
        for entry in held:
            if entry.name in leased or time.time() - entry.used < just_used:
                needed += 1
            elif total > most and _removed(entry):
                total -= entry.bytes
                freed += entry.bytes
                removed += 1
        leftovers = sum(_swept(path) for path in _leftovers(folder))
    return Cleared(
        removed=removed, bytes=freed, leftovers=leftovers, kept=len(held) - removed, kept_bytes=total, needed=needed
    )


def size_in_bytes(said: str) -> int:
    """Bytes of ``"50GB"``, ``"1.5 TB"``, ``"200MiB"`` or ``"1000000"``; raises InputError."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kmgt]?i?)b?\s*", said.lower())
    if match is None or match[2] == "i":
        raise InputError(f"{said!r} is no size.", remedy="Write it like 50GB, 1.5TB or 200MiB.")
    return int(Fraction(match[1]) * _UNITS[match[2]])


# ----------------------------------------------------------------------------------------------------------------------


def _records(folder: Path) -> Iterator[Path]:
    for record in sorted(folder.glob("*/??/*.json")):
        if not record.name.startswith("."):
            yield record


def _entries(folder: Path) -> Iterator[_Held]:
    for record in _records(folder):
        entry = read_entry(record)
        with contextlib.suppress(OSError):
            used = record.stat().st_mtime
            yield _Held(record, _name(record), entry.bytes if entry else 0, used)


def _name(record: Path) -> str:
    return f"{record.parent.parent.name}/{record.stem}"


def _file(record: Path) -> str:
    entry = read_entry(record)
    return entry.file if entry else record.name


def _removed(entry: _Held) -> bool:
    """Remove *entry* unless it was used since it was looked at; the record goes first."""
    file = entry.record.with_name(_file(entry.record))
    try:
        if entry.record.stat().st_mtime != entry.used:
            return False
        entry.record.unlink()
        file.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def _leftovers(folder: Path) -> Iterator[Path]:
    """Files without a record: parts of entries that a killed run was writing, locks and leases set aside."""
    for path in folder.glob("*/??/*"):
        if path.name.startswith(".partial-") or (path.suffix != ".json" and not path.with_suffix(".json").exists()):
            yield path
    yield from folder.glob("locks/*.stale")
    yield from folder.glob("leases/.partial-*")


def _swept(path: Path) -> bool:
    try:
        if time.time() - path.stat().st_mtime < _LEFT:
            return False
        path.unlink()
    except OSError:
        return False
    return True
