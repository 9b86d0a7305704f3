"""Receipts on disk: the newest beside the files, the older ones kept."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

import msgspec

from twopop import files, schema
from twopop.delivery import journal
from twopop.delivery.planner import catalogue_project
from twopop.delivery.receipt import SCHEMA, Receipt
from twopop.delivery.session import Session
from twopop.errors import InputError, TwopopError
from twopop.store.locks import locked
from twopop.versions.model import HostEdit

NAME = "receipt.json"


def turn(out: Path) -> AbstractContextManager[bool]:
    """The turn to write what lies once in an output folder (receipt, manifest): several runs may end at once."""
    return locked(out / ".receipt.lock")


def write_receipt(out: Path, receipt: Receipt) -> Path:
    """Write *receipt* into the output folder; an earlier one with other content is kept in ``receipts/``."""
    path, content = out / NAME, schema.to_json(receipt)
    with turn(out):
        if path.exists() and path.read_bytes() != content:
            kept = out / "receipts"
            number = 1 + max((int(p.stem) for p in kept.glob("*.json") if p.stem.isdecimal()), default=0)
            files.write_whole(kept / f"{number:04}.json", path.read_bytes())
        files.write_whole(path, content)  # over the earlier one, so that there is a receipt at every moment
    return path


def with_edits(session: Session, out: Path, receipt: Receipt, edits: tuple[HostEdit, ...]) -> Receipt:
    """*receipt* with the *edits* that were made in a host for it, in the output folder and in the catalogue.

    Where the catalogue cannot be told now, the journal waits with it. Raises EditorError when *out* takes nothing.
    """
    changed = msgspec.structs.replace(receipt, host_edits=edits)
    before, after = schema.to_json(receipt), schema.to_json(changed)
    with turn(out):
        for path in (out / NAME, *sorted((out / "receipts").glob("*.json"), reverse=True)):
            if path.exists() and path.read_bytes() == before:
                files.write_whole(path, after)
                break
    new = tuple(edit for edit in edits if edit not in receipt.host_edits)
    project = catalogue_project(receipt.project)
    texts = [schema.to_json(each, indent=0).decode() for each in (receipt, changed)]
    try:
        with session.open_catalogue() as catalogue:
            catalogue.amend_receipt(project, *texts, edits=new)
    except TwopopError:
        journal.Journal(out).add(journal.Line(schema=journal.SCHEMA, project=project, receipt=texts[1], edits=new))
    return changed


def read_receipts(out: Path) -> list[Receipt]:
    """All receipts of the output folder, newest first; raises InputError when there is none or one is damaged."""
    newest = out / NAME
    if not newest.is_file():
        raise InputError("There is no receipt here.", where=str(out), remedy="Give the folder of a delivery.")
    older = sorted((out / "receipts").glob("*.json"), reverse=True)
    return [_read(path) for path in (newest, *older)]


def _read(path: Path) -> Receipt:
    raw = schema.from_json(path.read_bytes(), dict, where=str(path))
    schema.check_schema(raw, SCHEMA, where=str(path))
    return schema.from_builtins(raw, Receipt, where=str(path))
