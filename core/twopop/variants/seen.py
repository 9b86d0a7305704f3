"""All that some stretches of a program show and sound, in a form that can be held side by side.

Two cuts are the same to a viewer when this is the same: how the pieces are called, on which track they lie and whether
a piece of black is one or two makes no difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from twopop.timeline.master import moved_wish
from twopop.timeline.program import AudioClip, Dissolve, Event, Kind, Program
from twopop.variants.model import Span


def seen(program: Program, spans: Sequence[Span], *, texted: bool = True) -> list[Any]:
    """What *spans* of *program* show and sound, in the time of the cut that they make up; its length first.

    Without *texted* titles and graphics are left out.
    """
    shown: list[Any] = []
    offset = 0
    for span in spans:
        shift = offset - span.start
        for event in program.events:
            if event.start < span.stop and span.start < event.stop and (texted or event.layer == 0):
                shown.append(_event(event, span, shift, program))
        for dissolve in program.dissolves:
            if dissolve.start < span.stop and span.start < dissolve.stop:
                shown.append(_dissolve(dissolve, span, shift))
        for track in program.audio:
            shown += [
                _clip(clip, track.role, span, shift, program) for clip in track.clips if _heard(clip, span, program)
            ]
        offset += span.frames
    return [offset, *_without_seams(sorted(_by_depth(shown), key=repr))]


def _event(event: Event, span: Span, shift: int, program: Program) -> tuple[Any, ...]:
    start, stop = max(event.start, span.start), min(event.stop, span.stop)
    source = (event.source.path or event.source.name) if event.source else ""
    seen_from = event.source_time(start, program.rate) if event.source else Fraction(0)
    looks = (event.kind, source, seen_from, event.speed, event.absolute, event.text, event.colour)
    faded_in = (event.fade_in, event.start + shift) if event.start + event.fade_in > start else ()
    faded_out = (event.fade_out, event.stop + shift) if event.stop - event.fade_out < stop else ()
    reframe = {aspect: moved_wish(wish, start - event.start) for aspect, wish in event.reframe.items()}
    own = {key: word for key, word in event.metadata.items() if key != "reframe"}
    return ("picture", start + shift, stop + shift, event.layer, looks, faded_in, faded_out, reframe, own)


def _dissolve(dissolve: Dissolve, span: Span, shift: int) -> tuple[Any, ...]:
    shown = (max(dissolve.start, span.start) + shift, min(dissolve.stop, span.stop) + shift)
    return ("dissolve", *shown, dissolve.start + shift, dissolve.stop + shift, dissolve.kind)


def _heard(clip: AudioClip, span: Span, program: Program) -> bool:
    return clip.start < program.rate.seconds(span.stop) and program.rate.seconds(span.start) < clip.stop


def _clip(clip: AudioClip, role: str, span: Span, shift: int, program: Program) -> tuple[Any, ...]:
    seconds = program.rate.seconds
    start, stop = max(clip.start, seconds(span.start)), min(clip.stop, seconds(span.stop))
    moved = seconds(shift)
    heard_from = clip.source_in + (start - clip.start) * clip.speed
    faded_in = (clip.fade_in, clip.start + moved) if clip.start + clip.fade_in > start else ()
    faded_out = (clip.fade_out, clip.stop + moved) if clip.stop - clip.fade_out < stop else ()
    sounds = (role, clip.source.path or clip.source.name, heard_from, clip.speed, clip.absolute, clip.gain_db)
    return ("sound", start + moved, stop + moved, sounds, clip.channels, faded_in, faded_out)


def _by_depth(shown: list[Any]) -> list[Any]:
    """*shown* with each picture's layer told as the number of those that lie below it at one time or another."""
    above = [each for each in shown if each[0] == "picture" and each[3] > 0]
    made = []
    for each in shown:
        if each[0] == "picture" and each[3] > 0:
            below = sum(1 for other in above if other[3] < each[3] and other[1] < each[2] and each[1] < other[2])
            made.append((*each[:3], 1 + below, *each[4:]))
        else:
            made.append(each)
    return made


def _without_seams(shown: list[Any]) -> list[Any]:
    """*shown* with black that goes on after black as one piece."""
    black: list[Any] = []
    rest: list[Any] = []
    for each in shown:
        (black if each[0] == "picture" and each[3] == 0 and each[4][0] is Kind.BLACK else rest).append(each)
    joined: list[tuple[int, int]] = []
    for start, stop in sorted((each[1], each[2]) for each in black):
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], stop)
        else:
            joined.append((start, stop))
    return [*rest, *(("black", *each) for each in joined)]
