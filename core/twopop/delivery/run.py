"""Plan in, files and a receipt out: render what the store lacks, assemble, check, name, register."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from threading import Event

import msgspec

import twopop
from twopop import files, schema
from twopop.delivery.finish import Finisher, Refused
from twopop.delivery.jobs import entries, needs, sort_out
from twopop.delivery.pace import FileStep, Pace, Progress, Waiting
from twopop.delivery.plan import Deliverable, Plan, named
from twopop.delivery.planner import catalogue_project
from twopop.delivery.receipt import SCHEMA, Delivered, Failure, Outcome, Receipt, files_of
from twopop.delivery.records import read_receipts, turn, write_receipt
from twopop.delivery.register import Register
from twopop.delivery.session import Session
from twopop.delivery.work import Done, Executor, problem_of
from twopop.errors import Cancelled, InputError
from twopop.findings import Finding, stops
from twopop.package.manifest import write_manifest
from twopop.schema import nearest
from twopop.store.leases import leased


def deliver(
    plan: Plan,
    session: Session,
    *,
    executor: str = "local",
    progress: Callable[[Progress], None] | None = None,
    cancel: Event | None = None,
    keep_going: bool = True,
    earlier: Mapping[str, Delivered] | None = None,
) -> Receipt:
    """Make every deliverable of *plan* that is ready; what fails does not stop the others, if they may *keep_going*.

    Setting *cancel* ends the run within seconds; what is rendered stays in the store, so that the next run goes on
    from there. *earlier* is what became of deliverables in a run of this plan that was cut off: what lies there as it
    was delivered is not made again. Raises InputError for an unknown executor and TwopopError when the catalogue or
    the output folder cannot be used at all.
    """
    told = progress or (lambda _: None)
    run = _Run(plan, session, executor_called(executor, session), told, cancel or Event(), keep_going, earlier or {})
    return run.deliver()


def executor_called(name: str, session: Session) -> Executor:
    """A new executor of the kind *name*; raises InputError when there is none, PluginError when its plugin fails."""
    given, failed = session.plugins.collect("executors", settings=session.settings)
    for failure in failed:
        raise failure.raised()
    entries = {offer.value.name: offer.value for offer in given}
    if name not in entries:
        raise InputError(
            f"There is no executor {name!r}.{nearest(name, entries) or ' There are: ' + ', '.join(entries)}"
        )
    made: Executor = entries[name].make()
    return made


class _Run:
    def __init__(
        self,
        plan: Plan,
        session: Session,
        executor: Executor,
        progress: Callable[[Progress], None],
        cancel: Event,
        keep_going: bool,
        made: Mapping[str, Delivered],
    ) -> None:
        self._plan = plan
        self._session = session
        self._executor = executor
        self._progress = progress
        self._cancel = cancel
        self._keep_going = keep_going
        self._made = made
        self._out = Path(plan.out)
        self._records: dict[str, Delivered] = {}
        self._problems: dict[str, Finding] = {}
        self._rendered: set[str] = set()
        self._reused = 0
        self._findings: list[Finding] = list(plan.findings)
        self._pace = Pace(plan, (), ())

    def _tell(self, progress: Progress, *files: FileStep) -> None:
        self._progress(msgspec.structs.replace(progress, files=files) if files else progress)

    def deliver(self) -> Receipt:
        files.must_be_writable(self._out)
        with self._session.open_catalogue() as catalogue:
            register = Register(self._plan, self._project, self._out, catalogue)
            todo = self._reserved(register, self._sorted_out())
            finisher = Finisher(self._plan, self._session)
            try:
                with leased(self._session.store.folder, entries(self._plan, todo), cancel=self._cancel):
                    self._work(todo, finisher, register)
            except Cancelled:
                pass  # while it waited for the store: whatever has no record is cancelled
            finally:
                register.close(self._unmade(todo))
            self._findings += register.findings
            receipt = self._receipt()
            with turn(self._out):
                write_manifest(self._out, [file for record in receipt.deliverables for file in files_of(record)])
            self._tell_plugins(receipt)
            receipt = msgspec.structs.replace(receipt, findings=tuple(dict.fromkeys(self._findings)))
            write_receipt(self._out, receipt)
            register.receipt(receipt)
        return receipt

    @property
    def _project(self) -> str:
        return catalogue_project(self._plan.project)

    # -- before --------------------------------------------------------------------------------------------------------

    def _sorted_out(self) -> list[Deliverable]:
        """The deliverables to make; the others get their records at once."""
        halted = [finding for finding in self._plan.findings if stops([finding])]
        todo = []
        for deliverable in self._plan.deliverables:
            if deliverable.state == "blocked":
                self._close(deliverable, "blocked")
            elif halted:
                self._close(deliverable, "blocked", halted)
            elif before := self._before(deliverable):
                self._records[deliverable.id] = before
            else:  # an unchanged one that no receipt knows was cut off: it is made again, compared and written down
                todo.append(deliverable)
        return todo

    def _before(self, deliverable: Deliverable) -> Delivered | None:
        """What an earlier run made of *deliverable*, so that there is nothing to make now."""
        if deliverable.state == "unchanged":
            known = self._earlier.get(_which(deliverable))
            return known and msgspec.structs.replace(known, outcome="unchanged", rendered=0, reused=0, copied=0)
        made = self._made.get(deliverable.id)
        return made if made is not None and _lies(self._out, made) else None

    @cached_property
    def _earlier(self) -> dict[tuple[str, int], Delivered]:
        """What earlier receipts in the output folder say, by deliverable and version; the newest word counts."""
        with suppress(InputError):
            receipts = reversed(read_receipts(self._out))
            return {(d.id, d.version): d for receipt in receipts for d in receipt.deliverables if d.file}
        return {}

    def _reserved(self, register: Register, todo: list[Deliverable]) -> list[Deliverable]:
        taken = register.reserve(todo)
        for deliverable in todo:
            if deliverable.id in taken:
                self._close(deliverable, "failed", [taken[deliverable.id]])
        return [d for d in todo if d.id not in self._records]

    def _unmade(self, todo: list[Deliverable]) -> Iterator[tuple[Deliverable, str]]:
        """What did not go out, and why; the reservation of unchanged content is taken over by the next run."""
        for deliverable in todo:
            record = self._records.get(deliverable.id)
            if record is None or record.outcome in ("failed", "cancelled"):
                stopped = [finding.message for finding in record.findings if stops([finding])] if record else []
                yield deliverable, next(iter(stopped), "the run was stopped")

    # -- work ----------------------------------------------------------------------------------------------------------

    def _work(self, todo: list[Deliverable], finisher: Finisher, register: Register) -> None:
        """Render what is missing and finish each deliverable as soon as all of it is there."""
        jobs = sort_out(self._plan, self._session, todo)
        self._problems |= jobs.problems
        self._findings += jobs.findings
        self._reused = jobs.reused
        keys = [key for task in jobs.tasks for key in task.keys]
        self._pace = Pace(self._plan, todo, keys)
        waiting = Waiting(todo, keys)
        closed = [_ended(record) for record in self._records.values()]
        self._tell(self._pace.progress(), *closed, *waiting.steps())
        for deliverable in waiting.ready():
            self._finish(deliverable, finisher, register)
        for done in self._executor.run(jobs.tasks, self._cancel) if jobs.tasks else ():
            moved = waiting.after(done.key)
            self._note(done, waiting.steps(moved))
            for deliverable in filter(waiting.complete, moved):
                self._finish(deliverable, finisher, register)

    def _note(self, done: Done, moved: tuple[FileStep, ...]) -> None:
        if done.cancelled:
            return
        segment = self._plan.segments.get(done.key)
        self._tell(self._pace.made(done), *moved)
        if done.problem:
            self._problems[done.key] = done.problem
            if not self._keep_going:
                self._cancel.set()
        elif done.found:
            self._reused += segment is not None
        else:
            self._rendered.add(done.key)
            if segment:
                failed = self._session.plugins.notify("rendered", segment=segment, key=done.key)
                self._findings += [failure.finding(severity=twopop.Severity.WARN) for failure in failed]

    # -- finish --------------------------------------------------------------------------------------------------------

    def _finish(self, deliverable: Deliverable, finisher: Finisher, register: Register) -> None:
        problems = [self._problems[key] for key in sorted(needs(deliverable)) if key in self._problems]
        if problems:
            self._close(deliverable, "failed", problems)
        elif self._cancel.is_set():
            self._close(deliverable, "cancelled")
        else:
            parts = len(needs(deliverable))
            self._tell(self._pace.progress(), FileStep(id=deliverable.id, state="finishing", done=parts, total=parts))
            self._make(deliverable, finisher, register)
        self._tell(self._pace.finished(deliverable.path), _ended(self._records[deliverable.id]))

    def _make(self, deliverable: Deliverable, finisher: Finisher, register: Register) -> None:
        new = self._rendered & set(deliverable.segments)
        try:
            record = finisher.finish(deliverable, cancel=self._cancel)
        except Refused as refusal:
            self._close(deliverable, "failed", refusal.findings)
        except Exception as error:  # whatever it is, it must not take the other deliverables along
            if self._cancel.is_set():
                self._close(deliverable, "cancelled")
                return
            self._close(deliverable, "failed", [problem_of(error, "delivery.failed", where=deliverable.id)])
        else:
            copied = set(deliverable.segments) & set(self._plan.copies)
            reused = len(set(deliverable.segments) - copied) - len(new)
            record = msgspec.structs.replace(record, rendered=len(new), reused=reused, copied=len(copied))
            self._records[deliverable.id] = record
            register.delivered(deliverable, record)

    def _close(self, deliverable: Deliverable, outcome: Outcome, findings: list[Finding] | None = None) -> None:
        self._records[deliverable.id] = Delivered(
            id=deliverable.id,
            variant=deliverable.variant,
            spec=deliverable.spec,
            version=deliverable.version.number,
            outcome=outcome,
            frames=deliverable.frames,
            rate=deliverable.rate,
            size=deliverable.size,
            label=deliverable.version.label,
            findings=tuple(dict.fromkeys((*deliverable.findings, *(findings or ())))),
        )

    # -- after ---------------------------------------------------------------------------------------------------------

    def _receipt(self) -> Receipt:
        records = [self._records.get(d.id) for d in self._plan.deliverables]
        for deliverable, record in zip(self._plan.deliverables, records, strict=True):
            if record is None:
                self._close(deliverable, "cancelled")
        return Receipt(
            schema=SCHEMA,
            twopop=twopop.__version__,
            project=self._plan.project,
            timeline=self._plan.timeline.file,
            plan=schema.fingerprint(self._plan),
            deliverables=tuple(self._records[d.id] for d in self._plan.deliverables),
            segments_rendered=len(self._rendered & set(self._plan.segments)),
            segments_reused=self._reused,
            findings=tuple(dict.fromkeys(self._findings)),
            failures=tuple(
                Failure(key=key, what=named(self._plan, key), problem=problem)
                for key, problem in sorted(self._problems.items())
            ),
        )

    def _tell_plugins(self, receipt: Receipt) -> None:
        for record in receipt.deliverables:
            if record.outcome == "delivered":
                failed = self._session.plugins.notify("delivered", record=record, receipt=receipt)
                self._findings += [failure.finding(severity=twopop.Severity.WARN) for failure in failed]


def _lies(out: Path, record: Delivered) -> bool:
    """Whether the files of *record* lie in *out* as they were delivered."""
    whole = [*([record.file] if record.file else []), *record.sidecars]
    return record.file is not None and all(
        (out / each.path).exists() and files.content(out / each.path) == each.sha256 for each in whole
    )


def _ended(record: Delivered) -> FileStep:
    return FileStep(id=record.id, state="ended", record=record)


def _which(deliverable: Deliverable) -> tuple[str, int]:
    return deliverable.id, deliverable.version.number
