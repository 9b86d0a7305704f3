"""A delivery and its catalogue: what it is told, and what happens when it cannot be told."""

import os
import signal
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from support.postgres import Server
from support.projects import delivering, stretch, write_project
from support.projects import time as at
from twopop.delivery.journal import NAME
from twopop.delivery.order import read_order
from twopop.delivery.plan import Plan
from twopop.delivery.planner import make_plan
from twopop.delivery.receipt import Receipt
from twopop.delivery.run import deliver
from twopop.delivery.session import Session, open_session
from twopop.errors import StudioError
from twopop.versions.telling import Entry

PROJECT = "Harbour Line / Cut / "
ORDER = """[[matrix]]
durations = ["full"]
aspects = ["16:9", "1:1"]
specs = ["tiny-h264"]
"""


def colours(*lengths: int) -> object:
    import opentimelineio as otio

    from support.projects import PAL, timeline, track

    shots = [
        otio.schema.Clip(
            name=f"shot {number}",
            media_reference=otio.schema.GeneratorReference(
                generator_kind="SolidColor", parameters={"colour": f"#{number * 50:02x}8040"}
            ),
            source_range=stretch(at(0, PAL), length, PAL),
        )
        for number, length in enumerate(lengths, 1)
    ]
    return timeline(track(*shots), rate=PAL)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Two small files of plain colours."""
    write_project(tmp_path, colours(12, 12, 12), ORDER)
    return tmp_path


def planned(folder: Path) -> tuple[Session, Plan]:
    session = open_session(folder)
    return session, make_plan(read_order(folder / "order.toml"), session)


def run(folder: Path, plan: Plan | None = None) -> Receipt:
    session, made = planned(folder)
    return deliver(plan or made, session)


def entries(folder: Path, aspect: str = "16:9") -> list[Entry]:
    with open_session(folder).open_catalogue() as catalogue:
        return catalogue.history(PROJECT, f"{PROJECT} / full {aspect} tiny-h264")


def rules(receipt: Receipt) -> set[str]:
    return {finding.rule for finding in receipt.findings}


def cut(folder: Path, *lengths: int) -> None:
    import opentimelineio as otio

    otio.adapters.write_to_file(colours(*lengths), str(folder / "cut.otio"))


def test_what_a_run_did_is_all_in_the_catalogue(project: Path) -> None:
    receipt = run(project)
    (entry,) = entries(project)
    assert (entry.state, entry.changes, entry.timeline_name) == ("delivered", ("first time",), "cut")
    with open_session(project).open_catalogue() as catalogue:
        whole = catalogue.whole(entry)
        kept = catalogue.plan(entry.plan)
        found = catalogue.search("harbour 16x9")
        assert catalogue.counts()["receipts"] == 1
    assert whole is not None
    assert [(f.path, f.sha256) for f in whole.files] == [(receipt.deliverables[0].file.path, entry.sha256)]  # type: ignore[union-attr]
    assert "sound.silent" in {remark.rule for remark in whole.findings}
    assert kept is not None
    assert receipt.plan == entry.plan
    assert [each.identity for each in found] == [entry.identity]


def test_a_trimmed_shot_is_said_in_the_plan_and_in_the_history(project: Path) -> None:
    run(project)
    cut(project, 12, 12, 6)
    _, plan = planned(project)
    words = "shot 3 (shot 3) trimmed by 6 frames at its tail"
    assert [each.because[0] for each in plan.deliverables] == [words, words]
    assert set(plan.rendered_because.values()) == {words}
    missing = {key for each in plan.deliverables for key in each.segments[2:]}
    assert set(plan.rendered_because) == missing
    run(project)
    assert entries(project)[1].changes[0] == words


# -- the catalogue is lost ---------------------------------------------------------------------------------------------


def test_a_locked_catalogue_stops_a_run_before_anything_is_made(project: Path) -> None:
    run(project)
    cut(project, 12, 12)
    (project / "twopop.toml").write_text((project / "twopop.toml").read_text() + "[catalogue]\nwait_seconds = 0\n")
    file = project / ".twopop" / "catalogue.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StudioError, match="Another program is writing"):
            run(project)
    assert not list((project / "delivery").rglob("*v002*"))
    assert {each.outcome for each in run(project).deliverables} == {"delivered"}


class Losing:
    """A session's catalogue that is gone as soon as the first file is out, and comes back when told to."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        from twopop.delivery.finish import Finisher

        self.file = folder / ".twopop" / "catalogue.db"
        self.away = self.file.with_name("away.db")
        real = Finisher.finish

        def finish(finisher: Finisher, *given: object, **more: object) -> object:
            made = real(finisher, *given, **more)  # type: ignore[arg-type]
            if self.file.exists():
                self.file.rename(self.away)
            return made

        monkeypatch.setattr(Finisher, "finish", finish)
        self._undo = lambda: monkeypatch.setattr(Finisher, "finish", real)

    def back(self) -> None:
        self._undo()
        self.away.rename(self.file)


def test_a_catalogue_that_is_lost_on_the_way_is_told_by_the_next_run(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    losing = Losing(project, monkeypatch)
    receipt = run(project)
    assert {each.outcome for each in receipt.deliverables} == {"delivered"}
    lost = [finding for finding in receipt.findings if finding.rule == "catalogue.lost"]
    assert len(lost) == 1
    assert "catch-up" in lost[0].remedy
    journal = project / "delivery" / NAME
    assert len(journal.read_text().splitlines()) == 3  # two files and the receipt
    assert not losing.file.exists()
    losing.back()
    second = run(project)
    assert "catalogue.caught-up" in rules(second)
    assert not journal.exists()
    for aspect in ("16:9", "1:1"):
        (entry,) = entries(project, aspect)
        assert entry.state == "delivered"
        assert (project / "delivery" / entry.path).is_file()
    third = run(project)
    assert {each.outcome for each in third.deliverables} == {"unchanged"}


def test_a_database_server_that_is_stopped_on_the_way(project: Path, postgres: Server) -> None:
    from twopop.delivery.finish import Finisher

    with postgres.new_database() as url, pytest.MonkeyPatch.context() as patch:
        patch.setenv("TWOPOP_CATALOGUE", url)
        real = Finisher.finish
        stopped: list[bool] = []

        def finish(finisher: Finisher, *given: object, **more: object) -> object:
            made = real(finisher, *given, **more)  # type: ignore[arg-type]
            if not stopped:
                postgres.stop()
                stopped.append(True)
            return made

        patch.setattr(Finisher, "finish", finish)
        try:
            receipt = run(project)
            assert {each.outcome for each in receipt.deliverables} == {"delivered"}
            assert "catalogue.lost" in rules(receipt)
            with pytest.raises(StudioError, match="cannot be reached"):
                planned(project)
        finally:
            postgres.start()
        assert "catalogue.caught-up" in rules(run(project))
        assert [entry.state for entry in entries(project)] == ["delivered"]


def test_what_the_journal_says_of_a_number_that_is_another_s_is_kept(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    losing = Losing(project, monkeypatch)
    run(project)
    losing.back()
    with closing(sqlite3.connect(losing.file)) as other:
        other.execute("UPDATE versions SET content = 'another', state = 'delivered', sha256 = 'x'")
        other.commit()
    journal = project / "delivery" / NAME
    second = run(project)
    assert "catalogue.taken" in rules(second)
    assert len(journal.read_text().splitlines()) == 2


# -- killed ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def killed(project: Path) -> Path:
    """The project after a run that was killed when its numbers were reserved."""
    if sys.platform == "win32":
        pytest.skip("there is no SIGKILL on Windows")
    cut(project, *[12] * 40)
    with delivering(project) as process:
        while process.poll() is None:
            try:
                if any(entry.state == "reserved" for entry in entries(project)):
                    os.kill(process.pid, signal.SIGKILL)
                    break
            except StudioError:  # it is just being made
                time.sleep(0.01)
        process.wait()
    return project


def test_a_killed_run_leaves_numbers_that_are_known_to_be_abandoned(killed: Path) -> None:
    with open_session(killed).open_catalogue() as catalogue:
        name = f"{PROJECT} / full 16:9 tiny-h264"
        (left,) = catalogue.histories(PROJECT, [name])[name]
    assert left.abandoned or left.sha256
    _, plan = planned(killed)
    assert {each.version.number for each in plan.deliverables} == {1}
    assert {each.outcome for each in run(killed).deliverables} <= {"delivered", "unchanged"}
    assert [entry.state for entry in entries(killed)] == ["delivered"]


@pytest.mark.parametrize(("policy", "number"), [("keep", 2), ("release", 1)])
def test_the_policy_says_whether_another_cut_gets_an_abandoned_number(killed: Path, policy: str, number: int) -> None:
    if any(entry.state != "reserved" for aspect in ("16:9", "1:1") for entry in entries(killed, aspect)):
        pytest.skip("the run was faster than its killer")
    (killed / "twopop.toml").write_text((killed / "twopop.toml").read_text() + f'[versions]\nabandoned = "{policy}"\n')
    cut(killed, 20)
    assert {each.version for each in run(killed).deliverables} == {number}
    assert entries(killed)[-1].state == "delivered"
