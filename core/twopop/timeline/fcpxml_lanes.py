"""The lanes of an FCPXML story: clips gathered by lane and time, then laid out as OTIO tracks."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from twopop.timeline.exact import moment, stretch


@dataclass(frozen=True)
class Put:
    """An OTIO *item* that lies at *at* for *length* seconds; a *transition* has no item, but a name and kind."""

    at: Fraction
    length: Fraction
    item: Any = None
    transition: str = ""
    dissolve: bool = True


@dataclass
class Lanes:
    """Where clips gather: picture by (lane, sub-lane), sound by (role, lane), and markers."""

    picture: dict[int, list[Put]] = field(default_factory=dict)
    sound: dict[tuple[str, int], list[Put]] = field(default_factory=dict)
    markers: list[Any] = field(default_factory=list)

    def show(self, lane: int, put: Put) -> None:
        """Add a picture to *lane*."""
        self.picture.setdefault(lane, []).append(put)

    def hear(self, role: str, lane: int, put: Put) -> None:
        """Add sound of *role*."""
        self.sound.setdefault((role, lane), []).append(put)

    def into(self, stack: Any, length: Fraction | None = None) -> None:
        """Lay all out as tracks of *stack*, the lowest lane first; the main lane fills *length*."""
        from opentimelineio import schema

        for lane in sorted({*self.picture, 0}):
            for number, puts in enumerate(_without_overlaps(self.picture.get(lane, []))):
                track = schema.Track(name=f"V{lane}" if not number else f"V{lane}.{number + 1}")
                track.kind = schema.TrackKind.Video
                _lay(track, puts, length if lane == 0 and number == 0 else None)
                stack.append(track)
        for role, lane in sorted(self.sound, key=lambda key: (key[0], key[1])):
            for puts in _without_overlaps(self.sound[role, lane]):
                track = schema.Track(name=role or "audio", kind=schema.TrackKind.Audio)
                _lay(track, puts, None)
                stack.append(track)
        stack.markers.extend(self.markers)


def _without_overlaps(puts: list[Put]) -> list[list[Put]]:
    """*puts* in as many rows as are needed for none to overlap another (transitions go with their neighbours)."""
    rows: list[list[Put]] = []
    ends: list[Fraction] = []
    for put in sorted(puts, key=lambda put: (put.at, bool(put.transition))):
        if put.transition:
            row = next((each for each in rows if _touches(each[-1], put)), rows[0] if rows else None)
            if row is not None:
                row.append(put)
            continue
        free = next((index for index, end in enumerate(ends) if end <= put.at), None)
        if free is None:
            rows.append([])
            ends.append(Fraction(0))
            free = len(rows) - 1
        rows[free].append(put)
        ends[free] = put.at + put.length
    return rows or [[]]


def _touches(last: Put, transition: Put) -> bool:
    return last.at <= transition.at <= last.at + last.length


def _lay(track: Any, puts: list[Put], length: Fraction | None) -> None:
    """Append *puts* to *track* with gaps between; a transition goes to the cut nearest to its middle."""
    from opentimelineio import schema

    at = Fraction(0)
    clips = [put for put in puts if not put.transition]
    edges = {edge for put in clips for edge in (put.at, put.at + put.length)}
    cuts = dict(_turned(put, edges) for put in puts if put.transition)

    def turn() -> None:
        item = cuts.pop(at, None)
        if item is not None:
            track.append(item)

    for put in clips:
        if put.at > at:
            turn()
            track.append(schema.Gap(source_range=stretch(Fraction(0), put.at - at)))
            at = put.at
        turn()
        track.append(put.item)
        at += put.length
    turn()
    if length is not None and length > at:
        track.append(schema.Gap(source_range=stretch(Fraction(0), length - at)))


def _turned(put: Put, edges: set[Fraction]) -> tuple[Fraction, Any]:
    """The cut of *edges* that the transition *put* lies over, and the OTIO transition."""
    from opentimelineio import schema

    middle, stop = put.at + put.length / 2, put.at + put.length
    over = [edge for edge in edges if put.at <= edge <= stop]
    cut = min(over, key=lambda edge: (abs(edge - middle), edge), default=middle)
    kind = schema.TransitionTypes.SMPTE_Dissolve if put.dissolve else schema.TransitionTypes.Custom
    item = schema.Transition(
        name=put.transition, transition_type=kind, in_offset=moment(cut - put.at), out_offset=moment(stop - cut)
    )
    return cut, item
