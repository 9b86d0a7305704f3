"""A host as the service sees it, wherever it lives: behind a worker process, or inside the application of a panel."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from twopop import schema
from twopop.errors import EditorError, InputError, StudioError
from twopop.hosts.calls import host_calls
from twopop.hosts.model import Edit, HostTimeline, Identity, Rendered, RenderPreset, TimelineName
from twopop.service.methods import PanelHost
from twopop.service.values import HostRow
from twopop.service.workers import Progress, State, Worker
from twopop.timeline.program import Marker
from twopop.variants.model import Span


def _nobody(done: int, total: int, said: str) -> None:
    pass


class HostLink(ABC):
    """One host by *name*: the methods of ``twopop.hosts.Host`` to be awaited. *title* is what people call it.

    Calls wait for each other. Whoever is cancelled cancels the call. Each raises what the host raised; LostError when
    the host went away meanwhile, TooLongError when no answer came in time.
    """

    name: str
    title: str
    #: What it said of itself last.
    known: Identity | None = None

    @property
    @abstractmethod
    def state(self) -> State:
        """``idle`` or ``busy`` while it is there, ``lost`` or ``away`` when it is not."""

    @abstractmethod
    async def _ask(self, method: str, values: dict[str, Any], progress: Progress, *, long: bool) -> Any:
        """Have *method* done with plain *values*; gives a plain value."""

    @abstractmethod
    async def close(self) -> None:
        """Let the host go, as it is."""

    async def identify(self) -> Identity:
        """Which host this is, and what it can do now."""
        said: Identity = await self._call("identify")
        self.known = said
        return said

    async def timelines(self) -> tuple[TimelineName, ...]:
        """The timelines of the open project."""
        return await self._call("timelines")  # type: ignore[no-any-return]

    async def read(self, timeline: str = "") -> HostTimeline:
        """The timeline with this id, or the current one ("")."""
        return await self._call("read", timeline=timeline)  # type: ignore[no-any-return]

    async def put(self, otio: str, name: str) -> Edit:
        """Take the OTIO timeline in as a new timeline called *name*."""
        return await self._call("put", otio=otio, name=name)  # type: ignore[no-any-return]

    async def add_markers(self, timeline: str, markers: tuple[Marker, ...]) -> Edit:
        """Add *markers* to a timeline."""
        return await self._call("add_markers", timeline=timeline, markers=markers)  # type: ignore[no-any-return]

    async def set_metadata(self, timeline: str, words: dict[str, str]) -> Edit:
        """Keep *words* with a timeline."""
        return await self._call("set_metadata", timeline=timeline, words=words)  # type: ignore[no-any-return]

    async def render(
        self, timeline: str, span: Span | None, preset: RenderPreset, file: Path, *, progress: Progress = _nobody
    ) -> Rendered:
        """Render *span* of a timeline (None: all of it) to *file*."""
        values = {"timeline": timeline, "span": span, "preset": preset, "file": file}
        return await self._call("render", progress, **values)  # type: ignore[no-any-return]

    async def bring_in(self, files: tuple[Path, ...], folder: str) -> Edit:
        """Take *files* into the bin *folder*."""
        return await self._call("bring_in", files=files, folder=folder)  # type: ignore[no-any-return]

    async def in_bin(self, folder: str) -> tuple[str, ...]:
        """What lies in the bin *folder*."""
        return await self._call("in_bin", folder=folder)  # type: ignore[no-any-return]

    async def show(self, timeline: str, frame: int) -> None:
        """Make a timeline the current one and move the playhead to *frame*."""
        await self._call("show", timeline=timeline, frame=frame)

    async def undo(self, edit: Edit) -> None:
        """Take *edit* back."""
        await self._call("undo", edit=edit)

    async def _call(self, method: str, progress: Progress = _nobody, /, **values: Any) -> Any:
        call = host_calls()[method]
        answer = await self._ask(method, schema.to_builtins(values), progress, long=call.long)
        try:
            return None if call.result is type(None) else schema.from_builtins(answer, call.result, where=method)
        except InputError as error:
            raise StudioError(
                f"{self.title} answered {method} wrongly: {error.what}", remedy="Update its bridge or its panel."
            ) from None


class WorkerLink(HostLink):
    """A host that a *worker* process speaks to."""

    def __init__(self, name: str, title: str, worker: Worker) -> None:
        self.name, self.title, self._worker = name, title, worker

    @property
    def state(self) -> State:
        """That of the worker."""
        return self._worker.state

    async def _ask(self, method: str, values: dict[str, Any], progress: Progress, *, long: bool) -> Any:
        return await self._worker.call(method, values, Any, progress=progress, long=long)

    async def close(self) -> None:
        """End the worker, which leaves the host as it is."""
        await self._worker.close()


class Asked(Protocol):
    """The connection of a panel, as far as its host is concerned."""

    @property
    def there(self) -> bool:
        """Whether it is still connected."""
        ...

    async def ask(self, method: str, params: Mapping[str, Any], progress: Progress, *, long: bool, who: str) -> Any:
        """Have the panel do *method*; raises what it answers, LostError, TooLongError."""
        ...


class PanelLink(HostLink):
    """A host that only the *panel* inside it can speak to: its methods are called there as ``host.<method>``."""

    def __init__(self, host: PanelHost, panel: Asked, told: Callable[[], None] = lambda: None) -> None:
        self.name, self.title = host.name, host.title
        self._offered = frozenset(host.methods)
        self._panel = panel
        self._told = told
        self._turn = asyncio.Lock()

    @property
    def state(self) -> State:
        """Whether the panel is there, and at work for the service."""
        if not self._panel.there:
            return "lost"
        return "busy" if self._turn.locked() else "idle"

    @property
    def row(self) -> HostRow:
        """The host as panels see it."""
        return HostRow(
            name=self.name,
            title=self.title,
            found=self._panel.there,
            detail="Its panel is open." if self._panel.there else "Its panel was closed.",
            state=self.state,
            in_panel=True,
            identity=self.known,
        )

    async def _ask(self, method: str, values: dict[str, Any], progress: Progress, *, long: bool) -> Any:
        if method not in self._offered:
            raise EditorError(
                f"The panel in {self.title} cannot do this ({method}).", remedy="Do it by hand, or update the panel."
            )
        async with self._turn:
            self._told()
            try:
                return await self._panel.ask(f"host.{method}", values, progress, long=long, who=self.title)
            finally:
                asyncio.get_running_loop().call_soon(self._told)  # when the turn is over

    async def close(self) -> None:
        """Nothing is held: the panel goes when it likes."""
