"""What an order says of a film, written into MP4, MOV and MXF and read back by other people's tools."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from twopop.cli import main

ORDER = """
schema = "twopop.order/1"
[project]
client = "House"
title = "Colours"
[timeline]
file = "cut.otio"
[[matrix]]
durations = ["full"]
aspects = ["1:1"]
specs = ["review-h264", "prores-proxy-mov", "dnxhr-lb-mxf"]
[legal]
copyright = "© 2026 House"
creator = "House"
clearance = "CL-7"
ai = "compositeWithTrainedAlgorithmicMedia"
{more}
[legal.durations.full]
ad_id = "{ad_id}"
"""


def project(folder: Path, *, ad_id: str = "ABCD1234000H", more: str = "") -> Path:
    whole = otio.opentime.TimeRange(otio.opentime.RationalTime(0, 24), otio.opentime.RationalTime(12, 24))
    media = otio.schema.GeneratorReference(generator_kind="SolidColor", parameters={"colour": "#804020"})
    track = otio.schema.Track("V1", [otio.schema.Clip("colour", media, whole)], kind="Video")
    cut = otio.schema.Timeline("cut", global_start_time=otio.opentime.RationalTime(86400, 24))
    cut.tracks.append(track)
    otio.adapters.write_to_file(cut, str(folder / "cut.otio"))
    order = folder / "order.toml"
    order.write_text(ORDER.format(ad_id=ad_id, more=more), "utf-8")
    return order


@pytest.fixture(scope="module")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("metadata")
    assert main(["deliver", str(project(folder))]) == 0
    return folder / "delivery"


def file(delivery: Path, ending: str) -> Path:
    (found,) = delivery.rglob(f"*{ending}")
    return found


def tags(ffprobe: str, path: Path) -> dict[str, Any]:
    run = subprocess.run([ffprobe, "-v", "error", "-show_format", "-of", "json", path], capture_output=True, check=True)
    return json.loads(run.stdout)["format"]["tags"]


def test_mp4_says_it_in_the_places_that_it_has(delivery: Path, ffprobe: str) -> None:
    said = tags(ffprobe, file(delivery, ".mp4"))
    assert (said["title"], said["copyright"], said["artist"]) == ("Colours (full 1:1)", "© 2026 House", "House")
    assert said["comment"] == (
        "Ad-ID: ABCD1234000H; Clearance: CL-7; Digital source type: compositeWithTrainedAlgorithmicMedia"
    )


def test_mov_says_it_under_keys_of_its_own_as_well(delivery: Path, ffprobe: str) -> None:
    said = tags(ffprobe, file(delivery, ".mov"))
    assert said["org.twopop.ad_id"] == "ABCD1234000H"
    assert said["org.twopop.clearance"] == "CL-7"
    assert said["copyright"] == "© 2026 House"


def test_mxf_bears_the_ad_id_as_its_packages_name(delivery: Path, ffprobe: str, mediainfo: str) -> None:
    path = file(delivery, ".mxf")
    assert tags(ffprobe, path)["material_package_name"] == "ABCD1234000H"
    run = subprocess.run([mediainfo, "--Output=JSON", path], capture_output=True, check=True)
    assert json.loads(run.stdout)["media"]["track"][0]["PackageName"] == "ABCD1234000H"


def test_the_sidecars_say_all_of_it_for_every_file(delivery: Path) -> None:
    for path in delivery.rglob("*.mxf"):
        said = json.loads(path.with_name(f"{path.stem}.description.json").read_text("utf-8"))
        assert said["copyrightNotice"] == "© 2026 House"
        assert {"role": "Ad-ID", "itemId": "ABCD1234000H"} in said["registryEntries"]
        assert said["duration"] == {"value": 12, "scale": "1/24"}
    tool = shutil.which("exiftool")
    if tool:
        xmp = file(delivery, "_v001.xmp") if len(list(delivery.rglob("*.xmp"))) == 1 else next(delivery.rglob("*.xmp"))
        run = subprocess.run([tool, "-json", "-Rights", "-Title", xmp], capture_output=True, check=True)
        assert json.loads(run.stdout)[0]["Rights"] == "© 2026 House"


def test_the_delivery_is_verified_with_its_sidecars(delivery: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(delivery)]) == 0
    assert "9 files read back" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ({"ad_id": "0BCD1234000H"}, "legal.ad-id"),
        ({"more": 'clock = "AAA/ABCD001/030"'}, "legal.clock"),
        ({"more": 'eidr = "10.5240/7791-8534-2C23-9030-8610-6"'}, "legal.eidr"),
    ],
)
def test_an_identifier_of_the_wrong_form_is_told_before_anything_is_rendered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: dict[str, str], rule: str
) -> None:
    status = main(["plan", str(project(tmp_path, **words))])
    assert rule in capsys.readouterr().out
    assert status == (0 if rule == "legal.eidr" else 1)


def test_a_source_type_that_does_not_exist_is_refused_with_the_nearest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    order = project(tmp_path)
    order.write_text(order.read_text("utf-8").replace("compositeWithTrained", "compositWithTrained"), "utf-8")
    assert main(["plan", str(order)]) == 1
    assert "Did you mean 'compositeWithTrainedAlgorithmicMedia'?" in capsys.readouterr().out


def test_what_machines_made_has_to_be_disclosed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "rights.toml").write_text(
        'schema = "twopop.rights/1"\n[[asset]]\nid = "sky"\nkind = "ai"\ntitle = "Made sky"\nsources = ["colour"]\n'
        '[[asset.grant]]\nstatus = "executed"\n'
    )
    order = project(tmp_path)
    text = order.read_text("utf-8") + '[rights]\nledgers = ["rights.toml"]\n'
    order.write_text(text, "utf-8")
    main(["plan", str(order)])
    assert "legal.ai-undisclosed" not in capsys.readouterr().out
    order.write_text(text.replace('ai = "compositeWithTrainedAlgorithmicMedia"', ""), "utf-8")
    main(["plan", str(order)])
    said = capsys.readouterr().out
    assert "legal.ai-undisclosed" in said
    assert "'Made sky' was made by a machine and is in this cut for 12 frames" in said
