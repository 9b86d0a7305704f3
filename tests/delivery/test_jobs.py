"""In which order the work is begun, what shares a process, and which deliverable waits for what."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace

import msgspec
import pytest

from twopop.delivery import pace
from twopop.delivery.jobs import in_order, tasks_for
from twopop.delivery.pace import Pace, Waiting
from twopop.delivery.work import Done
from twopop.findings import fail
from twopop.picture.recipe import Encoding, Segment, Take
from twopop.settings import RunTable
from twopop.time import Rate
from twopop.variants.model import CropKey, CropPath, Span

SLOW = Encoding(encoder="libx264", pixel_format="yuv420p", format="mp4")
INTRA = Encoding(encoder="prores_ks", pixel_format="yuv422p10le", format="mov")


def segment(frames, *, first=0, encoding=SLOW, size=(100, 100), x=Fraction(1, 2)):
    take = Take(
        path="/a.mov", content="c", stream=0, rate=Rate(25), first=Fraction(first), step=Fraction(1), size=(100, 100),
        crop=CropPath(keys=(CropKey(0, x),)),
    )  # fmt: skip
    return Segment(span=Span(0, frames), rate=Rate(25), size=size, base=take, encoding=encoding)


def deliverable(name, segments, mixes=()):
    return SimpleNamespace(id=name, segments=tuple(segments), mixes=tuple(mixes))


def plan_of(segments, mixes=()):
    return SimpleNamespace(segments=segments, mixes=dict.fromkeys(mixes), copies={}, tools={"ffmpeg": "ffmpeg"})


SESSION = SimpleNamespace(store=SimpleNamespace(folder="store"), settings={RunTable: RunTable()})


def test_the_smallest_deliverable_comes_first_and_its_longest_segment():
    plan = plan_of({"a": segment(10), "b": segment(50), "c": segment(20), "d": segment(40)}, ["m", "n"])
    wanted = [deliverable("long", "abcd", "m"), deliverable("short", "ca", "n"), deliverable("held", "z")]
    assert in_order(plan, wanted, {"a", "b", "c", "d", "m", "n"}) == ["n", "c", "a", "m", "b", "d"]
    assert in_order(plan, wanted, {"b", "a"}) == ["a", "b"]


def test_cheap_looks_of_one_stretch_share_a_task():
    looks = {
        "wide": segment(10, encoding=INTRA),
        "other": segment(10, encoding=INTRA, first=5),
        "high": segment(10, encoding=INTRA, size=(50, 100), x=Fraction(1, 3)),
        "slow": segment(10),
        "slower": segment(10, size=(50, 100)),
    }
    tasks = tasks_for(plan_of(looks, ["mix"]), SESSION, ["mix", *looks])
    assert [task.keys for task in tasks] == [("mix",), ("wide", "high"), ("other",), ("slow",), ("slower",)]


def test_deliverables_are_ready_when_all_of_theirs_has_ended():
    waiting = Waiting([deliverable("x", "ab", "m"), deliverable("y", "b"), deliverable("z", "q")], ["a", "b", "m"])
    assert [each.id for each in waiting.ready()] == ["z"]
    begun = [(step.id, step.state, step.done, step.total) for step in waiting.steps()]
    assert begun == [("x", "waiting", 0, 3), ("y", "waiting", 0, 1), ("z", "waiting", 1, 1)]
    assert [(each.id, waiting.complete(each)) for each in waiting.after("a")] == [("x", False)]
    moved = waiting.after("b")
    assert [(each.id, waiting.complete(each)) for each in moved] == [("x", False), ("y", True)]
    assert [(s.id, s.state, s.done, s.total) for s in waiting.steps(moved)] == [
        ("x", "rendering", 2, 3), ("y", "rendering", 1, 1),
    ]  # fmt: skip
    assert waiting.after("b") == []
    assert [(each.id, waiting.complete(each)) for each in waiting.after("m")] == [("x", True)]


# -- how long it takes -------------------------------------------------------------------------------------------------


@pytest.fixture
def clock(monkeypatch):
    """The time, which stands until a test moves it."""
    now = SimpleNamespace(seconds=100.0)
    monkeypatch.setattr(pace, "time", SimpleNamespace(monotonic=lambda: now.seconds))
    return now


def test_time_left_is_the_work_left_at_the_speed_so_far(clock):
    plan = plan_of({key: segment(10) for key in "abcdh"})
    told = Pace(plan, [deliverable("x", "abcdh")], "abcd")
    start = told.progress()
    assert (start.frames_total, start.frames_held, start.total, start.seconds_left) == (40, 10, 1, None)
    clock.seconds += 4
    state = told.made(Done(key="a", seconds=4))
    assert state.seconds_left == pytest.approx(12)  # one at a time: three more of 4 s
    state = told.made(Done(key="b", seconds=4))
    assert state.seconds_left == pytest.approx(4)  # two in 4 s: two at a time
    assert state.frames == 20


def test_each_kind_of_encoding_has_its_own_speed(clock):
    kinds = {"a": segment(10), "b": segment(10), "p": segment(10, encoding=INTRA), "q": segment(10, encoding=INTRA)}
    told = Pace(plan_of(kinds), [deliverable("x", kinds)], kinds)
    clock.seconds += 11
    told.made(Done(key="a", seconds=10))
    assert told.made(Done(key="p", seconds=1)).seconds_left == pytest.approx(11)


def test_what_somebody_else_made_takes_no_time_and_says_nothing_of_speed(clock):
    told = Pace(plan_of({key: segment(10) for key in "abc"}), [deliverable("x", "abc")], "abc")
    clock.seconds += 2
    assert told.made(Done(key="a", found=True)).seconds_left is None
    assert told.made(Done(key="b", seconds=2)).seconds_left == pytest.approx(2)


def test_files_that_take_longer_than_the_pictures_count(clock):
    told = Pace(plan_of({"a": segment(10)}), [deliverable("x", "a"), deliverable("y", "")], "a")
    clock.seconds += 5
    assert told.finished("y").seconds_left is None  # nothing is known of pictures yet
    assert told.made(Done(key="a", seconds=5)).seconds_left == pytest.approx(5)
    clock.seconds += 1
    assert told.finished("x").seconds_left == 0


def test_failures_are_counted():
    told = Pace(plan_of({"a": segment(10)}), [deliverable("x", "a")], "a")
    assert told.made(Done(key="a", problem=fail("r", "m"))).failed == 1


def test_progress_can_be_sent():
    state = Pace(plan_of({}), [], []).progress()
    assert msgspec.json.decode(msgspec.json.encode(state), type=pace.Progress) == state
