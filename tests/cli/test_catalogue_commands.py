"""twopop catalogue, and what plan and diff know from it."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from running import Run, colours, order, runner

FULL = "House_Colours_full_1x1"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(capsys)


@pytest.fixture
def spot(tmp_path: Path, run: Run) -> Path:
    """The folder of an order that was delivered twice: its second shot was trimmed in between."""
    colours(tmp_path / "cut.otio", 12, 12)
    asked = order(tmp_path / "order.toml")
    assert run("deliver", asked).status == 0
    colours(tmp_path / "cut.otio", 12, 9)
    assert run("deliver", asked).status == 0
    return tmp_path


def test_search_finds_versions_by_words(run: Run, spot: Path) -> None:
    ran = run("catalogue", "search", "house", "1x1", "--project", spot)
    assert ran.status == 0
    assert f"{FULL}_v002.mp4" in ran.out
    assert "2 versions." in ran.out
    told = json.loads(run("catalogue", "search", "trim", "--project", spot, "--json").out)
    assert [(each["number"], each["state"]) for each in told] == [(2, "delivered")]
    nothing = run("catalogue", "search", "nowhere", "--project", spot)
    assert (nothing.status, nothing.out) == (0, "Nothing that went out has the words 'nowhere'.\n")


@pytest.mark.parametrize("name", [f"review-h264/{FULL}_v001.mp4", f"{FULL}_v002", "full 1:1 review-h264", "colours"])
def test_history_says_who_when_what_and_by_which_plan(run: Run, spot: Path, name: str) -> None:
    ran = run("catalogue", "history", name, "--project", spot)
    assert ran.status == 0
    assert "shot 2 (colour 1) trimmed by 3 frames at its tail" in ran.out
    told = json.loads(run("catalogue", "history", name, "--project", spot, "--json").out)
    assert [(each["number"], each["why"]) for each in told] == [(1, "first"), (2, "changed since v1")]
    assert all(each["who"] and each["when"] and each["plan"] for each in told)
    plan = json.loads(run("catalogue", "plan", told[1]["plan"][:12], "--project", spot).out)
    assert plan["schema"] == "twopop.plan/1"
    assert plan["timeline"]["frames"] == 21


def test_show_tells_all_of_one_version(run: Run, spot: Path) -> None:
    ran = run("catalogue", "show", f"{FULL}_v001.mp4", "--project", spot)
    receipt = json.loads((spot / "delivery" / "receipts" / "0001.json").read_text())
    assert receipt["deliverables"][0]["file"]["sha256"] in ran.out
    told = json.loads(run("catalogue", "show", "full 1:1 review-h264", "--project", spot, "--json").out)
    assert told["entry"]["number"] == 2
    assert [file["path"] for file in told["files"]] == [f"review-h264/{FULL}_v002.mp4"]
    assert "sound.silent" in {finding["rule"] for finding in told["findings"]}


def test_approvals_are_said_and_a_withdrawn_number_does_not_come_back(run: Run, spot: Path) -> None:
    assert run("catalogue", "approve", f"{FULL}_v001.mp4", "--project", spot, "--note", "by phone").status == 0
    again = run("catalogue", "approve", "colours", "--version", 2, "--project", spot)
    assert "is approved" in again.out
    assert "v1 is superseded by it" in again.out
    assert "by phone" in run("catalogue", "history", "colours", "--project", spot).out
    assert run("catalogue", "withdraw", "colours", "--project", spot, "--note", "wrong claim").status == 0
    planned = run("plan", spot / "order.toml").out
    assert "v3 the same as v2, which was withdrawn" in planned
    assert f"{FULL}_v003" in planned


def test_rounds_go_into_names_and_an_approved_one_begins_the_next(run: Run, tmp_path: Path) -> None:
    (tmp_path / "twopop.toml").write_text('[versions]\npolicy = "approvals"\n')
    asked = order(tmp_path / "order.toml")
    for number, lengths in enumerate([(12, 12), (12, 9), (12, 6)]):
        colours(tmp_path / "cut.otio", *lengths)
        assert run("deliver", asked).status == 0
        if number == 1:
            run("catalogue", "approve", "colours", "--project", tmp_path)
    stems = sorted(path.stem for path in (tmp_path / "delivery").rglob("*.mp4"))
    assert stems == [f"{FULL}_v1.0", f"{FULL}_v1.1", f"{FULL}_v2.0"]


def test_in_lockstep_all_files_of_an_order_take_the_next_number(run: Run, tmp_path: Path) -> None:
    (tmp_path / "twopop.toml").write_text('[versions]\npolicy = "lockstep"\n')
    head = '[[deliverable]]\nduration = "1s"\naspect = "1:1"\nspec = "review-h264"\n'
    asked = order(tmp_path / "order.toml", head + '[cutdowns."1s"]\nkeep = [["01:00:00:00", "01:00:01:00"]]\n')
    for lengths in [(24, 12), (24, 9)]:
        colours(tmp_path / "cut.otio", *lengths)
        told = json.loads(run("deliver", asked, "--json").out)
    assert [each["version"] for each in told["deliverables"]] == [2, 2]
    assert "goes along with others" in run("catalogue", "history", "1s 1:1 review-h264", "--project", tmp_path).out
    assert {each["outcome"] for each in json.loads(run("deliver", asked, "--json").out)["deliverables"]} == {
        "unchanged"
    }


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("history", "nothing-like-it"), "knows nothing of that name"),
        (("show", "nothing-like-it"), "knows nothing of that name"),
        (("approve", "colours", "--version", "9"), "No version 9 of it went out"),
        (("plan", "ffff"), "no such plan"),
        (("catch-up", "no-such-folder"), "no such folder"),
    ],
)
def test_wrong_names_are_told(run: Run, spot: Path, words: tuple[str, ...], said: str) -> None:
    ran = run("catalogue", *words, "--project", spot)
    assert (ran.status, ran.out) == (2, "")
    assert said in ran.err


def test_a_name_that_may_mean_several_names_them(run: Run, tmp_path: Path) -> None:
    colours(tmp_path / "cut.otio", 12)
    asked = order(
        tmp_path / "order.toml", '[[deliverable]]\nduration = "full"\naspect = "9:16"\nspec = "review-h264"\n'
    )
    run("deliver", asked)
    ran = run("catalogue", "history", "colours", "--project", tmp_path)
    assert ran.status == 2
    assert "full 9:16 review-h264" in ran.err


def test_catch_up_and_upgrade_with_nothing_to_do(run: Run, spot: Path) -> None:
    assert "Nothing waits there" in run("catalogue", "catch-up", spot / "delivery", "--project", spot).out
    assert "already" in run("catalogue", "upgrade", "--project", spot).out


def test_an_older_catalogue_is_upgraded_by_a_command(run: Run, tmp_path: Path) -> None:
    (tmp_path / ".twopop").mkdir()
    old = (Path(__file__).parents[1] / "versions" / "schema1.sql").read_text("utf-8")
    with closing(sqlite3.connect(tmp_path / ".twopop" / "catalogue.db")) as connection:
        connection.executescript(old)
    refused = run("catalogue", "search", "harbour", "--project", tmp_path)
    assert refused.status == 3
    assert "twopop catalogue upgrade" in refused.err
    assert "had schema 1" in run("catalogue", "upgrade", "--project", tmp_path).out
    assert "5 versions." in run("catalogue", "search", "harbour", "--project", tmp_path).out


def test_diff_knows_the_cut_that_went_out_last_and_its_order(run: Run, spot: Path) -> None:
    new = colours(spot / "new.otio", 12, 6)
    ran = run("diff", "last", new, "--project", spot)
    assert ran.status == 0
    assert "shot 2 (colour 1) trimmed by 3 frames at its tail" in ran.out
    assert "1 of 1 deliverable touched." in ran.out
    told = json.loads(run("diff", spot / "cut.otio", new, "--project", spot, "--json").out)
    assert [each["touched"] for each in told["deliverables"]] == [True]


def test_diff_without_a_delivery_says_so(run: Run, tmp_path: Path) -> None:
    ran = run("diff", "last", colours(tmp_path / "new.otio", 12), "--project", tmp_path)
    assert ran.status == 2
    assert "Nothing was delivered yet" in ran.err


def test_a_password_is_never_shown(run: Run, tmp_path: Path) -> None:
    url = "postgresql+psycopg://ann:s3cret@127.0.0.1:9/none"
    (tmp_path / "twopop.toml").write_text(f'[catalogue]\nurl = "{url}"\n')
    pytest.importorskip("psycopg")
    for words in (("catalogue", "search", "x"), ("config", "show"), ("config", "show", "--json"), ("doctor",)):
        ran = run(*words, "--project", tmp_path)
        assert "s3cret" not in ran.out + ran.err
        assert "ann" in ran.out + ran.err
