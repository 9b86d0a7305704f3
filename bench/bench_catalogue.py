"""The catalogue in an SQLite file and on a PostgreSQL server: versions for 10,000 deliverables, search over 100,000.

Allocating is held against asking for each deliverable by itself; the search against LIKE '%word%' over the same words
in the same database. The server is a private one in a temporary folder; without PostgreSQL only the file is measured.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import insert, text

from twopop.versions import database
from twopop.versions.catalogue import Catalogue
from twopop.versions.finding import folded
from twopop.versions.model import Version, Wish
from twopop.versions.policy import next_free
from twopop.versions.tables import deliverables, projects, versions, words

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from support.postgres import Server, why_not

PLANNED, ONE_BY_ONE, HELD = 10_000, 200, 100_000
ASKED = ("harbour 30s", "campaign777", "9x16 de v1", "nowhere")
LENGTHS = (6, 15, 30, 60)
TOWNS = ("harbour", "quay", "lagoon", "marina", "jetty", "pier", "dock", "wharf")


def seconds(work: Callable[[], object], times: int = 1) -> float:
    """The median wall time of *work*."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def allocate(catalogue: Catalogue, names: list[str]) -> None:
    """What a plan and its run ask: all histories, a version for each, all reserved."""
    histories = catalogue.histories("bench", names)
    wishes = [
        Wish(identity=name, version=next_free(history, "content"), content="content")
        for name, history in histories.items()
    ]
    if catalogue.reserve("bench", wishes):
        sys.exit("there were clashes")


def measure_versions(where: str) -> None:
    """10,000 at once, for the first time and again, against one by one."""
    names = [f"bench / {n}" for n in range(PLANNED)]
    with Catalogue(where) as catalogue:
        catalogue.reserve("bench", [Wish(identity="first", version=Version(number=1), content="c")])
        first = seconds(lambda: allocate(catalogue, names))
        again = seconds(lambda: allocate(catalogue, names))
        single = [f"single / {n}" for n in range(ONE_BY_ONE)]
        each = seconds(lambda: [allocate(catalogue, [name]) for name in single]) / ONE_BY_ONE
    print(f"  versions for {PLANNED:,} deliverables: {first:.2f} s, again {again:.2f} s;", end=" ")
    print(f"ratio to one by one {first / (each * PLANNED):.3f}")


def fill(catalogue: Catalogue) -> None:
    """100,000 delivered versions, as rows."""
    with database.writing(catalogue._opened(), catalogue.place) as connection:
        project = connection.execute(insert(projects).values(name="many").returning(projects.c.id)).scalar_one()
        for start in range(0, HELD, 10_000):
            ids = range(1_000_000 + start, 1_000_000 + start + 10_000)
            made = [(n, f"many / {n} {TOWNS[n % 8]} {LENGTHS[n // 8 % 4]}s", f"campaign{n % 1000}") for n in ids]
            connection.execute(insert(deliverables), [{"id": n, "project_id": project, "identity": i}
                                                      for n, i, _ in made])  # fmt: skip
            row = {"number": 1, "content": "c", "state": "delivered", "created": "2026", "sha256": "0" * 64}
            connection.execute(insert(versions), [{**row, "id": n, "deliverable_id": n} for n, _, _ in made])
            looks = [f"{('9x16', '16x9')[n % 2]} {('en', 'de')[n // 2 % 2]} v1" for n in ids]
            said = [
                {"version_id": n, "text": " ".join(folded(f"{identity} {campaign} {look}"))}
                for (n, identity, campaign), look in zip(made, looks, strict=True)
            ]
            connection.execute(insert(words), said)
        if catalogue.place.path is None:
            connection.execute(text("ANALYZE"))


def by_like(catalogue: Catalogue, asked: str) -> None:
    """The plain way: look through all the words."""
    with database.reading(catalogue._opened(), catalogue.place) as connection:
        if connection is None:
            return
        conditions = " AND ".join(f"text LIKE :w{n}" for n, _ in enumerate(folded(asked)))
        values = {f"w{n}": f"%{word}%" for n, word in enumerate(folded(asked))}
        query = f"SELECT version_id FROM words WHERE {conditions} ORDER BY version_id DESC LIMIT 50"  # noqa: S608
        connection.execute(text(query), values).all()


def measure_search(where: str) -> None:
    """Each question by the index and by LIKE."""
    with Catalogue(where) as catalogue:
        fill(catalogue)
        print(f"  search over {HELD:,} deliverables, medians of 5:")
        for asked in ASKED:
            found = seconds(lambda asked=asked: catalogue.search(asked), 5)  # type: ignore[misc]
            plain = seconds(lambda asked=asked: by_like(catalogue, asked), 5)  # type: ignore[misc]
            told = f"    {asked!r:15} {found * 1000:7.1f} ms, LIKE {plain * 1000:7.1f} ms, ratio {found / plain:.3f}"
            print(f"{told}  ({len(catalogue.search(asked))} shown)")


def measure(title: str, where: str) -> None:
    """Both, in one place."""
    print(title)
    measure_versions(where)
    measure_search(where)


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as scratch:
        measure("SQLite", str(Path(scratch) / "catalogue.db"))
    if reason := why_not():
        print(f"PostgreSQL: not measured, {reason}")
        return
    server = Server()
    try:
        with server.new_database() as url:
            measure("PostgreSQL", url)
    finally:
        server.close()


if __name__ == "__main__":
    main()
