"""A delivery that is killed at any moment goes on to the same bytes; nothing half-written ever has a final name."""

from __future__ import annotations

import multiprocessing
import random
import shutil

import pytest

from support import forked
from support.projects import delivered_files, small_spot
from twopop.delivery.verify import verify
from twopop.package.manifest import NAME as MANIFEST
from twopop.store import upkeep

KILLS = 50

pytestmark = pytest.mark.skipif(
    "forkserver" not in multiprocessing.get_all_start_methods(), reason="processes cannot be forked here"
)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """The cutdown of the small spot in one aspect: two files with captions, from their segments and a mix."""
    folder = tmp_path_factory.mktemp("killed") / "spot"
    order = small_spot(folder)
    text = order.read_text().replace('["16:9", "9:16"]', '["16:9"]').replace('["full", "short"]', '["short"]')
    order.write_text(text)
    return folder


@pytest.fixture(scope="module")
def undisturbed(project, tmp_path_factory):
    """The bytes of a delivery that nobody disturbs, and how many seconds it takes here."""
    import time

    folder = tmp_path_factory.mktemp("undisturbed") / "spot"
    shutil.copytree(project, folder)
    began = time.monotonic()
    _run(folder).join()
    took = time.monotonic() - began
    files = delivered_files(folder / "delivery")
    assert len(files) == 4
    return files, took


def _run(folder):
    process = forked.server().Process(target=forked.deliver, args=(folder,))
    process.start()
    return process


def test_killed_at_fifty_random_moments(project, undisturbed, tmp_path):
    wanted, took = undisturbed
    chance = random.Random(50)
    kills = finished = 0
    folder = tmp_path / "0"
    shutil.copytree(project, folder)
    while kills < KILLS:
        process = _run(folder)
        process.join(chance.uniform(0, took / 2))
        if process.exitcode is None:
            process.kill()
            process.join()
            kills += 1
            _assert_whole(folder, wanted)
        else:
            _assert_finished(folder, wanted)
            shutil.rmtree(folder)
            finished += 1
            folder = tmp_path / str(finished)
            shutil.copytree(project, folder)
    _run(folder).join()
    _assert_finished(folder, wanted)


def _assert_whole(folder, wanted):
    """Whatever has a final name is what an undisturbed run makes; so is whatever the store knows."""
    for name, content in delivered_files(folder / "delivery").items():
        assert content == wanted[name], name
    assert upkeep.verify(folder / ".twopop" / "store").damaged == ()


def _assert_finished(folder, wanted):
    """All files are there, and receipt and manifest know every one, also those of the runs that were killed."""
    out = folder / "delivery"
    assert delivered_files(out) == wanted
    verified = verify(out)
    assert not verified.findings
    assert verified.files == len(wanted)
    told = {line.split(maxsplit=1)[1].lstrip("*") for line in (out / MANIFEST).read_text().splitlines()}
    assert told == set(wanted)
    assert upkeep.verify(folder / ".twopop" / "store").damaged == ()
