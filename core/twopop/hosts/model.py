"""The values that pass between twopop and a host application. All of them can travel as JSON."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from twopop.time import Rate
from twopop.variants.model import Span

if TYPE_CHECKING:
    from twopop.hosts.protocol import Host


class Capability(StrEnum):
    """What a host may be able to do beside telling its timelines. It is asked for, never assumed."""

    SELECTION = "selection"  # say which stretch of a timeline is selected
    PUT = "put"  # take a cut in as a new timeline
    MARKERS = "markers"  # take markers in
    METADATA = "metadata"  # keep words with a timeline
    RENDER = "render"  # render a stretch of a timeline to a file
    CANCEL = "cancel"  # stop a render that runs
    IMPORT = "import"  # take files into a bin, and tell what is in it
    SHOW = "show"  # move the playhead


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Which host this is: the *app*, its *version* and *edition*, the *project* that is open ("" for none).

    *can* is what it can do; *lacks* says of each other capability in words for an editor why not. A *textless* one can
    leave titles and graphics out of a render.
    """

    app: str
    version: str
    edition: str = ""
    project: str = ""
    can: tuple[Capability, ...] = ()
    lacks: dict[Capability, str] = {}
    textless: bool = False


class TimelineName(msgspec.Struct, frozen=True, kw_only=True):
    """A timeline of the open project: the host's *id* for it, its *name*, and whether it is the *current* one."""

    id: str
    name: str
    current: bool = False


class HostTimeline(msgspec.Struct, frozen=True, kw_only=True):
    """A timeline as the host holds it.

    *otio* is an OTIO timeline as JSON text: its clips name their media by absolute paths or ``file:`` URLs, its stack
    carries the markers, its metadata under ``twopop`` what was kept with it. *selection* is in frames from its first
    frame, None where nothing is selected; *playhead* is the frame that it stands on, None where the host does not tell.
    """

    id: str
    name: str
    otio: str
    selection: Span | None = None
    playhead: int | None = None


class RenderPreset(msgspec.Struct, frozen=True, kw_only=True):
    """How a host renders, in full: nothing is left to what was chosen in it last.

    *container* is a suffix without its dot (``mov``), *video* the codec: ``prores-422``, ``prores-422hq``,
    ``prores-4444``, ``dnxhr-hq``, ``dnxhr-hqx`` or ``h264``. *size* is in pixels, *sample_rate* in Hz; without
    *channels* there is no sound. *own* are the host's own words beside these, such as the path of a preset file.
    *textless* leaves out what lies on tracks of titles and graphics; only a host is asked for it that says it can.
    """

    container: str
    video: str
    size: tuple[int, int]
    rate: Rate
    channels: int = 2
    sample_rate: int = 48000
    own: dict[str, Any] = {}
    textless: bool = False


class Rendered(msgspec.Struct, frozen=True, kw_only=True):
    """A render as it lies on disk: its *file* (an absolute path), *frames*, *rate* and *size*, as read back from it."""

    file: str
    frames: int
    rate: Rate
    size: tuple[int, int]


class Edit(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was changed in the host's project, and how to take it back.

    *id* is unique; *what* says it in words, *place* where (a timecode, a bin, a timeline). *made* is what was made, as
    the host calls it (the id of a new timeline, of markers, of items). *undo* is the host's own note for ``Host.undo``.
    """

    id: str
    what: str
    place: str = ""
    made: tuple[str, ...] = ()
    undo: dict[str, Any] = {}


@dataclass(frozen=True)
class HostState:
    """Whether a host's scripting was *found* on this machine, and where or why not, in *detail*."""

    found: bool
    detail: str


@dataclass(frozen=True)
class Place:
    """Where a host is to be met: the *folder* of the twopop project.

    With *scratch* the host opens a new project of its own inside *folder* (which is empty), works in nothing else,
    and takes it away again when it is closed. Until then another connection to *folder*, with *scratch* or without,
    finds it with all that was done: a process that died has lost nothing.
    """

    folder: Path
    scratch: bool = False


@dataclass(frozen=True)
class HostEntry:
    """A host application by *name*, its *title* for people, and how to *look* for it (quickly; never starts it).

    *connect* gives the connected host; without it nothing but looking can be done. It is called in a process of its
    own. It raises StudioError when the application is not there or cannot be scripted.
    """

    name: str
    title: str
    look: Callable[[], HostState] = field(repr=False)
    connect: Callable[[Place], Host] | None = field(default=None, repr=False)
