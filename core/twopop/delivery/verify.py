"""Reading a delivery back: every file against its receipt, by hash and by probe."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from twopop import files
from twopop.delivery.receipt import Delivered, FileRecord, Receipt
from twopop.delivery.records import read_receipts
from twopop.errors import EditorError, InputError
from twopop.findings import Finding, fail


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """How many *files* of a delivery were read back, and what is wrong with them."""

    files: int
    findings: tuple[Finding, ...] = ()


def verify(out: Path) -> Verified:
    """Re-hash and re-probe everything that the receipts in *out* say was delivered.

    Where several receipts name one file, the newest counts. Raises InputError when there is no receipt.
    """
    seen: set[str] = set()
    findings: list[Finding] = []
    for delivered, record in _files(read_receipts(out)):
        if record.path not in seen:
            seen.add(record.path)
            findings += _checked(out, record, delivered if record == delivered.file else None)
    if not seen:
        findings.append(fail("verify.empty", "The receipt names no file: nothing was delivered.", where=str(out)))
    return Verified(files=len(seen), findings=tuple(findings))


def _files(receipts: list[Receipt]) -> Iterator[tuple[Delivered, FileRecord]]:
    for receipt in receipts:
        for delivered in receipt.deliverables:
            yield from ((delivered, record) for record in (delivered.file, *delivered.sidecars) if record)


def _checked(out: Path, record: FileRecord, delivered: Delivered | None) -> list[Finding]:
    try:
        path = files.inside(out, record.path)
    except InputError as error:
        return [fail("verify.path", error.what, where=record.path)]
    if not path.is_file():
        return [fail("verify.missing", "The file is not there.", where=record.path, remedy="Deliver again.")]
    size = path.stat().st_size
    if size != record.bytes:
        return [_changed(record, f"it has {size} bytes, the receipt says {record.bytes}")]
    if files.sha256(path) != record.sha256:
        return [_changed(record, "its hash is not the one in the receipt")]
    return _probed(path, record, delivered) if delivered else []


def _changed(record: FileRecord, how: str) -> Finding:
    return fail("verify.changed", f"The file was changed after its delivery: {how}.", where=record.path,
                remedy="Move it away and deliver again.")  # fmt: skip


def _probed(path: Path, record: FileRecord, delivered: Delivered) -> list[Finding]:
    from twopop.picture.probe import probe

    try:
        facts = probe(path)
    except EditorError as error:
        return [fail("verify.unreadable", error.what, where=record.path)]
    picture = facts.picture
    if picture is None:
        return [fail("verify.picture", "The file has no picture.", where=record.path)]
    pairs = {
        "frames": (picture.frames, delivered.frames),
        "frame rate": (picture.rate, delivered.rate),
        "size": (picture.size, delivered.size),
        "codec": (picture.codec, delivered.codec),
        "samples of sound": (facts.sound[0].samples if facts.sound else 0, delivered.samples),
        "start timecode": (facts.timecode, delivered.start_timecode),
    }
    return [
        fail("verify.probe", f"{what}: the file has {found}, the receipt says {said}.", where=record.path)
        for what, (found, said) in pairs.items()
        if found != said
    ]
