"""Markers: Kdenlive's guides of both generations, its markers on clips, and Shotcut's markers; read and written.

Kdenlive keeps JSON: on the sequence since 23.04 (``kdenlive:sequenceproperties.guides``), in the bin before
(``kdenlive:docproperties.guides``). Shotcut keeps nested ``properties`` on the tractor. What these cannot hold (a
note, a length in old Kdenlive, a colour without a category) is kept beside it under ``twopop``, which MLT passes over.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from twopop.time import Rate
from twopop.timeline.exact import stretch
from twopop.timeline.program import Marker
from twopop_mlt.colours import CATEGORIES, category_of, drawn_as, word_of
from twopop_mlt.document import Document, clock, frames_of, properties, said

_SEQUENCE, _DOCUMENT = "kdenlive:sequenceproperties.guides", "kdenlive:docproperties.guides"
_CATEGORIES = "kdenlive:docproperties.guidesCategories"
_SHOTCUT = "shotcut:markers"
#: More markers than this are no editor's.
_MOST = 20_000


def guides(sequence: Element, document: Document) -> list[Marker]:
    """The markers of the timeline *sequence*."""
    own = dict(properties(sequence))
    bin_ = main_bin(document)
    text = own.get(_SEQUENCE) or (dict(properties(bin_)).get(_DOCUMENT, "") if bin_ is not None else "")
    found = _from_json(text, categories(document)) if _SEQUENCE in own or text else []
    return sorted({*found, *_from_shotcut(sequence, document.rate)}, key=lambda mark: (mark.frame, mark.name))


def clip_markers(producer: Element, document: Document) -> list[Any]:
    """The markers of the clip that *producer* plays, as OTIO markers in its own time."""
    text = said(producer, "kdenlive:markers") or _of_bin(producer, document)
    found = [*_from_json(text, categories(document)), *_from_shotcut(producer, document.rate)]
    return [otio_marker(mark, document.rate) for mark in found]


def otio_marker(mark: Marker, rate: Rate) -> Any:
    """*mark* as an OTIO marker."""
    from opentimelineio import schema

    made = schema.Marker(name=mark.name)
    made.marked_range = stretch(rate.seconds(mark.frame), rate.seconds(mark.frames), rate)
    made.color = mark.colour.upper()
    if mark.note:
        made.metadata["twopop"] = {"note": mark.note}
    return made


def main_bin(document: Document) -> Element | None:
    """The playlist in which Kdenlive keeps its bin and its project's words; None in other projects."""
    found = document.by_id.get("main_bin")
    is_bin = found is not None and any(name.startswith("kdenlive:") for name, _ in properties(found))
    return found if is_bin else None


def categories(document: Document) -> dict[int, str]:
    """{number: ``#rrggbb``} of the project's marker categories."""
    bin_ = main_bin(document)
    listed = _listed(dict(properties(bin_)).get(_CATEGORIES, "")) if bin_ is not None else []
    found = {each.get("index"): str(each.get("color", "")).lower() for each in listed}
    known = {number: drawn for number, drawn in found.items() if isinstance(number, int)}
    return known or dict(enumerate(CATEGORIES))


def _of_bin(producer: Element, document: Document) -> str:
    """The markers kept on the bin's clip of which *producer* is one use."""
    key, bin_ = said(producer, "kdenlive:id"), main_bin(document)
    if not key or bin_ is None:
        return ""
    for entry in bin_.findall("entry"):
        inner = document.inner(entry)
        if inner is not None and said(inner, "kdenlive:id") == key:
            return said(inner, "kdenlive:markers")
    return ""


def _listed(text: str) -> list[dict[str, Any]]:
    try:
        found = json.loads(text) if text.strip() else []
    except (ValueError, RecursionError):
        return []
    return [each for each in found if isinstance(each, dict)][:_MOST] if isinstance(found, list) else []


def _from_json(text: str, drawn: dict[int, str]) -> list[Marker]:
    found = []
    for each in _listed(text):
        frame, frames, kind = each.get("pos"), each.get("duration", 0), each.get("type", 0)
        if type(frame) is not int or frame < 0:
            continue
        frames = frames if type(frames) is int and frames > 0 else 0
        name, note, colour = str(each.get("comment") or ""), "", word_of(drawn.get(kind, "") if kind in drawn else "")
        own = each.get("twopop")
        if isinstance(own, dict) and name == own.get("comment"):  # nobody wrote over it since
            name, note, colour = str(own.get("name", "")), str(own.get("note", "")), str(own.get("colour", ""))
        found.append(Marker(frame=frame, name=name, frames=frames, colour=colour, note=note))
    return found


def _from_shotcut(holder: Element, rate: Rate) -> list[Marker]:
    found = []
    listed = [each for each in holder.findall("properties") if each.get("name") == _SHOTCUT]
    for each in [mark for group in listed for mark in group.findall("properties")][:_MOST]:
        own = dict(properties(each))
        start, end = frames_of(own.get("start"), rate), frames_of(own.get("end"), rate)
        if start is None or start < 0:
            continue
        colour = own.get("twopop:colour")
        drawn = own.get("color", "").strip().lower()
        if colour is None or drawn_as(colour) != drawn:
            colour = word_of(drawn)
        found.append(
            Marker(
                frame=start,
                name=own.get("text", ""),
                frames=max(0, (end or start) - start),
                colour=colour,
                note=own.get("twopop:note", ""),
            )
        )
    return found


# Writing


def add_guides(sequence: Element, marks: Sequence[Marker], document: Document) -> None:
    """Add *marks* to the timeline *sequence*, in the way that its project keeps markers; those that are there stay."""
    bin_ = main_bin(document)
    if bin_ is None:
        _add_shotcut(sequence, marks, document.rate)
        return
    newer = any(name.startswith("kdenlive:sequenceproperties.") for name, _ in properties(sequence))
    holder, key = (sequence, _SEQUENCE) if newer else (bin_, _DOCUMENT)
    listed = _listed(dict(properties(holder)).get(key, ""))
    drawn = categories(document)
    listed += [_as_json(mark, drawn) for mark in marks]
    set_property(holder, key, json.dumps(sorted(listed, key=_position), indent=4, ensure_ascii=False))


def _position(listed: dict[str, Any]) -> int:
    frame = listed.get("pos")
    return frame if type(frame) is int else 0


def _as_json(mark: Marker, drawn: dict[int, str]) -> dict[str, Any]:
    comment = f"{mark.name}: {mark.note}" if mark.note else mark.name
    return {
        "comment": comment,
        "duration": mark.frames,
        "pos": mark.frame,
        "twopop": {"comment": comment, "name": mark.name, "note": mark.note, "colour": mark.colour},
        "type": category_of(mark.colour, drawn),
    }


def _add_shotcut(sequence: Element, marks: Sequence[Marker], rate: Rate) -> None:
    holder = next((each for each in sequence.findall("properties") if each.get("name") == _SHOTCUT), None)
    if holder is None:
        holder = Element("properties", {"name": _SHOTCUT})
        sequence.insert(len(sequence.findall("property")), holder)
    taken = {each.get("name") for each in holder.findall("properties")}
    number = 0
    for mark in marks:
        while str(number) in taken:
            number += 1
        taken.add(str(number))
        made = SubElement(holder, "properties", {"name": str(number)})
        own = {
            "text": mark.name,
            "start": clock(mark.frame, rate),
            "end": clock(mark.frame + mark.frames, rate),
            "color": drawn_as(mark.colour).upper(),
            "twopop:colour": mark.colour,
            "twopop:note": mark.note,
        }
        for name, text in own.items():
            if text or name == "twopop:colour":
                SubElement(made, "property", {"name": name}).text = text


def set_property(element: Element, name: str, text: str) -> None:
    """Set the property *name* of *element*, in the place where it stands or after the last one."""
    found = next((each for each in element.findall("property") if each.get("name") == name), None)
    if found is None:
        found = Element("property", {"name": name})
        element.insert(len(element.findall("property")), found)
    found.attrib.pop("value", None)
    found.text = text
