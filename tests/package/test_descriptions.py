"""XMP and JSON beside a file, read by other people's tools."""

import json
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twopop.package.description import Description, to_hub_json
from twopop.package.xmp import to_xmp
from twopop.time import Rate

TOLD = Description(
    title="Spot (30s 16:9)",
    description='Tea & "cakes" <hot>',
    copyright="© 2026 House",
    creator="House",
    credit="Footage: NASA",
    usage="TV only",
    source_type="http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia",
    language="de-AT",
    identifiers={"Ad-ID": "ABCD1234000H", "Clearcast": "AAA/ABCD001/030"},
    frames=720,
    rate=Rate(24000, 1001),
    size=(1920, 1080),
)


def test_exiftool_reads_every_property_of_the_xmp(tmp_path: Path) -> None:
    tool = shutil.which("exiftool")
    if tool is None:
        pytest.skip("no exiftool is installed")
    path = tmp_path / "spot.xmp"
    path.write_bytes(to_xmp(TOLD))
    (checked,) = _exiftool(tool, "-validate", "-warning", path)
    assert checked["Validate"] == "0 0 0"  # no errors, no warnings, no minor ones
    (read,) = _exiftool(tool, "-all", path)
    assert read["Title"] == TOLD.title
    assert read["Description"] == TOLD.description
    assert read["Rights"] == TOLD.copyright
    assert read["Creator"] in (TOLD.creator, [TOLD.creator])
    assert read["Credit"] == TOLD.credit
    assert read["UsageTerms"] == TOLD.usage
    assert read["DigitalSourceType"] == TOLD.source_type
    assert read["Language"] in (TOLD.language, [TOLD.language])
    assert read["RegistryID"] == [
        {"RegOrgId": "Ad-ID", "RegItemId": "ABCD1234000H"},
        {"RegOrgId": "Clearcast", "RegItemId": "AAA/ABCD001/030"},
    ]
    assert read["VideoFrameSize"] == {"W": 1920, "H": 1080, "Unit": "pixel"}
    assert read["Duration"]["Value"] == 720


def _exiftool(tool: str, *arguments: object) -> list[dict]:
    run = subprocess.run([tool, "-json", "-struct", "-n", *map(str, arguments)], capture_output=True, check=True)
    return json.loads(run.stdout)


@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=40))
def test_any_text_comes_back_out_of_the_xmp(text: str) -> None:
    told = Description(title=text, frames=1, rate=Rate(25), size=(2, 2))
    tree = Xml.fromstring(to_xmp(told).decode("utf-8"))  # noqa: S314 - our own bytes
    found = [item.text for item in tree.iter("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}li")]
    assert found == ([text] if text else [])


def test_what_is_not_told_is_not_written() -> None:
    bare = Description(frames=1, rate=Rate(25), size=(2, 2))
    assert b"dc:title" not in to_xmp(bare)
    assert set(json.loads(to_hub_json(bare))) == {"schema", "names", "duration", "videoFrameRate", "frameSize"}


def test_the_same_description_gives_the_same_bytes() -> None:
    assert to_xmp(TOLD) == to_xmp(TOLD)
    assert to_hub_json(TOLD) == to_hub_json(TOLD)


def test_the_json_bears_the_hubs_names() -> None:
    said = json.loads(to_hub_json(TOLD))
    assert (said["copyrightNotice"], said["creditLine"], said["usageTerms"]) == (
        "© 2026 House",
        "Footage: NASA",
        "TV only",
    )
    assert said["registryEntries"][0] == {"role": "Ad-ID", "itemId": "ABCD1234000H"}
