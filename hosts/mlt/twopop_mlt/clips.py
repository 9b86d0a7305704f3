"""A use of a producer as an OpenTimelineIO clip."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from twopop.time import Rate
from twopop.timeline.exact import stretch
from twopop_mlt.lines import Use
from twopop_mlt.materials import Material

#: No frame rate lies above this.
_MOST_RATE = 1001


def clip_of(what: Material, use: Use, rate: Rate) -> Any:
    """The clip that *use* makes of *what* in a project of *rate*."""
    from opentimelineio import schema

    clip = schema.Clip(name=what.name, media_reference=_reference(what, rate))
    clip.source_range = stretch(_start(what, use, rate), rate.seconds(use.frames), rate)
    if what.kind == "file":
        _pace(clip, what)
    if what.doubts:
        clip.metadata["twopop"] = {"doubts": list(what.doubts)}
    return clip


def _start(what: Material, use: Use, rate: Rate) -> Fraction:
    """The time in the media (seconds) of the first frame of what *use* shows of it.

    MLT counts the frames of a retimed file on its new length, backwards from its last one where the speed is negative
    (``producer_timewarp.c``).
    """
    if what.kind != "file":
        return Fraction(0)
    if what.speed == 0:
        return rate.seconds(what.held)
    if what.speed > 0:
        return rate.seconds(what.first + use.first) * what.speed
    last = what.first + (what.length or what.whole or use.first + use.frames)
    return max(Fraction(0), rate.seconds(last + what.first - use.first - use.frames) * -what.speed)


def _reference(what: Material, rate: Rate) -> Any:
    from opentimelineio import schema

    if what.kind == "file":
        return _file(what, rate)
    kinds = {"title": "title", "clear": "transparent", "colour": "color"}
    kind = kinds.get(what.kind, what.maker)
    if what.kind == "colour" and what.colour == "#000000":
        kind = "black"
    parameters: dict[str, Any] = {}
    if what.kind == "title":
        parameters["text"] = what.text
    elif kind == "color":
        parameters["colour"] = what.colour
    return schema.GeneratorReference(generator_kind=kind, parameters=parameters)


def _file(what: Material, rate: Rate) -> Any:
    """The media with as much of it as the project knows, counted on the media's own rate where that comes out even."""
    from opentimelineio import schema

    if not what.path:
        return schema.MissingReference(name=what.media or what.name)
    whole, own = what.available, what.rate
    if whole == "frames":
        whole = rate.seconds(what.whole or 0) * abs(what.speed or Fraction(1))
        own = own if own is not None and (whole * own).denominator == 1 else rate
    elif own is not None and ((whole or 0) * own).denominator != 1:
        own = None
    span = stretch(Fraction(0), whole or Fraction(0), own) if own is not None else _on_no_rate(whole or Fraction(0))
    reference = schema.ExternalReference(target_url=what.path, available_range=span)
    reference.name = what.media
    return reference


def _on_no_rate(length: Fraction) -> Any:
    """A range of *length* in ticks that nobody takes for a frame rate."""
    from opentimelineio import opentime

    ticks = length.denominator
    while ticks < _MOST_RATE:
        ticks *= 10
    span = opentime.RationalTime(int(length * ticks), ticks)
    return opentime.TimeRange(opentime.RationalTime(0, ticks), span)


def _pace(clip: Any, what: Material) -> None:
    from opentimelineio import schema

    if what.speed == 0:
        clip.effects.append(schema.FreezeFrame())
    elif what.speed != 1:
        clip.effects.append(schema.LinearTimeWarp(time_scalar=float(what.speed)))
    if what.remapped:
        clip.effects.append(schema.TimeEffect(name="timeremap", effect_name="timeremap"))
