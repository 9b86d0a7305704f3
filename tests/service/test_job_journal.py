"""The journal of a job and what is read out of it: torn lines, full disks, deaths, pages, many files."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest

from twopop import schema
from twopop.errors import EditorError, InputError
from twopop.findings import Finding, Severity
from twopop.service import journal, rows
from twopop.service.jobfiles import SCHEMA, JobFile, Places
from twopop.service.journal import Ended, FileEnded, Found, Left, Moved, Started, Tail, Writer
from twopop.service.told import Teller
from twopop.service.values import FileRow
from twopop.service.views import View
from twopop.time import Rate
from twopop.timeline.program import Program

TELLER = Teller(Program(name="", rate=Rate(25), frames=0))
START = Started(at="2026-11-25T23:00:00+00:00", pid=1)


def found(weight: str, words: str):
    return TELLER.row(Finding(rule="a.b", severity=Severity(weight), message=words))


@pytest.fixture
def where(tmp_path):
    made = Places(tmp_path / "job")
    made.folder.mkdir()
    made.reserve.write_bytes(b"\0" * 1000)
    return made


def writer(where: Places) -> Writer:
    return Writer(where.journal, where.reserve)


def events(where: Places):
    return [event for _, event in Tail(where.journal).read()]


def test_what_is_written_is_read_as_it_grows(where):
    tail = Tail(where.journal)
    assert list(tail.read()) == []
    writer(where).add([START, Moved(frames=3, parts=((0, 1, "r"),))])
    (_, first), (begin, second) = tail.read()
    assert (first, second.parts) == (START, ((0, 1, "r"),))
    assert journal.event_at(where.journal, begin) == second
    writer(where).add([Ended(at="x", state="done")], settled=True)
    assert [event.state for _, event in tail.read()] == ["done"]
    assert isinstance(journal.last_event(where.journal), Ended)


@pytest.mark.parametrize("cut", [1, 5, 20])
def test_a_torn_line_is_passed_over_and_the_next_is_whole(where, cut):
    writer(where).add([START, Moved(frames=3)])
    os.truncate(where.journal, where.journal.stat().st_size - cut)
    assert events(where) == [START]
    assert journal.last_event(where.journal) == START
    writer(where).add([Left(at="x")])
    assert [event for event in events(where) if not isinstance(event, Moved)] == [START, Left(at="x")]


class FullDisk:
    """Takes so many bytes and no more, as a file system does; giving a file up makes room."""

    def __init__(self, monkeypatch, where: Places, room: int) -> None:
        self.room = room
        plain = journal.Path.open
        freed = journal.Path.unlink

        def opened(path: Path, mode: str = "r", *more, **words):
            file = plain(path, mode, *more, **words)
            return Limited(self, file) if mode == "ab" else file

        def unlinked(path: Path, *more, **words):
            self.room += path.stat().st_size if path.exists() else 0
            freed(path, *more, **words)

        monkeypatch.setattr(journal.Path, "open", opened)
        monkeypatch.setattr(journal.Path, "unlink", unlinked)


class Limited:
    def __init__(self, disk: FullDisk, file) -> None:
        self._disk, self._file = disk, file

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._file.close()

    def __getattr__(self, name):
        return getattr(self._file, name)

    def write(self, text: bytes) -> int:
        taken = min(len(text), self._disk.room)
        self._disk.room -= taken
        self._file.write(text[:taken])
        if taken < len(text):
            raise OSError(errno.ENOSPC, "No space left on device")
        return taken


def test_on_a_full_disk_the_reserve_makes_room_for_the_last_words(where, monkeypatch):
    writer(where).add([START])
    FullDisk(monkeypatch, where, room=10)
    writer(where).add([Ended(at="x", state="failed", problem="The disk is full.")], settled=True)
    assert not where.reserve.exists()
    assert [type(event) for event in events(where)] == [Started, Ended]


def test_where_nothing_helps_no_half_line_stays(where, monkeypatch):
    writer(where).add([START])
    FullDisk(monkeypatch, where, room=10)
    where.reserve.unlink()
    before = where.journal.read_bytes()
    FullDisk(monkeypatch, where, room=10)
    with pytest.raises(EditorError, match="Cannot write"):
        writer(where).add([Ended(at="x", state="failed", problem="y" * 2000)])
    assert where.journal.read_bytes() == before


@pytest.mark.parametrize(
    ("said", "count"),
    [
        ([], 0),
        ([START], 1),
        ([START, START, START], 3),
        ([START, Moved(), START], 2),
        ([START, START, Moved(frames=1), START], 1),
        ([START, FileEnded(index=0, state="delivered"), START], 1),
        ([START, Left(at="x")], 0),
        ([START, Left(at="x"), START, START], 2),
    ],
)
def test_deaths_in_a_row_count_only_where_nothing_was_done(where, said, count):
    writer(where).add(said)
    assert journal.deaths(where.journal) == count


# -- the view ----------------------------------------------------------------------------------------------------------


def view_of(where: Places, total: int) -> View:
    lines = [FileRow(id=f"d{n}", path=f"d{n}.mp4", state="waiting", total=4) for n in range(total)]
    where.files.write_bytes(rows.written(lines))
    job = JobFile(
        schema=SCHEMA, id="1" * 32 + "-1", project="spot", folder="", plan="2" * 32, title="Spot", host="fake",
        timeline="t1", timeline_name="cut", out="/out", total=total, asked="2026-11-25T22:59:59+00:00",
    )  # fmt: skip
    return View(where, job)


def test_files_are_told_as_far_as_they_are(where):
    view = view_of(where, 5)
    assert view.row().state == "waiting"
    writer(where).add([START, Moved(frames=9, frames_total=20, said="x", parts=((0, 3, "r"), (1, 4, "f")))])
    writer(where).add([FileEnded(index=2, state="delivered", bytes=77), FileEnded(index=3, state="failed")])
    writer(where).add([FileEnded(index=4, state="blocked")])
    moved, changed, _ = view.update()
    assert (moved, changed) == (True, {0, 1, 2, 3, 4})
    page = view.files(0, 10)[1]
    assert [(row.state, row.done, row.bytes) for row in page] == [
        ("rendering", 3, 0), ("finishing", 4, 0), ("delivered", 4, 77), ("failed", 0, 0),
        ("blocked", 0, 0),
    ]  # fmt: skip
    assert view.files(1, 1) == (5, (page[1],))
    row = view.row()
    assert (row.state, row.frames, row.frames_total) == ("running", 9, 20)
    assert (row.finished, row.failed, row.blocked) == (3, 1, 1)
    assert view.update() == (False, set(), [])


def test_what_a_cancelled_run_left_is_cancelled(where):
    view = view_of(where, 2)
    writer(where).add([START, Moved(parts=((0, 1, "r"),)), Ended(at="x", state="cancelled")])
    view.update()
    assert [row.state for row in view.files(0, 9)[1]] == ["cancelled", "cancelled"]
    assert view.row().state == "cancelled"


def test_a_runner_that_goes_on_says_nothing_twice(where):
    view = view_of(where, 2)
    once = FileEnded(index=0, state="cancelled", findings=(found("warn", "x"),))
    again = FileEnded(index=0, state="delivered", bytes=5, findings=(found("warn", "x"),))
    writer(where).add([START, once, START, again])
    _, _, told = view.update()
    assert len(told) == 1
    assert view.findings(0, 10)[0] == 1
    assert (view.row().finished, view.files(0, 1)[1][0].state) == (1, "delivered")


def test_findings_come_heaviest_first_in_pages(where):
    view = view_of(where, 3)
    ends = [
        FileEnded(index=0, state="delivered", findings=(found("info", "a"), found("warn", "b"))),
        Found(finding=found("fail", "c")),
        FileEnded(index=1, state="failed", findings=(found("fail", "d"), found("info", "e"))),
    ]
    writer(where).add([START, *ends])
    view.update()
    words = [row.message for row in view.findings(0, 10)[1]]
    assert words == ["c", "d", "b", "a", "e"]
    for first in range(6):
        assert [row.message for row in view.findings(first, 2)[1]] == words[first : first + 2]


def test_a_journal_that_went_is_told_in_words(where):
    view = view_of(where, 1)
    writer(where).add([START, FileEnded(index=0, state="failed", findings=(found("fail", "a"),))])
    view.update()
    where.journal.unlink()
    with pytest.raises(InputError, match="The journal cannot be read"):
        view.findings(0, 10)


def test_ten_thousand_files_stay_small_in_memory(where):
    count = 10_000
    view = view_of(where, count)
    note = (found("warn", "x" * 200),)
    writer(where).add([START, *(FileEnded(index=n, state="delivered", findings=note) for n in range(count))])
    view.update()
    held = [value for name, value in vars(view).items() if name in ("_done", "_code", "_ends")]
    held += list(view._found.values())
    assert sum(map(sys.getsizeof, held)) < 40 * count
    assert view.files(9_990, 100)[1][-1].id == "d9999"
    assert view.findings(9_999, 5)[1][0].message == "x" * 200
    assert schema.to_json(view.row(), indent=0)
