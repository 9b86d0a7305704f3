import csv
import io
import json
import re
import zipfile
from fractions import Fraction

import pytest

from twopop.legal.answers import AssetUse
from twopop.legal.clearance import Clearance
from twopop.legal.cues import Cue, CueSheet
from twopop.legal.forms import Form
from twopop.legal.model import Contributor
from twopop.legal.sheets import Sheet, cues_as_sheet, uses_as_sheet, written
from twopop.legal.survival import Stretch
from twopop.time import Rate
from twopop.variants.model import Span

FILM = Rate(24000, 1001)
PEOPLE = (
    Contributor(name="Ada", share=Fraction(50), society="PRS", ipi="00123456789"),
    Contributor(name="Blue Ltd", role="publisher", share=Fraction(100, 3)),
)
CUE = Cue(number=1, asset="a", title="=SUM(1)", begins="01:00:00:00", ends="01:00:01:01", start=0, stop=25,
          usage="BI", contributors=PEOPLE)  # fmt: skip
CUES = CueSheet(rate=FILM, frames=48, cue_frames=25, music_frames=25, cues=(CUE,))


def test_a_cue_in_a_row() -> None:
    sheet = cues_as_sheet(CUES, "Cue sheet")
    row = dict(zip(sheet.columns, sheet.rows[0], strict=True))
    # 25 frames at 24000/1001 last 25025/24000 s = 1.042708... s.
    assert (row["Frames"], row["Duration"], row["Seconds"]) == (25, "00:00:01:01", "1.043")
    assert (row["Writers"], row["Publishers"]) == ("Ada 50% PRS 00123456789", "Blue Ltd 33.3333%")
    assert dict(sheet.totals)["Sum of all cues"] == "00:00:01:01 (25 frames, 1.043 s)"


def test_csv_is_read_back_by_any_reader_and_runs_nothing() -> None:
    content = written(cues_as_sheet(CUES, "Cue sheet"), Form.CSV)
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[1][:4] == ["1", "'=SUM(1)", "01:00:00:00", "01:00:01:01"]
    assert content.count(b"\r\n") == len(rows)


def test_xlsx_holds_the_same_text_as_text() -> None:
    content = written(cues_as_sheet(CUES, "Cue sheet"), Form.XLSX)
    book = zipfile.ZipFile(io.BytesIO(content))
    strings = re.findall(r"<t[^>]*>([^<]*)</t>", book.read("xl/sharedStrings.xml").decode())
    assert {"=SUM(1)", "01:00:00:00", "Ada 50% PRS 00123456789"} <= set(strings)
    assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("form", list(Form))
def test_the_same_sheet_gives_the_same_bytes(form: Form) -> None:
    sheet = cues_as_sheet(CUES, "Cue sheet")
    assert written(sheet, form) == written(sheet, form)


def test_json_is_the_sheet() -> None:
    sheet = Sheet(title="T", columns=("A",), rows=((1,),))
    assert json.loads(written(sheet, Form.JSON))["rows"] == [[1]]


def test_what_is_used_for_how_long() -> None:
    stretches = (Stretch(program=Span(0, 24), cut=Span(0, 24), clip="x", seen=True),)
    answers = (Clearance(asset="stk", right="use", state="cleared", why="Granted."),)
    use = AssetUse(asset="stk", kind="stock", title="Gulls", frames=24, stretches=stretches, answers=answers)
    sheet = uses_as_sheet([("30s", use), ("15s", use)], FILM, "Stock")
    assert [row[:7] for row in sheet.rows] == [
        ("30s", "stk", "stock", "Gulls", 24, "1.001", 1),
        ("15s", "stk", "stock", "Gulls", 24, "1.001", 1),
    ]
    assert sheet.totals[0] == ("Sum", "00:00:02:00 (48 frames, 2.002 s)")
