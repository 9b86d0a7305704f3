import os
import subprocess
import sys
import threading

import msgspec
import pytest

from twopop.errors import Cancelled, EditorError
from twopop.store import locks, owners
from twopop.store.locks import locked
from twopop.store.owners import Owner, is_gone, myself, read_owner

HOLDER = """
import sys, time
from pathlib import Path
from twopop.store.locks import locked
with locked(Path(sys.argv[1])) as ours:
    print(ours, flush=True)
    time.sleep(float(sys.argv[2]))
"""


def holder(path, seconds=60):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path), str(seconds)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "True\n"
    return process


def left_behind(path, **more):
    """A lock of a process elsewhere, of which nothing is known but its file."""
    owner = msgspec.structs.replace(myself(), host="node7", token="f" * 16, **more)
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(msgspec.json.encode(owner))
    return owner


def test_one_at_a_time(tmp_path):
    path, inside, most = tmp_path / "a.lock", [], []

    def work():
        with locked(path) as ours:
            assert ours
            inside.append(1)
            most.append(len(inside))
            inside.pop()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 8
    assert not path.exists()


def test_a_lock_of_another_process_is_respected_and_one_of_a_dead_process_is_taken_over(tmp_path):
    path = tmp_path / "a.lock"
    process = holder(path)
    with locked(path, wait=False) as ours:
        assert not ours
    process.kill()
    process.wait()
    assert path.exists()
    with locked(path, wait=False) as ours:
        assert ours
    assert list(tmp_path.iterdir()) == []


def test_waiting_ends_when_the_holder_lets_go(tmp_path):
    path = tmp_path / "a.lock"
    process = holder(path, 0.5)
    with locked(path) as ours:
        assert ours
        assert process.wait(timeout=30) == 0


def test_waiting_can_be_cancelled(tmp_path):
    left_behind(tmp_path / "a.lock")
    cancel = threading.Event()
    threading.Timer(0.1, cancel.set).start()
    with pytest.raises(Cancelled), locked(tmp_path / "a.lock", cancel=cancel):
        pass


def test_a_holder_elsewhere_that_shows_no_life_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(locks, "PATIENCE", 0.3)
    left_behind(tmp_path / "a.lock")
    with locked(tmp_path / "a.lock") as ours:
        assert ours


def test_a_holder_elsewhere_that_shows_life_is_waited_for(tmp_path, monkeypatch):
    monkeypatch.setattr(locks, "PATIENCE", 0.5)
    path, cancel = tmp_path / "a.lock", threading.Event()
    left_behind(path)
    threading.Timer(2, cancel.set).start()
    beats = 0

    def beat():
        nonlocal beats
        while not cancel.wait(0.05):
            beats += 1
            os.utime(path, ns=(0, beats * 10**9))  # its clock may say anything, it only has to move

    thread = threading.Thread(target=beat)
    thread.start()
    with pytest.raises(Cancelled), locked(path, cancel=cancel):
        pass
    thread.join()
    assert path.exists()


def test_held_files_are_touched(tmp_path, monkeypatch):
    monkeypatch.setattr(owners, "BEAT", 0.05)
    pulse, path, waited = owners.Pulse(), tmp_path / "a.lock", threading.Event()
    path.write_text("")
    os.utime(path, (0, 0))
    pulse.start(path)
    for _ in range(200):
        if path.stat().st_mtime > 0:
            break
        waited.wait(0.05)
    pulse.stop(path)
    assert path.stat().st_mtime > 0


def test_a_fresh_lock_that_was_taken_by_mistake_is_put_back(tmp_path):
    path = tmp_path / "a.lock"
    fresh = left_behind(path)
    locks._take_away(path, myself())
    assert read_owner(path)[0] == fresh
    assert [each.name for each in tmp_path.iterdir()] == ["a.lock"]


def test_a_lock_that_another_took_over_is_not_removed_at_the_end(tmp_path):
    path = tmp_path / "a.lock"
    with locked(path):
        path.unlink()
        theirs = left_behind(path)
    assert read_owner(path)[0] == theirs


def test_a_half_written_lock_has_an_unknown_owner(tmp_path, monkeypatch):
    monkeypatch.setattr(locks, "PATIENCE", 0.3)
    path = tmp_path / "a.lock"
    path.write_text('{"host": "no')
    with locked(path, wait=False) as ours:
        assert not ours
    with locked(path) as ours:
        assert ours


@pytest.mark.skipif(os.name != "posix", reason="only here can be seen who lives")
def test_who_is_gone():
    me = myself()
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    assert not is_gone(me)
    assert is_gone(msgspec.structs.replace(me, pid=process.pid))
    assert not is_gone(msgspec.structs.replace(me, pid=process.pid, host="node7"))
    if me.start:
        assert is_gone(msgspec.structs.replace(me, start="1"))  # its number was given to another process since


@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="the system does not tell")  # noqa: PTH110
def test_a_process_that_nobody_has_asked_after_is_gone_too():
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    owner = msgspec.structs.replace(myself(), pid=process.pid, start=owners._start(process.pid))
    assert not is_gone(owner)
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert is_gone(owner)
    process.communicate()


def test_a_folder_that_cannot_be_written_to_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(EditorError, match="Cannot write here"), locked(tmp_path / "file" / "a.lock"):
        pass


def test_owners_travel_as_json():
    me = myself()
    assert msgspec.json.decode(msgspec.json.encode(me), type=Owner) == me
