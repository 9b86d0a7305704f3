"""What a deliverable is made from: all but its version and its name, which depend on the others of the order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec

from twopop import schema
from twopop.captions.model import CaptionTrack
from twopop.delivery.cuts import Cuts, Sound
from twopop.delivery.mastering import Origins
from twopop.delivery.names import GivenField, Namer
from twopop.delivery.pictures import Look
from twopop.delivery.plan import Reason
from twopop.delivery.rights import Rights, RightsDesk
from twopop.delivery.session import Session
from twopop.delivery.showing import Showing, Shown
from twopop.delivery.supers import Supers, SupersDesk
from twopop.findings import Finding, stops
from twopop.legal.model import LegalField
from twopop.picture.recipe import Overlay, takes_of
from twopop.qc.plan import inside_program, present, timecode_possible
from twopop.specs import Spec
from twopop.time import frame_of, timecode
from twopop.timeline.program import Program
from twopop.variants.model import Cutdown, Span, Wanted
from twopop.versions.model import Made, Version


@dataclass(frozen=True)
class Parts:
    """What a deliverable is made from; *content* is the fingerprint of all of it, *made* tells it part by part.

    *drawn* are its legal texts with the frames of the cut over which they lie.
    """

    spec: Spec
    cutdown: Cutdown
    size: tuple[int, int]
    shown: Shown
    sound: Sound
    captions: CaptionTrack | None
    metadata: tuple[LegalField, ...]
    rights: Rights
    supers: Supers
    drawn: tuple[tuple[Span, Overlay], ...]
    fields: dict[str, GivenField]
    start: str
    content: str
    made: Made

    @property
    def media(self) -> dict[str, str]:
        """{path: fingerprint} of all that is shown and heard."""
        media = {take.path: take.content for segment in self.shown.segments for take in takes_of(segment)}
        return media | {part.path: part.content for mix in self.sound.mixes for part in mix.parts}


@dataclass
class Draft:
    """A deliverable while its findings are gathered; *parts* are None when it is impossible.

    *version* has the number 0 while none is decided.
    """

    wanted: Wanted
    id: str
    identity: str
    findings: list[Finding] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)
    parts: Parts | None = None
    version: Version = Version(number=0)  # noqa: RUF009 - it is frozen


class PartsFinder:
    """Gathers the parts of the deliverables of one *program*, whose fingerprint is *timeline*."""

    def __init__(
        self,
        session: Session,
        program: Program,
        timeline: str,
        *,
        cuts: Cuts,
        showing: Showing,
        namer: Namer,
        rights: RightsDesk,
        supers: SupersDesk,
        origins: Origins,
    ) -> None:
        self._face = session.face.content
        self._tools = f"{session.tools.version} ({session.tools.fingerprint[:8]})"
        self._program = program
        self._timeline = timeline
        self._cuts = cuts
        self._showing = showing
        self._namer = namer
        self._rights = rights
        self._supers = supers
        self._origins = origins
        self._written: dict[str, tuple[str, dict[str, Any]]] = {}

    def parts(self, draft: Draft, spec: Spec, cutdown: Cutdown, size: tuple[int, int]) -> Parts:
        """The parts of *draft*, which is told what stands in their way and who decided. Raises TwopopError."""
        variant = draft.wanted.variant
        encoding, reason = self._showing.encoding(spec, variant.aspect)
        draft.reasons.append(reason)
        shown = self._showing.show(
            cutdown, Look(variant.aspect, size, encoding, variant.texted, self._showing.scaler(spec))
        )
        draft.findings += shown.findings
        draft.reasons += shown.reasons
        sound = self._cuts.sound(cutdown, spec.audio, spec.loudness)
        captions, notes = self._cuts.captions("" if spec.form else variant.language, cutdown)
        gap = self._cuts.caption_gap(variant.language, spec.captions.sidecar)
        draft.findings += [*self._origins.findings, *sound.findings, *notes, *gap]
        rights = self._rights.of(cutdown, variant.texted, variant.market)
        supers = self._supers.of(variant, spec, cutdown, size)
        draft.findings += [*rights.findings, *supers.findings, *self._limits(spec, cutdown)]
        drawn = self._supers.overlays(supers, size, encoding.colour)
        draft.findings += self._supers.covering(drawn, shown.segments, size)
        metadata = self._namer.metadata(variant, spec)
        fields = self._namer.given(variant, spec, cutdown)
        start = "" if stops(draft.findings) else self._start_timecode(spec)
        texts = (self._face, drawn) if drawn else ()
        form = filter(None, [spec.form])
        told = (captions, metadata, start, spec.container, spec.audio, spec.burn_in, *form, *texts)
        made = Made(
            timeline=self._timeline,
            picture=shown.content,
            sound=schema.fingerprint(sound.content),
            spec=self.as_written(spec)[0],
            spans=cutdown.keep,
            captions=schema.fingerprint(captions) if captions else "",
            start=start,
            fields={name: field.value for name, field in fields.items()},
            metadata={each.key: each.value for each in metadata},
            supers=schema.fingerprint(texts) if texts else "",
            rights=tuple(f"{use.title}: {answer.state}" for use in rights.uses for answer in use.answers),
            tools=self._tools,
        )
        content = schema.fingerprint((shown.content, sound.content, told))
        return Parts(
            spec, cutdown, size, shown, sound, captions, metadata, rights, supers, drawn, fields, start, content, made
        )

    def as_written(self, spec: Spec) -> tuple[str, dict[str, Any]]:
        """The spec's fingerprint and its tables."""
        if spec.name not in self._written:
            self._written[spec.name] = schema.fingerprint(spec), msgspec.json.decode(schema.to_json(spec))
        return self._written[spec.name]

    def _limits(self, spec: Spec, cutdown: Cutdown) -> list[Finding]:
        """What makes this start timecode or this cut impossible."""
        return present((timecode_possible(spec, self._program.rate), inside_program(cutdown, self._program.frames)))

    def _start_timecode(self, spec: Spec) -> str:
        program = self._program
        if spec.start_timecode in ("", "program"):
            return program.timecode(0) if spec.start_timecode else ""
        frame = frame_of(spec.start_timecode, program.rate)
        return timecode(frame, program.rate, drop=";" in spec.start_timecode)
