"""The catalogue's database: opening, creating and upgrading it, the same way in a file and on a server."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, inspect, text

from twopop.errors import InputError, StudioError
from twopop.versions import postgresql, sqlite
from twopop.versions.place import Place, place_of
from twopop.versions.tables import SCHEMA_NUMBER
from twopop.versions.troubles import in_words

_MIGRATIONS = Path(__file__).parent / "migrations"
#: Alembic's ``op`` and ``context`` belong to the whole process.
_ONE_AT_A_TIME = threading.Lock()


def engine_for(place: Place, seconds: float) -> Engine:
    """An engine on the catalogue at *place*; waits *seconds* for other writers."""
    return sqlite.engine_for(place.path, seconds) if place.path is not None else postgresql.engine_for(place, seconds)


@contextlib.contextmanager
def reading(engine: Engine, place: Place) -> Iterator[Connection | None]:
    """A transaction that sees the catalogue at one moment; None where there are no tables yet. Raises StudioError."""
    with in_words(place), engine.connect() as plain:
        connection = plain if place.path is not None else plain.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            number = number_of(connection)
            if number is None and place.path is None and not _tables(connection):
                yield None
                return
            check_number(number, place)
            yield connection


@contextlib.contextmanager
def writing(engine: Engine, place: Place) -> Iterator[Connection]:
    """A transaction that changes the catalogue. Raises StudioError.

    In a file no other writer can come between; on a server, writers of one project wait for each other at its row.
    """
    with in_words(place), engine.connect() as plain:
        connection = plain.execution_options(**{sqlite.WRITES: True})
        with connection.begin():
            yield connection


def prepare(engine: Engine, place: Place, seconds: float) -> None:
    """Make the tables where there are none; raises StudioError when they are another twopop's."""
    if place.path is not None:
        with in_words(place):
            place.path.parent.mkdir(parents=True, exist_ok=True)
            if not place.path.exists():
                place.path.touch()
    with writing(engine, place) as connection:
        if place.path is None and number_of(connection) is None:
            postgresql.hold_steps(connection)
        number = number_of(connection)
        if number is None and not _tables(connection):
            _run_steps(connection)
        else:
            check_number(number, place)
    if place.path is not None:
        with in_words(place):
            sqlite.use_wal(engine, seconds)


def upgrade(where: Path | str | Place, *, seconds: float = 30) -> tuple[int, int]:
    """Bring the catalogue at *where* to this twopop's tables; (its number before, its number now).

    All of it or nothing. Raises StudioError when it is newer than this twopop or no catalogue.
    """
    place = place_of(where)
    if place.path is not None and not place.path.exists():
        raise InputError("There is no such file.", where=str(place), remedy="Check the path.")
    engine = engine_for(place, seconds)
    try:
        with writing(engine, place) as connection:
            if place.path is None:
                postgresql.hold_steps(connection)
            before = number_of(connection)
            if before is None or before > SCHEMA_NUMBER:
                check_number(before, place)
            _run_steps(connection)
            return before or 0, number_of(connection) or 0
    finally:
        engine.dispose()


def clock(connection: Connection) -> datetime:
    """The time by the one clock that all who share the catalogue have: the server's, or that of the file's machine."""
    if connection.dialect.name == "postgresql":
        now: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        return now.astimezone(UTC)
    return datetime.now(UTC)


def written(moment: datetime) -> str:
    """*moment* as the tables hold it."""
    return moment.isoformat(timespec="seconds")


def number_of(connection: Connection) -> int | None:
    """The schema number that the catalogue carries; None when it carries none."""
    if "alembic_version" not in _tables(connection):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return int(found) if isinstance(found, str) and found.isdecimal() else None


def check_number(number: int | None, place: Place) -> None:
    """Raise StudioError unless *number* is this twopop's."""
    where = str(place)
    if number is None:
        remedy = "Name another one in the settings, or move this one away."
        raise StudioError("This database is not a twopop catalogue.", where=where, remedy=remedy)
    if number > SCHEMA_NUMBER:
        said = f"The catalogue has schema {number}, newer than this twopop knows ({SCHEMA_NUMBER})."
        raise StudioError(said, where=where, remedy="Update twopop on this machine.")
    if number < SCHEMA_NUMBER:
        said = f"The catalogue has schema {number}, older than this twopop's ({SCHEMA_NUMBER})."
        raise StudioError(said, where=where, remedy="Make a copy of it, then run: twopop catalogue upgrade")


def _run_steps(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    with _ONE_AT_A_TIME:
        command.upgrade(config, "head")


def _tables(connection: Connection) -> set[str]:
    if connection.dialect.name == "sqlite":  # without a look into each of them: a damaged one is told as damage
        return set(connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars())
    return set(inspect(connection).get_table_names())
