"""Rows of the catalogue: found by what they are called, made once however many ask at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from twopop.versions.tables import deliverables, projects

#: How many identities one question names.
_AT_ONCE = 500


def chunks(items: Iterable[Any]) -> Iterator[list[Any]]:
    """*items* in lists that one question can name."""
    rest = iter(items)
    while chunk := list(islice(rest, _AT_ONCE)):
        yield chunk


def insert_new(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the *rows* that are not there yet; somebody else may be inserting the same at this moment."""
    if rows:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        # What asks for something back is sent in few statements of many rows, not in one for each row.
        many = dialect.insert(table).on_conflict_do_nothing().returning(table.c.id)
        connection.execute(many, list(rows)).close()


def once(connection: Connection, table: Table, key: Mapping[str, Any], more: Mapping[str, Any] | None = None) -> int:
    """The id of the row with *key*, made with *more* in it where there was none."""
    query = select(table.c.id).filter_by(**key)
    found = connection.execute(query).scalar()
    if found is None:
        insert_new(connection, table, [{**key, **(more or {})}])
        found = connection.execute(query).scalar_one()
    return int(found)


def held_project(connection: Connection, project: str) -> int:
    """The id of *project*, whose other writers wait until this transaction ends."""
    number = once(connection, projects, {"name": project})
    connection.execute(select(projects.c.id).where(projects.c.id == number).with_for_update())
    return number


def deliverable_ids(connection: Connection, project_id: int, identities: Sequence[str]) -> dict[str, int]:
    """{identity: its row}, made where there was none."""
    found = known_ids(connection, project_id, identities)
    missing = [identity for identity in dict.fromkeys(identities) if identity not in found]
    if missing:
        insert_new(connection, deliverables, [{"project_id": project_id, "identity": name} for name in missing])
        found |= known_ids(connection, project_id, missing)
    return found


def known_ids(connection: Connection, project_id: int, identities: Iterable[str]) -> dict[str, int]:
    """{identity: its row} for those that are there."""
    query = select(deliverables.c.identity, deliverables.c.id).where(deliverables.c.project_id == project_id)
    return {
        row.identity: row.id
        for chunk in chunks(dict.fromkeys(identities))
        for row in connection.execute(query.where(deliverables.c.identity.in_(chunk)))
    }
