import hashlib
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twopop.errors import InputError
from twopop.package.manifest import NAME, read_manifest, write_manifest


@dataclass(frozen=True)
class File:
    path: str
    bytes: int
    sha256: str


def made(folder: Path, path: str, content: bytes) -> File:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return File(path, len(content), hashlib.sha256(content).hexdigest())


def sha256sum(folder: Path) -> subprocess.CompletedProcess[str]:
    if shutil.which("sha256sum") is None:
        pytest.skip("sha256sum is not installed")
    command = ["sha256sum", "--strict", "-c", NAME]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)


ODD = [
    *("a b.mp4", "-rf.mp4", "quote's\".mp4", "line\nbreak.mp4", "back\\slash\\n.mp4", "cr\rlf.mp4", "*star"),
    *("\U0001f3ac.mp4", "d/\u202eb"),
]


def test_sha256sum_agrees_and_finds_a_change(tmp_path: Path) -> None:
    records = [made(tmp_path, path, path.encode()) for path in ["spec/a.mp4", *ODD]]
    write_manifest(tmp_path, records)
    assert sha256sum(tmp_path).returncode == 0
    (tmp_path / "spec/a.mp4").write_bytes(b"changed")
    checked = sha256sum(tmp_path)
    assert checked.returncode == 1
    assert checked.stdout.count("FAILED") == 1


def test_earlier_deliveries_stay_and_new_hashes_win(tmp_path: Path) -> None:
    old, kept = made(tmp_path, "b.mp4", b"old"), made(tmp_path, "c.mp4", b"kept")
    write_manifest(tmp_path, [kept, old])
    new, more = made(tmp_path, "b.mp4", b"new"), made(tmp_path, "a.mp4", b"more")
    write_manifest(tmp_path, [new, more])
    assert list(read_manifest(tmp_path).items()) == [(f.path, f.sha256) for f in (more, new, kept)]
    assert sorted(path.name for path in tmp_path.iterdir()) == [NAME, "a.mp4", "b.mp4", "c.mp4"]


def test_the_order_of_records_changes_no_byte(tmp_path: Path) -> None:
    records = [made(tmp_path, f"{name}.mp4", name.encode()) for name in "cab"]
    first = write_manifest(tmp_path, records).read_bytes()
    (tmp_path / NAME).unlink()
    assert write_manifest(tmp_path, records[::-1]).read_bytes() == first


def test_what_sha256sum_writes_can_be_read(tmp_path: Path) -> None:
    if shutil.which("sha256sum") is None:
        pytest.skip("sha256sum is not installed")
    records = [made(tmp_path, path, path.encode()) for path in ODD]
    for mode in ("--text", "--binary"):
        command = ["sha256sum", mode, "--", *(record.path for record in records)]
        (tmp_path / NAME).write_bytes(subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=60).stdout)
        assert read_manifest(tmp_path) == {record.path: record.sha256 for record in records}


@pytest.mark.parametrize("text", ["no hash  a.mp4", "ab" * 32, "ab" * 32 + " a.mp4", "ab" * 31 + "  a.mp4", "\x00\xff"])
def test_a_manifest_that_cannot_be_read_is_never_written_over(tmp_path: Path, text: str) -> None:
    file = tmp_path / NAME
    file.write_text("ab" * 32 + "  good.mp4\n" + text + "\n")
    before = file.read_bytes()
    for use in (lambda: read_manifest(tmp_path), lambda: write_manifest(tmp_path, [made(tmp_path, "n.mp4", b"n")])):
        with pytest.raises(InputError) as caught:
            use()
        assert caught.value.where.endswith(f"{NAME}:2")
    assert file.read_bytes() == before


def test_a_missing_manifest_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no manifest"):
        read_manifest(tmp_path)


@pytest.mark.parametrize("path", ["../a.mp4", "/etc/passwd", "a/../../b", "C:\\a"])
def test_a_path_that_leaves_the_folder_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(InputError, match="leaves"):
        write_manifest(tmp_path, [File(path, 1, "ab" * 32)])
    assert not (tmp_path / NAME).exists()


def test_a_hash_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no SHA-256"):
        write_manifest(tmp_path, [File("a.mp4", 1, "")])


NAMES = st.text(st.characters(exclude_characters="/\x00", exclude_categories=["Cs"]), min_size=1, max_size=20)


@given(st.dictionaries(NAMES.map(lambda name: "x" + name), st.binary(min_size=32, max_size=32), max_size=6))
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, hashes: dict[str, bytes]) -> None:
    folder = tmp_path_factory.mktemp("delivery")
    hashes = {name: digest for name, digest in hashes.items() if ".." not in name.replace("\\", "/").split("/")}
    hashes = {name: digest for name, digest in hashes.items() if ":" not in name}  # a drive letter leaves the folder
    write_manifest(folder, [File(name, 0, digest.hex()) for name, digest in hashes.items()])
    assert read_manifest(folder) == {name: digest.hex() for name, digest in hashes.items()}
