"""The same order gives the same plan, and the same bytes, wherever and however often it is made."""

from __future__ import annotations

import shutil

import pytest

from support.projects import deliver_apart, delivered_files, small_spot
from twopop import schema
from twopop.delivery.order import read_order
from twopop.delivery.planner import make_plan
from twopop.delivery.session import open_session


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """The small spot, not yet delivered, with one worker."""
    folder = tmp_path_factory.mktemp("one") / "spot"
    small_spot(folder, workers=1)
    return folder


def _planned(folder):
    return schema.to_json(make_plan(read_order(folder / "order.toml"), open_session(folder)))


def test_planning_twice_gives_the_same_bytes(first):
    plan = _planned(first)
    assert _planned(first) == plan
    (first / ".twopop" / "media.json").write_bytes(b'{"schema": "twopop.media/1", "files": {"')
    assert _planned(first) == plan


def test_two_folders_one_or_two_workers_same_files(first, tmp_path):
    second = tmp_path / "elsewhere" / "with a longer name"
    shutil.copytree(first, second, ignore=shutil.ignore_patterns(".twopop", "delivery"))
    settings = second / "twopop.toml"
    settings.write_text(settings.read_text().replace("workers = 1", "workers = 2"))
    for folder, seed in ((first, "1"), (second, "2")):
        assert deliver_apart(folder, PYTHONHASHSEED=seed) == "delivered"
    one, two = delivered_files(first / "delivery"), delivered_files(second / "delivery")
    assert len(one) == 16
    assert sorted(one) == sorted(two)
    assert [name for name in one if one[name] != two[name]] == []
