"""Which characters a name may have, so that it lives on every file system it will meet.

The default rule: each part of a path matches ``[A-Za-z0-9][A-Za-z0-9._-]*``, has at most 120 bytes, and a whole path
at most 240. It is what Windows, macOS, LTFS, object stores and transfer tools all take (Microsoft: Naming Files, Paths,
and Namespaces; Netflix archive naming: ``[A-Za-z0-9._-]``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

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


class Cleaned(Mapping[str, str]):
    """*fields* with each value made safe by ``clean`` when it is asked for; an empty value stays empty.

    So a field that no template uses may hold anything. Raises InputError that names the field.
    """

    def __init__(self, fields: Mapping[str, str]) -> None:
        self._fields = fields

    def __getitem__(self, name: str) -> str:
        value = self._fields[name]
        try:
            return clean(value) if value else ""
        except InputError as error:
            raise InputError(error.what, where=f"field {name!r}", remedy=error.remedy) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)


def problems(path: str) -> list[str]:
    """What is wrong with the relative output *path* (parts divided by ``/``), as sentences; empty if it is good."""
    found = []
    if path.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", path):
        found.append(f"{path!r} is an absolute path; it should be relative to the output folder.")
    if not unicodedata.is_normalized("NFC", path):
        found.append(f"{path!r} is not in Unicode's composed form (NFC).")
    if (length := _bytes(path)) > LONGEST_PATH:
        found.append(f"The path has {length} bytes; {LONGEST_PATH} are the most.")
    for part in path.removeprefix("/").split("/"):
        found += _problems_of(part)
    return list(dict.fromkeys(found))


def _problems_of(part: str) -> list[str]:
    if not part:
        return ["A part of the path is empty."]
    if part in (".", ".."):
        return [f"{part!r} leads out of the output folder."]
    found = []
    if part.startswith("-"):
        found.append(f"{part!r} begins with a dash; programs would take it for an option.")
    elif part.endswith((".", " ")):
        found.append(f"{part!r} ends with a dot or a space, which Windows takes away.")
    elif not _PART.fullmatch(part):
        odd = "".join(dict.fromkeys(_ODD.findall(part)))[:12]
        said = f"holds {odd!r}" if odd else f"begins with {part[0]!r}"
        found.append(
            f"{part!r} {said}; letters A-Z and a-z, digits, '.', '_', '-' are allowed, a letter or digit first."
        )
    if ".." in part:
        found.append(f"{part!r} holds two dots in a row.")
    if (length := _bytes(part)) > LONGEST_PART:
        found.append(f"{part[:20] + '...'!r} has {length} bytes; {LONGEST_PART} are the most.")
    if part.partition(".")[0].rstrip(" ").lower() in RESERVED:
        found.append(f"{part!r} is a name that Windows keeps for a device.")
    return found


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
