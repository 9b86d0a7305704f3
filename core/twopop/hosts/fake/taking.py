"""Taking cuts into the practice project: OTIO made its own, media found, markers with ids."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from twopop import files
from twopop.errors import InputError
from twopop.hosts import otio as text_of
from twopop.hosts.fake.project import HeldTimeline, Project
from twopop.timeline.choosing import timelines
from twopop.timeline.exact import plain, said
from twopop.timeline.program import Marker

#: Under which key of their metadata markers carry the host's own id for them.
_OWN = "fake"


def new_project(folder: Path, name: str) -> Project:
    """A project called *name* with the timelines of the ``.otio`` files in *folder*; those that are none are passed."""
    project = Project(name=name)
    for path in sorted(folder.glob("*.otio")):
        for timeline in _timelines_in(path):
            project, _ = with_timeline(project, timeline, timeline.name or path.stem)
    first = project.timelines[0].id if project.timelines else ""
    return msgspec.structs.replace(project, current=first)


def _timelines_in(path: Path) -> Iterator[Any]:
    try:
        text = path.read_text("utf-8-sig")
        text_of.reading(text, where=str(path))
        found = list(timelines(_parsed(text)))
    except (InputError, OSError, ValueError):
        return
    below = _files_below(path.parent)
    for timeline in found:
        for clip in timeline.find_clips():
            _find_media(clip, path.parent, below)
        yield timeline


def _files_below(folder: Path) -> dict[str, list[Path]]:
    """{name: files} of all that lies below *folder*, folders with a dot left out."""
    found: dict[str, list[Path]] = {}
    for root, folders, names in os.walk(folder):
        folders[:] = [each for each in folders if not each.startswith(".")]
        for name in names:
            found.setdefault(name, []).append(Path(root) / name)
    return found


def _find_media(clip: Any, folder: Path, below: dict[str, list[Path]]) -> None:
    """Name the media of *clip* by absolute paths: as written, from *folder*, or the one file of that name *below*."""
    references = clip.media_references()
    for reference in references.values():
        key = {"ExternalReference": "target_url", "ImageSequenceReference": "target_url_base"}.get(
            reference.schema_name()
        )
        if key and getattr(reference, key):
            path = (folder / files.path_of(getattr(reference, key))).absolute()
            named = below.get(path.name, [])
            found = named[0].absolute() if not path.exists() and len(named) == 1 else path
            setattr(reference, key, found.as_posix())
    if references:
        clip.set_media_references(references, clip.active_media_reference_key)


def parsed(otio: str, *, where: str) -> Any:
    """The ``otio.schema.Timeline`` in *otio*; raises InputError for text that holds none."""
    text_of.reading(otio, where=where)
    found = list(timelines(_parsed(otio)))
    if len(found) != 1:
        raise InputError(f"This holds {len(found)} timelines, not one.", where=where)
    return found[0]


def _parsed(text: str) -> Any:
    import opentimelineio

    return opentimelineio.adapters.read_from_string(text, "otio_json")


def with_timeline(project: Project, timeline: Any, name: str) -> tuple[Project, HeldTimeline]:
    """*project* with the OTIO *timeline* as a new one called *name*, or as a name beside that is free; and that one."""
    number = project.count + 1
    timeline.name = project.free_name(name)
    count = number
    for marker in timeline.tracks.markers:
        count += 1
        marker.metadata[_OWN] = {"id": f"m{count}"}
    held = HeldTimeline(id=f"t{number}", name=timeline.name, otio=timeline.to_json_string(indent=-1))
    return msgspec.structs.replace(project, count=count, timelines=(*project.timelines, held)), held


def with_markers(project: Project, held: HeldTimeline, markers: tuple[Marker, ...]) -> tuple[Project, dict[str, str]]:
    """*project* with *markers* added to the timeline *held*, and {id: text} of what was added."""
    timeline = parsed(held.otio, where=held.name)
    rate = text_of.reading(held.otio).program.rate
    for number, marker in enumerate(markers, project.count + 1):
        added = text_of.otio_marker(marker, rate)
        added.metadata[_OWN] = {"id": f"m{number}"}
        timeline.tracks.markers.append(added)
    before = markers_by_id(held)
    held = msgspec.structs.replace(held, otio=timeline.to_json_string(indent=-1))
    made = {id: text for id, text in markers_by_id(held).items() if id not in before}
    return msgspec.structs.replace(project, count=project.count + len(markers)).changed(held), made


def markers_by_id(held: HeldTimeline) -> dict[str, str]:
    """{id: all that it says, as text} of the markers that lie on the timeline *held* as a whole."""
    timeline = _parsed(held.otio)
    return {_id(marker): marker.to_json_string(indent=-1) for marker in timeline.tracks.markers}


def without_markers(held: HeldTimeline, ids: set[str]) -> HeldTimeline:
    """*held* without the markers that have these *ids*."""
    timeline = _parsed(held.otio)
    timeline.tracks.markers[:] = [marker for marker in timeline.tracks.markers if _id(marker) not in ids]
    return msgspec.structs.replace(held, otio=timeline.to_json_string(indent=-1))


def without_markers_called(held: HeldTimeline, name: str) -> HeldTimeline:
    """*held* without the markers called *name*."""
    timeline = _parsed(held.otio)
    timeline.tracks.markers[:] = [marker for marker in timeline.tracks.markers if marker.name != name]
    return msgspec.structs.replace(held, otio=timeline.to_json_string(indent=-1))


def renamed_markers(held: HeldTimeline, name: str, new: str) -> HeldTimeline:
    """*held* with the markers called *name* called *new*."""
    timeline = _parsed(held.otio)
    for marker in timeline.tracks.markers:
        if marker.name == name:
            marker.name = new
    return msgspec.structs.replace(held, otio=timeline.to_json_string(indent=-1))


def with_words(held: HeldTimeline, words: dict[str, str | None]) -> HeldTimeline:
    """*held* with *words* kept in its metadata; a key whose word is None is taken away."""
    timeline = _parsed(held.otio)
    kept = plain(said(timeline.metadata, "twopop"))
    own = dict(kept) if isinstance(kept, dict) else {}
    for key, word in words.items():
        if word is None:
            own.pop(key, None)
        else:
            own[key] = word
    if own:
        timeline.metadata["twopop"] = own
    else:
        timeline.metadata.pop("twopop", None)
    return msgspec.structs.replace(held, otio=timeline.to_json_string(indent=-1))


def _id(marker: Any) -> str:
    return str(said(marker.metadata, _OWN, "id") or "")
