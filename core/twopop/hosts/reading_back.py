"""Reading a render back from disk, and holding it against what was asked. A host's own "done" counts for nothing."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from twopop import media
from twopop.errors import InputError, StudioError
from twopop.hosts.model import Rendered, RenderPreset
from twopop.time import Rate, floor, samples_at

if TYPE_CHECKING:
    from av.container import InputContainer

#: The names that ffmpeg gives the codecs of presets.
CODECS = {
    "prores-422": "prores",
    "prores-422hq": "prores",
    "prores-4444": "prores",
    "dnxhr-hq": "dnxhd",
    "dnxhr-hqx": "dnxhd",
    "h264": "h264",
}


class ReadBack(msgspec.Struct, frozen=True, kw_only=True):
    """What a file holds: *streams* of picture and of sound, and the first of each.

    *rate* is None where the frames do not lie evenly on one. *samples* are those that are played. *progressive* is
    what the stream and its first picture say.
    """

    pictures: int
    sounds: int
    codec: str = ""
    frames: int = 0
    rate: Rate | None = None
    size: tuple[int, int] = (0, 0)
    sample_aspect: Fraction = Fraction(1)
    progressive: bool = True
    sample_rate: int = 0
    channels: int = 0
    samples: int = 0


def open_media(file: Path) -> InputContainer:
    """The media *file*, opened through the whitelists; the caller closes it. Raises InputError."""
    import av

    options = {"protocol_whitelist": media.PROTOCOLS, "format_whitelist": media.FORMATS}
    try:
        return av.open(f"file:{file.absolute()}", options=options, metadata_errors="replace")
    except FileNotFoundError:
        raise InputError("There is no such file.", where=str(file)) from None
    except (av.FFmpegError, OSError, ValueError) as error:
        raise InputError(f"This cannot be read as media ({error}).", where=str(file)) from None


def read_back(file: Path) -> ReadBack:
    """What *file* holds, counted from its packets and its first picture. Raises InputError."""
    with open_media(file) as container:
        videos = [stream for stream in container.streams.video if not stream.disposition & _STILL]
        sounds = container.streams.audio
        found = ReadBack(pictures=len(videos), sounds=len(sounds))
        streams = [*videos[:1], *sounds[:1]]
        times = _times(container, streams)
        if sounds:
            found = _with_sound(found, sounds[0], times[sounds[0].index])
        return _with_picture(found, file, videos[0], times[videos[0].index]) if videos else found


#: A cover picture is no film (AV_DISPOSITION_ATTACHED_PIC).
_STILL = 0x400


def _times(container: InputContainer, streams: list[Any]) -> dict[int, list[tuple[int, int]]]:
    """{stream index: (time, duration) of its packets in ticks, sorted}."""
    import av

    found: dict[int, list[tuple[int, int]]] = {stream.index: [] for stream in streams}
    try:
        for packet in container.demux(streams) if streams else ():
            if packet.size and packet.pts is not None:
                found[packet.stream.index].append((packet.pts, packet.duration or 0))
    except av.FFmpegError as error:
        raise InputError(f"The file is damaged ({error.strerror}).", where=container.name) from None
    return {index: sorted(each) for index, each in found.items()}


def _with_picture(found: ReadBack, file: Path, stream: Any, times: list[tuple[int, int]]) -> ReadBack:
    context = stream.codec_context
    return msgspec.structs.replace(
        found,
        codec=context.codec.canonical_name,
        frames=len(times),
        rate=_rate([time for time, _ in times], Fraction(stream.time_base), stream.average_rate),
        size=(context.width, context.height),
        sample_aspect=Fraction(stream.sample_aspect_ratio or 1) or Fraction(1),
        progressive=int(context.field_order) <= 1 and not _first_is_interlaced(file),
    )


def _rate(times: list[int], base: Fraction, declared: Fraction | None) -> Rate | None:
    """The rate on which all frames lie within a tick: that of the time from first to last, or the declared one."""
    if len(times) < 2 or times[-1] <= times[0]:
        return Rate(declared) if declared else None
    mean = Fraction(len(times) - 1) / ((times[-1] - times[0]) * base)
    for rate in (declared, mean):
        if rate and all(abs((tick - times[0]) * base - Fraction(n) / rate) <= base for n, tick in enumerate(times)):
            return Rate(Fraction(rate)) if rate <= 1000 else None
    return None


def _first_is_interlaced(file: Path) -> bool:
    import av

    with open_media(file) as container:
        try:
            frame: Any = next(iter(container.decode(video=0)), None)
        except (av.FFmpegError, StopIteration):
            return False
        return bool(frame is not None and frame.interlaced_frame)


def _with_sound(found: ReadBack, stream: Any, times: list[tuple[int, int]]) -> ReadBack:
    context, base = stream.codec_context, Fraction(stream.time_base)
    samples = 0
    if times:
        begin = max(times[0][0], stream.start_time or 0, 0)
        end = max(time + duration for time, duration in times)
        if stream.duration:
            end = min(end, begin + stream.duration)
        samples = floor((end - begin) * base * context.sample_rate + Fraction(1, 2))
    return msgspec.structs.replace(
        found, sample_rate=context.sample_rate, channels=context.channels, samples=max(0, samples)
    )


def rendered(file: Path, preset: RenderPreset, frames: int) -> Rendered:
    """The render *file* as it lies on disk, which should be *frames* long and as *preset* says.

    Raises StudioError that says what is wrong, InputError when it cannot be read. Sound may end up to a frame before
    or behind the picture.
    """
    found = read_back(file)
    wrong = list(_wrong(found, preset, frames))
    if wrong:
        raise StudioError(
            f"The host rendered something else than what was asked for: {'; '.join(wrong)}.",
            where=str(file),
            remedy="Look at the host's render settings, and try again.",
        )
    return Rendered(file=str(file.absolute()), frames=found.frames, rate=preset.rate, size=found.size)


def _wrong(found: ReadBack, preset: RenderPreset, frames: int) -> list[str]:
    codec, samples = CODECS.get(preset.video, found.codec), samples_at(frames, preset.rate, preset.sample_rate)
    told = [
        (found.pictures == 1, f"{found.pictures} streams of picture"),
        (found.codec == codec, f"{found.codec or 'nothing'} instead of {codec}"),
        (found.frames == frames, f"{found.frames} frames instead of {frames}"),
        (
            found.rate == preset.rate or frames == 1,
            f"{found.rate or 'uneven'} frames a second instead of {preset.rate}",
        ),
        (found.size == preset.size, f"{_pixels(found.size)} instead of {_pixels(preset.size)}"),
        (found.sample_aspect == 1, f"pixels of {found.sample_aspect} instead of square ones"),
        (found.progressive, "interlaced"),
    ]
    if not preset.channels:
        told.append((not found.sounds, "sound that was not asked for"))
    elif not found.sounds:
        told.append((False, "no sound"))
    else:
        told += [
            (found.channels == preset.channels or found.sounds > 1, f"{found.channels} channels of sound"),
            (found.sample_rate == preset.sample_rate, f"sound at {found.sample_rate} Hz"),
            (
                abs(found.samples - samples) <= preset.sample_rate / preset.rate,
                f"{found.samples} samples of sound instead of {samples}",
            ),
        ]
    return [words for right, words in told if not right]


def _pixels(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"
