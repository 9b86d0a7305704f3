"""The service's own state: a folder that belongs to the user alone, and files in it that nobody else can read."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path

import platformdirs

from twopop.errors import StudioError


def state_folder() -> Path:
    """TWOPOP_STATE, else the user's state folder; made if need be. Raises StudioError when it cannot be.

    On POSIX systems only its owner can look into it. On Windows it inherits the rights of the user's own profile,
    into which only the user and the machine's administrators can look: nothing further is checked there.
    """
    folder = Path(os.environ.get("TWOPOP_STATE") or platformdirs.user_state_dir("twopop"))
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StudioError(
            f"The service has no folder for its state ({error.strerror}).",
            where=str(folder),
            remedy="Name one that can be written in TWOPOP_STATE.",
        ) from error
    return folder


def write_private(path: Path, content: bytes) -> None:
    """Write *content* to *path*, all of it or nothing, readable for its owner alone. Raises StudioError."""
    scratch = ""
    try:
        handle, scratch = tempfile.mkstemp(prefix=".partial-", dir=path.parent)  # made with 0600
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(scratch).replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            Path(scratch).unlink()
        raise StudioError(f"The service cannot keep its state ({error.strerror}).", where=str(path)) from error


def read_private(path: Path) -> bytes | None:
    """What is in *path*, None when it is not there. Raises StudioError for a file that others can read or own."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StudioError(f"The service cannot read its state ({error.strerror}).", where=str(path)) from error
    with os.fdopen(handle, "rb") as file:
        facts = os.fstat(file.fileno())
        if os.name == "posix" and (stat.S_IMODE(facts.st_mode) & 0o077 or facts.st_uid != os.getuid()):
            raise StudioError(
                "Others on this machine can read this file, so it is not used.",
                where=str(path),
                remedy="Remove it and pair your panels anew (twopop pair --reset).",
            )
        return file.read(1 << 16)
