"""Several deliveries and one store: nothing is rendered twice, nothing spoilt, and clearing takes nothing away."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading

import pytest

from support.projects import deliver_apart, delivered_files, small_spot
from twopop.delivery.order import read_order
from twopop.delivery.planner import make_plan
from twopop.delivery.run import deliver
from twopop.delivery.session import open_session
from twopop.delivery.work import attempt, perform
from twopop.store import Store, upkeep

_RUN = """
import sys
from pathlib import Path
from twopop.delivery.order import read_order
from twopop.delivery.planner import make_plan
from twopop.delivery.run import deliver
from twopop.delivery.session import open_session

folder = Path(sys.argv[1])
session = open_session(folder)
plan = make_plan(read_order(folder / "order.toml"), session)
print("planned", flush=True)
sys.stdin.readline()
receipt = deliver(plan, session)
assert {record.outcome for record in receipt.deliverables} == {"delivered"}, receipt
print(receipt.segments_rendered, *sorted(plan.segments))
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """The small spot in one aspect and one store for all copies of it."""
    folder = tmp_path_factory.mktemp("sharing") / "spot"
    order = small_spot(folder)
    order.write_text(order.read_text().replace('["16:9", "9:16"]', '["16:9"]'))
    return folder


def _copy(project, folder, store, *, specs='["tiny-h264", "tiny-intra"]'):
    shutil.copytree(project, folder)
    order = folder / "order.toml"
    order.write_text(order.read_text().replace('["tiny-h264", "tiny-intra"]', specs))
    with (folder / "twopop.toml").open("a") as settings:
        settings.write(f'[paths]\nstore = "{store}"\n')
    return folder


def _planned(folder):
    session = open_session(folder)
    return session, make_plan(read_order(folder / "order.toml"), session)


def test_two_deliveries_at_once_render_nothing_twice(project, tmp_path):
    store = tmp_path / "store"
    folders = [_copy(project, tmp_path / "a", store), _copy(project, tmp_path / "b", store, specs='["tiny-h264"]')]
    command = [sys.executable, "-c", _RUN]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    runs = [subprocess.Popen([*command, str(folder)], **pipes) for folder in folders]
    for run in runs:
        assert run.stdout.readline() == "planned\n"
    for run in runs:  # both plans say that nothing is in the store
        run.stdin.write("go\n")
        run.stdin.flush()
    told = [run.communicate(timeout=500)[0].split() for run in runs]
    assert [run.returncode for run in runs] == [0, 0]
    rendered, keys = [int(count) for count, *_ in told], [set(keys) for _, *keys in told]
    assert sum(rendered) == len(keys[0] | keys[1])
    assert rendered[0] < len(keys[0])  # the one has made some of the other's
    assert upkeep.verify(store).damaged == ()
    assert list((store / "locks").iterdir()) == list((store / "leases").iterdir()) == []
    alone = _copy(project, tmp_path / "alone", tmp_path / "store-of-its-own")
    assert deliver_apart(alone) == "delivered"
    wanted = delivered_files(alone / "delivery")
    assert len(wanted) == 8
    assert delivered_files(folders[0] / "delivery") == wanted
    files = delivered_files(folders[1] / "delivery")
    assert files == {name: wanted[name] for name in wanted if name.startswith("tiny-h264")}


def test_a_run_goes_on_with_what_nobody_else_makes(project, tmp_path):
    folder = _copy(project, tmp_path / "a", tmp_path / "store", specs='["tiny-h264"]')
    session, plan = _planned(folder)
    store, taken, ended = Store(tmp_path / "store"), min(plan.segments), []
    made = threading.Event()

    def other():
        with store.turn("segments", taken):
            made.wait(60)

    holder = threading.Thread(target=other)
    holder.start()

    def seen(state):
        ended.append(state)
        if state.frames == state.frames_total - plan.segments[taken].frames:
            made.set()  # all the others are there: only now does the other run let go, without having made it

    receipt = deliver(plan, session, progress=seen)
    holder.join()
    assert {record.outcome for record in receipt.deliverables} == {"delivered"}
    assert made.is_set()
    assert receipt.segments_rendered == len(plan.segments)


def test_clearing_all_the_time_takes_nothing_from_a_running_delivery(project, tmp_path):
    folder = _copy(project, tmp_path / "a", tmp_path / "store", specs='["tiny-h264"]')
    session, plan = _planned(folder)
    stop, removed = threading.Event(), []

    def clear():
        while not stop.wait(0.01):
            removed.append(upkeep.clear(tmp_path / "store", 0, just_used=0).removed)

    clearer = threading.Thread(target=clear)
    clearer.start()
    receipt = deliver(plan, session)
    stop.set()
    clearer.join()
    assert {record.outcome for record in receipt.deliverables} == {"delivered"}
    assert len(removed) > 1
    assert upkeep.info(tmp_path / "store").leased == 0
    upkeep.clear(tmp_path / "store", 0, just_used=0)
    assert upkeep.info(tmp_path / "store").entries == 0


# -- tasks -------------------------------------------------------------------------------------------------------------


def _task(project, tmp_path, spec):
    """The largest task of the order in *spec*, and its store."""
    from twopop.delivery.jobs import tasks_for

    folder = _copy(project, tmp_path / "task", tmp_path / "store")
    session, plan = _planned(folder)
    keys = [key for each in plan.deliverables if each.spec == spec for key in each.segments]
    task = max(tasks_for(plan, session, dict.fromkeys(keys)), key=lambda task: len(task.keys))
    return task, session.store


def _other_look(task):
    """*task* with a second look of its stretch, whose encoder does not know what it is asked for."""
    import msgspec

    (segment,) = task.segments.values()
    encoding = msgspec.structs.replace(segment.encoding, options=(("profile", "no-such-profile"),))
    broken = msgspec.structs.replace(segment, encoding=encoding)
    return msgspec.structs.replace(task, segments=task.segments | {broken.key(): broken}), broken.key()


def test_one_look_that_fails_takes_no_other_along(project, tmp_path):
    task, store = _task(project, tmp_path, "tiny-intra")
    (good,) = task.keys
    both, bad = _other_look(task)
    ends = {end.key: end for end in perform(both, threading.Event())}
    assert ends[good].problem is None
    assert store.intact("segments", good)
    assert ends[bad].problem.rule == "render.failed"
    assert not store.has("segments", bad)


def test_looks_that_are_there_or_being_made_are_left_out(project, tmp_path):
    task, store = _task(project, tmp_path, "tiny-intra")
    (good,) = task.keys
    both, bad = _other_look(task)
    with store.turn("segments", bad):
        ends, left = attempt(both, threading.Event())
    assert [end.key for end in ends] == [good]
    assert left.keys == (bad,)
    ends, left = attempt(task, threading.Event())
    assert [(end.key, end.found) for end in ends] == [(good, True)]
    assert left is None


def test_cancelled_work_says_so(project, tmp_path):
    task, store = _task(project, tmp_path, "tiny-h264")
    cancel = threading.Event()
    cancel.set()
    assert [(end.cancelled, end.problem) for end in perform(task, cancel)] == [(True, None)]
    assert not store.has("segments", task.keys[0])
