"""The program melt: which version it is, and running it in a process of its own until it is done, stuck or stopped.

What melt gives back when it ends means nothing (missing media, an unknown codec and no output at all all end with 0),
so nobody here looks at it. It may also never end: then it is ended, and tried once more.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from functools import lru_cache
from threading import Event

from twopop import StudioError
from twopop.errors import Cancelled

#: Debian calls the program of version 7 melt-7 when an older one may stand beside it.
PROGRAMS = ("melt", "melt-7")
#: Seconds without a frame after which melt counts as stuck, and seconds to end in after its last frame.
PATIENCE, ENDING = 60.0, 20.0
_TRIES = 3
_PROGRESS = re.compile(r"Current Frame:\s*(-?\d+)")
#: What melt says when something of a project was not there to be loaded.
_FAILED = re.compile(r'failed to load (\w+) "?([^"\n]*)"?')
_UNKNOWN = re.compile(r"\[consumer avformat\][^\n]*(unrecognised|Unable|Failed|Invalid)[^\n]*", re.IGNORECASE)


def program() -> str | None:
    """Where melt is; None where it is not installed."""
    return next((path for path in map(shutil.which, PROGRAMS) if path), None)


@lru_cache(maxsize=4)
def version(path: str) -> str:
    """The version that the melt at *path* says; "" when it says none."""
    try:
        done = subprocess.run([path, "-version"], capture_output=True, timeout=20, check=False, env=_surroundings())
    except (OSError, subprocess.TimeoutExpired):
        return ""
    match = re.search(rb"melt (\d[\w.\-]*)", done.stdout + done.stderr)
    return match[1].decode() if match else ""


def run(arguments: Sequence[str], frames: int, *, progress: Callable[[int], None], cancel: Event) -> str:
    """Run melt with *arguments* until it has made *frames* frames; gives what it complained about, "" for nothing.

    *progress* hears how many are done. Raises Cancelled soon after *cancel* was set,
    StudioError when melt is not there or gets stuck again and again.
    """
    path = program()
    if path is None:
        raise StudioError("The program melt is not installed.", remedy="Install it (Debian: apt install melt).")
    for _ in range(_TRIES):
        ended, said = _once([path, *arguments], frames, progress, cancel)
        if ended:
            return _complaint(said)
    raise StudioError(
        f"melt got stuck {_TRIES} times and was ended.", remedy="Try again, with fewer effects if need be.", report=said
    )


def _once(command: Sequence[str], frames: int, progress: Callable[[int], None], cancel: Event) -> tuple[bool, str]:
    """Whether melt came to its end, and the last that it said."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=_surroundings(),
        start_new_session=True,
    )
    seen = _Seen(process)
    try:
        told = 0
        while process.poll() is None:
            if cancel.wait(0.05):
                raise Cancelled("The render was stopped.")
            if seen.done > told:
                told = min(seen.done, frames)
                progress(told)
            if time.monotonic() - seen.when > (ENDING if seen.done >= frames else PATIENCE):
                return False, seen.text
        seen.thread.join(5)
        return True, seen.text
    finally:
        _end(process)


class _Seen:
    """What melt says, read in a thread: how many frames are *done*, *when* that was last heard, and its last lines."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.done, self.when = 0, time.monotonic()
        self._lines: deque[str] = deque(maxlen=200)
        self._process = process
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    @property
    def text(self) -> str:
        """The last lines that were no progress."""
        return "\n".join(self._lines)

    def _read(self) -> None:
        stream = self._process.stderr
        if stream is None:
            return
        with contextlib.suppress(ValueError, OSError):
            for line in iter(lambda: stream.readline(4096), b""):
                for part in re.split(r"[\r\n]+", line.decode("utf-8", "replace")):
                    self._hear(part)

    def _hear(self, part: str) -> None:
        match = _PROGRESS.search(part)
        if match:
            done = int(match[1])
            if done > self.done:
                self.done, self.when = done, time.monotonic()
        elif part.strip():
            self._lines.append(part.strip()[:500])


def _end(process: subprocess.Popen[bytes]) -> None:
    """End melt and whatever it started."""
    if process.poll() is None:
        with contextlib.suppress(OSError):
            if os.name == "posix":
                os.killpg(process.pid, signal.SIGKILL)
            else:
                process.kill()
        process.wait(10)
    if process.stderr is not None:
        process.stderr.close()


def _complaint(said: str) -> str:
    """What of the words *said* by melt tells that something is missing in its render."""
    missing = [f"{kind} {name.strip() or 'without a name'}" for kind, name in _FAILED.findall(said)]
    refused = [match[0].strip() for match in _UNKNOWN.finditer(said)]
    found = [f"could not load: {', '.join(dict.fromkeys(missing))}"] if missing else []
    return "; ".join([*found, *dict.fromkeys(refused)])


def _surroundings() -> dict[str, str]:
    """The environment for melt: without a screen its Qt parts draw in memory; a studio's own defaults do not count."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MLT_PROFILE")}
    kept["LC_ALL"] = "C.UTF-8"
    if os.name == "posix" and not kept.get("DISPLAY") and not kept.get("WAYLAND_DISPLAY"):
        kept |= {"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}
    return kept
