"""What the renderer must know of a source file beyond its take: when its first frame is shown, and how it is stored."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from twopop.errors import EditorError
from twopop.picture.colour import is_rgb
from twopop.picture.opening import first_tick, frame_ticks, open_media, picture_stream, start_of, time_base
from twopop.picture.recipe import Take
from twopop.picture.tools import picture_format

#: Containers with an index, in which a seek always lands before the frame; others are read from their start.
_INDEXED = frozenset({"mov", "matroska", "webm", "mxf", "avi"})


@dataclass(frozen=True)
class Source:
    """A source as it lies on disk.

    *start* is the time of its first frame and *origin* that of the container, in seconds; *tick* is the time base of
    the frames' times. *times* (from the first frame) are there for uneven sources only. A source is *counted* from its
    first frame where its times cannot be trusted. *size* is as coded; *frames* is what the header says (0: nothing).
    *demuxer* is named for single pictures only.
    """

    path: Path
    start: Fraction
    origin: Fraction
    tick: Fraction
    indexed: bool
    size: tuple[int, int]
    pixel_format: str
    rgb: bool
    alpha: bool
    depth: int
    counted: bool = False
    frames: int = 0
    demuxer: str = ""
    times: tuple[Fraction, ...] = ()


def look_at(take: Take) -> Source:
    """The file of *take*.

    AVI has no times of presentation: where a codec reorders its pictures they are guesses, and readers guess
    differently. Raises InputError when it cannot be read, EditorError when the stream is not in
    it.
    """
    path = Path(take.path)
    with open_media(path) as container:
        stream = picture_stream(container, take.stream)
        if stream is None:
            raise EditorError("The picture stream is gone from this file.", where=str(path), remedy="Plan again.")
        tick, context, layout = time_base(stream), stream.codec_context, stream.format
        ticks = [first_tick(container, stream)] if take.uniform or take.still else frame_ticks(container, stream)
        name = layout.name
        return Source(
            path=path,
            start=ticks[0] * tick,
            origin=start_of(container),
            tick=tick,
            indexed=bool(_INDEXED & set(container.format.name.split(","))),
            size=(context.width, context.height),
            pixel_format=name,
            rgb=is_rgb(name),
            alpha=name.startswith(("yuva", "rgba", "argb", "abgr", "bgra", "gbrap", "pal8", "ya", "ayuv")),
            counted="avi" in container.format.name and context.codec.reorder,
            depth=max(component.bits for component in layout.components),
            frames=stream.frames,
            demuxer=picture_format(path),
            times=() if len(ticks) == 1 else tuple((t - ticks[0]) * tick for t in ticks),
        )
