"""Answers to what concerns the hosts themselves: which there are, their timelines, and where their playhead stands."""

from __future__ import annotations

from collections.abc import Mapping

from twopop.service import opening
from twopop.service.handlers import Call, Handler
from twopop.service.methods import Done, Hosts, InHost, InProject, Nothing, Open, Show
from twopop.service.values import Timelines


async def ping(call: Call, params: Nothing) -> Done:
    """That the service is there."""
    return Done()


async def hosts(call: Call, params: InProject) -> Hosts:
    """The hosts of a project, those in panels first: the asking panel's own, then whoever came last."""
    in_panels = {link.name: link.row for link in call.hub.in_panels(call.panel)}
    others = await call.hub.project(params.project).hosts()
    return Hosts(hosts=(*in_panels.values(), *(row for row in others if row.name not in in_panels)))


async def timelines(call: Call, params: InHost) -> Timelines:
    """The timelines of a host's open project."""
    link = await call.hub.link(call.hub.project(params.project), params.host, call.panel)
    return Timelines(identity=await link.identify(), timelines=await link.timelines())


async def show(call: Call, params: Show) -> Done:
    """Move a host's playhead."""
    link = await call.hub.link(call.hub.project(params.project), params.host, call.panel)
    await link.show(params.timeline, params.frame)
    return Done()


async def open(call: Call, params: Open) -> Done:
    """Open a file of a job, or show it in its folder."""
    job = call.hub.job(params.id)
    await opening.show(opening.place_of(job, params.path), reveal=params.how == "reveal")
    return Done()


HANDLERS: Mapping[str, Handler] = {"ping": ping, "hosts": hosts, "timelines": timelines, "show": show, "open": open}
