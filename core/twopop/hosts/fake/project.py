"""The practice project as it lies on disk: one JSON file, written whole after each change."""

from __future__ import annotations

from pathlib import Path

import msgspec

from twopop import files, schema
from twopop.errors import InputError
from twopop.variants.model import Span

SCHEMA = "twopop.fake-project/1"


class HeldTimeline(msgspec.Struct, frozen=True, kw_only=True):
    """A timeline: its *otio* holds everything but the *selection* and the *playhead* (frames from its first)."""

    id: str
    name: str
    otio: str
    selection: Span | None = None
    playhead: int = 0


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A *file* (an absolute path) in the bin *folder*."""

    id: str
    folder: str
    file: str


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """All of a practice project. *count* is the last number given as an id: none is ever given twice.

    *current* is the id of the timeline on the screen; *bins* are paths such as ``twopop/2026``.
    """

    schema: str = SCHEMA
    name: str
    count: int = 0
    current: str = ""
    timelines: tuple[HeldTimeline, ...] = ()
    bins: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()

    def timeline(self, id: str) -> HeldTimeline:
        """The timeline *id*, or the current one (""); raises InputError."""
        wanted = id or self.current
        found = next((each for each in self.timelines if each.id == wanted), None)
        if found is None:
            words = f"There is no timeline {id!r} in the project." if id else "No timeline is open."
            raise InputError(words, where=self.name, remedy="Choose one of the project's timelines.")
        return found

    def has(self, id: str) -> bool:
        """Whether the timeline *id* is there."""
        return any(each.id == id for each in self.timelines)

    def changed(self, timeline: HeldTimeline) -> Project:
        """The project with *timeline* in the place of the one with its id."""
        kept = tuple(timeline if each.id == timeline.id else each for each in self.timelines)
        return msgspec.structs.replace(self, timelines=kept)

    def without(self, id: str) -> Project:
        """The project without the timeline *id*; none is current where that one was."""
        kept = tuple(each for each in self.timelines if each.id != id)
        return msgspec.structs.replace(self, timelines=kept, current="" if self.current == id else self.current)

    def free_name(self, wanted: str) -> str:
        """*wanted*, or a name beside it (``wanted 2``) where a timeline has it already."""
        taken = {each.name for each in self.timelines}
        number, name = 1, wanted
        while name in taken:
            number += 1
            name = f"{wanted} {number}"
        return name


def folder_of(project: Path) -> Path:
    """Where the practice project of the twopop project in *project* lies."""
    return project / ".twopop" / "fake"


def load(folder: Path) -> Project:
    """The practice project in *folder*. Raises InputError when it is not there or damaged."""
    path = folder / "project.json"
    try:
        text = path.read_bytes()
    except OSError as error:
        words = f"The practice project cannot be read ({error.strerror})."
        raise InputError(words, where=str(path), remedy="Put it back, or start the service again.") from None
    made = schema.from_json(text, Project, where=str(path))
    schema.check_schema({"schema": made.schema}, SCHEMA, where=str(path))
    return made


def save(folder: Path, project: Project) -> None:
    """Write *project* to *folder*, whole."""
    files.write_whole(folder / "project.json", schema.to_json(project))
