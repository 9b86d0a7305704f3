"""From a Program and its cuts to segments: which stretches there are, and what each one shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

import msgspec

from twopop.delivery.media import MediaFinder
from twopop.delivery.retiming import retimed
from twopop.delivery.session import Face
from twopop.errors import EditorError
from twopop.findings import Finding, fail, info
from twopop.picture import colour
from twopop.picture.as_rgb import drawn
from twopop.picture.facts import MediaFacts, PictureFacts
from twopop.picture.recipe import Encoding, Mingle, Overlay, Plain, Segment, Take, Watch
from twopop.settings import PictureTable
from twopop.specs import Colour, Scaler
from twopop.time import Rate
from twopop.timeline.origin import media_time
from twopop.timeline.program import Event, Kind, Program
from twopop.variants.model import CropPath, Span
from twopop.variants.reframes import shifted

#: A segment that plays backwards is held in memory whole, so it is kept this short (frames).
LONGEST_REVERSE = 48


def divide(program: Program, cuts: Iterable[Sequence[Span]], *, longest: int) -> tuple[Span, ...]:
    """The program divided at every point where something begins or ends, in it or in one of its *cuts*.

    No span is longer than *longest* frames. Long events are divided from their own start, so that a shot that moves
    in the cut is still divided in the same places.
    """
    points = {0, program.frames}
    for event in program.events:
        limit = min(longest, LONGEST_REVERSE) if event.speed < 0 else longest
        points |= {event.start, event.stop, *range(event.start, event.stop, limit)}
        points |= {event.start + event.fade_in, event.stop - event.fade_out}
    for dissolve in program.dissolves:
        points |= {dissolve.start, dissolve.stop}
    for spans in cuts:
        points |= {point for span in spans for point in (span.start, span.stop)}
    inside = sorted(point for point in points if 0 <= point <= program.frames)
    return tuple(Span(start, stop) for start, stop in pairwise(inside))


@dataclass(frozen=True)
class Look:
    """What makes two pictures of one stretch differ: raster, encoding, titles or none, the crop, and the scaler."""

    aspect: str
    size: tuple[int, int]
    encoding: Encoding
    texted: bool
    scaler: Scaler = "spline36"


@dataclass
class Pictures:
    """Makes segments of a *program* for any look, each stretch once, and says what stands in the way.

    *reframe* gives the crop path of an event for an aspect. *tools* and *face* go into every recipe. *notes* gathers
    what was assumed or done otherwise, by the file or the event that it is about. *watch* says what to look for, *told*
    is the cut that says what is meant, where *program* is a master of it.
    """

    program: Program
    finder: MediaFinder
    reframe: Callable[[Event, str], CropPath]
    tools: str
    face: Face
    house: PictureTable = field(default_factory=PictureTable)
    notes: dict[str, Finding] = field(default_factory=dict)
    watch: Watch = field(default_factory=Watch)
    told: Program | None = None
    _made: dict[tuple[Span, Look], tuple[Segment | None, tuple[Finding, ...]]] = field(default_factory=dict)

    def segment(self, span: Span, look: Look) -> tuple[Segment | None, tuple[Finding, ...]]:
        """The segment that shows *span* in *look*, or None with the findings that prevent it."""
        if (span, look) not in self._made:
            self._made[span, look] = self._make(span, look)
        return self._made[span, look]

    def _make(self, span: Span, look: Look) -> tuple[Segment | None, tuple[Finding, ...]]:
        findings: list[Finding] = []
        below = [event for event in self.program.picture if event.start < span.stop and span.start < event.stop]
        shown = [self._picture(event, span, look, findings) for event in below[:2]] or [Plain()]
        overlays = [overlay for event in below if event.kind is Kind.TITLE for overlay in self._title(event, span)]
        if look.texted:
            for event in self.program.overlays:
                if event.start < span.stop and span.start < event.stop:
                    overlays += self._overlay(event, span, look, findings)
        if findings:
            return None, tuple(findings)
        segment = Segment(
            span=span,
            rate=self.program.rate,
            size=look.size,
            base=shown[0],
            over=shown[1] if len(shown) > 1 else None,
            mingle=self._mingle(span) if len(shown) > 1 else None,
            overlays=tuple(overlays) if look.texted else (),
            encoding=look.encoding,
            font=self.face.path if overlays else "",
            typeface=self.face.content if overlays else "",
            tools=self.tools,
            scaler=look.scaler,
            watch=self._watch(span, shown),
        )
        return segment, ()

    def _watch(self, span: Span, shown: Sequence[Take | Plain]) -> Watch:
        """What to look for in *span*, and where the cut itself is black or stands still there."""
        told = self.told or self.program
        below = [event for event in told.picture if event.start < span.stop and span.start < event.stop]
        dark = [event for event in below if event.kind in (Kind.BLACK, Kind.TITLE, Kind.COLOUR)]
        held = [event for event in below if event.kind is not Kind.MEDIA or event.speed == 0]
        whole = any(isinstance(each, Plain) or each.still or each.step == 0 for each in shown)
        still = (Span(0, span.frames),) if whole else tuple(_inside(event, span) for event in held)
        return msgspec.structs.replace(self.watch, black=tuple(_inside(event, span) for event in dark), still=still)

    def _mingle(self, span: Span) -> Mingle:
        dissolve = next(d for d in self.program.dissolves if d.start <= span.start and span.stop <= d.stop)
        return Mingle(phase=span.start - dissolve.start, length=dissolve.stop - dissolve.start)

    def _picture(self, event: Event, span: Span, look: Look, findings: list[Finding]) -> Take | Plain:
        if event.kind is not Kind.MEDIA:
            return Plain(colour=event.colour if event.kind is Kind.COLOUR else "#000000")
        return self._take(event, span, look, findings) or Plain()

    def _overlay(self, event: Event, span: Span, look: Look, findings: list[Finding]) -> list[Overlay]:
        if event.kind is Kind.TITLE:
            return self._title(event, span)
        if event.kind is not Kind.MEDIA:
            return []
        take = self._take(event, span, look, findings)
        return [_fading(Overlay(kind="graphic", take=take), event, span)] if take else []

    def _title(self, event: Event, span: Span) -> list[Overlay]:
        return [_fading(Overlay(kind="title", text=event.text), event, span)] if event.text.strip() else []

    def _take(self, event: Event, span: Span, look: Look, findings: list[Finding]) -> Take | None:
        where = f"{self.program.timecode(span.start)} {event.name}"
        try:
            if event.source is None:
                raise EditorError("This clip has no media.", where=where, remedy="Relink it.")
            facts = self.finder.facts(event.source)
            if facts.picture is None:
                raise EditorError(f"{facts.path} has no picture.", where=where, remedy="Relink the clip.")
            crop = shifted(self.reframe(event, look.aspect), span.start - event.start, span.frames)
            take = take_of(event, span, self.program.rate, facts, facts.picture, crop, hdr_peak=self.house.hdr_peak)
            if self.house.fields == "both":
                take = msgspec.structs.replace(take, scan="progressive")
        except EditorError as error:
            known = ("", where, event.name, event.source.name if event.source else "")
            file = "" if error.where in known else f"{error.where}: "
            findings.append(fail("media.unusable", f"{file}{error.what}", where=where, remedy=error.remedy))
            return None
        take, note = retimed(take, event, facts.picture, self.house.retime, self._name(event))
        self.notes |= {f"{event.start} {event.name}": note} if note else {}
        if take.scan not in ("progressive", look.encoding.scan):
            self.notes.setdefault(f"scan {take.path}", self._interlaced(take, event))
        faults = [*self._coloured(take, event, facts.picture, look, where), *_beyond(take, span, facts.picture, where)]
        findings += faults
        return None if faults else take

    def _interlaced(self, take: Take, event: Event) -> Finding:
        name = take.path.replace("\\", "/").rpartition("/")[2]
        message = f"{name} is interlaced: each frame is made progressive from its first field, with half the lines."
        remedy = 'Where both fields show one moment, set fields = "both" in [picture]; else deinterlace it in the host.'
        return info("media.interlaced", message, where=self._name(event), remedy=remedy)

    def _name(self, event: Event) -> str:
        """*event* as findings name it: the timecode at which it begins, and its name."""
        return f"{self.program.timecode(event.start)} {event.name}"

    def _coloured(self, take: Take, event: Event, picture: PictureFacts, look: Look, where: str) -> list[Finding]:
        """A finding when the colour of *take* cannot become that of *look*; what is only assumed is noted."""
        name = take.path.replace("\\", "/").rpartition("/")[2]
        fault = colour.problem(take.colour, drawn(look.encoding).colour)
        if fault:
            remedy = (
                "Convert the clip in the host, or deliver from a master in a colour that is listed in the handbook."
            )
            return [
                fail("media.colour", f"The colour of {name} cannot be converted: {fault}.", where=where, remedy=remedy)
            ]
        if take.path not in self.notes:
            note = self._assumption(take, event, picture, name)
            self.notes |= {take.path: note} if note else {}
        return []

    def _assumption(self, take: Take, event: Event, picture: PictureFacts, name: str) -> Finding | None:
        where = self._name(event)
        remedy = "Tag the file if that is wrong, or replace it."
        odd = colour.contradiction(picture.colour, picture.pixel_format)
        if odd:
            message = f"The colour tags of {name} contradict each other ({odd}); it is converted as they say."
            return info("media.colour-contradictory", message, where=where, remedy=remedy)
        unsaid = colour.unsaid(picture.colour, picture.pixel_format)
        if not unsaid:
            return None
        message = f"{name} does not say its colour ({', '.join(unsaid)}): it is taken for {colour.words(take.colour)}."
        return info("media.colour-assumed", message, where=where, remedy=remedy)


def take_of(
    event: Event,
    span: Span,
    rate: Rate,
    facts: MediaFacts,
    picture: PictureFacts,
    crop: CropPath,
    *,
    hdr_peak: int = colour.PEAK,
) -> Take:
    """The frames of *event* in *span*, exact: output frame k shows source frame ``floor(first + k * step)``.

    PQ that does not say how bright it was mastered goes to *hdr_peak* (cd/m2).
    """
    begins = media_time(event.source_time(span.start, rate), event.absolute, facts.timecode, picture.rate)
    turned = picture.rotation % 180 == 90
    across = Fraction(picture.size[0]) * picture.sample_aspect
    upright = (round(across), picture.size[1])
    return Take(
        path=facts.path,
        content=facts.content,
        stream=picture.index,
        rate=picture.rate,
        first=Fraction(0) if picture.still else begins * picture.rate,
        step=Fraction(0) if picture.still else event.speed * picture.rate / rate,
        size=(upright[1], upright[0]) if turned else upright,
        crop=crop,
        uniform=picture.uniform,
        still=picture.still,
        rotation=picture.rotation,
        sample_aspect=picture.sample_aspect,
        scan="progressive" if picture.still else picture.scan,
        colour=_colour(picture, hdr_peak),
    )


def _colour(picture: PictureFacts, hdr_peak: int) -> Colour:
    """The picture's colour with nothing left open."""
    told = picture.colour
    if told.transfer == "smpte2084" and not told.peak:
        told = msgspec.structs.replace(told, peak=hdr_peak)
    return colour.settled(told, picture.size, picture.rate, picture.pixel_format)


def _beyond(take: Take, span: Span, picture: PictureFacts, where: str) -> list[Finding]:
    """A finding when *take* asks for frames that the media does not have."""
    if picture.still:
        return []
    ends = (take.source_frame(0), take.source_frame(span.frames - 1))
    low, high = min(ends), max(ends)
    if low >= 0 and high < picture.frames:
        return []
    name = take.path.replace("\\", "/").rpartition("/")[2]
    short = high - picture.frames + 1 if high >= picture.frames else -low
    end = "after its last frame" if high >= picture.frames else "before its first frame"
    return [
        fail(
            "media.too-short",
            f"{name} has {picture.frames} frames, but the cut needs frames {low} to {high}: {short} {end}.",
            where=where,
            remedy="Trim the shot or relink it to longer media.",
        )
    ]


def _inside(event: Event, span: Span) -> Span:
    """The frames of *span* that lie in *event*, counted from the first of the span."""
    return Span(max(event.start, span.start) - span.start, min(event.stop, span.stop) - span.start)


def _fading(overlay: Overlay, event: Event, span: Span) -> Overlay:
    """*overlay* with the event's fades as (phase, length) seen from *span*; spans never straddle a fade's end."""
    inward = event.fade_in and span.start < event.start + event.fade_in
    outward = event.fade_out and span.stop > event.stop - event.fade_out
    return msgspec.structs.replace(
        overlay,
        fade_in=(span.start - event.start, event.fade_in) if inward else None,
        fade_out=(span.start - (event.stop - event.fade_out), event.fade_out) if outward else None,
    )


def burnt_in(segment: Segment, overlays: Sequence[Overlay], face: Face) -> Segment:
    """*segment* with the *overlays* of one deliverable on top."""
    return msgspec.structs.replace(
        segment, overlays=(*segment.overlays, *overlays), font=face.path, typeface=face.content
    )
