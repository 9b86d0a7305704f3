"""Which characters a name may have, so that it lives on every file system it will meet.

The default rule: each part of a path matches ``[A-Za-z0-9][A-Za-z0-9._-]*``, has at most 120 bytes, and a whole path
at most 240. It is what Windows, macOS, LTFS, object stores and transfer tools all take (Microsoft: Naming Files, Paths,
and Namespaces; Netflix archive naming: ``[A-Za-z0-9._-]``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

from twopop.errors import InputError

#: The most bytes of one part of a path, and of a whole relative path.
LONGEST_PART, LONGEST_PATH = 120, 240

#: Names that Windows keeps for devices, also with any extension.
RESERVED = frozenset({"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(10)})

_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_ODD = re.compile(r"[^A-Za-z0-9._-]")
#: Letters that NFKD does not take apart, as they are written without them.
_LETTERS = str.maketrans(
    {
        **dict(zip("øØłŁđĐðÐħĦ\N{LATIN SMALL LETTER DOTLESS I}", "oOlLdDdDhHi", strict=True)),
        **dict(zip("ßẞæÆœŒþÞ", ("ss", "SS", "ae", "AE", "oe", "OE", "th", "TH"), strict=True)),
    }
)


def clean(value: str) -> str:
    """*value* made safe for a part of a name: ``"Été à Köln"`` becomes ``"Ete-a-Koln"``.

    White space and dashes become ``-``; accents fall off their letters; ß becomes ss; what has no such form is
    dropped, as are dots in a row and ``.``, ``-``, ``_`` at both ends. Cleaning twice changes nothing. Raises
    InputError when nothing is left: an invented word would let two different titles share a name.
    """
    words = "-".join(unicodedata.normalize("NFC", value).split()).translate(_LETTERS)
    dashed = "".join("-" if unicodedata.category(letter) == "Pd" else letter for letter in words)
    plain = _ODD.sub("", unicodedata.normalize("NFKD", dashed))
    name = re.sub(r"\.{2,}", ".", plain).strip("._-")
    if not name:
        raise InputError(
            f"Nothing of {value!r} can stand in a file name.",
            remedy="Write it with Latin letters or digits, or give the project a code and use that.",
        )
    return name


class System(msgspec.Struct, frozen=True, kw_only=True):
    """What a system that keeps files takes: the *longest* part of a path and whole *path*, both counted in *unit*.

    *barred* are characters it refuses or hands on badly; *windows* says whether the habits of Windows hold: names kept
    for devices, and dots and spaces at the end that are taken away.
    """

    title: str
    unit: Literal["bytes", "characters", "UTF-16 units"]
    longest: int
    path: int
    barred: str
    windows: bool = False


SystemName = Literal["windows", "macos", "linux", "ltfs", "s3"]

_WINDOWS = '<>:"\\|?*'
#: The systems that deliveries meet. The figures are what is commonly told of them (Microsoft: Naming Files, Paths, and
#: Namespaces; LTFS format 2.4; Amazon S3: object key names), so they warn and do not stop.
SYSTEMS: Mapping[SystemName, System] = {
    "windows": System(title="Windows", unit="UTF-16 units", longest=255, path=259, barred=_WINDOWS, windows=True),
    "macos": System(title="macOS", unit="UTF-16 units", longest=255, path=1024, barred=":"),
    "linux": System(title="Linux", unit="bytes", longest=255, path=4096, barred=""),
    "ltfs": System(title="LTO tape (LTFS)", unit="characters", longest=255, path=4096, barred=_WINDOWS),
    "s3": System(title="S3", unit="bytes", longest=1024, path=1024, barred="\\{}^%]>[~<#|`"),
}


def refused_by(path: str, systems: Iterable[SystemName], *, whole: str = "") -> list[str]:
    """What the *systems* have against the relative *path*, as sentences; *whole* is the path with all its folders."""
    found = []
    for system in (SYSTEMS[name] for name in systems):
        for part in path.split("/"):
            found += _refused(part, system)
        length = _length(whole or path, system.unit)
        if length > system.path:
            found.append(
                f"{system.title} takes paths of {system.path} {system.unit}; with its folders it has {length}."
            )
    return list(dict.fromkeys(found))


def _refused(part: str, system: System) -> list[str]:
    found = []
    if odd := "".join(dict.fromkeys(letter for letter in part if letter in system.barred)):
        found.append(f"{system.title} does not take {odd!r}, which {part!r} holds.")
    if (length := _length(part, system.unit)) > system.longest:
        found.append(f"{system.title} takes names of {system.longest} {system.unit}; {_short(part)} has {length}.")
    if system.windows and part.endswith((".", " ")):
        found.append(f"{part!r} ends with a dot or a space, which {system.title} takes away.")
    if system.windows and _device(part):
        found.append(f"{part!r} is a name that {system.title} keeps for a device.")
    return found


def _length(text: str, unit: str) -> int:
    if unit == "bytes":
        return _bytes(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2 if unit == "UTF-16 units" else len(text)


def unsafe(path: str) -> list[str]:
    """What makes the relative output *path* dangerous or unreadable anywhere, as sentences; empty if nothing does.

    It leads out of the output folder, a part of it is empty or begins with a dash, it is not in composed form (NFC),
    or it holds characters that cannot be seen or that turn what is seen around.
    """
    found = []
    if path.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", path):
        found.append(f"{path!r} is an absolute path; it should be relative to the output folder.")
    if not unicodedata.is_normalized("NFC", path):
        found.append(f"{path!r} is not in Unicode's composed form (NFC).")
    if hidden := [letter for letter in path if unicodedata.category(letter) in _HIDDEN]:
        found.append(f"{path!r} holds characters that cannot be seen: {''.join(dict.fromkeys(hidden))!r}.")
    for part in path.removeprefix("/").split("/"):
        if not part:
            found.append("A part of the path is empty.")
        elif part in (".", ".."):
            found.append(f"{part!r} leads out of the output folder.")
        elif part.startswith("-"):
            found.append(f"{part!r} begins with a dash; programs would take it for an option.")
    return list(dict.fromkeys(found))


#: Control characters, formatting marks (direction, joiners), surrogates, private use, line and paragraph separators.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def problems(path: str) -> list[str]:
    """What is wrong with the relative output *path* (parts divided by ``/``), as sentences; empty if it is good."""
    found = unsafe(path)
    if (length := _bytes(path)) > LONGEST_PATH:
        found.append(f"The path has {length} bytes; {LONGEST_PATH} are the most.")
    for part in path.removeprefix("/").split("/"):
        if part and part not in (".", ".."):
            found += _problems_of(part)
    return list(dict.fromkeys(found))


def _problems_of(part: str) -> list[str]:
    found = []
    if part.endswith((".", " ")):
        found.append(f"{part!r} ends with a dot or a space, which Windows takes away.")
    elif not part.startswith("-") and not _PART.fullmatch(part):
        odd = "".join(dict.fromkeys(_ODD.findall(part)))[:12]
        said = f"holds {odd!r}" if odd else f"begins with {part[0]!r}"
        found.append(
            f"{part!r} {said}; letters A-Z and a-z, digits, '.', '_', '-' are allowed, a letter or digit first."
        )
    if ".." in part:
        found.append(f"{part!r} holds two dots in a row.")
    if (length := _bytes(part)) > LONGEST_PART:
        found.append(f"{_short(part)} has {length} bytes; {LONGEST_PART} are the most.")
    if _device(part):
        found.append(f"{part!r} is a name that Windows keeps for a device.")
    return found


def _device(part: str) -> bool:
    return part.partition(".")[0].rstrip(" ").lower() in RESERVED


def _short(part: str) -> str:
    return repr(part if len(part) <= 24 else part[:20] + "...")


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
