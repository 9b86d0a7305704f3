"""What a cut should show, worked out from the OpenTimelineIO objects alone.

This knows nothing of twopop: a second, slow reading of the same timeline, one frame at a time, in Fractions. The rules:

* a clip that begins at source time s shows time ``s + v x`` at x seconds from its start, at speed v;
* one that plays backwards is the mirror of itself: its first frame is the last of the same stretch forwards;
* the frame of a source seen at time t is the last one whose time has come;
* in frame k of a dissolve of n frames the incoming picture weighs ``(k + 1/2) / n``;
* the uppermost track that shows something is seen; where there is none, it is black.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple


class Look(NamedTuple):
    """One picture in a frame: how much it *weighs*, the file's name ("" is black), and the *time* in that file."""

    weight: Fraction
    file: str
    time: Fraction


def exact(rate: float) -> Fraction:
    """The ratio that a float rate means; all rates of these tests are n or n * 1000 / 1001."""
    return next(ratio for ratio in (Fraction(round(rate)), Fraction(round(rate * 1.001) * 1000, 1001))
                if abs(float(ratio) - rate) < 1e-6)  # fmt: skip


def seconds(time: Any) -> Fraction:
    return Fraction(time.value) / exact(time.rate)


def length(item: Any) -> Fraction:
    kind = item.schema_name()
    if kind == "Transition":
        return Fraction(0)
    if item.source_range is not None:
        return seconds(item.source_range.duration)
    lengths = [length(child) for child in item]
    return sum(lengths, Fraction(0)) if kind == "Track" else max(lengths)


def frames_of(timeline: Any, rate: Fraction) -> list[tuple[Look, ...]]:
    """What each frame of *timeline* shows: one look, or two in a dissolve, the outgoing one first."""
    tracks = [each for each in timeline.tracks if each.kind == "Video"]
    count = max(length(each) for each in tracks) * rate
    assert count.denominator == 1
    shown = []
    for number in range(int(count)):
        looks = _of_stack(tracks, number / rate, rate) or [Look(Fraction(1), "", Fraction(0))]
        shown.append(tuple(looks))
    return shown


def _of_stack(layers: Sequence[Any], at: Fraction, rate: Fraction) -> list[Look] | None:
    for layer in reversed(layers):
        if layer.enabled and 0 <= at < length(layer):
            looks = _of_track(layer, at, rate) if layer.schema_name() == "Track" else _of_item(layer, at, rate)
            if looks:
                return looks
    return None


def _of_track(track: Any, at: Fraction, rate: Fraction) -> list[Look] | None:
    items = list(track)
    place = Fraction(0)
    cells = []
    for index, item in enumerate(items):
        if item.schema_name() == "Transition":
            low, high = place - seconds(item.in_offset), place + seconds(item.out_offset)
            if low <= at < high:
                before, after = items[index - 1], items[index + 1]
                share = ((at - low) * rate + Fraction(1, 2)) / ((high - low) * rate)
                going = _of_item(before, at - place + length(before), rate)
                return [*_weighed(going, 1 - share), *_weighed(_of_item(after, at - place, rate), share)]
        else:
            cells.append((place, item))
            place += length(item)
    begun, item = max((cell for cell in cells if cell[0] <= at), key=lambda cell: cell[0])
    return _of_item(item, at - begun, rate)


def _weighed(looks: list[Look] | None, share: Fraction) -> list[Look]:
    return [look._replace(weight=look.weight * share) for look in looks or [Look(Fraction(1), "", Fraction(0))]]


def _of_item(item: Any, at: Fraction, rate: Fraction) -> list[Look] | None:
    """What *item* shows *at* seconds from its start; before it and behind it too, in its handles."""
    kind = item.schema_name()
    if kind == "Gap" or not item.enabled:
        return None
    speed = Fraction(1)
    for effect in item.effects:
        speed *= Fraction(0) if effect.schema_name() == "FreezeFrame" else Fraction(str(effect.time_scalar))
    if speed < 0:
        at, speed = length(item) - 1 / rate - at, -speed
    own = seconds(item.source_range.start_time) + speed * at
    if kind == "Stack":
        return _of_stack(list(item), own, rate)
    if kind == "Track":
        return _of_track(item, own, rate)
    available = item.media_reference.available_range
    begin = seconds(available.start_time) if available else Fraction(0)
    return [Look(Fraction(1), Path(item.media_reference.target_url).name, own - begin)]


def frame_at(moment: Fraction, times: Sequence[Fraction]) -> int:
    """The number of the frame seen at *moment* in a source whose frames are shown at *times*."""
    number = bisect_right(times, moment) - 1
    assert 0 <= number < len(times), "the cut asks for a frame that is not there"
    return number


def timecode(frame: int, nominal: int, *, drop: bool = False) -> str:
    """*frame* from midnight as timecode, by counting: drop-frame has no labels 00 and 01 in nine minutes of ten."""
    if drop:
        tens, rest = divmod(frame, 17982)
        frame += 18 * tens + (0 if rest < 1800 else 2 * ((rest - 1800) // 1798 + 1))
    whole, part = divmod(frame, nominal)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{';' if drop else ':'}{part:02}"
