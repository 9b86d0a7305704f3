"""Where a catalogue is kept: an SQLite file, or a PostgreSQL database by URL."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from twopop.errors import InputError

#: The URLs of PostgreSQL that are taken, all of them for the driver psycopg.
_POSTGRESQL = ("postgresql+psycopg://", "postgresql://", "postgres://")


@dataclass(frozen=True)
class Place:
    """A catalogue's place: the *path* of an SQLite file, or None and the *url* of a PostgreSQL database.

    As text it is what a person may see: a URL without its password.
    """

    path: Path | None = None
    url: str = field(default="", repr=False)

    def __str__(self) -> str:
        return str(self.path) if self.path is not None else without_password(self.url)


def place_of(where: Path | str | Place) -> Place:
    """The place meant by a path, by ``sqlite:///`` and a path, or by ``postgresql+psycopg://user@host/database``.

    Raises InputError for another kind of database, and for one in memory, which would forget every number.
    """
    if isinstance(where, Place):
        return where
    name = str(where)
    if "://" not in name:
        return Place(path=Path(where))
    if name.startswith("sqlite:///") and name != "sqlite:///:memory:":
        return Place(path=Path(name.removeprefix("sqlite:///")))
    for prefix in _POSTGRESQL:
        if name.startswith(prefix):
            return Place(url=_POSTGRESQL[0] + name.removeprefix(prefix))
    raise InputError(
        "The catalogue is kept in an SQLite file or in PostgreSQL.",
        where=name.partition("://")[0],
        remedy="Give the path of a file, sqlite:/// and the path, or postgresql+psycopg://USER@HOST/DATABASE.",
    )


def without_password(text: str) -> str:
    """*text* with the password of a URL in it written as ``***``."""
    return re.sub(r"(://[^:/@\s]*):[^@\s]*@", r"\1:***@", text)
