"""Kdenlive's bin: folders as properties of the ``main_bin`` playlist, clips as its entries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

from twopop.hosts.reading_back import open_media
from twopop.time import floor
from twopop_mlt.document import Document, properties, said
from twopop_mlt.making import properties_of
from twopop_mlt.markers import main_bin
from twopop_mlt.materials import STILL_SUFFIXES, material

_FOLDER = re.compile(r"kdenlive:folder\.(-?\d+)\.(\d+)")
#: How long Kdenlive shows a still by default, in seconds.
_STILL = 5


@dataclass(frozen=True)
class Item:
    """A clip in the bin: its *entry*, the *producer* that it plays, the *file*, and the *folder*'s number."""

    entry: Element
    producer: Element
    file: str
    folder: str


def folders(document: Document) -> dict[str, str]:
    """{number: path} of the bin's folders."""
    bin_ = main_bin(document)
    named = {}
    for name, text in properties(bin_) if bin_ is not None else ():
        match = _FOLDER.fullmatch(name)
        if match:
            named[match[2]] = (match[1], text)

    def path(number: str, depth: int = 0) -> str:
        parent, name = named[number]
        return name if parent not in named or depth > 50 else f"{path(parent, depth + 1)}/{name}"

    return {number: path(number) for number in named}


def items(document: Document) -> Iterator[Item]:
    """The clips in the bin that play files."""
    bin_ = main_bin(document)
    for entry in bin_.findall("entry") if bin_ is not None else []:
        producer = document.inner(entry)
        if producer is not None and producer.tag in ("producer", "chain"):
            what = material(producer, document)
            if what.kind == "file":
                yield Item(entry, producer, what.path, said(producer, "kdenlive:folderid") or "-1")


def files_in(document: Document, folder: str) -> tuple[str, ...]:
    """The files in the bin's folder of this path."""
    numbers = {number for number, path in folders(document).items() if path == folder}
    return tuple(item.file for item in items(document) if item.folder in numbers)


def take_in(document: Document, new: dict[str, Path], folder: str) -> list[str]:
    """Take *new* ({id: file}) into *folder*, which is made if need be; gives the numbers of the folders made."""
    bin_ = main_bin(document)
    if bin_ is None:
        return []
    number, made = _made_folder(document, bin_, folder)
    ids = [int(text) for each in document.root.iter() if (text := said(each, "kdenlive:id")).isdigit()]
    for place, (id_, file) in enumerate(new.items(), max(ids, default=1) + 1):
        producer = _producer(document, id_, file, place, number)
        document.root.insert(list(document.root).index(bin_), producer)
        SubElement(bin_, "entry", {"producer": id_, "in": "0", "out": producer.get("out", "0")})
    return made


def _made_folder(document: Document, bin_: Element, folder: str) -> tuple[str, list[str]]:
    known = {path: number for number, path in folders(document).items()}
    parent, made, path = "-1", [], ""
    for part in folder.split("/"):
        path = f"{path}/{part}" if path else part
        if path not in known:
            number = str(max([int(each) for each in known.values()], default=0) + 1)
            own = Element("property", {"name": f"kdenlive:folder.{parent}.{number}"})
            own.text = part
            bin_.insert(len(bin_.findall("property")), own)
            known[path] = number
            made.append(number)
        parent = known[path]
    return parent, made


def _producer(document: Document, id_: str, file: Path, place: int, folder: str) -> Element:
    still = file.suffix.lower() in STILL_SUFFIXES
    frames = max(1, floor((Fraction(_STILL) if still else _length(file)) * document.rate))
    producer = Element("producer", {"id": id_, "in": "0", "out": str(frames - 1)})
    own = {"length": frames, "eof": "pause", "resource": str(file), "mlt_service": "qimage" if still else "avformat"}
    properties_of(
        producer, {**own, "kdenlive:id": place, "kdenlive:folderid": folder, "kdenlive:clip_type": 2 if still else 0}
    )
    return producer


def _length(file: Path) -> Fraction:
    with open_media(file) as media:
        return Fraction(media.duration or 0, 1_000_000)


def take_out(document: Document, ids: set[str], made: list[str]) -> None:
    """Take the clips with these *ids* out again, and the folders *made* for them where nothing else lies in these."""
    bin_ = main_bin(document)
    if bin_ is None:
        return
    for item in list(items(document)):
        if item.producer.get("id") in ids:
            bin_.remove(item.entry)
            document.root.remove(item.producer)
    for number in reversed(made):
        held = {item.folder for item in items(document)}
        parents = {match[1] for name, _ in properties(bin_) if (match := _FOLDER.fullmatch(name))}
        if number in held | parents:
            continue
        for each in list(bin_.findall("property")):
            match = _FOLDER.fullmatch(each.get("name", ""))
            if match and match[2] == number:
                bin_.remove(each)
