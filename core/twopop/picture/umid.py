"""The unique names of an MXF file's packages (UMIDs, SMPTE ST 330), made to follow from what is in the file.

The muxer, told to write the same bytes every time, gives every file the same ones; an archive would take all files for
one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from twopop.errors import StudioError

#: How every basic UMID begins (ST 330, 5.1: label and length), followed by an instance number of three bytes.
_LABEL = bytes.fromhex("060a2b340101010501010d0013")

#: How the key of a partition pack begins (ST 377-1, 7.1).
_PARTITION = bytes.fromhex("060e2b34020501010d01020101")

#: The key of the random index pack, which says where the partitions are (ST 377-1, 12.2).
_INDEX = bytes.fromhex("060e2b34020501010d01020101110100")

#: The part of the material number that the muxer leaves at nought; the last byte tells the packages of a file apart.
_NUMBER = 15


def stamp(path: Path, identity: str) -> None:
    """Write numbers made from *identity* into every UMID of the MXF file at *path*.

    Raises StudioError when it has none in which a number is missing.
    """
    number = hashlib.blake2b(identity.encode(), digest_size=_NUMBER).digest()
    blank = _LABEL + bytes(3 + _NUMBER)
    stamped = 0
    with path.open("rb+") as file:
        for place, length in _headers(file):
            file.seek(place)
            header = file.read(length)
            if blank in header:
                stamped += header.count(blank)
                file.seek(place)
                file.write(header.replace(blank, _LABEL + bytes(3) + number))
    if not stamped:
        raise StudioError("This MXF file has no UMID to fill in.", where=str(path), remedy="Report this fault.")


def _headers(file: BinaryIO) -> Iterator[tuple[int, int]]:
    """Place and length of the metadata in each partition, as the random index pack and the partition packs say."""
    file.seek(-4, 2)
    file.seek(-int.from_bytes(file.read(4), "big"), 2)
    if file.read(16) != _INDEX:
        return
    entries = file.read(_length(file))[:-4]
    for at in range(0, len(entries), 12):  # the number of a stream and the place of its partition
        file.seek(int.from_bytes(entries[at + 4 : at + 12], "big"))
        if not file.read(16).startswith(_PARTITION):
            continue
        pack = file.read(_length(file))
        grid, header = int.from_bytes(pack[4:8], "big"), int.from_bytes(pack[32:40], "big")  # ST 377-1, table 4
        if header:  # it begins on the grid, behind a fill
            yield file.tell(), header + grid


def _length(file: BinaryIO) -> int:
    """A length in BER (ST 379-2): one byte, or as many as the first one says."""
    first = file.read(1)[0]
    return first if first < 0x80 else int.from_bytes(file.read(first & 0x7F), "big")
