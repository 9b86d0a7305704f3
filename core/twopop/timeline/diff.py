"""What changed between two cuts, as an editor would say it."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Literal, TypeVar

import msgspec

from twopop.timeline.diff_shots import compare_shots
from twopop.timeline.diff_words import frames_words, span_words
from twopop.timeline.program import AudioTrack, Dissolve, Event, Kind, Marker, Program

T = TypeVar("T")

#: What a change is.
ChangeKind = Literal[
    "added",
    "removed",
    "moved",
    "trimmed",
    "slipped",
    "retimed",
    "replaced",
    "title changed",
    "dissolve changed",
    "marker added",
    "marker removed",
    "marker changed",
    "audio changed",
    "program changed",
]


class Change(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One difference between two cuts.

    *where* is its timecode in the new cut (in the old one for what is gone), *what* says it in words. *old* and *new*
    are the program frames ``[start, stop)`` it concerns in either cut; None where it concerns none.
    """

    kind: ChangeKind
    where: str
    what: str
    old: tuple[int, int] | None = None
    new: tuple[int, int] | None = None


def compare(old: Program, new: Program) -> tuple[Change, ...]:
    """All differences from *old* to *new*: the whole, the picture, titles, dissolves, sound, markers, in that order.

    Shots that only lie elsewhere because something before them got longer or shorter are one change, said once.
    """
    changes = [*_whole(old, new)]
    if old.rate == new.rate:
        shots, moved = compare_shots(old, new)
        changes += [Change(**shot) for shot in shots]
        changes += _titles(old, new, moved) + _dissolves(old, new, moved)
        changes += _sound(old, new) + _markers(old, new, moved)
    return tuple(changes)


def changed_spans(changes: Sequence[Change]) -> tuple[tuple[int, int], ...]:
    """The frames of the new cut that have to be rendered anew, joined and in order.

    A shot that only moved shows the same frames and needs none; neither does a marker, or sound.
    """
    seen = ("added", "trimmed", "slipped", "retimed", "replaced", "title changed", "dissolve changed")
    joined: list[tuple[int, int]] = []
    for start, stop in sorted(change.new for change in changes if change.new is not None and change.kind in seen):
        if stop <= start:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], stop))
        else:
            joined.append((start, stop))
    return tuple(joined)


def _whole(old: Program, new: Program) -> Iterator[Change]:
    start = new.timecode(0)
    spans = {"old": (0, old.frames), "new": (0, new.frames)}
    if old.rate != new.rate:
        words = f"the frame rate changed from {old.rate} to {new.rate}: the cuts cannot be compared shot by shot"
        yield Change(kind="replaced", where=start, what=words, **spans)
        return
    if old.frames != new.frames:
        more = "longer" if new.frames > old.frames else "shorter"
        words = f"the cut is {frames_words(abs(new.frames - old.frames))} {more}"
        yield Change(kind="program changed", where=start, what=words, **spans)
    if (old.start, old.drop) != (new.start, new.drop):
        words = f"the start timecode changed from {old.timecode(0)} to {start}"
        yield Change(kind="program changed", where=start, what=words, **spans)
    if old.size != new.size and old.size and new.size:
        words = f"the raster changed from {old.size[0]}x{old.size[1]} to {new.size[0]}x{new.size[1]}"
        yield Change(kind="replaced", where=start, what=words, **spans)


def _pairs(one: Sequence[T], other: Sequence[T], key: Callable[[T], object]) -> Iterator[tuple[T | None, T | None]]:
    """*one* and *other* matched in order by *key*; what has no partner comes alone, unlike neighbours as pairs."""
    matcher = difflib.SequenceMatcher(None, [key(each) for each in one], [key(each) for each in other], autojunk=False)
    for _, low, high, first, last in matcher.get_opcodes():
        for index in range(max(high - low, last - first)):
            yield (
                one[low + index] if low + index < high else None,
                other[first + index] if first + index < last else None,
            )


def _titles(old: Program, new: Program, moved: Callable[[int], int]) -> list[Change]:
    changes = []
    for before, after in _pairs(old.overlays, new.overlays, lambda event: (event.kind, event.text or event.name)):
        place = new.timecode(after.start) if after else old.timecode(before.start if before else 0)
        spans = {"old": _span(before), "new": _span(after)}
        if before is None and after is not None:
            words = f"title {_says(after)} added for {frames_words(after.frames)}"
        elif after is None and before is not None:
            spans["new"] = (moved(before.start), moved(before.stop))
            words = f"title {_says(before)} removed"
        elif before is not None and after is not None:
            words = _title_words(before, after, moved)
        else:
            continue
        if words:
            changes.append(Change(kind="title changed", where=place, what=words, **spans))
    return changes


def _title_words(before: Event, after: Event, moved: Callable[[int], int]) -> str:
    told = []
    if _says(before) != _says(after):
        told.append(f"now reads {_says(after)}")
    if (moved(before.start), moved(before.stop)) != (after.start, after.stop):
        if before.frames == after.frames:
            told.append(f"moved by {frames_words(after.start - moved(before.start), signed=True)}")
        else:
            told.append(f"lasts {frames_words(after.frames)} instead of {before.frames}")
    if (before.fade_in, before.fade_out) != (after.fade_in, after.fade_out):
        told.append("has other fades")
    same = before.layer == after.layer and before.metadata == after.metadata and before.reframe == after.reframe
    if not same or (before.source, before.source_in, before.speed) != (after.source, after.source_in, after.speed):
        told.append("looks different")
    return f"title {_says(before)} {', '.join(told)}" if told else ""


def _says(event: Event) -> str:
    words = " ".join((event.text if event.kind is Kind.TITLE else "").split()) or event.name
    return repr(words if len(words) <= 40 else words[:37] + "...")


def _span(event: Event | Dissolve | None) -> tuple[int, int] | None:
    return (event.start, event.stop) if event is not None else None


def _dissolves(old: Program, new: Program, moved: Callable[[int], int]) -> list[Change]:
    before = {(moved(each.start), moved(each.stop), each.kind): each for each in old.dissolves}
    after = {(each.start, each.stop, each.kind): each for each in new.dissolves}
    gone = [each for key, each in before.items() if key not in after]
    come = [each for key, each in after.items() if key not in before]
    changes = []
    for each in come:
        partner = next((one for one in gone if moved(one.start) < each.stop and each.start < moved(one.stop)), None)
        if partner is not None:
            gone.remove(partner)
            if partner.kind != each.kind:
                words = f"the {partner.kind} is now a {each.kind} of {frames_words(each.stop - each.start)}"
            else:
                words = f"the {each.kind} lasts {frames_words(each.stop - each.start)}, {span_words(partner, each)}"
        else:
            words = f"a {each.kind} of {frames_words(each.stop - each.start)} was added"
        where = new.timecode(each.start)
        changes.append(Change(kind="dissolve changed", where=where, what=words, old=_span(partner), new=_span(each)))
    for each in gone:
        words = f"the {each.kind} of {frames_words(each.stop - each.start)} was taken out"
        spans = {"old": _span(each), "new": (moved(each.start), moved(each.stop))}
        changes.append(Change(kind="dissolve changed", where=old.timecode(each.start), what=words, **spans))
    return changes


def _sound(old: Program, new: Program) -> list[Change]:
    changes = []
    pairs = _pairs(old.audio, new.audio, lambda track: track.name)
    for before, after in pairs:
        where = new.timecode(0)
        if before is None or after is None:
            track = after or before
            words = f"audio track {track.name if track else ''!r} was {'added' if after else 'removed'}"
            changes.append(Change(kind="audio changed", where=where, what=words))
        else:
            changes += _one_track(before, after, new)
    return changes


def _one_track(before: AudioTrack, after: AudioTrack, new: Program) -> list[Change]:
    changes = []
    if before.role != after.role:
        words = f"audio track {after.name!r} is now {after.role} (was {before.role})"
        changes.append(Change(kind="audio changed", where=new.timecode(0), what=words))
    one = Counter(_fingerprint(clip) for clip in before.clips)
    two = Counter(_fingerprint(clip) for clip in after.clips)
    if one == two:
        return changes
    differing = [clip for clip in after.clips if two[_fingerprint(clip)] > one[_fingerprint(clip)]]
    differing = differing or [clip for clip in before.clips if one[_fingerprint(clip)] > two[_fingerprint(clip)]]
    first = min(differing, key=lambda clip: clip.start)
    frames = new.rate.nearest_frame
    span = (frames(first.start), frames(max(clip.stop for clip in differing)))
    number = len(differing)
    words = f"audio track {after.name!r}: {number} clip{'s' if number > 1 else ''} changed, first {first.name!r}"
    changes.append(Change(kind="audio changed", where=new.timecode(span[0]), what=words, new=span))
    return changes


def _fingerprint(clip: object) -> bytes:
    from twopop import schema

    return schema.to_json(clip, indent=0)


def _markers(old: Program, new: Program, moved: Callable[[int], int]) -> list[Change]:
    before = Counter(msgspec.structs.replace(mark, frame=moved(mark.frame)) for mark in old.markers)
    after = Counter(new.markers)
    gone, come = list((before - after).elements()), list((after - before).elements())
    changes = []
    for mark in come:
        partner = next((each for each in gone if each.name == mark.name or each.frame == mark.frame), None)
        span = (mark.frame, mark.frame + mark.frames)
        if partner is not None:
            gone.remove(partner)
            words = f"marker {mark.name!r} {_marker_words(partner, mark)}"
            changes.append(Change(kind="marker changed", where=new.timecode(mark.frame), what=words, new=span))
        else:
            words = f"marker {mark.name!r} was added"
            changes.append(Change(kind="marker added", where=new.timecode(mark.frame), what=words, new=span))
    for mark in gone:
        words = f"marker {mark.name!r} was removed"
        changes.append(Change(kind="marker removed", where=new.timecode(mark.frame), what=words))
    return changes


def _marker_words(before: Marker, after: Marker) -> str:
    told = []
    if before.frame != after.frame:
        told.append(f"moved by {frames_words(after.frame - before.frame, signed=True)}")
    if before.frames != after.frames:
        told.append(f"is {frames_words(after.frames)} long instead of {before.frames}")
    if before.name != after.name:
        told.append(f"was called {before.name!r}")
    if before.colour != after.colour:
        told.append(f"is now {after.colour or 'without colour'}")
    if before.note != after.note:
        told.append("has another note")
    return ", ".join(told)
