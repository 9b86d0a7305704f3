"""The program as a shell sees it: what it imports, its exit status, its errors."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from running import fresh, runner

import twopop
from twopop.cli import errors
from twopop.errors import EditorError, InputError, PluginError, StudioError

HEAVY = {"scipy", "numpy", "av", "opentimelineio", "sqlalchemy", "alembic", "jinja2", "pyloudnorm", "ffmpeg"}


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["plan", "--help"]])
def test_asking_for_the_version_or_for_help_imports_nothing_heavy(arguments: list[str]) -> None:
    code = (
        f"import sys; from twopop.cli import main; status = main({arguments!r}); "
        "print(status, *{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    status, *modules = ended.stderr.split()
    assert status == "0"
    assert "twopop" in modules
    assert HEAVY & set(modules) == set()


def test_the_version_is_said() -> None:
    assert fresh("--version").stdout == f"twopop {twopop.__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["specs", "list"], 0),
        (["nonsense"], 2),
        (["plan"], 2),
        (["plan", "there-is-none.toml"], 2),
        (["specs", "show", "none"], 2),
        (["timeline", "there-is-none.edl"], 2),
        (["timeline", "there-is-none.edl", "--rate", "23.997"], 2),
        (["verify", "there-is-none"], 2),
        (["deliver", "order.toml", "--no-such-option"], 2),
    ],
)
def test_the_exit_status_of_a_fresh_process(arguments: list[str], status: int, tmp_path: Path) -> None:
    ended = fresh(*arguments)
    assert ended.returncode == status, ended.stderr
    assert "Traceback" not in ended.stderr
    assert bool(ended.stdout) == (status == 0)


def test_without_ffmpeg_the_machine_is_at_fault() -> None:
    ended = fresh("doctor", TWOPOP_FFMPEG="/nowhere/ffmpeg")
    assert ended.returncode == 3
    assert "TWOPOP_FFMPEG" in ended.stdout


def test_nobody_reading_is_no_fault(tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    code = "import sys; from twopop.cli import main; sys.exit(main(['schema', 'plan']))"
    with os.fdopen(write, "wb") as gone:
        ended = subprocess.run(
            [sys.executable, "-c", code], stdout=gone, stderr=subprocess.PIPE, timeout=60, check=False
        )
    assert ended.returncode == errors.NOBODY_READS
    assert ended.stderr == b""


def test_words_that_the_terminal_cannot_show_are_written_out(tmp_path: Path) -> None:
    ended = fresh("timeline", tmp_path / "caf\u00e9 \U0001f3ac.edl", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert ended.returncode == 2
    assert "caf\\xe9 \\U0001f3ac.edl" in ended.stderr


# -- errors in words ---------------------------------------------------------------------------------------------------


def raising(error: BaseException) -> int:
    def work() -> int:
        raise error

    return errors.guarded(work)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (EditorError("It is wrong.", where="here", remedy="Mend it."), 1),
        (InputError("It is wrong.", where="here", remedy="Mend it."), 2),
        (StudioError("It is wrong.", where="here", remedy="Mend it."), 3),
        (PluginError("It is wrong.", where="here", remedy="Mend it."), 3),
    ],
)
def test_an_error_is_told_with_place_and_remedy(
    error: Exception, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert raising(error) == status
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.split() == ["Error:", "It", "is", "wrong.", "Where", "here", "Do", "this", "Mend", "it."]


def test_a_fault_of_our_own_leaves_a_report(capsys: pytest.CaptureFixture[str]) -> None:
    assert raising(ZeroDivisionError("[red]by nought\x1b[2J")) == 3
    said = capsys.readouterr().err
    assert "fault of its own" in said
    assert "[red]by nought\\x1b[2J" in said
    assert "Traceback" not in said
    report = Path(said.split("Report ")[-1].strip())
    text = report.read_text()
    report.unlink()
    assert "Traceback" in text
    assert twopop.__version__ in text


def test_the_report_of_a_plugin_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    assert raising(PluginError("It failed.", report="line 7 of house.py")) == 3
    report = Path(capsys.readouterr().err.split("Report ")[-1].strip())
    assert report.read_text().endswith("line 7 of house.py")
    report.unlink()


def test_ctrl_c_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert raising(KeyboardInterrupt()) == errors.INTERRUPTED
    assert capsys.readouterr().err == "Stopped.\n"


@pytest.mark.parametrize("error", [ValueError("deep"), InputError("shallow")])
def test_a_developer_can_see_the_traceback(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWOPOP_DEBUG", "1")
    with pytest.raises(type(error)):
        raising(error)


def test_a_name_full_of_markup_is_shown_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    ran = runner(capsys)("specs", "show", "[bold red]x[/]\x1b[31m\n")
    assert ran.status == 2
    assert "[bold red]x[/]" in ran.err
    assert "\x1b" not in ran.err
