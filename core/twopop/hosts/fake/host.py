"""The practice project as a Host."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from threading import Event

import msgspec

from twopop import files
from twopop.errors import EditorError, InputError
from twopop.hosts import otio as text_of
from twopop.hosts.fake import faults as wrong
from twopop.hosts.fake import project as held
from twopop.hosts.fake import taking, undoing
from twopop.hosts.fake.faults import Faults
from twopop.hosts.fake.lying import Lies
from twopop.hosts.fake.project import HeldTimeline, Item, Project
from twopop.hosts.model import (
    Capability,
    Edit,
    HostTimeline,
    Identity,
    Place,
    Rendered,
    RenderPreset,
    TimelineName,
)
from twopop.hosts.wording import files_taken, markers_set
from twopop.timeline.program import Marker
from twopop.variants.model import Span


class FakeHost:
    """The practice project at *place*, made at the first connection.

    Each call reads the project from disk and writes it whole, so that a process that ends at any moment loses nothing
    and somebody else may change the project meanwhile (``twopop.hosts.fake.editor``). What is wrong with it comes from
    *faults*, or from the file that ``faults.switch_on`` writes.
    """

    def __init__(self, place: Place, faults: Faults | None = None) -> None:
        self.place = place
        self._faults_given = faults
        self.folder = held.folder_of(place.folder)
        self._doing("connect")
        if not (self.folder / "project.json").exists():
            name = "scratch" if place.scratch else place.folder.absolute().name
            held.save(self.folder, taking.new_project(place.folder, name))
        self._project()

    # -- who and what ----------------------------------------------------------------------------------------------

    def identify(self) -> Identity:
        """Which host this is."""
        self._doing("identify")
        lacks = self._faults.lacks
        return Identity(
            app="Practice project",
            version=version("twopop"),
            project=self._project().name,
            can=tuple(each for each in Capability if each not in lacks),
            lacks=lacks,
            textless=True,  # it never renders what lies above the picture
        )

    def timelines(self) -> tuple[TimelineName, ...]:
        """The timelines, in the order in which they came."""
        self._doing("timelines")
        project = self._project()
        return tuple(
            TimelineName(id=each.id, name=each.name, current=each.id == project.current) for each in project.timelines
        )

    def read(self, timeline: str = "") -> HostTimeline:
        """A timeline as it stands."""
        self._doing("read")
        found = self._project().timeline(timeline)
        selection = found.selection if Capability.SELECTION not in self._faults.lacks else None
        return HostTimeline(id=found.id, name=found.name, otio=found.otio, selection=selection, playhead=found.playhead)

    # -- changes ---------------------------------------------------------------------------------------------------

    def put(self, otio: str, name: str) -> Edit:
        """Take a cut in as a new timeline."""
        self._doing("put", Capability.PUT)
        if not name.strip():
            raise InputError("A timeline has to have a name.")
        made = taking.parsed(otio, where=name)
        project = self._project()
        if "put" in self._faults.idle:
            return undoing.edit("New timeline", name, made=(f"t{project.count + 1}",))
        lies = Lies(self._faults.lies)
        project, new = lies.put_over(project, made, name) or taking.with_timeline(project, lies.cut(made), name)
        return self._done("put", project, undoing.of_put(new))

    def add_markers(self, timeline: str, markers: tuple[Marker, ...]) -> Edit:
        """Add markers to a timeline."""
        self._doing("add_markers", Capability.MARKERS)
        project = self._project()
        found = project.timeline(timeline)
        frames = text_of.reading(found.otio).program.frames
        for marker in markers:
            if not 0 <= marker.frame < frames:
                raise InputError(f"The marker {marker.name!r} lies outside the timeline.", where=found.name)
        if "add_markers" in self._faults.idle:
            return undoing.edit(markers_set(len(markers)), found.name)
        project, made = taking.with_markers(project, found, Lies(self._faults.lies).markers(markers))
        return self._done("add_markers", project, undoing.of_markers(found, made))

    def set_metadata(self, timeline: str, words: dict[str, str]) -> Edit:
        """Keep words with a timeline."""
        self._doing("set_metadata", Capability.METADATA)
        project = self._project()
        found = project.timeline(timeline)
        if "set_metadata" in self._faults.idle:
            return undoing.edit("Words", found.name)
        changed = taking.with_words(found, dict(words))
        return self._done("set_metadata", project.changed(changed), undoing.of_words(found, words))

    def bring_in(self, files: tuple[Path, ...], folder: str) -> Edit:
        """Take files into a bin."""
        self._doing("bring_in", Capability.IMPORT)
        for file in files:
            if not file.is_file():
                raise InputError("There is no such file.", where=str(file))
        name = _bin(folder)
        project = self._project()
        if "bring_in" in self._faults.idle:
            return undoing.edit(files_taken(len(files)), name)
        there = {each.file for each in project.items if each.folder == name}
        new = [str(file.absolute()) for file in dict.fromkeys(files) if str(file.absolute()) not in there]
        items = tuple(Item(id=f"i{n}", folder=name, file=file) for n, file in enumerate(new, project.count + 1))
        parts = name.split("/")
        bins = tuple("/".join(parts[: depth + 1]) for depth in range(len(parts)))
        made = tuple(each for each in bins if each not in project.bins)
        project = msgspec.structs.replace(
            project,
            count=project.count + len(items),
            items=(*project.items, *items),
            bins=(*project.bins, *made),
        )
        return self._done("bring_in", project, undoing.of_items(items, made, name))

    def in_bin(self, folder: str) -> tuple[str, ...]:
        """What a bin holds."""
        self._doing("in_bin", Capability.IMPORT)
        name = _bin(folder)
        return tuple(each.file for each in self._project().items if each.folder == name)

    def show(self, timeline: str, frame: int) -> None:
        """Make a timeline the current one and move its playhead."""
        self._doing("show", Capability.SHOW)
        project = self._project()
        found = project.timeline(timeline)
        frames = text_of.reading(found.otio).program.frames
        if not 0 <= frame < frames:
            raise InputError(f"Frame {frame} lies outside the timeline, which has {frames}.", where=found.name)
        if "show" not in self._faults.idle:
            project = project.changed(msgspec.structs.replace(found, playhead=frame))
            held.save(self.folder, msgspec.structs.replace(project, current=found.id))
        wrong.after(self._faults, "show")

    def undo(self, edit: Edit) -> None:
        """Take an edit back."""
        self._doing("undo")
        if "undo" not in self._faults.idle:
            held.save(self.folder, undoing.undone(self._project(), edit))
        wrong.after(self._faults, "undo")

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
        """Render a stretch of a timeline to a file."""
        from twopop.hosts.fake import rendering
        from twopop.hosts.reading_back import rendered

        self._doing("render", Capability.RENDER)
        found = self._project().timeline(timeline)
        program = text_of.reading(found.otio).program
        whole = Span(0, program.frames)
        span = span or whole
        _check_render(found, span, whole, preset, file)
        if preset.rate != program.rate:
            raise EditorError(f"The timeline runs at {program.rate} frames a second, not {preset.rate}.")
        faults, lies = self._faults, Lies(self._faults.lies)
        claimed = Rendered(file=str(file.absolute()), frames=span.frames, rate=preset.rate, size=preset.size)
        if "render" in faults.idle:
            return claimed
        told = _hindered(progress, faults, cancel)
        stop = cancel if Capability.CANCEL not in faults.lacks else Event()
        with files.scratch_beside(file) as scratch:
            rendering.render(
                lies.program(program), lies.span(span), lies.preset(preset), scratch, progress=told, cancel=stop
            )
            if not lies.bend_renders:
                rendered(scratch, preset, span.frames)
            with _refused_name(file):
                files.give_name(scratch, file, over=False)
        wrong.after(faults, "render")
        return claimed

    def close(self) -> None:
        """Leave; a scratch project is taken away."""
        self._doing("close")
        if self.place.scratch and "close" not in self._faults.idle:
            shutil.rmtree(self.folder, ignore_errors=True)
            with suppress(OSError):  # something else lies in it
                self.folder.parent.rmdir()

    # -- inside ----------------------------------------------------------------------------------------------------

    @property
    def _faults(self) -> Faults:
        return self._faults_given or wrong.switched_on(self.place.folder)

    def _doing(self, method: str, needs: Capability | None = None) -> None:
        faults = self._faults
        wrong.before(faults, method)
        if needs is not None and needs in faults.lacks:
            raise EditorError(faults.lacks[needs])

    def _project(self) -> Project:
        return held.load(self.folder)

    def _done(self, method: str, project: Project, edit: Edit) -> Edit:
        held.save(self.folder, project)
        wrong.after(self._faults, method)
        return edit


def _bin(folder: str) -> str:
    """*folder* as a path of bins; raises InputError for one that names none."""
    parts = [part.strip() for part in folder.split("/") if part.strip()]
    if not parts:
        raise InputError("A bin has to have a name.")
    return "/".join(parts)


def _check_render(found: HeldTimeline, span: Span, whole: Span, preset: RenderPreset, file: Path) -> None:
    if not whole.start <= span.start < span.stop <= whole.stop:
        raise InputError(
            f"Frames {span.start} to {span.stop} are no stretch of the timeline, which has {whole.frames}.",
            where=found.name,
        )
    if file.suffix != f".{preset.container}":
        raise InputError(f"The file should end in .{preset.container}.", where=str(file))
    if file.exists():
        raise _there(file)


def _there(file: Path) -> InputError:
    return InputError("There is a file of this name already.", where=str(file), remedy="Give another name.")


@contextmanager
def _refused_name(file: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError:
        raise _there(file) from None


def _hindered(progress: Callable[[int, int], None], faults: Faults, cancel: Event) -> Callable[[int, int], None]:
    """*progress*, told when what *faults* do to a render meanwhile is done."""

    def told(done: int, total: int) -> None:
        wrong.meanwhile(faults, done, total, cancel)
        progress(done, total)

    return told
