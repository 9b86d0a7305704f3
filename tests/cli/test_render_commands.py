"""What failed is told with the command that tries it again, and that command works."""

from __future__ import annotations

import json
import shlex

import pytest
from running import runner

from support.projects import small_spot


@pytest.fixture
def run(capsys):
    return runner(capsys)


@pytest.fixture(scope="module")
def order(tmp_path_factory):
    """The small spot in one aspect, short only; its ProRes spec asks the encoder for what it does not know."""
    folder = tmp_path_factory.mktemp("failing") / "spot"
    path = small_spot(folder, workers=1)
    path.write_text(path.read_text().replace('["16:9", "9:16"]', '["16:9"]').replace('["full", "short"]', '["short"]'))
    spec = folder / "plugins" / "tiny-intra.toml"
    spec.write_text(spec.read_text().replace('profile = "0"', 'profile = "no-such-profile"'))
    return path


def test_what_fails_does_not_stop_the_rest_and_can_be_tried_alone(run, order):
    status, said, _ = run("deliver", str(order))
    assert status == 1
    assert "2 deliverables ordered: 1 delivered, 0 unchanged, 1 failed, 0 blocked." in said
    lines = [line for line in said.splitlines() if " Again: twopop render " in line]
    receipt = json.loads((order.parent / "delivery" / "receipt.json").read_text())
    assert len(lines) == len(receipt["failures"]) > 0
    assert all("320x180 prores_ks" in line and "ffmpeg failed" in line for line in lines)
    again = shlex.split(lines[0].partition(" Again: twopop ")[2])
    status, said, _ = run(*again)
    assert status == 1
    assert said.startswith("failed ")
    assert again[2] in said


def test_fail_fast_stops_the_rest(run, order, tmp_path):
    status, _, _ = run("deliver", str(order), "--fail-fast", "--out", str(tmp_path / "out"))
    assert status == 1
    receipt = json.loads((tmp_path / "out" / "receipt.json").read_text())
    assert len(receipt["failures"]) == 1


def test_single_segments_are_rendered_into_the_store(run, order):
    status, plan, _ = run("plan", str(order), "--json")
    good = [each for each in json.loads(plan)["deliverables"] if each["spec"] == "tiny-h264"]
    key = good[0]["segments"][0]
    (order.parent / ".twopop" / "store" / "segments" / key[:2] / f"{key}.json").unlink(missing_ok=True)
    status, said, _ = run("render", str(order), key[:10])
    assert (status, said.split()[:2]) == (0, ["rendered", key])
    status, said, _ = run("render", str(order), key)
    assert (status, said.split()[:3]) == (0, ["in", "store", key])


def test_a_key_that_is_none_is_wrong_use(run, order):
    status, _, said = run("render", str(order), "ffffffffffff")
    assert status == 2
    assert "is no key of this plan" in said
