"""What is particular to a catalogue in an SQLite file."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from catalogue_values import SHA, out, wish

from twopop.errors import InputError, StudioError
from twopop.versions import sqlite
from twopop.versions.catalogue import Catalogue
from twopop.versions.troubles import UnreachableError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "work" / "catalogue.db"


@pytest.fixture
def filled(file: Path) -> Path:
    with Catalogue(file) as catalogue:
        catalogue.reserve("spot", [wish("a", 1, "A"), wish("b", 1, "B")])
        catalogue.deliver("spot", out("a", 1, "A"))
    return file


def test_a_missing_catalogue_stays_missing(file: Path) -> None:
    with Catalogue(file) as catalogue:
        assert catalogue.histories("spot", ["a"]) == {"a": ()}
    assert not file.parent.exists()


def test_reading_changes_nothing(filled: Path) -> None:
    before = (filled.read_bytes(), filled.stat().st_mtime_ns, list(filled.parent.iterdir()))
    with Catalogue(f"sqlite:///{filled}") as catalogue:
        catalogue.histories("spot", ["a"])
        catalogue.search("spot")
    assert (filled.read_bytes(), filled.stat().st_mtime_ns, list(filled.parent.iterdir())) == before
    assert before[2] == [filled]


def test_a_reader_does_not_wait_for_a_writer(filled: Path) -> None:
    with closing(sqlite3.connect(filled, isolation_level=None)) as writer, Catalogue(filled, seconds=0.1) as catalogue:
        writer.execute("BEGIN IMMEDIATE")
        assert len(catalogue.histories("spot", ["a"])["a"]) == 1
        with pytest.raises(UnreachableError, match="Another program"):
            catalogue.reserve("spot", [wish("c", 1, "C")])


def test_a_file_that_was_taken_away_meanwhile_takes_nothing(filled: Path) -> None:
    with Catalogue(filled) as catalogue:
        catalogue.deliver("spot", out("b", 1, "B"))
        kept = filled.rename(filled.with_name("kept.db"))
        with pytest.raises(UnreachableError):
            catalogue.deliver("spot", out("c", 1, "C"))
        assert not filled.exists()
        kept.rename(filled)
        catalogue.deliver("spot", out("c", 1, "C"))
        assert catalogue.histories("spot", "c")["c"][0].sha256 == SHA


# -- trouble -----------------------------------------------------------------------------------------------------------


def _damage(file: Path, how: str) -> None:
    whole = file.read_bytes()
    damaged = {
        "text": b"These are no tables.\n" * 300,
        "cut off": whole[:5000],
        "head only": whole[:50],
        "zeros": whole[:4096] + bytes(len(whole) - 4096),
    }
    file.write_bytes(damaged[how])


@pytest.mark.parametrize("how", ["text", "cut off", "head only", "zeros"])
def test_a_damaged_file_is_told_in_words_and_left_alone(filled: Path, how: str) -> None:
    _damage(filled, how)
    content = filled.read_bytes()
    with Catalogue(filled) as catalogue:
        with pytest.raises(StudioError) as caught:
            catalogue.histories("spot", ["a"])
        with pytest.raises(StudioError):
            catalogue.reserve("spot", [wish("a", 2, "C")])
    assert "damaged" in caught.value.what
    assert caught.value.remedy
    assert filled.read_bytes() == content


def test_another_program_s_database_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "other.db"
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE photos (name)")
    for use in (lambda c: c.histories("spot", ["a"]), lambda c: c.reserve("spot", [wish("a", 1, "A")])):
        with Catalogue(file) as catalogue, pytest.raises(StudioError, match="not a twopop catalogue"):
            use(catalogue)


@pytest.mark.parametrize(
    ("number", "word", "advice"), [("0000", "older", "upgrade"), ("0099", "newer", "Update twopop")]
)
def test_an_older_or_newer_catalogue_says_what_to_do(filled: Path, number: str, word: str, advice: str) -> None:
    with closing(sqlite3.connect(filled)) as other:
        other.execute("UPDATE alembic_version SET version_num = ?", (number,))
        other.commit()
    for use in (lambda c: c.histories("spot", ["a"]), lambda c: c.reserve("spot", [wish("a", 1, "A")])):
        with Catalogue(filled) as catalogue, pytest.raises(StudioError, match=word) as caught:
            use(catalogue)
        assert advice in caught.value.remedy


def test_a_folder_and_a_file_in_the_way_are_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for place in (tmp_path, tmp_path / "file" / "catalogue.db"):
        with Catalogue(place) as catalogue, pytest.raises(StudioError):
            catalogue.reserve("spot", [wish("a", 1, "A")])


@pytest.mark.parametrize("url", ["mysql://host/db", "sqlite:///:memory:", "sqlite://"])
def test_another_kind_of_database_is_refused(url: str) -> None:
    with pytest.raises(InputError, match="SQLite"):
        Catalogue(url)


@pytest.fixture
def as_nobody() -> Iterator[None]:
    """An ordinary user for whom rights count; the super-user may write anywhere."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    yield
    os.seteuid(0)


def test_a_catalogue_without_write_rights_can_be_read(filled: Path, request: pytest.FixtureRequest) -> None:
    folder = Path(tempfile.mkdtemp())
    file = Path(shutil.copy(filled, folder / "catalogue.db"))
    file.chmod(0o444)
    folder.chmod(0o555)
    request.addfinalizer(lambda: (folder.chmod(0o755), shutil.rmtree(folder)))
    request.getfixturevalue("as_nobody")
    with Catalogue(file) as catalogue:
        assert len(catalogue.histories("spot", ["a"])["a"]) == 1
        with pytest.raises(StudioError, match=r"cannot be (written|opened)") as caught:
            catalogue.reserve("spot", [wish("a", 2, "B")])
    assert "rights" in caught.value.remedy


# -- the file ----------------------------------------------------------------------------------------------------------


def test_foreign_keys_and_write_ahead_log_are_on(filled: Path) -> None:
    engine = sqlite.engine_for(filled, 1)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    engine.dispose()


def test_a_run_that_died_while_making_the_file_harms_nobody(file: Path) -> None:
    file.parent.mkdir()
    file.touch()
    with Catalogue(file) as catalogue:
        assert catalogue.histories("spot", ["a"]) == {"a": ()}
        assert catalogue.reserve("spot", [wish("a", 1, "A")]) == []
