"""The legal texts of each deliverable: which it needs, where they stand in its cut, and how they are laid out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil
from pathlib import Path

import twopop_templates
from twopop.delivery.order import Order
from twopop.delivery.rights import RightsDesk
from twopop.delivery.session import Session
from twopop.delivery.work import problem_of
from twopop.errors import InputError, StudioError, TwopopError
from twopop.findings import Finding, Severity, fail, info, warn
from twopop.legal.super_rules import HoldRule, Super, SupersTable, count_words
from twopop.legal.supers import (
    Asked,
    Place,
    PlannedSuper,
    Zone,
    meet,
    needed_frames,
    room,
    stand,
    text_in,
    wanted,
    zone,
)
from twopop.picture import colour, plates
from twopop.picture.lettering import HIGHEST, LOWEST, title
from twopop.picture.recipe import Overlay, Plate, Segment
from twopop.picture.typeface import Typeface, typeface
from twopop.specs import Colour, Spec
from twopop.time import timecode
from twopop.timeline.program import Program
from twopop.variants.cutdowns import in_cut
from twopop.variants.model import Cutdown, Span, Variant


@dataclass(frozen=True)
class Supers:
    """The legal texts of one deliverable: as *planned*, and as laid out (*plates*, one for each)."""

    planned: tuple[PlannedSuper, ...] = ()
    plates: tuple[Plate, ...] = ()
    findings: tuple[Finding, ...] = ()


_NOWHERE = Span(0, 0)


@dataclass(frozen=True)
class _Text:
    """A text on its way: what is *asked*, *at* which place, and the *zones* of which the first is its room."""

    asked: Asked
    at: str
    at_top: bool
    zones: tuple[Zone, ...]
    size: float
    height: float
    span: Span = _NOWHERE
    needed: int = 0


class SupersDesk:
    """Says what legal texts the deliverables of one *program* carry; each is worked out once."""

    def __init__(self, session: Session, order: Order, program: Program, rights: RightsDesk) -> None:
        self._session = session
        self._program = program
        self._rights = rights
        self._table = session.settings.table(SupersTable)
        self._asked = (*self._table.texts, *order.supers)
        self._product = order.project.fields.get("product", "")
        self._made: dict[tuple[Variant, str, Cutdown, tuple[int, int]], Supers] = {}

    def of(self, variant: Variant, spec: Spec, cutdown: Cutdown, raster: tuple[int, int]) -> Supers:
        """The legal texts of *variant*, which *cutdown* makes of the program, in the *raster* of *spec*."""
        key = (variant, spec.name, cutdown, raster)
        if key not in self._made:
            self._made[key] = self._of(variant, spec, cutdown, raster)
        return self._made[key]

    def overlays(self, supers: Supers, raster: tuple[int, int], target: Colour) -> tuple[tuple[Span, Overlay], ...]:
        """*supers* as they are drawn in *raster* and its colour: frames of the cut, and what lies over them."""
        return tuple(
            (each.span, Overlay(kind="super", text=self._script(plate, raster, target), plate=plate))
            for each, plate in zip(supers.planned, supers.plates, strict=True)
        )

    def covering(
        self, drawn: Sequence[tuple[Span, Overlay]], segments: Sequence[Segment], raster: tuple[int, int]
    ) -> Iterator[Finding]:
        """A finding for each title of *segments*, in the order of the cut, that a legal text in *drawn* lies over."""
        frame, told = 0, set[str]()
        for segment in segments:
            here = [overlay.plate for span, overlay in drawn if span.start <= frame < span.stop]
            for text in {overlay.text for overlay in segment.overlays if overlay.kind == "title"} - told:
                box = _around(text, self._face, raster)
                if any(plate and meet(plate.bar, box) for plate in here):
                    told.add(text)
                    yield _covered(text, timecode(frame, segment.rate))
            frame += segment.frames

    # -- one deliverable -----------------------------------------------------------------------------------------------

    def _of(self, variant: Variant, spec: Spec, cutdown: Cutdown, raster: tuple[int, int]) -> Supers:
        needed = [each for each in self._asked if wanted(each, variant, self._product)]
        if not needed:
            return Supers()
        bare = "this version is textless" if not variant.texted else ""
        if spec.still or spec.preview:
            bare = "a still or a preview is not read"
        if bare:
            left = f"{len(needed)} legal text{'s are' if len(needed) > 1 else ' is'} left out: {bare}."
            return Supers(findings=(info("supers.textless", left),))
        findings: list[Finding] = list(self._unable())
        try:
            texts = [self._text(each, variant, spec, cutdown, raster, findings) for each in needed]
            stood = self._stood([text for text in texts if text], cutdown, findings)
            placed = list(_laid_out(stood, self._face, raster, spec))
        except TwopopError as error:
            return Supers(findings=(*findings, problem_of(error, "supers.impossible", where="")))
        findings += [_no_room(text, variant) for text, plate in placed if plate is None]
        return Supers(
            planned=tuple(self._planned(text) for text, plate in placed if plate),
            plates=tuple(plate for _, plate in placed if plate),
            findings=tuple(findings),
        )

    def _unable(self) -> Iterator[Finding]:
        if "ass" not in self._session.tools.filters:
            message = "This ffmpeg has no filter 'ass' (libass), which draws legal texts."
            yield fail("supers.libass", message, where=self._session.tools.path, remedy="Use the embedded ffmpeg.")
        worst = 1.05 / ((1 - self._table.bar) ** 2.4 + 0.05)
        if worst < self._table.contrast:
            message = f"On white the bar behind legal texts leaves a contrast of {worst:.1f}:1."
            yield warn("supers.contrast", message, remedy=f"Raise [supers] bar (it is {self._table.bar:g}).")

    def _text(
        self, each: Super, variant: Variant, spec: Spec, cutdown: Cutdown, raster: tuple[int, int], found: list[Finding]
    ) -> _Text | None:
        uses = self._rights.of(cutdown, variant.texted, variant.market).uses if each.credits else ()
        text = text_in(each, variant.language, [use.credit for use in uses])
        if text is None:
            found.append(_no_language(each, variant.language))
        missing = self._face.missing(text or "")
        if missing:
            found.append(_no_letters(text or "", missing))
        if not text:
            return None
        name, rule = self._table.rule_called(each.rule)
        chosen = zone(*self._table.area_called(each.safe, variant.aspect), raster)
        others = (zone(*named, raster) for named in self._table.areas_of(variant.aspect).items())
        zones = (chosen, *(other for other in others if other.name != chosen.name))
        size = self._size(rule, raster)
        plate = plates.lay_out(text, self._face, size, _room(chosen, raster, spec))
        words = count_words(text, each.brands)
        asked = Asked(text, words, len(plate.lines) if plate else 1, name, rule, each.hold)
        return _Text(asked, each.at, each.place == "top", zones, size, rule.height.pixels(raster))

    def _size(self, rule: HoldRule, raster: tuple[int, int]) -> float:
        metrics = self._face.metrics
        share = metrics.x_height if rule.height.letter == "x" else metrics.capital
        return plates.letters(rule.height.pixels(raster) or min(raster) / 45, share)

    def _stood(self, texts: Sequence[_Text], cutdown: Cutdown, findings: list[Finding]) -> list[_Text]:
        """*texts* with where they stand; those that begin at one place are read together."""
        rate, stood = self._program.rate, []
        for at in dict.fromkeys(text.at for text in texts):
            here = [text for text in texts if text.at == at]
            asked = [text.asked for text in here]
            place = self._place(at, cutdown)
            if place is None:
                findings.append(_not_in_cut(at, here, cutdown))
                continue
            span, found = stand(asked, place, cutdown.frames, rate, cutdown.label)
            findings += found
            stood += [replace(text, span=span, needed=needed_frames(asked, rate)) for text in here]
        return stood

    def _place(self, at: str, cutdown: Cutdown) -> Place | None:
        """Where the cut shows what *at* names; None where it does not. Raises InputError for what is not there."""
        ends: dict[str, Place] = {"start": "start", "end": "end"}
        if at in ends:
            return ends[at]
        if ":" in at:
            named = self._program.frame_of(at)
            return in_cut(cutdown.keep, Span(named, named + 1))
        markers = [m for m in self._program.markers if m.name.strip().casefold() == at.strip().casefold()]
        if not markers:
            seen = ", ".join(sorted({marker.name for marker in self._program.markers})) or "none"
            raise InputError(
                f"A legal text begins at {at!r}, but the timeline has no such marker.",
                remedy=f'Write "end", "start", a timecode or a marker. Markers: {seen}.',
            )
        spans = (Span(marker.frame, marker.frame + max(1, marker.frames)) for marker in markers)
        return next((frame for span in spans if (frame := in_cut(cutdown.keep, span)) is not None), None)

    def _planned(self, text: _Text) -> PlannedSuper:
        asked, rule = text.asked, text.asked.rule
        return PlannedSuper(
            text=asked.text,
            span=text.span,
            needed=text.needed,
            words=asked.words,
            lines=asked.lines,
            rule=asked.name,
            level=Severity(rule.level),
            source=rule.source,
            height=round(text.height, 2),
            letter=rule.height.letter,
            height_source=rule.height.source,
            contrast=self._table.contrast,
            zones=text.zones,
        )

    # -- how it is drawn -----------------------------------------------------------------------------------------------

    @cached_property
    def _face(self) -> Typeface:
        return typeface(self._session.font)

    @cached_property
    def _template(self) -> str:
        own = self._table.template
        if not own:
            return twopop_templates.text("supers/super.ass.j2")
        path = self._session.folder / Path(own).expanduser()
        try:
            return path.read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            raise StudioError(
                "The template for supers cannot be read.", where=str(path), remedy="Mend [supers] template."
            ) from None

    def _script(self, plate: Plate, raster: tuple[int, int], target: Colour) -> str:
        white = colour.white(target)
        return plates.script(plate, raster, self._face, white=white, bar=self._table.bar, template=self._template)


def _laid_out(
    texts: Iterable[_Text], face: Typeface, raster: tuple[int, int], spec: Spec
) -> Iterator[tuple[_Text, Plate | None]]:
    """Each text with its plate, clear of those that stand at the same time; None where there is no room."""
    done: list[tuple[_Text, Plate]] = []
    for text in texts:
        left, top, right, bottom = _room(text.zones[0], raster, spec)
        taken = [(other.at_top, plate.bar) for other, plate in done if _meet(other.span, text.span)]
        top = max([top, *(bar[3] for at_top, bar in taken if at_top)])
        bottom = min([bottom, *(bar[1] for at_top, bar in taken if not at_top)])
        plate = plates.lay_out(text.asked.text, face, text.size, (left, top, right, bottom), at_top=text.at_top)
        if plate:
            done.append((text, plate))
        yield text, plate


def _meet(one: Span, other: Span) -> bool:
    return one.start < other.stop and other.start < one.stop


def _room(free: Zone, raster: tuple[int, int], spec: Spec) -> plates.Box:
    """Where a text may stand: in its zone, and clear of a name and a timecode that are burnt in."""
    left, top, right, bottom = room(free)
    if spec.burn_in is not None and spec.burn_in.name:
        top = max(top, int(raster[1] * HIGHEST))
    if spec.burn_in is not None and spec.burn_in.timecode:
        bottom = min(bottom, int(raster[1] * LOWEST))
    return left, top, right, bottom


def _around(text: str, face: Typeface, raster: tuple[int, int]) -> plates.Box:
    """What the title *text* takes up in *raster*."""
    lines = title(text, face, raster)
    wide = [ceil(face.pixels(line.text, line.size)) for line in lines]
    return (
        min(line.x for line in lines),
        min(line.baseline - line.size for line in lines),
        max(line.x + width for line, width in zip(lines, wide, strict=True)),
        max(line.baseline + line.size // 4 for line in lines),
    )


def _covered(text: str, where: str) -> Finding:
    named = " ".join(text.split())
    return warn("supers.over-title", f"From here a legal text lies over the title {named!r}.", where=where,
                remedy='Move the title, let the text stand elsewhere (at = ...), or at the other edge: place = "top".'
                )  # fmt: skip


def _no_room(text: _Text, variant: Variant) -> Finding:
    first = text.zones[0]
    return fail(
        "supers.no-room",
        f"{text.asked.text!r} does not fit into the safe area {first.name!r} of {variant.aspect} in letters "
        f"of the height that the rule {text.asked.name!r} wants.",
        remedy="Shorten it, let texts stand one after another, or name another area: safe = ...",
    )


def _no_language(each: Super, language: str) -> Finding:
    known = ", ".join(each.text) if isinstance(each.text, dict) else ""
    said = f"in {language!r}" if language else "for a version without a language"
    return fail("supers.language", f"A legal text has no words {said}; it has: {known}.",
                remedy="Add them under [[supers]] text, or narrow the text down with languages.")  # fmt: skip


def _no_letters(text: str, missing: str) -> Finding:
    return fail("supers.letters", f"The typeface has no {' '.join(missing)}, which {text!r} needs.",
                remedy="Name a typeface that has them: [tools] font.")  # fmt: skip


def _not_in_cut(at: str, texts: Sequence[_Text], cutdown: Cutdown) -> Finding:
    named = " and ".join(repr(text.asked.text) for text in texts)
    return fail("supers.place", f"{named} begins at {at!r}, which the {cutdown.label} cut does not show.",
                remedy='Keep that place, or let the text stand at the "end".')  # fmt: skip
