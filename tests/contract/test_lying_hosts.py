"""A host that lies breaks the clauses that its lie is about; a lie that none catches is a fault of the contract."""

from __future__ import annotations

from pathlib import Path

import pytest
from lies import TOLD, Lie
from lies_in_renders import IN_RENDERS, IN_UNDOING

from twopop.hosts.contract import CLAUSES, Bench, judge

LIES = (*TOLD, *IN_RENDERS, *IN_UNDOING)


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The contract's media, drawn once for all lies."""
    return tmp_path_factory.mktemp("media")


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.name)
def test_a_lie_is_found_out(lie: Lie, media: Path, tmp_path: Path) -> None:
    bench = Bench(lie.connect, tmp_path)
    bench.media = media
    outcomes = {clause.name: judge(clause, bench) for clause in CLAUSES if clause.name in lie.breaks}
    bench.close()
    assert set(outcomes) == set(lie.breaks)
    assert {name: outcome.state for name, outcome in outcomes.items()} == dict.fromkeys(lie.breaks, "broken")
    assert all(outcome.seen for outcome in outcomes.values())


def test_each_clause_can_be_broken() -> None:
    assert {name for lie in LIES for name in lie.breaks} == {clause.name for clause in CLAUSES}
