"""The story elements of FCPXML as OTIO items in lanes."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any
from xml.etree.ElementTree import Element

from twopop.errors import InputError
from twopop.findings import Finding, warn
from twopop.time import Rate
from twopop.timeline.exact import moment, stretch
from twopop.timeline.fcpxml_lanes import Lanes, Put
from twopop.timeline.lengths import DEEPEST

_TIME = re.compile(r"\s*(-?\d{1,18})(?:/(\d{1,18}))?s\s*")
_DECIMAL = re.compile(r"\s*(-?\d{1,12}\.\d{1,9})s\s*")
_STORY = ("clip", "asset-clip", "ref-clip", "sync-clip", "mc-clip", "video", "audio", "title", "gap", "audition")
_EFFECTS = ("filter-video", "adjust-transform", "adjust-crop", "adjust-corners", "adjust-conform", "adjust-blend")


def number(text: str | None) -> Fraction | None:
    """The exact seconds in an FCPXML time (``1001/30000s``, ``5s``); None for anything else."""
    match = _TIME.fullmatch(text or "")
    if match and int(match[2] or 1):
        return Fraction(int(match[1]), int(match[2] or 1))
    decimal = _DECIMAL.fullmatch(text or "")
    return Fraction(decimal[1]) if decimal else None


def duration_of(element: Element, resources: dict[str, Element]) -> Fraction | None:
    """The length of *element*: its own, else that of what it refers to."""
    own = number(element.get("duration"))
    if own is not None:
        return own
    if element.tag == "audition" and len(element):
        return duration_of(element[0], resources)
    resource = resources.get(element.get("ref") or "")
    if resource is None:
        return None
    inner = resource.find("sequence") if resource.tag == "media" else resource
    if inner is None:
        inner = resource.find("multicam")
    return number(inner.get("duration")) if inner is not None else None


#: How FCPXML calls what is shown between two frames; its default is the earlier one.
_SAMPLINGS = {"frame-blending": "blend", "optical-flow-classic": "motion", "optical-flow": "motion"}


def _sampling(element: Element) -> str:
    """How the retimed *element* is shown between two frames of its media, where it says so."""
    for tag in ("timeMap", "conform-rate"):
        found = element.find(tag)
        if found is not None and found.get("frameSampling") in _SAMPLINGS:
            return _SAMPLINGS[found.get("frameSampling", "")]
    return ""


@dataclass
class Story:
    """Reads story elements; *resources* by id. *findings* gathers what could not be read."""

    resources: dict[str, Element]
    rate: Rate
    findings: list[Finding] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)

    def spine(self, spine: Element, lanes: Lanes, *, at: Fraction, base: Fraction, lane: int, enabled: bool) -> None:
        """Place the elements of *spine*, whose time *base* lies at *at* of the story."""
        cursor = base
        for element in spine:
            if element.tag == "transition":
                self._transition(element, lanes, at, base, lane)
                continue
            if element.tag not in _STORY:
                continue
            offset = number(element.get("offset"))
            offset = cursor if offset is None else offset
            length = duration_of(element, self.resources) or Fraction(0)
            self.place(element, lanes, at + offset - base, lane, enabled=enabled)
            cursor = offset + length

    def place(self, element: Element, lanes: Lanes, at: Fraction, lane: int, *, enabled: bool) -> None:
        """Place one story *element* at *at*, and what is connected to it."""
        if element.tag == "audition":
            if len(element):
                self.place(element[0], lanes, at, lane, enabled=enabled)
            return
        if len(self._open) > DEEPEST:
            raise InputError("It holds clips within clips far too deep.")
        name = element.get("name") or element.tag
        length = duration_of(element, self.resources)
        if length is None or length <= 0:
            words = f"The <{element.tag}> has no readable length and is left out."
            self.findings.append(warn("timeline.fcpxml-item", words, where=name))
            return
        enabled = enabled and element.get("enabled") != "0"
        start = self._start(element)
        self._open.append(element.tag)
        if element.tag != "gap" and enabled:
            self._own(element, lanes, at, length, lane)
        self._connected(element, lanes, at, start, lane, enabled=enabled)
        self._markers(element, lanes, at, start, length)
        self._open.pop()

    def _start(self, element: Element) -> Fraction:
        """The own time at which *element* begins: written, else the start of its media."""
        start = number(element.get("start"))
        if start is not None:
            return start
        resource = self.resources.get(element.get("ref") or "")
        if resource is not None and element.tag in ("asset-clip", "video", "audio"):
            return number(resource.get("start")) or Fraction(0)
        inner = self._inner(element)
        if inner is not None and inner.tag in ("sequence", "multicam"):
            return number(inner.get("tcStart")) or Fraction(0)
        return Fraction(0)

    def _inner(self, element: Element) -> Element | None:
        resource = self.resources.get(element.get("ref") or "")
        if resource is None or resource.tag != "media":
            return None
        sequence = resource.find("sequence")
        return sequence if sequence is not None else resource.find("multicam")

    # What the element itself shows and sounds

    def _own(self, element: Element, lanes: Lanes, at: Fraction, length: Fraction, lane: int) -> None:
        start, speed = self._paced(element)
        sources = {"asset-clip": self._asset, "video": self._asset, "audio": self._asset, "title": self._title}
        made = sources.get(element.tag, self._nested)(element)
        if made is None:
            return
        picture, sound, base = made
        for item, is_sound in ((picture, False), (sound, True)):
            if item is None:
                continue
            item.source_range = stretch(start - base, length)
            self._pace(item, speed)
            if is_sound:
                lanes.hear(_role(element), lane, Put(at, length, item))
            else:
                self._effects(element, item)
                if sampling := _sampling(element):
                    item.metadata["twopop"] = {"retime": sampling}
                lanes.show(lane, Put(at, length, item))

    def _asset(self, element: Element) -> tuple[Any, Any, Fraction] | None:
        from opentimelineio import opentime, schema

        asset = self.resources.get(element.get("ref") or "")
        name = element.get("name") or (asset.get("name") if asset is not None else None) or element.tag
        if asset is not None and asset.tag == "effect":
            generator = schema.GeneratorReference(
                name=asset.get("name") or name, generator_kind=asset.get("name") or ""
            )
            return schema.Clip(name=name, media_reference=generator), None, Fraction(0)
        reference: Any = schema.MissingReference(name=name)
        if asset is not None:
            reference = _reference(asset, name)
            start, duration = number(asset.get("start")), number(asset.get("duration"))
            if duration:
                rate = self._format_rate(asset)
                reference.available_range = opentime.TimeRange(
                    moment(start or Fraction(0), rate), moment(duration, rate)
                )
        enable = element.get("srcEnable", "all")
        has = (asset.get("hasVideo"), asset.get("hasAudio")) if asset is not None else (None, None)
        shows = element.tag != "audio" and enable != "audio" and has[0] != "0" and has != (None, "1")
        sounds = element.tag != "video" and enable != "video" and (has[1] == "1" or element.tag == "audio")
        clip = schema.Clip(name=name, media_reference=reference)
        return (clip if shows else None), (clip.clone() if sounds else None), Fraction(0)

    def _format_rate(self, asset: Element) -> Rate | None:
        form = self.resources.get(asset.get("format") or "")
        frame = number(form.get("frameDuration")) if form is not None else None
        with contextlib.suppress(InputError):
            return Rate(1 / frame) if frame else None
        return None

    def _title(self, element: Element) -> tuple[Any, Any, Fraction]:
        from opentimelineio import schema

        words = " ".join(" ".join("".join(text.itertext()).split()) for text in element.findall("text")).strip()
        reference = schema.GeneratorReference(generator_kind="title", parameters={"text": words})
        name = element.get("name") or words or "title"
        return schema.Clip(name=name, media_reference=reference), None, Fraction(0)

    def _nested(self, element: Element) -> tuple[Any, Any, Fraction] | None:
        """A compound, multicam, synchronized or wrapped clip as a nested stack; its own time 0 is *base*."""
        from opentimelineio import schema

        lanes, base = Lanes(), Fraction(0)
        inner = self._inner(element)
        key = element.get("ref") or ""
        if inner is not None:
            if key in self._open:
                raise InputError("A compound clip contains itself.")
            base = number(inner.get("tcStart")) or Fraction(0)
            self._open.append(key)
            if inner.tag == "multicam":
                self._angles(element, inner, lanes, base)
            for spine in inner.findall("spine"):
                self.spine(spine, lanes, at=Fraction(0), base=base, lane=0, enabled=True)
            self._open.pop()
        elif element.tag in ("clip", "sync-clip"):
            self._contents(element, lanes)
        else:
            words = "What this clip refers to is not in the file; black stands for it."
            self.findings.append(warn("timeline.missing", words, where=element.get("name") or element.tag))
            return None
        lanes.markers.clear()  # markers inside a compound clip are its own business
        shown, heard = schema.Stack(name=element.get("name") or ""), schema.Stack(name=element.get("name") or "")
        sounds, lanes.sound = lanes.sound, {}
        lanes.into(shown)
        only = Lanes(sound=sounds)
        only.into(heard)
        enable = element.get("srcEnable", "all")
        show = shown if lanes.picture and enable != "audio" else None
        return show, (heard if sounds and enable != "video" else None), base

    def _contents(self, element: Element, lanes: Lanes) -> None:
        for child in element:
            if child.tag == "spine" and not child.get("lane"):
                offset = number(child.get("offset")) or Fraction(0)
                self.spine(child, lanes, at=offset, base=Fraction(0), lane=0, enabled=True)
            elif child.tag in _STORY and not child.get("lane"):
                self.place(child, lanes, number(child.get("offset")) or Fraction(0), 0, enabled=True)

    def _angles(self, element: Element, multicam: Element, lanes: Lanes, base: Fraction) -> None:
        chosen = {each.get("angleID"): each.get("srcEnable", "all") for each in element.findall("mc-source")}
        angles = multicam.findall("mc-angle")
        wanted = [each for each in angles if each.get("angleID") in chosen] or angles[:1]
        for angle in wanted:
            held = Lanes()
            self.spine(angle, held, at=Fraction(0), base=base, lane=0, enabled=True)
            enable = chosen.get(angle.get("angleID"), "all")
            if enable in ("all", "video"):
                for lane, puts in held.picture.items():
                    lanes.picture.setdefault(lane, []).extend(puts)
            if enable in ("all", "audio"):
                for key, puts in held.sound.items():
                    lanes.sound.setdefault(key, []).extend(puts)

    # Speed, effects, markers, connected clips

    def _paced(self, element: Element) -> tuple[Fraction, Fraction]:
        """The source time at which *element* begins to play, and its speed."""
        start = self._start(element)
        points = [
            (number(point.get("time")), number(point.get("value"))) for point in element.findall("timeMap/timept")
        ]
        known = [(time, value) for time, value in points if time is not None and value is not None]
        if len(known) >= 2 and known[1][0] != known[0][0]:
            (t1, v1), (t2, v2) = known[:2]
            speed = (v2 - v1) / (t2 - t1)
            if any(abs(v1 + (t - t1) * speed - v) * self.rate > 1 for t, v in known[2:]):
                words = f"The speed of this clip changes; it is shown at {float(speed):.4g} of its normal speed."
                self.findings.append(warn("timeline.retime", words, where=element.get("name") or element.tag))
            return v1 + (start - t1) * speed, speed
        conform = element.find("conform-rate")
        if conform is not None and conform.get("scaleEnabled") != "0" and conform.get("srcFrameRate"):
            with contextlib.suppress(InputError):
                speed = self.rate / Rate.read(conform.get("srcFrameRate"))
                return start * speed, Fraction(speed)
        return start, Fraction(1)

    def _pace(self, item: Any, speed: Fraction) -> None:
        from opentimelineio import schema

        if speed == 0:
            item.effects.append(schema.FreezeFrame())
        elif speed != 1:
            if speed < 0:  # an own stretch is played from its end, so it begins that much earlier
                span = item.source_range
                below = Fraction(span.duration.value) / Fraction(span.duration.rate) * -speed
                first = Fraction(span.start_time.value) / Fraction(span.start_time.rate)
                item.source_range = type(span)(moment(first - below), span.duration)
            item.effects.append(schema.LinearTimeWarp(time_scalar=float(speed)))

    def _effects(self, element: Element, item: Any) -> None:
        from opentimelineio import schema

        for effect in element:
            if effect.tag in _EFFECTS and effect.get("enabled") != "0" and _does_something(effect):
                item.effects.append(schema.Effect(effect_name=effect.get("name") or effect.tag))

    def _markers(self, element: Element, lanes: Lanes, at: Fraction, start: Fraction, length: Fraction) -> None:
        from opentimelineio import schema

        colours = {"1": "GREEN", "0": "RED", None: "PURPLE"}
        for each in element:
            where = number(each.get("start"))
            if each.tag not in ("marker", "chapter-marker") or where is None or not 0 <= where - start < length:
                continue
            marker = schema.Marker(name=each.get("value") or "")
            marker.marked_range = stretch(at + where - start, number(each.get("duration")) or Fraction(0))
            marker.color = "ORANGE" if each.tag == "chapter-marker" else colours.get(each.get("completed"), "PURPLE")
            marker.comment = each.get("note") or ""
            lanes.markers.append(marker)

    def _connected(
        self, element: Element, lanes: Lanes, at: Fraction, start: Fraction, lane: int, *, enabled: bool
    ) -> None:
        for child in element:
            if child.get("lane") is None or (child.tag not in _STORY and child.tag != "spine"):
                continue
            try:
                above = lane + int(child.get("lane") or 0)
            except ValueError:
                continue
            where = at + (number(child.get("offset")) or Fraction(0)) - start
            if child.tag == "spine":
                self.spine(child, lanes, at=where, base=Fraction(0), lane=above, enabled=enabled)
            else:
                self.place(child, lanes, where, above, enabled=True)

    def _transition(self, element: Element, lanes: Lanes, at: Fraction, base: Fraction, lane: int) -> None:
        offset, length = number(element.get("offset")), number(element.get("duration"))
        if offset is None or not length or length < 0:
            return
        name = element.get("name") or "Cross Dissolve"
        dissolve = "dissolve" in name.lower() or "fade" in name.lower()
        lanes.show(lane, Put(at + offset - base, length, transition=name, dissolve=dissolve))


def _does_something(effect: Element) -> bool:
    rest = {
        "adjust-conform": {"type": "fit"},
        "adjust-blend": {"amount": "1"},
        "adjust-transform": {},
        "adjust-crop": {},
    }
    if effect.tag not in rest:
        return True
    idle = {
        "position": "0 0",
        "scale": "1 1",
        "rotation": "0",
        "anchor": "0 0",
        "enabled": "1",
        "amount": "1",
        **rest[effect.tag],
    }
    return len(effect) > 0 or any(idle.get(key) != value for key, value in effect.attrib.items())


def _reference(asset: Element, name: str) -> Any:
    from opentimelineio import schema

    inner = asset.find("media-rep")
    url = asset.get("src") or (inner.get("src") if inner is not None else None)
    if not url:
        return schema.MissingReference(name=asset.get("name") or name)
    reference = schema.ExternalReference(target_url=url)
    reference.name = asset.get("name") or name
    return reference


def _role(element: Element) -> str:
    role = element.get("audioRole") or (element.get("role") if element.tag == "audio" else None) or ""
    return role.split(".")[0].split("?")[0].strip()
