"""MLT as a Host: the project files of a folder are its timelines, melt renders them."""

from __future__ import annotations

import contextlib
import json
import uuid
from collections.abc import Callable
from pathlib import Path
from threading import Event
from xml.etree.ElementTree import Element

import msgspec

from twopop import EditorError, InputError, Marker, StudioError, files
from twopop.hosts import (
    Capability,
    Edit,
    HostTimeline,
    Identity,
    Place,
    Rendered,
    RenderPreset,
    TimelineName,
)
from twopop.hosts import otio as text_of
from twopop.hosts.wording import files_taken, markers_set
from twopop.variants.model import Span
from twopop_mlt import bins, editing, melt, places, proof, undoing
from twopop_mlt.document import Document, parse_document
from twopop_mlt.keeping import with_tokens
from twopop_mlt.making import as_json
from twopop_mlt.markers import add_guides, guides, set_property
from twopop_mlt.reading import sequences, timeline_of
from twopop_mlt.story import words_of
from twopop_mlt.writing import written

_SCRATCH = ".twopop-scratch-mlt"
_SELECTION = "A project file does not say what is selected in Kdenlive or Shotcut."
_SHOW = "A project file has no playhead; open it in Kdenlive or Shotcut."
_NO_MELT = "The program melt is not installed here, so nothing can be rendered (Debian: apt install melt)."
_NO_BIN = "Only a Kdenlive project has a bin; in this folder there has to be exactly one."


class MltHost:
    """The MLT projects in the folder of *place*.

    Nothing is kept in memory between calls: each reads the files as they lie on disk. Whether Kdenlive or Shotcut has
    one of them open cannot be known.
    """

    def __init__(self, place: Place) -> None:
        self.place, self.folder = place, place.folder.absolute()
        if not self.folder.is_dir():
            raise StudioError("There is no such folder.", where=str(self.folder), remedy="Check the project's folder.")
        if place.scratch and not (self.folder / _SCRATCH).exists():
            if places.project_files(self.folder):  # they would be taken away in the end
                words = "A scratch project wants an empty folder; there are MLT projects in this one."
                raise StudioError(words, where=str(self.folder), remedy="Name an empty folder.")
            (self.folder / _SCRATCH).touch()

    # -- who and what ----------------------------------------------------------------------------------------------

    def identify(self) -> Identity:
        """Which MLT this is, by what melt says of itself."""
        program = melt.program()
        lacks = self._lacks(program)
        return Identity(
            app="MLT",
            version=(melt.version(program) if program else "") or "without melt",
            project=self.folder.name or str(self.folder),
            can=tuple(each for each in Capability if each not in lacks),
            lacks=lacks,
            textless=True,
        )

    def _lacks(self, program: str | None) -> dict[Capability, str]:
        lacks = {Capability.SELECTION: _SELECTION, Capability.SHOW: _SHOW}
        if program is None:
            lacks |= {Capability.RENDER: _NO_MELT, Capability.CANCEL: _NO_MELT}
        if self._kdenlive() is None:
            lacks[Capability.IMPORT] = _NO_BIN
        return lacks

    def timelines(self) -> tuple[TimelineName, ...]:
        """The timelines, by path; the only one that twopop did not make is the current one."""
        found = list(places.timelines_in(self.folder))
        theirs = [each.id for each in found if not each.ours and not each.key]
        current = theirs[0] if len(theirs) == 1 else ""
        return tuple(TimelineName(id=each.id, name=each.name, current=each.id == current) for each in found)

    def read(self, timeline: str = "") -> HostTimeline:
        """A timeline as it lies on disk."""
        _, document, sequence = places.opened(self.folder, timeline or self._current())
        made = timeline_of(sequence, document)
        text = made.to_json_string(indent=-1)
        text_of.reading(text, where=str(document.path))
        return HostTimeline(id=timeline or self._current(), name=sequence.name, otio=text)

    def _current(self) -> str:
        found = next((each.id for each in self.timelines() if each.current), "")
        if not found:
            words = "Which of the folder's projects is meant cannot be told."
            raise InputError(words, where=str(self.folder), remedy="Choose one of them by name.")
        return found

    # -- changes ---------------------------------------------------------------------------------------------------

    def put(self, otio: str, name: str) -> Edit:
        """Write a cut as a new MLT project."""
        if not name.strip():
            raise InputError("A timeline has to have a name.")
        findings = text_of.reading(otio, where=name).findings
        otio, filters = with_tokens(otio)
        program = text_of.reading(otio, where=name).program
        if not program.frames:
            raise InputError("The timeline is empty, and makes no project.", where=name)
        name = places.free_name(self.folder, name)
        said = json.loads(otio).get("metadata", {}).get("twopop", {})
        words = (
            {key: word for key, word in said.items() if key not in ("size", "drop")} if isinstance(said, dict) else {}
        )
        own = uuid.uuid4().hex
        made = written(msgspec.structs.replace(program, name=name), name, words, own, filters)
        path = places.free_file(self.folder, name)
        again = parse_document(made.text, path)
        seen = text_of.reading(timeline_of(sequences(again)[0], again).to_json_string())
        proof.must_show(program, seen.program, name)
        lost = [*made.lost, *proof.left_out(findings, seen.findings)]
        with files.scratch_beside(path) as scratch:
            scratch.write_bytes(made.text)
            try:
                files.give_name(scratch, path, over=False)
            except FileExistsError:
                raise EditorError("Somebody made a file of this name.", where=str(path), remedy="Try again.") from None
        what = " ".join(["New timeline", *(f"({each})" for each in lost)])
        id_ = path.relative_to(self.folder).as_posix()
        return _edit(what, name, (id_,), {"put": {"timeline": id_, "id": own, "content": editing.content(path)}})

    def add_markers(self, timeline: str, markers: tuple[Marker, ...]) -> Edit:
        """Add markers to a timeline, as its project keeps them."""
        _, document, sequence = places.opened(self.folder, timeline or self._current())
        program = text_of.reading(timeline_of(sequence, document).to_json_string()).program
        for marker in markers:
            if not 0 <= marker.frame < program.frames:
                raise InputError(f"The marker {marker.name!r} lies outside the timeline.", where=sequence.name)
        made = {uuid.uuid4().hex[:12]: marker for marker in markers}

        def there(element: Element, read: Document) -> bool:
            return set(markers) <= set(guides(element, read))

        path, key = places.located(self.folder, timeline or self._current())
        editing.changed(path, key, lambda element, into: add_guides(element, made, into), there)
        what = f"{markers_set(len(markers))} ({editing.SAY_REOPEN})"
        note = {"timeline": timeline or self._current(), "made": {id_: _plain(mark) for id_, mark in made.items()}}
        return _edit(what, sequence.name, tuple(made), {"markers": note})

    def set_metadata(self, timeline: str, words: dict[str, str]) -> Edit:
        """Keep words with a timeline."""
        path, _, sequence = places.opened(self.folder, timeline or self._current())
        before = words_of(sequence.element)
        _, key = places.located(self.folder, timeline or self._current())

        def change(element: Element, _: Document) -> None:
            set_property(element, "twopop:words", as_json({**words_of(element), **words}))

        editing.changed(path, key, change, lambda element, _: words.items() <= words_of(element).items())
        was = {name: [before.get(name), word] for name, word in words.items()}
        what = f"Words: {', '.join(words)} ({editing.SAY_REOPEN})"
        return _edit(what, sequence.name, (), {"words": {"timeline": timeline or self._current(), "was": was}})

    def bring_in(self, files: tuple[Path, ...], folder: str) -> Edit:
        """Take files into the bin of the folder's one Kdenlive project."""
        project, name = self._bin(), _bin_name(folder)
        for file in files:
            if not file.is_file():
                raise InputError("There is no such file.", where=str(file))
        document = editing.document_of(project.read_bytes(), project)
        there = set(bins.files_in(document, name))
        new = [file.absolute() for file in dict.fromkeys(files) if str(file.absolute()) not in there]
        ids = {f"twopop-{uuid.uuid4().hex[:12]}": file for file in new}
        made: list[str] = []
        wanted = {str(file) for file in new}
        editing.changed_document(
            project,
            lambda into: made.extend(bins.take_in(into, ids, name)),
            lambda read: wanted <= set(bins.files_in(read, name)),
        )
        relative = project.relative_to(self.folder).as_posix()
        note = {
            "project": relative,
            "items": {id_: str(file) for id_, file in ids.items()},
            "folder": name,
            "bins": made,
        }
        what = f"{files_taken(len(ids))} ({editing.SAY_REOPEN})"
        return _edit(what, name, tuple(ids), {"items": note})

    def in_bin(self, folder: str) -> tuple[str, ...]:
        """What a folder of the bin holds."""
        project = self._bin()
        return bins.files_in(editing.document_of(project.read_bytes(), project), _bin_name(folder))

    def show(self, timeline: str, frame: int) -> None:
        """Files have no playhead."""
        raise EditorError(_SHOW)

    def undo(self, edit: Edit) -> None:
        """Take an edit back."""
        undoing.undo(self.folder, edit)

    # -- rendering -------------------------------------------------------------------------------------------------

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
        """Render a stretch of a timeline by melt."""
        from twopop_mlt import rendering

        if melt.program() is None:
            raise EditorError(_NO_MELT)
        _, document, sequence = places.opened(self.folder, timeline or self._current())
        program = text_of.reading(timeline_of(sequence, document).to_json_string()).program
        whole = span or Span(0, program.frames)
        return rendering.render(sequence, document, program, whole, preset, file, progress=progress, cancel=cancel)

    def close(self) -> None:
        """Leave all as it is; of a scratch project the files are taken away."""
        if self.place.scratch and (self.folder / _SCRATCH).exists():
            for path in places.project_files(self.folder):
                path.unlink(missing_ok=True)
            (self.folder / _SCRATCH).unlink(missing_ok=True)
            with contextlib.suppress(OSError):
                (self.folder / ".twopop").rmdir()

    # -- inside ----------------------------------------------------------------------------------------------------

    def _kdenlive(self) -> Path | None:
        found = [path for path in places.project_files(self.folder) if path.suffix.lower() == ".kdenlive"]
        return found[0] if len(found) == 1 else None

    def _bin(self) -> Path:
        project = self._kdenlive()
        if project is None:
            raise EditorError(_NO_BIN)
        return project


def connect(place: Place) -> MltHost:
    """The MLT projects at *place*. Raises StudioError when its folder is not there."""
    return MltHost(place)


def _edit(what: str, place: str, made: tuple[str, ...], undo: dict[str, object]) -> Edit:
    return Edit(id=uuid.uuid4().hex, what=what, place=place, made=made, undo=undo)


def _plain(mark: Marker) -> dict[str, object]:
    plain: dict[str, object] = msgspec.to_builtins(mark)
    return plain


def _bin_name(folder: str) -> str:
    parts = [part.strip() for part in folder.split("/") if part.strip()]
    if not parts:
        raise InputError("A bin has to have a name.")
    return "/".join(parts)
