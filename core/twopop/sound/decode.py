"""Sound samples out of media files, exact to the sample, in memory that does not grow with the file."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import av
import numpy as np

from twopop import media
from twopop.errors import Cancelled, EditorError, InputError
from twopop.time import floor

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Containers whose time stamps find a sample again after a seek; all others are decoded from their start.
_SEEKABLE = frozenset({"mov", "wav", "w64", "aiff", "flac"})

#: How long before the wanted sample decoding begins, in seconds: more than any codec needs to settle (AAC one frame
#: of 1024 samples, MP3 a bit reservoir of at most nine frames, Opus 80 ms).
_SETTLE = Fraction(1, 2)

#: Time stamps that are off by less than this follow the count of samples (Matroska rounds them to milliseconds).
_LOOSE = Fraction(1, 20)


class SoundFile:
    """One sound stream of a media file, read forwards.

    Sample 0 is heard with the first frame of the picture; in a file without pictures it is the first sample played.
    Edit lists and encoder priming are respected: what a player does not play is not there. *rate* is the stream's
    samples a second, *names* what its channels are called. Use as a context manager.
    """

    def __init__(self, path: Path, stream: int, *, cancel: threading.Event | None = None) -> None:
        """Open *stream* (its index in the file at *path*); raises InputError when that cannot be done."""
        self.path = path
        self._cancel = cancel
        self._container = open_file(path)
        try:
            self._stream = self._sound_stream(stream)
            context = self._stream.codec_context
            self.rate: int = context.sample_rate
            self.names: tuple[str, ...] = tuple(channel.name for channel in context.layout.channels)
            self._origin = self._first_moment()
            self._last = self._last_sample()
        except BaseException:
            self._container.close()
            raise
        self._chunks: Iterator[tuple[int, NDArray[np.float32]]] | None = None
        self._kept: deque[tuple[int, NDArray[np.float32]]] = deque()
        self._end = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._container.close()

    def take(self, first: int, stop: int) -> NDArray[np.float32]:
        """Samples ``[first, stop)`` as (samples, channels); silence where the file has none.

        *first* may not go back behind that of the call before. Raises EditorError for damaged sound.
        """
        if self._chunks is None:
            self._begin(first, stop)
        while self._chunks is not None and self._end < stop:
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            self._kept.append(chunk)
            self._end = chunk[0] + len(chunk[1])
            self._forget(first)
        self._forget(first)
        taken = np.zeros((stop - first, len(self.names)), np.float32)
        for at, samples in self._kept:
            head, tail = max(first, at), min(stop, at + len(samples))
            if head < tail:
                taken[head - first : tail - first] = samples[head - at : tail - at]
        return taken

    def _forget(self, first: int) -> None:
        while self._kept and self._kept[0][0] + len(self._kept[0][1]) <= first:
            self._kept.popleft()

    def _sound_stream(self, index: int) -> Any:
        streams = self._container.streams
        if not 0 <= index < len(streams) or streams[index].type != "audio":
            raise InputError(f"Stream {index} is no sound.", where=str(self.path), remedy="Plan again.")
        if not streams[index].codec_context or not streams[index].codec_context.sample_rate:
            raise InputError("The sound's codec is unknown.", where=str(self.path), remedy="Convert it to WAV.")
        return streams[index]

    def _first_moment(self) -> Fraction:
        """When source time 0 is, on the clock of the container."""
        still = av.stream.Disposition.attached_pic
        pictures = [stream for stream in self._container.streams.video if not stream.disposition & still]
        stream: Any = pictures[0] if pictures else self._stream
        return Fraction(stream.start_time * stream.time_base) if stream.start_time is not None else Fraction(0)

    def _last_sample(self) -> int | None:
        """Where the container says that the sound ends, when it says so to the sample."""
        stream = self._stream
        exact = "mov" in self._container.format.name and stream.time_base == Fraction(1, self.rate)
        if not (exact and stream.duration):
            return None
        return (stream.start_time or 0) + int(stream.duration) - floor(self._origin * self.rate + Fraction(1, 2))

    def _begin(self, first: int, stop: int) -> None:
        """Start decoding early enough for *first*; nothing is decoded for samples before the file's start."""
        if stop <= 0 and self._origin <= 0:
            return
        moment = self._origin + Fraction(first, self.rate) - _SETTLE
        exact = self._stream.time_base == Fraction(1, self.rate)
        formats = self._container.format.name.split(",")
        if not (exact and _SEEKABLE.intersection(formats) and moment > 1):
            self._chunks = self._decode()
            return
        self._container.seek(floor(moment / self._stream.time_base), stream=self._stream)
        chunks = self._decode()
        chunk = next(chunks, None)
        if chunk is None or chunk[0] > max(first, 0):  # the seek went too far: the index is not to be trusted
            self._stream.codec_context.flush_buffers()
            self._container.seek(0, any_frame=False)
            self._chunks = self._decode()
            return
        self._kept.append(chunk)
        self._end = chunk[0] + len(chunk[1])
        self._chunks = chunks

    def _decode(self) -> Iterator[tuple[int, NDArray[np.float32]]]:
        """Stretches of samples as (place of the first, samples), one after another."""
        expected: int | None = None
        try:
            for packet in self._container.demux(self._stream):
                if self._cancel is not None and self._cancel.is_set():
                    raise Cancelled("The mix was stopped.")
                for frame in packet.decode():
                    expected = self._place(frame, expected)
                    samples = self._played(expected, self._samples(frame))
                    yield expected, samples
                    expected += len(samples)
        except av.error.FFmpegError as error:
            at = f" after {float(Fraction(expected or 0, self.rate)):.2f} s"
            raise EditorError(
                f"The sound is damaged{at} ({error.strerror}).", where=str(self.path), remedy="Copy or export it again."
            ) from None

    def _played(self, at: int, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """*samples* without the encoder's padding behind the last one played, which decoders hand out too."""
        if self._last is None or not at < self._last < at + len(samples):
            return samples
        return samples[: self._last - at]

    def _place(self, frame: Any, expected: int | None) -> int:
        if frame.pts is None:
            return expected or 0
        said = floor((frame.pts * frame.time_base - self._origin) * self.rate + Fraction(1, 2))
        if expected is None or abs(said - expected) > _LOOSE * self.rate:
            return said
        return expected

    def _samples(self, frame: Any) -> NDArray[np.float32]:
        if frame.sample_rate != self.rate:
            raise EditorError("The sound changes its sample rate midway.", where=str(self.path), remedy="Convert it.")
        samples = _floats(frame)
        missing = len(self.names) - samples.shape[1]
        if missing > 0:
            samples = np.pad(samples, ((0, 0), (0, missing)))
        return samples[:, : len(self.names)]


def open_file(path: Path) -> Any:
    """The media file at *path*, opened through the whitelists; the caller closes it. Raises InputError."""
    options = {"protocol_whitelist": media.PROTOCOLS, "format_whitelist": media.FORMATS}
    try:
        return av.open(str(path.absolute()), options=options, metadata_errors="replace")
    except FileNotFoundError:
        raise InputError("The sound is not there any more.", where=str(path), remedy="Plan again.") from None
    except (av.error.FFmpegError, OSError) as error:
        raise InputError(
            f"This cannot be read as media ({error.strerror}).", where=str(path), remedy="Check or convert the file."
        ) from None


def _floats(frame: Any) -> NDArray[np.float32]:
    """The samples of *frame* as (samples, channels), full scale at 1."""
    raw: NDArray[Any] = frame.to_ndarray()
    samples = raw.T if frame.format.is_planar else raw.reshape(-1, len(frame.layout.channels))
    if samples.dtype.kind == "u":
        return ((samples.astype(np.float64) - 128) / 128).astype(np.float32)
    if samples.dtype.kind == "i":
        return (samples / 2.0 ** (8 * samples.dtype.itemsize - 1)).astype(np.float32)
    return np.ascontiguousarray(samples, np.float32)
