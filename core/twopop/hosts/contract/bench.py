"""Where clauses work: a host with a scratch project, folders of their own, and eyes for what it rendered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event
from typing import Protocol

import msgspec

from twopop.errors import TwopopError
from twopop.hosts import otio as text_of
from twopop.hosts.contract.cards import SIZE
from twopop.hosts.contract.cuts import Cut
from twopop.hosts.contract.looking import Look, look_at
from twopop.hosts.contract.model import Broken
from twopop.hosts.model import Edit, Identity, Place, Rendered, RenderPreset
from twopop.hosts.protocol import Host
from twopop.time import Rate
from twopop.timeline.program import Program
from twopop.variants.model import Span

Connect = Callable[[Place], Host]


class Eyes(Protocol):
    """What looks at files; a transcript remembers what they saw."""

    def begin(self, clause: str) -> None:
        """What follows belongs to the clause of this name; raises NotHere where nothing is known of it."""
        ...

    def look(self, file: Path, rate: Rate) -> Look | None:
        """The Look of *file*, None where there is none."""
        ...

    def listing(self, folder: Path) -> tuple[str, ...]:
        """The paths below *folder*, sorted."""
        ...


class OnDisk:
    """Eyes that look at the disk."""

    def begin(self, clause: str) -> None:
        """Nothing is kept apart."""

    def look(self, file: Path, rate: Rate) -> Look | None:
        """The Look of *file*."""
        return look_at(file, rate)

    def listing(self, folder: Path) -> tuple[str, ...]:
        """The paths below *folder*."""
        return tuple(sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*")))


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A timeline as the host tells it: what its OTIO says, whatever else stands in that text."""

    id: str
    name: str
    program: Program
    words: dict[str, str]
    selection: Span | None
    playhead: int | None


class Bench:
    """A bench in *folder* (empty) for the host that *connect* connects to.

    One scratch project serves all clauses; each puts its own timelines into it. *eyes* look at what was rendered.
    """

    def __init__(self, connect: Connect, folder: Path, eyes: Eyes | None = None) -> None:
        self.connect, self.folder, self.eyes = connect, folder.absolute(), eyes or OnDisk()
        folder = self.folder
        self.place = Place(folder / "project", scratch=True)
        self.media, self.renders = folder / "media", folder / "renders"
        for each in (self.place.folder, self.media, self.renders):
            each.mkdir(parents=True, exist_ok=True)
        self._host: Host | None = None
        self._identity: Identity | None = None

    @property
    def host(self) -> Host:
        """The host, connected at the first use."""
        if self._host is None:
            self._host = self.connect(self.place)
        return self._host

    @property
    def identity(self) -> Identity:
        """Who the host said it is, when it was asked first."""
        if self._identity is None:
            self._identity = self.host.identify()
        return self._identity

    @contextmanager
    def another(self) -> Iterator[Host]:
        """A second connection to the scratch project: somebody else, or ourselves after a process died."""
        host = self.connect(Place(self.place.folder))
        try:
            yield host
        finally:
            host.close()

    def close(self) -> None:
        """Close the host, as far as it can still be closed; the scratch project is taken away."""
        with suppress(TwopopError):
            if self._host is not None:
                self._host.close()
        self._host = None

    # -- what most clauses do --------------------------------------------------------------------------------------

    def put(self, cut: Cut, name: str) -> tuple[str, Edit]:
        """Put *cut* in as *name*, and give the new timeline's id and the edit."""
        edit = self.host.put(cut.otio(self.media, name), name)
        if len(edit.made) != 1 or not edit.made[0]:
            raise Broken(f"the edit of a put names {len(edit.made)} new timelines, not one")
        return edit.made[0], edit

    def read(self, timeline: str, host: Host | None = None) -> Told:
        """A timeline as the host tells it; raises Broken for OTIO that cannot be read."""
        held = (host or self.host).read(timeline)
        return Told(
            id=held.id,
            name=held.name,
            program=text_of.reading(held.otio).program,
            words=text_of.words(held.otio),
            selection=held.selection,
            playhead=held.playhead,
        )

    def render(
        self,
        timeline: str,
        rate: Rate,
        name: str,
        *,
        span: Span | None = None,
        video: str = "prores-422",
        container: str = "mov",
        size: tuple[int, int] = SIZE,
        channels: int = 2,
        textless: bool = False,
        progress: Callable[[int, int], None] = lambda done, total: None,
        cancel: Event | None = None,
    ) -> tuple[Rendered, Path]:
        """Render a timeline to a file called *name*."""
        file = self.renders / f"{name}.{container}"
        preset = RenderPreset(
            container=container, video=video, size=size, rate=rate, channels=channels, textless=textless
        )
        return self.host.render(timeline, span, preset, file, progress=progress, cancel=cancel or Event()), file

    def look(self, file: Path, rate: Rate) -> Look:
        """What *file* shows; raises Broken where it is not there."""
        found = self.eyes.look(file, rate)
        if found is None:
            raise Broken(f"there is no file {file.name}")
        return found
