"""Which frame rate an EDL was written for: it never says, but its figures betray it."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable

from twopop.errors import InputError
from twopop.time import Rate, frame_of
from twopop.timeline.edl_lines import Sheet, motion

#: In the order of preference among those that fit equally well.
_CANDIDATES = (Rate(24), Rate(25), Rate(30), Rate(48), Rate(50), Rate(60))


def guessed_rate(sheet: Sheet) -> tuple[Rate, str]:
    """The likeliest rate of *sheet* and why, in words.

    The largest frame number rules out the slower rates; of the others the slowest is taken at which the source and
    record lengths of most plain cuts agree. Drop-frame lists are 30000/1001 or its double.
    """
    largest = max((int(re.split(r"[:;.,]", text)[-1]) for text in sheet.timecodes()), default=0)
    if sheet.drop or any(line.drop for line in sheet.lines) or any(";" in text for text in sheet.timecodes()):
        rate = Rate(30000, 1001) if largest < 30 else Rate(60000, 1001)
        return rate, "its timecode drops frames"
    fitting = [rate for rate in _CANDIDATES if rate > largest]
    if not fitting:
        return _CANDIDATES[-1], f"its largest frame number is {largest}, which no usual rate has"
    best = min(fitting, key=lambda rate: _odd_ones(sheet, rate))
    if best == fitting[0]:
        return best, f"its largest frame number is {largest}"
    return best, "its source and record lengths agree at that rate"


def _odd_ones(sheet: Sheet, rate: Rate) -> int:
    """How many plain cuts of *sheet* have unequal source and record lengths at *rate*."""
    return sum(not _agree(line.times, rate) for line in sheet.lines if not any(map(motion, line.comments)))


def _agree(times: Iterable[str], rate: Rate) -> bool:
    with contextlib.suppress(InputError):
        one, two, three, four = (count(text, rate, drop=False)[0] for text in times)
        return two - one == four - three
    return False


def count(text: str, rate: Rate, *, drop: bool) -> tuple[int, bool]:
    """The frame that a timecode (or plain frame number) of an EDL names, and whether it is an honest label.

    With *drop* all labels are drop-frame ones, whatever their marks; a label that drop-frame skips counts as the next
    one. Raises InputError for what is no timecode at *rate*.
    """
    if text.isdigit():
        return int(text[:12]), True
    parts = re.split(r"[:;.,]", text)
    if len(parts) != 4:
        raise InputError(f"{text!r} is no timecode.")
    hours, minutes, seconds, frames = (part.zfill(2) for part in parts)
    dropping = rate.may_drop and (drop or ";" in text)
    label = f"{hours}:{minutes}:{seconds}{';' if dropping else ':'}{frames}"
    try:
        return frame_of(label, rate), True
    except InputError:
        if not dropping:
            raise
        skipped = 2 * rate.nominal // 30
        return frame_of(f"{hours}:{minutes}:{seconds};{skipped:02}", rate), False
