"""Short words for timelines in tests, and what all flattened programs must hold."""

from __future__ import annotations

from collections import Counter
from typing import Any

from opentimelineio import opentime, schema

from twopop.timeline.flatten import Cut, flatten
from twopop.timeline.program import Program
from twopop.timeline.reading import Reading, ReadOptions


def span(start: float, frames: float, rate: float = 24.0) -> Any:
    return opentime.TimeRange(opentime.RationalTime(start, rate), opentime.RationalTime(frames, rate))


def clip(name: str, start: float, frames: float, rate: float = 24.0, **more: Any) -> Any:
    reference = more.pop("media", None) or schema.ExternalReference(
        target_url=f"/media/{name}.mov", available_range=span(0, 100_000, rate)
    )
    return schema.Clip(name=name, media_reference=reference, source_range=span(start, frames, rate), **more)


def gap(frames: float, rate: float = 24.0) -> Any:
    return schema.Gap(source_range=span(0, frames, rate))


def transition(before: float, after: float, kind: str = "SMPTE_Dissolve", rate: float = 24.0) -> Any:
    return schema.Transition(
        transition_type=kind,
        in_offset=opentime.RationalTime(before, rate),
        out_offset=opentime.RationalTime(after, rate),
    )


def track(*items: Any, name: str = "V1", kind: str = "Video") -> Any:
    made = schema.Track(name=name, kind=kind)
    made.extend(items)
    return made


def timeline(*tracks: Any, start: int | None = None, rate: float = 24.0, **more: Any) -> Any:
    made = schema.Timeline(name="cut", **more)
    made.tracks.extend(tracks)
    if start is not None:
        made.global_start_time = opentime.RationalTime(start, rate)
    return made


def read(made: Any, **options: Any) -> Reading:
    return flatten(Cut(made), ReadOptions(**options))


def rules(reading: Reading) -> set[str]:
    return {finding.rule for finding in reading.findings}


def covered(program: Program) -> Counter[int]:
    return Counter(frame for event in program.picture for frame in range(event.start, event.stop))


def in_dissolves(program: Program) -> Counter[int]:
    return Counter(frame for each in program.dissolves for frame in range(each.start, each.stop))


def assert_covered_once(program: Program) -> None:
    dissolving = in_dissolves(program)
    assert max(dissolving.values(), default=1) == 1
    assert covered(program) == Counter({frame: 1 + dissolving[frame] for frame in range(program.frames)})
