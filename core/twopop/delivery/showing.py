"""The picture side of a plan: how it is encoded and framed, and what each cut shows in each look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec

from twopop import schema
from twopop.delivery.copying import ways_of
from twopop.delivery.mastering import Origin, Origins
from twopop.delivery.media import MediaFinder
from twopop.delivery.order import Order
from twopop.delivery.pictures import Look, Pictures, burnt_in, divide
from twopop.delivery.plan import Reason
from twopop.delivery.session import Session
from twopop.errors import PluginError
from twopop.findings import Finding, stops
from twopop.naming.model import FileName
from twopop.picture.copying import Copy
from twopop.picture.facts import MediaFacts
from twopop.picture.recipe import Encoding, Overlay, Segment, Watch, Whole, whole_of
from twopop.plugins import Contribution
from twopop.settings import PictureTable, RunTable, WatchTable
from twopop.specs import BurnIn, Scaler, Spec
from twopop.time import frame_of
from twopop.timeline.program import Event, Program
from twopop.variants.model import CropPath, Cutdown, Span

_Keys = tuple[tuple[str, ...], tuple[Reason, ...]]


@dataclass(frozen=True)
class Shown:
    """The segments of one cut in one look, what prevents them, the fingerprint of what they show, and who framed it.

    *ways* remembers by spec which of them are copied.
    """

    segments: tuple[Segment, ...]
    findings: tuple[Finding, ...]
    content: str
    reasons: tuple[Reason, ...]
    ways: dict[str, _Keys] = field(default_factory=dict)


class Showing:
    """What the cuts of a program show, each worked out once however many deliverables show it; *origins* says whence.

    *segments* and *copies* gather all that the deliverables are assembled from, by key.
    """

    def __init__(self, session: Session, order: Order, origins: Origins, finder: MediaFinder) -> None:
        self._session = session
        self._order = order
        self._origins = origins
        self._reframes: dict[tuple[int, str], Contribution[CropPath]] = {}
        house = session.settings[PictureTable]
        self._house = msgspec.structs.replace(house, retime=order.timeline.retime or house.retime)
        fingerprint = session.tools.fingerprint
        self._pictures = {
            origin: Pictures(
                origin.program,
                finder,
                self._reframe,
                fingerprint,
                session.face,
                self._house,
                watch=_watch(session.settings[WatchTable]),
                told=origins.program,
            )
            for origin in origins.all
        }
        self._encodings: dict[tuple[str, str], tuple[Encoding, Reason]] = {}
        self._shown: dict[tuple[Cutdown, Look], Shown] = {}
        self._spans: tuple[Span, ...] = ()
        self.segments: dict[str, Segment | Whole] = {}
        self.copies: dict[str, Copy] = {}

    def divide(self, cuts: Iterable[Sequence[Span]]) -> None:
        """Divide the program at the edges of *cuts* and of all that is in it; before anything is shown."""
        self._spans = self._divided(list(cuts))

    def _divided(self, kept: Sequence[Sequence[Span]]) -> tuple[Span, ...]:
        points: set[int] = set()
        for origin in self._origins.all:
            longest = self._session.settings[RunTable].segment_seconds * origin.program.rate.nominal
            points |= {
                point for span in divide(origin.program, kept, longest=longest) for point in (span.start, span.stop)
            }
        return tuple(Span(start, stop) for start, stop in pairwise(sorted(points)))

    @property
    def notes(self) -> list[Finding]:
        """What was assumed of the media that have been shown so far."""
        return [note for pictures in self._pictures.values() for note in pictures.notes.values()]

    def scaler(self, spec: Spec) -> Scaler:
        """The filter by which pictures are scaled for *spec*: its own, or the house's."""
        return spec.video.scaler or self._house.scaler

    def encoding(self, spec: Spec, aspect: str) -> tuple[Encoding, Reason]:
        """How *spec* is encoded in *aspect*, and who says so."""
        if (spec.name, aspect) not in self._encodings:
            answer = self._session.plugins.decide("encode", spec=spec, aspect=aspect)
            if answer is None:
                raise PluginError(f"No plugin says how to encode {spec.name}.", remedy="Enable the plugin 'encoding'.")
            for encoder in {answer.value.encoder, *spec.encoders}:
                self._session.check_encoder(encoder, spec)
            reason = Reason(what="encode", value=answer.value.encoder, plugin=answer.plugin)
            self._encodings[spec.name, aspect] = (answer.value, reason)
        return self._encodings[spec.name, aspect]

    def _reframe(self, event: Event, aspect: str) -> CropPath:
        key = (id(event), aspect)  # the program keeps its events alive, and their metadata cannot be hashed
        if key not in self._reframes:
            answer = self._session.plugins.decide("reframe", order=self._order, event=event, aspect=aspect)
            if answer is None:
                raise PluginError(f"No plugin reframes to {aspect}.", remedy="Enable the plugin 'reframes'.")
            self._reframes[key] = answer
        return self._reframes[key].value

    def _why_reframed(self, program: Program, cutdown: Cutdown, aspect: str) -> tuple[Reason, ...]:
        """Who framed the shots of *cutdown*, how, and how many of them."""
        tally: Counter[tuple[str, str]] = Counter()
        for event in program.picture:
            answer = self._reframes.get((id(event), aspect))
            if answer and any(event.start < span.stop and span.start < event.stop for span in cutdown.keep):
                tally[answer.plugin, answer.value.how] += 1
        return tuple(
            Reason(what="reframe", value=aspect, plugin=plugin, why=f"{how}: {count} shots")
            for (plugin, how), count in sorted(tally.items())
        )

    def show(self, cutdown: Cutdown, look: Look) -> Shown:
        """What *cutdown* shows in *look*."""
        if (cutdown, look) not in self._shown:
            self._shown[cutdown, look] = self._show(cutdown, look, self._origins.of(look.size, look.texted))
        return self._shown[cutdown, look]

    def _show(self, cutdown: Cutdown, look: Look, origin: Origin) -> Shown:
        spans = () if stops(origin.findings) else self._stretches(cutdown)
        made = [self._pictures[origin].segment(span, look) for span in spans]
        findings = tuple(dict.fromkeys(finding for _, found in made for finding in found))
        segments = tuple(segment for segment, _ in made if segment is not None)
        reasons = (origin.reason, *self._why_reframed(origin.program, cutdown, look.aspect))
        content = schema.fingerprint([s.content() for s in segments])
        return Shown(segments, (*origin.findings, *findings), content, reasons)

    def _stretches(self, cutdown: Cutdown) -> list[Span]:
        """The stretches that make up *cutdown*; an excerpt is divided for itself, so that it divides nothing else."""
        spans = _within(self._spans, cutdown.keep)
        if sum(span.frames for span in spans) == cutdown.frames:
            return spans
        return _within(self._divided([cutdown.keep]), cutdown.keep)

    def final(
        self, shown: Shown, spec: Spec, name: FileName, start: str, texts: Sequence[tuple[Span, Overlay]] = ()
    ) -> _Keys:
        """The keys of what a deliverable called *name*, from the timecode *start*, is assembled from.

        *texts* lie over these frames of its cut. With the reasons why it is copied or encoded.
        """
        if stops(shown.findings):
            return (), ()
        if spec.burn_in is None and not texts:
            if spec.name not in shown.ways:
                shown.ways[spec.name] = self._ways(shown.segments, spec, start)
            return shown.ways[spec.name]
        final, frame = [], 0
        for segment in shown.segments:
            overlays = [overlay for span, overlay in texts if span.start <= frame < span.stop]
            overlays += self._burnt(spec.burn_in, name, start, frame) if spec.burn_in else []
            frame += segment.frames
            final.append(burnt_in(segment, overlays, self._session.face) if overlays else segment)
        return self._ways(final, spec, start)

    def _burnt(self, burn_in: BurnIn, name: FileName, start: str, frame: int) -> list[Overlay]:
        """What a review copy carries from *frame* of its cut on."""
        overlays = []
        if burn_in.name:
            overlays.append(Overlay(kind="name", text=name.stem))
        if burn_in.timecode:
            first = frame_of(start, self._origins.sound.rate) if start else 0
            overlays.append(Overlay(kind="timecode", timecode=first + frame, drop=";" in start))
        return overlays

    def _ways(self, segments: Sequence[Segment], spec: Spec, start: str) -> _Keys:
        if spec.video.whole:
            whole = whole_of(segments, start)
            self.segments[whole.key()] = whole
            why = "the spec wants its rate controlled over the whole file"
            return (whole.key(),), (Reason(what="encode", value="in one piece", plugin="twopop", why=why),)
        ways = ways_of(segments, spec, self._facts)
        keys = []
        for stretch in ways.stretches:
            keys.append(stretch.key())
            kept: dict[str, Any] = self.segments if isinstance(stretch, Segment) else self.copies
            kept[keys[-1]] = stretch
        return tuple(keys), (ways.reason,)

    @cache  # noqa: B019 - a planner lives as long as one plan
    def _facts(self, path: str) -> MediaFacts:
        return self._session.library.facts(Path(path))


def _watch(house: WatchTable) -> Watch:
    return Watch(pixel=house.black_pixel, picture=house.black_picture, noise_db=house.still_db)


def _within(spans: tuple[Span, ...], keep: tuple[Span, ...]) -> list[Span]:
    """The *spans* that make up *keep*, in its order; *spans* are divided at every edge of *keep*."""
    return [span for kept in keep for span in spans if kept.start <= span.start and span.stop <= kept.stop]
