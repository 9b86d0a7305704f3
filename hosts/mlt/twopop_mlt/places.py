"""The folder of a project as the host sees it: its MLT files are its timelines, known by their relative paths."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from twopop import InputError, files
from twopop_mlt.document import Document, read_document, said
from twopop_mlt.reading import SUFFIXES, Sequence, sequences

#: Folders below the project's deeper than this, and files beyond so many, are not looked at.
_DEEPEST, _MOST = 6, 500
#: Between a file's path and the key of one of its sequences.
_HASH = "#"


@dataclass(frozen=True)
class Found:
    """One timeline: its *id* (relative path, and the key of a sequence that is not the active one), *name* and *path*.

    *ours* says that twopop made the file.
    """

    id: str
    name: str
    path: Path
    key: str
    ours: bool


def project_files(folder: Path) -> list[Path]:
    """The project files in *folder* and below, in order; hidden folders and backups are passed by."""
    found: list[Path] = []
    for place, inside, names in os.walk(folder):
        depth = len(Path(place).relative_to(folder).parts)
        inside[:] = sorted(each for each in inside if not each.startswith(".") and depth < _DEEPEST)
        found += [
            Path(place) / name
            for name in sorted(names)
            if Path(name).suffix.lower() in SUFFIXES and not name.startswith((".", "~"))
        ]
        if len(found) >= _MOST:
            return found[:_MOST]
    return found


def timelines_in(folder: Path) -> Iterator[Found]:
    """The timelines of the project files in *folder*; those that cannot be read are passed by."""
    for path in project_files(folder):
        try:
            document = read_document(path)
            listed = sequences(document)
        except InputError:
            continue
        relative = path.relative_to(folder).as_posix()
        for number, sequence in enumerate(listed):
            id_ = relative if not number else f"{relative}{_HASH}{sequence.key}"
            yield Found(id_, sequence.name, path, sequence.key if number else "", _is_ours(sequence))


def _is_ours(sequence: Sequence) -> bool:
    return bool(said(sequence.element, "twopop:timeline"))


def located(folder: Path, id_: str) -> tuple[Path, str]:
    """The file and the key of the sequence that *id_* names. Raises InputError where there is none."""
    relative, key = id_, ""
    if _HASH in id_ and not files.inside(folder, id_).is_file():
        relative, _, key = id_.rpartition(_HASH)
    path = files.inside(folder, relative) if relative else folder
    if path.suffix.lower() not in SUFFIXES or not path.is_file():
        raise InputError(
            f"There is no timeline {id_!r} in the project.",
            where=str(folder),
            remedy="Choose one of the project's MLT files.",
        )
    return path, key


def opened(folder: Path, id_: str) -> tuple[Path, Document, Sequence]:
    """The project and the sequence that *id_* names. Raises InputError."""
    path, key = located(folder, id_)
    document = read_document(path)
    found = sequences(document)
    chosen = next((each for each in found if each.key == key), None) if key else found[0] if found else None
    if chosen is None:
        raise InputError(f"There is no timeline {id_!r} in the project.", where=str(path))
    return path, document, chosen


def free_name(folder: Path, wanted: str) -> str:
    """*wanted*, or a name beside it (``wanted 2``) where a timeline has it already."""
    taken = {each.name for each in timelines_in(folder)}
    number, name = 1, wanted
    while name in taken:
        number += 1
        name = f"{wanted} {number}"
    return name


def free_file(folder: Path, name: str) -> Path:
    """A file in *folder* that bears *name* as far as file systems bear it, and that is not there yet."""
    plain = unicodedata.normalize("NFC", name)
    plain = re.sub(r'[\x00-\x1f<>:"/\\|?*#%]+', "-", plain).strip(" .-") or "timeline"
    while len(plain.encode("utf-8")) > 120:
        plain = plain[:-1].rstrip()
    number, path = 1, folder / f"{plain}.mlt"
    while path.exists():
        number += 1
        path = folder / f"{plain} {number}.mlt"
    return path
