"""A stretch of PCM sound replaced by that of another file, to the sample; nothing is decoded."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av

from twopop.errors import EditorError
from twopop.sound.decode import open_file
from twopop.time import Rate, samples_at

if TYPE_CHECKING:
    from av.packet import Packet

#: Bytes that are copied at once, in samples.
_CHUNK = 48_000


def splice(master: Path, render: Path, out: Path, *, first: int, frames: int, rate: Rate) -> None:
    """Write every sound stream of *master* to the MOV file *out*, with *render*'s first *frames* at frame *first*.

    Frames are those of *rate*; each stream takes the stream of *render* at the same place. Raises EditorError when
    the two are not laid out alike, are not PCM, or *render* has too little sound.
    """
    with open_file(master) as below, open_file(render) as above:
        pairs = list(zip(below.streams.audio, above.streams.audio, strict=False))
        forms = [[_form(stream) for stream in each.streams.audio] for each in (below, above)]
        if forms[0] != forms[1] or not pairs:
            raise EditorError(
                f"The render's sound ({_told(forms[1])}) is not in the master's form ({_told(forms[0])}).",
                where=str(render),
                remedy="Render it with the master's tracks, or leave its sound out.",
            )
        if not all(name.startswith("pcm_") for name, _, _ in forms[0]):
            raise EditorError(
                f"The master's sound is {forms[0][0][0]}, which cannot be cut between samples.",
                where=str(master),
                remedy="Leave the render's sound out, or deliver anew.",
            )
    data = [_spliced(master, render, number, first, frames, rate) for number in range(len(pairs))]
    with open_file(master) as below, av.open(f"file:{out.absolute()}", "w", format="mov") as written:
        tracks = [written.add_stream_from_template(stream) for stream in below.streams.audio]
        packets = [_packets(each, track) for each, track in zip(data, tracks, strict=True)]
        for packet in _in_turns(packets):
            written.mux(packet)


def _form(stream: Any) -> tuple[str, int, int]:
    context = stream.codec_context
    return context.codec.canonical_name, context.sample_rate, context.channels


def _told(forms: list[tuple[str, int, int]]) -> str:
    return ", ".join(f"{name} {rate} Hz {channels} ch" for name, rate, channels in forms) or "none"


def _spliced(master: Path, render: Path, number: int, first: int, frames: int, rate: Rate) -> tuple[bytearray, int]:
    """The data of the sound stream *number* with the range replaced, and the bytes of a sample of all channels."""
    whole, size, samples = _data(master, number)
    begin, end = samples_at(first, rate, samples) * size, samples_at(first + frames, rate, samples) * size
    end = min(end, len(whole))
    new, _, _ = _data(render, number)
    if len(new) < end - begin:
        missing = (end - begin - len(new)) // size
        raise EditorError(
            f"The render's sound is {missing} samples shorter than its picture.",
            where=str(render),
            remedy="Render it again with sound to the end, or leave its sound out.",
        )
    whole[begin:end] = new[: end - begin]
    return whole, size


def _data(path: Path, number: int) -> tuple[bytearray, int, int]:
    """All data of the sound stream *number*, the bytes of a sample of all channels, and the samples a second."""
    from av.stream import Discard

    with open_file(path) as container:
        stream = container.streams.audio[number]
        for other in container.streams:
            other.discard = Discard.default if other.index == stream.index else Discard.all
        context = stream.codec_context
        data = bytearray()
        for packet in container.demux(stream):
            data += bytes(packet)
        bits = int("".join(filter(str.isdigit, context.codec.canonical_name)))  # pcm_s24le
        return data, bits // 8 * context.channels, context.sample_rate


def _packets(spliced: tuple[bytearray, int], track: Any) -> Iterator[Packet[Any]]:
    data, size = spliced
    rate = track.codec_context.sample_rate
    for place in range(0, len(data) // size, _CHUNK):
        packet = av.Packet(bytes(data[place * size : (place + _CHUNK) * size]))
        packet.stream, packet.time_base = track, Fraction(1, rate)
        packet.pts = packet.dts = place
        packet.duration = packet.size // size
        yield packet


def _in_turns(streams: list[Iterator[Packet[Any]]]) -> Iterator[Packet[Any]]:
    yield from heapq.merge(*streams, key=lambda packet: (packet.pts or 0) * packet.time_base)
