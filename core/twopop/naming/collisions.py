"""Deliverables that would be written over each other."""

from __future__ import annotations

import contextlib
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from twopop.findings import Finding, fail

#: How many of the others a finding names.
_NAMED = 3
_REMEDY = "Give the name template a field in which they differ."


def folded(path: str) -> str:
    """The form in which two paths are equal on a disk that ignores case and composition (APFS, NTFS).

    Canonical caseless matching, The Unicode Standard, section 3.13, definition D145.
    """
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", path).casefold())


def collisions(paths: Mapping[str, str]) -> list[Finding]:
    """One finding that fails for each deliverable whose path another one has too; *paths* maps ids to relative paths.

    Paths are the same when they differ in case or composition alone; a path that is a folder of another one collides
    with it as well. ``where`` is the deliverable's id; the message names the others. In the order of *paths*.
    """
    by_path: dict[str, list[str]] = defaultdict(list)
    for deliverable, path in paths.items():
        by_path[folded(path)].append(deliverable)
    below = _below(by_path)
    found = []
    for deliverable, path in paths.items():
        key = folded(path)
        same = [other for other in by_path[key][: _NAMED + 1] if other != deliverable]
        if same:
            found.append(_twin(deliverable, paths, same, len(by_path[key]) - 1))
        if key in below:
            message = f"{path!r} is also a folder that {paths[below[key]]!r} ({below[key]}) lies in."
            found.append(fail("naming.collision", message, where=deliverable, remedy=_REMEDY))
    return found


def twins_on_disk(out: Path, paths: Mapping[str, str]) -> list[Finding]:
    """One finding that fails for each path whose file or folder lies in the folder *out* in another spelling.

    On a disk that ignores case and composition both are one file; on any other, whoever copies the delivery to such a
    disk loses one of them. *paths* maps ids to paths relative to *out*; a path that lies there as it is spelled is
    none of this.
    """
    listed: dict[str, dict[str, list[str]]] = {}
    found = []
    for deliverable, path in paths.items():
        folder = ""
        for part in path.split("/"):
            if folder not in listed:
                listed[folder] = _lying(out / folder)
            spelled = listed[folder].get(folded(part), [])
            if spelled and part not in spelled:
                here, other = (f"{folder}/{name}".lstrip("/") for name in (part, spelled[0]))
                message = f"{other!r} lies in the output folder; on many disks {here!r} is the same name."
                remedy = "Move it away, or change the name so that more than case or accents differ."
                found.append(fail("naming.collision", message, where=deliverable, remedy=remedy))
                break
            folder = f"{folder}/{part}".lstrip("/")
    return found


def _lying(folder: Path) -> dict[str, list[str]]:
    """{folded name: the names that have this form} of what lies in *folder*."""
    lying: dict[str, list[str]] = defaultdict(list)
    with contextlib.suppress(OSError, ValueError):
        for entry in sorted(folder.iterdir()):
            lying[folded(entry.name)].append(entry.name)
    return lying


def _below(by_path: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """{path that is a folder of another path: one deliverable in it}."""
    below: dict[str, str] = {}
    for path, deliverables in by_path.items():
        end = path.rfind("/")
        while end > 0:
            if path[:end] in by_path:
                below.setdefault(path[:end], deliverables[0])
            end = path.rfind("/", 0, end)
    return below


def _twin(deliverable: str, paths: Mapping[str, str], same: Sequence[str], count: int) -> Finding:
    named = ", ".join(_told(other, paths[other], paths[deliverable]) for other in same[:_NAMED])
    more = f" and {count - _NAMED} more" if count > _NAMED else ""
    message = f"{paths[deliverable]!r} is also the path of {named}{more}."
    return fail("naming.collision", message, where=deliverable, remedy=_REMEDY)


def _told(other: str, path: str, mine: str) -> str:
    return other if path == mine else f"{other} (as {path!r})"
