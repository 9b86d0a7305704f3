"""legal check, cue-sheet and report, as a producer uses them."""

import csv
import json
from pathlib import Path

import pytest
from running import Run, colours, order, runner

LEDGER = """
schema = "twopop.rights/1"
[[asset]]
id = "colour"
kind = "stock"
title = "The First Colour"
sources = ["colour 0"]
credit = "Colour by Ada"
[[asset.grant]]
status = "paid"
territory = ["EU"]
"""
USE = """
[rights]
ledgers = ["rights.toml"]
[use]
media = ["tv"]
territories = ["{territory}"]
start = 2026-06-01
end = 2026-06-30
"""


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(capsys)


def asked(folder: Path, territory: str) -> Path:
    colours(folder / "cut.otio", 24, 12)
    (folder / "rights.toml").write_text(LEDGER)
    return order(folder / "order.toml", USE.format(territory=territory))


def test_the_answer_is_readable_and_decides_the_exit_status(run: Run, tmp_path: Path) -> None:
    good = run("legal", "check", asked(tmp_path, "DE"))
    assert good.status == 0
    assert "full: cleared" in good.out
    assert "not legal advice" in good.out
    bad = run("legal", "check", asked(tmp_path, "US"))
    assert bad.status == 1
    assert "full: blocked" in bad.out
    assert "The First Colour (stock), 24 frames from 00:00:00:00. Nothing is granted for tv in US." in bad.out
    assert "License it there, or replace it." in bad.out


def test_the_same_as_data(run: Run, tmp_path: Path) -> None:
    ran = run("legal", "check", asked(tmp_path, "US"), "--json")
    (variant,) = json.loads(ran.out)["variants"]
    assert variant["uses"][0]["answers"][0]["state"] == "not cleared"
    assert variant["findings"][0]["rule"] == "rights.not-cleared"


def test_what_is_blocked_is_not_delivered(run: Run, tmp_path: Path) -> None:
    assert run("deliver", asked(tmp_path, "US")).status == 1
    assert not list((tmp_path / "delivery").rglob("*.mp4"))


@pytest.mark.parametrize(("of", "words"), [("stock", "The First Colour"), ("credits", "Colour by Ada")])
def test_reports_say_what_is_owed_and_shown(run: Run, tmp_path: Path, of: str, words: str) -> None:
    said = run("legal", "report", asked(tmp_path, "DE"), "--of", of).out
    assert words in said
    assert "1.000" in said  # 24 frames at 24 frames a second
    assert "Nothing of that kind (talent)" in run("legal", "report", tmp_path / "order.toml", "--of", "talent").out


def test_a_report_as_a_file(run: Run, tmp_path: Path) -> None:
    asked(tmp_path, "DE")
    run("legal", "report", tmp_path / "order.toml", "--of", "stock", "--out", tmp_path / "out")
    rows = list(csv.reader((tmp_path / "out" / "report_stock.csv").read_text("utf-8-sig").splitlines()))
    assert rows[1][:6] == ["full", "colour", "stock", "The First Colour", "24", "1.000"]


def test_no_music_no_cue_sheet(run: Run, tmp_path: Path) -> None:
    assert "No music of a ledger is heard" in run("legal", "cue-sheet", asked(tmp_path, "DE")).out
