"""One frame of a render as a file of its own: melt leaves a stretch of a single frame silent.

So two frames are rendered, the second of which is one too many (at the end of a timeline the first). The picture's
packet is copied; the sound is decoded, cut to the frame's own samples and encoded as it was.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

from twopop import StudioError
from twopop.hosts import RenderPreset
from twopop.hosts.reading_back import open_media
from twopop.time import samples_at


def keep_frame(longer: Path, number: int, file: Path, preset: RenderPreset) -> None:
    """Write frame *number* of *longer*, all of whose frames stand alone, to *file*. Raises StudioError."""
    import av

    try:
        with open_media(longer) as read, av.open(f"file:{file}", "w", format=preset.container) as made:
            timecode = next((each.metadata["timecode"] for each in read.streams if "timecode" in each.metadata), "")
            if timecode:
                made.metadata["timecode"] = timecode
            picture = made.add_stream_from_template(read.streams.video[0])
            sound = _sound_stream(made, read) if preset.channels else None
            packets = [packet for packet in read.demux(read.streams.video[0]) if packet.size]
            packet = packets[number]
            packet.pts = packet.dts = 0
            packet.stream = picture
            made.mux(packet)
            if sound is not None:
                _copy_sound(
                    longer, made, sound, *(samples_at(n, preset.rate, preset.sample_rate) for n in (number, number + 1))
                )
    except (av.FFmpegError, StopIteration, IndexError) as error:
        raise StudioError(f"The frame cannot be kept by itself ({error}).", where=str(file)) from None


def _sound_stream(made: Any, read: Any) -> Any:
    context = read.streams.audio[0].codec_context
    stream = made.add_stream(context.codec.canonical_name, rate=context.sample_rate)
    stream.codec_context.layout = context.layout.name
    stream.codec_context.format = context.format.name
    return stream


def _copy_sound(longer: Path, made: Any, stream: Any, start: int, stop: int) -> None:
    import av

    graph = av.filter.Graph()
    source: Any = None
    with open_media(longer) as read:
        for frame in read.decode(audio=0):
            if source is None:
                source = graph.add_abuffer(template=read.streams.audio[0])
                trim = graph.add("atrim", f"start_sample={start}:end_sample={stop}")
                again, sink = graph.add("asetpts", "PTS-STARTPTS"), graph.add("abuffersink")
                for one, other in pairwise((source, trim, again, sink)):
                    one.link_to(other)
                graph.configure()
            graph.push(frame)
        graph.push(None)
    while True:
        try:
            made.mux(stream.encode(graph.pull()))
        except (av.EOFError, av.BlockingIOError):
            break
    made.mux(stream.encode(None))
