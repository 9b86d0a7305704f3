"""Holding what was written as a project against what was to be written, before it gets a name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from twopop import Event, Finding, Program, StudioError

#: Rules of findings about things that are in the host's timeline and not in twopop's.
_CARRIED = frozenset({"timeline.effect", "timeline.doubt", "timeline.transition", "timeline.generator"})
#: How many of them are told one by one.
_TOLD = 3


def must_show(wanted: Program, made: Program, name: str) -> None:
    """Raise StudioError where *made*, read back from the project, shows something else than *wanted*.

    What MLT can only say in whole frames may lie up to a frame beside it.
    """
    for what, one, other in _pairs(wanted, made):
        if one != other:
            raise StudioError(
                f"The cut cannot be written as an MLT project: its {what} would be {other}, not {one}.",
                where=name,
                remedy="Tell it to whoever made twopop.",
            )
    for one, other in zip(_shown(wanted), _shown(made), strict=True):
        off = abs(one.source_in - other.source_in) * wanted.rate
        if off > max(Fraction(1), abs(one.speed)):
            raise StudioError(
                f"The cut cannot be written as an MLT project: {one.name} would begin {float(off):.2f} frames off.",
                where=f"{wanted.timecode(one.start)} {name}",
            )


def left_out(wanted: Sequence[Finding], made: Sequence[Finding]) -> list[str]:
    """What of a cut was told when it was read and is not in the project that was made of it, in words."""
    kept = {(each.rule, each.where) for each in made}
    gone = [each for each in wanted if each.rule in _CARRIED and (each.rule, each.where) not in kept]
    words = [f"Left out at {each.where}: {each.message}" for each in gone[:_TOLD]]
    return [*words, *([f"{len(gone) - _TOLD} more such things are left out."] if len(gone) > _TOLD else [])]


def _pairs(wanted: Program, made: Program) -> Iterator[tuple[str, Any, Any]]:
    for field in ("rate", "frames", "start", "drop", "markers"):
        yield field, getattr(wanted, field), getattr(made, field)
    yield "number of events", len(wanted.events), len(made.events)
    for one, other in zip(wanted.events, made.events, strict=True):
        yield f"event at {wanted.timecode(one.start)}", _told(one), _told(other)
    yield "dissolves", _spans(wanted), _spans(made)
    clips = [sum(len(track.clips) for track in program.audio) for program in (wanted, made)]
    yield "sounds", clips[0], clips[1]


def _told(event: Event) -> tuple[Any, ...]:
    path = event.source.path if event.source is not None else ""
    return event.start, event.stop, event.layer, event.kind, path, event.speed, event.text, event.colour


def _spans(program: Program) -> list[tuple[int, int]]:
    return [(each.start, each.stop) for each in program.dissolves]


def _shown(program: Program) -> list[Event]:
    return [event for event in program.events if event.source is not None]
