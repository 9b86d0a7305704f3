"""Opening media safely, and reading when each frame is shown."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twopop.errors import InputError
from twopop.media import FORMATS, PROTOCOLS
from twopop.picture.tools import picture_format

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

_PLAYLISTS = (b"#EXTM3U", b"ffconcat", b"<?xml", b"[playlist]", b"#EXT-", b"v=0\r", b"v=0\n")

#: What a QuickTime or MP4 file begins with.
_ATOMS = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")

#: Codecs whose every picture stands alone are shown in the order in which they are stored.
_REORDER_LOOKAHEAD = 48


def open_media(path: Path) -> InputContainer:
    """The media file at *path*, opened through the whitelists; the caller closes it.

    Raises InputError that says in words what is wrong: missing, a folder, empty, cut off, a playlist, no media.
    """
    where = str(path)
    _look(path, where)
    import av

    demuxer = picture_format(path) or None
    options = {"protocol_whitelist": PROTOCOLS, "format_whitelist": FORMATS}
    try:
        container = av.open(url(path), format=demuxer, options=options, metadata_errors="replace")
    except (av.FFmpegError, OSError, ValueError, UnicodeError) as error:
        raise InputError(_why(path, error), where=where, remedy="Check the file, or give another one.") from None
    if "mov" in container.format.name and (b"mdat", False) in _atoms(path):
        container.close()
        raise InputError(  # its index promises frames that are not there
            "The file is cut off: its end is missing.",
            where=where,
            remedy="Copy or export it again; where it is still being written, wait.",
        )
    return container


def url(path: Path) -> str:
    """*path* as ffmpeg takes it without guessing: absolute, behind ``file:``."""
    return f"file:{Path(os.path.abspath(path))}"  # noqa: PTH100 (resolve() would follow links; the name is the point)


def _look(path: Path, where: str) -> None:
    try:
        if path.is_dir():
            raise InputError("This is a folder, not a media file.", where=where)
        with path.open("rb") as file:
            head = file.read(64)
    except FileNotFoundError:
        raise InputError("There is no such file.", where=where, remedy="Relink the clip or give the path.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"The file cannot be read ({reason}).", where=where) from None
    if not head:
        raise InputError("The file is empty.", where=where, remedy="Copy or export it again.")
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if any(text.startswith(mark.lower()) for mark in _PLAYLISTS):
        raise InputError(
            "This is a list or a description of other files, not media; it is not followed.",
            where=where,
            remedy="Give the media file itself.",
        )


def _why(path: Path, error: Exception) -> str:
    with path.open("rb") as file:
        head = file.read(16)
    if head[4:8] in _ATOMS and (b"moov", True) not in _atoms(path):
        return "The file is cut off: its index (moov) is missing."
    with contextlib.suppress(UnicodeDecodeError):
        if head.decode("utf-8") and b"\0" not in head:
            return "This is no media file: it holds text."
    reason = str(getattr(error, "strerror", "") or error)
    return f"This is no media file that twopop reads ({reason})."


def _atoms(path: Path) -> Iterator[tuple[bytes, bool]]:
    """The atoms at the top level of the file, and whether each is there to its end (ISO/IEC 14496-12, 4.2)."""
    size = path.stat().st_size
    with path.open("rb") as file:
        place = 0
        while place + 8 <= size:
            file.seek(place)
            head = file.read(16)
            length = int.from_bytes(head[:4], "big")
            if length == 1:
                length = int.from_bytes(head[8:16], "big")
            length = length or size - place  # 0: to the end of the file
            yield head[4:8], place + length <= size
            if length < 8:
                return
            place += length


def picture_stream(container: InputContainer, index: int | None = None) -> VideoStream | None:
    """The stream at *index*, or the picture: the default one, else the largest; cover art is no picture."""
    from av.stream import Disposition

    streams = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if index is not None:
        return next((s for s in streams if s.index == index), None)

    def weight(stream: VideoStream) -> tuple[bool, int, int]:
        context = stream.codec_context
        return bool(stream.disposition & Disposition.default), context.width * context.height, -stream.index

    return max(streams, key=weight, default=None)


def only(stream: Any) -> None:
    """Let the reader pass over all streams of the file but *stream*, without reading what is in them."""
    from av.stream import Discard

    for other in stream.container.streams:
        other.discard = Discard.default if other.index == stream.index else Discard.all


def frame_ticks(container: InputContainer, stream: VideoStream) -> list[int]:
    """When each frame of *stream* is shown, sorted, in ticks of its time base: read from its packets, not its header.

    Frames that an edit list hides are left out.
    """
    return read_frames(container, stream)[0]


def read_frames(container: InputContainer, stream: VideoStream) -> tuple[list[int], bool]:
    """When each frame of *stream* is shown, as ``frame_ticks`` says, and whether all of them are key frames."""
    ticks: list[int] = []
    keyed = True
    for packet in container.demux(stream):
        stamp = packet.pts if packet.pts is not None else packet.dts
        if packet.size == 0 or packet.is_discard or stamp is None:
            continue
        ticks.append(stamp)
        keyed = keyed and packet.is_keyframe
    ticks.sort()
    return ticks, keyed


def first_tick(container: InputContainer, stream: VideoStream) -> int:
    """When the first frame is shown, in ticks, from the first packets alone (no codec reorders further than that)."""
    ticks: list[int] = []
    for packet in container.demux(stream):
        stamp = packet.pts if packet.pts is not None else packet.dts
        if packet.size and not packet.is_discard and stamp is not None:
            ticks.append(stamp)
        if len(ticks) >= _REORDER_LOOKAHEAD:
            break
    return min(ticks, default=0)


def start_of(container: InputContainer) -> Fraction:
    """The container's first time in seconds: what ffmpeg counts its seeks from."""
    return Fraction(container.start_time or 0, 1_000_000)


def time_base(stream: Any) -> Fraction:
    """Seconds a tick of *stream*."""
    return Fraction(stream.time_base)
