import multiprocessing
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from twopop.errors import InputError, StudioError
from twopop.versions import database
from twopop.versions.catalogue import Catalogue
from twopop.versions.model import Registered
from twopop.versions.tables import SCHEMA_NUMBER, metadata

SHA = "ab" * 32


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "work" / "catalogue.db"


@pytest.fixture
def filled(file: Path) -> Path:
    with Catalogue(file) as catalogue:
        assert catalogue.reserve("spot", [("a", 1, "A"), ("b", 1, "B")]) == []
        catalogue.deliver("spot", "a", 1, out="/out", path="a.mp4", sha256=SHA, bytes=7)
    return file


def test_a_missing_catalogue_reads_as_empty_and_stays_missing(file: Path) -> None:
    with Catalogue(file) as catalogue:
        assert catalogue.histories("spot", ["a", "b"]) == {"a": (), "b": ()}
        assert catalogue.receipts("spot") == []
    assert not file.parent.exists()


def test_reading_changes_nothing(filled: Path) -> None:
    before = (filled.read_bytes(), filled.stat().st_mtime_ns, list(filled.parent.iterdir()))
    with Catalogue(filled) as catalogue:
        catalogue.histories("spot", ["a"])
    assert (filled.read_bytes(), filled.stat().st_mtime_ns, list(filled.parent.iterdir())) == before
    assert before[2] == [filled]


def test_versions_are_remembered_by_project_and_identity(filled: Path) -> None:
    with Catalogue(f"sqlite:///{filled}") as catalogue:
        assert catalogue.histories("spot", ["a", "b", "c"]) == {
            "a": (Registered(number=1, content="A", out="/out", path="a.mp4", sha256=SHA),),
            "b": (Registered(number=1, content="B"),),
            "c": (),
        }
        assert catalogue.histories("another", ["a"]) == {"a": ()}


def test_histories_are_lowest_number_first(file: Path) -> None:
    with Catalogue(file) as catalogue:
        catalogue.reserve("spot", [("a", 3, "C"), ("a", 1, "A"), ("a", 2, "B")])
        assert [v.number for v in catalogue.histories("spot", ["a"])["a"]] == [1, 2, 3]


def test_a_number_with_another_content_clashes_and_the_rest_is_reserved(filled: Path) -> None:
    with Catalogue(filled) as catalogue:
        assert catalogue.reserve("spot", [("a", 1, "X"), ("b", 1, "X"), ("c", 1, "C")]) == [("a", 1), ("b", 1)]
        contents = {name: [v.content for v in found] for name, found in catalogue.histories("spot", "abc").items()}
        assert contents == {"a": ["A"], "b": ["B"], "c": ["C"]}


def test_two_contents_for_one_number_in_one_call_clash(file: Path) -> None:
    with Catalogue(file) as catalogue:
        assert catalogue.reserve("spot", [("a", 1, "A"), ("a", 1, "B")]) == [("a", 1)]


def test_what_a_crashed_run_reserved_is_taken_over(filled: Path) -> None:
    with Catalogue(filled) as catalogue:
        assert catalogue.reserve("spot", [("b", 1, "B"), ("a", 1, "A")]) == []
        assert catalogue.histories("spot", ["a"])["a"][0].sha256 == SHA


def test_a_released_number_is_free_again_and_a_delivered_one_is_not(filled: Path) -> None:
    with Catalogue(filled) as catalogue:
        catalogue.release("spot", "b", 1)
        catalogue.release("spot", "a", 1)
        catalogue.release("spot", "nothing", 1)
        assert {name: len(found) for name, found in catalogue.histories("spot", "ab").items()} == {"a": 1, "b": 0}
        assert catalogue.reserve("spot", [("b", 1, "Z"), ("a", 1, "Z")]) == [("a", 1)]
        catalogue.deliver("spot", "b", 1, out="/out", path="b.mp4", sha256=SHA, bytes=1)
        assert catalogue.histories("spot", "b")["b"][0].content == "Z"


@pytest.mark.parametrize(("identity", "number"), [("a", 2), ("nobody", 1), ("c", 1)])
def test_what_was_not_reserved_cannot_be_delivered(filled: Path, identity: str, number: int) -> None:
    with Catalogue(filled) as catalogue:
        catalogue.reserve("spot", [("c", 1, "C")])
        catalogue.release("spot", "c", 1)
        with pytest.raises(StudioError, match="never reserved"):
            catalogue.deliver("spot", identity, number, out="", path="", sha256=SHA, bytes=0)


def test_receipts_are_kept_in_order(file: Path) -> None:
    with Catalogue(file) as catalogue:
        catalogue.add_receipt("spot", b'{"n": 1}')
        catalogue.add_receipt("spot", '{"n": "\u00fc"}')
        catalogue.add_receipt("other", "{}")
        assert catalogue.receipts("spot") == ['{"n": 1}', '{"n": "\u00fc"}']


def test_odd_words_are_only_words(file: Path) -> None:
    odd = "x'); DROP TABLE versions; --\n\u202e\U0001f3ac%"
    with Catalogue(file) as catalogue:
        catalogue.reserve(odd, [(odd, 1, odd)])
        assert catalogue.histories(odd, [odd]) == {odd: (Registered(number=1, content=odd),)}


def test_ten_thousand_deliverables_at_once(file: Path) -> None:
    wanted = [(f"d{n}", 1, f"c{n}") for n in range(10_000)]
    with Catalogue(file) as catalogue:
        assert catalogue.reserve("spot", wanted) == []
        found = catalogue.histories("spot", [name for name, _, _ in wanted])
    assert [(name, history[0].content) for name, history in found.items()] == [(name, c) for name, _, c in wanted]


# -- several at once ---------------------------------------------------------------------------------------------------


def _reserve_all(file: Path, who: str, answers: "multiprocessing.Queue[tuple[str, int]]") -> None:
    with Catalogue(file) as catalogue:
        for number in range(1, 26):
            clashes = catalogue.reserve("spot", [("a", number, who)])
            if not clashes:
                answers.put((who, number))
                catalogue.deliver("spot", "a", number, out="/o", path=who, sha256=SHA, bytes=1)


def test_several_processes_never_share_a_number(file: Path) -> None:
    """They begin with no file, so that they make it together too."""
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    workers = [context.Process(target=_reserve_all, args=(file, f"p{n}", answers)) for n in range(4)]
    for worker in workers:
        worker.start()
    won = [answers.get(timeout=60) for _ in range(25)]
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0, 0, 0]
    assert answers.empty()
    assert sorted(number for _, number in won) == list(range(1, 26))
    with Catalogue(file) as catalogue:
        history = catalogue.histories("spot", ["a"])["a"]
    assert {(v.content, v.number) for v in history} == set(won)
    assert all(v.path == v.content for v in history)


def test_threads_may_share_a_catalogue(file: Path) -> None:
    errors: list[BaseException] = []
    with Catalogue(file) as catalogue:
        catalogue.reserve("spot", [(f"d{n}", 1, "c") for n in range(40)])

        def deliver(numbers: Iterator[int]) -> None:
            try:
                for n in numbers:
                    catalogue.deliver("spot", f"d{n}", 1, out="/o", path=str(n), sha256=SHA, bytes=n)
            except BaseException as error:
                errors.append(error)

        threads = [threading.Thread(target=deliver, args=(iter(range(part, 40, 4)),)) for part in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        histories = catalogue.histories("spot", [f"d{n}" for n in range(40)])
    assert errors == []
    assert all(history[0].sha256 == SHA for history in histories.values())


def test_a_reader_does_not_wait_for_a_writer(filled: Path) -> None:
    with closing(sqlite3.connect(filled, isolation_level=None)) as writer, Catalogue(filled, seconds=0.1) as catalogue:
        writer.execute("BEGIN IMMEDIATE")
        assert len(catalogue.histories("spot", ["a"])["a"]) == 1
        with pytest.raises(StudioError, match="Another program"):
            catalogue.reserve("spot", [("c", 1, "C")])


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
            catalogue.reserve("spot", [("a", 2, "C")])
    assert "damaged" in caught.value.what
    assert caught.value.remedy
    assert filled.read_bytes() == content


def test_another_program_s_database_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "other.db"
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE photos (name)")
    for use in (lambda c: c.histories("spot", ["a"]), lambda c: c.reserve("spot", [("a", 1, "A")])):
        with Catalogue(file) as catalogue, pytest.raises(StudioError, match="not a twopop catalogue"):
            use(catalogue)


@pytest.mark.parametrize(
    ("number", "word", "advice"), [("0000", "older", "upgrade"), ("0099", "newer", "Update twopop")]
)
def test_an_older_or_newer_catalogue_says_what_to_do(filled: Path, number: str, word: str, advice: str) -> None:
    with closing(sqlite3.connect(filled)) as other:
        other.execute("UPDATE alembic_version SET version_num = ?", (number,))
        other.commit()
    for use in (lambda c: c.histories("spot", ["a"]), lambda c: c.reserve("spot", [("a", 1, "A")])):
        with Catalogue(filled) as catalogue, pytest.raises(StudioError, match=word) as caught:
            use(catalogue)
        assert advice in caught.value.remedy


def test_a_folder_and_a_file_in_the_way_are_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for place in (tmp_path, tmp_path / "file" / "catalogue.db"):
        with Catalogue(place) as catalogue, pytest.raises(StudioError):
            catalogue.reserve("spot", [("a", 1, "A")])


@pytest.mark.parametrize("url", ["postgresql://host/db", "sqlite:///:memory:", "sqlite://"])
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
            catalogue.reserve("spot", [("a", 2, "B")])
    assert "rights" in caught.value.remedy


# -- tables ------------------------------------------------------------------------------------------------------------


def test_the_steps_make_the_tables_that_the_code_speaks_of(filled: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from sqlalchemy import create_engine

    engine = create_engine(f"sqlite:///{filled}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert database.number_of(connection) == SCHEMA_NUMBER
    engine.dispose()


def test_foreign_keys_and_write_ahead_log_are_on(filled: Path) -> None:
    engine = database.engine_for(filled, 1)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    engine.dispose()


def test_a_run_that_died_while_making_the_file_harms_nobody(file: Path) -> None:
    file.parent.mkdir()
    file.touch()
    with Catalogue(file) as catalogue:
        assert catalogue.histories("spot", ["a"]) == {"a": ()}
        assert catalogue.reserve("spot", [("a", 1, "A")]) == []


def test_upgrade_from_the_command_line(filled: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "twopop.versions.upgrade"]
    done = subprocess.run([*command, str(filled)], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert "schema 1" in done.stdout
    missing = subprocess.run([*command, str(tmp_path / "no.db")], capture_output=True, text=True, timeout=60)
    assert missing.returncode == 2
    assert "no such file" in missing.stderr
    assert not (tmp_path / "no.db").exists()
