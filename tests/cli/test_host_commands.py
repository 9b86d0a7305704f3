"""twopop hosts, and twopop hosts check: as a technical director runs them."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from running import Run, runner

from support.schema_check import violations
from twopop.cli.specs import schema_of
from twopop.hosts.contract import CLAUSES
from twopop.hosts.transcript import replay

#: A studio's plugin with hosts that are bad in one way each.
PLUGIN = """
from twopop import HostEntry, HostState, hookimpl
from twopop.hosts.fake import FakeHost
from twopop.hosts.fake.faults import Faults

BAD = {
    "liar": Faults(lies=("one-frame-short",)),
    "silent": Faults(hangs=("show",)),
    "mortal": Faults(dies_after=("put",)),
    "poor": Faults(lacks={"render": "The free edition does not render."}),
}


def entry(name, faults):
    found = HostState(True, "Here.")
    return HostEntry(name, f"The {name} one", lambda: found, lambda place: FakeHost(place, faults))


@hookimpl
def hosts():
    return [entry(name, faults) for name, faults in BAD.items()]
"""


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Run]:
    """twopop in this process; what it puts into the folder for temporary files has to be gone afterwards."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    yield runner(capsys)
    assert not list(temporary.iterdir())


@pytest.fixture
def studio(tmp_path: Path) -> Path:
    """A project with bad hosts."""
    folder = tmp_path / "studio"
    folder.mkdir()
    (folder / "twopop.toml").write_text('[plugins]\nfolders = ["."]\n')
    (folder / "bad.py").write_text(PLUGIN)
    return folder


def test_hosts_lists_them_and_so_does_its_json(run: Run) -> None:
    rows = json.loads(run("hosts", "--json").out)
    assert {"name": "fake", "title": "Practice project"}.items() <= rows[0].items()
    assert all(row["found"] in (True, False) and row["title"] in run("hosts").out for row in rows)


def test_a_host_that_keeps_the_contract(run: Run, tmp_path: Path) -> None:
    before = children()
    ran = run("hosts", "check", "fake", "--project", tmp_path, "--clause", "undo.put", "--clause", "lasting")
    assert ran.status == 0
    assert "Undoing a put takes the new timeline away, and nothing else." in ran.out
    assert "3 clauses, 3 kept, 0 broken, 0 that do not apply." in ran.out
    assert children() == before
    assert not (tmp_path / ".twopop").exists()


def test_the_report_as_data(run: Run, studio: Path) -> None:
    ran = run(
        "hosts", "check", "poor", "--project", studio, "--clause", "render.form", "--clause", "put.name", "--json"
    )
    report = json.loads(ran.out)
    assert violations(report, schema_of("host-report")) == []
    states = {each["clause"]: (each["state"], each["seen"]) for each in report["outcomes"]}
    assert states == {
        "put.name": ("kept", ""),
        "render.form": ("does not apply", "The free edition does not render."),
    }
    assert report["identity"]["app"] == "Practice project"
    assert ran.status == 0


def test_a_host_that_lies_is_told_what_was_seen(run: Run, studio: Path) -> None:
    ran = run("hosts", "check", "liar", "--project", studio, "--clause", "render.form")
    assert ran.status == 1
    assert "frames: number 0: 36 instead of 37" in ran.out
    assert "1 clause, 0 kept, 1 broken" in ran.out


def test_a_call_that_never_returns_is_ended_and_the_next_clause_goes_on(run: Run, studio: Path) -> None:
    (studio / "twopop.toml").write_text('[plugins]\nfolders = ["."]\n[service]\ncall_seconds = 5\n')
    ran = run("hosts", "check", "silent", "--project", studio, "--clause", "show", "--clause", "put.name")
    assert ran.status == 1
    assert "The silent one gave no answer for 5 s" in ran.out
    assert "2 clauses, 1 kept, 1 broken" in ran.out


def test_a_host_that_dies_when_it_has_done_something(run: Run, studio: Path) -> None:
    ran = run("hosts", "check", "mortal", "--project", studio, "--clause", "put.name", "--clause", "import.bin")
    assert ran.status == 1
    assert "The mortal one was lost in the middle of a call" in ran.out
    assert "2 clauses, 1 kept, 1 broken" in ran.out


def test_what_was_recorded_can_be_replayed_elsewhere(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "fake.jsonl"
    chosen = [word for name in ("put.shots", "render.cancel", "undo") for word in ("--clause", name)]
    assert run("hosts", "check", "fake", "--project", tmp_path, "--record", file, *chosen).status == 0
    assert str(tmp_path) not in file.read_text()
    (tmp_path / "else where").mkdir()
    states = [outcome.state for outcome in replay(file, tmp_path / "else where").outcomes]
    assert states.count("kept") == 2 + sum(clause.name.startswith("undo.") for clause in CLAUSES)
    assert states.count("broken") == 0
    ran = run("hosts", "check", "fake", "--record", file, "--clause", "put.name")
    assert (ran.status, "already" in ran.err) == (2, True)


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("fkae",), 2, "Did you mean 'fake'?"),
        (("fake", "--clause", "put.shot"), 2, "Did you mean 'put.shots'?"),
        (("protools",), 3, "Avid Pro Tools is not here"),
        ((), 2, "Missing argument"),
    ],
)
def test_wrong_use(run: Run, words: tuple[str, ...], status: int, said: str) -> None:
    ran = run("hosts", "check", *words)
    assert ran.status == status
    assert said in ran.err


def children() -> set[str]:
    """The processes that this one has started and that still run."""
    tasks = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return {number for task in tasks for number in task.read_text().split()}
