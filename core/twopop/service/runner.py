"""``python -m twopop.service.runner FOLDER``: carries out the job in FOLDER, whoever else lives or dies.

It holds the job's lock, says in the journal what happens, and looks for the cancel mark. Ended by a signal it leaves
the job to be taken up again; what is rendered is in the store.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import traceback
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

from twopop import files, schema
from twopop.delivery.pace import Progress
from twopop.delivery.plan import Plan
from twopop.delivery.receipt import Delivered, Receipt
from twopop.delivery.run import deliver
from twopop.delivery.session import open_session
from twopop.errors import EditorError, StudioError, TwopopError
from twopop.service import journal
from twopop.service.jobfiles import JobFile, Places, read_job
from twopop.service.journal import Ended, Event, FileEnded, Found, Left, Moved, Started, Writer
from twopop.service.told import Teller
from twopop.store.locks import locked

#: Seconds between two looks for the cancel mark, and between two lines of the journal.
_LOOK, _PACE = 0.3, 0.25

#: Findings of the whole run that are written down; the receipt holds them all.
_FINDINGS = 1000


def main(arguments: list[str]) -> int:
    """Carry out the job in the folder that *arguments* name; gives the exit status."""
    where = Places(Path(arguments[0]))
    run = _Run(where)
    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), run.leave)
    with locked(where.lock, cancel=run.leaving):
        if isinstance(journal.last_event(where.journal), Ended):
            return 0
        run.run()
    return 0


class _Run:
    def __init__(self, where: Places) -> None:
        self._where = where
        self._cancel = threading.Event()
        self.leaving = threading.Event()
        self._over = threading.Event()

    def leave(self, number: int, frame: FrameType | None) -> None:
        """Leave the job as it is, as somebody told this process."""
        self.leaving.set()
        self._cancel.set()

    def run(self) -> None:
        """Do the job from where it is."""
        said = Said(self._where)
        said.say(Started(at=journal.now(), pid=os.getpid()), settled=True)
        threading.Thread(target=self._watch, name="cancel mark", daemon=True).start()
        try:
            job = read_job(self._where)
            receipt = self._deliver(job, said)
            said.receipt(receipt)
            whole = all(each.outcome != "cancelled" for each in receipt.deliverables)
            self._end(said, "done" if whole else "cancelled", whole=whole)
        except TwopopError as error:
            self._end(said, "cancelled" if self._where.cancel.exists() else "failed", str(error))
        except Exception as error:
            traceback.print_exc()
            fault = f"twopop has a fault of its own ({type(error).__name__}: {error})."
            self._end(said, "failed", f"{fault} Send {self._where.log} to your technical director.")
        finally:
            self._over.set()

    def _deliver(self, job: JobFile, said: Said) -> Receipt:
        plan = schema.from_json(self._where.plan.read_bytes(), Plan, where=str(self._where.plan))
        said.follow(plan)
        session = open_session(Path(job.folder))
        return deliver(
            plan,
            session,
            executor=job.executor,
            progress=said.progress,
            cancel=self._cancel,
            earlier=earlier(self._where.records),
        )

    def _end(self, said: Said, state: str, problem: str = "", *, whole: bool = False) -> None:
        """Say how the job ended: one that is *whole* was done before it heard that it should stop."""
        if self.leaving.is_set() and not whole and not self._where.cancel.exists():
            said.say(Left(at=journal.now()), settled=True)
        else:
            said.end(state, problem)

    def _watch(self) -> None:
        while not self._over.wait(_LOOK):
            if self._where.cancel.exists():
                self._cancel.set()


class Said:
    """What is said in a job's journal: the ends of files at once, figures a few times a second."""

    def __init__(self, where: Places) -> None:
        self._where = where
        self._writer = Writer(where.journal, where.reserve)
        self._kept = Writer(where.records, where.reserve)
        self._lock = threading.Lock()
        self._numbers: dict[str, int] = {}
        self._plan: Plan | None = None
        self._teller: Teller | None = None
        self._parts: dict[int, tuple[int, int, str]] = {}
        self._ended: dict[int, FileEnded] = {}
        self._waiting: list[FileEnded] = []
        self._records: list[Delivered] = []
        self._last = Progress()
        self._moved = False
        self._began = journal.now()
        self._end_asked = threading.Event()

    def say(self, *events: Event, settled: bool = False) -> None:
        """Write *events* down."""
        self._writer.add(events, settled=settled)

    def follow(self, plan: Plan) -> None:
        """Follow the run of *plan*."""
        self._plan = plan
        self._numbers = {each.id: number for number, each in enumerate(plan.deliverables)}
        self._teller = Teller(plan.program)
        self._thread = threading.Thread(target=self._flush_now_and_then, name="journal", daemon=True)
        self._thread.start()

    def progress(self, state: Progress) -> None:
        """Take in how far the run is."""
        with self._lock:
            self._last, self._moved = state, True
            for step in state.files:
                number = self._numbers[step.id]
                if step.record is not None:
                    self._take(number, step.record)
                else:
                    self._parts[number] = (number, step.done, step.state[0])
        if any(step.record is not None for step in state.files):
            self._flush()

    def _take(self, number: int, record: Delivered) -> None:
        assert self._plan is not None and self._teller is not None  # noqa: S101, PT018 - it follows a plan
        self._parts.pop(number, None)
        self._records.append(record)
        end = FileEnded(
            index=number,
            state=record.outcome,
            bytes=record.file.bytes if record.file else 0,
            findings=self._teller.rows(record.findings, self._plan.deliverables[number]),
        )
        self._ended[number] = end
        self._waiting.append(end)

    def receipt(self, receipt: Receipt) -> None:
        """Keep *receipt*, and say of each file that has no end yet how it ended."""
        with self._lock:
            for number, record in enumerate(receipt.deliverables):
                if number not in self._ended:
                    self._take(number, record)
        self._flush()
        files.write_whole(self._where.receipt, schema.to_json(receipt))
        if self._teller is not None:
            rows = self._teller.rows(receipt.findings)
            self.say(*(Found(finding=row) for row in rows[:_FINDINGS]))

    def end(self, state: str, problem: str) -> None:
        """Say that the job is over."""
        self._end_asked.set()
        self._flush()
        ends = [end.state for end in self._ended.values()]
        self.say(
            Ended(
                at=journal.now(),
                state=state,
                problem=problem,
                began=self._began,
                frames=self._last.frames,
                frames_total=self._last.frames_total,
                finished=sum(each != "cancelled" for each in ends),
                failed=ends.count("failed"),
                blocked=ends.count("blocked"),
                said=self._last.said,
            ),
            settled=True,
        )

    def _flush_now_and_then(self) -> None:
        while not self._end_asked.wait(_PACE):
            self._flush()

    def _flush(self) -> None:
        """Write down what was said since the last time; what the disk does not take waits for the next time."""
        with self._lock, contextlib.suppress(EditorError):
            if self._records:
                self._kept.add(self._records, settled=True)
                self._records.clear()
            if self._moved:
                last = self._last
                figures = Moved(
                    frames=last.frames,
                    frames_total=last.frames_total,
                    seconds_left=last.seconds_left,
                    said=last.said,
                    parts=tuple(self._parts.values()),
                )
                self.say(figures, *self._waiting, settled=bool(self._waiting))
            else:
                self.say(*self._waiting, settled=True)
            self._moved = False
            self._parts.clear()
            self._waiting.clear()


def earlier(path: Path) -> Mapping[str, Delivered]:
    """{id: what was delivered} by runners before this one; lines that are torn are passed over."""
    found: dict[str, Delivered] = {}
    if path.exists():
        for line in path.read_bytes().splitlines():
            try:
                record = schema.from_json(line, Delivered, where=str(path))
            except TwopopError:
                continue
            if record.outcome == "delivered":
                found[record.id] = record
    return found


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except TwopopError as error:
        print(error, file=sys.stderr)  # noqa: T201 - into the job's log
        sys.exit(StudioError.exit_status)
