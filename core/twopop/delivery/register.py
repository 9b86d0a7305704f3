"""A run's hand at the catalogue: what it sets out to do, that it lives, what went out, and what has to wait."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from twopop import schema
from twopop.delivery.journal import SCHEMA, Journal, Line
from twopop.delivery.plan import Deliverable, Plan
from twopop.delivery.receipt import Delivered, Receipt
from twopop.errors import TwopopError
from twopop.findings import Finding, fail, warn
from twopop.picture.recipe import takes_of
from twopop.versions.catalogue import Catalogue
from twopop.versions.model import Found, Kept, Registration, Wish, Work

#: How many times within the lease a run says that it lives.
_BEATS = 4


class Register:
    """Registers the deliverables of one *plan*, a run of which writes into *out*.

    The catalogue must be there at the beginning. When it is lost later, the run goes on: what it has to be told waits
    in the journal beside the receipt, and a finding says so.
    """

    def __init__(self, plan: Plan, project: str, out: Path, catalogue: Catalogue) -> None:
        self.findings: list[Finding] = []
        self._plan = plan
        self._project = project
        self._out = out
        self._catalogue = catalogue
        self._journal = Journal(out)
        self._run: int | None = None
        self._lost = False
        self._over = threading.Event()
        self._pulse = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def reserve(self, todo: Sequence[Deliverable]) -> dict[str, Finding]:
        """Begin the run and reserve the numbers of *todo*; {id: finding} of those that somebody else has meanwhile.

        What earlier runs could not tell the catalogue is told first. Raises StudioError when the catalogue cannot be
        used: nothing was made yet.
        """
        self.findings += self._journal.told_to(self._catalogue)
        if not todo:
            return {}
        self._run = self._catalogue.begin(self._project, work_of(self._plan, self._out))
        self._pulse.start()
        clashes = set(self._catalogue.reserve(self._project, [self._wish(d) for d in todo], run=self._run))
        taken = {}
        for each in todo:
            if (self._identity(each), each.version.number) in clashes:
                message = f"Version {each.version} was taken by somebody else meanwhile."
                remedy = "Run again: the plan will take the next number."
                taken[each.id] = fail("version.taken", message, where=each.id, remedy=remedy)
        return taken

    def delivered(self, deliverable: Deliverable, record: Delivered) -> None:
        """Tell the catalogue of files that are out, or the journal when the catalogue cannot be told."""
        if record.file is None:
            return
        files = [Kept(path=record.file.path, bytes=record.file.bytes, sha256=record.file.sha256)]
        files += [Kept(path=s.path, bytes=s.bytes, sha256=s.sha256, kind="sidecar") for s in record.sidecars]
        files += [Kept(path=s.path, bytes=s.bytes, sha256=s.sha256, kind="replaced") for s in record.replaced]
        said = Registration(wish=self._wish(deliverable), out=str(self._out.resolve()), files=tuple(files), when=_now())
        if not self._lost:
            try:
                self._catalogue.deliver(self._project, said, run=self._run)
            except TwopopError as error:
                self._lose(error, deliverable.id)
            else:
                return
        self._journal.add(Line(schema=SCHEMA, project=self._project, delivered=said))

    def close(self, failed: Iterable[tuple[Deliverable, str]]) -> None:
        """End the run: the numbers of what *failed* are free again, with the reason."""
        self._over.set()
        if self._run is None:
            return
        with suppress(TwopopError):  # what cannot be told is understood: the run is not heard of any more
            if not self._lost:
                for each, why in failed:
                    self._catalogue.release(self._project, self._identity(each), each.version.number, note=why)
                self._catalogue.end(self._run)

    def receipt(self, receipt: Receipt) -> None:
        """Keep the receipt; once more all that waits is told, if the catalogue is back."""
        text = schema.to_json(receipt, indent=0).decode()
        found = tuple(self._found(receipt))
        try:
            if self._lost:
                self._journal.told_to(self._catalogue)
            self._catalogue.add_receipt(self._project, text, run=self._run, found=found, edits=receipt.host_edits)
        except TwopopError:
            line = Line(schema=SCHEMA, project=self._project, receipt=text, found=found, edits=receipt.host_edits)
            self._journal.add(line)

    # -- one by one ----------------------------------------------------------------------------------------------------

    def _beat(self) -> None:
        """Say that the run lives until it is over; a catalogue that is lost will be told by other means."""
        while not self._over.wait(self._catalogue.lease / _BEATS):
            with suppress(TwopopError):
                if self._run is not None:
                    self._catalogue.beat(self._run)

    def _lose(self, error: TwopopError, where: str) -> None:
        self._lost = True
        message = f"The files are delivered, but the catalogue could not be told: {error.what}"
        remedy = f"They wait in {self._journal.path.name}; the next run tells it, or: twopop catalogue catch-up DIR"
        self.findings.append(warn("catalogue.lost", message, where=where, remedy=remedy))

    def _found(self, receipt: Receipt) -> Iterable[Found]:
        for finding in receipt.findings:
            yield _laid_open(finding)
        for record in receipt.deliverables:
            for finding in record.findings if record.outcome != "unchanged" else ():
                yield _laid_open(finding, f"{self._project} / {record.id}", record.version)

    def _wish(self, deliverable: Deliverable) -> Wish:
        return Wish(
            identity=self._identity(deliverable),
            version=deliverable.version,
            content=deliverable.content,
            made=deliverable.made,
            changes=deliverable.because,
        )

    def _identity(self, deliverable: Deliverable) -> str:
        return f"{self._project} / {deliverable.id}"


def work_of(plan: Plan, out: Path) -> Work:
    """What a run of *plan* sets out to do, as the catalogue keeps it."""
    media = {take.path: take.content for segment in plan.segments.values() for take in takes_of(segment)}
    media |= {part.path: part.content for mix in plan.mixes.values() for part in mix.parts}
    media |= {copy.path: copy.content for copy in plan.copies.values()}
    order = schema.to_json(plan.order, indent=0)
    return Work(
        plan=schema.fingerprint(plan),
        plan_json=schema.to_json(plan, indent=0),
        out=str(out.resolve()),
        timeline=plan.timeline.content,
        timeline_json=schema.to_json(plan.program, indent=0),
        timeline_name=plan.timeline.name,
        timeline_file=plan.timeline.file,
        rate=str(plan.timeline.rate),
        frames=plan.timeline.frames,
        order=schema.fingerprint(plan.order),
        order_json=order,
        specs={schema.fingerprint(s): (s.name, schema.to_json(s, indent=0)) for s in plan.specs.values()},
        media=media,
        rights=tuple(
            dict.fromkeys(
                (use.title, answer.state, answer.why)
                for each in plan.deliverables
                for use in each.rights
                for answer in use.answers
            )
        ),
    )


def _laid_open(finding: Finding, identity: str = "", number: int = 0) -> Found:
    return Found(
        rule=finding.rule, severity=str(finding.severity), message=finding.message, place=finding.where,
        remedy=finding.remedy, identity=identity, number=number,
    )  # fmt: skip


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
