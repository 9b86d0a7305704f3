"""The catalogue's file: opening, creating and upgrading it, and its troubles in words."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, exc, text

from twopop.errors import InputError, StudioError
from twopop.versions.tables import SCHEMA_NUMBER

_MIGRATIONS = Path(__file__).parent / "migrations"
#: Alembic's ``op`` and ``context`` belong to the whole process.
_ONE_AT_A_TIME = threading.Lock()
_WRITES = "twopop_writes"


def file_of(where: Path | str) -> Path:
    """The file meant by a path or by a URL ``sqlite:///...``; raises InputError for another database."""
    name = str(where)
    if "://" not in name:
        return Path(where)
    if not name.startswith("sqlite:///") or name == "sqlite:///:memory:":
        remedy = "Give the path of a file, or sqlite:/// and the path."
        raise InputError("The catalogue is kept in an SQLite file.", where=name.partition("://")[0], remedy=remedy)
    return Path(name.removeprefix("sqlite:///"))


def engine_for(path: Path, seconds: float) -> Engine:
    """An engine on the file at *path*, which is never created by it; waits *seconds* for other writers."""

    def connect() -> sqlite3.Connection:
        connection = _connect(path, seconds)
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    engine = create_engine("sqlite://", creator=connect, poolclass=_pool())

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # Without this the driver begins late, and two writers that both read first could only deadlock.
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _pool() -> type:
    from sqlalchemy.pool import QueuePool

    return QueuePool


def _connect(path: Path, seconds: float) -> sqlite3.Connection:
    """Open for reading and writing, else for reading only; a file nobody writes to is then read as it stands."""

    def attempt(query: str) -> sqlite3.Connection:
        uri = f"{path.absolute().as_uri()}?{query}"
        connection = sqlite3.connect(uri, uri=True, timeout=seconds, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA schema_version").fetchone()
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    if path.is_dir():
        raise IsADirectoryError(21, "it is a folder")
    try:
        return attempt("mode=rw")
    except sqlite3.OperationalError as error:
        refused = "unable to open" in str(error) or "readonly" in str(error)
        if not (refused and path.exists()):
            raise
    beside = path.with_name(path.name + "-wal")
    return attempt("mode=ro" if beside.exists() else "mode=ro&immutable=1")


@contextlib.contextmanager
def reading(engine: Engine, path: Path) -> Iterator[Connection]:
    """A transaction that sees the catalogue at one moment. Raises StudioError."""
    with troubles_in_words(path), engine.connect() as connection, connection.begin():
        check_number(number_of(connection), path)
        yield connection


@contextlib.contextmanager
def writing(engine: Engine, path: Path) -> Iterator[Connection]:
    """A transaction that no other writer can come between. Raises StudioError."""
    with troubles_in_words(path), engine.connect() as plain:
        connection = plain.execution_options(**{_WRITES: True})
        with connection.begin():
            yield connection


def prepare(engine: Engine, path: Path, seconds: float) -> None:
    """Make the file and its tables where there are none; raises StudioError when it is another twopop's."""
    with troubles_in_words(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.touch()
    with writing(engine, path) as connection:
        number = number_of(connection)
        if number is None and not _tables(connection):
            _run_steps(connection)
        else:
            check_number(number, path)
    with troubles_in_words(path):
        _use_wal(engine, seconds)


def upgrade(where: Path | str, *, seconds: float = 30) -> tuple[int, int]:
    """Bring the catalogue at *where* to this twopop's tables; (its number before, its number now).

    All of it or nothing. Raises StudioError when it is newer than this twopop or no catalogue.
    """
    path = file_of(where)
    if not path.exists():
        raise InputError("There is no such file.", where=str(path), remedy="Check the path.")
    engine = engine_for(path, seconds)
    try:
        with writing(engine, path) as connection:
            before = number_of(connection)
            if before is None or before > SCHEMA_NUMBER:
                check_number(before, path)
            _run_steps(connection)
            return before or 0, number_of(connection) or 0
    finally:
        engine.dispose()


def _use_wal(engine: Engine, seconds: float) -> None:
    """Let readers read while one writes. The change needs the file for itself, and SQLite does not wait for that."""
    deadline = time.monotonic() + seconds
    while True:
        connection = engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        finally:
            connection.close()


def _run_steps(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    with _ONE_AT_A_TIME:
        command.upgrade(config, "head")


def number_of(connection: Connection) -> int | None:
    """The schema number that the catalogue carries; None when it carries none."""
    if "alembic_version" not in _tables(connection):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return int(found) if isinstance(found, str) and found.isdecimal() else None


def _tables(connection: Connection) -> set[str]:
    return set(connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars())


def check_number(number: int | None, path: Path) -> None:
    """Raise StudioError unless *number* is this twopop's."""
    where = str(path)
    if number is None:
        remedy = "Name another file in the settings, or move this one away."
        raise StudioError("This database is not a twopop catalogue.", where=where, remedy=remedy)
    if number > SCHEMA_NUMBER:
        said = f"The catalogue has schema {number}, newer than this twopop knows ({SCHEMA_NUMBER})."
        raise StudioError(said, where=where, remedy="Update twopop on this machine.")
    if number < SCHEMA_NUMBER:
        said = f"The catalogue has schema {number}, older than this twopop's ({SCHEMA_NUMBER})."
        remedy = "Copy the file, then run: python -m twopop.versions.upgrade FILE"
        raise StudioError(said, where=where, remedy=remedy)


@contextlib.contextmanager
def troubles_in_words(path: Path) -> Iterator[None]:
    """Turn what a database or disk says into StudioError."""
    try:
        yield
    except (sqlite3.Error, exc.DBAPIError) as error:
        said = str(error.orig if isinstance(error, exc.DBAPIError) else error)
        raise _in_words(said, path) from error
    except exc.SQLAlchemyError as error:
        raise StudioError("The catalogue cannot be used.", where=str(path), report=str(error)) from error
    except CommandError as error:
        said = f"The catalogue's steps cannot be run: {error}"
        raise StudioError(said, where=str(path), remedy="Install twopop anew.") from error
    except OSError as error:
        said = f"The catalogue's file cannot be used ({error.strerror or error})."
        raise StudioError(said, where=str(path), remedy="Check the folder and its rights.") from error


_WORDS = (
    ("locked", "Another program is writing to the catalogue and did not finish in time.", "Run again when it is done."),
    ("readonly", "The catalogue cannot be written to.", "Check the rights of the file and of its folder."),
    ("unable to open", "The catalogue's file cannot be opened.", "Check the rights of the file and of its folder."),
    ("disk is full", "The disk is full.", "Free some space and run again."),
    ("interrupted", "The catalogue's work was interrupted.", "Run again."),
)


def _in_words(said: str, path: Path) -> StudioError:
    where = str(path)
    for sign, what, remedy in _WORDS:
        if sign in said:
            return StudioError(what, where=where, remedy=remedy, report=said)
    if any(sign in said for sign in ("not a database", "malformed", "corrupt", "decode", "disk I/O")):
        remedy = "Bring back a copy of the file; without one, move it away: a new one begins, and so do the numbers."
        return StudioError("The catalogue's file is damaged.", where=where, remedy=remedy, report=said)
    return StudioError(f"The catalogue cannot be used: {said}.", where=where, report=said)
