"""Leases: what running deliveries need, so that nobody clears it away under them."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from twopop import files
from twopop.store.locks import locked
from twopop.store.owners import PULSE, Owner, is_gone, myself

#: Seconds after which a lease that nobody touches is over, by the server's clock; machines may be an hour apart.
_OVER = 2 * 3600.0

_CLEARING = "clearing.lock"


class Lease(msgspec.Struct, frozen=True, kw_only=True):
    """What *owner* needs: entries as ``kind/key``."""

    owner: Owner
    entries: tuple[str, ...]


@contextlib.contextmanager
def leased(folder: Path, entries: Iterable[str], *, cancel: threading.Event | None = None) -> Iterator[None]:
    """Keep *entries* (``kind/key``) of the store in *folder* from being cleared away for the length of the block.

    Whoever clears takes a lock first and then reads the leases; we write ours first and then wait for that lock. So
    either our lease is seen, or the clearing is over. Raises EditorError when the folder cannot be written to,
    Cancelled when *cancel* is set while it waits.
    """
    wanted = tuple(sorted(entries))
    if not wanted:
        yield
        return
    me = myself()
    path = folder / "leases" / f"{me.token}.json"
    lease = Lease(owner=me, entries=wanted)
    files.write_whole(path, msgspec.json.encode(lease))
    PULSE.start(path)
    try:
        with locked(_clearing(folder), cancel=cancel):
            pass
        yield
    finally:
        PULSE.stop(path)
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def clearing(folder: Path) -> Iterator[set[str]]:
    """Be the only one to clear the store in *folder*, and give the entries that must stay: those of all leases."""
    with locked(_clearing(folder)):
        yield needed(folder)


def _clearing(folder: Path) -> Path:
    return folder / "locks" / _CLEARING


def needed(folder: Path) -> set[str]:
    """The entries of all living leases; dead leases are removed."""
    entries: set[str] = set()
    for path in (folder / "leases").glob("[!.]*.json"):
        try:
            lease = msgspec.json.decode(path.read_bytes(), type=Lease)
            quiet = time.time() - path.stat().st_mtime
        except (OSError, msgspec.MsgspecError):
            continue
        if is_gone(lease.owner) or quiet > _OVER:
            path.unlink(missing_ok=True)
        else:
            entries.update(lease.entries)
    return entries
