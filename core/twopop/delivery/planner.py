"""Order and timeline in, plan out. Nothing is rendered; media are only probed, and what they are is remembered."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from twopop import schema
from twopop.delivery.cuts import Cuts
from twopop.delivery.mastering import Origins
from twopop.delivery.media import MediaFinder
from twopop.delivery.names import Namer, collision_findings, path_findings, path_of, with_findings
from twopop.delivery.order import Order
from twopop.delivery.pictures import Look
from twopop.delivery.plan import SCHEMA, Deliverable, Estimate, Plan, Reason, TimelineFacts
from twopop.delivery.rights import RightsDesk
from twopop.delivery.session import Session
from twopop.delivery.showing import Showing
from twopop.delivery.work import problem_of
from twopop.errors import TwopopError
from twopop.findings import Finding, fail, info, stops
from twopop.naming.model import FileName
from twopop.qc.plan import aspect_possible, inside_program, present, timecode_possible
from twopop.sound.recipe import Mix
from twopop.specs import Spec
from twopop.time import frame_of, timecode
from twopop.timeline.program import Program
from twopop.timeline.reading import Reading
from twopop.variants.matrix import deliverable_id, identity, without_repeats
from twopop.variants.model import Cutdown, Wanted
from twopop.versions.catalogue import Catalogue
from twopop.versions.model import Registered, Version


def make_plan(order: Order, session: Session, *, out: Path | None = None) -> Plan:
    """Everything that delivering *order* would do, and every problem, all at once.

    Paths in the order are relative to the session's folder; *out* overrides its output folder. Raises InputError when
    the timeline cannot be read at all; every other problem is a finding in the plan.
    """
    folder = session.folder / (out or order.out)
    session.check_output(folder)
    timeline = session.folder / order.timeline.file
    options = session.read_options(rate=order.timeline.rate, name=order.timeline.name)
    reading = session.read_timeline(timeline, options)
    planner = _Planner(session, order, reading, timeline, folder)
    plan = planner.plan()
    session.library.save()
    return plan


def project_of(order: Order) -> dict[str, str]:
    """The project's words as a plan and a receipt carry them."""
    project = order.project
    return {**project.fields, "client": project.client, "title": project.title, "code": project.code}


@dataclass
class _Draft:
    """A deliverable while its findings are gathered."""

    wanted: Wanted
    id: str
    findings: list[Finding] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)


class _Planner:
    def __init__(self, session: Session, order: Order, reading: Reading, timeline: Path, out: Path) -> None:
        self._session = session
        self._order = order
        self._reading = reading
        self._program: Program = reading.program
        self._timeline = timeline
        self._out = out
        folders = [session.folder / folder for folder in order.timeline.media]
        finder = MediaFinder(session, timeline, folders)
        self._origins = Origins(session, self._program, order.master, finder)
        self._cuts = Cuts(session, order, self._program, finder, session.folder, heard=self._origins.sound)
        self._rights = RightsDesk(session, order, self._program)
        self._namer = Namer(session, order, self._program)
        self._showing = Showing(session, order, self._origins, finder)
        self._mixes: dict[str, Mix] = {}
        self._specs: dict[str, Spec] = {}

    # -- the whole -----------------------------------------------------------------------------------------------------

    def plan(self) -> Plan:
        wanted, findings = self._wanted()
        findings += self._session.broken_findings()
        findings += filter(self._origins.holds, self._reading.findings)
        findings += self._rights.findings
        if self._program.frames:
            cutdowns = {line.variant.duration for line in wanted}
            cuts = [cut.keep for cut in (self._cuts.cutdown(label)[0] for label in sorted(cutdowns)) if cut]
            self._showing.divide(cuts)
        histories = self._histories(wanted)
        deliverables = [self._deliverable(line, histories) for line in wanted]
        deliverables = self._without_collisions(deliverables)
        findings += self._showing.notes
        plan = self._assembled(wanted, deliverables, findings)
        return self._checked(plan)

    def _wanted(self) -> tuple[list[Wanted], list[Finding]]:
        given, failed = self._session.plugins.collect("variants", order=self._order, program=self._program)
        for failure in failed:
            raise failure.raised()
        wanted, repeats = without_repeats(item.value for item in given)
        if not repeats:
            return wanted, []
        return wanted, [info("order.repeated", f"{repeats} lines of the order repeat others and are made once.")]

    def _histories(self, wanted: list[Wanted]) -> dict[str, tuple[Registered, ...]]:
        project = project_of(self._order)
        with Catalogue(self._session.catalogue) as catalogue:
            return catalogue.histories(catalogue_project(project), [identity(project, line) for line in wanted])

    def _assembled(self, wanted: list[Wanted], deliverables: list[Deliverable], findings: list[Finding]) -> Plan:
        program = self._program
        return Plan(
            schema=SCHEMA,
            project=project_of(self._order),
            timeline=TimelineFacts(
                file=self._order.timeline.file,
                name=program.name,
                rate=program.rate,
                start=program.timecode(0),
                frames=program.frames,
                events=len(program.events),
            ),
            out=str(self._out),
            wanted=len(wanted),
            deliverables=tuple(deliverables),
            segments=dict(sorted(self._showing.segments.items())),
            copies=dict(sorted(self._showing.copies.items())),
            mixes=dict(sorted(self._mixes.items())),
            specs=dict(sorted(self._specs.items())),
            tools={"ffmpeg": str(self._session.tools.path), "version": self._session.tools.version,
                   "fingerprint": self._session.tools.fingerprint},
            estimate=self._estimate(deliverables),
            findings=tuple(dict.fromkeys(findings)),
        )  # fmt: skip

    def _estimate(self, deliverables: list[Deliverable]) -> Estimate:
        store = self._session.store
        to_make = [d for d in deliverables if d.state == "ready"]
        copies = self._showing.copies
        needed = {key for d in to_make for key in d.segments} - copies.keys()
        sounds = {key for d in to_make for key in d.mixes}
        held = {key for key in needed if store.has("segments", key)}
        return Estimate(
            deliverables=len(deliverables),
            to_make=len(to_make),
            segments=len(needed),
            segments_in_store=len(held),
            frames=sum(self._showing.segments[key].frames for key in needed),
            frames_to_render=sum(self._showing.segments[key].frames for key in needed - held),
            mixes=len(sounds),
            mixes_in_store=sum(store.has("sound", key) for key in sounds),
            frames_copied=sum(copies[key].frames for d in to_make for key in d.segments if key in copies),
        )

    def _checked(self, plan: Plan) -> Plan:
        """The plan with what the plugins' checks found in it, each finding where it belongs."""
        given, failed = self._session.plugins.collect(
            "check_plan", plan=plan, program=self._program, settings=self._session.settings
        )
        found = [msgspec.structs.replace(item.value, plugin=item.plugin) for item in given]
        found += [failure.finding() for failure in failed]
        ids = {deliverable.id for deliverable in plan.deliverables}
        by_id: dict[str, list[Finding]] = {}
        for finding in found:
            by_id.setdefault(finding.where if finding.where in ids else "", []).append(finding)
        deliverables = tuple(_blocked_by(d, by_id.get(d.id, [])) for d in plan.deliverables)
        return msgspec.structs.replace(
            plan, deliverables=deliverables, findings=(*plan.findings, *by_id.get("", [])),
            estimate=self._estimate(list(deliverables)) if by_id else plan.estimate,
        )  # fmt: skip

    def _without_collisions(self, deliverables: list[Deliverable]) -> list[Deliverable]:
        clashes = collision_findings({d.id: d.path for d in deliverables if d.path}, self._out)
        return [_blocked_by(d, clashes.get(d.id, [])) for d in deliverables]

    # -- one deliverable -----------------------------------------------------------------------------------------------

    def _deliverable(self, wanted: Wanted, histories: dict[str, tuple[Registered, ...]]) -> Deliverable:
        draft = _Draft(wanted, deliverable_id(wanted))
        try:
            spec = self._session.spec(wanted.spec)
            self._specs[spec.name] = spec
            cutdown = self._cutdown(draft)
            size = self._size(draft, spec)
            if cutdown is None or size is None:
                return self._impossible(draft)
            history = histories.get(identity(project_of(self._order), wanted), ())
            return self._described(draft, spec, cutdown, size, history)
        except TwopopError as error:
            draft.findings.append(problem_of(error, "order.impossible", where=""))
        return self._impossible(draft)

    def _cutdown(self, draft: _Draft) -> Cutdown | None:
        cutdown, plugin, findings = self._cuts.cutdown(draft.wanted.variant.duration)
        draft.findings += findings
        if cutdown is not None:
            draft.reasons.append(Reason(what="cutdown", value=cutdown.label, plugin=plugin, why=cutdown.how))
        return cutdown

    def _size(self, draft: _Draft, spec: Spec) -> tuple[int, int] | None:
        draft.findings += present([aspect_possible(spec, draft.wanted.variant.aspect)])
        return spec.video.sizes.get(draft.wanted.variant.aspect)

    def _described(
        self, draft: _Draft, spec: Spec, cutdown: Cutdown, size: tuple[int, int], history: tuple[Registered, ...]
    ) -> Deliverable:
        variant = draft.wanted.variant
        encoding, reason = self._showing.encoding(spec, variant.aspect)
        draft.reasons.append(reason)
        look = Look(variant.aspect, size, encoding, variant.texted, self._showing.scaler(spec))
        shown = self._showing.show(cutdown, look)
        draft.findings += shown.findings
        draft.reasons += shown.reasons
        sound = self._cuts.sound(cutdown, spec.audio, spec.loudness)
        captions, notes = self._cuts.captions(variant.language, cutdown)
        draft.findings += [
            *self._origins.findings,
            *sound.findings,
            *notes,
            *self._cuts.caption_gap(variant.language, spec.captions.sidecar),
        ]
        rights = self._rights.of(cutdown, variant.texted, variant.market)
        draft.findings += [*rights.findings, *self._limits(spec, cutdown)]
        metadata = self._namer.metadata(variant, spec)
        start = "" if stops(draft.findings) else self._start_timecode(spec)
        told = (captions, metadata, start, spec.container, spec.audio, spec.burn_in)
        content = schema.fingerprint((shown.content, sound.content, told))
        version, reason = self._namer.version(history, content, variant, spec)
        name, why = self._namer.name(version, variant, spec, cutdown)
        draft.reasons += [reason, why]
        path = path_of(name, spec)
        draft.findings += path_findings(path, draft.id, self._session.settings, self._out)
        segments, ways = self._showing.final(shown, spec, name, start)
        draft.reasons += ways
        deliverable = Deliverable(
            id=draft.id, variant=variant, spec=spec.name, name=name, path=path, version=version, state="ready",
            frames=cutdown.frames, rate=self._program.rate, size=size, spans=cutdown.keep, start_timecode=start,
            segments=segments, mixes=sound.keys, captions=captions, metadata=metadata, content=content,
            rights=rights.uses, cues=self._rights.cues(cutdown, variant, start),
            reasons=tuple(draft.reasons), findings=tuple(dict.fromkeys(draft.findings)),
        )  # fmt: skip
        if not stops(deliverable.findings):
            self._mixes.update(zip(sound.keys, sound.mixes, strict=True))
        return self._with_state(deliverable, history)

    def _impossible(self, draft: _Draft) -> Deliverable:
        return Deliverable(
            id=draft.id, variant=draft.wanted.variant, spec=draft.wanted.spec, name=FileName(stem=""), path="",
            version=Version(number=0), state="blocked", frames=0, rate=self._program.rate, size=(0, 0), spans=(),
            reasons=tuple(draft.reasons), findings=tuple(draft.findings),
        )  # fmt: skip

    def _with_state(self, deliverable: Deliverable, history: tuple[Registered, ...]) -> Deliverable:
        """Blocked, unchanged or ready, by the findings, the catalogue and the file that lies there."""
        if stops(deliverable.findings):
            return msgspec.structs.replace(deliverable, state="blocked")
        if not (self._out / deliverable.path).exists():
            return deliverable
        known = next((version for version in history if version.number == deliverable.version.number), None)
        if known and known.content == deliverable.content:
            if not known.sha256:  # a run was cut off before it could register the file: it is made again and compared
                return deliverable
            if (Path(known.out), known.path) == (self._out.resolve(), deliverable.path):
                return msgspec.structs.replace(deliverable, state="unchanged")
        finding = fail(
            "file.exists",
            f"{deliverable.path} exists already and was not delivered from here.",
            where=deliverable.id,
            remedy="Move it away, or deliver into another folder. Nothing is overwritten.",
        )
        return _blocked_by(deliverable, [finding])

    def _limits(self, spec: Spec, cutdown: Cutdown) -> list[Finding]:
        """What makes this start timecode or this cut impossible."""
        return present((timecode_possible(spec, self._program.rate), inside_program(cutdown, self._program.frames)))

    def _start_timecode(self, spec: Spec) -> str:
        program = self._program
        if spec.start_timecode in ("", "program"):
            return program.timecode(0) if spec.start_timecode else ""
        frame = frame_of(spec.start_timecode, program.rate)
        return timecode(frame, program.rate, drop=";" in spec.start_timecode)


def catalogue_project(project: dict[str, str]) -> str:
    """The project's name in the catalogue."""
    return " / ".join(project.get(key, "") for key in ("client", "title", "code"))


def _blocked_by(deliverable: Deliverable, findings: list[Finding]) -> Deliverable:
    if not findings:
        return deliverable
    state = "blocked" if stops(findings) else deliverable.state
    return msgspec.structs.replace(deliverable, state=state, findings=with_findings(deliverable, findings))
