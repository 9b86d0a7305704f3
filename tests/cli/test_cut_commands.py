"""timeline and diff: any cut, in words and as data."""

import json
from pathlib import Path

import pytest
from running import Run, colours, order, runner

EDL = """TITLE: HARBOUR [red]
FCM: NON-DROP FRAME

001  HARB     V     C        01:00:00:00 01:00:02:00 01:00:00:00 01:00:02:00
* FROM CLIP NAME: QUAY \x1b[31m
002  MAST     V     C        02:00:00:00 02:00:01:12 01:00:02:00 01:00:03:12
"""


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(capsys)


def test_a_cut_is_listed(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "cut.edl"
    path.write_text(EDL)
    told = json.loads(run("timeline", path, "--rate", "24", "--json").out)
    assert told["rate"] == "24"
    assert told["start"] == "01:00:00:00"
    assert told["duration_frames"] == 2 * 24 + 36
    assert [(event["start"], event["stop"]) for event in told["events"]] == [(0, 48), (48, 84)]
    assert {"events", "markers", "findings", "audio"} <= set(told)


def test_a_cut_is_readable_and_its_words_are_not_obeyed(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "cut.edl"
    path.write_text(EDL)
    ran = run("timeline", path, "--rate", "24")
    assert ran.status == 0
    assert "HARBOUR [red]" in ran.out
    assert "\x1b" not in ran.out
    assert "01:00:02:00  01:00:03:12      36" in ran.out
    assert "2 events" in ran.out


def real_timelines() -> list[Path]:
    folder = Path(__file__).resolve().parents[3] / "shared" / "media" / "timelines"
    kinds = {".otio", ".edl", ".xml", ".fcpxml", ".aaf"}
    return sorted(path for path in folder.glob("*/*") if path.suffix.lower() in kinds)


@pytest.mark.parametrize("path", real_timelines() or [None], ids=lambda path: path.name if path else "none")
def test_every_real_timeline_gives_words_and_never_a_traceback(run: Run, path: Path | None) -> None:
    if path is None:
        pytest.skip("the shared timelines are not there")
    ran = run("timeline", path)
    assert ran.status in (0, 1, 2)
    assert bool(ran.err) == (ran.status == 2)
    assert "fault of its own" not in ran.err
    assert ("frames a second" in ran.out) == (ran.status != 2)


@pytest.mark.parametrize("content", [b"", b"\0\1\2" * 50, b"{", b'{"OTIO_SCHEMA": "Nothing.9"}', "\u202e".encode()])
@pytest.mark.parametrize("suffix", [".otio", ".edl", ".xml", ".fcpxml", ".aaf", ".mov"])
def test_what_is_no_cut_is_told_so(run: Run, tmp_path: Path, content: bytes, suffix: str) -> None:
    path = tmp_path / f"no cut{suffix}"
    path.write_bytes(content)
    ran = run("timeline", path, "--json")
    assert ran.status == 2
    assert ran.out == ""
    assert "no cut" in ran.err


def test_equal_cuts_have_no_difference(run: Run, tmp_path: Path) -> None:
    old, new = colours(tmp_path / "old.otio", 24, 48), colours(tmp_path / "new.otio", 24, 48)
    ran = run("diff", old, new)
    assert (ran.status, ran.out) == (0, "Nothing changed.\n")
    assert json.loads(run("diff", old, new, "--json").out)["changes"] == []


def test_a_change_names_the_deliverables_that_it_touches(run: Run, tmp_path: Path) -> None:
    old, new = colours(tmp_path / "old.otio", 48, 48, 48), colours(tmp_path / "cut.otio", 48, 48, 36)
    head = '[[deliverable]]\nduration = "2s"\naspect = "1:1"\nspec = "review-h264"\n'
    tail = '[cutdowns."2s"]\nkeep = [["01:00:00:00", "01:00:02:00"]]\n'
    asked = order(tmp_path / "order.toml", head + tail)
    told = json.loads(run("diff", old, new, "--order", asked, "--json").out)
    assert told["changes"]
    assert {each["id"].split()[0]: each["touched"] for each in told["deliverables"]} == {"full": True, "2s": False}
    assert "1 of 2 deliverables touched." in run("diff", old, new, "--order", asked).out
