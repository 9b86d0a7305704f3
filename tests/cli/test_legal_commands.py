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


def test_a_ledger_that_the_catalogue_keeps_holds_for_every_order(run: Run, tmp_path: Path) -> None:
    order_file = asked(tmp_path, "US")
    order_file.write_text(order_file.read_text("utf-8").replace('ledgers = ["rights.toml"]', ""), "utf-8")
    assert run("legal", "check", order_file).status == 0
    said = run("legal", "keep", tmp_path / "rights.toml", "--project", tmp_path)
    assert (said.status, "1 asset, 1 grant" in said.out) == (0, True)
    assert "full: blocked" in run("legal", "check", order_file).out
    assert "rights" in run("legal", "ledgers", "--project", tmp_path).out
    assert run("legal", "forget", "right", "--project", tmp_path).status == 2
    assert run("legal", "forget", "rights", "--project", tmp_path).status == 0
    assert "keeps no ledgers" in run("legal", "ledgers", "--project", tmp_path).out


def test_a_ledger_with_an_entry_that_cannot_be_tied_to_an_asset_is_not_kept(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("asset,kind\n,music\n")
    said = run("legal", "keep", tmp_path / "bad.csv", "--project", tmp_path)
    assert said.status == 1
    assert "bad.csv, row 2" in said.out
    assert "keeps no ledgers" in run("legal", "ledgers", "--project", tmp_path).out
