"""``python -m twopop.versions.upgrade FILE``: bring an older catalogue to the tables of this twopop."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from twopop.errors import TwopopError


def main(arguments: Sequence[str]) -> int:
    """Upgrade the one file named; the exit status."""
    from twopop.versions import database

    if len(arguments) != 1:
        sys.stderr.write("Name one catalogue file.\n")
        return 2
    try:
        before, now = database.upgrade(arguments[0])
    except TwopopError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_status
    sys.stdout.write(f"The catalogue had schema {before} and has schema {now} now.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
