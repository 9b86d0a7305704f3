"""The command line: shows what the parts below say, and turns errors into words and an exit status.

Exit status: 0 done · 1 findings that stop a delivery · 2 wrong use or unreadable input · 3 a plugin or the machine
failed. A shell adds its own: 130 for a Ctrl-C before there was anything to finish, 141 when nobody reads the output.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command in *arguments* (default: the ones given to the program) and give its exit status."""
    from twopop.cli.app import app  # here, so that importing this package costs nothing

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a name that the terminal's encoding lacks is written out, not a traceback
            stream.reconfigure(errors="backslashreplace")
    try:
        app(args=None if arguments is None else list(arguments), prog_name="twopop")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0
