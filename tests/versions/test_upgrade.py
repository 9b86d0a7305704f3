"""A catalogue of the first released schema goes through every later step with nothing lost, in a file and on a server.

``schema1.sql`` was made by the first released code and is never made anew.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from catalogue_values import out, wish
from sqlalchemy import Engine, text

from twopop.errors import InputError, StudioError
from twopop.versions import database
from twopop.versions.catalogue import Catalogue
from twopop.versions.place import place_of
from twopop.versions.tables import SCHEMA_NUMBER, metadata

OLD = (Path(__file__).with_name("schema1.sql")).read_text("utf-8")
PROJECT = "Harbour Line / Days / HL01"
FULL, SIX = f"{PROJECT} / full 16:9 en social-h264", f"{PROJECT} / 6s 1:1 Été's spot"
TABLES = ("projects", "deliverables", "versions", "receipts")


@pytest.fixture
def old(where: str) -> str:
    """The old catalogue as its file, or the same rows in a database that took the first step."""
    place = place_of(where)
    if place.path is not None:
        place.path.parent.mkdir()
        with closing(sqlite3.connect(place.path)) as connection:
            connection.executescript(OLD)
        return where
    engine = database.engine_for(place, 5)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(database.__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        inserted = dict.fromkeys(TABLES, "")
        for line in re.findall(r"^INSERT INTO \"(\w+)\" (VALUES\(.*?\));$", OLD, re.MULTILINE | re.DOTALL):
            if line[0] in inserted:
                inserted[line[0]] += f"INSERT INTO {line[0]} {line[1]};"
        for table, insert in inserted.items():
            connection.exec_driver_sql(insert.replace("%", "%%"))
            newest = f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))"  # noqa: S608 - our own words
            connection.exec_driver_sql(newest)
    engine.dispose()
    return where


@pytest.fixture
def engine(where: str) -> Iterator[Engine]:
    made = database.engine_for(place_of(where), 5)
    yield made
    made.dispose()


def rows(engine: Engine) -> dict[str, list[Any]]:
    """All rows of the old tables, with the old columns."""
    told = {}
    for table in TABLES:
        head = re.search(rf"CREATE TABLE {table} \((.*?)\n\);", OLD, re.DOTALL)
        assert head
        columns = ", ".join(re.findall(r"^\t([a-z_0-9]+) [A-Z]", head[1], re.MULTILINE))
        query = text(f"SELECT {columns} FROM {table} ORDER BY id")  # noqa: S608 - our own words
        with engine.connect() as connection:
            told[table] = [tuple(row) for row in connection.execute(query)]
    return told


def test_nothing_is_lost(old: str, engine: Engine) -> None:
    before = rows(engine)
    assert len(before["versions"]) == 7
    assert database.upgrade(old) == (1, SCHEMA_NUMBER)
    assert rows(engine) == before
    assert database.upgrade(old) == (SCHEMA_NUMBER, SCHEMA_NUMBER)


def test_what_old_versions_were_is_known_and_found(old: str) -> None:
    database.upgrade(old)
    with Catalogue(old) as catalogue:
        history = catalogue.history(PROJECT, FULL)
        assert [(e.number, e.state, e.when[:10]) for e in history] == [
            (1, "delivered", "2026-11-25"),
            (2, "delivered", "2026-11-25"),
            (3, "reserved", "2026-11-25"),
        ]
        whole = catalogue.whole(history[1])
        assert whole is not None
        assert [file.path for file in whole.files] == ["social/full_16x9_en_social-h264_v002.mp4"]
        assert [entry.number for entry in catalogue.search("ete spot")] == [2, 1]
        assert [entry.identity for entry in catalogue.search("harbour full v2")] == [FULL]
        assert len(catalogue.receipts(PROJECT)) == 1
        assert catalogue.candidates("6s_1x1_Été's_spot_v002.mp4") == [(PROJECT, SIX)]


def test_work_goes_on(old: str) -> None:
    database.upgrade(old)
    with Catalogue(old) as catalogue:
        assert catalogue.histories(PROJECT, [FULL])[FULL][2].abandoned
        assert catalogue.reserve(PROJECT, [wish(FULL, 3, f"{3:032x}"), wish(SIX, 2, "other")]) == [(SIX, 2)]
        catalogue.deliver(PROJECT, out(FULL, 3, f"{3:032x}"))
        catalogue.deliver(PROJECT, out(SIX, 3, "new"))
        assert [v.number for v in catalogue.histories(PROJECT, [SIX])[SIX]] == [1, 2, 3]


def test_before_the_upgrade_it_says_what_to_do(old: str) -> None:
    for use in (lambda c: c.histories(PROJECT, [FULL]), lambda c: c.reserve(PROJECT, [wish(FULL, 3, "x")])):
        with Catalogue(old) as catalogue, pytest.raises(StudioError, match="older") as caught:
            use(catalogue)
        assert "twopop catalogue upgrade" in caught.value.remedy


def test_the_steps_make_the_tables_that_the_code_speaks_of(old: str, engine: Engine) -> None:
    database.upgrade(old)

    def ours(thing: Any, name: str | None, kind: str, *_: Any) -> bool:
        return not str(name).startswith("words_found")  # each database's own index

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours})
        assert compare_metadata(context, metadata) == []
        assert database.number_of(connection) == SCHEMA_NUMBER


def test_a_step_that_fails_leaves_all_as_it_was(
    old: str, engine: Engine, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    before = rows(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE words (odd INTEGER)")  # in the way of the last thing that is made
    with pytest.raises(StudioError, match="already exists"):
        database.upgrade(old)
    assert rows(engine) == before
    with engine.connect() as connection:
        assert database.number_of(connection) == 1
        with pytest.raises(Exception, match="runs"):
            connection.exec_driver_sql("SELECT count(*) FROM runs")


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        database.upgrade(tmp_path / "no.db")
    assert not (tmp_path / "no.db").exists()
