"""Writing a cut: tracks that fill up from left to right, on one frame grid, as OpenTimelineIO objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import opentimelineio as otio

from twopop.time import Rate


def at(frame: int, rate: Rate) -> Any:
    """*frame* as OTIO's RationalTime."""
    return otio.opentime.RationalTime(frame, float(rate))


def stretch(start: int, frames: int, rate: Rate) -> Any:
    """*frames* from *start* as OTIO's TimeRange."""
    return otio.opentime.TimeRange(at(start, rate), at(frames, rate))


def file_clip(
    name: str,
    path: str,
    taken: Any,
    available: Any,
    *,
    speed: float | None = None,
    says: Mapping[str, Any] | None = None,
) -> Any:
    """A clip that plays the range *taken* of the media at *path*, of which there is *available*.

    *speed* 0 holds its first frame; *says* is the clip's word to twopop (``reframe``, ``gain_db``).
    """
    reference = otio.schema.ExternalReference(target_url=path, available_range=available)
    clip = otio.schema.Clip(name, reference, taken, metadata={"twopop": dict(says)} if says else {})
    if speed == 0:
        clip.effects.append(otio.schema.FreezeFrame())
    elif speed is not None:
        clip.effects.append(otio.schema.LinearTimeWarp(time_scalar=speed))
    return clip


def title_clip(text: str, frames: int, rate: Rate) -> Any:
    """A title generator that says *text* for *frames*."""
    generator = otio.schema.GeneratorReference(
        name="Title", generator_kind="title", available_range=stretch(0, frames, rate), parameters={"text": text}
    )
    return otio.schema.Clip(text, generator, stretch(0, frames, rate))


class Lane:
    """One track while it is being filled; ``track`` is OTIO's."""

    def __init__(self, name: str, kind: str, rate: Rate, role: str = "") -> None:
        self.rate, self.end = rate, 0
        self.track = otio.schema.Track(name, kind=kind, metadata={"twopop": {"role": role}} if role else {})

    def put(self, start: int, clip: Any, *, fade_in: int = 0, fade_out: int = 0) -> None:
        """Lay *clip* at program frame *start*, black or silence before it; the fades are in frames."""
        if start < self.end:
            raise ValueError(f"{clip.name} begins at {start}, but {self.track.name} is taken up to {self.end}")
        if start > self.end:
            self.track.append(otio.schema.Gap(duration=at(start - self.end, self.rate)))
        if fade_in:
            self.dissolve(0, fade_in)
        self.track.append(clip)
        if fade_out:
            self.dissolve(fade_out, 0)
        self.end = start + round(clip.source_range.duration.rescaled_to(float(self.rate)).value)

    def dissolve(self, before: int, after: int) -> None:
        """Dissolve from *before* frames ahead of this place to *after* frames behind it."""
        kind = otio.schema.TransitionTypes.SMPTE_Dissolve
        self.track.append(otio.schema.Transition("Dissolve", kind, at(before, self.rate), at(after, self.rate)))


def marker(name: str, start: int, frames: int, rate: Rate, *, colour: str = "GREEN", note: str = "") -> Any:
    """An editor's marker over program frames from *start*."""
    return otio.schema.Marker(name, marked_range=stretch(start, frames, rate), color=colour, comment=note)


def timeline(name: str, start: int, rate: Rate, lanes: list[Lane], markers: list[Any]) -> Any:
    """The timeline of *lanes*, the lowest first, that begins at timecode frame *start*."""
    made = otio.schema.Timeline(name, global_start_time=at(start, rate))
    made.tracks.extend([lane.track for lane in lanes])
    made.tracks.markers.extend(markers)
    return made


def srt(captions: list[tuple[int, int, str]], rate: Rate) -> str:
    """Captions of (first frame, frame after the last, text) as SubRip text, to the nearest millisecond."""

    def time(frame: int) -> str:
        milliseconds = round(rate.seconds(frame) * 1000)
        seconds, rest = divmod(milliseconds, 1000)
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02},{rest:03}"

    blocks = [f"{n}\n{time(a)} --> {time(b)}\n{text}\n" for n, (a, b, text) in enumerate(captions, 1)]
    return "\n".join(blocks)
