"""Which frame rate an EDL was written for: it never says, but its figures betray it."""

from __future__ import annotations

import re

from twopop.time import Rate
from twopop.timeline.edl_lines import Line, Sheet, motion

#: In the order of preference among those that fit equally well.
_CANDIDATES = (Rate(24), Rate(25), Rate(30), Rate(48), Rate(50), Rate(60))


def guessed_rate(sheet: Sheet) -> tuple[Rate, str]:
    """The likeliest rate of *sheet* and why, in words.

    That at which the lengths of most of its events agree; of equals, or where they agree at none, the slowest that has
    its largest frame number on the record side. Drop-frame lists are 30000/1001 or its double.
    """
    largest = max((int(re.split(r"[:;.,]", text)[-1]) for text in sheet.record_timecodes()), default=0)
    if sheet.drop or any(line.drop for line in sheet.lines) or any(";" in text for text in sheet.timecodes()):
        rate = Rate(30000, 1001) if largest < 30 else Rate(60000, 1001)
        return rate, "its timecode drops frames"
    odd = {rate: _oddity(sheet, rate) for rate in _CANDIDATES}
    holding = next((rate for rate in _CANDIDATES if rate > largest), _CANDIDATES[-1])
    best = min(_CANDIDATES, key=lambda rate: (odd[rate], rate <= largest, rate))
    if best == holding or odd[best] > len(sheet.lines):
        return holding, f"its largest frame number is {largest}"
    return best, "the lengths of its events agree at that rate"


def _oddity(sheet: Sheet, rate: Rate) -> int:
    """How badly the lengths in *sheet* fit each other at *rate*: two for each event that does not fit at all."""
    return sum(_misfit(line, rate) for line in sheet.lines)


def _misfit(line: Line, rate: Rate) -> int:
    """0 when the source length of *line* is its record length times its speed; 2 when it cannot be.

    1 stands for those lists that write a source out as if the speed were normal.
    """
    times = [count(text, rate, drop=False) for text in line.times]
    (one, _), (two, _), (three, _), (four, _) = times
    source, record = two - one, four - three
    if line.length > record or not all(honest for _, honest in times):
        return 2
    speeds = [float(found.speed) for found in map(motion, line.shared) if found and found.reel == line.reel]
    # M2 speeds have one decimal, which over the length of the event is so many frames
    if speeds and abs(source - record * abs(speeds[0]) / rate.nominal) <= 1 + record * 0.05 / rate.nominal:
        return 0
    return (1 if speeds else 0) if source == record else 2


def count(text: str, rate: Rate, *, drop: bool) -> tuple[int, bool]:
    """The frame that a timecode (or plain frame number) of an EDL names, and whether it is an honest label at *rate*.

    With *drop* all labels are drop-frame ones, whatever their marks. A label that drop-frame skips counts as the next
    one; frames beyond the rate run on into the next second.
    """
    if text.isdigit():
        return int(text[:12]), True
    hours, minutes, seconds, frames = (int(part) for part in re.split(r"[:;.,]", text))
    base, dropping = rate.nominal, rate.may_drop and (drop or ";" in text)
    whole = hours * 60 + minutes
    total = (whole * 60 + seconds) * base + frames
    honest = minutes < 60 and seconds < 60 and frames < base
    if not dropping:
        return total, honest
    skipped = 2 * base // 30
    if minutes % 10 and seconds == 0 and frames < skipped:
        total, honest = total - frames + skipped, False
    return total - skipped * (whole - whole // 10), honest
