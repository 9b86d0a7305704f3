"""What a database or a disk says, in words for people."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator

from alembic.util import CommandError
from sqlalchemy import exc

from twopop.errors import StudioError
from twopop.versions.place import Place, without_password


class UnreachableError(StudioError):
    """The catalogue is locked, lost, full or may not be written to: what was to be told to it can be told later."""


@contextlib.contextmanager
def in_words(place: Place) -> Iterator[None]:
    """Turn what a database or disk says into StudioError, or UnreachableError where it may be otherwise later."""
    try:
        yield
    except (sqlite3.Error, exc.DBAPIError) as error:
        cause = error.orig if isinstance(error, exc.DBAPIError) else error
        name = getattr(cause, "sqlite_errorname", "")
        raise _said(f"{cause} ({name})" if name else str(cause), place) from error
    except exc.TimeoutError as error:
        raise UnreachableError("The catalogue is too busy.", where=str(place), remedy="Run again later.") from error
    except exc.SQLAlchemyError as error:
        raise StudioError("The catalogue cannot be used.", where=str(place), report=str(error)) from error
    except CommandError as error:
        said = f"The catalogue's steps cannot be run: {error}"
        raise StudioError(said, where=str(place), remedy="Install twopop anew.") from error
    except OSError as error:
        said = f"The catalogue's file cannot be used ({error.strerror or error})."
        raise UnreachableError(said, where=str(place), remedy="Check the folder and its rights.") from error


_BUSY = "Another program is writing to the catalogue and did not finish in time."
_RIGHTS = "Check the rights of the file and of its folder."
_SQLITE = (
    ("locked", _BUSY, "Run again when it is done."),
    ("readonly", "The catalogue cannot be written to.", _RIGHTS),
    ("unable to open", "The catalogue's file cannot be opened.", _RIGHTS),
    ("disk is full", "The disk is full.", "Free some space and run again."),
    ("disk I/O", "The catalogue's disk fails or is full.", "Look at its free space and its health, and run again."),
    ("interrupted", "The catalogue's work was interrupted.", "Run again."),
)

_SERVER = "Ask who runs the database server; [catalogue] url names it."
_POSTGRESQL = (
    ("lock timeout", _BUSY, "Run again when it is done."),
    ("statement timeout", "The database took too long to answer.", "Run again later."),
    ("password", "The database does not accept this user or password.", "Mend [catalogue] url or the password file."),
    ("authentication", "The database does not accept this user.", "Mend [catalogue] url or the password file."),
    ("role", "The database does not know this user.", _SERVER),
    ("permission denied", "This user may not write to the catalogue's database.", _SERVER),
    ("read-only", "The database takes no changes now (it is read-only).", _SERVER),
    ("does not exist", "There is no such database.", "Have it made (createdb), or mend [catalogue] url."),
    ("too many", "The database takes no more connections.", "Run again later, or raise its max_connections."),
    ("no space left", "The database's disk is full.", _SERVER),
    ("resolve", "There is no such database server.", "Mend [catalogue] url."),
    ("shutting down", "The database server is shutting down.", _SERVER),
    ("starting up", "The database server is starting up.", "Run again in a moment."),
    ("refused", "The database server cannot be reached.", _SERVER),
    ("timeout expired", "The database server does not answer.", _SERVER),
    ("closed the connection", "The database server went away.", _SERVER),
    ("terminating connection", "The database server went away.", _SERVER),
    ("connection", "The database server cannot be reached.", _SERVER),
)


def _said(said: str, place: Place) -> StudioError:
    said, where = without_password(said), str(place)
    if place.path is not None and any(sign in said for sign in _DAMAGE):
        remedy = "Bring back a copy of the file; without one, move it away: a new one begins, and so do the numbers."
        return StudioError("The catalogue's file is damaged.", where=where, remedy=remedy, report=said)
    for sign, what, remedy in _SQLITE if place.path is not None else _POSTGRESQL:
        if sign in said:
            return UnreachableError(what, where=where, remedy=remedy, report=said)
    first = said.strip().splitlines()[0] if said.strip() else "it says nothing"
    return StudioError(f"The catalogue cannot be used: {first.rstrip('.')}.", where=where, report=said)


_DAMAGE = ("not a database", "malformed", "corrupt", "decode", "SQLITE_IOERR_SHORT_READ")
