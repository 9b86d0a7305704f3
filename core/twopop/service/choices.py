"""Answers to what an editor chooses from, and the plan of what was chosen. The work is done in the project's worker."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from twopop.errors import InputError
from twopop.service import places, rows
from twopop.service.choosing import Preset, PresetName
from twopop.service.handlers import Call, Handler
from twopop.service.hub import Hub
from twopop.service.mastering import mastered
from twopop.service.methods import (
    PAGE,
    Actions,
    Done,
    InProject,
    MakePlan,
    Nothing,
    OnePreset,
    OneTimeline,
    OrderResult,
    PlanRows,
    Presets,
    Rows,
    SavePreset,
    Specs,
)
from twopop.service.planning import PlanFor, Planned, TimelineOf, read_planned
from twopop.service.projects import Project
from twopop.service.values import ActionRow, DeliverableRow, PlanRow, PresetRow, SpecRow, TimelineRow


async def timeline(call: Call, params: OneTimeline) -> TimelineRow:
    """Read a timeline."""
    project = call.hub.project(params.project)
    link = await call.hub.link(project, params.host, call.panel)
    asked = TimelineOf(host=params.host, timeline=await link.read(params.id))
    row: TimelineRow = await project.worker.call("timeline", asked, TimelineRow, long=True)
    return row


async def specs(call: Call, params: InProject) -> Specs:
    """The specs on offer."""
    found: tuple[SpecRow, ...] = await call.hub.project(params.project).worker.call(
        "specs", Nothing(), tuple[SpecRow, ...]
    )
    return Specs(specs=found)


async def presets(call: Call, params: InProject) -> Presets:
    """The saved orders."""
    found: tuple[PresetRow, ...] = await call.hub.project(params.project).worker.call(
        "presets", Nothing(), tuple[PresetRow, ...]
    )
    return Presets(presets=found)


async def preset(call: Call, params: OnePreset) -> OrderResult:
    """One saved order."""
    asked = PresetName(name=params.name)
    order: dict[str, Any] = await call.hub.project(params.project).worker.call("preset", asked, dict[str, Any])
    return OrderResult(order=order)


async def save_preset(call: Call, params: SavePreset) -> Done:
    """Keep an order."""
    kept = Preset(name=params.name, order=params.order, replace=params.replace)
    await call.hub.project(params.project).worker.call("save_preset", kept, Nothing)
    return Done()


async def actions(call: Call, params: InProject) -> Actions:
    """The studio's buttons."""
    found: tuple[ActionRow, ...] = await call.hub.project(params.project).worker.call(
        "actions", Nothing(), tuple[ActionRow, ...]
    )
    return Actions(actions=found)


# -- the plan ----------------------------------------------------------------------------------------------------------


async def plan(call: Call, params: MakePlan) -> PlanRow:
    """Plan an order for a timeline as its host holds it now."""
    project = call.hub.project(params.project)
    call.progress(0, 3, "Reading the timeline")
    link = await call.hub.link(project, params.host, call.panel)
    given, master = await link.read(params.timeline), ""
    if params.picture == "master":
        master = str(await mastered(call, project, link, given))
    asked = PlanFor(project=project.name, host=params.host, timeline=given, order=params.order, master=master)
    row: PlanRow = await project.worker.call("plan", asked, PlanRow, progress=call.progress, long=True)
    return row


async def rows_of(call: Call, params: Rows) -> PlanRows:
    """Some lines of a plan."""
    _, work, _ = await planned(call.hub, params.id)
    path = places.plans(work) / params.id / "rows.jsonl"
    total, found = await asyncio.to_thread(rows.page, path, DeliverableRow, params.first, min(params.count, PAGE))
    return PlanRows(total=total, rows=found)


async def planned(hub: Hub, id: str) -> tuple[Project, Any, Planned]:
    """The project that the plan *id* is of, its work folder, and what is known of the plan. Raises InputError."""
    places.checked(id)
    problem = InputError("This plan is not there any more.", remedy="Plan again.")
    for project in hub.projects.values():
        try:
            work = await asyncio.to_thread(places.work_folder, project.folder)
        except InputError as error:  # its settings; the plan may be another project's
            problem = error
            continue
        if (places.plans(work) / id).is_dir():
            return project, work, await asyncio.to_thread(read_planned, work, id)
    raise problem


HANDLERS: Mapping[str, Handler] = {
    "timeline": timeline,
    "specs": specs,
    "presets": presets,
    "preset": preset,
    "save_preset": save_preset,
    "actions": actions,
    "plan": plan,
    "rows": rows_of,
}
