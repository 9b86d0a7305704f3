"""What a media file is: read from the file itself, frames counted, rates exact."""

from __future__ import annotations

import itertools
import os
import struct
import threading
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from twopop import files, schema
from twopop.errors import EditorError, InputError
from twopop.picture.colour import is_rgb
from twopop.picture.facts import MediaFacts, PictureFacts, SoundFacts
from twopop.picture.opening import open_media, picture_stream, read_frames, start_of, time_base
from twopop.picture.pieces import parameters
from twopop.picture.tools import picture_format
from twopop.picture.webp import animated_webp, is_animated
from twopop.specs import Colour, Scan
from twopop.time import Rate, floor

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

SCHEMA = "twopop.media/2"

# Code points of ITU-T H.273 (tables 2, 3 and 4) in ffmpeg's words; 2 is "unspecified".
_MATRICES = {0: "gbr", 1: "bt709", 4: "fcc", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "ycgco", 9: "bt2020nc"}
_MATRICES |= {10: "bt2020c", 11: "smpte2085", 12: "chroma-derived-nc", 13: "chroma-derived-c", 14: "ictcp"}
_PRIMARIES = {1: "bt709", 4: "bt470m", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "film", 9: "bt2020"}
_PRIMARIES |= {10: "smpte428", 11: "smpte431", 12: "smpte432", 22: "ebu3213"}
_TRANSFERS = {1: "bt709", 4: "bt470m", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "linear", 9: "log100"}
_TRANSFERS |= {10: "log316", 11: "iec61966-2-4", 12: "bt1361e", 13: "iec61966-2-1", 14: "bt2020-10", 15: "bt2020-12"}
_TRANSFERS |= {16: "smpte2084", 17: "smpte428", 18: "arib-std-b67"}

#: Channels in ffmpeg's words and in those of the trade; a pair of surrounds is one, at the sides or behind.
_CHANNELS = {"FL": "L", "FR": "R", "FC": "C", "LFE": "LFE", "SL": "Ls", "BL": "Ls", "SR": "Rs", "BR": "Rs"}

#: Formats of pictures without times; readers make times up for them, and not all the same.
_BARE = ("h264", "hevc", "m4v", "mpegvideo")

#: libav's field orders of interlaced pictures. What counts is the field that is *coded* first: editing systems write
#: ProRes whose top field comes first as "top coded, bottom displayed first" (3), and read it so.
_SCANS: dict[int, Scan] = {2: "tff", 4: "tff", 3: "bff", 5: "bff"}
#: libavutil's AVMasteringDisplayMetadata: three primaries, white, least and most light as ratios, and what is there.
_MASTERING = struct.Struct("=22i")

#: Rates that picture is made at; a source whose frames fit one within what its container can write has it.
_STANDARD = tuple(
    Rate(n, d)
    for n, d in (
        *((24000, 1001), (24, 1), (25, 1), (30000, 1001), (30, 1), (48, 1), (50, 1), (60000, 1001), (60, 1)),
        *((48000, 1001), (100, 1), (120000, 1001), (120, 1), (15, 1), (25, 2), (12, 1), (15000, 1001), (10, 1)),
    )
)


def probe(path: Path) -> MediaFacts:
    """What the media file at *path* is.

    Frames are counted from its packets and the rate is derived from their timestamps; what the header declares is
    only a candidate. Raises InputError for what is missing, unreadable, cut off, a playlist or no media.
    """
    import av

    container = open_media(path)
    try:
        with container:
            animated = container.format.name == "webp_pipe" and is_animated(path)
            picture = animated_webp(path) if animated else _picture(container, path)
            sound = tuple(_sound(container, stream) for stream in container.streams.audio)
            if picture is None and not sound:
                raise InputError("The file has neither picture nor sound.", where=str(path))
            return MediaFacts(
                path=str(path),
                content=files.sha256(path),
                bytes=path.stat().st_size,
                format=container.format.name,
                seconds=_seconds(container, picture, sound),
                picture=picture,
                sound=sound,
                timecode=timecode_of(container),
                pattern=_pattern(container),
                metadata=words_of(container.metadata),
            )
    except (av.FFmpegError, OSError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"The file cannot be read to its end ({reason}).", where=str(path)) from None


def _seconds(container: InputContainer, picture: PictureFacts | None, sound: Sequence[SoundFacts]) -> Fraction:
    if picture is not None and picture.uniform and not picture.still:
        return picture.rate.seconds(picture.frames)
    if picture is None and sound:
        return max(Fraction(s.samples, s.rate) for s in sound)
    return Fraction(container.duration or 0, 1_000_000)


def words_of(metadata: dict[str, str]) -> dict[str, str]:
    """A container's own words, without those that speak of the muxer; an MXF file has one, its package's name."""
    technical = {"major_brand", "minor_version", "compatible_brands", "encoder", "timecode"}
    if "operational_pattern_ul" in metadata:
        return {key: metadata[key] for key in ("material_package_name",) if key in metadata}
    return {key: value for key, value in metadata.items() if key not in technical}


def _pattern(container: InputContainer) -> str:
    """An MXF file's operational pattern, from bytes 13 and 14 of its label (SMPTE ST 377-1, 9.5).

    They are item and package complexity, 1 to 3 and a to c; 10h is an OP-Atom file (ST 390).
    """
    label = container.metadata.get("operational_pattern_ul", "").replace(".", "")
    if len(label) != 32:
        return ""
    item, package = int(label[24:26], 16), int(label[26:28], 16)
    return "OP-Atom" if item == 0x10 else f"OP{item}{'?abc'[package & 3]}"


def timecode_of(container: InputContainer) -> str:
    """The timecode of the first frame of the open file, or ""."""
    holders: list[Any] = [*container.streams.video, *container.streams.data, container]
    for holder in holders:
        text = str(holder.metadata.get("timecode", ""))
        if text:
            return text
    return ""


# -- picture -----------------------------------------------------------------------------------------------------------


def _picture(container: InputContainer, path: Path) -> PictureFacts | None:
    stream = picture_stream(container)
    if stream is None:
        return None
    if container.format.name in _BARE:
        raise InputError(
            "This is a bare picture stream: it does not say when its frames are shown.",
            where=str(path),
            remedy="Wrap it into a MOV or MP4 file (ffmpeg -i IN -c copy OUT.mov).",
        )
    ticks, keyed = read_frames(container, stream)
    frame = _first_frame(path, stream.index)
    if frame is None or not ticks:
        raise InputError("No picture in this file can be decoded.", where=str(path), remedy="Export it again.")
    base = time_base(stream)
    still = len(ticks) == 1 and bool(picture_format(path))
    rate, uniform = (Rate(25), True) if still else _rate(ticks, base, _declared(stream))
    context = stream.codec_context
    return PictureFacts(
        index=stream.index,
        codec=context.codec.canonical_name,
        size=(context.width, context.height),
        rate=rate,
        frames=len(ticks),
        profile=_profile(context),
        pixel_format=context.pix_fmt or frame.format.name,
        colour=_colour(context, frame),
        sample_aspect=Fraction(stream.sample_aspect_ratio or 1) or Fraction(1),
        rotation=-frame.rotation % 360,
        uniform=uniform,
        start=Fraction(0)
        if container.format.name == "avi"
        else max(Fraction(0), ticks[0] * base - start_of(container)),
        scan=_SCANS.get(int(context.field_order), "progressive"),
        tag=_tag(context),
        still=still,
        intra=keyed and not still,
        parameters=schema.fingerprint(repr(parameters(stream))),
    )


def _tag(context: Any) -> str:
    """The four-character code; MXF and others have none, or bytes that are no letters."""
    tag = str(context.codec_tag)
    return tag if len(tag) == 4 and tag.isascii() and tag.isprintable() else ""


def _profile(context: Any) -> str:
    return str(context.profile or "")


def _first_frame(path: Path, index: int) -> VideoFrame | None:
    """The first picture, decoded from a fresh opening; None when there is none."""
    import av

    with open_media(path) as container:
        try:
            return next(iter(container.decode(container.streams[index])), None)  # type: ignore[return-value]
        except (av.FFmpegError, StopIteration):
            return None


def _colour(context: Any, frame: VideoFrame) -> Colour:
    name = frame.format.name
    told = int(frame.color_range) or int(context.color_range)
    full = told == 2 or name.startswith("yuvj") or (told != 1 and is_rgb(name))
    span: Literal["tv", "pc"] = "pc" if full else "tv"
    return Colour(
        matrix="" if is_rgb(name) else _MATRICES.get(int(context.colorspace), "").replace("gbr", ""),
        primaries=_PRIMARIES.get(int(context.color_primaries), ""),
        transfer=_TRANSFERS.get(int(context.color_trc), ""),
        range=span,
        peak=_mastered_to(frame),
    )


def _mastered_to(frame: VideoFrame) -> int:
    """The peak of the display on which the picture was mastered, in cd/m2 (SMPTE ST 2086), or 0."""
    from av.sidedata.sidedata import Type

    try:
        data: Any = frame.side_data.get(Type.MASTERING_DISPLAY_METADATA)  # type: ignore[call-overload]
    except ValueError:  # PyAV gives up on kinds of side data that it does not know, such as that of TIFF
        return 0
    if data is None or data.buffer_size < _MASTERING.size:
        return 0
    *_, over, under, _primaries, known = _MASTERING.unpack(bytes(data)[: _MASTERING.size])
    return round(Fraction(over, under)) if known and under > 0 else 0


def _declared(stream: VideoStream) -> list[Fraction]:
    said = (stream.base_rate, stream.average_rate, stream.guessed_rate)
    return [Fraction(rate) for rate in said if rate and 0 < rate <= 1000]


def _rate(ticks: Sequence[int], base: Fraction, declared: Iterable[Fraction]) -> tuple[Rate, bool]:
    """The rate of frames shown at *ticks* of *base* seconds, and whether they lie evenly on it.

    The exact step of a fine time base comes first, then a standard rate that the file declares, the standard rates,
    and what else it declares: the first that puts every frame within one tick of its place, and less than a quarter
    of a frame, is the rate.
    """
    declared = list(declared)
    if len(ticks) < 2 or ticks[-1] == ticks[0]:
        return Rate(declared[0] if declared else 25), True
    mean = Fraction(len(ticks) - 1) / ((ticks[-1] - ticks[0]) * base)
    step = ticks[1] - ticks[0]
    if step >= 100 and 1 / (base * step) <= 1000 and _even(ticks, base, 1 / (base * step), Fraction(0)):
        return Rate(1 / (base * step)), True
    said = [rate for rate in declared if rate in _STANDARD]
    for rate in (*said, *_STANDARD, *declared, mean):
        if abs(rate - mean) <= mean / 50 and _even(ticks, base, rate, min(base, 1 / rate / 4)):
            return Rate(rate), True
    return _nominal(ticks, base), False


def _even(ticks: Sequence[int], base: Fraction, rate: Fraction, slack: Fraction) -> bool:
    """Whether every frame lies within *slack* seconds of its place on *rate*, counted from the first."""
    # Whole numbers: |(t - t0) * base * rate - i| <= slack * rate, multiplied out.
    pace, room = base * rate, slack * rate
    top, bottom, start = pace.numerator, pace.denominator, ticks[0]
    limit = floor(room * bottom)
    return all(abs((tick - start) * top - place * bottom) <= limit for place, tick in enumerate(ticks))


def _nominal(ticks: Sequence[int], base: Fraction) -> Rate:
    """The rate that most steps of an uneven source stand for: that of the middle step, standard if within 2 %."""
    gaps = sorted(b - a for a, b in itertools.pairwise(ticks) if b > a)
    rate = min(1 / (gaps[len(gaps) // 2] * base), Fraction(1000))
    nearest = min(_STANDARD, key=lambda standard: abs(standard - rate))
    return nearest if abs(nearest - rate) <= rate / 50 else Rate(rate.limit_denominator(1001))


# -- sound -------------------------------------------------------------------------------------------------------------


def _sound(container: InputContainer, stream: AudioStream) -> SoundFacts:
    context = stream.codec_context
    return SoundFacts(
        index=stream.index,
        codec=context.codec.canonical_name,
        rate=context.sample_rate,
        channels=context.channels,
        samples=_samples(container, stream),
        layout=_layout(context),
    )


def _layout(context: Any) -> str:
    """The channels in order, by the names of the trade; "" when there is one that the file does not place."""
    named = [_CHANNELS.get(channel.name, "") for channel in context.layout.channels]
    return " ".join(named) if all(named) else ""


def _samples(container: InputContainer, stream: AudioStream) -> int:
    """Samples as they are played: from the packets, without priming before time 0 or what an edit list cuts."""
    container.seek(0)
    rate, base = stream.codec_context.sample_rate, time_base(stream)
    begin, end = None, 0
    for packet in container.demux(stream):
        if packet.size == 0 or packet.pts is None:
            continue
        begin = packet.pts if begin is None else begin
        end = max(end, packet.pts + (packet.duration or 0))
    if begin is None:
        return 0
    begin = max(begin, stream.start_time or 0, 0)
    if stream.duration and "mov" in container.format.name:
        end = min(end, begin + stream.duration)
    return floor((end - begin) * base * rate + Fraction(1, 2))


# -- memory ------------------------------------------------------------------------------------------------------------


class _Remembered(msgspec.Struct, frozen=True, kw_only=True):
    bytes: int
    modified: int
    inode: int
    facts: MediaFacts


class _Memory(msgspec.Struct, frozen=True, kw_only=True):
    schema: str
    files: dict[str, _Remembered] = {}


class MediaLibrary:
    """The facts of media files, read once: remembered by path, size, time of change and inode in the file *memory*.

    A damaged memory is ignored and written anew. May be used by several threads.
    """

    def __init__(self, memory: Path | None = None) -> None:
        self._memory = memory
        self._lock = threading.Lock()
        self._known: dict[str, _Remembered] = {}
        self._changed = False
        if memory is not None:
            self._known = _recall(memory)

    def facts(self, path: Path) -> MediaFacts:
        """What the file at *path* is; raises InputError as ``probe`` does."""
        key = os.path.abspath(path)  # noqa: PTH100 (resolve() would follow links; the name is the key)
        try:
            state = Path(key).stat()
        except (OSError, ValueError):
            return probe(path)
        with self._lock:
            known = self._known.get(key)
        if known is not None and (known.bytes, known.modified, known.inode) == _stamp(state):
            return msgspec.structs.replace(known.facts, path=str(path))
        facts = probe(path)
        size, modified, inode = _stamp(state)
        with self._lock:
            self._known[key] = _Remembered(bytes=size, modified=modified, inode=inode, facts=facts)
            self._changed = True
        return facts

    def save(self) -> None:
        """Write what was learnt to the memory file; a folder that cannot be written to only costs the next run time."""
        with self._lock:
            if self._memory is None or not self._changed:
                return
            content = schema.to_json(_Memory(schema=SCHEMA, files=dict(self._known)), indent=0)
            self._changed = False
        try:
            files.write_whole(self._memory, content)
        except EditorError:
            return


def _stamp(state: os.stat_result) -> tuple[int, int, int]:
    return state.st_size, state.st_mtime_ns, state.st_ino


def _recall(memory: Path) -> dict[str, _Remembered]:
    try:
        kept = schema.from_json(memory.read_bytes(), _Memory, where=str(memory))
    except (OSError, InputError, ValueError):
        return {}
    return dict(kept.files) if kept.schema == SCHEMA else {}
