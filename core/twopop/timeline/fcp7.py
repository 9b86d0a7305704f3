"""Reading Final Cut Pro 7 XML (xmeml), as Premiere and Resolve write it."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from twopop.errors import InputError
from twopop.findings import Finding, warn
from twopop.timeline import adapters
from twopop.timeline.choosing import chosen, timelines
from twopop.timeline.exact import children, plain, said
from twopop.timeline.flatten import Cut, flatten
from twopop.timeline.lengths import DEEPEST
from twopop.timeline.reading import Reading, ReadOptions
from twopop.timeline.xml_text import root_of

#: Nested sequences are written out where they are used; more uses than this are no cut but a trap.
_MOST_NESTED = 2000
_OFF = ("FALSE", "0", "false")
_DISSOLVES = ("cross dissolve", "dissolve", "cross fade", "crossfade", "additive dissolve", "film dissolve")


def read_fcp7_xml(path: Path, options: ReadOptions) -> Reading:
    """The cut in the FCP7 XML at *path*. Raises InputError, also for XML that is something else."""
    data = adapters.contents(path)
    root = root_of(data, path)
    if root.tag == "fcpxml":
        from twopop.timeline.fcpxml import read_fcpxml

        return read_fcpxml(path, options)
    if root.tag != "xmeml":
        raise InputError(
            f"This XML is no timeline (its root is <{root.tag[:40]}>).",
            where=str(path),
            remedy="Export a Final Cut Pro XML.",
        )
    findings = _made_readable(root)
    text = ElementTree.tostring(root, encoding="unicode")

    def read() -> Any:
        import opentimelineio

        return opentimelineio.adapters.read_from_string(text, "fcp_xml")

    found = adapters.called("Final Cut Pro 7 XML", path, read)
    timeline, more = chosen(path, list(timelines(found)), options.name)
    return adapters.called("Final Cut Pro 7 XML", path, lambda: _reading(timeline, (*findings, *more), options))


def _reading(timeline: Any, findings: tuple[Finding, ...], options: ReadOptions) -> Reading:
    notes = list(findings)
    _as_said(timeline.tracks, 0)
    own = plain(said(timeline.metadata, "fcp_xml"))
    drop = str(said(own, "timecode", "displayformat")).upper() == "DF"
    if not drop:
        drop = ";" in str(said(own, "timecode", "string"))
    return flatten(Cut(timeline, drop=drop, size=_size(own), findings=tuple(notes)), options)


def _size(own: Any) -> tuple[int, int] | None:
    raster = said(own, "media", "video", "format", "samplecharacteristics")
    try:
        width, height = int(said(raster, "width")), int(said(raster, "height"))
    except (TypeError, ValueError):
        return None
    return (width, height) if width > 0 and height > 0 else None


def _as_said(item: Any, depth: int) -> None:
    """Carry over what the adapter leaves in metadata: what is switched off, transitions that are no dissolve."""
    if depth > DEEPEST:
        return
    for child in children(item):
        own = said(child.metadata, "fcp_xml")
        if child.schema_name() == "Transition":
            _name_transition(child, own)
            continue
        if str(said(own, "enabled")) in _OFF:
            child.enabled = False
        if child.schema_name() in ("Stack", "Track"):
            _as_said(child, depth + 1)


def _name_transition(transition: Any, own: Any) -> None:
    name = (transition.name or "").strip()
    kind = str(said(own, "effect", "effectid") or name).lower()
    sound = str(said(own, "effect", "mediatype")) == "audio"
    if not sound and name and not any(word in kind or word in name.lower() for word in _DISSOLVES):
        transition.transition_type = "Custom_Transition"


def _made_readable(root: ElementTree.Element) -> list[Finding]:
    """Mend in *root* what the adapter would stop at; what was mended or left out is named."""
    findings: list[Finding] = []
    _open_nested(root, findings)
    whole = {each.get("id"): each for each in root.iter("file") if each.get("id") and len(each)}
    for track in root.iter("track"):
        for item in list(track):
            if item.tag not in ("clipitem", "generatoritem", "transitionitem"):
                continue
            problem = _problem(item)
            if problem:
                track.remove(item)
                name = item.findtext("name") or item.get("id") or item.tag
                words = f"The item {problem}; it is left out."
                findings.append(warn("timeline.fcp7-item", words, where=f"{item.findtext('start') or '?'} {name}"))
            elif item.tag != "transitionitem":
                _with_media(item, whole)
        _mend_order(track)
    return findings


def _open_nested(root: ElementTree.Element, findings: list[Finding]) -> None:
    """Put nested sequences into the form in which the adapter finds their tracks, each written out where it is used.

    It looks for tracks right below the sequence, where FCP7 has them below its ``media``, and so takes every nested
    sequence for empty.
    """
    whole = {
        each.get("id"): each for each in root.iter("sequence") if each.get("id") and each.find("media") is not None
    }
    left = [_MOST_NESTED]

    def opened(item: ElementTree.Element, inside: tuple[str, ...]) -> None:
        sequence = item.find("sequence")
        if sequence is None:
            return
        key = sequence.get("id") or ""
        full = sequence if sequence.find("media") is not None else whole.get(key)
        item.remove(sequence)
        left[0] -= 1
        if full is None or key in inside or left[0] < 0:
            words = "The nested sequence is not in the file, or holds itself; black stands for it."
            findings.append(warn("timeline.fcp7-item", words, where=item.findtext("name") or key))
            return
        made = ElementTree.SubElement(item, "sequence")
        for part in full:
            made.extend([copy.deepcopy(each) for each in part] if part.tag == "media" else [copy.deepcopy(part)])
        for each in _own_items(made):
            opened(each, (*inside, key))

    for item in _own_items(root):
        opened(item, ())


def _own_items(holder: ElementTree.Element) -> list[ElementTree.Element]:
    """The clip items below *holder* that do not lie in a sequence inside another clip item."""
    found, ahead = [], list(holder)
    while ahead:
        element = ahead.pop(0)
        if element.tag == "clipitem":
            found.append(element)
        else:
            ahead = list(element) + ahead
    return found


def _problem(item: ElementTree.Element) -> str:
    """Why the adapter cannot read *item*; nothing if it can."""
    for tag in ("start", "end") if item.tag == "transitionitem" else ("start", "end", "in"):
        text = (item.findtext(tag) or "").strip()
        try:
            value = float(text)
        except ValueError:
            return f"has no readable <{tag}>"
        if value != value or abs(value) > 1e10:
            return f"has no readable <{tag}>"
        if tag != "in" and text != str(int(value)):
            item.find(tag).text = str(int(value))  # type: ignore[union-attr]  # found above
    if item.tag == "transitionitem" and item.find("effect") is None:
        ElementTree.SubElement(ElementTree.SubElement(item, "effect"), "name").text = "Cross Dissolve"
    return ""


def _with_media(item: ElementTree.Element, whole: dict[str | None, ElementTree.Element]) -> None:
    """Give *item* a file where it has neither file nor sequence nor generator, and drop filters without an effect."""
    for each in item.findall("filter"):
        if each.find("effect") is None:
            item.remove(each)
    generator = item.tag == "generatoritem" and item.find("./effect[effecttype='generator']") is not None
    file = item.find("file")
    if file is None and item.find("sequence") is None and not generator:
        ElementTree.SubElement(ElementTree.SubElement(item, "file"), "name").text = item.findtext("name") or ""
    elif file is not None and not len(file) and file.get("id") in whole:
        item.remove(file)  # a reference that stands before its definition, or far from it
        item.append(copy.deepcopy(whole[file.get("id")]))


def _mend_order(track: ElementTree.Element) -> None:
    """Items that take their edge from a transition that is not there take it from their own length."""
    items = [each for each in track if each.tag in ("clipitem", "generatoritem", "transitionitem")]
    cursor = 0
    for index, item in enumerate(items):
        before = items[index - 1] if index else None
        after = items[index + 1] if index + 1 < len(items) else None
        start, end = item.find("start"), item.find("end")
        if start is None or end is None or item.tag == "transitionitem":
            continue
        if start.text == "-1" and (before is None or before.tag != "transitionitem"):
            start.text = str(cursor)
        if end.text == "-1" and (after is None or after.tag != "transitionitem"):
            length = int(float(item.findtext("out") or 0) - float(item.findtext("in") or 0))
            end.text = str(max(0, int(start.text or 0)) + max(0, length))
        cursor = int(end.text or 0) if end.text != "-1" else cursor
