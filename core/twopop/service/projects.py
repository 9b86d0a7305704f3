"""The projects that a service works in: each with a process for its plugins, and one for each host that is driven."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path

from twopop.errors import InputError
from twopop.schema import nearest
from twopop.service.hosts import HostLink, WorkerLink
from twopop.service.methods import Nothing
from twopop.service.values import HostRow, HostSeen, ProjectRow
from twopop.service.workers import State, Worker
from twopop.settings import ServiceTable, find

Told = Callable[["Project", HostRow], None]


class Project:
    """A project by *name* in *folder*; *worker* does what takes its plugins (``twopop.service.project``).

    *told* hears of each host whose state changed.
    """

    def __init__(self, name: str, folder: Path, told: Told) -> None:
        self.name, self.folder = name, folder
        self.limits = find(folder)[ServiceTable]
        self.worker = Worker("project", folder, title=f"The project {name}", limits=self.limits)
        self._told = told
        self._seen: dict[str, HostSeen] = {}
        self._links: dict[str, HostLink] = {}

    @property
    def row(self) -> ProjectRow:
        """The project as panels see it."""
        return ProjectRow(name=self.name, folder=str(self.folder))

    async def hosts(self) -> tuple[HostRow, ...]:
        """The hosts that the project's plugins offer, looked for anew."""
        seen: tuple[HostSeen, ...] = await self.worker.call("hosts", Nothing(), tuple[HostSeen, ...])
        self._seen = {each.name: each for each in seen}
        return tuple(map(self._row, seen))

    async def link(self, name: str) -> HostLink:
        """The host called *name*, driven by a process of its own. Raises InputError with the nearest name."""
        if name not in self._seen:
            await self.hosts()
        if name not in self._seen:
            raise InputError(
                f"There is no host {name!r} in {self.name}.{nearest(name, self._seen)}",
                remedy="Open the panel inside the host, or choose another one.",
            )
        if name not in self._links:
            seen = self._seen[name]

            def told(state: State, detail: str) -> None:
                self._told(self, self._row(seen, detail))

            worker = Worker("host", self.folder, name, title=seen.title, limits=self.limits, told=told)
            self._links[name] = WorkerLink(name, seen.title, worker)
        return self._links[name]

    async def close(self) -> None:
        """End all processes of the project."""
        await asyncio.gather(self.worker.close(), *(link.close() for link in self._links.values()))

    def _row(self, seen: HostSeen, detail: str = "") -> HostRow:
        link = self._links.get(seen.name)
        return HostRow(
            name=seen.name,
            title=seen.title,
            found=seen.found,
            detail=detail or seen.detail,
            state=link.state if link else "away",
            identity=link.known if link else None,
        )


def projects_in(folders: Iterable[Path], told: Told) -> dict[str, Project]:
    """{name: project} of *folders*; a name that is taken already gets a number. Raises InputError."""
    made: dict[str, Project] = {}
    for folder in dict.fromkeys(each.resolve() for each in folders):
        if not folder.is_dir():
            raise InputError("There is no such folder.", where=str(folder), remedy="Give the folder of a project.")
        wanted = folder.name or "project"
        name = next(each for each in (wanted, *(f"{wanted} {n}" for n in range(2, 10_000))) if each not in made)
        made[name] = Project(name, folder, told)
    return made
