"""What is opened on the editor's machine, and that nothing else ever is."""

import asyncio
import os
from pathlib import Path

import pytest

from twopop.errors import InputError, StudioError
from twopop.service import opening
from twopop.service.hub import Hub
from twopop.service.values import JobRow

linux = pytest.mark.skipif(
    os.uname().sysname != "Linux" if hasattr(os, "uname") else True, reason="xdg-open is Linux's"
)


@pytest.fixture
def job(tmp_path: Path) -> JobRow:
    out = tmp_path / "delivery"
    (out / "social").mkdir(parents=True)
    for name in (
        "social/a.mp4",
        "social/run.sh",
        "social/tool.desktop",
        "social/x.exe",
        "social/-dash.mov",
        "receipt.json",
    ):
        (out / name).touch()
    (tmp_path / "secret.txt").touch()
    (out / "out.txt").symlink_to(tmp_path / "secret.txt")
    (out / "away").symlink_to(tmp_path)
    (out / "Evil.app").mkdir()
    return JobRow(
        id="j1",
        project="harbour",
        plan="p1",
        title="Harbour",
        timeline_name="Spot",
        out=str(out),
        state="done",
        report=str(out / "receipt.json"),
    )


@pytest.mark.parametrize("path", ["", "report", "social/a.mp4", "social"])
def test_a_job_has_its_folder_its_files_and_its_report(job: JobRow, path: str) -> None:
    wanted = Path(job.report) if path == "report" else Path(job.out) / path
    assert opening.place_of(job, path) == wanted.resolve()


@pytest.mark.parametrize(
    "path",
    [
        "..",
        "../secret.txt",
        "social/../../secret.txt",
        "/etc/passwd",
        "\\\\server\\share",
        "C:\\windows",
        "C:secret.txt",
        "out.txt",
        "away/secret.txt",
        "away",
        "~/secret",
        "social/b.mp4",
        "file:///etc/passwd",
        "http://evil.example/",
        "a\0b",
    ],
)
def test_nothing_outside_the_output_is_reached(job: JobRow, path: str) -> None:
    with pytest.raises(InputError):
        opening.place_of(job, path)


def test_a_job_that_nobody_knows_has_nothing_to_open(tmp_path: Path) -> None:
    hub = Hub([tmp_path])
    with pytest.raises(InputError, match="no job"):
        hub.job("j1")


def test_a_report_that_is_not_there_yet_is_told(job: JobRow) -> None:
    from msgspec.structs import replace

    with pytest.raises(InputError, match="no report yet"):
        opening.place_of(replace(job, report=""), "report")


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program ``xdg-open`` that writes down what it is given."""
    told = tmp_path / "told"
    program = tmp_path / "bin" / "xdg-open"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$#" "$@" >> {told}\nexit "${{OPENER:-0}}"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return told


def shown(opened: Path, place: Path, *, reveal: bool = False) -> str:
    opened.unlink(missing_ok=True)
    asyncio.run(opening.show(place, reveal=reveal))
    count, what = opened.read_text().splitlines()
    assert count == "1"
    return what


@linux
def test_files_are_opened_and_programs_are_only_shown_in_their_folder(job: JobRow, opened: Path) -> None:
    out = Path(job.out)
    assert shown(opened, out / "social/a.mp4") == str(out / "social/a.mp4")
    assert shown(opened, out / "social/-dash.mov") == str(out / "social/-dash.mov")
    assert shown(opened, out / "receipt.json") == job.report
    assert shown(opened, out) == str(out)
    for program in ("run.sh", "tool.desktop", "x.exe"):
        assert shown(opened, out / "social" / program) == str(out / "social")
    assert shown(opened, out / "social/a.mp4", reveal=True) == str(out / "social")


@linux
def test_an_opener_that_fails_or_is_not_there_is_told(
    job: JobRow, opened: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENER", "3")
    with pytest.raises(StudioError, match="xdg-open could not open it"):
        asyncio.run(opening.show(Path(job.out), reveal=False))
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(StudioError, match="no xdg-open"):
        asyncio.run(opening.show(Path(job.out), reveal=False))


def test_on_other_systems_the_same_rules_hold(job: JobRow, monkeypatch: pytest.MonkeyPatch) -> None:
    out = Path(job.out)
    monkeypatch.setattr("sys.platform", "darwin")
    assert opening._command(out / "Evil.app", opened=False) == ["open", "-R", str(out / "Evil.app")]
    assert opening._command(out / "social/a.mp4", opened=True) == ["open", str(out / "social/a.mp4")]
    monkeypatch.setattr("sys.platform", "win32")
    assert opening._command(out / "x", opened=False) == ["explorer", f"/select,{out / 'x'}"]


def test_nothing_that_runs_is_among_what_is_opened() -> None:
    windows = ".exe .com .bat .cmd .ps1 .vbs .vbe .js .jse .wsf .wsh .msi .scr .lnk .url .hta .jar .reg .cpl .pif"
    others = ".app .command .sh .desktop .py .pyw .pl .rb .workflow .webloc .terminal .svg .htm"
    assert opening.OPENED.isdisjoint(f"{windows} {others}".split())
