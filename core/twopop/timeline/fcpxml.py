"""Reading FCPXML, as Final Cut Pro and Resolve write it.

FCPXML counts time in exact fractions of a second. OpenTimelineIO's adapter for it cuts rates off to whole numbers
(29.97 becomes 29) and passes over titles, transitions, retimes and disabled clips, so the elements are read here and
handed on as an OpenTimelineIO timeline.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from xml.etree.ElementTree import Element

from twopop.errors import InputError
from twopop.findings import Finding
from twopop.time import Rate
from twopop.timeline import adapters
from twopop.timeline.choosing import chosen
from twopop.timeline.exact import moment, picture_rate
from twopop.timeline.fcpxml_items import Story, duration_of, number
from twopop.timeline.fcpxml_lanes import Lanes
from twopop.timeline.flatten import Cut, flatten
from twopop.timeline.reading import Reading, ReadOptions
from twopop.timeline.xml_text import root_of


def read_fcpxml(path: Path, options: ReadOptions) -> Reading:
    """The cut in the FCPXML at *path* (a file, or a .fcpxmld bundle). Raises InputError."""
    data = adapters.contents(path / "Info.fcpxml" if path.is_dir() else path)
    root = root_of(data, path)
    if root.tag != "fcpxml":
        raise InputError(
            f"This is no FCPXML (its root is <{root.tag[:40]}>).", where=str(path), remedy="Export an FCPXML."
        )
    return adapters.called("FCPXML", path, lambda: _reading(root, path, options))


def _reading(root: Element, path: Path, options: ReadOptions) -> Reading:
    from opentimelineio import schema

    projects = _projects(root)
    stubs = [schema.Timeline(name=name) for name, _ in projects]
    for stub, (_, element) in zip(stubs, projects, strict=True):
        if element.tag != "sequence" or any(True for spine in element.iter("spine") for _ in spine):
            track = schema.Track(kind=schema.TrackKind.Video)
            track.append(schema.Clip())
            stub.tracks.append(track)
    timeline, more = chosen(path, stubs, options.name)
    name, element = projects[next(index for index, stub in enumerate(stubs) if stub is timeline)]
    return flatten(_cut(root, name, element, more), options)


def _projects(root: Element) -> list[tuple[str, Element]]:
    """The projects' sequences with their names; without a project, the clips that stand alone, else compound clips."""
    found = [
        (project.get("name") or "", sequence)
        for project in root.iter("project")
        for sequence in project.findall("sequence")[:1]
    ]
    if found:
        return found
    alone = [
        (each.get("name") or "", each)
        for holder in (root, *root.iter("event"))
        for each in holder
        if each.tag in ("asset-clip", "ref-clip", "sync-clip", "mc-clip", "clip")
    ]
    compound = [
        (media.get("name") or "", sequence) for media in root.iter("media") for sequence in media.findall("sequence")
    ]
    return alone or compound


def _cut(root: Element, name: str, element: Element, findings: tuple[Finding, ...]) -> Cut:
    from opentimelineio import schema

    resources = {each.get("id") or "": each for holder in root.iter("resources") for each in holder}
    form, origin = _format(element, resources)
    frame = number(form.get("frameDuration")) if form is not None else None
    rate = picture_rate(float(1 / frame)) if frame else None
    if rate is not None and frame is not None:
        rate = Rate(1 / frame)
    story = Story(resources, rate or Rate(24))
    lanes = Lanes()
    if element.tag == "sequence":
        start = number(element.get("tcStart")) or Fraction(0)
        for spine in element.findall("spine"):
            story.spine(spine, lanes, at=Fraction(0), base=start, lane=0, enabled=True)
        length = number(element.get("duration"))
    else:
        start, length = Fraction(0), duration_of(element, resources)
        story.place(element, lanes, Fraction(0), 0, enabled=True)
    timeline = schema.Timeline(name=name, global_start_time=moment(start, rate) if origin else None)
    lanes.into(timeline.tracks, length)
    drop = element.get("tcFormat") == "DF"
    return Cut(timeline, rate, drop, _raster(form), findings + tuple(story.findings))


def _format(element: Element, resources: dict[str, Element]) -> tuple[Element | None, bool]:
    """The format of *element* (its own, its media's, else the first there is), and whether it has a start timecode."""
    own = resources.get(element.get("format") or "")
    if own is None and element.get("ref"):
        media = resources.get(element.get("ref") or "")
        inner = media.find("sequence") if media is not None else None
        holder = inner if inner is not None else media
        own = resources.get(holder.get("format") or "") if holder is not None else None
    if own is None or not own.get("frameDuration"):
        timed = (each for each in resources.values() if each.tag == "format" and each.get("frameDuration"))
        own = next(timed, own)
    return own, element.tag == "sequence"


def _raster(form: Element | None) -> tuple[int, int] | None:
    try:
        width, height = int((form.get("width") or "") if form is not None else ""), int(form.get("height") or "")  # type: ignore[union-attr]
    except ValueError:
        return None
    return (width, height) if width > 0 and height > 0 else None
