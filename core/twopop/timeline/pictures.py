"""Walking the picture tracks of a timeline: nested items, transitions and retimes become one layer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

from twopop.errors import InputError
from twopop.timeline import layers
from twopop.timeline.exact import children, seconds
from twopop.timeline.layers import Layer, Over, Stretch, View
from twopop.timeline.lengths import DEEPEST, Lengths
from twopop.timeline.master import FROM_HOST
from twopop.timeline.notes import Notes
from twopop.timeline.place import Place
from twopop.timeline.program import Kind
from twopop.timeline.retimes import retime
from twopop.timeline.sources import doubts, shown, wishes
from twopop.timeline.words import unread

Window = tuple[Fraction, Fraction]


@dataclass
class _Cell:
    """An item of a track with its program *window*; *low* and *high* are widened by the transitions beside it."""

    item: Any
    position: Fraction
    window: Window
    low: Fraction
    high: Fraction
    fade_in: Window | None = None
    fade_out: Window | None = None


@dataclass(frozen=True)
class _Where:
    """Where in the tree the walk is: the track's name, whether it carries graphics, the order among layers."""

    track: str = ""
    graphics: bool = False
    order: tuple[int, ...] = ()
    depth: int = 0

    def deeper(self, index: int) -> _Where:
        if self.depth > DEEPEST:
            raise InputError(f"It holds timelines within timelines more than {DEEPEST} deep.")
        return replace(self, order=(*self.order, index), depth=self.depth + 1)


@dataclass
class PictureWalk:
    """Flattens the picture of a timeline; *graphics* is the pattern for names of tracks with titles."""

    notes: Notes
    lengths: Lengths
    graphics: str
    _doubts: set[tuple[Fraction, str]] = field(default_factory=set)

    def layer(self, stack: Any, window: Window) -> Layer:
        """What the top *stack* shows in the program *window*."""
        start = self.lengths.start(stack)
        return self._stack(stack, Place(start), window, _Where())

    def _doubt(self, at: Fraction, words: str) -> None:
        if (at, words) not in self._doubts:
            self._doubts.add((at, words))
            self.notes.warn("timeline.dissolve-cut", words, at=at, remedy=FROM_HOST)

    def _stack(self, stack: Any, place: Place, window: Window, where: _Where) -> Layer:
        made = layers.empty(*window)
        for index, child in enumerate(children(stack)):
            if not getattr(child, "enabled", True) or child.schema_name() == "Transition":
                continue
            if child.schema_name() == "Track" and child.kind != "Video":
                continue
            above = self._item(child, Fraction(0), place, window, where.deeper(index))
            made = layers.laid_over(made, above, self._doubt)
        return made

    def _item(self, item: Any, position: Fraction, parent: Place, window: Window, where: _Where) -> Layer:
        """What *item* at *position* of its parent shows in *window*, nothing beside its own stretch."""
        low, high = parent.window(position, position + self.lengths.of(item))
        low, high = max(low, window[0]), min(high, window[1])
        if high <= low:
            return layers.empty(*window)
        inner = self._content(item, position, parent, (low, high), where)
        padded = (Stretch(window[0], low), *inner.stretches, Stretch(high, window[1]))
        return Layer(layers.merged(padded), inner.overs)

    def _content(self, item: Any, position: Fraction, parent: Place, window: Window, where: _Where) -> Layer:
        """What *item* shows in *window*, which may reach beyond its own stretch (into its handles)."""
        schema = item.schema_name()
        if schema not in ("Clip", "Stack", "Track") or not item.enabled:
            return layers.empty(*window)
        played = retime(item)
        length, start = self.lengths.of(item), self.lengths.start(item)
        begins = parent.window(position, position + length)[0]
        seen = max(begins, window[0])
        name = item.name or (where.track if schema == "Track" else "") or schema.lower()
        if played.doubt:
            self.notes.warn("timeline.retime", played.doubt, at=seen, name=name, remedy=FROM_HOST)
        if played.effects:
            listed = ", ".join(played.effects)
            words = f"Without the host these effects cannot be shown: {listed}."
            self.notes.warn("timeline.effect", words, at=seen, name=name, remedy=FROM_HOST)
        for words in doubts(item):
            self.notes.warn("timeline.doubt", words, at=seen, name=name, remedy=FROM_HOST)
        place = parent.within(position, length, start, played.speed, self.notes.rate)
        if schema == "Clip":
            return self._clip(item, place, begins, window, where)
        if schema == "Track":
            where = replace(where, track=item.name or where.track, graphics=where.graphics or self._is_graphics(item))
        walk = self._track if schema == "Track" else self._stack
        if place.speed == 0:
            return self._frozen(lambda at: walk(item, Place(), at, where), place, begins, window, name)
        return walk(item, place, window, where)

    def _is_graphics(self, track: Any) -> bool:
        kind = wishes(track).get("kind")
        return kind == "graphics" if kind else bool(re.search(self.graphics, track.name or "", re.IGNORECASE))

    def _clip(self, clip: Any, place: Place, begins: Fraction, window: Window, where: _Where) -> Layer:
        graphics = where.graphics or wishes(clip).get("kind") == "graphics"
        what = shown(clip, graphics=graphics)
        if what.doubt:
            self.notes.warn(what.doubt[0], what.doubt[1], at=max(begins, window[0]), name=what.name, remedy=FROM_HOST)
        for words, remedy in unread(what.metadata, ("reframe",)):
            self.notes.warn("timeline.words", words, at=max(begins, window[0]), name=what.name, remedy=remedy)
        if what.clear:
            return layers.empty(*window)
        how = retime(clip).how
        if how and "retime" not in what.metadata:
            what = replace(what, metadata={**what.metadata, "retime": how})
        view = View(what, place, begins, where.track)
        if what.kind is Kind.TITLE or (graphics and what.kind is Kind.MEDIA):
            over = Over(*window, view, where.order, *window)
            return Layer((Stretch(*window),), (over,))
        return Layer((Stretch(*window, view),))

    def _frozen(self, walk: Any, place: Place, begins: Fraction, window: Window, name: str) -> Layer:
        """One frame of a nested item, held over *window*."""
        held = place.shows(begins)
        frame = walk((held, held + 1 / self.notes.rate))
        first = frame.stretches[0] if frame.stretches else Stretch(*window)
        if first.mixes:
            self.notes.warn(
                "timeline.retime", "The held frame lies in a dissolve; its later picture is held.", name=name
            )
        overs = []
        for over in frame.overs:
            if over.start <= held < over.stop:
                overs.append(replace(over, start=window[0], stop=window[1], full_from=window[0], full_to=window[1]))
        view = first.view
        if view is not None:
            still = Place(view.place.shows(held), Fraction(0))
            view = replace(view, place=still, begins=window[0])
        return Layer((Stretch(*window, view),), tuple(overs))

    # A track: cells side by side, transitions across their cuts

    def _track(self, track: Any, place: Place, window: Window, where: _Where) -> Layer:
        cells, joins = self._cells(track, place)
        if place.speed < 0:
            cells, joins = cells[::-1], {len(cells) - index: join for index, join in joins.items()}
        regions = self._regions(cells, joins)
        for index, (low, high, _) in regions.items():
            if index > 0:
                cells[index - 1].high, cells[index - 1].fade_out = high, (low, high)
            if index < len(cells):
                cells[index].low, cells[index].fade_in = low, (low, high)
        shows = [self._cell(cell, place, window, where.deeper(index)) for index, cell in enumerate(cells)]
        stretches = list(self._side_by_side(cells, shows, regions, window))
        edges = [Stretch(window[0], stretches[0].start)] if stretches else [Stretch(*window)]
        if stretches:
            stretches.append(Stretch(stretches[-1].stop, window[1]))
        made = layers.merged(edges + stretches)
        overs = tuple(over for show in shows if show for over in show.overs)
        return layers.clipped(Layer(made, overs), *window, self._doubt)

    def _cells(self, track: Any, place: Place) -> tuple[list[_Cell], dict[int, Any]]:
        """The cells of *track*, and its transitions by the number of the cell that they lead to."""
        cells: list[_Cell] = []
        joins: dict[int, Any] = {}
        at = Fraction(0)
        for child in children(track):
            if child.schema_name() == "Transition":
                joins[len(cells)] = child
                continue
            length = self.lengths.of(child)
            low, high = place.window(at, at + length)
            if length == 0 and child.schema_name() == "Clip" and child.source_range is None:
                words = "The clip has no length and its media is missing, so it is left out."
                self.notes.warn("timeline.no-length", words, at=low, name=child.name)
            cells.append(_Cell(child, at, (low, high), low, high))
            at += length
        return cells, joins

    def _regions(self, cells: Sequence[_Cell], joins: dict[int, Any]) -> dict[int, tuple[Fraction, Fraction, str]]:
        """The program time and kind of each transition, kept from running into its neighbours."""
        regions: dict[int, tuple[Fraction, Fraction, str]] = {}
        free = None
        for index in sorted(joins):
            if not cells:
                continue
            cut = cells[index].window[0] if index < len(cells) else cells[-1].window[1]
            before, after = seconds(joins[index].in_offset), seconds(joins[index].out_offset)
            low, high = cut - max(before, Fraction(0)), cut + max(after, Fraction(0))
            floor = cells[index - 1].window[0] if index > 0 else cut
            low = max(low, floor if free is None else max(free, floor))
            high = min(high, cells[index].window[1] if index < len(cells) else cut)
            kind = self._kind(joins[index], cut)
            if high > low:
                regions[index], free = (low, high, kind), high
            else:
                self._doubt(cut, "The transition has no room between its neighbours; it becomes a cut.")
        return regions

    def _kind(self, transition: Any, cut: Fraction) -> str:
        kind = transition.transition_type or "dissolve"
        name = transition.name or kind
        if kind == "SMPTE_Dissolve" and not wishes(transition).get("wipe"):
            return "dissolve"
        words = f"The transition {name!r} is no dissolve; a dissolve is shown in its place."
        self.notes.warn("timeline.transition", words, at=cut, remedy=FROM_HOST)
        return str(kind)

    def _cell(self, cell: _Cell, place: Place, window: Window, where: _Where) -> Layer | None:
        reach = (cell.low, cell.high)
        if reach[1] <= window[0] or reach[0] >= window[1] or reach[1] <= reach[0]:
            return None
        made = self._content(cell.item, cell.position, place, reach, where)
        overs = []
        for over in made.overs:
            whole = over.start == over.full_from and over.stop == over.full_to and (over.start, over.stop) == reach
            full_from = cell.fade_in[1] if whole and cell.fade_in else over.full_from
            full_to = cell.fade_out[0] if whole and cell.fade_out else over.full_to
            overs.append(replace(over, full_from=full_from, full_to=full_to))
        return Layer(made.stretches, tuple(overs))

    def _side_by_side(
        self,
        cells: Sequence[_Cell],
        shows: Sequence[Layer | None],
        regions: dict[int, tuple[Fraction, Fraction, str]],
        window: Window,
    ) -> list[Stretch]:
        out: list[Stretch] = []
        for index, cell in enumerate(cells):
            show = shows[index]
            low, high = cell.window
            if index in regions:
                low = regions[index][1]
                out += self._mix(shows[index - 1] if index else None, show, regions[index])
            if index + 1 in regions:
                high = regions[index + 1][0]
            if low < high:
                out += layers.part(show.stretches, low, high, self._doubt) if show else [Stretch(low, high)]
        if len(cells) in regions:
            out += self._mix(shows[-1], None, regions[len(cells)])
        holes = [Stretch(one.stop, two.start) for one, two in pairwise(out) if one.stop < two.start]
        return sorted([*out, *holes], key=lambda each: each.start)

    def _mix(self, going: Layer | None, coming: Layer | None, region: tuple[Fraction, Fraction, str]) -> list[Stretch]:
        low, high, kind = region
        one = layers.part(going.stretches, low, high, self._doubt) if going else [Stretch(low, high)]
        two = layers.part(coming.stretches, low, high, self._doubt) if coming else [Stretch(low, high)]
        plain = len(one) <= 1 and len(two) <= 1 and not any(each.mixes for each in one + two)
        old, new = one[0].view if one else None, two[0].view if two else None
        if plain:
            return [Stretch(low, high, new, old, mixes=old is not new, kind=kind)]
        self._doubt(low, "The dissolve runs over a cut inside a nested timeline; it becomes a cut in its middle.")
        middle = (low + high) / 2
        first = [each for each in one if each.start < middle]
        second = [each for each in two if each.stop > middle]
        cut = [replace(each, stop=min(each.stop, middle)) for each in first if not each.mixes]
        return cut + [replace(each, start=max(each.start, middle)) for each in second if not each.mixes]
