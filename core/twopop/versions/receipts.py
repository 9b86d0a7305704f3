"""Receipts: kept as they were written, with what they found and what they changed in a host laid open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select, update

from twopop.versions.database import clock, written
from twopop.versions.model import Found, HostEdit
from twopop.versions.rows import chunks, held_project
from twopop.versions.tables import deliverables, findings, host_edits, projects, receipts, versions


def add(
    connection: Connection,
    project: str,
    text: str,
    run: int | None,
    found: Iterable[Found] = (),
    edits: Iterable[HostEdit] = (),
) -> None:
    """Keep the receipt *text* with its findings and host edits."""
    project_id, now = held_project(connection, project), written(clock(connection))
    row = {"project_id": project_id, "created": now, "json": text, "run_id": run}
    receipt_id = int(connection.execute(insert(receipts).values(row).returning(receipts.c.id)).scalar_one())
    found = list(found)
    ids = _version_ids(connection, project_id, {each.identity for each in found if each.identity})
    rows = [_row(each, receipt_id, ids) for each in found]
    if rows:
        connection.execute(insert(findings), rows)
    changed = [{"receipt_id": receipt_id, **msgspec.structs.asdict(edit)} for edit in edits]
    if changed:
        connection.execute(insert(host_edits), changed)


def amend(connection: Connection, project: str, before: str, after: str, edits: Iterable[HostEdit]) -> None:
    """Put the receipt *after* in the place of the one that reads *before*, with the *edits* that are new in it.

    Where that one is not known, *after* is kept as a receipt of its own.
    """
    project_id = held_project(connection, project)
    known = select(receipts.c.id).where((receipts.c.project_id == project_id) & (receipts.c.json == before))
    receipt_id = connection.execute(known.order_by(receipts.c.id.desc()).limit(1)).scalar()
    if receipt_id is None:
        add(connection, project, after, None, edits=edits)
        return
    connection.execute(update(receipts).where(receipts.c.id == receipt_id).values(json=after))
    changed = [{"receipt_id": receipt_id, **msgspec.structs.asdict(edit)} for edit in edits]
    if changed:
        connection.execute(insert(host_edits), changed)


def of_project(connection: Connection, project: str) -> list[str]:
    """The receipts of *project*, oldest first."""
    query = select(receipts.c.json).join(projects).where(projects.c.name == project).order_by(receipts.c.id)
    return list(connection.execute(query).scalars())


def _row(each: Found, receipt_id: int, ids: Mapping[tuple[str, int], int]) -> dict[str, Any]:
    told = msgspec.structs.asdict(each)
    version_id = ids.get((told.pop("identity"), told.pop("number")))
    return {"receipt_id": receipt_id, "version_id": version_id, **told}


def _version_ids(connection: Connection, project_id: int, identities: Iterable[str]) -> dict[tuple[str, int], int]:
    query = (
        select(deliverables.c.identity, versions.c.number, versions.c.id)
        .select_from(versions.join(deliverables))
        .where(deliverables.c.project_id == project_id)
    )
    return {
        (row.identity, row.number): row.id
        for chunk in chunks(sorted(identities))
        for row in connection.execute(query.where(deliverables.c.identity.in_(chunk)))
    }
