"""Frames as files of their own: written out of segments, and read back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from twopop import files
from twopop.errors import EditorError, InputError
from twopop.picture.facts import MediaFacts
from twopop.picture.pieces import Piece, packets
from twopop.picture.probe import probe
from twopop.time import Rate


def frame_names(stem: str, extension: str, *, first: int, frames: int, digits: int) -> tuple[str, ...]:
    """The names of *frames* files from number *first*: ``("A.0099.png", "A.0100.png")``.

    All numbers have as many digits as the last one, at least *digits*, so that they sort by their names.
    """
    width = max(digits, len(str(first + frames - 1)))
    return tuple(f"{stem}.{number:0{width}}.{extension}" for number in range(first, first + frames))


def write_frames(paths: Sequence[Path], pieces: Sequence[Piece], rate: Rate) -> None:
    """Write the frames of *pieces*, in order, into *paths*, one file each.

    A packet of an image codec is the image file. Raises StudioError when the pieces were not encoded alike,
    EditorError when they do not make as many frames as there are *paths* or the disk is full.
    """
    count = 0
    for packet in packets(pieces, rate):
        if count < len(paths):
            path = paths[count]
            try:
                path.write_bytes(bytes(packet))
            except OSError as error:
                raise files.cannot_write(path, error) from error
        count += 1
    if count != len(paths):
        raise EditorError(f"The segments make {count} frames, the plan says {len(paths)}.", where=str(paths[0].parent))


def read_frames(folder: Path, names: Sequence[str], rate: Rate, sound: str = "") -> MediaFacts:
    """What the files *names* in *folder* are as one picture at *rate*, with the file *sound* for its sound.

    The first and the last frame are decoded; that the others are the same kind of picture is held against them by
    their size in pixels and their format. Raises InputError when one is missing, is no picture or differs, or when
    something else lies in the folder.
    """
    there, wanted = {path.name for path in folder.iterdir()}, {*names, *([sound] if sound else [])}
    odd = sorted(there ^ wanted)
    if odd:
        raise InputError(
            f"The folder should hold {len(wanted)} files and holds {len(there)}: {odd[0]} is one too many or too few.",
            where=str(folder),
        )
    first = probe(folder / names[0])
    picture = first.picture
    for name in names[1:]:
        facts = probe(folder / name)
        if picture is None or facts.picture != picture:
            raise InputError("This frame is another kind of picture than the first.", where=str(folder / name))
    heard = probe(folder / sound) if sound else None
    return MediaFacts(
        path=str(folder),
        content=files.content(folder),
        bytes=sum((folder / name).stat().st_size for name in wanted),
        format="image2",
        seconds=rate.seconds(len(names)),
        picture=picture and msgspec.structs.replace(picture, frames=len(names), rate=rate, still=False),
        sound=heard.sound if heard else (),
        metadata=heard.metadata if heard else {},
    )
