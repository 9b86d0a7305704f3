"""The journal: what the catalogue could not be told when it happened, beside the receipt, until it is told."""

from __future__ import annotations

import os
import time
from pathlib import Path

import msgspec

from twopop import files, schema
from twopop.errors import EditorError, InputError, TwopopError
from twopop.findings import Finding, info, warn
from twopop.versions.catalogue import Catalogue
from twopop.versions.model import Found, HostEdit, Registration
from twopop.versions.troubles import UnreachableError

SCHEMA = "twopop.journal/1"
NAME = "journal.jsonl"


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that the catalogue has still to be told of *project*: a version that went out, or a receipt."""

    schema: str
    project: str
    delivered: Registration | None = None
    receipt: str = ""
    found: tuple[Found, ...] = ()
    edits: tuple[HostEdit, ...] = ()


class Journal:
    """The journal of the output folder *out*, which several runs may write at once.

    A line is on the disk before ``add`` comes back. Who tells the catalogue takes the file away under another name
    first, so that nothing can be written to what was read already; saying a thing twice does no harm.
    """

    def __init__(self, out: Path) -> None:
        self.path = out / NAME

    def add(self, line: Line) -> None:
        """Write *line* down. Raises EditorError when the disk does not take it."""
        self._append(schema.to_json(line, indent=0))

    def told_to(self, catalogue: Catalogue) -> list[Finding]:
        """Tell the catalogue all that is written here; what it took is struck out.

        Gives findings: how much was told, and what was not taken since the number belongs to another content. Raises
        UnreachableError while the catalogue is; nothing is struck out then that was not told.
        """
        findings: list[Finding] = []
        told = 0
        for taken in self._taken():
            lines = taken.read_bytes().splitlines(keepends=True)
            for number, text in enumerate(lines):
                try:
                    problem = _tell(catalogue, text, where=str(self.path))
                except UnreachableError:
                    self._append(b"".join(lines[number:]))
                    taken.unlink()
                    raise
                if problem is None:
                    told += 1
                else:
                    findings.append(problem)
                    self._append(text)
            taken.unlink()
        if told:
            what = f"{told} {'entry' if told == 1 else 'entries'} of the journal"
            findings.insert(0, info("catalogue.caught-up", f"The catalogue was told what it had missed: {what}."))
        return findings

    def _taken(self) -> list[Path]:
        """The journal under another name, and those that somebody took and did not get to tell."""
        mine = self.path.with_name(f"{self.path.stem}-{os.getpid()}-{time.time_ns()}{self.path.suffix}")
        left = sorted(self.path.parent.glob(f"{self.path.stem}-*{self.path.suffix}"))
        try:
            self.path.rename(mine)
        except FileNotFoundError:
            return left
        except OSError as error:
            raise files.cannot_write(self.path, error) from error
        return [*left, mine]

    def _append(self, text: bytes) -> None:
        try:
            while True:
                with self.path.open("ab") as journal:
                    journal.write(text)
                    journal.flush()
                    os.fsync(journal.fileno())
                    written = os.fstat(journal.fileno())
                if self.path.exists() and os.path.samestat(self.path.stat(), written):
                    return  # else somebody took the file away in between, and may have read it before
        except OSError as error:
            raise files.cannot_write(self.path, error) from error


def _tell(catalogue: Catalogue, text: bytes, *, where: str) -> Finding | None:
    """Tell one line; the finding when it cannot be told ever, or not as it is."""
    try:
        line = schema.from_json(text, Line, where=where)
        schema.check_schema({"schema": line.schema}, SCHEMA, where=where)
    except InputError as error:
        return warn("catalogue.journal", error.what, where=where, remedy="It is kept. Mend the line or take it out.")
    try:
        if line.delivered is not None:
            catalogue.deliver(line.project, line.delivered)
        if line.receipt:
            catalogue.add_receipt(line.project, line.receipt, found=line.found, edits=line.edits)
    except UnreachableError:
        raise
    except EditorError as error:
        return warn("catalogue.taken", error.what, where=error.where, remedy=error.remedy)
    except TwopopError as error:
        return warn("catalogue.lost", error.what, where=error.where, remedy=error.remedy)
    return None
