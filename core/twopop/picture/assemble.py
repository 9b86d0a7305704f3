"""Segments and sound into one file, by copying packets: nothing is encoded again."""

from __future__ import annotations

import contextlib
import heapq
import math
import threading
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twopop.errors import Cancelled, EditorError, StudioError
from twopop.picture.muxing import as_stored, picture_track, written
from twopop.picture.opening import only, open_media
from twopop.picture.pieces import Piece, packets, stream_of
from twopop.specs import Container
from twopop.time import Rate, frame_of

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.packet import Packet
    from av.video.stream import VideoStream


def assemble(
    out: Path,
    pieces: Sequence[Piece],
    *,
    rate: Rate,
    frames: int,
    container: Container,
    sounds: Sequence[Path] = (),
    timecode: str = "",
    metadata: Mapping[str, str] | None = None,
    identity: str = "",
    cancel: threading.Event | None = None,
) -> None:
    """Write *pieces*, in order, and every stream of the encoded *sounds* into *out*.

    The first of *sounds* is heard by default, as are mono tracks that make up one. Every frame lasts exactly one frame
    of *rate*, from time 0. *timecode* is that of the first frame (``;`` for drop-frame, "" for none). *identity* stands
    for what is in the file; unique names in it are made from that, so that the same input gives the same bytes. Raises
    StudioError when the pieces were not encoded alike (``picture.parameters-differ``), EditorError when they do not
    make *frames* frames, InputError when one cannot be read, Cancelled soon after *cancel* was set.
    """
    import av

    if timecode:
        frame_of(timecode, rate)
    if not pieces:
        raise EditorError("There is no picture to assemble.", where=str(out))
    try:
        ticks = _movie_ticks(rate, sounds)
        with written(out, container, ticks=ticks, rate=rate, metadata=metadata or {}, identity=identity) as output:
            _fill(output, pieces, rate, frames, sounds, timecode, container, out, cancel)
    except (av.FFmpegError, OSError) as error:
        if getattr(error, "errno", None) == 28:
            raise EditorError("The disk is full.", where=str(out), remedy="Free some space and run again.") from None
        raise StudioError(f"The file cannot be assembled ({error}).", where=str(out)) from None


def _fill(
    output: OutputContainer,
    pieces: Sequence[Piece],
    rate: Rate,
    frames: int,
    sounds: Sequence[Path],
    timecode: str,
    container: Container,
    out: Path,
    cancel: threading.Event | None,
) -> None:
    with contextlib.ExitStack() as stack:
        first = stream_of(stack.enter_context(open_media(pieces[0].path)), pieces[0])
        picture = picture_track(output, first, rate, timecode)
        heard = [packets for place, sound in enumerate(sounds) for packets in _heard(stack, output, sound, place)]
        pictures = as_stored(_unless_cancelled(packets(pieces, rate), cancel), first, picture, container)
        count = _interleave(output, picture, pictures, heapq.merge(*heard, key=_when))
    if count != frames:
        raise EditorError(f"The segments make {count} frames, the plan says {frames}.", where=str(out))


def _unless_cancelled(pictures: Iterator[Packet[Any]], cancel: threading.Event | None) -> Iterator[Packet[Any]]:
    for picture in pictures:
        if cancel is not None and cancel.is_set():
            raise Cancelled("Stopped.")
        yield picture


def _heard(
    stack: contextlib.ExitStack, output: OutputContainer, sound: Path, place: int
) -> Iterator[Iterator[Packet[Any]]]:
    """A stream of *output* for each one in *sound*, which is the file's sound number *place*, and its packets."""
    from av.stream import Disposition

    with open_media(sound) as source:
        count = len(source.streams.audio)
    if not count:
        raise EditorError("There is no sound in this file.", where=str(sound))
    for number in range(count):  # each from an opening of its own, so that none waits for another
        source = stack.enter_context(open_media(sound))
        track = source.streams.audio[number]
        only(track)
        stream = output.add_stream_from_template(track)
        stream.disposition = Disposition.default if place == 0 or count > 1 else Disposition(0)
        stream.metadata.update({key: track.metadata.get(key, "") for key in ("handler_name", "language")})
        yield _sounds(source.demux(track), stream)


def _movie_ticks(rate: Rate, sounds: Sequence[Path]) -> int:
    """Ticks a second in which edit lists are written: whole for frames and samples, or players cut the last samples."""
    rates = []
    for sound in sounds:
        with open_media(sound) as source:
            rates += [stream.codec_context.sample_rate for stream in source.streams.audio]
    return math.lcm(rate.numerator, *rates)


def _interleave(
    output: OutputContainer, stream: VideoStream, pictures: Iterator[Packet[Any]], sounds: Iterator[Packet[Any]]
) -> int:
    """Write *pictures* into *stream*, and *sounds*, in order of time; the number of pictures."""
    count = 0
    sound = next(sounds, None)
    for picture in pictures:
        picture.stream = stream
        while sound is not None and _when(sound) <= _when(picture):
            output.mux(sound)
            sound = next(sounds, None)
        output.mux(picture)
        count += 1
    while sound is not None:
        output.mux(sound)
        sound = next(sounds, None)
    return count


def _when(packet: Packet[Any]) -> Fraction:
    return (packet.dts or 0) * Fraction(packet.time_base)


def _sounds(packets: Iterator[Packet[Any]], stream: Any) -> Iterator[Packet[Any]]:
    for packet in packets:
        if packet.size and packet.dts is not None:
            packet.stream = stream
            yield packet
