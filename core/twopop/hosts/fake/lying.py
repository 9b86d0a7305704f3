"""What the lies of a bad host make of what it was asked to do."""

from __future__ import annotations

from typing import Any

import msgspec

from twopop.hosts.fake.faults import Lie
from twopop.hosts.fake.project import HeldTimeline, Project
from twopop.hosts.model import RenderPreset
from twopop.time import Rate
from twopop.timeline.program import Event, Kind, Marker, Program
from twopop.variants.model import Span

_OF_RENDERS = frozenset({"one-frame-short", "wrong-rate", "wrong-size", "silent", "black"})


class Lies:
    """The lies that are *told*; without any, all comes out as it went in."""

    def __init__(self, told: tuple[Lie, ...]) -> None:
        self.told = frozenset(told)

    @property
    def bend_renders(self) -> bool:
        """Whether renders come out otherwise than asked."""
        return bool(self.told & _OF_RENDERS)

    def put_over(self, project: Project, timeline: Any, name: str) -> tuple[Project, HeldTimeline] | None:
        """*timeline* in the place of one that is called *name*, or None where it is not put over anything."""
        there = next((each for each in project.timelines if each.name == name), None)
        if "puts-over" not in self.told or there is None:
            return None
        timeline.name = name
        over = msgspec.structs.replace(there, otio=timeline.to_json_string(indent=-1))
        return project.changed(over), over

    def cut(self, timeline: Any) -> Any:
        """The OTIO *timeline* as it is taken in."""
        if "loses-marker" in self.told:
            timeline.tracks.markers[:] = list(timeline.tracks.markers)[:-1]
        return timeline

    def markers(self, markers: tuple[Marker, ...]) -> tuple[Marker, ...]:
        """The *markers* that are taken in."""
        return markers[:-1] if "loses-marker" in self.told else markers

    def program(self, program: Program) -> Program:
        """The *program* that is rendered."""
        if "black" in self.told:
            black = Event(start=0, stop=program.frames, name="black", kind=Kind.BLACK)
            program = msgspec.structs.replace(program, events=(black,), dissolves=())
        if "silent" in self.told:
            program = msgspec.structs.replace(program, audio=())
        return program

    def span(self, span: Span) -> Span:
        """The stretch that is rendered."""
        return Span(span.start, span.stop - 1) if "one-frame-short" in self.told else span

    def preset(self, preset: RenderPreset) -> RenderPreset:
        """The preset that is followed."""
        if "wrong-rate" in self.told:
            preset = msgspec.structs.replace(preset, rate=Rate(24 if preset.rate != 24 else 25))
        if "wrong-size" in self.told:
            width, height = preset.size
            preset = msgspec.structs.replace(preset, size=(width + 16, height + 16))
        return preset
