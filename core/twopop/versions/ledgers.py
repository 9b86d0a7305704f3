"""Ledgers of rights that a house keeps for all its projects: what they say is not the catalogue's business."""

from __future__ import annotations

import zlib

from sqlalchemy import Connection, delete, insert, select

from twopop.versions.database import clock, written
from twopop.versions.tables import ledgers


def keep(connection: Connection, name: str, ledger: bytes) -> None:
    """Keep *ledger* (JSON) under *name*, in place of one of that name."""
    forget(connection, name)
    row = {"name": name, "kept": written(clock(connection)), "json": zlib.compress(ledger)}
    connection.execute(insert(ledgers).values(row))


def forget(connection: Connection, name: str) -> bool:
    """Take the ledger *name* out; whether there was one."""
    return connection.execute(delete(ledgers).where(ledgers.c.name == name)).rowcount > 0


def kept(connection: Connection) -> dict[str, bytes]:
    """{name: the ledger as JSON}, by name."""
    query = select(ledgers.c.name, ledgers.c.json).order_by(ledgers.c.name)
    return {row.name: zlib.decompress(row.json) for row in connection.execute(query)}
