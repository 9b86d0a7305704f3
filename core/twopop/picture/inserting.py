"""Insert edit: the frames of a range of an intra-coded master replaced by those of a render, packet by packet."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twopop.errors import EditorError, InputError, StudioError
from twopop.picture.assemble import assemble
from twopop.picture.copying import INTRA
from twopop.picture.opening import only, open_media, picture_stream, time_base
from twopop.picture.pieces import Parameters, Piece, decoded, packets, parameters
from twopop.picture.probe import timecode_of, words_of
from twopop.specs import Container
from twopop.time import Rate, floor, frame_of, timecode

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

#: The muxers for the containers that can be patched, by the demuxer's name and the file's ending.
_MUXERS = {"mov": "mov", "mp4": "mp4", "m4v": "mp4", "mxf": "mxf"}


@dataclass(frozen=True)
class Reel:
    """A file as an insert edit knows it, from its head: *form* says in words what two files must have in common.

    *parameters* is the same for the decoder. *sounds* are (codec, samples a second, channels); *timecode* that of the
    first frame ("" for none), *words* the file's metadata, *others* the tracks that are neither picture nor sound.
    """

    path: Path
    muxer: str
    stream: int
    rate: Rate
    frames: int
    form: dict[str, str]
    parameters: Parameters
    long_gop: bool
    timecode: str = ""
    words: dict[str, str] = field(default_factory=dict)
    sounds: tuple[tuple[str, int, int], ...] = ()
    others: tuple[str, ...] = ()

    @property
    def start(self) -> int:
        """Its first frame, counted from midnight."""
        return frame_of(self.timecode, self.rate) if self.timecode else 0

    def shown(self, frame: int) -> str:
        """The timecode of *frame* (from 0)."""
        return timecode(self.start + frame, self.rate, drop=";" in self.timecode)

    @property
    def container(self) -> Container:
        """How a file like it is written."""
        return Container(format=self.muxer, extension=self.path.suffix.lstrip("."))


def read_reel(path: Path) -> Reel:
    """What the file at *path* is; raises InputError when it cannot be read or is no MOV, MP4 or MXF with picture."""
    with open_media(path) as container:
        stream = picture_stream(container)
        muxer = _MUXERS.get(path.suffix.lower().lstrip("."), "")
        if stream is None or muxer not in container.format.name.split(","):
            raise InputError(
                "This is no MOV, MP4 or MXF file with a picture.", where=str(path), remedy="Give a rendered master."
            )
        rate = Rate(Fraction(stream.average_rate or stream.guessed_rate or 25))
        codec = stream.codec_context.codec.canonical_name
        entries = stream.index_entries
        keyed = all(entries[n].is_keyframe for n in range(len(entries))) if codec not in INTRA else True
        return Reel(
            path=path,
            muxer=muxer,
            stream=stream.index,
            rate=rate,
            frames=stream.frames or floor(Fraction(stream.duration or 0) * time_base(stream) * rate),
            form=_form(stream, rate),
            parameters=parameters(stream),
            long_gop=not keyed or (codec not in INTRA and not len(entries)),
            timecode=timecode_of(container),
            words=words_of(container.metadata),
            sounds=tuple(
                (s.codec_context.codec.canonical_name, s.codec_context.sample_rate, s.codec_context.channels)
                for s in container.streams.audio
            ),
            others=tuple(_others(container, stream)),
        )


def _others(container: InputContainer, picture: VideoStream) -> Iterator[str]:
    """The tracks that would be lost: all but the picture, sound and timecode."""
    for stream in container.streams:
        if stream.index != picture.index and stream.type != "audio" and "timecode" not in stream.metadata:
            yield str(stream.metadata.get("handler_name") or stream.type)


def _form(stream: VideoStream, rate: Rate) -> dict[str, str]:
    context = stream.codec_context
    colour = (context.colorspace, context.color_primaries, context.color_trc, context.color_range or 1)
    return {
        "codec": f"{context.codec.canonical_name} {context.profile or ''}".strip(),
        "size": f"{context.width}x{context.height}",
        "rate": f"{rate} frames a second",
        "pixel format": str(context.pix_fmt),
        "colour tags": "/".join(str(int(each)) for each in colour),
        "field order": str(int(context.field_order)) if int(context.field_order) > 1 else "progressive",
    }


@dataclass(frozen=True)
class Insert:
    """*render* laid over *master* from the master's frame *first*."""

    master: Reel
    render: Reel
    first: int

    @property
    def stop(self) -> int:
        """The master's first frame behind the range."""
        return self.first + self.render.frames

    @property
    def pieces(self) -> list[Piece]:
        """What the new master is made of."""
        master, render = self.master, self.render
        made = [
            Piece(master.path, 0, self.first, master.stream),
            Piece(render.path, 0, render.frames, render.stream),
            Piece(master.path, self.stop, master.frames - self.stop, master.stream),
        ]
        return [piece for piece in made if piece.frames]


def plan_insert(master: Reel, render: Reel, at: str) -> Insert:
    """*render* in *master* from the timecode *at* ("" is the render's own start).

    Raises EditorError that says why it cannot be: long GOP, another form, a range outside the master.
    """
    for reel in (master, render):
        if reel.long_gop:
            raise EditorError(
                "This file is long GOP: its frames hang on one another, so that none can be replaced alone.",
                where=str(reel.path),
                remedy="Export it in an intra codec (ProRes, DNxHR), or deliver anew from the timeline.",
            )
    if master.others:
        raise EditorError(
            f"The master has tracks that would be lost: {', '.join(master.others)}.",
            where=str(master.path),
            remedy="Insert into a master with picture, sound and timecode only, or deliver anew.",
        )
    other = [f"{render.form[key]} and not {said}" for key, said in master.form.items() if render.form[key] != said]
    if other or render.parameters != master.parameters:
        raise EditorError(
            f"The render is not in the master's form: it is {'; '.join(other) or 'encoded with other settings'}.",
            where=str(render.path),
            remedy="Render the range again with the settings of the master.",
        )
    if not (at or render.timecode):
        raise InputError("The render has no timecode.", where=str(render.path), remedy="Say where it goes: --at.")
    first = frame_of(at or render.timecode, master.rate) - master.start
    made = Insert(master, render, first)
    if first < 0 or made.stop > master.frames:
        raise EditorError(
            f"The render would lie from {master.shown(first)} to {master.shown(made.stop)}, "
            f"the master runs from {master.shown(0)} to {master.shown(master.frames)}.",
            where=str(render.path),
            remedy="Check the timecode, or render only what lies in the master.",
        )
    return made


def write_insert(insert: Insert, sound: Path, out: Path) -> None:
    """Write the new master to *out*, with the sound of the file *sound*, and read it back.

    Every packet must be the one that was copied, the seams must decode to the same pictures, and sound, timecode and
    metadata must be there; else StudioError is raised. Raises EditorError when a frame cannot be copied.
    """
    master, pieces = insert.master, insert.pieces
    assemble(
        out,
        pieces,
        rate=master.rate,
        frames=master.frames,
        container=master.container,
        sounds=[sound] if master.sounds else [],
        timecode=master.timecode,
        metadata=master.words,
        identity=_identity(insert),
    )
    faults = [*_faults(insert, read_reel(out)), *_other_packets(insert, out), *_other_seams(insert, out)]
    if master.sounds and _heard(sound, len(master.sounds)) != _heard(out, len(master.sounds)):
        faults.append("the sound")
    if faults:
        raise StudioError(
            f"The new file was read back and is not as it should be: {', '.join(faults)}.",
            where=str(out),
            remedy="Nothing was changed. Report this fault.",
        )


def _identity(insert: Insert) -> str:
    """A hash of what is put where, from which unique names in the new file are made."""
    made = hashlib.sha256(f"{insert.master.words} {insert.master.path.stat().st_size} {insert.first}".encode())
    for packet in packets(
        [Piece(insert.render.path, 0, insert.render.frames, insert.render.stream)], insert.render.rate
    ):
        made.update(bytes(packet))
    return made.hexdigest()


# -- read back ---------------------------------------------------------------------------------------------------------


def _faults(insert: Insert, new: Reel) -> Iterator[str]:
    master = insert.master
    for what, found, wanted in (
        ("the number of frames", new.frames, master.frames),
        ("the form", new.form, master.form),
        ("the timecode", new.timecode, master.timecode),
        ("the metadata", new.words, master.words),
        ("the sound's form", new.sounds, master.sounds),
    ):
        if found != wanted:
            yield f"{what} ({found}, not {wanted})"


def _other_packets(insert: Insert, out: Path) -> Iterator[str]:
    """The first frame whose bytes are not those that were to be copied, if there is one."""
    rate, frames = insert.master.rate, insert.master.frames
    written, wanted = packets([Piece(out, 0, frames)], rate), packets(insert.pieces, rate)
    for frame, (one, other) in enumerate(zip(written, wanted, strict=True)):
        if bytes(one) != bytes(other):
            yield f"the frame at {insert.master.shown(frame)}"
            return


def _other_seams(insert: Insert, out: Path) -> Iterator[str]:
    """The seams at which the new file does not decode to the pictures of the files it was made from."""
    rate, place = insert.master.rate, 0
    for before, after in pairwise(insert.pieces):
        place += before.frames or 0
        last = Piece(before.path, before.first + (before.frames or 1) - 1, 1, before.stream)
        wanted = [*decoded(last, rate), *decoded(Piece(after.path, after.first, 1, after.stream), rate)]
        if decoded(Piece(out, place - 1, 2), rate) != wanted:
            yield f"the pictures at {insert.master.shown(place)}"


def _heard(path: Path, count: int) -> list[str]:
    """A hash of each sound stream's data."""
    hashes = []
    for number in range(count):
        with open_media(path) as container:
            stream: Any = container.streams.audio[number]
            only(stream)
            made = hashlib.sha256()
            for packet in container.demux(stream):
                made.update(bytes(packet))
            hashes.append(made.hexdigest())
    return hashes
