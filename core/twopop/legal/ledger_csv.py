"""A licensor's CSV as the tables of a ledger: one row for each grant, the asset's own columns said once or repeated."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from twopop.errors import InputError
from twopop.schema import nearest


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]


def _yes(text: str) -> bool | str:
    return {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}.get(text.lower(), text)


def _word(text: str) -> str:
    return text.lower()


def _text(text: str) -> str:
    return text


#: Column → what its text becomes: those of the asset, those of the grant.
_ASSET: dict[str, Callable[[str], Any]] = {
    "kind": _word,
    "title": _text,
    "sources": _listed,
    "paths": _listed,
    "markers": _listed,
    "roles": _listed,
    "editorial_only": _yes,
    "ai": _text,
    "credit": _text,
}
_WORK: dict[str, Callable[[str], Any]] = {
    "iswc": _text,
    "isrc": _text,
    "usage": str.upper,
    "origin": _word,
    "library": _text,
    "catalogue": _text,
}
_GRANT: dict[str, Callable[[str], Any]] = {
    "right": _word,
    "status": _word,
    "holder": _text,
    "media": _listed,
    "territory": _listed,
    "start": _text,
    "end": _text,
    "trigger": _text,
    "longest": _text,
    "lengths": _listed,
    "edits": _yes,
    "paid": _yes,
    "option": _yes,
    "exclusive": _text,
    "conditions": _text,
    "clause": _text,
    "note": _text,
}
#: Columns whose text is a list of people: ``Ada Lane 50% PRS 00123456789; Ben Roe 50%``.
_PEOPLE = {"composers": "composer", "authors": "author", "publishers": "publisher", "performers": "performer"}
_PERSON = re.compile(
    r"(?P<name>.+?)(?:\s+(?P<share>\d+(?:\.\d+)?)\s*%)?(?:\s+(?P<society>[A-Z]{3,8}))?(?:\s+(?P<ipi>\d{9,11}))?"
)
_OTHERS = ("asset", "evidence", "sha256")


def csv_lines(path: Path) -> Iterator[tuple[int, dict[str, Any], dict[str, Any]]]:
    """(row as a spreadsheet counts it, the asset's table, the grant's table) for each row that says anything.

    The first row names the columns; ``;`` parts several values in one cell. Raises InputError for a file that cannot be
    read and for a column that means nothing, with the nearest one that does.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file, restkey="", restval="")
            _check_columns(rows.fieldnames or [], path)
            for row in rows:
                cells = {key.strip().lower(): value.strip() for key, value in row.items() if isinstance(value, str)}
                filled = {key: value for key, value in cells.items() if value}
                if filled:
                    yield rows.line_num, _asset(filled), _grant(filled)
    except FileNotFoundError:
        raise InputError("There is no such ledger.", where=str(path), remedy="Check the path.") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"The ledger cannot be read ({error}).", where=str(path)) from None


def _check_columns(names: list[str] | Any, path: Path) -> None:
    known = [*_OTHERS, *_ASSET, *_WORK, *_GRANT, *_PEOPLE]
    if not names:
        raise InputError("The ledger is empty.", where=str(path), remedy="Its first row names the columns.")
    for name in names:
        if name.strip().lower() not in known:
            raise InputError(f"There is no column {name!r}.{nearest(name.strip().lower(), known)}", where=str(path),
                             remedy=f"Known columns: {', '.join(known)}.")  # fmt: skip
    if "asset" not in {name.strip().lower() for name in names}:
        raise InputError(
            "The ledger has no column 'asset'.", where=str(path), remedy="It says which asset a row is of."
        )


def _asset(row: dict[str, str]) -> dict[str, Any]:
    made: dict[str, Any] = {key: read(row[key]) for key, read in _ASSET.items() if key in row}
    work: dict[str, Any] = {key: read(row[key]) for key, read in _WORK.items() if key in row}
    people = [person for column, role in _PEOPLE.items() for person in _people(row.get(column, ""), role)]
    if people:
        work["contributors"] = people
    return {"id": row.get("asset", ""), **made, **({"work": work} if work else {})}


def _people(cell: str, role: str) -> Iterator[dict[str, str]]:
    for text in _listed(cell):
        match = _PERSON.fullmatch(text)
        found = match.groupdict() if match else {"name": text}
        yield {"role": role, **{key: value for key, value in found.items() if value}}


def _grant(row: dict[str, str]) -> dict[str, Any]:
    """The grant's table; a row that has none of its columns describes the asset alone."""
    made: dict[str, Any] = {key: read(row[key]) for key, read in _GRANT.items() if key in row}
    if "evidence" in row:
        made["evidence"] = [{"file": file, "sha256": row.get("sha256", "")} for file in _listed(row["evidence"])]
    return made
