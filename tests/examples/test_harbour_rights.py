"""The harbour campaign against its ledger: what the page of the example promises, counted from the cut itself."""

import json
from pathlib import Path

import pytest

from twopop.cli import main

FOLDER = Path(__file__).parents[2] / "examples" / "harbour"


@pytest.fixture(scope="module")
def variants(shared_media: Path) -> dict[str, dict]:
    import contextlib
    import io

    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with contextlib.redirect_stdout(out):
        assert main(["legal", "check", str(FOLDER / "campaign.toml"), "--json"]) == 1
    told = json.loads(out.buffer.getvalue())
    return {variant["variant"]: variant for variant in told["variants"]}


def stops(variant: dict) -> set[str]:
    return {finding["rule"] for finding in variant["findings"] if finding["severity"] == "fail"}


def test_the_full_length_is_blocked_in_one_market_and_its_cutdown_is_not(variants: dict[str, dict]) -> None:
    assert stops(variants["full GB"]) == set()
    assert stops(variants["full US"]) == {"rights.not-cleared"}
    assert stops(variants["15s US"]) == set()


def test_a_licence_runs_out_during_one_flight(variants: dict[str, dict]) -> None:
    assert stops(variants["full DE"]) == stops(variants["15s DE"]) == {"rights.expires"}
    (music,) = [use for use in variants["15s DE"]["uses"] if use["asset"] == "bunny-score"]
    assert {answer["until"] for answer in music["answers"]} == {"2027-05-31"}


def test_the_cue_sheets_differ_by_variant(variants: dict[str, dict]) -> None:
    """The music track: 0-348 and 1032-1440 of one piece, 648-870 of the other; CUT15 keeps 356-440, 648-684, 888-1032
    and 1344-1440."""

    def cues(name: str) -> list[tuple[str, int, int]]:
        return [(cue["asset"], cue["start"], cue["stop"]) for cue in variants[name]["cues"]["cues"]]

    assert cues("full GB") == [("bunny-score", 0, 348), ("tramp-score", 648, 870), ("bunny-score", 1032, 1440)]
    assert cues("15s GB") == [("tramp-score", 84, 120), ("bunny-score", 264, 360)]
