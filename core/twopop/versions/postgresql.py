"""The catalogue in a PostgreSQL database, by the driver psycopg (the extra ``twopop[postgres]``)."""

from __future__ import annotations

import importlib.util

from sqlalchemy import Connection, Engine, create_engine, text

from twopop.errors import StudioError
from twopop.versions.place import Place

#: Seconds until a server that does not answer counts as lost.
_ANSWERS_WITHIN = 10

#: The number of the advisory lock under which the tables are made and changed ("2pop" in ASCII).
_STEPS = 0x32706F70


def engine_for(place: Place, seconds: float) -> Engine:
    """An engine on the database; waits *seconds* for the locks of others. Raises StudioError without the driver."""
    if importlib.util.find_spec("psycopg") is None:
        raise StudioError(
            "This twopop cannot speak to PostgreSQL: psycopg is not installed.",
            where=str(place),
            remedy='Install it: pip install "twopop[postgres]"',
        )
    return create_engine(
        place.url,
        pool_pre_ping=True,
        pool_timeout=seconds,
        connect_args={
            "connect_timeout": _ANSWERS_WITHIN,
            "application_name": "twopop",
            "options": f"-c lock_timeout={max(1, int(seconds * 1000))}",
            "keepalives_idle": _ANSWERS_WITHIN,
            "keepalives_interval": 5,
            "keepalives_count": 3,
        },
    )


def hold_steps(connection: Connection) -> None:
    """Let no other process make or change the tables until this transaction ends."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _STEPS})
