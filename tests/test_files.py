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
