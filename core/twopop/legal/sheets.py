"""Cue sheets and reports as rows, and the files that producers open: CSV, XLSX, JSON."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Iterable, Sequence
from fractions import Fraction

import msgspec

from twopop import schema
from twopop.legal.answers import LABEL, AssetUse
from twopop.legal.cues import Cue, CueSheet
from twopop.legal.forms import Form
from twopop.time import Rate, timecode

Cell = str | int


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """A table for people: *columns*, *rows* of text and whole numbers, and *totals* as (name, value) below it."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    totals: tuple[tuple[str, str], ...] = ()


def written(sheet: Sheet, form: Form) -> bytes:
    """*sheet* as the bytes of a file; the same sheet always gives the same bytes."""
    if form is Form.JSON:
        return schema.to_json(sheet)
    return _csv(sheet) if form is Form.CSV else _xlsx(sheet)


def cues_as_sheet(cues: CueSheet, title: str) -> Sheet:
    """*cues* as the rows that performing right societies ask for; durations in frames, timecode and seconds."""
    return Sheet(
        title=title,
        columns=("No", "Title", "In", "Out", "Frames", "Duration", "Seconds", "Usage", "Writers", "Publishers",
                 "Performers", "ISWC", "ISRC", "Origin", "Library", "Catalogue"),
        rows=tuple(_cue_row(cue, cues.rate) for cue in cues.cues),
        totals=(
            ("Length of the film", _length(cues.frames, cues.rate)),
            ("Sum of all cues", _length(cues.cue_frames, cues.rate)),
            ("Time with music", _length(cues.music_frames, cues.rate)),
            ("Note", LABEL),
        ),
    )  # fmt: skip


def _cue_row(cue: Cue, rate: Rate) -> tuple[Cell, ...]:
    def people(*roles: str) -> str:
        return "; ".join(
            " ".join(
                part
                for part in (who.name, _share(who.share), who.society, who.ipi)
                if part
            )
            for who in cue.contributors
            if who.role in roles
        )  # fmt: skip

    return (
        cue.number, cue.title, cue.begins, cue.ends, cue.frames, timecode(cue.frames, rate), _seconds(cue.frames, rate),
        cue.usage, people("composer", "author", "arranger"), people("publisher"), people("performer", "label"),
        cue.iswc, cue.isrc, cue.origin, cue.library, cue.catalogue,
    )  # fmt: skip


def uses_as_sheet(uses: Iterable[tuple[str, AssetUse]], rate: Rate, title: str) -> Sheet:
    """Assets by variant with the time used of each: for billing stock, paying talent, showing credits."""
    listed = list(uses)
    total = sum(use.frames for _, use in listed)
    return Sheet(
        title=title,
        columns=("Variant", "Asset", "Kind", "Title", "Frames", "Seconds", "Places", "Answer", "Credit"),
        rows=tuple(
            (variant, use.asset, use.kind, use.title, use.frames, _seconds(use.frames, rate), len(use.stretches),
             "; ".join(dict.fromkeys(answer.state for answer in use.answers)), use.credit)
            for variant, use in listed
        ),
        totals=(("Sum", _length(total, rate)), ("Note", LABEL)),
    )  # fmt: skip


def _share(share: Fraction | None) -> str:
    return "" if share is None else f"{float(share):g}%"


def _length(frames: int, rate: Rate) -> str:
    return f"{timecode(frames, rate)} ({frames} frames, {_seconds(frames, rate)} s)"


def _seconds(frames: int, rate: Rate) -> str:
    """Seconds to the millisecond, halves up: written from the exact ratio, not from a float."""
    thousandths = (2000 * rate.seconds(frames) + 1) // 2
    return f"{thousandths // 1000}.{thousandths % 1000:03}"


def _csv(sheet: Sheet) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")  # RFC 4180
    writer.writerow(sheet.columns)
    writer.writerows(_harmless(row) for row in sheet.rows)
    writer.writerow(())
    writer.writerows(_harmless(row) for row in sheet.totals)
    return text.getvalue().encode("utf-8-sig")  # spreadsheets know UTF-8 by the mark


def _harmless(row: Sequence[Cell]) -> tuple[Cell, ...]:
    """*row* with nothing that a spreadsheet would run: a text that begins like a formula gets a quote before it."""
    return tuple(f"'{cell}" if isinstance(cell, str) and cell[:1] in tuple("=+-@\t\r") else cell for cell in row)


def _xlsx(sheet: Sheet) -> bytes:
    import xlsxwriter

    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": sheet.title, "created": datetime.datetime(1980, 1, 1)})
    page, bold = book.add_worksheet("Sheet"), book.add_format({"bold": True})
    page.freeze_panes(1, 0)
    page.write_row(0, 0, sheet.columns, bold)
    for number, row in enumerate(sheet.rows, 1):
        page.write_row(number, 0, row)
    for number, (name, value) in enumerate(sheet.totals, len(sheet.rows) + 2):
        page.write_string(number, 0, name, bold)
        page.write_string(number, 1, value)
    for column in range(len(sheet.columns)):
        longest = max(len(str(row[column])) for row in (sheet.columns, *sheet.rows))
        page.set_column(column, column, min(60, longest + 2))
    book.close()
    return content.getvalue()
