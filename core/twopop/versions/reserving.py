"""Numbers: what they stand for, who holds them, what went out under them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, insert, select, update

from twopop import schema
from twopop.errors import EditorError
from twopop.versions.database import clock, written
from twopop.versions.finding import folded
from twopop.versions.model import Made, Registered, Registration, Wish
from twopop.versions.rows import chunks, deliverable_ids, held_project, insert_new
from twopop.versions.runs import is_over
from twopop.versions.tables import deliverables, files, plans, projects, runs, versions, words


class TakenError(EditorError):
    """The number went to another content meanwhile."""


def registered(
    connection: Connection, project: str, identities: Iterable[str], lease: float
) -> Iterator[tuple[str, Registered, str, str]]:
    """(identity, version, what it was made from as JSON, its plan), the lowest number of each identity first."""
    columns, now = versions.c, clock(connection)
    query = (
        select(
            *(deliverables.c.identity, columns.number, columns.content, columns.out, columns.path, columns.sha256),
            *(columns.label, columns.approval, columns.made, columns.state),
            *(runs.c.host, runs.c.process, runs.c.seen, runs.c.ended, plans.c.content.label("plan")),
        )
        .select_from(
            versions.join(deliverables)
            .join(projects)
            .outerjoin(runs, runs.c.id == columns.run_id)
            .outerjoin(plans, plans.c.id == runs.c.plan_id)
        )
        .where(projects.c.name == project, columns.state != "released")
        .order_by(columns.number)
    )
    for chunk in chunks(identities):
        for row in connection.execute(query.where(deliverables.c.identity.in_(chunk))):
            abandoned = row.state == "reserved" and is_over(row._asdict(), now, lease)
            yield row.identity, _registered(row, abandoned), row.made, row.plan or ""


def _registered(row: Any, abandoned: bool) -> Registered:
    return Registered(
        number=row.number,
        content=row.content,
        out=row.out,
        path=row.path,
        sha256=row.sha256,
        label=row.label,
        approval=row.approval,
        abandoned=abandoned,
    )


def reserve(
    connection: Connection, project: str, wishes: Sequence[Wish], run: int | None, lease: float
) -> list[tuple[str, int]]:
    """Reserve the number of each wish for *run*; the clashes, as (identity, number)."""
    project_id = held_project(connection, project)
    ids = deliverable_ids(connection, project_id, [wish.identity for wish in wishes])
    taken = _taken(connection, ids.values(), lease)
    now = written(clock(connection))
    clashes, new, again = [], [], []
    for wish in wishes:
        key = (ids[wish.identity], wish.version.number)
        there = taken.get(key)
        row = {"deliverable_id": key[0], "number": key[1], "run_id": run, "created": now, **_columns(wish)}
        if there is None:
            new.append(row)
        elif there["state"] == "released" or _may_be_taken_over(there, wish):
            again.append(row)
        elif there["content"] != wish.content:
            clashes.append((wish.identity, wish.version.number))
            continue
        taken[key] = {"content": wish.content, "state": "reserved", "over": False}
    if new:
        connection.execute(insert(versions).returning(versions.c.id), new).close()  # many rows in one statement
    if again:
        connection.execute(_by_number(), [_renamed(row) for row in again])
    return clashes


def deliver(connection: Connection, project: str, said: Registration, run: int | None) -> None:
    """Write down that a version went out; a free number is taken. Raises TakenError where it is another content's."""
    wish, main = said.wish, said.files[0]
    project_id = held_project(connection, project)
    (deliverable_id,) = deliverable_ids(connection, project_id, [wish.identity]).values()
    where = (versions.c.deliverable_id == deliverable_id) & (versions.c.number == wish.version.number)
    there = connection.execute(select(versions.c.id, versions.c.content, versions.c.state).where(where)).first()
    if there is not None and there.state != "released" and there.content != wish.content:
        raise TakenError(
            f"Version {wish.version} of {wish.identity!r} belongs to another content meanwhile.",
            where=f"{said.out}/{main.path}",
            remedy="Look at twopop catalogue history; then deliver again under the next number.",
        )
    out = {"state": "delivered", "out": said.out, "path": main.path, "sha256": main.sha256, "bytes": main.bytes}
    row = {**_columns(wish), **out, "delivered": said.when, "note": ""} | ({"run_id": run} if run else {})
    if there is None:
        row |= {"deliverable_id": deliverable_id, "number": wish.version.number, "created": said.when}
        version_id = int(connection.execute(insert(versions).values(row).returning(versions.c.id)).scalar_one())
    else:
        version_id = int(there.id)
        connection.execute(update(versions).where(versions.c.id == version_id).values(row))
    _keep_files(connection, version_id, said)
    _keep_words(connection, version_id, project, said)


def release(connection: Connection, project: str, identity: str, number: int, note: str) -> None:
    """Free a number that was reserved and not delivered, and say why."""
    which = (
        select(deliverables.c.id)
        .join(projects)
        .where(projects.c.name == project, deliverables.c.identity == identity)
        .scalar_subquery()
    )
    found = (versions.c.deliverable_id == which) & (versions.c.number == number) & (versions.c.state == "reserved")
    connection.execute(update(versions).where(found).values(state="released", note=note))


def _may_be_taken_over(there: Mapping[str, Any], wish: Wish) -> bool:
    """A reservation whose run is over goes to the same content, and to another one if the policy chose that."""
    if there["state"] != "reserved" or not there["over"]:
        return False
    return bool(there["content"] == wish.content or wish.version.reuse)


def _taken(connection: Connection, ids: Iterable[int], lease: float) -> dict[tuple[int, int], dict[str, Any]]:
    """{(deliverable, number): its content, its state, whether its run is over} for the deliverables *ids*."""
    now = clock(connection)
    query = select(
        *(versions.c.deliverable_id, versions.c.number, versions.c.content, versions.c.state),
        *(runs.c.host, runs.c.process, runs.c.seen, runs.c.ended),
    ).select_from(versions.outerjoin(runs, runs.c.id == versions.c.run_id))
    return {
        (row.deliverable_id, row.number): {
            "content": row.content,
            "state": row.state,
            "over": row.state == "reserved" and is_over(row._asdict(), now, lease),
        }
        for chunk in chunks(ids)
        for row in connection.execute(query.where(versions.c.deliverable_id.in_(chunk)))
    }


def _columns(wish: Wish) -> dict[str, Any]:
    return {
        "content": wish.content,
        "state": "reserved",
        "label": wish.version.label,
        "why": wish.version.why,
        "changes": "\n".join(wish.changes),
        "made": schema.to_json(wish.made, indent=0).decode() if wish.made else "",
    }


def _by_number() -> Any:
    """The update of rows that were released or left behind, by (deliverable, number) in parameters of their own."""
    which = versions.c.deliverable_id == bindparam("of_deliverable")
    names = ("content", "state", "label", "why", "changes", "made", "run_id", "created")
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
    return update(versions).where(which, versions.c.number == bindparam("of_number")).values(**values, note="")


def _renamed(row: Mapping[str, Any]) -> dict[str, Any]:
    keys = {"deliverable_id": "of_deliverable", "number": "of_number"}
    return {keys.get(name, f"new_{name}"): value for name, value in row.items()}


def _keep_files(connection: Connection, version_id: int, said: Registration) -> None:
    insert_new(
        connection,
        files,
        [{"version_id": version_id, "out": said.out, "created": said.when, **msgspec.structs.asdict(each)}
         for each in said.files],
    )  # fmt: skip


def _keep_words(connection: Connection, version_id: int, project: str, said: Registration) -> None:
    wish = said.wish
    told = [project, wish.identity, f"v{wish.version}", *(each.path for each in said.files), *wish.changes]
    told += (wish.made or _NOTHING).fields.values()
    connection.execute(words.delete().where(words.c.version_id == version_id))
    connection.execute(insert(words).values(version_id=version_id, text=" ".join(folded(" ".join(told)))))


_NOTHING = Made(timeline="", picture="", sound="", spec="")
