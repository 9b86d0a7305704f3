"""The local executor: in order, side by side as far as memory allows, and never waiting for others before its own."""

from __future__ import annotations

import threading
from threading import Event

import pytest

from twopop.delivery.work import Done, Task
from twopop.executors import local
from twopop.executors.local import Local, machine_memory
from twopop.findings import Severity


class Work:
    """Stands in for the rendering: notes what runs with what. Tasks in *taken* are another run's at first."""

    def __init__(self, taken=(), fault=""):
        self.order, self.together, self.most = [], 0, 0
        self.taken, self.fault = set(taken), fault
        self._lock = threading.Lock()
        self.meet = threading.Barrier(2, timeout=20)

    def attempt(self, task, cancel):
        if task.keys[0] in self.taken:
            self.order.append(f"{task.keys[0]} put off")
            return [], task
        return list(self.perform(task, cancel)), None

    def perform(self, task, cancel):
        with self._lock:
            self.order.append(task.keys[0])
            self.together += 1
            self.most = max(self.most, self.together)
        if task.keys[0] == self.fault:
            raise RuntimeError("a fault")
        if task.keys[0].startswith("meet"):
            self.meet.wait()
        with self._lock:
            self.together -= 1
        return tuple(Done(key=key, cancelled=cancel.is_set()) for key in task.keys)


@pytest.fixture
def work(monkeypatch):
    def stand_in(**more):
        made = Work(**more)
        monkeypatch.setattr(local, "attempt", made.attempt)
        monkeypatch.setattr(local, "perform", made.perform)
        return made

    return stand_in


def tasks(*names):
    return [Task(store="s", ffmpeg="f", seconds=1, mixes=dict.fromkeys(name.split("+"))) for name in names]


def test_one_worker_keeps_the_order(work):
    made = work()
    ends = list(Local(1).run(tasks("a", "b+c", "d"), Event()))
    assert [end.key for end in ends] == ["a", "b", "c", "d"]
    assert made.order == ["a", "b", "d"]


def test_two_workers_work_side_by_side(work):
    made = work()
    ends = list(Local(2).run(tasks("meet1", "meet2"), Event()))
    assert {end.key for end in ends} == {"meet1", "meet2"}
    assert made.most == 2


def test_what_does_not_fit_into_memory_waits(work, monkeypatch):
    made = work()
    monkeypatch.setattr(local, "memory", lambda segments: 60 * 10**6)
    list(Local(4, 100).run(tasks(*"abcdef"), Event()))
    assert made.most == 1
    list(Local(4, 10).run(tasks(*"abc"), Event()))  # larger than the room: alone it runs all the same
    assert made.most == 1


def test_what_others_make_is_waited_for_last(work):
    made = work(taken="a")
    ends = list(Local(1).run(tasks("a", "b", "c"), Event()))
    assert made.order == ["a put off", "b", "c", "a"]
    assert [end.key for end in ends] == ["b", "c", "a"]


def test_a_fault_is_an_end_like_any_other(work):
    work(fault="b")
    ends = {end.key: end for end in Local(2).run(tasks("a", "b", "c"), Event())}
    assert set(ends) == {"a", "b", "c"}
    assert ends["b"].problem.rule == "render.fault"
    assert ends["b"].problem.severity is Severity.FAIL


def test_leaving_early_stops_the_rest(work):
    work()
    cancel = Event()
    ends = Local(1).run(tasks("a", "b"), cancel)
    next(ends)
    ends.close()
    assert cancel.is_set()


def test_the_machine_has_memory():
    assert 64 << 20 < machine_memory() < 1 << 50
