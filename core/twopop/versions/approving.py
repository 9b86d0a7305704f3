"""Approvals: what people say of a version that went out."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from twopop.errors import EditorError
from twopop.versions import owner
from twopop.versions.database import clock, written
from twopop.versions.model import Approval
from twopop.versions.rows import held_project
from twopop.versions.tables import approvals, deliverables, projects, versions


def set_approval(
    connection: Connection, project: str, identity: str, number: int, state: Approval, note: str
) -> list[int]:
    """Say that a version is *state*; the numbers of those that are superseded by it. Raises EditorError.

    There is one approved version of a deliverable: approving one makes those that were approved before superseded.
    """
    held_project(connection, project)
    query = (
        select(versions.c.id, versions.c.number, versions.c.state, versions.c.approval)
        .select_from(versions.join(deliverables).join(projects))
        .where(projects.c.name == project, deliverables.c.identity == identity)
    )
    rows = {row.number: row for row in connection.execute(query)}
    row = rows.get(number)
    if row is None or row.state != "delivered":
        raise EditorError(
            f"Version {number} of {identity!r} did not go out, so nothing can be said of it.",
            remedy="twopop catalogue history lists the versions that did.",
        )
    before = [each for each in rows.values() if each.approval == "approved" and each.number != number]
    superseded = before if state == "approved" else []
    for each in superseded:
        _say(connection, each.id, "superseded", f"by version {number}")
    _say(connection, row.id, state, note)
    return sorted(each.number for each in superseded)


def _say(connection: Connection, version_id: int, state: Approval, note: str) -> None:
    connection.execute(update(versions).where(versions.c.id == version_id).values(approval=state))
    who, now = owner.this_process().who, written(clock(connection))
    connection.execute(insert(approvals).values(version_id=version_id, state=state, who=who, note=note, created=now))
