"""Every host keeps every clause of the contract, or says that it lacks what the clause needs."""

from __future__ import annotations

from collections.abc import Iterator

import hosts_there_are
import pytest

from twopop.hosts.contract import CLAUSES, Bench, Clause, judge


@pytest.fixture(scope="module", params=hosts_there_are.HOSTS)
def bench(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    connect = hosts_there_are.HOSTS[request.param]
    if isinstance(connect, str):
        pytest.skip(connect)
    made = Bench(connect, tmp_path_factory.mktemp("a bench ü"))
    yield made
    made.close()


@pytest.mark.parametrize("clause", CLAUSES, ids=lambda clause: clause.name)
def test_the_contract_is_kept(bench: Bench, clause: Clause) -> None:
    outcome = judge(clause, bench)
    if outcome.state == "does not apply":
        pytest.skip(outcome.seen)
    assert outcome.state == "kept", outcome.seen


def test_every_clause_has_a_name_and_a_promise_of_its_own() -> None:
    assert len({clause.name for clause in CLAUSES}) == len({clause.promise for clause in CLAUSES}) == len(CLAUSES)
