"""The file that a deliverable becomes: its muxer, told all that makes the same packets give the same bytes."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twopop.picture import umid
from twopop.picture.opening import url
from twopop.picture.pieces import tag_for
from twopop.specs import Container
from twopop.time import Rate, floor

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.packet import Packet
    from av.video.stream import VideoStream

#: Words that the muxers for MP4 (first) and MOV keep in fields of their own; any other needs the free-form table.
_KEPT = (
    frozenset({"title", "artist", "album", "comment", "copyright", "date", "genre", "description"}),
    frozenset({"title", "artist", "album", "comment", "copyright", "date", "genre"}),
)

#: What turns packets whose units bear their length (MOV, MP4) into the byte stream that MXF wants (SMPTE ST 381-3).
_BYTE_STREAM = "h264_mp4toannexb"


@contextlib.contextmanager
def written(
    out: Path, container: Container, *, ticks: int, rate: Rate, metadata: Mapping[str, str], identity: str
) -> Iterator[OutputContainer]:
    """The file *out* as it is being written; complete when the block ends.

    No date and no version of a program gets into it. *ticks* a second is what edit lists of MOV and MP4 count in.
    *metadata* is in ffmpeg's words; MXF keeps only ``material_package_name``, and gets UMIDs that follow from
    *identity*.
    """
    import av

    options = dict(container.options)
    options["fflags"] = "+bitexact"
    words = {key: value for key, value in metadata.items() if value}
    if container.format != "mxf":
        options |= {"video_track_timescale": str(rate.numerator), "movie_timescale": str(ticks)}
        if set(metadata) - _KEPT[container.format == "mov"]:
            options["movflags"] = f"{options.get('movflags', '')}+use_metadata_tags"
    output = av.open(url(out), "w", format=container.format, options=options)
    try:
        output.metadata.update(words)
        yield output
    finally:
        output.close()
    if container.format == "mxf":
        umid.stamp(out, identity)


def picture_track(output: OutputContainer, source: VideoStream, rate: Rate, timecode: str) -> VideoStream:
    """A track of *output* for packets like those of *source*; its first frame bears *timecode* ("" for none)."""
    stream = output.add_stream_from_template(source, opaque=True)  # AV1's reader is no writer
    if tag := tag_for(source, output.format.name):
        stream.codec_context.codec_tag = tag
    stream.time_base = Fraction(1, rate.numerator)
    stream.codec_context.framerate = Fraction(rate)  # the muxer counts timecode at this rate
    if timecode:
        stream.metadata["timecode"] = timecode
    return stream


def as_stored(
    packets: Iterator[Packet[Any]], source: VideoStream, target: VideoStream, container: Container
) -> Iterator[Packet[Any]]:
    """*packets* of *source* in the form in which *container* stores them.

    MXF takes H.264 as a byte stream, and is told the bit rate of pictures that all have one size (AVC-Intra), which its
    muxer does not reckon; nothing else has to be done.
    """
    import av

    context = source.codec_context
    if container.format != "mxf" or context.codec.canonical_name != "h264":
        yield from packets
        return
    if (context.extradata or b"").startswith(b"\x01"):  # a configuration record (ISO/IEC 14496-15, 5.3.3)
        form = av.BitStreamFilterContext(_BYTE_STREAM, source, target)
        packets = (made for packet in itertools.chain(packets, (None,)) for made in form.filter(packet))
    ahead = list(itertools.islice(packets, 2))
    if not target.codec_context.bit_rate and len({packet.size for packet in ahead}) == 1:
        target.codec_context.bit_rate = floor(ahead[0].size * 8 * (target.codec_context.framerate or Fraction(0)))
    yield from itertools.chain(ahead, packets)
