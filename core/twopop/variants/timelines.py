"""Cutting a timeline as OpenTimelineIO holds it: what some stretches of its program show, as a timeline of its own.

Picture is cut on the program's frame grid, sound where it lies in exact time. Clips keep all that they carry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from twopop.time import Rate
from twopop.timeline.exact import children, moment, seconds, stretch, ticks
from twopop.timeline.lengths import Lengths
from twopop.timeline.master import moved_wish
from twopop.timeline.retimes import retime
from twopop.timeline.sources import wishes
from twopop.variants.model import Span

Window = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class Join:
    """A transition: its place among the *index* children of its track, the program times of its *cut* and *region*."""

    index: int
    item: Any
    cut: Fraction
    region: Window


@dataclass(frozen=True)
class Lane:
    """A *track* laid out in program seconds: its items with their windows, and its transitions by the item behind.

    Nothing of it is seen outside its *window*.
    """

    track: Any
    cells: Sequence[tuple[Any, Window]]
    joins: dict[int, Join]
    window: Window


class Cutter:
    """Cuts the OTIO *timeline*, whose program runs at *rate*, to *spans* (program frames, in the order of the cut)."""

    def __init__(self, timeline: Any, rate: Rate, spans: Sequence[Span]) -> None:
        self._timeline = timeline
        self._rate = rate
        self._windows = [(rate.seconds(span.start), rate.seconds(span.stop)) for span in spans]
        self._lengths = Lengths()
        self._origin = self._lengths.start(timeline.tracks)

    def broken(self) -> list[tuple[int, Join]]:
        """The transitions that an edge of the cut goes through, each with the number of its track."""
        found = []
        for number, child in enumerate(children(self._timeline.tracks)):
            lane = self._lane(child)
            for place, join in lane.joins.items():
                fates = [self._fate(lane, place, turn) for turn in range(len(self._windows))]
                if "broken" in fates:
                    found.append((number, join))
        return found

    def cut(self, name: str) -> Any:
        """A timeline called *name* that shows the spans one after another; the original is left as it is."""
        made = self._timeline.clone()
        made.name = name
        stack = made.tracks
        tracks = [self._track(self._lane(child)) for child in children(self._timeline.tracks)]
        stack.source_range = None
        stack.markers[:] = list(self._markers(self._timeline.tracks.markers, self._origin, self._begin))
        del stack[:]
        stack.extend(tracks)
        return made

    # -- where things lie ----------------------------------------------------------------------------------------------

    def _lane(self, child: Any) -> Lane:
        """The *child* of the stack laid out; what is no plain track is one item."""
        if child.schema_name() != "Track" or retime(child).speed != 1:
            window = (-self._origin, self._lengths.of(child) - self._origin)
            return Lane(child, [(child, self._snapped(child, window))], {}, window)
        first, end = self._snapped(child, (-self._origin, self._lengths.of(child) - self._origin))
        cells: list[tuple[Any, Window]] = []
        found: list[tuple[int, int, Any]] = []
        at = -self._origin - self._lengths.start(child)
        for index, item in enumerate(children(child)):
            if item.schema_name() == "Transition":
                found.append((len(cells), index, item))
                continue
            length = self._lengths.of(item)
            cells.append((item, self._snapped(child, (at, at + length))))
            at += length
        joins = {place: self._join(child, cells, place, index, item) for place, index, item in found}
        return Lane(child, cells, joins, (first, end))

    def _join(self, track: Any, cells: Sequence[tuple[Any, Window]], place: int, index: int, item: Any) -> Join:
        """The transition *item* that leads to the cell at *place*, kept within its neighbours."""
        cut = cells[place][1][0] if place < len(cells) else cells[-1][1][1] if cells else Fraction(0)
        before = cells[place - 1][1][0] if place > 0 else cut
        after = cells[place][1][1] if place < len(cells) else cut
        low = cut - max(Fraction(0), seconds(item.in_offset))
        high = cut + max(Fraction(0), seconds(item.out_offset))
        return Join(index, item, cut, self._snapped(track, (max(low, before), min(high, after))))

    def _snapped(self, track: Any, window: Window) -> Window:
        """*window* on the frame grid, but for sound."""
        if track.schema_name() == "Track" and track.kind == "Audio":
            return window
        frame = self._rate.nearest_frame
        return self._rate.seconds(frame(window[0])), self._rate.seconds(frame(window[1]))

    def _fate(self, lane: Lane, place: int, turn: int) -> str:
        """What becomes of a transition in the span number *turn*: it is kept, broken, or lies outside."""
        (low, high), cut = lane.joins[place].region, lane.joins[place].cut
        start, stop = self._windows[turn]
        if high <= start or low >= stop:
            return "outside"
        behind, ahead = place > 0 and start < cut, place < len(lane.cells) and cut < stop
        if place == 0:
            behind = turn == 0  # from nothing: nothing must come to lie before it
        if place == len(lane.cells):
            ahead = cut < stop or turn == len(self._windows) - 1
        return "kept" if start <= low and high <= stop and behind and ahead else "broken"

    # -- what is made of it --------------------------------------------------------------------------------------------

    def _track(self, lane: Lane) -> Any:
        from opentimelineio import schema

        items = [item for turn in range(len(self._windows)) for item in self._items(lane, turn)] if lane.cells else []
        whole = lane.track.schema_name() == "Track" and not (lane.cells and lane.cells[0][0] is lane.track)
        if not whole:
            kind = lane.track.kind if lane.track.schema_name() == "Track" else "Video"
            made = schema.Track(name=lane.track.name, kind=kind)
            made.extend(items)
            return made
        made = lane.track.clone()
        del made[:]
        made.source_range = None
        base = self._origin + self._lengths.start(lane.track)
        made.markers[:] = list(self._markers(lane.track.markers, base, Fraction(0)))
        made.extend(items)
        return made

    def _items(self, lane: Lane, turn: int) -> Iterator[Any]:
        """The items that fill the span number *turn*, gaps where there is nothing."""
        start, stop = self._windows[turn]
        at = start
        for place, (item, (low, high)) in enumerate(lane.cells):
            first, last = max(low, start, lane.window[0]), min(high, stop, lane.window[1])
            if last <= first:
                continue
            if first > at:
                yield self._gap(first - at)
            join = lane.joins.get(place)
            if join is not None and first == low and self._fate(lane, place, turn) == "kept":
                yield join.item.clone()
            entered = join.region[0] if join is not None else low
            yield self._trimmed(item, first - low, last - first, first - entered if first > low else Fraction(0))
            at = last
            if place + 1 == len(lane.cells) and last == high and self._tail(lane, turn):
                yield lane.joins[place + 1].item.clone()
        if at < stop:
            yield self._gap(stop - at)

    def _tail(self, lane: Lane, turn: int) -> bool:
        place = len(lane.cells)
        return place in lane.joins and self._fate(lane, place, turn) == "kept"

    def _gap(self, length: Fraction) -> Any:
        from opentimelineio import schema

        return schema.Gap(source_range=stretch(Fraction(0), length, Fraction(self._rate)))

    def _trimmed(self, item: Any, head: Fraction, length: Fraction, later: Fraction) -> Any:
        """A copy of *item* without the first *head* seconds and *length* long; it is first seen *later* than it was."""
        from opentimelineio import opentime

        made = item.clone()
        whole = self._lengths.of(item)
        if head == 0 and length == whole:
            return made
        speed, start = retime(item).speed, self._lengths.start(item)
        start += speed * head if speed >= 0 else -speed * (whole - head - length)
        counted = item.source_range.start_time.rate if item.source_range is not None else float(self._rate)
        made.source_range = opentime.TimeRange(moment(start, ticks(counted)), moment(length, Fraction(self._rate)))
        if speed:
            reach = (start, start + abs(speed) * length)
            made.markers[:] = [marker for marker in made.markers if _within(marker, reach)]
        if later and "reframe" in wishes(item):
            own = wishes(item)
            frames = self._rate.nearest_frame(later)
            own["reframe"] = {aspect: moved_wish(wish, frames) for aspect, wish in own["reframe"].items()}
            made.metadata["twopop"] = own
        return made

    # -- markers -------------------------------------------------------------------------------------------------------

    @property
    def _begin(self) -> Fraction:
        start = self._timeline.global_start_time
        return seconds(start) if start is not None else Fraction(0)

    def _markers(self, markers: Iterable[Any], origin: Fraction, begin: Fraction) -> Iterator[Any]:
        """*markers* whose times are counted from *origin*, moved along with what lies under them.

        Some hosts count them in timecode, from *begin*.
        """
        end = self._lengths.of(self._timeline.tracks)
        for marker in markers:
            at = seconds(marker.marked_range.start_time) - origin
            length = seconds(marker.marked_range.duration)
            if begin and at >= end and at >= begin:
                at -= begin
            offset = Fraction(0)
            for start, stop in self._windows:
                low, high = max(at, start), min(at + length, stop)
                if low < high or (start <= at < stop):
                    made = marker.clone()
                    made.marked_range = stretch(
                        offset + low - start, max(Fraction(0), high - low), Fraction(self._rate)
                    )
                    yield made
                offset += stop - start


def without(timeline: Any, broken: Iterable[tuple[int, Join]]) -> Any:
    """A copy of *timeline* without the *broken* transitions; cuts take their place."""
    made = timeline.clone()
    for track, child in sorted(((track, join.index) for track, join in broken), reverse=True):
        del made.tracks[track][child]
    return made


def _within(marker: Any, reach: Window) -> bool:
    """Whether any of *marker* lies in the own times *reach* of its item."""
    at = seconds(marker.marked_range.start_time)
    return at < reach[1] and reach[0] <= at + seconds(marker.marked_range.duration)
