"""The edits of a practice project, each with what it takes to undo it, and undoing them.

An edit notes what it made as it stood then. What reads otherwise now was changed by somebody since, and stays.
"""

from __future__ import annotations

import uuid
from typing import Any

import msgspec

from twopop import schema
from twopop.errors import EditorError, InputError
from twopop.hosts import otio as text_of
from twopop.hosts.fake import taking
from twopop.hosts.fake.project import HeldTimeline, Item, Project
from twopop.hosts.model import Edit
from twopop.hosts.wording import files_taken, markers_set


def edit(what: str, place: str = "", made: tuple[str, ...] = (), undo: dict[str, Any] | None = None) -> Edit:
    """An edit with an id of its own."""
    return Edit(id=uuid.uuid4().hex, what=what, place=place, made=made, undo=undo or {})


def of_put(new: HeldTimeline) -> Edit:
    """The edit that made the timeline *new*."""
    note = {"timeline": new.id, "content": schema.fingerprint((new.name, new.otio))}
    return edit("New timeline", new.name, (new.id,), {"put": note})


def of_markers(held: HeldTimeline, made: dict[str, str]) -> Edit:
    """The edit that added the markers *made* ({id: text}) to *held*."""
    return edit(markers_set(len(made)), held.name, tuple(made), {"markers": {"timeline": held.id, "made": made}})


def of_words(before: HeldTimeline, words: dict[str, str]) -> Edit:
    """The edit that kept *words* with the timeline that was *before*."""
    had = text_of.words(before.otio)
    note = {key: [had.get(key), word] for key, word in words.items()}
    return edit(f"Words: {', '.join(words)}", before.name, (), {"words": {"timeline": before.id, "was": note}})


def of_items(items: tuple[Item, ...], bins: tuple[str, ...], folder: str) -> Edit:
    """The edit that took *items* into the bin *folder* and made *bins* for it."""
    made = {item.id: [item.folder, item.file] for item in items}
    return edit(files_taken(len(items)), folder, tuple(made), {"items": {"made": made, "bins": list(bins)}})


def undone(project: Project, edit: Edit) -> Project:
    """*project* without *edit*. Raises EditorError, and changes nothing, where somebody changed it since."""
    ways = {"put": _put, "markers": _markers, "words": _words, "items": _items}
    for kind, note in edit.undo.items():
        if kind not in ways:
            raise InputError("This is no edit of a practice project.", where=edit.what)
        project = ways[kind](project, note, edit)
    return project


def _put(project: Project, note: dict[str, Any], edit: Edit) -> Project:
    if not project.has(note["timeline"]):
        return project
    held = project.timeline(note["timeline"])
    if schema.fingerprint((held.name, held.otio)) != note["content"]:
        raise _changed(edit)
    return project.without(held.id)


def _markers(project: Project, note: dict[str, Any], edit: Edit) -> Project:
    if not project.has(note["timeline"]):
        return project
    held = project.timeline(note["timeline"])
    now = taking.markers_by_id(held)
    there = {id: text for id, text in note["made"].items() if id in now}
    if any(now[id] != text for id, text in there.items()):
        raise _changed(edit)
    return project.changed(taking.without_markers(held, set(there)))


def _words(project: Project, note: dict[str, Any], edit: Edit) -> Project:
    if not project.has(note["timeline"]):
        return project
    held = project.timeline(note["timeline"])
    now = text_of.words(held.otio)
    back: dict[str, str | None] = {}
    for key, (was, made) in note["was"].items():
        if now.get(key) == was:
            continue
        if now.get(key) != made:
            raise _changed(edit)
        back[key] = was
    return project.changed(taking.with_words(held, back)) if back else project


def _items(project: Project, note: dict[str, Any], edit: Edit) -> Project:
    there = [item for item in project.items if item.id in note["made"]]
    if any([item.folder, item.file] != note["made"][item.id] for item in there):
        raise _changed(edit)
    items = tuple(item for item in project.items if item not in there)
    bins = project.bins
    for name in sorted(note["bins"], reverse=True):  # the bin in a bin first
        full = any(item.folder == name for item in items) or any(each.startswith(f"{name}/") for each in bins)
        bins = bins if full else tuple(each for each in bins if each != name)
    return msgspec.structs.replace(project, items=items, bins=bins)


def _changed(edit: Edit) -> EditorError:
    return EditorError(
        f"This was changed by somebody since, and is left as it is: {edit.what}.",
        where=edit.place,
        remedy="Take it back by hand, if it is not wanted.",
    )
