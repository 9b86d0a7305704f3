"""What the catalogue tells people: versions found by words, the history of a deliverable, all about one version."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, func, or_, select

from twopop.versions.finding import folded, found_by
from twopop.versions.model import Planned
from twopop.versions.rows import chunks
from twopop.versions.tables import (
    approvals,
    deliverables,
    files,
    findings,
    orders,
    plans,
    projects,
    receipts,
    rights,
    runs,
    specs,
    timelines,
    versions,
)


class Opinion(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody said of a version: its *state*, *who*, *when*, and in which words."""

    state: str
    who: str
    when: str
    note: str = ""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A version as the catalogue tells it.

    *state* is reserved, delivered or released; *when* it was delivered (or else reserved), by *who* (empty for versions
    from before runs were written down); *why* says why it has its number, *changes* what changed since the last one,
    *note* why it was released. *plan* and *timeline* are fingerprints.
    """

    id: int
    project: str
    identity: str
    number: int
    label: str
    state: str
    approval: str
    when: str
    who: str
    why: str
    changes: tuple[str, ...]
    note: str
    out: str
    path: str
    sha256: str
    bytes: int
    plan: str
    timeline: str
    timeline_name: str
    opinions: tuple[Opinion, ...] = ()

    def __str__(self) -> str:
        return self.label or str(self.number)


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A file that went out with a version, or was put aside for it (*kind* ``replaced``)."""

    kind: str
    out: str
    path: str
    bytes: int
    sha256: str
    when: str


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """A finding of a run on a version."""

    severity: str
    rule: str
    message: str
    place: str = ""
    remedy: str = ""


class Right(msgspec.Struct, frozen=True, kw_only=True):
    """What was known of the rights to a source when the version was planned."""

    source: str
    status: str
    note: str = ""


class Whole(msgspec.Struct, frozen=True, kw_only=True):
    """All that the catalogue knows of one version."""

    entry: Entry
    files: tuple[File, ...]
    findings: tuple[Remark, ...]
    rights: tuple[Right, ...]
    order: str = ""
    timeline_file: str = ""


def search(connection: Connection, asked: str, project: str, limit: int) -> list[Entry]:
    """The versions that went out and have all the words in *asked*, or words that begin so; the newest first."""
    if not folded(asked):
        return []
    query = found_by(connection, asked)
    if project:
        found = _entries_query().where(versions.c.id.in_(query), projects.c.name == project)
        return list(_entries(connection, found.order_by(versions.c.id.desc()).limit(limit)))
    ids = [row.version_id for row in connection.execute(query.limit(limit))]
    by_id = {entry.id: entry for entry in _by_ids(connection, ids)}
    return [by_id[each] for each in ids if each in by_id]


def candidates(connection: Connection, name: str, project: str) -> list[tuple[str, str]]:
    """(project, identity) of the deliverables that *name* may mean: a file's path or name, an identity or its end."""
    leaf = name.replace("\\", "/").rpartition("/")[2]
    stem = leaf.rpartition(".")[0] or leaf
    named = [deliverables.c.identity == name, deliverables.c.identity.like(_like(" / " + name, before="%"), escape="!")]
    told = [files.c.path == name, files.c.path == leaf, files.c.path.like(_like("/" + leaf, before="%"), escape="!")]
    told += [files.c.path.like(_like(f"/{stem}.", before="%", behind="%"), escape="!")] if stem == leaf else []
    query = select(projects.c.name, deliverables.c.identity).select_from(deliverables.join(projects))
    by_file = query.join(versions, versions.c.deliverable_id == deliverables.c.id).join(files)
    wanted = [projects.c.name == project] if project else []
    found = [tuple(row) for row in connection.execute(query.where(or_(*named), *wanted).distinct().limit(20))]
    found += [tuple(row) for row in connection.execute(by_file.where(or_(*told), *wanted).distinct().limit(20))]
    return list(dict.fromkeys((str(one), str(two)) for one, two in found))


def history(connection: Connection, project: str, identity: str) -> list[Entry]:
    """The versions of a deliverable, lowest number first, released ones too."""
    query = _entries_query().where(projects.c.name == project, deliverables.c.identity == identity)
    return list(_entries(connection, query.order_by(versions.c.number)))


def whole(connection: Connection, entry: Entry) -> Whole:
    """All that is known of the version in *entry*."""
    kept = select(files).where(files.c.version_id == entry.id).order_by(files.c.id)
    newest = select(func.max(findings.c.receipt_id)).where(findings.c.version_id == entry.id).scalar_subquery()
    said = select(findings).where(findings.c.version_id == entry.id, findings.c.receipt_id == newest)
    planned = (
        select(plans.c.id, orders.c.content, timelines.c.file)
        .select_from(versions.join(runs).join(plans, plans.c.id == runs.c.plan_id).join(orders).join(timelines))
        .where(versions.c.id == entry.id)
    )
    plan = connection.execute(planned).first()
    known = select(rights).where(rights.c.plan_id == (plan.id if plan else 0)).order_by(rights.c.id)
    return Whole(
        entry=entry,
        files=tuple(
            File(kind=row.kind, out=row.out, path=row.path, bytes=row.bytes, sha256=row.sha256, when=row.created)
            for row in connection.execute(kept)
        ),
        findings=tuple(
            Remark(severity=row.severity, rule=row.rule, message=row.message, place=row.place, remedy=row.remedy)
            for row in connection.execute(said.order_by(findings.c.id))
        ),
        rights=tuple(Right(source=row.source, status=row.status, note=row.note) for row in connection.execute(known)),
        order=plan.content if plan else "",
        timeline_file=plan.file if plan else "",
    )


def planned(connection: Connection, project: str, wanted: Sequence[str]) -> dict[str, Planned]:
    """{plan: what it was made from}."""
    query = (
        select(plans.c.content, timelines.c.json, plans.c.media)
        .select_from(plans.join(timelines).join(projects, projects.c.id == plans.c.project_id))
        .where(projects.c.name == project)
    )
    return {
        row.content: Planned(timeline=zlib.decompress(row.json), media=msgspec.json.decode(zlib.decompress(row.media)))
        for chunk in chunks(wanted)
        for row in connection.execute(query.where(plans.c.content.in_(chunk)))
    }


def specs_as_they_stood(connection: Connection, contents: Sequence[str]) -> dict[str, bytes]:
    """{fingerprint: the spec as JSON}."""
    query = select(specs.c.content, specs.c.json)
    return {
        row.content: row.json.encode()
        for chunk in chunks(contents)
        for row in connection.execute(query.where(specs.c.content.in_(chunk)))
    }


def last_plan(connection: Connection, project: str, timeline: str) -> tuple[bytes, bytes, str] | None:
    """The last plan of which anything went out: its cut and its order as JSON, and its fingerprint."""
    narrowed = [projects.c.name == project] if project else []
    narrowed += [timelines.c.content == timeline] if timeline else []
    query = (
        select(timelines.c.json, orders.c.json, plans.c.content)
        .select_from(
            versions.join(runs, runs.c.id == versions.c.run_id)
            .join(plans, plans.c.id == runs.c.plan_id)
            .join(timelines, timelines.c.id == plans.c.timeline_id)
            .join(orders, orders.c.id == plans.c.order_id)
            .join(projects, projects.c.id == plans.c.project_id)
        )
        .where(versions.c.state == "delivered", *narrowed)
        .order_by(versions.c.delivered.desc(), runs.c.id.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return (zlib.decompress(row[0]), row[1].encode(), row[2]) if row else None


def plan(connection: Connection, content: str) -> bytes | None:
    """The plan whose fingerprint begins with *content*, as JSON."""
    query = select(plans.c.json).where(plans.c.content.like(_like(content, behind="%"), escape="!")).limit(1)
    packed = connection.execute(query).scalar()
    return zlib.decompress(packed) if packed is not None else None


def counts(connection: Connection) -> dict[str, int]:
    """How many rows there are of each thing that people ask for."""
    tables = (projects, deliverables, versions, files, receipts)
    return {
        table.name: int(connection.execute(select(func.count()).select_from(table)).scalar_one()) for table in tables
    }


def _like(text: str, *, before: str = "", behind: str = "") -> str:
    """A pattern for LIKE that finds *text* itself, whatever stands in it."""
    plain = text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return before + plain + behind


def _entries_query() -> Select[Any]:
    told: list[ColumnElement[Any]] = [
        *versions.c,
        projects.c.name.label("project"),
        deliverables.c.identity,
        runs.c.who,
        plans.c.content.label("plan"),
        timelines.c.content.label("timeline"),
        timelines.c.name.label("timeline_name"),
    ]
    return select(*told).select_from(
        versions.join(deliverables)
        .join(projects)
        .outerjoin(runs, runs.c.id == versions.c.run_id)
        .outerjoin(plans, plans.c.id == runs.c.plan_id)
        .outerjoin(timelines, timelines.c.id == plans.c.timeline_id)
    )


def _by_ids(connection: Connection, ids: Sequence[int]) -> Iterator[Entry]:
    for chunk in chunks(ids):
        yield from _entries(connection, _entries_query().where(versions.c.id.in_(chunk)))


def _entries(connection: Connection, query: Select[Any]) -> Iterator[Entry]:
    rows = list(connection.execute(query))
    said: dict[int, list[Opinion]] = {}
    for chunk in chunks(row.id for row in rows if row.approval):
        for row in connection.execute(
            select(approvals).where(approvals.c.version_id.in_(chunk)).order_by(approvals.c.id)
        ):
            opinion = Opinion(state=row.state, who=row.who, when=row.created, note=row.note)
            said.setdefault(row.version_id, []).append(opinion)
    for row in rows:
        yield Entry(
            id=row.id,
            project=row.project,
            identity=row.identity,
            number=row.number,
            label=row.label,
            state=row.state,
            approval=row.approval,
            when=row.delivered or row.created,
            who=row.who or "",
            why=row.why,
            changes=tuple(row.changes.split("\n")) if row.changes else (),
            note=row.note,
            out=row.out,
            path=row.path,
            sha256=row.sha256,
            bytes=row.bytes,
            plan=row.plan or "",
            timeline=row.timeline or "",
            timeline_name=row.timeline_name or "",
            opinions=tuple(said.get(row.id, ())),
        )
