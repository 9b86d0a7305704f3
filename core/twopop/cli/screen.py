"""Where words go: people's to the terminal, data to stdout, progress and errors to stderr.

Text out of files is never obeyed: rich markup is off, and what a terminal would act on is written out.
"""

from __future__ import annotations

import os
import sys
import unicodedata
from typing import NoReturn, TextIO

from rich.console import Console
from rich.text import Text

#: Control characters, unpaired surrogates, private characters, line separators; and the marks that turn text around.
_WRITTEN_OUT = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_JOINERS = "\u200c\u200d"

#: Where nobody set a width and no terminal has one, lines are not broken.
_ENDLESS = 1000


class _Screen(Console):
    def on_broken_pipe(self) -> NoReturn:
        """Leave it to the caller, who knows the exit status."""
        raise BrokenPipeError


def paper() -> Console:
    """The console for a command's answer: stdout."""
    return _console(sys.stdout)


def margin() -> Console:
    """The console for progress and errors: stderr."""
    return _console(sys.stderr)


def _console(file: TextIO) -> Console:
    unbounded = not file.isatty() and "COLUMNS" not in os.environ
    return _Screen(file=file, markup=False, emoji=False, highlight=False, width=_ENDLESS if unbounded else None)


def plain(text: object) -> str:
    r"""*text* on one line, with what a terminal would obey written out (``\x1b``, ``\n``, ``\u202e``)."""
    return "".join(_shown(letter) for letter in str(text))


def _shown(letter: str) -> str:
    if letter.isascii() and letter.isprintable():
        return letter
    if letter in _JOINERS or unicodedata.category(letter) not in _WRITTEN_OUT:
        return letter
    return letter.encode("unicode_escape").decode("ascii")


def words(text: object, style: str = "") -> Text:
    """*text* made safe and ready to print, in one *style*."""
    return Text(plain(text), style=style)


def write_json(content: bytes) -> None:
    """Write *content*, which is JSON, to stdout as it is."""
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
