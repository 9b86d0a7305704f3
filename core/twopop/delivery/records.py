"""Receipts on disk: the newest beside the files, the older ones kept."""

from __future__ import annotations

from pathlib import Path

from twopop import files, schema
from twopop.delivery.receipt import SCHEMA, Receipt
from twopop.errors import InputError

NAME = "receipt.json"


def write_receipt(out: Path, receipt: Receipt) -> Path:
    """Write *receipt* into the output folder; an earlier one with other content is kept in ``receipts/``."""
    path, content = out / NAME, schema.to_json(receipt)
    if path.exists() and path.read_bytes() != content:
        kept = out / "receipts"
        number = 1 + max((int(p.stem) for p in kept.glob("*.json") if p.stem.isdecimal()), default=0)
        files.write_whole(kept / f"{number:04}.json", path.read_bytes())
    files.write_whole(path, content)  # over the earlier one, so that there is a receipt at every moment
    return path


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
