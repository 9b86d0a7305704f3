"""A program whose picture or sound comes from one rendered master instead of the clips.

Shots, markers, reframes and titles stay as the timeline says; behind this a program is a program.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

import msgspec

from twopop.timeline.program import AudioClip, AudioTrack, Event, Kind, Program, Role, Source

#: What to do about what only the host can show. Findings that say so do not hold where the picture is a master.
FROM_HOST = 'Render a textless master from the host and name it in the order: [master] picture = "master.mov".'

#: The same for sound.
MIX_FROM_HOST = 'Render the mix from the host and name it in the order: [master] sound = "mix.wav".'


class Render(msgspec.Struct, frozen=True, kw_only=True):
    """A file in which the whole program is rendered: program frame f is its frame ``f + first``."""

    source: Source
    first: int = 0


def from_master(program: Program, picture: Render, *, titles: Render | None = None, texted: bool = False) -> Program:
    """*program* with each shot shown by *picture*: its dissolves, retimes, gaps and effects are rendered in it.

    Where one shot dissolves into the next, the cut between them lies in the middle (it matters for reframes only).
    Layers above are kept, and with them titles of the bottom layer, unless *titles* (a file with alpha) takes their
    place or the picture is *texted* itself.
    """
    shots = [_shown(event, start, stop, program, picture) for event, start, stop in _stretches(program)]
    above: list[Event] = []
    if titles is not None and not texted:
        whole = Event(start=0, stop=program.frames, name=titles.source.name, layer=1)
        above = [_shown(whole, 0, program.frames, program, titles)]
    elif not texted:
        lowest = [event for event in program.picture if event.kind is Kind.TITLE]
        above = [msgspec.structs.replace(event, layer=1) for event in lowest]
        above += [msgspec.structs.replace(event, layer=event.layer + bool(lowest)) for event in program.overlays]
        above.sort(key=lambda event: (event.layer, event.start, event.stop))
    return msgspec.structs.replace(program, events=(*shots, *above), dissolves=())


def with_sound(program: Program, sound: Render) -> Program:
    """*program* heard from one finished mix."""
    clip = AudioClip(
        start=program.rate.seconds(0),
        stop=program.duration,
        name=sound.source.name,
        source=sound.source,
        source_in=program.rate.seconds(sound.first),
    )
    track = AudioTrack(name=sound.source.name, role=Role.MIX, clips=(clip,), role_from="the order's master")
    return msgspec.structs.replace(program, audio=(track,))


def _stretches(program: Program) -> list[tuple[Event, int, int]]:
    """Each picture event with the frames in which it alone stands for the picture."""
    events = program.picture
    cuts = [(before.stop + after.start) // 2 for before, after in pairwise(events)]
    edges = [0, *cuts, program.frames]
    alone = zip(events, edges, edges[1:], strict=False)
    return [(event, start, stop) for event, start, stop in alone if start < stop]


def _shown(event: Event, start: int, stop: int, program: Program, render: Render) -> Event:
    """*event* from *start* to *stop*, shown by *render*."""
    return msgspec.structs.replace(
        event,
        start=start,
        stop=stop,
        kind=Kind.MEDIA,
        source=render.source,
        source_in=program.rate.seconds(start + render.first),
        speed=Fraction(1),
        absolute=False,
        text="",
        colour="#000000",
        reframe={aspect: moved_wish(wish, start - event.start) for aspect, wish in event.reframe.items()},
    )


def moved_wish(wish: Any, frames: int) -> Any:
    """A clip's crop *wish*, seen from so many *frames* later; one that cannot be read is left for others to refuse."""
    keys = wish.get("keys") if isinstance(wish, dict) else None
    if not frames or not isinstance(keys, list) or not all(isinstance(key, list) and key for key in keys):
        return wish
    return {**wish, "keys": [[key[0] - frames, *key[1:]] for key in keys]}
