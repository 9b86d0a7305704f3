"""Thirty-two processes that allocate versions of the same deliverables at once, some of them killed on the way."""

import json
import multiprocessing
import os
import random
import signal
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from catalogue_values import SHA

from twopop.versions.catalogue import Catalogue
from twopop.versions.model import Kept, Registration, Version, Wish
from twopop.versions.policy import Abandoned, next_free

PROCESSES, ROUNDS, KILLED = 32, 3, 8
NAMES = ("full 16:9", "30s 9:16")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")


def allocate(where: str, number: int, log: Path, abandoned: Abandoned, killed_in: int | None) -> None:
    """Take a version of each deliverable in each round, as runs do; every second round has the same content for all."""
    pace = random.Random(number)
    with log.open("a", buffering=1) as told, Catalogue(where, seconds=60) as catalogue:
        for turn in range(ROUNDS):
            contents = dict.fromkeys(NAMES, "shared" if turn == 1 else f"{number}-{turn}")
            run = catalogue.begin("spot")
            for wish in _taken(catalogue, contents, run, abandoned, told):
                if turn == killed_in and pace.random() < 0.7:
                    os.kill(os.getpid(), signal.SIGKILL)
                files = (Kept(path=f"{wish.identity}_{wish.version}", bytes=1, sha256=SHA),)
                catalogue.deliver("spot", Registration(wish=wish, out="/o", files=files, when="now"), run=run)
                told.write(json.dumps(["out", wish.identity, wish.version.number, wish.content]) + "\n")
            if turn == killed_in:
                os.kill(os.getpid(), signal.SIGKILL)
            catalogue.end(run)


def _taken(catalogue: Catalogue, contents: dict[str, str], run: int, abandoned: Abandoned, told: Any) -> list[Wish]:
    """What this run holds: the plan's numbers, planned anew where another process was faster."""
    held: list[Wish] = []
    left = dict(contents)
    while left:
        histories = catalogue.histories("spot", left)
        versions = {name: next_free(histories[name], left[name], abandoned=abandoned) for name in left}
        wishes = [Wish(identity=name, version=version, content=left[name]) for name, version in versions.items()]
        clashes = {identity for identity, _ in catalogue.reserve("spot", wishes, run=run)}
        for wish in wishes:
            if wish.identity not in clashes:
                held.append(wish)
                del left[wish.identity]
                told.write(json.dumps(["held", wish.identity, wish.version.number, wish.content]) + "\n")
    return held


@pytest.mark.parametrize("abandoned", ["keep", "release"])
def test_no_number_is_given_twice_and_no_gap_is_unexplained(where: str, abandoned: Abandoned, tmp_path: Path) -> None:
    """They begin with no tables, so that they make them together too."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["twopop.versions.catalogue", "psycopg", "test_many_at_once"])
    logs = [tmp_path / f"{n}.log" for n in range(PROCESSES)]
    workers = [
        context.Process(target=allocate, args=(where, n, logs[n], abandoned, n % ROUNDS if n < KILLED else None))
        for n in range(PROCESSES)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(300)
    assert [worker.exitcode for worker in workers] == [-signal.SIGKILL] * KILLED + [0] * (PROCESSES - KILLED)

    said = [json.loads(line) for log in logs for line in log.read_text().splitlines()]
    went_out: dict[tuple[str, int], set[str]] = defaultdict(set)
    held: dict[tuple[str, int], set[str]] = defaultdict(set)
    for kind, identity, number, content in said:
        (went_out if kind == "out" else held)[identity, number].add(content)
    assert all(len(contents) == 1 for contents in went_out.values())
    if abandoned == "keep":
        assert all(len(contents) == 1 for contents in held.values())

    with Catalogue(where) as catalogue:
        for name in NAMES:
            history = catalogue.history("spot", name)
            assert [entry.number for entry in history] == list(range(1, len(history) + 1))
            for entry in history:
                assert entry.who
                if entry.state == "delivered":
                    assert (name, entry.number) in went_out or entry.path == f"{name}_{entry.number}"
                else:  # left by a killed run, and told so
                    version = next(v for v in catalogue.histories("spot", [name])[name] if v.number == entry.number)
                    assert version.abandoned
            delivered = {(n, next(iter(c))) for (identity, n), c in went_out.items() if identity == name}
            contents = {content for _, content in delivered}
            alive = {f"{n}-{turn}" for n in range(KILLED, PROCESSES) for turn in (0, 2)}
            assert contents >= alive
            assert catalogue.reserve("spot", [Wish(identity=name, version=Version(number=1), content="late")])
