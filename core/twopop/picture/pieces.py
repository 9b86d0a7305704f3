"""Stretches of picture that are joined by copying packets: whole segments, and ranges of intra-coded sources."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twopop.errors import EditorError, StudioError
from twopop.picture.opening import only, open_media, picture_stream, time_base
from twopop.time import Rate, floor

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

#: Codecs whose every frame says in its own header how it is to be decoded (ProRes: SMPTE RDD 36, 5.1; DNxHD and DNxHR:
#: SMPTE ST 2019-1, 6): frames of two encoders may follow one another. Of all others the container keeps a head.
SELF_DESCRIBING = frozenset({"prores", "dnxhd", "mjpeg", "png", "tiff", "jpeg2000", "v210"})

#: Apple's four letters for the profiles of ProRes (SMPTE RDD 36 leaves them to the container), in ffmpeg's words.
_PRORES = {"Proxy": "apco", "LT": "apcs", "Standard": "apcn", "HQ": "apch", "4444": "ap4h", "XQ": "ap4x"}
_NO_TAG = "\0\0\0\0"

Parameters = tuple[Any, ...]


class MismatchError(StudioError):
    """Pieces that were not encoded alike: no one decoder would show them all."""


@dataclass(frozen=True)
class Piece:
    """*frames* of the file at *path* from its frame *first* (from 0); None is the whole file, as a segment is.

    Only pictures that are all key frames can be taken in part. *stream* is the picture's index in the file (None: the
    file's only one).
    """

    path: Path
    first: int = 0
    frames: int | None = None
    stream: int | None = None


def packets(pieces: Sequence[Piece], rate: Rate) -> Iterator[Packet[Any]]:
    """The packets of all *pieces*, restamped one after another: frame n is shown at n / *rate*.

    They are decoded one a frame, as far ahead of being shown as the piece that reorders most asks for: a segment of
    one frame reorders nothing, and by its own stamps would be decoded after the start of the next. Raises MismatchError
    when the pieces were not encoded alike (``picture.parameters-differ``), EditorError when a frame is not there.
    """
    ahead = _compared(pieces, rate)
    begin = 0
    for piece in pieces:
        with open_media(piece.path) as container:
            source = stream_of(container, piece)
            only(source)
            count = 0
            taken = (_whole if piece.frames is None else _range)(container, source, rate, piece)
            for packet, shown in taken:
                packet.pts = (begin + shown) * rate.denominator
                packet.dts = (begin + count - ahead) * rate.denominator
                packet.duration = rate.denominator
                packet.time_base = Fraction(1, rate.numerator)
                count += 1
                yield packet
        begin += count


def decoded(piece: Piece, rate: Rate) -> list[bytes]:
    """The pictures of a *piece* of key frames at *rate*, one decoded after another, as the bytes of their planes."""
    with open_media(piece.path) as container:
        stream = stream_of(container, piece)
        context = stream.codec_context
        shown = [frame for packet, _ in _range(container, stream, rate, piece) for frame in context.decode(packet)]
        shown += context.decode(None)
        return [b"".join(_pixels(frame)) for frame in shown]


def _pixels(frame: VideoFrame) -> Iterator[bytes]:
    """The rows of the planes of *frame*, without what pads them."""
    for number, plane in enumerate(frame.planes):
        parts = [part for part in frame.format.components if part.plane == number]
        width = plane.width * sum(-(-part.bits // 8) for part in parts)
        rows = memoryview(plane)
        yield from (bytes(rows[at : at + width]) for at in range(0, plane.line_size * plane.height, plane.line_size))


def stream_of(container: InputContainer, piece: Piece) -> VideoStream:
    """The picture of *piece* in its open file; raises EditorError when it is gone."""
    stream = picture_stream(container, piece.stream)
    if stream is None:
        raise EditorError("The picture is gone from this file.", where=str(piece.path), remedy="Plan again.")
    return stream


def parameters(stream: VideoStream) -> Parameters:
    """What must be the same in every piece for one decoder to show them all."""
    context = stream.codec_context
    # An untold range is the limited one; readers of two containers tell it or not for the same packets.
    colour = (context.color_range or 1, context.colorspace, context.color_primaries, context.color_trc)
    shape = (context.name, context.profile, context.width, context.height, context.pix_fmt, *colour)
    if context.codec.canonical_name in SELF_DESCRIBING:
        return shape
    return (*shape, context.codec_tag, bytes(context.extradata or b""))


def tag_for(stream: VideoStream, format: str) -> str:
    """The four letters of *stream*'s codec in the container *format*; "" leaves them to the muxer.

    PyAV drops them, and the muxer for MOV would call every ProRes HQ.
    """
    if format not in ("mov", "mp4"):
        return ""
    context = stream.codec_context
    if context.codec.canonical_name == "prores":
        return _PRORES.get(str(context.profile), "")
    return str(context.codec_tag) if context.codec_tag != _NO_TAG and "mov" in stream.container.format.name else ""


def _compared(pieces: Sequence[Piece], rate: Rate) -> int:
    """How many frames a picture is decoded before it is shown, at most; raises MismatchError before any is taken."""
    wanted: Parameters | None = None
    ahead = 0
    for piece in pieces:
        with open_media(piece.path) as container:
            source = stream_of(container, piece)
            found = parameters(source)
            if wanted is not None and found != wanted:
                raise _differ(piece.path, wanted, found)
            wanted = found
            first = next(_stamped(container, source), None) if piece.frames is None else None
            ahead = ahead if first is None else max(ahead, -_frame(first.dts, source, rate, piece.path))
    return ahead


def _stamped(container: InputContainer, stream: VideoStream) -> Iterator[Packet[Any]]:
    """The packets of *stream* that hold a picture, in the order of decoding."""
    for packet in container.demux(stream):
        if packet.size and packet.pts is not None and packet.dts is not None:
            yield packet


def _whole(
    container: InputContainer, stream: VideoStream, rate: Rate, piece: Piece
) -> Iterator[tuple[Packet[Any], int]]:
    """Every packet with the frame in which it is shown."""
    for packet in _stamped(container, stream):
        yield packet, _frame(packet.pts, stream, rate, piece.path)


def _frame(stamp: int | None, stream: VideoStream, rate: Rate, path: Path) -> int:
    """The frame that a time *stamp* of *stream* falls on; raises StudioError when it falls between two."""
    frame = Fraction(stamp or 0) * time_base(stream) * rate
    if frame.denominator != 1:
        raise StudioError("A frame lies off the frame grid.", where=str(path))
    return int(frame)


def _differ(path: Path, wanted: Parameters, found: Parameters) -> MismatchError:
    return MismatchError(
        "The segments were not encoded alike, so their packets cannot be joined.",
        where=str(path),
        remedy="Render them again with one version of ffmpeg and one set of encoder options.",
        report=f"picture.parameters-differ: {wanted!r} and {found!r}",
    )


# -- ranges ------------------------------------------------------------------------------------------------------------


def _range(
    container: InputContainer, stream: VideoStream, rate: Rate, piece: Piece
) -> Iterator[tuple[Packet[Any], int]]:
    """The packets of a range of a file at *rate*, chosen by when they are shown: a seek may land before the first."""
    start = next((p.pts for p in _stamped(container, stream) if not p.is_discard), 0) or 0
    pace = time_base(stream) * rate
    wanted, stop = piece.first, piece.first + (piece.frames or 0)
    container.seek(start + floor(piece.first / pace), stream=stream, backward=True)
    for packet in _stamped(container, stream):
        frame = floor(((packet.pts or 0) - start) * pace + Fraction(1, 2))
        if frame < wanted or packet.is_discard:
            continue
        if frame > wanted or not packet.is_keyframe:
            break
        yield packet, wanted - piece.first
        wanted += 1
        if wanted == stop:
            return
    raise EditorError(
        f"Frame {wanted} cannot be copied out of this file.",
        where=str(piece.path),
        remedy="Check the file with a player, copy or export it again.",
    )
