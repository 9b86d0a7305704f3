"""Reading a delivery back: every file against its receipt, by hash and by probe."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from twopop import files
from twopop.delivery.forms import WAVE
from twopop.delivery.receipt import Delivered, FileRecord, files_of
from twopop.delivery.records import read_receipts
from twopop.errors import EditorError, InputError
from twopop.findings import Finding, fail
from twopop.picture.facts import MediaFacts
from twopop.picture.frames import read_frames
from twopop.picture.probe import probe


class Verified(msgspec.Struct, frozen=True, kw_only=True):
    """How many *files* of a delivery were read back, and what is wrong with them."""

    files: int
    findings: tuple[Finding, ...] = ()


def verify(out: Path) -> Verified:
    """Re-hash and re-probe everything that the receipts in *out* say was delivered.

    Where several receipts name one file, the newest counts. Raises InputError when there is no receipt.
    """
    seen: set[str] = set()
    folders: set[str] = set()
    findings: list[Finding] = []
    for delivered in (each for receipt in read_receipts(out) for each in receipt.deliverables):
        for record in files_of(delivered):
            if record.path not in seen:
                seen.add(record.path)
                findings += _checked(out, record, delivered if record == delivered.file else None)
        if delivered.file and delivered.parts and delivered.file.path not in folders:
            folders.add(delivered.file.path)
            findings += _folder(out, delivered.file, delivered)
    if not seen:
        findings.append(fail("verify.empty", "The receipt names no file: nothing was delivered.", where=str(out)))
    return Verified(files=len(seen), findings=tuple(findings))


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
    return _probed(lambda: probe(path), record, delivered) if delivered else []


def _folder(out: Path, record: FileRecord, delivered: Delivered) -> list[Finding]:
    """What is wrong with a folder of frames beyond its files: what lies there too, and what it is as a picture."""
    try:
        folder = files.inside(out, record.path)
    except InputError as error:
        return [fail("verify.path", error.what, where=record.path)]
    names = [part.path.rpartition("/")[2] for part in delivered.parts]
    there = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    if sorted(names) != there:
        more = sorted({*there} - {*names})
        said = f"{more[0]} and {len(more) - 1} others were" if len(more) > 1 else f"{more[0]} was" if more else ""
        message = f"{said} not delivered with these frames."
        return [fail("verify.extra", message, where=record.path, remedy="Take it out.")] if more else []
    if files.content(folder) != record.sha256:
        return []  # a file was changed, which is said of the file
    sound = next((name for name in names if name.endswith(WAVE)), "")
    frames = [name for name in names if name != sound]
    return _probed(lambda: read_frames(folder, frames, delivered.rate, sound), record, delivered)


def _changed(record: FileRecord, how: str) -> Finding:
    return fail("verify.changed", f"The file was changed after its delivery: {how}.", where=record.path,
                remedy="Move it away and deliver again.")  # fmt: skip


def _probed(read: Callable[[], MediaFacts], record: FileRecord, delivered: Delivered) -> list[Finding]:
    try:
        facts = read()
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
