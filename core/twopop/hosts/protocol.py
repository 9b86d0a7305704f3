"""The protocol that each host application's bridge speaks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Protocol

from twopop.hosts.model import Edit, HostTimeline, Identity, Rendered, RenderPreset, TimelineName
from twopop.timeline.program import Marker
from twopop.variants.model import Span


class Host(Protocol):
    """A host application with a project open.

    Calls come one at a time, from one thread of a process that belongs to this host alone; a call that takes too long
    is ended with its process. Frames count from a timeline's first frame, stretches are half-open. An application's
    own "done" counts for nothing: each method that changes something reads back that it happened. Whoever changes
    something gives an Edit for it. A method whose capability is lacking raises EditorError with the words of
    ``Identity.lacks``, and so does each method that was asked for a timeline that is not there (InputError).
    Applications that went away, or fail, raise StudioError.
    """

    def identify(self) -> Identity:
        """Which host this is, and what it can do now."""
        ...

    def timelines(self) -> tuple[TimelineName, ...]:
        """The timelines of the open project; at most one of them is current."""
        ...

    def read(self, timeline: str = "") -> HostTimeline:
        """The timeline with the id *timeline*, or the current one ("")."""
        ...

    def put(self, otio: str, name: str) -> Edit:
        """Take the OTIO timeline *otio* in as a new timeline called *name*, with its markers and metadata.

        Nothing that is there is touched: when *name* is taken, the new timeline gets a name beside it (``NAME 2``).
        ``made`` is the new timeline's id.
        """
        ...

    def add_markers(self, timeline: str, markers: tuple[Marker, ...]) -> Edit:
        """Add *markers* to a timeline; those that are there stay."""
        ...

    def set_metadata(self, timeline: str, words: dict[str, str]) -> Edit:
        """Keep *words* with a timeline: keys that are there already are replaced, others stay."""
        ...

    def render(
        self,
        timeline: str,
        span: Span | None,
        preset: RenderPreset,
        file: Path,
        *,
        progress: Callable[[int, int], None],
        cancel: Event,
    ) -> Rendered:
        """Render *span* of a timeline (None: all of it) to *file*, which is not there yet and has the preset's suffix.

        Telling *progress* frames done of how many. The file gets its name when it is complete and was read back;
        raises StudioError when it is not what was asked for, Cancelled when *cancel* was set. Nothing is left then.
        """
        ...

    def bring_in(self, files: tuple[Path, ...], folder: str) -> Edit:
        """Take *files* into the bin *folder* (``"twopop/2026"``: a bin in a bin), which is made if need be.

        A file that is in that bin already is not taken in twice.
        """
        ...

    def in_bin(self, folder: str) -> tuple[str, ...]:
        """The files in the bin *folder*, as absolute paths; none where there is no such bin."""
        ...

    def show(self, timeline: str, frame: int) -> None:
        """Make a timeline the current one and move the playhead to *frame*."""
        ...

    def undo(self, edit: Edit) -> None:
        """Take *edit* back. What was changed since by someone else is not touched: EditorError says so.

        What is gone already is no error.
        """
        ...

    def close(self) -> None:
        """Leave the application as it is; a scratch project is taken away."""
        ...
