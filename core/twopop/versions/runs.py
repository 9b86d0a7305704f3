"""Runs: what they set out to do, that they are alive, and that they ended."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from twopop import schema
from twopop.versions import owner
from twopop.versions.database import clock, written
from twopop.versions.model import Work
from twopop.versions.rows import held_project, insert_new, once
from twopop.versions.tables import orders, plans, rights, runs, specs, timelines, versions

#: How hard cuts and plans are packed: plans of many thousand deliverables are many megabytes and repeat themselves.
_PACKED = 1


def begin(connection: Connection, project: str, work: Work | None) -> int:
    """Write down that this process sets out to do *work*; the run's row."""
    project_id, now = held_project(connection, project), written(clock(connection))
    me = owner.this_process()
    row = {
        "project_id": project_id,
        "plan_id": _plan(connection, project_id, work, now) if work else None,
        "who": me.who,
        "host": me.host,
        "process": me.process,
        "out": work.out if work else "",
        "started": now,
        "seen": now,
    }
    return int(connection.execute(insert(runs).values(row).returning(runs.c.id)).scalar_one())


def beat(connection: Connection, run: int) -> None:
    """Say that the run is alive."""
    connection.execute(update(runs).where(runs.c.id == run).values(seen=written(clock(connection))))


def end(connection: Connection, run: int) -> None:
    """Say that the run ended; what it reserved and did not deliver is released."""
    now = written(clock(connection))
    left = (versions.c.run_id == run) & (versions.c.state == "reserved")
    connection.execute(
        update(versions).where(left).values(state="released", note="its run ended without delivering it")
    )
    connection.execute(update(runs).where(runs.c.id == run).values(seen=now, ended=now))


def is_over(run: Mapping[str, Any], now: datetime, lease: float) -> bool:
    """Whether the *run* (host, process, seen, ended) ended, or is known to be gone, or was not heard of for *lease*."""
    if run["ended"] or not run["seen"]:
        return True
    if owner.is_gone(run["host"], run["process"]):
        return True
    return (now - datetime.fromisoformat(run["seen"]).astimezone(UTC)).total_seconds() > lease


def _plan(connection: Connection, project_id: int, work: Work, now: str) -> int:
    known = connection.execute(select(plans.c.id).filter_by(project_id=project_id, content=work.plan)).scalar()
    if known is not None:
        return int(known)
    insert_new(
        connection,
        specs,
        [{"content": key, "name": name, "json": text.decode()} for key, (name, text) in work.specs.items()],
    )
    facts = {"name": work.timeline_name, "file": work.timeline_file, "rate": work.rate, "frames": work.frames}
    packed = {"json": zlib.compress(work.timeline_json, _PACKED), "created": now}
    key = {"project_id": project_id, "content": work.timeline}
    timeline_id = once(connection, timelines, key, {**facts, **packed})
    order = {"json": work.order_json.decode(), "created": now}
    order_id = once(connection, orders, {"project_id": project_id, "content": work.order}, order)
    made_of = {
        "timeline_id": timeline_id,
        "order_id": order_id,
        "json": zlib.compress(work.plan_json, _PACKED),
        "media": zlib.compress(schema.to_json(work.media, indent=0), _PACKED),
        "created": now,
    }
    plan_id = once(connection, plans, {"project_id": project_id, "content": work.plan}, made_of)
    known_rights = [{"plan_id": plan_id, "source": s, "status": t, "note": n} for s, t, n in work.rights]
    if known_rights:
        connection.execute(insert(rights), known_rights)
    return plan_id
