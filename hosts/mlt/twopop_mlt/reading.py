"""Reading an MLT project into an OpenTimelineIO timeline, and that into a Program."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from twopop import InputError, Reading, ReadOptions, info, warn
from twopop.findings import Finding
from twopop.timeline import adapters
from twopop.timeline.choosing import chosen
from twopop.timeline.exact import moment
from twopop.timeline.flatten import Cut, flatten
from twopop_mlt.document import SERVICES, Document, is_address, number, properties, read_document, said
from twopop_mlt.lines import tracks_of
from twopop_mlt.markers import guides, main_bin, otio_marker
from twopop_mlt.story import Story, words_of

SUFFIXES = (".mlt", ".kdenlive")


@dataclass(frozen=True)
class Sequence:
    """One timeline of a project: its *name*, its *element*, and the *key* that its project gives it ("" if alone)."""

    name: str
    element: Element
    key: str = ""


def read_mlt(path: Path, options: ReadOptions) -> Reading:
    """The cut in the MLT project at *path* (of melt, Shotcut or Kdenlive). Raises InputError."""
    document = adapters.called("an MLT project", path, lambda: read_document(path, options.rate))
    return adapters.called("an MLT project", path, lambda: _reading(document, options))


def _reading(document: Document, options: ReadOptions) -> Reading:
    from opentimelineio import schema

    found = sequences(document)
    stubs = [_stub(each.name) for each in found]
    stub, more = chosen(document.path, stubs, options.name) if found else (None, ())
    if stub is None or not isinstance(stub, schema.Timeline):
        raise InputError("The project holds no timeline.", where=str(document.path), remedy="Put clips on its tracks.")
    sequence = found[next(index for index, each in enumerate(stubs) if each is stub)]
    profile = document.profile
    return flatten(
        Cut(timeline_of(sequence, document), profile.rate, size=profile.square, findings=(*_said(document), *more)),
        options,
    )


def _stub(name: str) -> Any:
    """A timeline with picture by *name*, to choose among."""
    from opentimelineio import schema

    track = schema.Track(kind=schema.TrackKind.Video)
    track.append(schema.Clip())
    made = schema.Timeline(name=name)
    made.tracks.append(track)
    return made


def _said(document: Document) -> tuple[Finding, ...]:
    """What there is to say of the project as a whole."""
    found = []
    if not document.rate_said:
        words = f"Nothing in the project says its frame rate; {document.rate} is taken."
        found.append(warn("timeline.rate-guessed", words, remedy="Give the right one with --rate."))
    if document.profile.pixel != 1:
        width, height = document.profile.square
        words = f"Its pixels are not square; its raster is taken as {width} by {height} square ones."
        found.append(info("timeline.pixels", words))
    addresses = {said(each, "resource") for each in document.by_id.values() if each.tag in ("producer", "chain")}
    for address in sorted(each for each in addresses if is_address(each) and not _is_argument(each)):
        words = "The media is named by an address, not by a path; nothing is opened from there."
        found.append(warn("timeline.address", words, where=address[:200], remedy="Copy it here and link it again."))
    return tuple(found)


def _is_argument(resource: str) -> bool:
    """Whether *resource* is an argument of MLT's own (``2:clip.mp4``, ``color:red``)."""
    head = resource.partition(":")[0]
    return number(head) is not None or head.lower() in ("color", "colour", "timewarp", "avformat", "qimage", "pixbuf")


def sequences(document: Document) -> list[Sequence]:
    """The timelines of the project, the active one first. Kdenlive keeps several since 23.04."""
    found = [each for each in document.root if each.tag in SERVICES and each.get("id") != "main_bin"]
    kept = [
        Sequence(said(each, "kdenlive:clipname") or said(each, "kdenlive:uuid"), each, said(each, "kdenlive:uuid"))
        for each in found
        if each.tag == "tractor" and said(each, "kdenlive:uuid")
    ]
    if kept:
        active = _active(document, found)
        return sorted(kept, key=lambda each: each.element is not active and each.key != active)
    tractors = [each for each in found if each.tag == "tractor"] or found
    if not tractors:
        return []
    last = found[-1] if found[-1].tag in ("tractor", "playlist") else tractors[-1]
    return [Sequence(said(last, "twopop:timeline") or document.path.stem, last)]


def _active(document: Document, found: list[Element]) -> Element | str | None:
    """The sequence that the project's last tractor wraps, or the key of the one that was open last."""
    for each in reversed(found):
        if each.tag == "tractor" and said(each, "kdenlive:projectTractor"):
            tracks = tracks_of(each)
            return document.inner(tracks[0]) if tracks else None
    bin_ = main_bin(document)
    return said(bin_, "kdenlive:docproperties.activetimeline") if bin_ is not None else None


def timeline_of(sequence: Sequence, document: Document) -> Any:
    """The timeline *sequence* as OpenTimelineIO, with its markers, and its words under ``twopop``."""
    from opentimelineio import schema

    story = Story(document)
    element = sequence.element
    whole = element.tag == "tractor"
    pictures, sounds = story.tracks(element) if whole else story.alone(element)
    start = _start(element)
    timeline = schema.Timeline(
        name=sequence.name, global_start_time=moment(document.rate.seconds(start), document.rate)
    )
    timeline.tracks.extend([*pictures, *sounds])
    timeline.tracks.markers.extend(otio_marker(mark, document.rate) for mark in guides(element, document))
    words = {**words_of(element), "size": list(document.profile.square)}
    if said(element, "twopop:drop") == "1":
        words["drop"] = True
    timeline.metadata["twopop"] = words
    return timeline


def _start(element: Element) -> int:
    """The timecode of the first frame, as frames from midnight: ours, or the offset that newer Kdenlive keeps."""
    own = dict(properties(element))
    for name in ("twopop:start", "kdenlive:sequenceproperties.timecodeOffset"):
        value = number(own.get(name, ""))
        if value is not None and 0 <= value < 10**9:
            return int(value)
    return 0
