"""The pictures of a program, frame by frame, as the practice project renders them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from twopop.errors import EditorError
from twopop.hosts.encoding import BT709, FULL_LEVELS, VIDEO_LEVELS
from twopop.hosts.reading_back import open_media
from twopop.time import Rate
from twopop.timeline.program import Dissolve, Event, Kind, Program

#: Seconds that are decoded rather than sought over.
_NEAR = Fraction(2)


class _Film:
    """One source file, read forwards; going back seeks."""

    def __init__(self, path: str) -> None:
        self.container = open_media(Path(path))
        if not self.container.streams.video:
            self.container.close()
            raise EditorError("There is no picture in this file.", where=path, remedy="Relink the clip.")
        self.path, self.stream = path, self.container.streams.video[0]
        self.stream.thread_type = "AUTO"
        self.base = Fraction(self.stream.time_base or 1)
        self.first: int | None = None
        self._start()
        self.first = self.now[0]

    def _start(self) -> None:
        self._frames = ((frame.pts or 0, frame) for frame in self.container.decode(self.stream))
        now = next(self._frames, None)
        if now is None:
            raise EditorError("No picture in this file can be decoded.", where=self.path, remedy="Relink the clip.")
        self.now, self.after = now, next(self._frames, None)

    def _time(self, shown: tuple[int, Any]) -> Fraction:
        return (shown[0] - (self.first or 0)) * self.base

    def at(self, time: Fraction) -> Any:
        """The frame that is shown *time* seconds after the first; raises EditorError behind the end."""
        if time < self._time(self.now) - self.base or time > self._time(self.now) + _NEAR:
            self._seek(time)
        while self.after is not None and self._time(self.after) <= time + self.base / 2:
            self.now, self.after = self.after, next(self._frames, None)
        if self.after is None and time >= self._time(self.now) + 2 / self._rate():
            raise EditorError(
                f"The media ends {float(time - self._time(self.now)):.2f} s before the clip does.",
                where=self.path,
                remedy="Trim the clip, or relink it.",
            )
        return self.now[1]

    def _seek(self, time: Fraction) -> None:
        for target in (time, Fraction(0)):
            self.container.seek(int(target / self.base) + (self.first or 0), stream=self.stream)
            self._start()
            if self._time(self.now) <= time + self.base / 2:
                return

    def _rate(self) -> Rate:
        return Rate(Fraction(self.stream.average_rate or 25))


class Pictures:
    """The frames of *program* at *size* as YUV frames of BT.709 in *pixel_format*; to be closed (``with``).

    A picture of another shape is shown whole, on black.
    """

    def __init__(self, program: Program, size: tuple[int, int], pixel_format: str) -> None:
        self.program, self.size, self.pixel_format = program, size, pixel_format
        self._films: dict[str, _Film] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for film in self._films.values():
            film.container.close()

    def frame(self, number: int) -> Any:
        """Program frame *number*. Raises EditorError for media that is not there or ends too early."""
        events = [event for event in self.program.picture if event.start <= number < event.stop]
        dissolve = next((each for each in self.program.dissolves if each.start <= number < each.stop), None)
        if dissolve is not None and len(events) > 1:
            return self._encoded(self._mixed(events, dissolve, number))
        event = events[-1] if events else None
        if event is None or event.kind is not Kind.MEDIA:
            return self._encoded(self._plain(event))
        shown = self._shown(event, number)
        if _fitted((shown.width, shown.height), self.size) == self.size:
            return self._reformatted(shown, self.size, self.pixel_format)
        return self._encoded(self._as_rgb(shown))

    def _shown(self, event: Event, number: int) -> Any:
        path = event.source.path if event.source else ""
        time = event.source_time(number, self.program.rate)
        try:
            if path not in self._films:
                self._films[path] = _Film(path)
            return self._films[path].at(max(Fraction(0), time))
        except EditorError as error:
            place = f"{self.program.timecode(number)} {event.name}"
            raise EditorError(error.what, where=place, remedy=error.remedy or "Relink the clip.") from None

    def _mixed(self, events: list[Event], dissolve: Dissolve, number: int) -> Any:
        going, coming = sorted(events, key=lambda event: event.start)[-2:]
        weight = (number - dissolve.start + 0.5) / (dissolve.stop - dissolve.start)
        pair = [self._rgb(event, number).astype(np.float32) for event in (going, coming)]
        return (pair[0] * (1 - weight) + pair[1] * weight + 0.5).astype(np.uint8)

    def _rgb(self, event: Event, number: int) -> Any:
        return self._as_rgb(self._shown(event, number)) if event.kind is Kind.MEDIA else self._plain(event)

    def _plain(self, event: Event | None) -> Any:
        colour = event.colour if event is not None and event.kind is Kind.COLOUR else "#000000"
        picture = np.empty((self.size[1], self.size[0], 3), np.uint8)
        picture[:] = [int(colour[place : place + 2], 16) for place in (1, 3, 5)]
        return picture

    def _as_rgb(self, shown: Any) -> Any:
        width, height = _fitted((shown.width, shown.height), self.size)
        inner = self._reformatted(shown, (width, height), "rgb24").to_ndarray()
        picture = self._plain(None)
        top, left = (self.size[1] - height) // 2, (self.size[0] - width) // 2
        picture[top : top + height, left : left + width] = inner
        return picture

    def _encoded(self, rgb: Any) -> Any:
        import av

        return self._reformatted(av.VideoFrame.from_ndarray(rgb, "rgb24"), self.size, self.pixel_format)

    def _reformatted(self, frame: Any, size: tuple[int, int], pixel_format: str) -> Any:
        said = int(frame.colorspace)
        made = frame.reformat(
            width=size[0],
            height=size[1],
            format=pixel_format,
            src_colorspace=said if said in _MATRICES else BT709,
            dst_colorspace=BT709,
            dst_color_range=FULL_LEVELS if pixel_format == "rgb24" else VIDEO_LEVELS,
        )
        made.color_range, made.colorspace, made.color_primaries, made.color_trc = VIDEO_LEVELS, BT709, BT709, BT709
        return made


#: The colour matrices that frames are taken at their word for: BT.709, BT.470BG, SMPTE 170M.
_MATRICES = frozenset({1, 5, 6})


def _fitted(inner: tuple[int, int], outer: tuple[int, int]) -> tuple[int, int]:
    """The largest even size of the shape *inner* within *outer*; *outer* itself where that is nearly it."""
    scale = min(Fraction(outer[0], inner[0]), Fraction(outer[1], inner[1]))
    width, height = (max(2, round(side * scale / 2) * 2) for side in inner)
    return outer if abs(width - outer[0]) <= 2 and abs(height - outer[1]) <= 2 else (width, height)
