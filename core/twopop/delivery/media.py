"""From what a timeline calls its media to the files themselves."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path, PureWindowsPath

from twopop.delivery.session import Session
from twopop.errors import EditorError, InputError
from twopop.picture.facts import MediaFacts
from twopop.timeline.program import Source


class MediaFinder:
    """Finds the file of a source: where the timeline says it is, else by its name in the media *folders*.

    Looking up one source twice costs nothing; the folders are walked once, when they are first needed.
    """

    def __init__(self, session: Session, timeline: Path, folders: Sequence[Path]) -> None:
        self._session = session
        self._base = timeline.parent
        self._folders = folders
        self._index: dict[str, list[Path]] | None = None
        self._known: dict[Source, MediaFacts | EditorError] = {}

    def facts(self, source: Source) -> MediaFacts:
        """What the file of *source* is; raises EditorError when it is missing, not allowed or unreadable."""
        if source not in self._known:
            try:
                self._known[source] = self._session.library.facts(self._find(source))
            except EditorError as error:
                self._known[source] = error
        known = self._known[source]
        if isinstance(known, EditorError):
            raise known
        return known

    def _find(self, source: Source) -> Path:
        path = self._as_written(source) or self._by_name(source)
        self._session.check_media(path)
        return path

    def _as_written(self, source: Source) -> Path | None:
        if not source.path:
            return None
        try:
            path = self._base / source.path
            return path if path.is_file() or path.is_dir() else None  # never a pipe or a device: it may not end
        except (OSError, ValueError):  # a path of another system, too long or with a zero byte
            return None

    def _by_name(self, source: Source) -> Path:
        """The one file in the media folders that bears the name that the timeline gives: of the file, clip or reel."""
        names = [PureWindowsPath(source.path).name] if source.path else [source.name]
        for name in filter(None, names):
            places = self._places().get(name.casefold(), [])
            if len(places) == 1:
                return places[0]
            if places:
                raise _ambiguous(name, places, source)
        looked = ", ".join(str(folder) for folder in (self._base, *self._folders))
        what = (
            f"The media {source.path!r} is not there." if source.path else "The timeline names no media for this clip."
        )
        asked = "" if source.path else f" for a file called {source.name!r}"
        raise InputError(
            what, where=source.name, remedy=f"Looked in {looked}{asked}; name its folder in [timeline] media."
        )

    def _places(self) -> dict[str, list[Path]]:
        """Every file in the media folders by its name, and by its name without the ending, in lower case."""
        if self._index is None:
            self._index = {}
            for path in sorted({path.resolve() for folder in self._folders for path in _files_below(folder)}):
                for name in dict.fromkeys((path.name.casefold(), path.stem.casefold())):
                    self._index.setdefault(name, []).append(path)
        return self._index


def _ambiguous(name: str, places: Sequence[Path], source: Source) -> InputError:
    listed = ", ".join(str(place) for place in places[:3])
    return InputError(
        f"There are {len(places)} files called {name!r} in the media folders ({listed}).",
        where=source.name,
        remedy="Leave one, or name its folder in [timeline] media.",
    )


def _files_below(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(root) / name for name in names)
