"""Markers: Kdenlive's guides of both generations, its markers on clips, and Shotcut's markers; read and written.

Kdenlive keeps JSON: on the sequence since 23.04 (``kdenlive:sequenceproperties.guides``), in the bin before
(``kdenlive:docproperties.guides``). Shotcut keeps nested ``properties`` on the tractor. What these cannot hold (a
note, a length in old Kdenlive, a colour without a category) is kept beside it under ``twopop``, which MLT passes over.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
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
        mark = _of_shotcut(each, rate)
        found += [] if mark is None else [mark]
    return found


def _of_shotcut(element: Element, rate: Rate) -> Marker | None:
    own = dict(properties(element))
    start, end = frames_of(own.get("start"), rate), frames_of(own.get("end"), rate)
    if start is None or start < 0:
        return None
    colour = own.get("twopop:colour")
    drawn = own.get("color", "").strip().lower()
    if colour is None or drawn_as(colour) != drawn:
        colour = word_of(drawn)
    note = own.get("twopop:note", "")
    frames = max(0, (end if end is not None else start) - start)
    return Marker(frame=start, name=own.get("text", ""), frames=frames, colour=colour, note=note)


# Writing


def add_guides(sequence: Element, marks: Mapping[str, Marker], document: Document) -> None:
    """Add *marks* ({id: marker}) to the timeline *sequence*, as its project keeps markers; others stay."""
    kept = _kept(sequence, document)
    if kept is None:
        add_shotcut_markers(sequence, marks.values(), document.rate, ids=tuple(marks))
        return
    holder, key, listed = kept
    drawn = categories(document)
    listed += [_as_json(mark, drawn, id_) for id_, mark in marks.items()]
    _keep(holder, key, listed)


def take_guides(sequence: Element, marks: Mapping[str, Marker], document: Document) -> list[Marker]:
    """Take *marks* ({id: marker}) away again; gives those that read otherwise now, which are left.

    Kdenlive throws our ids away when it saves: then the marker that says the same is taken. What is gone is no matter.
    """
    kept = _kept(sequence, document)
    if kept is None:
        return _take_shotcut(sequence, marks, document.rate)
    holder, key, listed = kept
    drawn = categories(document)
    other = []
    for id_, mark in marks.items():
        was = _as_json(mark, drawn, id_)
        own = [each for each in listed if isinstance(each.get("twopop"), dict) and each["twopop"].get("id") == id_]
        like = [
            each for each in listed if "twopop" not in each and all(each.get(k) == was[k] for k in ("pos", "comment"))
        ]
        found = (own or like)[:1]
        if own and own[0] != was:
            other.append(mark)
        else:
            listed = [each for each in listed if each not in found]
    _keep(holder, key, listed)
    return other


def _kept(sequence: Element, document: Document) -> tuple[Element, str, list[dict[str, Any]]] | None:
    """Where a Kdenlive project keeps the guides of *sequence*, and these; None for other projects."""
    bin_ = main_bin(document)
    if bin_ is None:
        return None
    newer = any(name.startswith("kdenlive:sequenceproperties.") for name, _ in properties(sequence))
    holder, key = (sequence, _SEQUENCE) if newer else (bin_, _DOCUMENT)
    return holder, key, _listed(dict(properties(holder)).get(key, ""))


def _keep(holder: Element, key: str, listed: list[dict[str, Any]]) -> None:
    set_property(holder, key, json.dumps(sorted(listed, key=_position), indent=4, ensure_ascii=False))


def _take_shotcut(sequence: Element, marks: Mapping[str, Marker], rate: Rate) -> list[Marker]:
    holder = next((each for each in sequence.findall("properties") if each.get("name") == _SHOTCUT), None)
    other = []
    for each in holder.findall("properties") if holder is not None else []:
        mark = marks.get(said(each, "twopop:id"))
        if mark is None or holder is None:
            continue
        if _of_shotcut(each, rate) == mark:
            holder.remove(each)
        else:
            other.append(mark)
    if holder is not None and not len(holder):
        sequence.remove(holder)
    return other


def _position(listed: dict[str, Any]) -> int:
    frame = listed.get("pos")
    return frame if type(frame) is int else 0


def _as_json(mark: Marker, drawn: dict[int, str], id_: str) -> dict[str, Any]:
    comment = f"{mark.name}: {mark.note}" if mark.note else mark.name
    return {
        "comment": comment,
        "duration": mark.frames,
        "pos": mark.frame,
        "twopop": {"id": id_, "comment": comment, "name": mark.name, "note": mark.note, "colour": mark.colour},
        "type": category_of(mark.colour, drawn),
    }


def add_shotcut_markers(sequence: Element, marks: Iterable[Marker], rate: Rate, ids: Sequence[str] = ()) -> None:
    """Add *marks*, with our own *ids* for them, to the timeline *sequence* as Shotcut keeps them."""
    holder = next((each for each in sequence.findall("properties") if each.get("name") == _SHOTCUT), None)
    if holder is None:
        holder = Element("properties", {"name": _SHOTCUT})
        sequence.insert(len(sequence.findall("property")), holder)
    taken = {each.get("name") for each in holder.findall("properties")}
    number = 0
    for place, mark in enumerate(marks):
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
            "twopop:id": ids[place] if ids else "",
        }
        for name, text in own.items():
            if text or name == "twopop:colour":
                SubElement(made, "property", {"name": name}).text = text


def set_property(element: Element, name: str, text: str) -> None:
    """Set the property *name* of *element*, in the place where it stands or after the last one; "" takes it away."""
    found = next((each for each in element.findall("property") if each.get("name") == name), None)
    if not text:
        if found is not None:
            element.remove(found)
        return
    if found is None:
        found = Element("property", {"name": name})
        element.insert(len(element.findall("property")), found)
    found.attrib.pop("value", None)
    found.text = text
