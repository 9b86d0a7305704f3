"""A disk that is full in the middle of a delivery: said in words, nothing half-written, and the next run goes on."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from support.projects import deliver_apart, delivered_files, small_spot
from support.small_disk import small_disk
from twopop.store import upkeep


@pytest.fixture
def disk(tmp_path):
    with small_disk(tmp_path / "disk") as resize:
        yield tmp_path / "disk", resize


def test_a_full_disk_in_the_middle(tmp_path, disk):
    place, resize = disk
    order = small_spot(tmp_path / "spot")
    order.write_text(order.read_text().replace('["16:9", "9:16"]', '["16:9"]'))
    shutil.copytree(tmp_path / "spot", tmp_path / "undisturbed")
    assert deliver_apart(tmp_path / "undisturbed") == "delivered"
    wanted = delivered_files(tmp_path / "undisturbed" / "delivery")
    settings = tmp_path / "spot" / "twopop.toml"
    settings.write_text(settings.read_text() + f'[paths]\nstore = "{place / "store"}"\n')
    order.write_text(order.read_text().replace("[[matrix]]", f'out = "{place / "delivery"}"\n[[matrix]]', 1))
    outcomes = []
    for size in ("300k", "700k", "1200k", "64m"):
        resize(size)
        done = subprocess.run(
            [sys.executable, "-m", "twopop", "deliver", str(order)], capture_output=True, text=True, check=False
        )
        outcomes.append(done.returncode)
        files = delivered_files(place / "delivery") if (place / "delivery").exists() else {}
        assert files == {name: wanted[name] for name in files}
        assert upkeep.verify(place / "store").damaged == ()
        if done.returncode:
            assert done.returncode == 1, done.stderr
            assert "Free some space" in done.stdout + done.stderr
            assert "Traceback" not in done.stdout + done.stderr
    assert outcomes[0] == 1
    assert outcomes[-1] == 0
    assert files == wanted
