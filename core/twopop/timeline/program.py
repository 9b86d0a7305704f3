"""The Program: a timeline flattened to what is seen and heard, on one exact frame grid.

Positions in the program are whole frames from its first frame, half-open: ``[start, stop)``. Times in a source are
seconds from the first frame of the media file, as exact Fractions, unless the event says that they are the source's
own timecode (``absolute``), which is settled when the media is at hand.
"""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from typing import Any

import msgspec

from twopop import time
from twopop.time import Rate


class Kind(StrEnum):
    """What an event shows: *media* from a file, a *title* (text), a plain *colour*, or *black* where nothing lies."""

    MEDIA = "media"
    TITLE = "title"
    COLOUR = "colour"
    BLACK = "black"


class Role(StrEnum):
    """What an audio track carries."""

    DIALOGUE = "dialogue"
    MUSIC = "music"
    EFFECTS = "effects"
    NARRATION = "narration"
    MIX = "mix"


class Source(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The media that a clip was cut from: *name* (clip or reel name), *path* as the timeline writes it ("" if unknown).

    *rate* and *available* (seconds of media, from its first frame) are the timeline's word, not the file's.
    """

    name: str
    path: str = ""
    rate: Rate | None = None
    available: Fraction | None = None


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One visible stretch of one source: program frames ``[start, stop)``.

    *layer* 0 is the picture; 1 and up lie on top of it (titles and graphics, lowest first). Two picture events
    overlap only while one dissolves into the other.

    The source's time at program frame f is ``source_in + (f - start) / program rate * speed`` seconds; *speed* 0
    holds one frame, a negative speed plays backwards. With *absolute* the time is counted as the source's own
    timecode (its start timecode has to be taken off).

    *text* is what a title says and *colour* (``"#rrggbb"``) what a colour shows. *fade_in* and *fade_out* are frames,
    for layers above the picture. *reframe* holds the clip's own crop wishes by aspect (``{"9:16": {"x": 0.3}}``), as
    the clip says them. *track* and *metadata* (the clip's ``twopop`` metadata) are for people and plugins.
    """

    start: int
    stop: int
    name: str
    kind: Kind = Kind.MEDIA
    layer: int = 0
    source: Source | None = None
    source_in: Fraction = Fraction(0)
    speed: Fraction = Fraction(1)
    absolute: bool = False
    text: str = ""
    colour: str = "#000000"
    fade_in: int = 0
    fade_out: int = 0
    reframe: dict[str, Any] = {}
    track: str = ""
    metadata: dict[str, Any] = {}

    @property
    def frames(self) -> int:
        """Length in program frames."""
        return self.stop - self.start

    def source_time(self, frame: int, rate: Rate) -> Fraction:
        """The source's time in seconds shown at program *frame* of a program at *rate*."""
        return self.source_in + rate.seconds(frame - self.start) * self.speed


class Dissolve(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Program frames ``[start, stop)`` in which one picture event turns into the next, evenly.

    In frame k of n (from 0) the incoming picture weighs (k + 1/2) / n. *kind* is the transition's own name in the
    timeline.
    """

    start: int
    stop: int
    kind: str = "dissolve"


class AudioClip(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One audible stretch: program seconds ``[start, stop)``, exact.

    *source_in*, *speed* and *absolute* as with Event. *gain_db* is the clip's gain; *fade_in* and *fade_out* are
    seconds, linear in amplitude. *channels* picks channels of the source (from 0; empty: all).
    """

    start: Fraction
    stop: Fraction
    name: str
    source: Source
    source_in: Fraction = Fraction(0)
    speed: Fraction = Fraction(1)
    absolute: bool = False
    gain_db: float = 0.0
    fade_in: Fraction = Fraction(0)
    fade_out: Fraction = Fraction(0)
    channels: tuple[int, ...] = ()
    metadata: dict[str, Any] = {}


class AudioTrack(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The clips of one audio track, what it carries (*role*), and how its role was found (*role_from*)."""

    name: str
    role: Role
    clips: tuple[AudioClip, ...] = ()
    role_from: str = ""


class Marker(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An editor's marker at program *frame*, *frames* long (0 for a point)."""

    frame: int
    name: str
    frames: int = 0
    colour: str = ""
    note: str = ""


class Program(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is seen and heard, on one frame grid.

    *start* is the timecode of the first frame as a frame count from midnight; *drop* whether its timecode drops.
    *events* cover every picture frame (gaps are black events), sorted by layer and start; *size* is the timeline's
    raster in pixels when it says one.
    """

    name: str
    rate: Rate
    frames: int
    start: int = 0
    drop: bool = False
    size: tuple[int, int] | None = None
    events: tuple[Event, ...] = ()
    dissolves: tuple[Dissolve, ...] = ()
    audio: tuple[AudioTrack, ...] = ()
    markers: tuple[Marker, ...] = ()

    @property
    def picture(self) -> tuple[Event, ...]:
        """The picture events, in order."""
        return tuple(event for event in self.events if event.layer == 0)

    @property
    def overlays(self) -> tuple[Event, ...]:
        """The events above the picture, lowest layer first."""
        return tuple(event for event in self.events if event.layer > 0)

    @property
    def duration(self) -> Fraction:
        """Length in seconds."""
        return self.rate.seconds(self.frames)

    def timecode(self, frame: int) -> str:
        """The timecode of program *frame*."""
        return time.timecode(self.start + frame, self.rate, drop=self.drop)

    def frame_of(self, text: str) -> int:
        """The program frame named by the timecode *text*; may lie outside the program. Raises InputError."""
        return time.frame_of(text, self.rate) - self.start
