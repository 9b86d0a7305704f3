"""Order and timeline in, plan out. Nothing is rendered; media are only probed, and what they are is remembered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from twopop.delivery.cuts import Cuts
from twopop.delivery.estimating import estimate_of
from twopop.delivery.forms import excerpt, longest_path, names_of, pace
from twopop.delivery.mastering import Origins
from twopop.delivery.media import MediaFinder
from twopop.delivery.names import Namer, collision_findings, path_findings, path_of, with_findings
from twopop.delivery.order import Order
from twopop.delivery.parts import Draft, Parts, PartsFinder
from twopop.delivery.past import Past, why_again
from twopop.delivery.plan import SCHEMA, Deliverable, Estimate, Plan, Reason, TimelineFacts
from twopop.delivery.rights import RightsDesk
from twopop.delivery.session import Session
from twopop.delivery.showing import Showing
from twopop.delivery.supers import SupersDesk
from twopop.delivery.work import problem_of
from twopop.errors import TwopopError
from twopop.findings import Finding, fail, info, stops, warn
from twopop.naming.model import FileName
from twopop.qc.plan import aspect_possible, present
from twopop.sound.recipe import Mix
from twopop.specs import Spec
from twopop.timeline.program import Program
from twopop.timeline.reading import Reading
from twopop.variants.cutdowns import in_program
from twopop.variants.matrix import deliverable_id, identity, without_repeats
from twopop.variants.model import Cutdown, Span, Wanted
from twopop.versions.model import Registered, Together
from twopop.versions.policy import together


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
        self._supers = SupersDesk(session, order, self._program, self._rights)
        self._namer = Namer(session, order, self._program)
        self._showing = Showing(session, order, self._origins, finder)
        self._mixes: dict[str, Mix] = {}
        self._specs: dict[str, Spec] = {}
        self._stored: dict[tuple[str, str], bool] = {}

    # -- the whole -----------------------------------------------------------------------------------------------------

    def plan(self) -> Plan:
        wanted, findings = self._wanted()
        findings += self._session.broken_findings()
        findings += filter(self._origins.holds, self._reading.findings)
        findings += self._rights.findings
        if self._program.frames:
            cutdowns = {line.variant.duration for line in wanted}
            cuts = [cut.keep for cut in (self._cuts.cutdown(label)[0] for label in sorted(cutdowns)) if cut]
            self._showing.divide([*cuts, *self._texted(wanted)])
        project = project_of(self._order)
        names = [identity(project, line) for line in wanted]
        self._past = Past(self._session, catalogue_project(project), names, self._program)
        self._finder = PartsFinder(
            self._session, self._program, self._past.timeline, cuts=self._cuts, showing=self._showing,
            namer=self._namer, rights=self._rights, supers=self._supers, origins=self._origins,
        )  # fmt: skip
        drafts = [self._draft(line, name) for line, name in zip(wanted, names, strict=True)]
        sound = [draft for draft in drafts if draft.parts and not stops(draft.findings)]
        alike = together((self._past.history(d.identity), d.parts.content) for d in sound if d.parts)
        deliverables = self._without_collisions([self._deliverable(draft, alike) for draft in drafts])
        plan = self._assembled(wanted, deliverables, findings)
        return self._checked(plan)

    def _texted(self, wanted: list[Wanted]) -> Iterator[Sequence[Span]]:
        """The stretches of the program over which legal texts stand in any of the *wanted* lines."""
        for line in wanted:
            with suppress(TwopopError):  # a line that cannot be made is told when it is drafted
                spec, cutdown = self._session.spec(line.spec), self._cuts.cutdown(line.variant.duration)[0]
                size = spec.video.sizes.get(line.variant.aspect)
                if cutdown is not None and size is not None:
                    for each in self._supers.of(line.variant, spec, cutdown, size).planned:
                        yield in_program(cutdown.keep, each.span)

    def _wanted(self) -> tuple[list[Wanted], list[Finding]]:
        given, failed = self._session.plugins.collect("variants", order=self._order, program=self._program)
        for failure in failed:
            raise failure.raised()
        wanted, repeats = without_repeats(item.value for item in given)
        if not repeats:
            return wanted, []
        said = (
            f"{repeats} lines of the order repeat others and are"
            if repeats > 1
            else "A line of the order repeats another and is"
        )
        return wanted, [info("order.repeated", f"{said} made once.")]

    def _assembled(self, wanted: list[Wanted], deliverables: list[Deliverable], findings: list[Finding]) -> Plan:
        program = self._program
        return Plan(
            schema=SCHEMA,
            project=project_of(self._order),
            timeline=TimelineFacts(
                content=self._past.timeline,
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
            order=self._order,
            program=program,
            rendered_because=self._rendered_because(deliverables),
            findings=tuple(dict.fromkeys(findings)),
        )  # fmt: skip

    def _rendered_because(self, deliverables: list[Deliverable]) -> dict[str, str]:
        """Why each segment that the store does not hold is rendered; what earlier versions can explain comes first."""
        names = {each.id: name for each, name in zip(deliverables, self._past.identities, strict=True)}
        ready = [(self._past.last(names[d.id]), d) for d in deliverables if d.state == "ready"]
        told: dict[str, str] = {}
        for last, each in sorted(ready, key=lambda pair: pair[0] is None):
            for key in each.segments:
                if key in told or key in self._showing.copies or self._held("segments", key) or each.made is None:
                    continue
                told[key] = self._past.why_rendered(self._showing.segments[key], last, each.made, each.because)
        return dict(sorted(told.items()))

    def _held(self, kind: str, key: str) -> bool:
        if (kind, key) not in self._stored:
            self._stored[kind, key] = self._session.store.has(kind, key)
        return self._stored[kind, key]

    def _estimate(self, deliverables: list[Deliverable]) -> Estimate:
        return estimate_of(deliverables, self._showing.segments, self._showing.copies, self._held)

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

    def _draft(self, wanted: Wanted, name: str) -> Draft:
        draft = Draft(wanted, deliverable_id(wanted), name)
        try:
            spec = self._session.spec(wanted.spec)
            self._specs[spec.name] = spec
            cutdown = self._cutdown(draft, spec)
            size = self._size(draft, spec)
            if cutdown is not None and size is not None:
                draft.parts = self._finder.parts(draft, spec, cutdown, size)
        except TwopopError as error:
            draft.findings.append(problem_of(error, "order.impossible", where=""))
        return draft

    def _deliverable(self, draft: Draft, alike: Together) -> Deliverable:
        if draft.parts is not None:
            try:
                return self._described(draft, draft.parts, alike)
            except TwopopError as error:
                draft.findings.append(problem_of(error, "order.impossible", where=""))
        spans = draft.parts.cutdown.keep if draft.parts else ()
        return Deliverable(
            id=draft.id, variant=draft.wanted.variant, spec=draft.wanted.spec, name=FileName(stem=""), path="",
            version=draft.version, state="blocked", frames=sum(span.frames for span in spans),
            rate=self._program.rate, size=(0, 0), spans=spans,
            reasons=tuple(draft.reasons), findings=tuple(draft.findings),
        )  # fmt: skip

    def _cutdown(self, draft: Draft, spec: Spec) -> Cutdown | None:
        cutdown, plugin, findings = self._cuts.cutdown(draft.wanted.variant.duration)
        draft.findings += findings
        if cutdown is not None:
            cutdown = excerpt(cutdown, spec, self._program, self._order)
            draft.reasons.append(Reason(what="cutdown", value=cutdown.label, plugin=plugin, why=cutdown.how))
        return cutdown

    def _size(self, draft: Draft, spec: Spec) -> tuple[int, int] | None:
        draft.findings += present([aspect_possible(spec, draft.wanted.variant.aspect)])
        return spec.video.sizes.get(draft.wanted.variant.aspect)

    def _described(self, draft: Draft, parts: Parts, alike: Together) -> Deliverable:
        variant, spec = draft.wanted.variant, parts.spec
        history = self._past.history(draft.identity)
        version, reason = self._namer.version(history, parts.content, alike, variant, spec)
        draft.version = version
        name, why = self._namer.name(version, parts.fields, variant, spec)
        draft.reasons += [reason, why]
        path, (frames, rate) = path_of(name, spec), pace(parts.cutdown, spec, self._program.rate)
        names = () if stops(draft.findings) else names_of(name.stem, spec, frames, rate, parts.start)
        draft.findings += path_findings(longest_path(path, names), draft.id, self._session.settings, self._out)
        segments, ways = self._showing.final(parts.shown, spec, name, parts.start, parts.drawn)
        draft.reasons += ways
        deliverable = Deliverable(
            id=draft.id, variant=variant, spec=spec.name, name=name, path=path, version=version, state="ready",
            frames=frames, rate=rate, size=parts.size, spans=parts.cutdown.keep,
            start_timecode=parts.start, segments=segments, mixes=parts.sound.keys, captions=parts.captions,
            supers=parts.supers.planned, metadata=parts.metadata, content=parts.content, made=parts.made,
            rights=parts.rights.uses, cues=self._rights.cues(parts.cutdown, variant, parts.start),
            descriptions=self._order.legal.sidecars if self._order.legal else (), reasons=tuple(draft.reasons),
            findings=tuple(dict.fromkeys(draft.findings)),
        )  # fmt: skip
        if not stops(deliverable.findings):
            self._mixes.update(zip(parts.sound.keys, parts.sound.mixes, strict=True))
        deliverable = self._with_state(deliverable, history)
        if deliverable.state == "unchanged":
            return deliverable
        return msgspec.structs.replace(deliverable, because=self._because(draft, parts, deliverable))

    def _because(self, draft: Draft, parts: Parts, deliverable: Deliverable) -> tuple[str, ...]:
        """Why the deliverable has to be made, in an editor's words."""
        last = self._past.last(draft.identity)
        if last is None:
            return (self._past.first_time(draft.identity),)
        spec = dict([self._finder.as_written(parts.spec)])
        told = self._past.changes(last, parts.made, spec, texted=draft.wanted.variant.texted, media=parts.media)
        return told or (why_again(last, deliverable, self._out),)

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
        if self._order.replace:
            message = f"{deliverable.path} exists already. If it is another file it is put aside."
            found = warn("file.replaced", message, where=deliverable.id, remedy="The order says replace = true.")
            return _blocked_by(deliverable, [found])
        finding = fail(
            "file.exists",
            f"{deliverable.path} exists already and was not delivered from here.",
            where=deliverable.id,
            remedy="Nothing is overwritten. Move it away, or say replace = true in the order: then it is put aside.",
        )
        return _blocked_by(deliverable, [finding])


def catalogue_project(project: dict[str, str]) -> str:
    """The project's name in the catalogue."""
    return " / ".join(project.get(key, "") for key in ("client", "title", "code"))


def _blocked_by(deliverable: Deliverable, findings: list[Finding]) -> Deliverable:
    if not findings:
        return deliverable
    state = "blocked" if stops(findings) else deliverable.state
    return msgspec.structs.replace(deliverable, state=state, findings=with_findings(deliverable, findings))
