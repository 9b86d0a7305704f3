"""Having a host render the master of its timeline, once for each state of it."""

from __future__ import annotations

import asyncio
import secrets
from collections import defaultdict
from pathlib import Path

from twopop import files
from twopop.errors import EditorError
from twopop.hosts.model import Capability, HostTimeline
from twopop.service.handlers import Call
from twopop.service.hosts import HostLink
from twopop.service.masters import MasterFor, MasterPlace, MasterTaken
from twopop.service.methods import Nothing
from twopop.service.projects import Project

#: One master is rendered by one call, however many ask for it.
_turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)


async def mastered(call: Call, project: Project, link: HostLink, given: HostTimeline) -> Path:
    """The master that the host rendered of the timeline *given* as it is now; rendered at most once.

    Raises EditorError when the host cannot render, or the timeline was changed meanwhile; what the host raises; and
    StudioError when what it rendered is not what was asked for.
    """
    place = await _place(project, link, given)
    async with _turns[place.file]:
        if not (place.there or Path(place.file).is_file()):
            await _render(call, project, link, given, place)
            now = await link.read(given.id)
            if (await _place(project, link, now)).file != place.file:
                await asyncio.to_thread(Path(place.file).unlink, missing_ok=True)  # nobody knows what is in it
                raise EditorError(
                    "The timeline was changed while its master was rendered.",
                    where=given.name,
                    remedy="Plan again: the master is rendered anew.",
                )
    return Path(place.file)


async def _place(project: Project, link: HostLink, given: HostTimeline) -> MasterPlace:
    asked = MasterFor(host=link.name, timeline=given)
    found: MasterPlace = await project.worker.call("master", asked, MasterPlace, long=True)
    return found


async def _render(call: Call, project: Project, link: HostLink, given: HostTimeline, place: MasterPlace) -> None:
    identity = await link.identify()
    if Capability.RENDER not in identity.can:
        why = identity.lacks.get(Capability.RENDER) or f"{link.title} cannot render from here."
        raise EditorError(why, remedy="Plan from the clips, or name a rendered master in the order: [master] picture.")
    if place.titles and not identity.textless:
        raise EditorError(
            f"The timeline has titles, and {link.title} cannot render it without them.",
            where=given.name,
            remedy="Plan from the clips, or render a textless master by hand and name it: [master] picture.",
        )
    file = Path(place.file)
    try:
        await asyncio.to_thread(file.parent.mkdir, parents=True, exist_ok=True)
    except OSError as error:
        raise files.cannot_write(file, error) from error
    new = file.with_name(f".rendering-{secrets.token_hex(4)}{file.suffix}")

    def told(done: int, total: int, said: str = "") -> None:
        call.progress(done, total, said or f"{link.title} renders the master")

    try:
        await link.render(given.id, None, place.preset, new, progress=told)
        await project.worker.call("take_master", MasterTaken(file=str(new), place=place), Nothing, long=True)
    finally:
        await asyncio.to_thread(new.unlink, missing_ok=True)
