import hashlib
import os

import pytest

from twopop import files
from twopop.errors import EditorError, InputError


def test_a_file_appears_whole_or_not_at_all(tmp_path):
    target = tmp_path / "sub" / "name.txt"
    with pytest.raises(RuntimeError), files.written_whole(target) as scratch:
        scratch.write_text("half")
        raise RuntimeError
    assert list(target.parent.iterdir()) == []
    files.write_whole(target, b"whole")
    assert target.read_bytes() == b"whole"
    assert [path.name for path in target.parent.iterdir()] == ["name.txt"]


def test_the_old_file_stays_until_the_new_one_is_whole(tmp_path):
    target = tmp_path / "name.txt"
    target.write_text("old")
    with files.written_whole(target) as scratch:
        scratch.write_text("new")
        assert target.read_text() == "old"
    assert target.read_text() == "new"


def test_a_folder_that_cannot_be_written_is_an_editors_error(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(EditorError, match="Cannot write"):
        files.write_whole(blocked / "x.txt", b"")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")  # noqa: PTH110
def test_a_full_disk_says_so_and_leaves_nothing(tmp_path):
    target = tmp_path / "name.txt"
    with pytest.raises(EditorError) as caught, files.written_whole(target), open("/dev/full", "wb", 0) as full:  # noqa: PTH123
        full.write(b"x")
    assert "space" in caught.value.remedy
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "path", ["../x", "a/../../x", "/etc/passwd", "C:\\x", "\\\\server\\x", "a\\..\\..\\x", "..", "C:x"]
)
def test_paths_that_leave_their_folder_are_refused(tmp_path, path):
    with pytest.raises(InputError, match="leaves"):
        files.inside(tmp_path, path)


def test_a_link_out_of_the_folder_is_refused(tmp_path):
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "link").symlink_to(tmp_path)
    with pytest.raises(InputError, match="link"):
        files.inside(tmp_path / "root", "link/x")


def test_paths_inside_are_given(tmp_path):
    assert files.inside(tmp_path, "a/b.mov") == tmp_path / "a" / "b.mov"


@pytest.mark.parametrize(
    ("reference", "path"),
    [
        ("media/a.mov", "media/a.mov"),
        ("file:///Volumes/Job%20One/a%23b.mov", "/Volumes/Job One/a#b.mov"),
        ("file://localhost/C%3A/Footage/a.mov", "C:/Footage/a.mov"),
        ("FILE:///C:/a.mov", "C:/a.mov"),
        ("C:\\Footage\\a.mov", "C:\\Footage\\a.mov"),
    ],
)
def test_references_become_paths(reference, path):
    assert files.path_of(reference) == path


def fill(folder, **contents):
    for name, text in contents.items():
        (folder / name).write_text(text)


def test_a_folder_appears_whole_or_not_at_all(tmp_path):
    path = tmp_path / "deep" / "frames"
    with pytest.raises(ValueError, match="in the middle"), files.folder_written_whole(path) as scratch:
        fill(scratch, a="1")
        raise ValueError("in the middle")
    assert list(path.parent.iterdir()) == []
    with files.folder_written_whole(path) as scratch:
        fill(scratch, a="1", b="2")
        assert not path.exists()
    assert {each.name: each.read_text() for each in path.iterdir()} == {"a": "1", "b": "2"}
    assert [each.name for each in path.parent.iterdir()] == ["frames"]


def test_a_folder_that_is_there_is_never_changed(tmp_path):
    path = tmp_path / "frames"
    path.mkdir()
    fill(path, a="1")
    with files.folder_written_whole(path) as scratch:
        fill(scratch, a="1")
    with pytest.raises(EditorError), files.folder_written_whole(path) as scratch:
        fill(scratch, a="2")
    assert (path / "a").read_text() == "1"
    assert [each.name for each in tmp_path.iterdir()] == ["frames"]
    with pytest.raises(EditorError), files.folder_written_whole(path / "a") as scratch:
        fill(scratch, b="2")
    assert (path / "a").read_text() == "1"


def test_the_content_of_a_folder_is_that_of_its_list(tmp_path):
    fill(tmp_path, b="2", a="1")
    one, two = (hashlib.sha256(text).hexdigest() for text in (b"1", b"2"))
    assert files.content(tmp_path) == hashlib.sha256(f"{one}  a\n{two}  b\n".encode()).hexdigest()
    assert files.content(tmp_path / "a") == one
