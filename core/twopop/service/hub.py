"""What all connections of a service share: its projects, the panels that said hello, the hosts, and what is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol, TypeVar

from twopop.errors import InputError
from twopop.schema import nearest, to_builtins
from twopop.service import rpc
from twopop.service.hosts import HostLink, PanelLink
from twopop.service.methods import NOTES, HostNote
from twopop.service.projects import Project, projects_in
from twopop.service.values import HostRow, JobRow

P = TypeVar("P")

#: How long a host has to be busy before panels hear of it, in seconds.
_MOMENT = 0.2


class Panel(Protocol):
    """A connection that said hello, as far as the others are concerned. *host* is the host that it lives in, if any."""

    id: str
    host: PanelLink | None

    def send(self, message: rpc.Message) -> None:
        """Send *message* when it is its turn; a panel that does not read is dropped."""
        ...


class Part(Protocol):
    """A part of the service that lives as long as it does, such as the jobs."""

    async def start(self) -> None:
        """Take up what was left."""
        ...

    async def stop(self) -> None:
        """Leave it in good order."""
        ...


class Hub:
    """The middle of a service that works in the projects in *folders*."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self.projects: Mapping[str, Project] = projects_in(folders, self.host_told)
        self.panels: dict[str, Panel] = {}
        #: How the job with an id stands; whoever keeps the jobs says it here. Raises InputError.
        self.job: Callable[[str], JobRow] = _no_job
        self._parts: list[Part] = []
        self._changed: dict[tuple[str, str], HostRow] = {}
        self._told: dict[tuple[str, str], HostRow] = {}
        self._later: asyncio.TimerHandle | None = None

    def project(self, name: str) -> Project:
        """The project called *name*; raises InputError with the nearest one."""
        if name not in self.projects:
            hint = nearest(name, self.projects) or f" There are: {', '.join(self.projects)}."
            raise InputError(f"There is no project {name!r} here.{hint}")
        return self.projects[name]

    async def link(self, project: Project, host: str, panel: Panel | None = None) -> HostLink:
        """The host called *host*: that of the asking *panel* itself, else of the panel that came last, else a worker's.

        Raises InputError when there is none.
        """
        found = next((link for link in self.in_panels(panel) if link.name == host), None)
        return found or await project.link(host)

    def in_panels(self, panel: Panel | None = None) -> list[PanelLink]:
        """One host of each name that lives in a panel: that of *panel* itself, else of the panel that came last."""
        order = ([panel] if panel is not None else []) + list(reversed(self.panels.values()))
        chosen: dict[str, PanelLink] = {}
        for each in order:
            if each.host is not None:
                chosen.setdefault(each.host.name, each.host)
        return list(chosen.values())

    def tell(self, note: Any, panel: Panel | None = None) -> None:
        """Send *note*, one of the types in ``methods.NOTES``, to one *panel*, or to all that said hello."""
        name = next(name for name, kind in NOTES.items() if kind is type(note))
        message = rpc.Note(name, to_builtins(note))
        for each in [panel] if panel is not None else list(self.panels.values()):
            each.send(message)

    def add(self, part: Part) -> None:
        """Take *part* in; it is started and stopped with the service."""
        self._parts.append(part)

    def part(self, kind: type[P]) -> P:
        """The part of this *kind*; raises KeyError when there is none."""
        for part in self._parts:
            if isinstance(part, kind):
                return part
        raise KeyError(kind.__name__)

    async def start(self) -> None:
        """Start all parts, in the order in which they came."""
        for part in self._parts:
            await part.start()

    async def stop(self) -> None:
        """Stop all parts, and end all processes."""
        if self._later is not None:
            self._later.cancel()
        for part in reversed(self._parts):
            await part.stop()
        await asyncio.gather(*(project.close() for project in self.projects.values()))

    # -- how hosts stand -----------------------------------------------------------------------------------------------

    def host_told(self, project: Project, row: HostRow) -> None:
        """Tell all panels, a moment later, how a host stands then: what lasts no longer is not worth a word.

        That it was lost is told at once, even if the next call starts it again.
        """
        self._changed[project.name, row.name] = row
        if row.state == "lost":
            if self._later is not None:
                self._later.cancel()
            self._tell_hosts()
        elif self._later is None:
            self._later = asyncio.get_running_loop().call_later(_MOMENT, self._tell_hosts)

    def _tell_hosts(self) -> None:
        changed, self._changed, self._later = self._changed, {}, None
        for (project, name), row in changed.items():
            if self._told.get((project, name)) == row:
                continue
            self._told[project, name] = row
            if row.state == "lost":
                del self._told[project, name]
            for panel in list(self.panels.values()):
                seen = next((link.row for link in self.in_panels(panel) if link.name == name), row)
                self.tell(HostNote(project=project, host=seen), panel)


def _no_job(id: str) -> JobRow:
    raise InputError(f"There is no job {id[:80]!r}.")
