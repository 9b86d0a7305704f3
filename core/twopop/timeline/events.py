"""From a layer in exact time to events on the frame grid."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from twopop.time import Rate
from twopop.timeline.layers import Layer, Over, Stretch, View, merged
from twopop.timeline.notes import Notes
from twopop.timeline.program import Dissolve, Event, Kind


def picture_events(layer: Layer, frames: int, notes: Notes) -> tuple[tuple[Event, ...], tuple[Dissolve, ...]]:
    """The events and dissolves of *layer*, covering every frame from 0 to *frames*; edges go to the nearest frame.

    What follows a cut between two frames begins with its own first frame: its source time is counted from the frame
    that the cut is moved to.
    """
    rate = notes.rate
    on_grid = [
        stretch
        for stretch in (_on_grid(each, rate) for each in merged(layer.stretches))
        if stretch.stop > stretch.start
    ]
    _say_off_grid(layer, notes)
    events, dissolves = _joined(on_grid, rate)
    overlays = _overlays(layer.overs, rate, frames)
    ordered = sorted(events + overlays, key=lambda event: (event.layer, event.start, event.stop))
    return tuple(ordered), tuple(dissolves)


def _on_grid(stretch: Stretch, rate: Rate) -> Stretch:
    start, stop = rate.nearest_frame(stretch.start), rate.nearest_frame(stretch.stop)
    return Stretch(Fraction(start), Fraction(stop), stretch.view, stretch.going, stretch.mixes, stretch.kind)


def _joined(stretches: Sequence[Stretch], rate: Rate) -> tuple[list[Event], list[Dissolve]]:
    """One event for each run of frames that shows a view, alone or in a dissolve."""
    events: list[Event] = []
    dissolves: list[Dissolve] = []
    running: dict[int, tuple[View | None, int, int]] = {}
    for stretch in stretches:
        start, stop = int(stretch.start), int(stretch.stop)
        seen = {id(view): view for view in ([stretch.going, stretch.view] if stretch.mixes else [stretch.view])}
        for key in [key for key in running if key not in seen]:
            events.append(_event(*running.pop(key), rate))
        for key, view in seen.items():
            running[key] = (view, running[key][1] if key in running else start, stop)
        if stretch.mixes:
            dissolves.append(Dissolve(start=start, stop=stop, kind=stretch.kind or "dissolve"))
            if stretch.going is not stretch.view:  # it has gone; what comes after is another use, of nothing as well
                events.append(_event(*running.pop(id(stretch.going)), rate))
    events += [_event(*run, rate) for run in running.values()]
    return events, dissolves


def _event(view: View | None, start: int, stop: int, rate: Rate) -> Event:
    if view is None:
        return Event(start=start, stop=stop, name="black", kind=Kind.BLACK)
    return Event(start=start, stop=stop, **_said(view, start, rate))


def _said(view: View, start: int, rate: Rate) -> dict[str, Any]:
    """What *view* gives to an event that begins in frame *start*."""
    shown = view.shown
    moved = rate.seconds(start - rate.nearest_frame(view.begins))
    source_in = view.place.shows(view.begins + moved) - shown.media_start
    reframe = shown.metadata.get("reframe")
    timed = shown.kind is Kind.MEDIA
    return {
        "name": shown.name,
        "kind": shown.kind,
        "source": shown.source,
        "source_in": source_in if timed else Fraction(0),
        "speed": view.place.speed if timed else Fraction(1),
        "absolute": shown.absolute and timed,
        "text": shown.text,
        "colour": shown.colour,
        "reframe": _by_aspect(reframe),
        "track": view.track,
        "metadata": shown.metadata,
    }


def _by_aspect(reframe: Any) -> dict[str, Any]:
    if not isinstance(reframe, dict):
        return {}
    return {str(aspect): wish for aspect, wish in reframe.items()}


def _overlays(overs: Sequence[Over], rate: Rate, frames: int) -> list[Event]:
    ranks = {order: rank for rank, order in enumerate(sorted({_lane(over) for over in overs}), 1)}
    made = []
    for over in overs:
        start, stop = max(0, rate.nearest_frame(over.start)), min(frames, rate.nearest_frame(over.stop))
        if stop <= start:
            continue
        fade_in = min(stop - start, max(0, rate.nearest_frame(over.full_from) - start))
        fade_out = min(stop - start, max(0, stop - rate.nearest_frame(over.full_to)))
        said = _said(over.view, start, rate)
        made.append(Event(start=start, stop=stop, layer=ranks[_lane(over)], fade_in=fade_in, fade_out=fade_out, **said))
    return made


def _lane(over: Over) -> tuple[int, ...]:
    """The track an overlay lies on: its order without its own place in that track."""
    return over.order[:-1] if len(over.order) > 1 else over.order


def _say_off_grid(layer: Layer, notes: Notes) -> None:
    seen: set[int] = set()
    views = [(each.start, each.view) for each in layer.stretches] + [(over.start, over.view) for over in layer.overs]
    for start, view in views:
        if view is None or id(view) in seen:
            continue
        seen.add(id(view))
        if (start * notes.rate).denominator != 1 and start == view.begins:
            words = f"The edit lies between two frames of {notes.rate}; it is moved to the nearest."
            notes.info("timeline.off-grid", words, at=start, name=view.shown.name)
