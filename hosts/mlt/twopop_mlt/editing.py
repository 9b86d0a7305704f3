"""Changing a project file: read, changed in memory, read back, and written whole if nobody wrote it meanwhile."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from twopop import EditorError, files, schema
from twopop_mlt.document import Document, parse_document, with_namespace
from twopop_mlt.reading import Sequence, sequences

#: What an editor has to know about a change to a file that a program may have open.
SAY_REOPEN = "if the project is open in Kdenlive or Shotcut, open it again without saving it"

ElementTree.register_namespace("kdenlive", "http://www.kdenlive.org/project")


def document_of(data: bytes, path: Path) -> Document:
    """The project in *data* (the bytes of *path*), with its comments kept. Raises InputError for what is no project."""
    checked = parse_document(data, path)
    builder = ElementTree.TreeBuilder(insert_comments=True, insert_pis=True)
    text = io.BytesIO(with_namespace(data))
    root = ElementTree.parse(text, ElementTree.XMLParser(target=builder)).getroot()  # noqa: S314  # checked before
    by_id = {each.get("id", ""): each for each in reversed(list(root.iter())) if each.get("id") in checked.by_id}
    return Document(path, root, checked.folder, checked.profile, checked.rate_said, by_id)


def text_of(document: Document) -> bytes:
    """The file of *document* as it is written."""
    made: bytes = ElementTree.tostring(document.root, encoding="utf-8", xml_declaration=True)
    return made + b"\n"


def content(path: Path) -> str:
    """The fingerprint of the project at *path*, whatever blanks and quotes its XML is written with."""
    root = document_of(path.read_bytes(), path).root
    return schema.fingerprint(ElementTree.canonicalize(ElementTree.tostring(root), strip_text=True))


def changed(
    path: Path,
    key: str,
    change: Callable[[Element, Document], None],
    check: Callable[[Element, Document], bool],
) -> None:
    """Let *change* change the sequence *key* of the project at *path*; *check* looks at it as it is read back."""
    changed_document(
        path,
        lambda document: change(sequence_of(document, key).element, document),
        lambda document: check(sequence_of(document, key).element, document),
    )


def changed_document(path: Path, change: Callable[[Document], None], check: Callable[[Document], bool]) -> None:
    """Let *change* change the project at *path*, and write it whole.

    What would be written is read back and has to pass *check*. Raises EditorError when it does not, or when somebody
    wrote the file since it was read here; what *change* raises goes through. Nothing is written then.
    """
    data = path.read_bytes()
    document = document_of(data, path)
    change(document)
    made = text_of(document)
    if not check(parse_document(made, path)):
        raise EditorError("The project cannot keep this.", where=str(path), remedy="Tell it to whoever made twopop.")
    with files.scratch_beside(path) as scratch:
        scratch.write_bytes(made)
        if path.read_bytes() != data:
            words = "Somebody saved the project at the same moment; nothing was changed."
            raise EditorError(words, where=str(path), remedy="Try again.")
        files.give_name(scratch, path, over=True)


def sequence_of(document: Document, key: str) -> Sequence:
    """The sequence of *document* with this *key*; "" is the active one. Raises EditorError."""
    found = sequences(document)
    chosen = next((each for each in found if each.key == key), None) if key else found[0] if found else None
    if chosen is None:
        raise EditorError("The sequence is no longer in the project.", where=f"{document.path} {key}".strip())
    return chosen
