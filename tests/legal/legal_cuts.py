"""Programs for the tests of rights: a shot, a sound, and what lies where."""

from fractions import Fraction
from typing import Any

from twopop.time import Rate
from twopop.timeline.program import AudioClip, AudioTrack, Event, Marker, Program, Role, Source

RATE = Rate(25)


def shot(start: int, stop: int, source: str, **more: Any) -> Event:
    path = more.pop("path", "")
    return Event(start=start, stop=stop, name=f"{source} clip", source=Source(name=source, path=path), **more)


def sound(start: Fraction | int, stop: Fraction | int, source: str, **more: Any) -> AudioClip:
    return AudioClip(start=Fraction(start), stop=Fraction(stop), name=source, source=Source(name=source), **more)


def program(
    *events: Event, audio: tuple[AudioClip, ...] = (), markers: tuple[Marker, ...] = (), role: Role = Role.MUSIC
) -> Program:
    track = AudioTrack(name="A1", role=role, clips=audio)
    return Program(name="spot", rate=RATE, frames=500, start=90_000, events=events, audio=(track,), markers=markers)
