"""Many rows in a file, of which a page is read at a time: one row of JSON a line."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from twopop import schema
from twopop.errors import InputError
from twopop.service.methods import PAGE

T = TypeVar("T")

#: Of how many files it is remembered where their lines begin.
_FILES = 16

_known: OrderedDict[tuple[Path, int, int], array[int]] = OrderedDict()


def written(rows: Iterable[Any]) -> bytes:
    """*rows* as such a file holds them."""
    return b"".join(schema.to_json(row, indent=0) for row in rows)


def page(path: Path, kind: type[T], first: int, count: int) -> tuple[int, tuple[T, ...]]:
    """How many rows *path* holds, and those from *first* on, at most *count* and a page of them.

    Raises InputError when the file is not there or damaged.
    """
    try:
        with path.open("rb") as file:
            begins = _begins(path, file)
            total, (low, high) = len(begins) - 1, bounds(len(begins) - 1, first, count)
            file.seek(begins[low])
            lines = file.read(begins[high] - begins[low]).splitlines()
    except OSError as error:
        raise InputError(f"This cannot be read ({error.strerror}).", where=str(path), remedy="Plan again.") from None
    return total, tuple(schema.from_json(line, kind, where=str(path)) for line in lines)


def bounds(total: int, first: int, count: int) -> tuple[int, int]:
    """The first and the stop of a page out of *total*."""
    low = min(max(first, 0), total)
    return low, min(low + min(max(count, 0), PAGE), total)


def cut(rows: Sequence[T], first: int, count: int) -> tuple[T, ...]:
    """A page of *rows*."""
    low, high = bounds(len(rows), first, count)
    return tuple(rows[low:high])


def _begins(path: Path, file: Any) -> array[int]:
    """Where each line of *file* begins, and where the last ends; such files are written once and never changed."""
    facts = path.stat()
    key = (path, facts.st_size, facts.st_mtime_ns)
    if key not in _known:
        begins, at = array("Q", [0]), 0
        for line in file:
            at += len(line)
            begins.append(at)
        _known[key] = begins
        while len(_known) > _FILES:
            _known.popitem(last=False)
    _known.move_to_end(key)
    return _known[key]
