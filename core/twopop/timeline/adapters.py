"""Calling OpenTimelineIO's adapters on files that nobody vouches for.

An adapter is other people's code meeting other people's files: it may raise anything, print, warn, or turn in circles.
It runs in a thread of its own with a time limit, and whatever it raises becomes an InputError in words.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import logging
import re
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from twopop.errors import InputError

T = TypeVar("T")

#: Seconds that an adapter may take. The largest real cut at hand takes less than one.
PATIENCE = 120.0
#: Bytes of a cut beyond which it is no cut.
LARGEST = 512 * 1024 * 1024


class _OutOfTimeError(BaseException):
    """Raised inside an adapter that has used up its time."""


def contents(path: Path) -> bytes:
    """The bytes of the cut at *path*. Raises InputError when it cannot be read, is empty or far too large."""
    try:
        if path.is_dir():
            raise InputError("This is a folder, not a file.", where=str(path))
        if path.stat().st_size > LARGEST:
            raise InputError("The file is too large to be a cut.", where=str(path))
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError("There is no such file.", where=str(path), remedy="Check the path.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"The file cannot be read ({reason}).", where=str(path)) from None
    if not data.strip():
        raise InputError("The file is empty.", where=str(path), remedy="Export the timeline again.")
    return data


def called(what: str, path: Path, call: Callable[[], T], *, patience: float = PATIENCE) -> T:
    """The result of *call*, which reads *path* as *what* (``"an AAF"``). Raises InputError, and nothing else."""
    outcome: dict[str, Any] = {}

    def work() -> None:
        try:
            outcome["value"] = call()
        except BaseException as error:  # an adapter may even try to end the program
            outcome["error"] = error

    worker = threading.Thread(target=work, name=f"reading {path.name}", daemon=True)
    with _hushed():
        worker.start()
        worker.join(patience)
    if worker.is_alive():
        _stop(worker)
        raise InputError(f"Reading it as {what} does not come to an end; it is damaged.", where=str(path))
    error = outcome.get("error")
    if isinstance(error, InputError):
        raise InputError(error.what, where=error.where or str(path), remedy=error.remedy) from None
    if error is not None:
        raise InputError(
            f"It cannot be read as {what}: {_reason(error)}.", where=str(path), remedy="Export the timeline again."
        ) from None
    made: T = outcome["value"]
    return made


def _stop(worker: threading.Thread) -> None:
    if worker.ident is not None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(worker.ident), ctypes.py_object(_OutOfTimeError))


@contextlib.contextmanager
def _hushed() -> Any:
    """Swallow what adapters print, warn and log."""
    quiet = io.StringIO()
    level = logging.root.manager.disable
    with warnings.catch_warnings(), contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
        warnings.simplefilter("ignore")
        logging.disable(logging.CRITICAL)
        try:
            yield
        finally:
            logging.disable(level)


def _reason(error: BaseException) -> str:
    """The adapter's reason in a few plain words: no code, no addresses, one line."""
    if isinstance(error, RecursionError):
        return "it is nested far too deeply"
    if isinstance(error, MemoryError):
        return "it asks for more memory than there is"
    text = " ".join(str(error).split())
    text = re.sub(r"<[^<>]* at 0x[0-9a-f]+>|<Element [^<>]*>", "an element", text).rstrip(".")
    plain = {"AttributeError": "something that it needs is missing", "TypeError": "something in it has the wrong form"}
    kind = type(error).__name__
    if kind in plain or (kind in ("KeyError", "IndexError") and text):
        return f"{plain.get(kind, 'something that it needs is missing')} ({text[:160]})"
    return text[:240] or f"its reader stopped ({kind})"


def text_of(data: bytes) -> str:
    """The text in *data*: by its byte-order mark, else UTF-8, else Windows' Western letters; never an error."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
