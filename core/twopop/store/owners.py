"""Who holds a lock or a lease: a process on a machine, and the pulse by which others see that it lives.

Everything here works on network file systems: files are made with O_EXCL, moved with rename, and a holder shows that it
lives by touching its file. Nobody compares clocks: who waits looks whether the time of the file goes on changing.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import threading
import time
from functools import cache
from pathlib import Path

import msgspec

#: Seconds between two touches of a held file.
BEAT = 5.0


class Owner(msgspec.Struct, frozen=True, kw_only=True):
    """A process: its *host* and what tells its process numbers from others' there (*space*), its *pid*, its *start*.

    *start* tells it from a later process of the same number ("" where the system does not say), *token* is of one use.
    """

    host: str
    space: str
    pid: int
    start: str
    token: str


def myself() -> Owner:
    """The owner that is this process, with a new token."""
    host, space = _here()
    pid = os.getpid()
    return Owner(host=host, space=space, pid=pid, start=_start(pid), token=secrets.token_hex(8))


def is_gone(owner: Owner) -> bool:
    """Whether *owner* is known to have ended: it ran where this process can look, and is not there any more."""
    if os.name != "posix" or (owner.host, owner.space) != _here():
        return False
    try:
        os.kill(owner.pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return bool(owner.start) and _start(owner.pid) not in ("", owner.start)


def read_owner(path: Path) -> tuple[Owner | None, int] | None:
    """Who holds the file at *path*, and its time in ns; None when there is no such file.

    The owner is None while the file is being written. Opening it first is what makes a network file system look at
    the server and not into its own memory.
    """
    try:
        with path.open("rb") as file:
            raw, changed = file.read(1 << 20), os.fstat(file.fileno()).st_mtime_ns
    except OSError:
        return None
    try:
        return msgspec.json.decode(raw, type=Owner), changed
    except msgspec.MsgspecError:
        return None, changed


@cache
def _here() -> tuple[str, str]:
    """The machine since its last start, and the space that process numbers count in (containers have their own)."""
    parts = []
    with contextlib.suppress(OSError):
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip())
    with contextlib.suppress(OSError):
        parts.append(os.readlink("/proc/self/ns/pid"))  # noqa: PTH115 (no path, a name)
    return socket.gethostname(), " ".join(parts)


def _start(pid: int) -> str:
    """When process *pid* started, in the system's own words; "" where it does not say or there is none.

    One that has ended and is only kept for its parent to ask after ("zombie") has another start than it had.
    """
    try:
        told = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        return "ended" if told[0] in "ZX" else told[19]
    except (OSError, IndexError):
        return ""


class Pulse:
    """Touches the files that this process holds, every ``BEAT`` seconds, in a thread of its own."""

    def __init__(self) -> None:
        self._held: set[Path] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def start(self, path: Path) -> None:
        """Begin to touch *path*."""
        with self._lock:
            self._held.add(path)
            if self._thread is None or not self._thread.is_alive():  # a forked child has none
                self._thread = threading.Thread(target=self._beat, name="pulse", daemon=True)
                self._thread.start()

    def stop(self, path: Path) -> None:
        """Touch *path* no more."""
        with self._lock:
            self._held.discard(path)

    def _beat(self) -> None:
        while True:
            time.sleep(BEAT)
            with self._lock:
                held = list(self._held)
            for path in held:
                with contextlib.suppress(OSError):
                    os.utime(path)


#: The pulse of this process.
PULSE = Pulse()
