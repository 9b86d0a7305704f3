"""plan, deliver and verify, from a real order to real files; and orders that cannot be read."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from running import Run, colours, order, runner

from support.schema_check import violations
from twopop import schema
from twopop.cli.specs import schema_of
from twopop.delivery.plan import Plan
from twopop.delivery.receipt import Receipt


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(capsys)


@pytest.fixture
def spot(tmp_path: Path) -> Path:
    """The order of one small file, made of plain colours."""
    colours(tmp_path / "cut.otio", 12, 12)
    return order(tmp_path / "order.toml")


def test_the_plan_is_readable_and_writes_nothing_that_is_delivered(run: Run, spot: Path) -> None:
    ran = run("plan", spot)
    assert ran.status == 0
    assert "House · Colours" in ran.out
    assert "00:00:01:00      24  540x540  v1 first  ready         2" in ran.out
    assert "1 deliverable ordered: 1 to make, 0 unchanged, 0 blocked." in ran.out
    assert "2 of 2 segments to render, 24 frames; 1 of 1 mix to make." in ran.out
    assert not (spot.parent / "delivery").exists()


def test_the_plan_as_data_is_the_plan(run: Run, spot: Path) -> None:
    ran = run("plan", spot, "--json")
    made = schema.from_json(ran.out.encode(), Plan, where="stdout")
    assert schema.to_json(made).decode() == ran.out
    assert violations(json.loads(ran.out), schema_of("plan")) == []
    assert run("plan", spot, "--json").out == ran.out
    assert run("deliver", spot, "--dry-run", "--json").out == ran.out


def test_the_plan_says_why(run: Run, spot: Path) -> None:
    assert "version = 1  by versions: first" in run("plan", spot, "--why").out


def test_a_delivery_twice_and_read_back(run: Run, spot: Path) -> None:
    first = run("deliver", spot)
    assert first.status == 0, first.out
    assert "1 deliverable ordered: 1 delivered, 0 unchanged, 0 failed, 0 blocked." in first.out
    assert "2 segments rendered." in first.out
    assert "1 of 1  review-h264/" in first.err
    second = run("deliver", spot)
    assert "1 deliverable ordered: 0 delivered, 1 unchanged, 0 failed, 0 blocked." in second.out
    assert "Nothing had to be rendered." in second.out
    assert "Nothing has to be rendered." in run("plan", spot).out
    third = run("deliver", spot, "--json")
    assert violations(json.loads(third.out), schema_of("receipt")) == []
    receipt = schema.from_json(third.out.encode(), Receipt, where="stdout")
    assert [record.outcome for record in receipt.deliverables] == ["unchanged"]
    assert third.out.encode() == (spot.parent / "delivery" / "receipt.json").read_bytes()
    assert "all as they were delivered" in run("verify", spot.parent / "delivery").out
    (file,) = (spot.parent / "delivery" / "review-h264").glob("*.mp4")
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    changed = run("verify", spot.parent / "delivery")
    assert changed.status == 1
    assert "1 not as delivered" in changed.out
    assert json.loads(run("verify", spot.parent / "delivery", "--json").out)["findings"][0]["rule"] == "verify.changed"


def test_out_is_relative_to_where_one_stands(
    run: Run, spot: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand = tmp_path / "elsewhere"
    stand.mkdir()
    monkeypatch.chdir(stand)
    assert json.loads(run("plan", "../order.toml", "--out", "here", "--json").out)["out"] == str(stand / "here")


def test_an_order_with_a_problem_delivers_the_rest_and_says_so(run: Run, spot: Path) -> None:
    body = '[[deliverable]]\nduration = "7s"\naspect = "1:1"\nspec = "review-h264"\n'
    order(spot, body)
    planned, ran = run("plan", spot), run("deliver", spot)
    assert planned.status == ran.status == 1
    assert "1 to make, 0 unchanged, 1 blocked" in planned.out
    assert planned.out.index("'7s'") < planned.out.index("File"), "problems come first"
    assert "2 deliverables ordered: 1 delivered, 0 unchanged, 0 failed, 1 blocked." in ran.out


def test_a_broken_plugin_stops_the_delivery_as_its_own_fault(run: Run, spot: Path) -> None:
    (spot.parent / "house").mkdir()
    (spot.parent / "house" / "broken.py").write_text("import nothing_of_this_name\n")
    (spot.parent / "twopop.toml").write_text('[plugins]\nfolders = ["house"]\n')
    ran = run("deliver", spot)
    assert ran.status == 3
    assert "'broken'" in ran.out
    assert not list((spot.parent / "delivery").glob("**/*.mp4"))


def test_an_unknown_executor_is_told_the_nearest_one(run: Run, spot: Path) -> None:
    ran = run("deliver", spot, "--executor", "locale")
    assert ran.status == 2
    assert "Did you mean 'local'?" in ran.err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "The schema should be"),
        ("this is no toml", "This is not TOML"),
        ('schema = "twopop.order/2"', "newer than this twopop knows"),
        ('schema = "twopop.order/0"', "older than this twopop reads"),
        ('schema = "twopop.plan/1"', "The schema should be"),
        ('schema = "twopop.order/1"\nprojct = 1', "Did you mean 'project'?"),
        ('schema = "twopop.order/1"\n[project]\nclient = 5', "project.client"),
        ("\x00", "This is not TOML"),
    ],
)
def test_an_order_that_cannot_be_read(run: Run, tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "order.toml"
    path.write_text(text)
    for command in ("plan", "deliver"):
        ran = run(command, path, "--json")
        assert ran.status == 2
        assert ran.out == ""
        assert words in ran.err
        assert str(path) in ran.err
    assert list(tmp_path.iterdir()) == [path]


def test_an_order_that_is_a_folder_or_no_text(run: Run, tmp_path: Path) -> None:
    (tmp_path / "order.toml").mkdir()
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    assert run("plan", tmp_path / "order.toml").status == 2
    assert run("plan", tmp_path / "bytes.toml").status == 2


def test_a_title_full_of_markup_is_shown_as_it_is(run: Run, spot: Path) -> None:
    order(spot, title="[bold]Blue[/bold]: \U0001f3ac")
    ran = run("plan", spot)
    assert "House · [bold]Blue[/bold]: \U0001f3ac" in ran.out


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as POSIX does")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_keeps_what_it_has_and_goes_on(run: Run, tmp_path: Path, number: int) -> None:
    colours(tmp_path / "cut.otio", *[24] * 100)
    asked = order(tmp_path / "order.toml")
    code = "import sys; from twopop.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", code, "deliver", str(asked)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "env": dict(os.environ)}
    with subprocess.Popen(command, **pipes) as process:
        store = tmp_path / ".twopop" / "store"
        end = time.monotonic() + 60
        while not list(store.glob("segments/*/*.json")) and time.monotonic() < end:
            time.sleep(0.02)
        process.send_signal(number)
        time.sleep(0.05)
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 1, err
    assert "1 cancelled." in out
    assert "Stopped: " in out
    assert "Traceback" not in err
    assert not list(tmp_path.glob("**/.partial-*"))
    assert not list((tmp_path / "delivery").glob("**/*.mp4"))
    kept = len(list(store.glob("segments/*/*.json")))
    again = json.loads(run("plan", asked, "--json").out)["estimate"]
    assert again["segments_in_store"] == kept > 0
