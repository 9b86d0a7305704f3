"""The contract's timelines: what is in them, and what must be seen and heard of them, by arithmetic."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from twopop import time
from twopop.hosts.contract.cards import BLACK, FRAMES, SIZE, make_sources
from twopop.hosts.otio import otio_marker
from twopop.time import Rate
from twopop.timeline.program import Marker


@dataclass(frozen=True)
class Shot:
    """*frames* of a source from its frame *first* on; source "" is a gap."""

    source: str
    first: int
    frames: int


_SHOTS = (Shot("A", 4, 12), Shot("", 0, 5), Shot("B", 10, 11), Shot("C", 0, 9))

#: Markers with everything in them: a point, a length, a place at each end, letters of elsewhere, quotes and breaks.
_MARKERS = (
    Marker(frame=0, name="Start", colour="green"),
    Marker(frame=7, name="Größer, bitte ✂ 題名", frames=4, colour="red", note='She says "no"\nand leaves \u2013 50 %'),
    Marker(frame=36, name="Last frame", frames=1, colour="blue", note="ends here"),
)


@dataclass(frozen=True)
class Cut:
    """A timeline of the contract: its *rate*, *start* as a timecode, *shots*, *markers* and *words*.

    *titles* is a shot that lies above from frame 2 on, on a track of titles.
    """

    rate: Rate
    start: str
    shots: tuple[Shot, ...] = _SHOTS
    markers: tuple[Marker, ...] = _MARKERS
    words: tuple[tuple[str, str], ...] = (("campaign", "Vår 2027"), ("note", 'a "b" <c> & d'))

    titles: Shot | None = None

    @property
    def frames(self) -> int:
        """How long it is."""
        return sum(shot.frames for shot in self.shots)

    @property
    def drop(self) -> bool:
        """Whether its timecode drops."""
        return ";" in self.start

    @property
    def first(self) -> int:
        """The frame that its first frame is, counted from midnight."""
        return time.frame_of(self.start, self.rate)

    @property
    def cards(self) -> tuple[str, ...]:
        """What its frames show, in order."""
        shown = [
            f"{shot.source}{shot.first + number}" if shot.source else BLACK
            for shot in self.shots
            for number in range(shot.frames)
        ]
        return tuple(shown)

    def times(self, count: int) -> Cut:
        """It *count* times over."""
        return replace(self, shots=self.shots * count)

    def otio(self, folder: Path, name: str) -> str:
        """It as OTIO text, with its media drawn in *folder*; one source is named by a path, the others by a URL."""
        import opentimelineio

        files = make_sources(folder, self.rate)
        references = {source: path.as_posix() if source == "A" else path.as_uri() for source, path in files.items()}
        timeline = opentimelineio.schema.Timeline(name=name, global_start_time=self._time(self.first))
        timeline.metadata["twopop"] = {"size": list(SIZE), "drop": self.drop, **dict(self.words)}
        for kind, track in (("Video", "V1"), ("Audio", "A1")):
            made = opentimelineio.schema.Track(name=track, kind=kind)
            made.extend([self._item(shot, references) for shot in self.shots])
            timeline.tracks.append(made)
        if self.titles is not None:
            above = opentimelineio.schema.Track(name="Titles", kind="Video")
            above.extend([self._item(Shot("", 0, 2), references), self._item(self.titles, references)])
            timeline.tracks.append(above)
        timeline.tracks.markers.extend([otio_marker(marker, self.rate) for marker in self.markers])
        text: str = timeline.to_json_string(indent=-1)
        return text

    def _item(self, shot: Shot, references: dict[str, str]) -> Any:
        import opentimelineio

        if not shot.source:
            return opentimelineio.schema.Gap(source_range=self._range(0, shot.frames))
        reference = opentimelineio.schema.ExternalReference(references[shot.source], self._range(0, FRAMES))
        return opentimelineio.schema.Clip(
            name=f"shot {shot.source}", media_reference=reference, source_range=self._range(shot.first, shot.frames)
        )

    def _time(self, frames: int) -> Any:
        import opentimelineio

        return opentimelineio.opentime.RationalTime(frames, float(self.rate))

    def _range(self, first: int, frames: int) -> Any:
        import opentimelineio

        return opentimelineio.opentime.TimeRange(self._time(first), self._time(frames))


FILM = Cut(Rate(24000, 1001), "01:00:00:00")
#: The same with a graphic over its first shot.
TITLED = replace(FILM, titles=Shot("C", 0, 8))
PAL = Cut(Rate(25), "10:00:00:00", shots=_SHOTS[::-1])
DROP = Cut(Rate(30000, 1001), "00:58:59;20")
