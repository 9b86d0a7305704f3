"""A delivery that was stopped or finds damage goes on to the same bytes, and nothing half-written has a final name."""

from __future__ import annotations

import shutil
from threading import Event

import opentimelineio as otio
import pytest

from support.projects import deliver_apart, delivered_files, small_spot, spot_cut
from twopop.delivery.order import read_order
from twopop.delivery.planner import make_plan
from twopop.delivery.run import deliver
from twopop.delivery.session import open_session
from twopop.delivery.verify import verify
from twopop.picture.probe import probe
from twopop.store import upkeep


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The small spot, delivered in one go by a process of its own."""
    folder = tmp_path_factory.mktemp("undisturbed") / "spot"
    small_spot(folder)
    assert deliver_apart(folder) == "delivered"
    return folder


@pytest.fixture
def fresh(undisturbed, tmp_path):
    """The same spot in a folder of its own, nothing delivered yet."""
    return _copy(undisturbed, tmp_path / "spot", ".twopop", "delivery")


@pytest.fixture
def done(undisturbed, tmp_path):
    """A copy of the delivered spot, at home in its own place."""
    return _copy(undisturbed, tmp_path / "spot", "delivery", "catalogue.db*")


def _copy(source, target, *without):
    shutil.copytree(source, target, ignore=shutil.ignore_patterns(*without))
    return target


def _run(folder, out=None, **more):
    session = open_session(folder)
    plan = make_plan(read_order(folder / "order.toml"), session, out=out)
    return plan, deliver(plan, session, **more)


def _outcomes(receipt):
    return {record.outcome for record in receipt.deliverables}


def _assert_whole(folder, wanted):
    """Whatever has a final name is what an undisturbed run makes, and can be read; so is whatever the store knows."""
    out = folder / "delivery"
    for name, content in delivered_files(out).items():
        assert content == wanted[name], name
        if not name.endswith(".srt"):
            assert probe(out / name).picture.frames in (38, 76)
    assert upkeep.verify(folder / ".twopop" / "store").damaged == ()


def test_cancelled_it_leaves_whole_files_and_the_next_run_finishes(undisturbed, fresh):
    wanted = delivered_files(undisturbed / "delivery")
    cancel = Event()

    def stop_after_the_first(state):
        if state.finished:
            cancel.set()

    _, receipt = _run(fresh, cancel=cancel, progress=stop_after_the_first)
    assert _outcomes(receipt) == {"delivered", "cancelled"}
    _assert_whole(fresh, wanted)
    whole = {record.file.path for record in receipt.deliverables if record.file}
    assert {name for name in delivered_files(fresh / "delivery") if not name.endswith(".srt")} == whole
    _, receipt = _run(fresh)
    assert _outcomes(receipt) == {"delivered", "unchanged"}
    assert delivered_files(fresh / "delivery") == wanted


def test_each_file_tells_how_far_it_is_and_how_it_ended(fresh):
    """Only what moved is told: each part of a file once, and its end with its record."""
    told = []
    plan, receipt = _run(fresh, progress=lambda state: told.extend(state.files))
    for each in plan.deliverables:
        steps = [step for step in told if step.id == each.id]
        parts = len({*each.segments, *each.mixes})
        assert [step.state for step in steps] == ["waiting", *["rendering"] * parts, "finishing", "ended"]
        assert [step.done for step in steps[:-1]] == [*range(parts + 1), parts]
        assert {step.total for step in steps[:-1]} == {parts}
        assert steps[-1].record == next(record for record in receipt.deliverables if record.id == each.id)
    told.clear()
    _, receipt = _run(fresh, progress=lambda state: told.extend(state.files))
    assert [(step.state, step.record) for step in told] == [("ended", record) for record in receipt.deliverables]


def test_cancelled_before_anything_is_rendered(fresh):
    cancel = Event()
    cancel.set()
    _, receipt = _run(fresh, cancel=cancel)
    assert _outcomes(receipt) == {"cancelled"}
    assert not delivered_files(fresh / "delivery")


def test_a_second_run_touches_nothing(done):
    _, receipt = _run(done)
    assert _outcomes(receipt) == {"delivered"}
    before = {
        path: path.stat().st_mtime_ns for path in done.rglob("*") if path.suffix in (".mp4", ".mov", ".m4a", ".f32")
    }
    plan, receipt = _run(done)
    assert {each.state for each in plan.deliverables} == {"unchanged"}
    assert plan.estimate.frames_to_render == 0
    assert _outcomes(receipt) == {"unchanged"}
    assert receipt.segments_rendered == 0
    assert all(record.file for record in receipt.deliverables)
    assert {path: path.stat().st_mtime_ns for path in before} == before


def _entries(folder, pattern):
    return sorted(path for path in (folder / ".twopop" / "store").rglob(pattern) if path.suffix != ".json")


def _flip(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)


def _truncate(path):
    path.write_bytes(path.read_bytes()[:-100])


@pytest.mark.parametrize(
    "pattern", ["segments/*/*.mp4", "segments/*/*.mov", "sound/*/*.f32", "sound/*/*.m4a", "sound/*/*.mov"]
)
@pytest.mark.parametrize("hurt", [_flip, _truncate])
def test_a_damaged_entry_of_the_store_is_made_again_and_told(undisturbed, done, pattern, hurt):
    wanted = delivered_files(undisturbed / "delivery")
    entry = _entries(done, pattern)[0]
    content = entry.read_bytes()
    hurt(entry)
    _, receipt = _run(done)
    assert _outcomes(receipt) == {"delivered"}
    assert delivered_files(done / "delivery") == wanted
    assert entry.read_bytes() == content
    assert [finding.where for finding in receipt.findings if finding.rule == "store.damaged"] == [entry.stem]


def test_a_damaged_record_of_the_store_only_costs_time(undisturbed, done):
    for record in (done / ".twopop" / "store").rglob("*.json"):
        record.write_bytes(record.read_bytes()[:40])
        break
    _, receipt = _run(done)
    assert _outcomes(receipt) == {"delivered"}
    assert delivered_files(done / "delivery") == delivered_files(undisturbed / "delivery")


@pytest.mark.parametrize("content", [b"", b"\x00\xff\x00", b'{"schema": "twopop.media/1", "files": {"a": 1}}', b"[]"])
def test_a_damaged_memory_of_media_is_ignored(undisturbed, done, content):
    memory = done / ".twopop" / "media.json"
    memory.write_bytes(content)
    _, receipt = _run(done)
    assert _outcomes(receipt) == {"delivered"}
    assert delivered_files(done / "delivery") == delivered_files(undisturbed / "delivery")
    assert memory.read_bytes() != content


def test_a_changed_cut_makes_new_versions_of_what_it_touches(done):
    _run(done)
    old = delivered_files(done / "delivery")
    otio.adapters.write_to_file(spot_cut(third=21), str(done / "cut.otio"))
    plan, receipt = _run(done)
    by_cut = {(each.variant.duration, each.version, each.outcome) for each in receipt.deliverables}
    assert by_cut == {("full", 2, "delivered"), ("short", 1, "unchanged")}
    files = delivered_files(done / "delivery")
    assert {name: files[name] for name in old} == old
    new = {name for name in files if name not in old}
    assert len(new) == 8
    assert all("_v002." in name for name in new)
    assert 0 < plan.estimate.frames_to_render < plan.estimate.frames
    assert not verify(done / "delivery").findings
