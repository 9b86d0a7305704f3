"""What is changed in a host is written down before and after, and taken back newest first."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from twopop.errors import EditorError
from twopop.hosts.model import Edit
from twopop.service.edits import OPEN, EditBook, do, undo
from twopop.service.rpc import LostError


class Link:
    """A host that remembers what it was asked for; what stands in *wrong* goes wrong."""

    name, title = "fake", "Practice project"

    def __init__(self, **wrong: Exception) -> None:
        self.wrong = wrong
        self.undone: list[str] = []

    async def change(self, id: str) -> Edit:
        if id in self.wrong:
            raise self.wrong[id]
        return Edit(id=id, what=f"made {id}", place="here", undo={"id": id})

    async def undo(self, edit: Edit) -> None:
        if f"undo_{edit.id}" in self.wrong:
            raise self.wrong[f"undo_{edit.id}"]
        self.undone.append(edit.id)


def change(book: EditBook, link: Link, *ids: str) -> None:
    for id in ids:
        asyncio.run(do(book, link, f"to make {id}", "there", lambda id=id: link.change(id)))


def take_back(book: EditBook, link: Link, *ids: str):
    async def link_of(name: str) -> Link:
        assert name == "fake"
        return link

    return asyncio.run(undo(book, ids, link_of))


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "edits" / "book.jsonl"


def test_changes_are_taken_back_newest_first_and_stay_taken_back(path):
    link = Link()
    change(EditBook(path), link, "a", "b", "c")
    rows = take_back(EditBook(path), link)
    assert link.undone == ["c", "b", "a"]
    assert [(row.what, row.undone) for row in rows] == [("made a", True), ("made b", True), ("made c", True)]
    take_back(EditBook(path), link)
    assert link.undone == ["c", "b", "a"]


def test_only_what_is_named_is_taken_back(path):
    link = Link()
    change(EditBook(path), link, "a", "b")
    first = EditBook(path).rows()[0].id
    assert [row.id for row in take_back(EditBook(path), link, first)] == [first]
    assert [row.undone for row in EditBook(path).rows()] == [True, False]


def test_one_that_cannot_be_taken_back_says_why_and_stops_no_other(path):
    link = Link(undo_b=EditorError("Somebody moved it.", remedy="Move it back."))
    change(EditBook(path), link, "a", "b", "c")
    rows = take_back(EditBook(path), link)
    assert link.undone == ["c", "a"]
    assert [(row.undone, row.problem) for row in rows] == [
        (True, ""), (False, "Somebody moved it. Move it back."), (True, ""),
    ]  # fmt: skip
    link.wrong.clear()
    assert [row.problem for row in take_back(EditBook(path), link)] == ["", "", ""]


def test_a_host_that_dies_before_it_answers_leaves_a_line_that_says_look(path):
    link = Link(a=LostError("It went away."))
    with pytest.raises(LostError, match="not known"):
        change(EditBook(path), link, "a")
    (row,) = EditBook(path).rows("j")
    assert row.what == f"to make a ({OPEN})"
    assert (row.place, row.job) == ("there", "j")
    (row,) = take_back(EditBook(path), link)
    assert "by hand" in row.problem
    assert not row.undone


def test_what_the_host_refused_was_not_done(path):
    with pytest.raises(EditorError):
        change(EditBook(path), Link(a=EditorError("It has no bins.")), "a")
    assert EditBook(path).rows() == ()


def test_a_book_is_read_whatever_was_torn(path):
    change(EditBook(path), Link(), "a", "b")
    path.write_bytes(path.read_bytes()[:-9])
    assert [row.what for row in EditBook(path).rows()] == ["made a", f"to make b ({OPEN})"]


def test_what_another_process_wrote_is_seen(path):
    book, other = EditBook(path), EditBook(path)
    change(book, Link(), "a")
    assert len(other.rows()) == 1
    change(other, Link(), "b")
    assert len(book.rows()) == 2


def test_where_nothing_can_be_written_down_nothing_is_done(path):
    path.parent.write_text("a file where a folder should be")
    done = []

    async def act() -> Edit:
        done.append("at")
        return Edit(id="a", what="made a")

    with pytest.raises(EditorError, match="Cannot write here"):
        asyncio.run(do(EditBook(path), Link(), "to make a", "", act))
    assert done == []


def test_what_is_being_changed_is_taken_back_when_it_is_done(path):
    link = Link()

    async def at_once():
        begun, go_on = asyncio.Event(), asyncio.Event()

        async def slowly() -> Edit:
            begun.set()
            await go_on.wait()
            return await link.change("a")

        async def link_of(name: str) -> Link:
            return link

        making = asyncio.create_task(do(EditBook(path), link, "to make a", "there", slowly))
        await begun.wait()
        back = asyncio.create_task(undo(EditBook(path), (), link_of))
        while not EditBook(path).rows():
            await asyncio.sleep(0)
        go_on.set()
        await making
        return await back

    (row,) = asyncio.run(at_once())
    assert (row.what, row.undone, row.problem) == ("made a", True, "")
