"""The catalogue in an SQLite file: how it is opened, and noticed when it is taken away."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, exc

#: The execution option of a transaction that writes.
WRITES = "twopop_writes"


def engine_for(path: Path, seconds: float) -> Engine:
    """An engine on the file at *path*, which is never created by it; waits *seconds* for other writers."""
    from sqlalchemy.pool import QueuePool

    def connect() -> sqlite3.Connection:
        connection = _connect(path, seconds)
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool)

    @event.listens_for(engine, "connect")
    def opened(_: Any, record: Any) -> None:
        record.info["file"] = _identity(path)

    @event.listens_for(engine, "checkout")
    def used_again(_: Any, record: Any, __: Any) -> None:
        if record.info["file"] != _identity(path):  # what is written to a file without a name is lost
            raise exc.DisconnectionError("the file was taken away or exchanged")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # Without this the driver begins late, and two writers that both read first could only deadlock.
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def use_wal(engine: Engine, seconds: float) -> None:
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


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


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
