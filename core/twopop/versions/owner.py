"""Who holds a reservation: the person, the machine and the process; and whether that process is gone."""

from __future__ import annotations

import getpass
import hashlib
import os
import platform
import sys
from functools import cache
from pathlib import Path

import msgspec


class Owner(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody's run: *who* in words for people, *host* in words that tell machines apart, and the *process* there."""

    who: str
    host: str
    process: int


def this_process() -> Owner:
    """The owner that this process is."""
    return Owner(who=_who(), host=_host(), process=os.getpid())


def is_gone(host: str, process: int) -> bool:
    """Whether that process is known to be no more. Of other machines nothing is known: their lease has to run out."""
    if host != _host() or process <= 0 or sys.platform == "win32":  # there a signal 0 is no question
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


@cache
def _who() -> str:
    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):  # a user id without a name, as containers have
        user = "somebody"
    return f"{user}@{platform.node() or 'here'}"


@cache
def _host() -> str:
    """The machine's name and a mark of this boot and this space of process ids, since containers share names."""
    marks: list[str] = []
    for mark in ("/proc/sys/kernel/random/boot_id", "/etc/machine-id", "/proc/self/ns/pid"):
        path = Path(mark)
        try:
            marks.append(str(path.readlink()) if path.is_symlink() else path.read_text())
        except OSError:
            marks.append("")
    told = hashlib.blake2b("\n".join(marks).encode(), digest_size=6).hexdigest()
    return f"{platform.node()}#{told}"
