"""Reading ledgers: ``rights.toml`` or a CSV of a licensor. A line that cannot be read is told, and clears nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from twopop import files, schema
from twopop.errors import InputError
from twopop.findings import Finding, fail, warn
from twopop.legal import territories
from twopop.legal.clearance import House
from twopop.legal.ledger_csv import csv_lines
from twopop.legal.model import Asset, Grant, Ledger

SCHEMA = "twopop.rights/1"


@dataclass(frozen=True)
class Line:
    """One entry of a ledger as it is written: an *asset*'s table, its *grants*' tables, and *where* it stands."""

    asset: Mapping[str, Any]
    grants: tuple[tuple[str, Mapping[str, Any]], ...]
    where: str


def read_ledger(path: Path, house: House) -> Ledger:
    """The ledger in the TOML or CSV file at *path*, in the words of the *house*.

    Every entry that is wrong becomes a finding that names its row and column; what it speaks of then counts as
    unknown. Raises InputError when the file cannot be read at all.
    """
    lines = _csv(path) if path.suffix.lower() == ".csv" else _toml(path)
    reader = _Reader(path, house)
    for line in lines:
        reader.take(line)
    return reader.ledger()


def _csv(path: Path) -> Iterator[Line]:
    for row, asset, grant in csv_lines(path):
        where = f"{path.name}, row {row}"
        yield Line(asset, ((where, grant),) if grant else (), where)


def _toml(path: Path) -> Iterator[Line]:
    raw = schema.read_toml(path)
    schema.check_schema(raw, SCHEMA, where=str(path))
    entries = raw.get("asset", [])
    unknown = set(raw) - {"schema", "asset"}
    if unknown or not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        said = f"Unknown key {min(unknown)!r}." if unknown else "The assets are no list of tables."
        raise InputError(said, where=str(path), remedy="Write each asset as [[asset]], with its [[asset.grant]].")
    for number, entry in enumerate(entries, 1):
        where = f"{path.name}, asset {number} ({entry.get('id', 'without an id')})"
        given = entry.get("grant", [])
        listed = given if isinstance(given, list) else [given]
        grants = tuple((f"{where}, grant {n}", grant) for n, grant in enumerate(listed, 1))
        yield Line({key: value for key, value in entry.items() if key != "grant"}, grants, where)


@dataclass
class _Reader:
    """Gathers a ledger; what is wrong with it on the way."""

    path: Path
    house: House
    assets: dict[str, Asset] = field(default_factory=dict)
    grants: list[Grant] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def take(self, line: Line) -> None:
        identity = str(line.asset.get("id", "")).strip()
        if not identity:
            self._wrong(line.where, "It names no asset (id).")
            return
        known = self.assets.get(identity)
        if known is None or len(line.asset) > 1:
            self._asset(identity, line, known)
        for where, table in line.grants:
            self._grant(identity, where, table)

    def ledger(self) -> Ledger:
        """What was gathered, with the contradictions in it."""
        self.findings += contradictions(self.grants, self.house)
        return Ledger(assets=tuple(self.assets.values()), grants=tuple(self.grants), findings=tuple(self.findings))

    def _asset(self, identity: str, line: Line, known: Asset | None) -> None:
        try:
            asset = schema.from_builtins({**line.asset, "id": identity, "origin": line.where}, Asset, where=line.where)
        except InputError as error:
            self._wrong(line.where, error.what, remedy=error.remedy)
            return
        if known is None:
            self.assets[identity] = asset
        elif msgspec.structs.replace(asset, origin=known.origin) != known:
            self._wrong(line.where, f"It describes {identity!r} otherwise than {known.origin} does.")

    def _grant(self, identity: str, where: str, table: Any) -> None:
        try:
            if not isinstance(table, Mapping):
                raise InputError("It is no table.", where=where)
            raw = {**table, "asset": identity, "origin": where}
            grant = self._with_evidence(self._checked(schema.from_builtins(raw, Grant, where=where), where), where)
        except (InputError, ValueError, ZeroDivisionError) as error:
            said = error.what if isinstance(error, InputError) else f"{error}"
            said = said.replace("Invalid RFC3339 encoded date", "There is no such day; write 2026-12-31,")
            self.findings.append(warn("rights.ledger", f"This grant cannot be read: {said}", where=where,
                                      remedy="Mend it; until then the asset counts as unknown."))  # fmt: skip
            grant = None
        if grant is not None:
            self.grants.append(grant)
            return
        rights = self.assets[identity].rights if identity in self.assets else ("use", "sync", "master")
        note = "its entry cannot be read"
        self.grants += [Grant(asset=identity, right=right, note=note, origin=where) for right in rights]

    def _checked(self, grant: Grant, where: str) -> Grant:
        """*grant*, or InputError for a word or a term that means nothing."""
        if grant.start and grant.end and grant.end < grant.start:
            raise InputError(f"It ends on {grant.end}, before it starts on {grant.start} (columns start, end).")
        for column, read in (("territory", territories.expand), ("media", None)):
            try:
                read(grant.territory, self.house.regions) if read else self.house.media.leaves(grant.media)
            except InputError as error:
                raise InputError(f"{error.what} (column {column})", where=where, remedy=error.remedy) from None
        asset = self.assets.get(grant.asset)
        if asset is not None and grant.right not in asset.rights:
            needed = " and ".join(asset.rights)
            raise InputError(f"{asset.kind} needs {needed}, not {grant.right!r} (column right).", where=where)
        return grant

    def _with_evidence(self, grant: Grant, where: str) -> Grant:
        """*grant*; one whose paper is gone or another one is no more than unknown."""
        for paper in grant.evidence:
            problem = self._problem_of(paper.file, paper.sha256)
            if problem:
                self.findings.append(warn("rights.evidence", f"{problem} (column evidence)", where=where,
                                          remedy="Put the paper there, or mend the entry."))  # fmt: skip
                note = "; ".join(part for part in (grant.note, problem) if part)
                return msgspec.structs.replace(grant, status="unknown", note=note)
        return grant

    def _problem_of(self, file: str, sha256: str) -> str:
        try:
            paper = files.inside(self.path.parent, file)
            if not paper.is_file():
                return f"the evidence {file} is not there"
            if sha256 and files.sha256(paper) != sha256.lower():
                return f"the evidence {file} is not the paper that was hashed"
        except (InputError, OSError) as error:
            return f"the evidence {file} cannot be read ({getattr(error, 'what', error)})"
        return ""

    def _wrong(self, where: str, said: str, *, remedy: str = "") -> None:
        """What cannot be tied to an asset stops everything: it might refuse something that is in the cut."""
        self.findings.append(fail("rights.ledger", said, where=where, remedy=remedy or "Mend this entry."))


def contradictions(grants: list[Grant], house: House) -> list[Finding]:
    """Warnings for grants that refuse what another one gives. The refusal counts."""
    found = []
    refusing = [grant for grant in grants if grant.status == "refused"]
    giving: dict[tuple[str, str], list[Grant]] = {}
    for grant in grants if refusing else ():
        if grant.status in house.binding:
            giving.setdefault((grant.asset, grant.right), []).append(grant)
    for no in refusing:
        for yes in giving.get((no.asset, no.right), ()):
            if _overlap(no, yes, house):
                found.append(warn("rights.contradiction",
                                  f"{no.origin or 'One grant'} refuses what {yes.origin or 'another'} grants.",
                                  where=f"{no.asset}, {no.right}",
                                  remedy="Say which holds; until then the refusal counts."))  # fmt: skip
    return found


def _overlap(one: Grant, other: Grant, house: House) -> bool:
    in_time = not (
        (one.end and other.start and one.end < other.start) or (other.end and one.start and other.end < one.start)
    )
    kinds = one.paid is None or other.paid is None or one.paid == other.paid
    where = territories.expand(one.territory, house.regions) & territories.expand(other.territory, house.regions)
    return in_time and kinds and bool(where) and bool(house.media.leaves(one.media) & house.media.leaves(other.media))
