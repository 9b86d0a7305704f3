"""Black and frozen stretches, put together over the segments of a deliverable."""

from __future__ import annotations

import subprocess
from pathlib import Path
from threading import Event

import pytest

from support import projects
from support.numbered import PRORES, make_numbered
from support.projects import FILM, clip, dissolve, gap, time, track
from twopop.delivery.order import read_order
from twopop.delivery.planner import make_plan
from twopop.delivery.run import deliver
from twopop.delivery.session import open_session
from twopop.delivery.watching import Watcher
from twopop.picture.tools import find_ffmpeg

TAGGED = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"
#: Frames 30 to 49 are black, 80 to 119 are one picture.
DAMAGED = f"drawbox=t=fill:color=black:enable='between(n,30,49)',{TAGGED}"


@pytest.fixture(scope="module")
def media(tmp_path_factory):
    folder = tmp_path_factory.mktemp("media")
    make_numbered(folder / "dark.mov", frames=72, rate=FILM, codec=PRORES, filters=DAMAGED)
    make_numbered(folder / "one.png", frames=1, rate=FILM, codec=(), more=("-frames:v", "1"))
    held = ["-loop", "1", "-framerate", "24000/1001", "-i", str(folder / "one.png"), "-frames:v", "60", *PRORES]
    subprocess.run([str(find_ffmpeg()), "-y", "-v", "error", *held, str(folder / "held.mov")], check=True)
    return folder


def project(folder: Path, media: Path, cut, *, rules="", specs='["tiny-h264"]', keep="", master="") -> Path:
    for name in ("dark.mov", "held.mov", "one.png"):
        (folder / name).symlink_to(media / name)
    durations = '["full", "short"]' if keep else '["full"]'
    order = f'{master}\n[[matrix]]\ndurations = {durations}\naspects = ["16:9"]\nspecs = {specs}\n{keep}'
    path = projects.write_project(folder, cut, order, spec_more=rules)
    spec = folder / "plugins" / "tiny-intra.toml"
    spec.write_text(spec.read_text().replace('codec = "prores"', 'codec = "prores"\nprofile = "Proxy"'))
    return path


def cut_of(*items):
    return projects.timeline(track(*items), rate=FILM, start=86400)


def shot(name, first, frames, **more):
    return clip(name, time(first, FILM), frames, FILM, **more)


def told(order: Path):
    session = open_session(order.parent)
    plan = make_plan(read_order(order), session)
    receipt = deliver(plan, session)
    assert all(record.outcome in ("delivered", "failed") for record in receipt.deliverables), receipt.deliverables
    return plan, receipt, session


def found(record):
    rules = ("picture.black", "picture.still")
    return [(f.rule, f.where, f.measured, str(f.severity)) for f in record.findings if f.rule in rules]


def test_a_stretch_over_two_segments_is_one_finding(tmp_path, media):
    keep = '[cutdowns.short]\nkeep = [["01:00:02:00", "01:00:02:12"], ["01:00:00:10", "01:00:01:16"]]'
    order = project(tmp_path, media, cut_of(shot("dark.mov", 0, 72)), keep=keep)
    (tmp_path / "twopop.toml").write_text((tmp_path / "twopop.toml").read_text() + "segment_seconds = 1\n")
    _, receipt, session = told(order)
    full, short = receipt.deliverables
    where = "00:00:01:06 (in the timeline 01:00:01:06)"
    assert found(full) == [("picture.black", where, "20 frames", "warn")]
    # frames 30 to 39 of the source end the cutdown: at its tail, and not longer than a second
    assert found(short) == []
    assert (session.store.folder / "seen").exists() is False


def test_what_the_cut_asks_for_is_not_told(tmp_path, media):
    cut = cut_of(gap(30, FILM), shot("dark.mov", 0, 28), dissolve(6, 6, FILM), gap(30, FILM), shot("dark.mov", 50, 6),
                 shot("one.png", 0, 40), shot("dark.mov", 60, 6))  # fmt: skip
    _, receipt, _ = told(project(tmp_path, media, cut))
    assert found(receipt.deliverables[0]) == []


def test_a_frozen_source_is_told_and_a_freeze_frame_not(tmp_path, media):
    cut = cut_of(
        shot("dark.mov", 0, 20), shot("held.mov", 0, 40), shot("dark.mov", 55, 40, speed=0), shot("dark.mov", 0, 4)
    )
    _, receipt, _ = told(project(tmp_path, media, cut))
    where = "00:00:00:20 (in the timeline 01:00:00:20)"
    assert found(receipt.deliverables[0]) == [("picture.still", where, "40 frames", "warn")]


def test_two_stills_in_a_row_are_two(tmp_path, media):
    cut = cut_of(shot("dark.mov", 0, 6), shot("held.mov", 0, 16), shot("held.mov", 30, 16), shot("dark.mov", 0, 6))
    _, receipt, _ = told(project(tmp_path, media, cut))
    assert found(receipt.deliverables[0]) == []  # neither lasts a second


_RULE = """
[[rules]]
id = "picture.black"
level = "fail"
source = "the receiver, page 3"
checked = 2026-11-01
"""


def test_copied_frames_are_looked_through_where_the_spec_has_a_rule(tmp_path, media):
    order = project(tmp_path, media, cut_of(shot("dark.mov", 0, 72)), specs='["tiny-intra"]')
    plan, receipt, session = told(order)
    assert (len(plan.copies), found(receipt.deliverables[0])) == (1, [])
    assert Watcher(plan, session).report(plan.deliverables[0], cancel=Event()).watched == 0
    spec = tmp_path / "plugins" / "tiny-intra.toml"
    spec.write_text(spec.read_text() + _RULE)
    (tmp_path / "delivery").rename(tmp_path / "before")
    plan, receipt, session = told(order)
    (black,) = [f for f in receipt.deliverables[0].findings if f.rule == "picture.black"]
    assert (black.where, black.severity, black.source) == (
        "01:00:01:06 (in the timeline 01:00:01:06)", "fail", "the receiver, page 3",
    )  # fmt: skip
    assert receipt.deliverables[0].outcome == "failed"
    kept = [*(session.store.folder / "seen").rglob("*.json")]
    assert len(kept) == 1
    before = kept[0].stat().st_mtime_ns
    assert Watcher(plan, session).report(plan.deliverables[0], cancel=Event()).watched == 72
    assert kept[0].stat().st_mtime_ns == before


def test_black_in_a_master_is_meant_where_the_cut_has_it(tmp_path, media):
    cut = cut_of(shot("gone.mov", 0, 30), gap(20, FILM), shot("gone.mov", 0, 22))
    master = '[master]\npicture = "dark.mov"'
    _, receipt, _ = told(project(tmp_path, media, cut, master=master))
    assert found(receipt.deliverables[0]) == []
    other = tmp_path / "other"
    other.mkdir()
    cut = cut_of(shot("gone.mov", 0, 34), gap(16, FILM), shot("gone.mov", 0, 22))
    _, receipt, _ = told(project(other, media, cut, master=master))
    assert [each[1:3] for each in found(receipt.deliverables[0])] == [
        ("00:00:01:06 (in the timeline 01:00:01:06)", "4 frames")
    ]
