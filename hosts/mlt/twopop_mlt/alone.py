"""The project that melt gets to render: one stretch of one timeline, and nothing that is not played in it."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import replace
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from twopop import ReadOptions
from twopop.variants.model import Span
from twopop_mlt.document import SERVICES, Document, said
from twopop_mlt.lines import DEEPEST, Lines, tracks_of
from twopop_mlt.materials import material
from twopop_mlt.reading import Sequence
from twopop_mlt.story import words_of


def played(element: Element, document: Document) -> list[Element]:
    """*element* and every service that it plays, each once."""
    seen: dict[int, Element] = {}

    def walk(each: Element, depth: int) -> None:
        if id(each) in seen or depth > DEEPEST:
            return
        seen[id(each)] = each
        if each.tag in ("producer", "chain"):
            return
        for holder in tracks_of(each) if each.tag in ("tractor", "multitrack") else list(each):
            inner = document.inner(holder) if holder.tag in ("track", "entry") else holder
            if inner is not None and inner.tag in SERVICES:
                walk(inner, depth + 1)

    walk(element, 0)
    return list(seen.values())


def standing_alone(sequence: Sequence, document: Document, span: Span, *, textless: bool = False) -> bytes:
    """The text of a project that plays *span* of *sequence*: its paths hold anywhere, it opens no consumer.

    What is not played is left out, so that its missing media are nobody's matter. *textless* leaves out titles, and
    what lies on tracks of titles and graphics.
    """
    root = copy.deepcopy(document.root)
    element = root[list(document.root).index(sequence.element)]
    element.set("id", element.get("id") or "twopop-sequence")
    by_id = {
        each.get("id", ""): each for each in reversed(list(root.iter())) if each.tag in SERVICES and each.get("id")
    }
    copied = replace(document, root=root, by_id=by_id)
    if textless:
        _leave_titles_out(element, copied)
    wanted = {id(each) for each in played(element, copied)}
    for each in list(root):
        if each.tag == "consumer" or (each.tag in SERVICES and id(each) not in wanted):
            root.remove(each)
    for parent in list(root.iter()):
        for consumer in parent.findall("consumer"):
            parent.remove(consumer)
    root.set("root", document.folder)
    root.set("LC_NUMERIC", root.get("LC_NUMERIC") or "C")
    root.set("producer", "twopop-render")
    stretch = SubElement(root, "playlist", {"id": "twopop-render"})
    own = {"producer": element.get("id", ""), "in": str(span.start), "out": str(span.stop - 1)}
    SubElement(stretch, "entry", own)
    made: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return made


def _leave_titles_out(sequence: Element, document: Document) -> None:
    """Hide the tracks of titles and graphics of *sequence*, and put blanks in the place of titles on other tracks."""
    for track in tracks_of(sequence):
        inner = document.inner(track) if track.tag == "track" else None
        if inner is None:
            continue
        if _is_graphics(inner) or (inner.tag in ("producer", "chain") and _is_title(inner, document)):
            track.set("hide", "both" if track.get("hide") in ("audio", "both") else "video")
    lines = Lines(document)
    for playlist in [each for each in played(sequence, document) if each.tag == "playlist"]:
        for place, inner in list(_titles(playlist, document)):
            window = lines.window(playlist[place] if playlist[place].tag == "entry" else None, inner, 0)
            playlist[place] = Element("blank", {"length": str(window[1] if window else 0)})


def _titles(playlist: Element, document: Document) -> Iterator[tuple[int, Element]]:
    for place, child in enumerate(playlist):
        inner = document.inner(child) if child.tag == "entry" else child
        if inner is not None and inner.tag in ("producer", "chain") and _is_title(inner, document):
            yield place, inner


def _is_title(producer: Element, document: Document) -> bool:
    return material(producer, document).kind == "title" or words_of(producer).get("kind") in ("title", "graphics")


def _is_graphics(track: Element) -> bool:
    kind = words_of(track).get("kind")
    name = said(track, "kdenlive:track_name", "shotcut:name", "twopop:name")
    return kind == "graphics" if kind else bool(re.search(ReadOptions().graphics, name, re.IGNORECASE))
