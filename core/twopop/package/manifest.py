"""The manifest: the hash of every file of a delivery, in the format of ``sha256sum``.

``sha256sum -c MANIFEST.sha256`` checks it on any machine. A name with a line break or a backslash has its line begun
with a backslash and is escaped, as GNU coreutils (``sha256sum``, "Output Modes") writes and reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from twopop import files
from twopop.errors import InputError

NAME = "MANIFEST.sha256"

_LINE = re.compile(r"(\\?)([0-9A-Fa-f]{64}) [ *](.+)", re.DOTALL)
_HASH = re.compile(r"[0-9a-f]{64}")
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r"}
_PLAIN = {escaped: plain for plain, escaped in _ESCAPES.items()}


class Record(Protocol):
    """A file of a delivery: its *path* below the folder, its size in *bytes* and its *sha256*."""

    @property
    def path(self) -> str: ...  # noqa: D102
    @property
    def bytes(self) -> int: ...  # noqa: D102
    @property
    def sha256(self) -> str: ...  # noqa: D102


def write_manifest(folder: Path, records: Iterable[Record]) -> Path:
    """Write the manifest of *folder* with *records* and what earlier deliveries put there; its path.

    A file in both has its new hash. Sorted by path; all of it or nothing. Raises InputError when the manifest that is
    there cannot be read (nothing is lost by writing over it) or a record's path leaves the folder, and EditorError
    when the folder cannot be written to.
    """
    path = folder / NAME
    hashes = read_manifest(folder) if path.exists() else {}
    for record in records:
        files.inside(folder, record.path)
        if not _HASH.fullmatch(record.sha256):
            raise InputError(f"{record.sha256!r} is no SHA-256.", where=record.path)
        hashes[record.path] = record.sha256
    lines = "".join(_line(name, hashes[name]) for name in sorted(hashes))
    files.write_whole(path, lines.encode("utf-8", "surrogateescape"))
    return path


def read_manifest(folder: Path) -> dict[str, str]:
    """{path: SHA-256} of the manifest in *folder*; raises InputError, naming the line, when there is none or it is bad.

    Paths are as written: use ``files.inside`` before opening one.
    """
    path = folder / NAME
    try:
        text = path.read_bytes().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        raise InputError("There is no manifest here.", where=str(path), remedy="Name a delivery's folder.") from None
    except OSError as error:
        raise InputError(f"The manifest cannot be read ({error.strerror}).", where=str(path)) from None
    hashes: dict[str, str] = {}
    for number, line in enumerate(text.split("\n"), 1):
        line = line.removesuffix("\r")
        if not line:
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            remedy = "Move the manifest away, or mend the line: a SHA-256, two spaces, the path."
            raise InputError("This is no line of a manifest.", where=f"{path}:{number}", remedy=remedy)
        hashes[_unescaped(match[3]) if match[1] else match[3]] = match[2].lower()
    return hashes


def _line(name: str, sha256: str) -> str:
    escaped = "".join(_ESCAPES.get(letter, letter) for letter in name)
    return f"{chr(92) if escaped != name else ''}{sha256}  {escaped}\n"


def _unescaped(name: str) -> str:
    return re.sub(r"\\[\\nr]", lambda match: _PLAIN[match[0]], name)
