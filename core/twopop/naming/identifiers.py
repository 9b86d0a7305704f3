"""What identifiers in names say of the film they belong to."""

from __future__ import annotations

import re


def clock_seconds(clock: str) -> int:
    """The seconds that a UK clock number ends in: 30 for ``ABC/PRDA001/030``, 1800 for ``ABC/PRDA12/1800``."""
    match = re.search(r"/([0-9]{3,4})$", clock)
    if match is None:
        raise ValueError(f"{clock!r} is no clock number")
    return int(match[1])
