"""The example of a rights source: a music house's list, asked through the real way."""

import json
import shutil
from pathlib import Path

import opentimelineio as otio
import pytest

from support.numbered import make_numbered
from twopop.cli import main

PLUGIN = Path(__file__).parents[2] / "examples" / "plugins" / "music_house.py"
LIST = "Track,Title,Writer,ISRC,Territory,Invoice\nMH_001,Blue Hour,Ina Moor,XX1,EU,{invoice}\n"
ORDER = """
schema = "twopop.order/1"
[project]
client = "House"
title = "Spot"
fields = { clearance = "CL-7" }
[timeline]
file = "cut.otio"
[[deliverable]]
duration = "full"
aspect = "16:9"
spec = "social-h264"
[use]
media = ["youtube"]
territories = ["DE"]
start = 2026-12-01
end = 2026-12-31
"""


@pytest.fixture
def project(tmp_path: Path, ffmpeg: Path) -> Path:
    (tmp_path / "plugins").mkdir()
    shutil.copy(PLUGIN, tmp_path / "plugins")
    (tmp_path / "twopop.toml").write_text('[plugins]\nfolders = ["plugins"]\n')
    tone = ("-f", "lavfi", "-i", "sine=frequency=440:duration=1:sample_rate=48000")
    make_numbered(tmp_path / "MH_001_full.mov", frames=25, rate=25, inputs=tone, more=("-c:a", "pcm_s16le"))
    whole = otio.opentime.TimeRange(otio.opentime.RationalTime(0, 25), otio.opentime.RationalTime(25, 25))
    timeline = otio.schema.Timeline("cut")
    for name, kind in (("V1", "Video"), ("Music", "Audio")):
        clip = otio.schema.Clip("MH_001", otio.schema.ExternalReference("MH_001_full.mov", whole), whole)
        timeline.tracks.append(otio.schema.Track(name, [clip], kind=kind))
    otio.adapters.write_to_file(timeline, str(tmp_path / "cut.otio"))
    (tmp_path / "order.toml").write_text(ORDER)
    return tmp_path


@pytest.mark.parametrize(("invoice", "state"), [("INV-9", "cleared"), ("", "not cleared")])
def test_what_is_invoiced_is_cleared_and_the_number_is_written(
    project: Path, capsys: pytest.CaptureFixture[str], invoice: str, state: str
) -> None:
    (project / "music_house.csv").write_text(LIST.format(invoice=invoice))
    status = main(["plan", str(project / "order.toml"), "--json"])
    (deliverable,) = json.loads(capsys.readouterr().out)["deliverables"]
    assert status == (0 if state == "cleared" else 1)
    (use,) = deliverable["rights"]
    assert {answer["state"] for answer in use["answers"]} == {state}
    assert {answer["right"] for answer in use["answers"]} == {"sync", "master"}
    assert deliverable["cues"]["cues"][0]["title"] == "Blue Hour"
    assert {"key": "comment", "value": "Clearance CL-7"} in deliverable["metadata"]


def test_a_list_that_is_gone_is_told_in_words(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", str(project / "order.toml")]) != 0
    said = capsys.readouterr()
    assert "music house cannot be read" in said.out + said.err


def test_it_is_one_short_file() -> None:
    assert PLUGIN.read_text().count("\n") < 60
