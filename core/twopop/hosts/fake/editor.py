"""What a person does in a practice project, beside twopop: for demonstrations and tests.

Each function changes the project of the twopop project in *folder* on disk, where a running host finds it.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from twopop.hosts.fake import project as held
from twopop.hosts.fake import taking
from twopop.hosts.fake.project import Item
from twopop.timeline.program import Marker
from twopop.variants.model import Span


def open_timeline(folder: Path, timeline: str) -> None:
    """Make the timeline with the id *timeline* the current one ("": close it). Raises InputError for no such one."""
    project = _load(folder)
    current = project.timeline(timeline).id if timeline else ""
    held.save(held.folder_of(folder), msgspec.structs.replace(project, current=current))


def select(folder: Path, timeline: str, span: Span | None) -> None:
    """Select *span* of a timeline, or nothing."""
    project = _load(folder)
    changed = msgspec.structs.replace(project.timeline(timeline), selection=span)
    held.save(held.folder_of(folder), project.changed(changed))


def rename(folder: Path, timeline: str, name: str) -> None:
    """Call a timeline *name*."""
    project = _load(folder)
    changed = msgspec.structs.replace(project.timeline(timeline), name=name)
    held.save(held.folder_of(folder), project.changed(changed))


def delete_timeline(folder: Path, timeline: str) -> None:
    """Throw a timeline away."""
    project = _load(folder)
    held.save(held.folder_of(folder), project.without(project.timeline(timeline).id))


def add_marker(folder: Path, timeline: str, marker: Marker) -> None:
    """Set a marker."""
    project = _load(folder)
    project, _ = taking.with_markers(project, project.timeline(timeline), (marker,))
    held.save(held.folder_of(folder), project)


def rename_marker(folder: Path, timeline: str, name: str, new: str) -> None:
    """Call the markers *name* of a timeline *new*."""
    project = _load(folder)
    changed = taking.renamed_markers(project.timeline(timeline), name, new)
    held.save(held.folder_of(folder), project.changed(changed))


def remove_marker(folder: Path, timeline: str, name: str) -> None:
    """Take the markers *name* off a timeline."""
    project = _load(folder)
    found = project.timeline(timeline)
    held.save(held.folder_of(folder), project.changed(taking.without_markers_called(found, name)))


def move_item(folder: Path, file: Path, bin: str) -> None:
    """Move *file* into the bin *bin*."""
    project = _load(folder)
    moved = tuple(
        Item(id=each.id, folder=bin, file=each.file) if each.file == str(file) else each for each in project.items
    )
    bins = project.bins if bin in project.bins else (*project.bins, bin)
    held.save(held.folder_of(folder), msgspec.structs.replace(project, items=moved, bins=bins))


def _load(folder: Path) -> held.Project:
    return held.load(held.folder_of(folder))
