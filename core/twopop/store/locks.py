"""Locks as files: one holder at a time where that can be had, and never one that waits for the dead.

A lock only saves work. Were two to hold it at once, after a holder was stopped for a minute and went on, both would
make the same bytes.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from twopop import files
from twopop.errors import Cancelled
from twopop.store.owners import PULSE, Owner, is_gone, myself, read_owner

#: Seconds without a touch after which the holder of a lock counts as dead; a network may keep quiet for some.
PATIENCE = 60.0

_PAUSE = 0.2


@contextlib.contextmanager
def locked(path: Path, *, cancel: threading.Event | None = None, wait: bool = True) -> Iterator[bool]:
    """Hold the lock file at *path* for the block, and give True; without *wait*, False when another holds it.

    A lock whose holder has ended, or has not touched it for ``PATIENCE`` seconds, is taken over. Raises Cancelled when
    *cancel* is set meanwhile, EditorError when the folder cannot be written to.
    """
    me = _held(path, cancel, wait)
    if me is None:
        yield False
        return
    PULSE.start(path)
    try:
        yield True
    finally:
        PULSE.stop(path)
        known = read_owner(path)
        if known and known[0] == me:
            with contextlib.suppress(OSError):  # whoever comes sees that we are gone
                path.unlink()


def _held(path: Path, cancel: threading.Event | None, wait: bool) -> Owner | None:
    me = myself()
    seen: tuple[Owner | None, int] | None = None
    since = time.monotonic()
    while True:
        if cancel is not None and cancel.is_set():
            raise Cancelled("Stopped.")
        if _made(path, me):
            return me
        known = read_owner(path)
        if known != seen:
            seen, since = known, time.monotonic()
        if known is None:
            time.sleep(0.01)  # it was let go this moment
        elif (known[0] and is_gone(known[0])) or time.monotonic() - since > PATIENCE:
            _take_away(path, known[0])
        elif not wait:
            return None
        else:
            time.sleep(_PAUSE)


def _made(path: Path, me: Owner) -> bool:
    """Make the lock file unless it is there."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise files.cannot_write(path, error) from error
    try:
        with path.open("xb") as file:
            file.write(msgspec.json.encode(me))
    except FileExistsError:
        return False
    except OSError as error:
        with contextlib.suppress(OSError):
            path.unlink()  # on a full disk the file can be made, but not written
        raise files.cannot_write(path, error) from error
    return True


def _take_away(path: Path, owner: Owner | None) -> None:
    """Take the lock of *owner*, who is dead, out of the way; one that somebody else has just made is put back."""
    aside = path.with_name(f"{path.name}.{secrets.token_hex(4)}.stale")
    try:
        path.rename(aside)  # of several who try, one succeeds
    except OSError:
        return
    known = read_owner(aside)
    if known and known[0] != owner:
        with contextlib.suppress(OSError):
            os.link(aside, path)
    aside.unlink(missing_ok=True)
