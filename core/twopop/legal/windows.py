"""Terms of licences as whole days: whether what is granted covers the days that are wanted."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

#: A first and a last day, both inclusive; None is without limit.
Window = tuple[datetime.date | None, datetime.date | None]

_DAY = datetime.timedelta(days=1)


def first_gap(granted: Iterable[Window], start: datetime.date, end: datetime.date) -> datetime.date | None:
    """The first day from *start* to *end* that none of the *granted* windows covers, or None when all are covered."""
    day = start
    for first, last in sorted(granted, key=lambda window: window[0] or datetime.date.min):
        if first is not None and first > day:
            return day
        if last is None:
            return None
        if last >= day:
            if last >= end:
                return None
            day = last + _DAY
    return day
