"""Nothing is overwritten; and with replace = true what was there is kept aside."""

from pathlib import Path

import pytest
from test_registering import ORDER, colours, entries, planned, run

from support.projects import write_project
from twopop import files
from twopop.delivery.aside import FOLDER
from twopop.delivery.verify import verify

THEIRS = b"the only copy of something"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write_project(tmp_path, colours(12, 12), ORDER)
    return tmp_path


def put_theirs(folder: Path) -> Path:
    _, plan = planned(folder)
    path = folder / "delivery" / plan.deliverables[0].path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(THEIRS)
    return path


def let_replace(folder: Path) -> None:
    order = folder / "order.toml"
    order.write_text(order.read_text().replace("timeline =", "replace = true\ntimeline =", 1))


def test_a_file_in_the_way_stops_that_deliverable_alone(project: Path) -> None:
    theirs = put_theirs(project)
    receipt = run(project)
    assert [each.outcome for each in receipt.deliverables] == ["blocked", "delivered"]
    assert theirs.read_bytes() == THEIRS


def test_a_file_that_comes_between_plan_and_run_stops_it_too(project: Path) -> None:
    _, plan = planned(project)
    theirs = put_theirs(project)
    receipt = run(project, plan)
    assert [each.outcome for each in receipt.deliverables] == ["failed", "delivered"]
    assert theirs.read_bytes() == THEIRS
    assert [(entry.state, "is there already" in entry.note) for entry in entries(project)] == [("released", True)]


def test_with_replace_the_old_file_is_put_aside_and_told(project: Path) -> None:
    theirs = put_theirs(project)
    let_replace(project)
    _, plan = planned(project)
    assert "file.replaced" in {finding.rule for finding in plan.deliverables[0].findings}
    receipt = run(project)
    assert [each.outcome for each in receipt.deliverables] == ["delivered", "delivered"]
    (aside,) = receipt.deliverables[0].replaced
    assert aside.path.startswith(f"{FOLDER}/")
    assert (project / "delivery" / aside.path).read_bytes() == THEIRS
    assert files.sha256(theirs) == receipt.deliverables[0].file.sha256  # type: ignore[union-attr]
    assert receipt.deliverables[1].replaced == ()
    assert verify(project / "delivery").findings == ()
    assert {each.outcome for each in run(project).deliverables} == {"unchanged"}


def test_a_folder_or_a_link_is_never_replaced(project: Path) -> None:
    theirs = put_theirs(project)
    kept = theirs.rename(theirs.with_name("kept.bin"))
    theirs.symlink_to(kept)
    let_replace(project)
    assert [each.outcome for each in run(project).deliverables] == ["failed", "delivered"]
    assert theirs.is_symlink()
    assert kept.read_bytes() == THEIRS


def test_a_new_file_that_is_damaged_on_the_disk_gives_the_name_back(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = put_theirs(project)
    let_replace(project)
    real = files.sha256

    def damaged(path: Path) -> str:
        return "0" * 64 if path == theirs and path.read_bytes() != THEIRS else real(path)

    monkeypatch.setattr(files, "sha256", damaged)
    receipt = run(project)
    assert [each.outcome for each in receipt.deliverables] == ["failed", "delivered"]
    assert theirs.read_bytes() == THEIRS


def test_two_that_want_one_name_cannot_both_have_it(tmp_path: Path) -> None:
    one, two, name = tmp_path / "1", tmp_path / "2", tmp_path / "name"
    one.write_bytes(b"one")
    two.write_bytes(b"two")
    files.give_name(one, name, over=False)
    with pytest.raises(FileExistsError):
        files.give_name(two, name, over=False)
    assert name.read_bytes() == b"one"
