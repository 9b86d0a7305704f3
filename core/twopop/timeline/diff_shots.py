"""Matching the shots of two cuts, and naming what happened to each."""

from __future__ import annotations

import bisect
import difflib
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from twopop.timeline.diff_words import frames_words
from twopop.timeline.program import Event, Kind, Program


@dataclass(frozen=True)
class _Pair:
    """A shot in the old and the new cut; None where it is not there. Numbers count shots from 1."""

    old: Event | None
    new: Event | None
    number: int


def compare_shots(old: Program, new: Program) -> tuple[list[dict[str, Any]], Callable[[int], int]]:
    """What happened to the picture, and a function from frames of the old cut to frames of the new.

    The changes are keyword arguments for Change.
    """
    pairs = _matched(old.picture, new.picture)
    moves = _moves(pairs, new)
    changes: list[dict[str, Any]] = []
    for index, pair in enumerate(pairs):
        changes += [moves[index]] if index in moves else []
        changes += _within(pair, new) if pair.old is not None and pair.new is not None else [_alone(pair, old, new)]
    return _taken_elsewhere(changes, pairs, old, new), _mapping(pairs)


def _moves(pairs: Sequence[_Pair], new: Program) -> dict[int, dict[str, Any]]:
    """Moves by the number of the pair they begin at: of one shot alone, or of everything from there on."""
    shifts = [
        (index, pair, pair.new.start - _head_moved(pair.old, pair.new, new) - pair.old.start)
        for index, pair in enumerate(pairs)
        if pair.old is not None and pair.new is not None
    ]
    told: dict[int, dict[str, Any]] = {}
    base = 0
    for here, (index, pair, shift) in enumerate(shifts):
        if shift == base or pair.new is None or pair.old is None:
            continue
        by = shift - base
        where = new.timecode(pair.new.start)
        alone = here + 1 < len(shifts) and shifts[here + 1][2] == base
        subject = _name(pair) if alone else f"everything after {where}"
        spans = {"old": (pair.old.start, pair.old.stop), "new": (pair.new.start, pair.new.stop)}
        told[index] = {"kind": "moved", "where": where, "what": f"{subject} moves {_by(by)}", **spans}
        base = base if alone else shift
    return told


def _by(frames: int) -> str:
    return f"{'later' if frames > 0 else 'earlier'} by {frames_words(frames)}"


def _taken_elsewhere(
    changes: list[dict[str, Any]], pairs: Sequence[_Pair], old: Program, new: Program
) -> list[dict[str, Any]]:
    """*changes* with a shot that was removed here and added there, unchanged, said as one move."""
    gone = {(pair.old.start, pair.old.stop): pair.old for pair in pairs if pair.old is not None and pair.new is None}
    come = {(pair.new.start, pair.new.stop): pair.new for pair in pairs if pair.new is not None and pair.old is None}
    for span, event in come.items():
        same = next((place for place, each in gone.items() if _key(each, whole=True) == _key(event, whole=True)), None)
        if same is None or event.kind is Kind.BLACK:
            continue
        del gone[same]
        changes = [each for each in changes if not (each["kind"] == "removed" and each.get("old") == same)]
        where = new.timecode(span[0])
        words = f"{event.name} moved from {old.timecode(same[0])} to {where}"
        moved = {"kind": "moved", "where": where, "what": words, "old": same, "new": span}
        changes = [moved if each["kind"] == "added" and each.get("new") == span else each for each in changes]
    return changes


def _matched(old: Sequence[Event], new: Sequence[Event]) -> list[_Pair]:
    """The shots of both cuts in the order of the new one: first by all they are, then by source, then by place."""
    exact = [_key(event, whole=True) for event in old], [_key(event, whole=True) for event in new]
    pairs: list[_Pair] = []
    for tag, low, high, first, last in difflib.SequenceMatcher(None, *exact, autojunk=False).get_opcodes():
        if tag == "equal":
            pairs += [_Pair(old[low + k], new[first + k], first + k + 1) for k in range(high - low)]
        else:
            pairs += _loosely(old[low:high], new[first:last], first)
    return pairs


def _loosely(old: Sequence[Event], new: Sequence[Event], offset: int) -> list[_Pair]:
    keys = [_key(event) for event in old], [_key(event) for event in new]
    pairs: list[_Pair] = []
    for tag, low, high, first, last in difflib.SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
        both = min(high - low, last - first) if tag in ("equal", "replace") else 0
        for k in range(max(high - low, last - first)):
            before = old[low + k] if low + k < high else None
            after = new[first + k] if first + k < last else None
            if before is not None and after is not None and k < both:
                pairs.append(_Pair(before, after, offset + first + k + 1))
            else:
                pairs += [_Pair(before, None, offset + first + 1)] if before is not None else []
                pairs += [_Pair(None, after, offset + first + k + 1)] if after is not None else []
    return pairs


def _key(event: Event, *, whole: bool = False) -> Hashable:
    source = (event.source.path or event.source.name) if event.source else event.colour
    same = (event.kind, source, event.name if not source else "")
    return (*same, event.source_in, event.speed, event.frames) if whole else same


def _name(pair: _Pair) -> str:
    event = pair.new or pair.old
    return f"shot {pair.number} ({event.name})" if event is not None else "shot"


def _alone(pair: _Pair, old: Program, new: Program) -> dict[str, Any]:
    if pair.new is not None:
        span = (pair.new.start, pair.new.stop)
        words = f"{_name(pair)} was added, {frames_words(pair.new.frames)}"
        return {"kind": "added", "where": new.timecode(span[0]), "what": words, "new": span}
    event = pair.old
    if event is None:
        raise ValueError("a pair of nothing")
    words = f"{event.name} was removed, {frames_words(event.frames)}"
    return {"kind": "removed", "where": old.timecode(event.start), "what": words, "old": (event.start, event.stop)}


def _within(pair: _Pair, new: Program) -> list[dict[str, Any]]:
    """What happened to a shot itself: another source, speed, head, tail or slip."""
    before, after = pair.old, pair.new
    if before is None or after is None:
        return []
    said: list[tuple[str, str]] = []
    if _key(before) != _key(after):
        said.append(("replaced", f"{_name(pair)} replaces {before.name}"))
    elif before.speed != after.speed:
        words = f"{_name(pair)} plays at {_percent(after.speed)} instead of {_percent(before.speed)}"
        said.append(("retimed", words))
    elif after.kind is Kind.MEDIA and before.source_in - after.source_in and before.frames == after.frames:
        frames = _source_frames(after.source_in - before.source_in, new)
        said.append(("slipped", f"{_name(pair)} slipped by {frames}"))
    else:
        said += [("trimmed", words) for words in _trims(pair, before, after, new)]
    if not said and (before.reframe != after.reframe or before.metadata != after.metadata):
        said.append(("replaced", f"{_name(pair)} has other crop wishes or notes for twopop"))
    spans = {"old": (before.start, before.stop), "new": (after.start, after.stop)}
    return [{"kind": kind, "where": new.timecode(after.start), "what": words, **spans} for kind, words in said]


def _trims(pair: _Pair, before: Event, after: Event, new: Program) -> list[str]:
    head = _head_moved(before, after, new)
    tail = after.frames - before.frames + head
    told = []
    for frames, end in ((-head, "head"), (tail, "tail")):
        if frames < 0:
            told.append(f"{_name(pair)} trimmed by {frames_words(frames)} at its {end}")
        elif frames > 0:
            told.append(f"{_name(pair)} extended by {frames_words(frames)} at its {end}")
    return told


def _head_moved(before: Event, after: Event, new: Program) -> int:
    """By how many program frames the head was trimmed (negative: extended), as its source in tells."""
    if after.kind is not Kind.MEDIA or before.speed != after.speed or not after.speed or _key(before) != _key(after):
        return 0
    if before.frames == after.frames:
        return 0
    return new.rate.nearest_frame((after.source_in - before.source_in) / after.speed)


def _source_frames(seconds: Fraction, new: Program) -> str:
    frames = new.rate.nearest_frame(abs(seconds))
    return f"{frames_words(frames)} {'later' if seconds > 0 else 'earlier'} in its source"


def _percent(speed: Fraction) -> str:
    return "a freeze" if speed == 0 else f"{float(speed * 100):.4g} %"


def _mapping(pairs: Sequence[_Pair]) -> Callable[[int], int]:
    """Old frames to new ones, by the shot that they lie in (or the last one before)."""
    known = sorted((pair.old.start, pair.new.start) for pair in pairs if pair.old is not None and pair.new is not None)
    starts = [start for start, _ in known]

    def moved(frame: int) -> int:
        index = bisect.bisect_right(starts, frame) - 1
        return frame + known[index][1] - known[index][0] if index >= 0 else frame

    return moved
