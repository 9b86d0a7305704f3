"""Runs: what they hold while they live, and what becomes of it when they do not."""

import pytest
from catalogue_values import out, wish
from sqlalchemy import update

from twopop.versions import database, owner
from twopop.versions.catalogue import Catalogue
from twopop.versions.model import Planned, Work
from twopop.versions.tables import runs


def work(plan: str = "plan1", **more: object) -> Work:
    facts: dict[str, object] = {
        "plan": plan,
        "plan_json": b'{"deliverables": []}',
        "out": "/out",
        "timeline": "cut1",
        "timeline_json": b'{"name": "Days"}',
        "timeline_name": "Days",
        "timeline_file": "days.otio",
        "rate": "25",
        "frames": 500,
        "order": "order1",
        "order_json": b'{"schema": "twopop.order/1"}',
        "specs": {"s1": ("social", b"{}")},
        "media": {"a.mov": "f1"},
        "rights": (("ARC_1", "unknown", "archive"),),
    }
    return Work(**{**facts, **more})  # type: ignore[arg-type]


def aged(catalogue: Catalogue, run: int, *, host: str = "", process: int = 0) -> None:
    """Let the run be of another machine and not heard of since long ago."""
    values = {"seen": "2026-01-01T00:00:00+00:00", **({"host": host} if host else {}), "process": process}
    with database.writing(catalogue._opened(), catalogue.place) as connection:
        connection.execute(update(runs).where(runs.c.id == run).values(values))


def abandoned(catalogue: Catalogue, identity: str = "a") -> list[bool]:
    return [version.abandoned for version in catalogue.histories("spot", [identity])[identity]]


def test_what_a_living_run_holds_is_not_abandoned_and_not_given_away(where: str) -> None:
    with Catalogue(where) as catalogue:
        run = catalogue.begin("spot", work())
        catalogue.reserve("spot", [wish("a", 1, "A")], run=run)
        assert abandoned(catalogue) == [False]
        assert catalogue.reserve("spot", [wish("a", 1, "B", reuse=True)]) == [("a", 1)]


def test_what_a_run_did_not_deliver_is_released_at_its_end(where: str) -> None:
    with Catalogue(where) as catalogue:
        run = catalogue.begin("spot")
        catalogue.reserve("spot", [wish("a", 1, "A"), wish("b", 1, "B")], run=run)
        catalogue.deliver("spot", out("a", 1, "A"), run=run)
        catalogue.end(run)
        assert {name: len(all_) for name, all_ in catalogue.histories("spot", "ab").items()} == {"a": 1, "b": 0}
        (entry,) = catalogue.history("spot", "b")
        assert (entry.state, entry.who) == ("released", owner.this_process().who)
        assert "ended without delivering" in entry.note


@pytest.mark.parametrize(("reuse", "clashes"), [(False, [("a", 1)]), (True, [])])
def test_a_number_left_behind_goes_to_others_only_when_the_policy_says_so(
    where: str, reuse: bool, clashes: list[tuple[str, int]]
) -> None:
    with Catalogue(where) as catalogue:
        run = catalogue.begin("spot")
        catalogue.reserve("spot", [wish("a", 1, "A")], run=run)
        aged(catalogue, run, host="another machine")
        assert abandoned(catalogue) == [True]
        assert catalogue.reserve("spot", [wish("a", 1, "B", reuse=reuse)]) == clashes


def test_a_run_that_is_heard_of_lives(where: str) -> None:
    with Catalogue(where) as catalogue:
        run = catalogue.begin("spot")
        catalogue.reserve("spot", [wish("a", 1, "A")], run=run)
        aged(catalogue, run, host="another machine")
        catalogue.beat(run)
        assert abandoned(catalogue) == [False]


def test_a_process_that_is_gone_from_this_machine_needs_no_lease(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Catalogue(where) as catalogue:
        run = catalogue.begin("spot")
        catalogue.reserve("spot", [wish("a", 1, "A")], run=run)
        monkeypatch.setattr(owner, "is_gone", lambda host, process: host == owner.this_process().host)
        assert abandoned(catalogue) == [True]


def test_a_process_id_says_nothing_of_another_machine() -> None:
    me = owner.this_process()
    assert not owner.is_gone(me.host, me.process)
    assert not owner.is_gone("another machine", 2**22 + 1)


def test_what_a_run_set_out_to_do_is_known(where: str) -> None:
    with Catalogue(where) as catalogue:
        assert catalogue.last_plan("spot") is None
        run = catalogue.begin("spot", work())
        catalogue.reserve("spot", [wish("a", 1, "A")], run=run)
        assert catalogue.last_plan("spot") is None
        catalogue.deliver("spot", out("a", 1, "A"), run=run)
        assert catalogue.last_plan("spot") == (b'{"name": "Days"}', b'{"schema": "twopop.order/1"}', "plan1")
        planned = catalogue.planned("spot", ["plan1", "plan2"])
        assert planned == {"plan1": Planned(timeline=b'{"name": "Days"}', media={"a.mov": "f1"})}
        assert catalogue.specs(["s1", "s2"]) == {"s1": b"{}"}
        assert catalogue.plan("plan") == b'{"deliverables": []}'
        (entry,) = catalogue.history("spot", "a")
        assert (entry.plan, entry.timeline, entry.timeline_name) == ("plan1", "cut1", "Days")
        whole = catalogue.whole(entry)
        assert whole is not None
        assert [(right.source, right.status, right.note) for right in whole.rights] == [("ARC_1", "unknown", "archive")]
        assert catalogue.begin("spot", work()) != run


def test_the_newest_plan_counts(where: str) -> None:
    with Catalogue(where) as catalogue:
        for number in (1, 2):
            cut = f"cut{number}"
            run = catalogue.begin("spot", work(f"plan{number}", timeline=cut, timeline_json=cut.encode()))
            catalogue.deliver("spot", out("a", number, cut), run=run)
            catalogue.end(run)
        found = catalogue.last_plan("spot")
        assert found is not None
        assert (found[0], found[2]) == (b"cut2", "plan2")
