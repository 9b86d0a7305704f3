"""From an exception to words, a report to send, and an exit status. No traceback reaches a person."""

from __future__ import annotations

import contextlib
import errno
import os
import platform
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path

import twopop
from twopop.cli.layout import grid
from twopop.cli.screen import margin, words
from twopop.errors import InputError, StudioError, TwopopError

#: What a shell calls a program that Ctrl-C ended, and one whose reader went away (128 + the signal's number).
INTERRUPTED, NOBODY_READS = 130, 141


def guarded(work: Callable[[], int]) -> int:
    """Do *work* and give its exit status; whatever it raises is told in words. TWOPOP_DEBUG=1 lets it through."""
    try:
        status = work()
        sys.stdout.flush()
    except BrokenPipeError:
        _be_quiet()
        return NOBODY_READS
    except KeyboardInterrupt:
        margin().print(words("Stopped."))
        return INTERRUPTED
    except TwopopError as error:
        if _debugging():
            raise
        show(error)
        return error.exit_status
    except OSError as error:  # no fault of twopop's: the system's own word, wherever it was said
        if _debugging():
            raise
        refusal = _refused(error)
        show(refusal)
        return refusal.exit_status
    except Exception as error:  # a fault of twopop's own; an editor must not be shown its insides
        if _debugging():
            raise
        _show_fault(error)
        return StudioError.exit_status
    return status


def show(error: TwopopError) -> None:
    """Say on stderr what happened, where, and what to do."""
    report = _kept(error.report) if isinstance(error, StudioError) and error.report else ""
    _show(error.what, {"Where": error.where, "Do this": error.remedy, "Report": report})


def _refused(error: OSError) -> TwopopError:
    """The system's refusal in its own words: a name that it cannot take is wrong use, all else is the machine's."""
    what = f"The system refuses this ({error.strerror or error})."
    where = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else ""
    if error.errno in (errno.ENAMETOOLONG, errno.EINVAL, errno.ELOOP):
        return InputError(what, where=where, remedy="Check the path.")
    return StudioError(what, where=where, report="".join(traceback.format_exception(error)))


def _show_fault(error: Exception) -> None:
    trace = "".join(traceback.format_exception(error))
    _show(
        f"twopop has a fault of its own here ({type(error).__name__}: {error}).",
        {"Do this": "Report it, and send this file along.", "Report": _kept(trace)},
    )


def _show(what: str, details: dict[str, str]) -> None:
    console = margin()
    console.print(words("Error: ", "bold red") + words(what))
    made = grid(2)
    for name, text in details.items():
        if text:
            made.add_row(words(f"  {name}", "dim"), words(text))
    if made.row_count:
        console.print(made)


def _kept(text: str) -> str:
    """Where *text* was written, with what is needed to make sense of it; "" when that failed too."""
    head = f"twopop {twopop.__version__}, Python {platform.python_version()}, {platform.platform()}\n{sys.argv[1:]}\n\n"
    with contextlib.suppress(OSError):
        handle, name = tempfile.mkstemp(prefix="twopop-report-", suffix=".txt")
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(head + text)
        return str(Path(name))
    return ""


def _be_quiet() -> None:
    """Let the interpreter's last flush go nowhere, so that it does not complain."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _debugging() -> bool:
    return os.environ.get("TWOPOP_DEBUG", "") not in ("", "0")
