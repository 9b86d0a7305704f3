"""Taking back what was changed in projects, as far as nobody has changed it since."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import msgspec

from twopop import EditorError, InputError, Marker
from twopop.hosts import Edit
from twopop_mlt import bins, editing, places
from twopop_mlt.document import Document, said
from twopop_mlt.making import as_json
from twopop_mlt.markers import guides, set_property, take_guides
from twopop_mlt.story import words_of


def undo(folder: Path, edit: Edit) -> None:
    """Take *edit* back in the project in *folder*.

    Raises EditorError, and changes nothing, where somebody changed it since; InputError for an edit of another host.
    """
    ways: Mapping[str, Callable[[Path, Any, Edit], None]] = {
        "put": _put,
        "markers": _markers,
        "words": _words,
        "items": _items,
    }
    for kind, note in edit.undo.items():
        if kind not in ways:
            raise InputError("This is no edit of an MLT project.", where=edit.what)
        ways[kind](folder, note, edit)


def _put(folder: Path, note: Any, edit: Edit) -> None:
    path = _there(folder, note["timeline"])
    if path is None:
        return
    own = said(editing.sequence_of(_read(path), "").element, "twopop:id")
    if own and own != note["id"]:
        return  # another one has this name now
    if editing.content(path) != note["content"]:
        raise _changed(edit, path)
    path.unlink()


def _markers(folder: Path, note: Any, edit: Edit) -> None:
    path = _there(folder, note["timeline"])
    if path is None:
        return
    made = {id_: msgspec.convert(mark, Marker) for id_, mark in note["made"].items()}

    def change(element: Element, document: Document) -> None:
        if take_guides(element, made, document):
            raise _changed(edit, path)

    _, key = places.located(folder, note["timeline"])
    before = len(guides(editing.sequence_of(editing.document_of(path.read_bytes(), path), key).element, _read(path)))
    editing.changed(path, key, change, lambda element, read: len(guides(element, read)) <= before)


def _read(path: Path) -> Document:
    return editing.document_of(path.read_bytes(), path)


def _words(folder: Path, note: Any, edit: Edit) -> None:
    path = _there(folder, note["timeline"])
    if path is None:
        return
    _, key = places.located(folder, note["timeline"])
    now = words_of(editing.sequence_of(_read(path), key).element)
    back = {}
    for name, (was, made) in note["was"].items():
        if now.get(name) == was:
            continue
        if now.get(name) != made:
            raise _changed(edit, path)
        back[name] = was
    if not back:
        return
    kept = {name: word for name, word in {**now, **back}.items() if word is not None}
    editing.changed(
        path,
        key,
        lambda element, _: set_property(element, "twopop:words", as_json(kept)),
        lambda element, _: words_of(element) == kept,
    )


def _items(folder: Path, note: Any, edit: Edit) -> None:
    path = _there(folder, note["project"])
    if path is None:
        return
    ids, name = note["items"], note["folder"]
    found = {item.producer.get("id", ""): item for item in bins.items(_read(path))}
    named = bins.folders(_read(path))
    for id_, file in ids.items():
        item = found.get(id_)
        if item is not None and (item.file != file or named.get(item.folder, "") != name):
            raise _changed(edit, path)
    editing.changed_document(
        path,
        lambda document: bins.take_out(document, set(ids), note["bins"]),
        lambda document: not set(ids) & {item.producer.get("id") for item in bins.items(document)},
    )


def _there(folder: Path, id_: str) -> Path | None:
    """The file of what was changed; None where it is gone."""
    try:
        path, key = places.located(folder, id_)
    except InputError:
        return None
    try:
        editing.sequence_of(_read(path), key) if key else None
    except EditorError:
        return None
    return path


def _changed(edit: Edit, path: Path) -> EditorError:
    return EditorError(
        f"This was changed by somebody since, and is left as it is: {edit.what}.",
        where=str(path),
        remedy="Take it back by hand, if it is not wanted.",
    )
