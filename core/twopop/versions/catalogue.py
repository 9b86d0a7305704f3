"""The catalogue: which versions exist of what, and the receipts of the runs that made them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine, insert, select, update

from twopop.errors import StudioError
from twopop.versions import database
from twopop.versions.model import Registered
from twopop.versions.tables import deliverables, projects, receipts, versions

#: How many identities one question names.
_AT_ONCE = 500


class Catalogue:
    """The catalogue in the SQLite file at *where* (a path, or ``sqlite:///`` and a path).

    Opening it writes nothing: a file that is not there reads as empty, and the first method that writes makes it.
    Any number of processes and threads may use one file; a writer waits up to *seconds* for another one. Every method
    raises StudioError, in words, when the file is locked, not writable, damaged, or of another twopop.
    """

    def __init__(self, where: Path | str, *, seconds: float = 30) -> None:
        self.path = database.file_of(where)
        self._seconds = seconds
        self._engine: Engine | None = None
        self._prepared = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None
        self._prepared = False

    def histories(self, project: str, identities: Iterable[str]) -> dict[str, tuple[Registered, ...]]:
        """{identity: its versions, lowest number first} for all *identities*; released numbers are left out."""
        found: dict[str, list[Registered]] = {identity: [] for identity in identities}
        if found and self._there():
            with database.reading(self._opened(), self.path) as connection:
                for identity, version in _registered(connection, project, found):
                    found[identity].append(version)
        return {identity: tuple(history) for identity, history in found.items()}

    def reserve(self, project: str, wanted: Iterable[tuple[str, int, str]]) -> list[tuple[str, int]]:
        """Reserve each (identity, number, content) *wanted*, in one transaction; the clashes, as (identity, number).

        A number that has this content already is taken over: a run that crashed left it, or it is made again. One
        with another content clashes and stays as it is, unless it was released.
        """
        wanted = list(wanted)
        clashes: list[tuple[str, int]] = []
        with database.writing(self._ready(), self.path) as connection:
            ids = _ids(connection, project, [identity for identity, _, _ in wanted])
            taken = _taken(connection, ids.values())
            for identity, number, content in wanted:
                there = taken.get((ids[identity], number))
                if there is None:
                    row = {"deliverable_id": ids[identity], "number": number, "content": content}
                    taken[ids[identity], number] = row | {"state": "new"}
                elif there["state"] == "released":
                    there |= {"content": content, "state": "again"}
                elif there["content"] != content:
                    clashes.append((identity, number))
            _write_reserved(connection, [row for row in taken.values() if row["state"] in ("new", "again")])
        return clashes

    def deliver(
        self, project: str, identity: str, number: int, *, out: str, path: str, sha256: str, bytes: int
    ) -> None:
        """Register that the reserved version went out as *path* below *out*; raises StudioError if it is not there."""
        values = {"state": "delivered", "out": out, "path": path, "sha256": sha256, "bytes": bytes, "created": _now()}
        with database.writing(self._ready(), self.path) as connection:
            which = _version(project, identity, number)
            if (
                connection.execute(
                    update(versions).where(which, versions.c.state != "released").values(values)
                ).rowcount
                != 1
            ):
                raise StudioError(
                    f"Version {number} of {identity!r} was never reserved.",
                    where=str(self.path),
                    remedy="Reserve it before it is made.",
                )

    def release(self, project: str, identity: str, number: int) -> None:
        """Free a number that was reserved and not delivered; a delivered one stays."""
        with database.writing(self._ready(), self.path) as connection:
            which = _version(project, identity, number)
            connection.execute(update(versions).where(which, versions.c.state == "reserved").values(state="released"))

    def add_receipt(self, project: str, receipt_json: bytes | str) -> None:
        """Keep a receipt as it was written."""
        text = receipt_json.decode() if isinstance(receipt_json, bytes) else receipt_json
        with database.writing(self._ready(), self.path) as connection:
            row = {"project_id": _project_id(connection, project), "created": _now(), "json": text}
            connection.execute(insert(receipts).values(row))

    def receipts(self, project: str) -> list[str]:
        """The receipts of *project*, oldest first."""
        if not self._there():
            return []
        query = select(receipts.c.json).join(projects).where(projects.c.name == project).order_by(receipts.c.id)
        with database.reading(self._opened(), self.path) as connection:
            return list(connection.execute(query).scalars())

    def _there(self) -> bool:
        """Whether there is anything to read; an empty file is one that a run was just about to fill."""
        with database.troubles_in_words(self.path):
            return self.path.exists() and self.path.stat().st_size > 0

    def _opened(self) -> Engine:
        if self._engine is None:
            self._engine = database.engine_for(self.path, self._seconds)
        return self._engine

    def _ready(self) -> Engine:
        """The engine on a file that is there with its tables."""
        engine = self._opened()
        if not self._prepared:
            database.prepare(engine, self.path, self._seconds)
            self._prepared = True
        return engine


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _chunks(items: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(items)
    while chunk := list(islice(rest, _AT_ONCE)):
        yield chunk


def _registered(connection: Connection, project: str, identities: Iterable[str]) -> Iterator[tuple[str, Registered]]:
    """(identity, version), the lowest number of each identity first."""
    columns = versions.c
    query = (
        select(deliverables.c.identity, columns.number, columns.content, columns.out, columns.path, columns.sha256)
        .select_from(versions.join(deliverables).join(projects))
        .where(projects.c.name == project, columns.state != "released")
        .order_by(columns.number)
    )
    for chunk in _chunks(identities):
        for identity, number, content, out, path, sha256 in connection.execute(
            query.where(deliverables.c.identity.in_(chunk))
        ):
            yield identity, Registered(number=number, content=content, out=out, path=path, sha256=sha256)


def _project_id(connection: Connection, project: str) -> int:
    found = connection.execute(select(projects.c.id).where(projects.c.name == project)).scalar()
    if found is None:
        found = connection.execute(insert(projects).values(name=project).returning(projects.c.id)).scalar_one()
    return int(found)


def _ids(connection: Connection, project: str, identities: Sequence[str]) -> dict[str, int]:
    """{identity: its row}, made where there was none."""
    project_id = _project_id(connection, project)
    found = _known_ids(connection, project_id, identities)
    missing = [identity for identity in dict.fromkeys(identities) if identity not in found]
    if missing:
        connection.execute(insert(deliverables), [{"project_id": project_id, "identity": name} for name in missing])
        found |= _known_ids(connection, project_id, missing)
    return found


def _known_ids(connection: Connection, project_id: int, identities: Iterable[str]) -> dict[str, int]:
    query = select(deliverables.c.identity, deliverables.c.id).where(deliverables.c.project_id == project_id)
    return {
        row.identity: row.id
        for chunk in _chunks(dict.fromkeys(identities))
        for row in connection.execute(query.where(deliverables.c.identity.in_(chunk)))
    }


def _taken(connection: Connection, ids: Iterable[int]) -> dict[tuple[int, int], dict[str, Any]]:
    """{(deliverable, number): its row} for the deliverables *ids*."""
    query = select(versions.c.deliverable_id, versions.c.number, versions.c.content, versions.c.state)
    return {
        (row.deliverable_id, row.number): dict(row._mapping)
        for chunk in _chunks(ids)
        for row in connection.execute(query.where(versions.c.deliverable_id.in_(chunk)))
    }


def _write_reserved(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    now = _now()
    new = [{**row, "state": "reserved", "created": now} for row in rows if row["state"] == "new"]
    if new:
        connection.execute(insert(versions), new)
    for row in rows:
        if row["state"] == "again":
            which = (versions.c.deliverable_id == row["deliverable_id"]) & (versions.c.number == row["number"])
            values = {"content": row["content"], "state": "reserved", "created": now}
            connection.execute(update(versions).where(which).values(values))


def _version(project: str, identity: str, number: int) -> Any:
    """The condition that picks one row of ``versions``."""
    which = (
        select(deliverables.c.id)
        .join(projects)
        .where(projects.c.name == project, deliverables.c.identity == identity)
        .scalar_subquery()
    )
    return (versions.c.deliverable_id == which) & (versions.c.number == number)
