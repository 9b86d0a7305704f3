"""The catalogue: which versions exist of what, what they were made from, and the receipts of their runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from sqlalchemy import Connection, Engine

from twopop import schema
from twopop.versions import approving, database, ledgers, receipts, reserving, runs, telling
from twopop.versions.model import Approval, Found, HostEdit, Last, Made, Planned, Registered, Registration, Wish, Work
from twopop.versions.place import Place, place_of
from twopop.versions.troubles import in_words

T = TypeVar("T")

#: Seconds after which a run that was not heard of counts as gone.
LEASE = 120


class Catalogue:
    """The catalogue at *where*: the path of an SQLite file, or the URL of a PostgreSQL database.

    Opening it writes nothing: one that is not there reads as empty, and the first method that writes makes it. Any
    number of processes and threads may use one; a writer waits up to *seconds* for another one. A run that was not
    heard of for *lease* seconds counts as gone. Every method raises StudioError, in words, when the catalogue is
    locked, lost, not writable, damaged, or of another twopop.
    """

    def __init__(self, where: Path | str | Place, *, seconds: float = 30, lease: float = LEASE) -> None:
        self.place = place_of(where)
        self.lease = lease
        self._seconds = seconds
        self._engine: Engine | None = None
        self._prepared = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None
        self._prepared = False

    # -- numbers -------------------------------------------------------------------------------------------------------

    def histories(self, project: str, identities: Iterable[str]) -> dict[str, tuple[Registered, ...]]:
        """{identity: its versions, lowest number first} for all *identities*; released numbers are left out."""
        return {identity: history for identity, (history, _) in self.past(project, identities).items()}

    def past(self, project: str, identities: Iterable[str]) -> dict[str, tuple[tuple[Registered, ...], Last | None]]:
        """{identity: its versions as in ``histories``, and the one that went out last with what it was made from}."""
        found: dict[str, list[Registered]] = {identity: [] for identity in identities}
        last: dict[str, Last] = {}

        def read(connection: Connection) -> None:
            for identity, version, made, plan in reserving.registered(connection, project, found, self.lease):
                found[identity].append(version)
                if version.sha256:
                    parts = schema.from_json(made.encode(), Made, where=str(self.place)) if made else None
                    last[identity] = Last(version=version, made=parts, plan=plan)

        if found:
            self._read(read, None)
        return {identity: (tuple(history), last.get(identity)) for identity, history in found.items()}

    def planned(self, project: str, plans: Iterable[str]) -> dict[str, Planned]:
        """{plan: what it was made from} for those of *plans* that are known."""
        wanted = list(plans)
        return self._read(lambda connection: telling.planned(connection, project, wanted), {}) if wanted else {}

    def specs(self, contents: Iterable[str]) -> dict[str, bytes]:
        """{fingerprint: the spec as JSON} for those of *contents* that are known."""
        wanted = list(contents)
        return self._read(lambda connection: telling.specs_as_they_stood(connection, wanted), {}) if wanted else {}

    def reserve(self, project: str, wishes: Iterable[Wish], *, run: int | None = None) -> list[tuple[str, int]]:
        """Reserve the number of each wish, in one transaction; the clashes, as (identity, number).

        A number that has this content already is taken over: a run that crashed left it, or it is made again. One with
        another content clashes and stays as it is, unless it was released, or left behind by a run that is over and
        the wish may reuse it.
        """
        wanted = list(wishes)
        return self._write(lambda connection: reserving.reserve(connection, project, wanted, run, self.lease))

    def deliver(self, project: str, said: Registration, *, run: int | None = None) -> None:
        """Register that a version went out; saying it twice changes nothing.

        Where nothing is reserved (the database was brought back from a copy) the number is taken now. Raises
        EditorError when it belongs to another content.
        """
        self._write(lambda connection: reserving.deliver(connection, project, said, run))

    def release(self, project: str, identity: str, number: int, *, note: str = "") -> None:
        """Free a number that was reserved and not delivered, and say why; a delivered one stays."""
        self._write(lambda connection: reserving.release(connection, project, identity, number, note))

    # -- runs ----------------------------------------------------------------------------------------------------------

    def begin(self, project: str, work: Work | None = None) -> int:
        """Write down that this process begins a run, and what it sets out to do; its number."""
        return self._write(lambda connection: runs.begin(connection, project, work))

    def beat(self, run: int) -> None:
        """Say that the run is alive; to be said several times within the lease."""
        self._write(lambda connection: runs.beat(connection, run))

    def end(self, run: int) -> None:
        """Say that the run ended; what it reserved and did not deliver is released."""
        self._write(lambda connection: runs.end(connection, run))

    def add_receipt(
        self,
        project: str,
        receipt_json: bytes | str,
        *,
        run: int | None = None,
        found: Iterable[Found] = (),
        edits: Iterable[HostEdit] = (),
    ) -> None:
        """Keep a receipt as it was written, and lay its findings and host edits open."""
        text = receipt_json.decode() if isinstance(receipt_json, bytes) else receipt_json
        self._write(lambda connection: receipts.add(connection, project, text, run, found, edits))

    def amend_receipt(self, project: str, before: str, after: str, *, edits: Iterable[HostEdit] = ()) -> None:
        """Keep the receipt *after* in the place of *before*, with the host *edits* that are new in it."""
        self._write(lambda connection: receipts.amend(connection, project, before, after, edits))

    # -- ledgers of rights ---------------------------------------------------------------------------------------------

    def keep_ledger(self, name: str, ledger: bytes) -> None:
        """Keep *ledger* (JSON) for all projects under *name*, in place of one of that name."""
        self._write(lambda connection: ledgers.keep(connection, name, ledger))

    def forget_ledger(self, name: str) -> bool:
        """Take the ledger *name* out; whether there was one."""
        return self._write(lambda connection: ledgers.forget(connection, name))

    def ledgers(self) -> dict[str, bytes]:
        """{name: the ledger as JSON} of all that are kept."""
        return self._read(ledgers.kept, {})

    # -- what people ask -----------------------------------------------------------------------------------------------

    def receipts(self, project: str) -> list[str]:
        """The receipts of *project*, oldest first."""
        return self._read(lambda connection: receipts.of_project(connection, project), [])

    def search(self, asked: str, *, project: str = "", limit: int = 50) -> list[telling.Entry]:
        """The versions that went out and have all the words in *asked*, or words that begin so; the newest first."""
        return self._read(lambda connection: telling.search(connection, asked, project, limit), [])

    def candidates(self, name: str, *, project: str = "") -> list[tuple[str, str]]:
        """(project, identity) of the deliverables that *name* may mean: a file's path or name, an identity."""
        return self._read(lambda connection: telling.candidates(connection, name, project), [])

    def history(self, project: str, identity: str) -> list[telling.Entry]:
        """The versions of a deliverable, lowest number first, released ones too."""
        return self._read(lambda connection: telling.history(connection, project, identity), [])

    def whole(self, entry: telling.Entry) -> telling.Whole | None:
        """All that is known of the version in *entry*."""
        return self._read(lambda connection: telling.whole(connection, entry), None)

    def last_plan(self, project: str = "", *, timeline: str = "") -> tuple[bytes, bytes, str] | None:
        """Of the last plan of which anything went out: its cut and its order as JSON, its fingerprint.

        *project* and *timeline* (a fingerprint) narrow which plans count.
        """
        return self._read(lambda connection: telling.last_plan(connection, project, timeline), None)

    def plan(self, content: str) -> bytes | None:
        """The plan whose fingerprint begins with *content*, as JSON; None where it is not known."""
        return self._read(lambda connection: telling.plan(connection, content), None)

    def counts(self) -> dict[str, int]:
        """How many projects, deliverables, versions, files and receipts there are."""
        return self._read(telling.counts, {})

    def set_approval(self, project: str, identity: str, number: int, state: Approval, note: str = "") -> list[int]:
        """Say that a version that went out is *state*; the numbers that are superseded by it. Raises EditorError."""
        return self._write(
            lambda connection: approving.set_approval(connection, project, identity, number, state, note)
        )

    # -- the database --------------------------------------------------------------------------------------------------

    def _read(self, ask: Callable[[Connection], T], nothing: T) -> T:
        """What *ask* finds, or *nothing* where there is no catalogue yet."""
        if not self._there():
            return nothing
        with database.reading(self._opened(), self.place) as connection:
            return nothing if connection is None else ask(connection)

    def _write(self, work: Callable[[Connection], T]) -> T:
        engine = self._opened()
        if not self._prepared:
            database.prepare(engine, self.place, self._seconds)
            self._prepared = True
        with database.writing(engine, self.place) as connection:
            return work(connection)

    def _there(self) -> bool:
        """Whether there is anything to read; an empty file is one that a run was just about to fill."""
        path = self.place.path
        if path is None:
            return True
        with in_words(self.place):
            return path.exists() and path.stat().st_size > 0

    def _opened(self) -> Engine:
        if self._engine is None:
            self._engine = database.engine_for(self.place, self._seconds)
        return self._engine
