"""Each host package finds what is there, says what is missing, and starts nothing."""

import subprocess
from pathlib import Path

import pytest

import twopop_mlt
import twopop_premiere
import twopop_protools
import twopop_resolve

PACKAGES = (twopop_mlt, twopop_premiere, twopop_protools, twopop_resolve)


@pytest.fixture(autouse=True)
def nothing_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **rest: object) -> None:
        raise AssertionError("a program was started")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    monkeypatch.setattr("os.system", refuse)


def touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_the_hook_names_one_host_and_looking_on_this_machine_answers(package: object) -> None:
    (entry,) = package.hosts()  # type: ignore[attr-defined]
    state = entry.look()
    assert entry.name
    assert state.detail.endswith(".")
    assert isinstance(state.found, bool)


RESOLVE = {
    "linux": ("opt/resolve/Developer/Scripting", "opt/resolve/libs/Fusion/fusionscript.so"),
    "darwin": (
        "Library/Application Support/Blackmagic Design/DaVinci Resolve/Developer/Scripting",
        "Applications/DaVinci Resolve/DaVinci Resolve.app/Contents/Libraries/Fusion/fusionscript.so",
    ),
    "win32": (
        "data/Blackmagic Design/DaVinci Resolve/Support/Developer/Scripting",
        "programs/Blackmagic Design/DaVinci Resolve/fusionscript.dll",
    ),
}


@pytest.mark.parametrize("system", RESOLVE)
def test_resolve_where_it_is_usually_installed(system: str, tmp_path: Path) -> None:
    environment = {"PROGRAMDATA": str(tmp_path / "data"), "PROGRAMFILES": str(tmp_path / "programs")}
    assert not twopop_resolve.look(environment, system, tmp_path).found
    touch(tmp_path / RESOLVE[system][0] / "Modules/DaVinciResolveScript.py")
    half = twopop_resolve.look(environment, system, tmp_path)
    assert not half.found
    assert "library" in half.detail
    touch(tmp_path / RESOLVE[system][1])
    assert twopop_resolve.look(environment, system, tmp_path).found


def test_resolve_where_its_variables_point(tmp_path: Path) -> None:
    touch(tmp_path / "api/Modules/DaVinciResolveScript.py")
    library = touch(tmp_path / "fusionscript.so")
    environment = {"RESOLVE_SCRIPT_API": str(tmp_path / "api"), "RESOLVE_SCRIPT_LIB": str(library)}
    assert twopop_resolve.look(environment, "linux", tmp_path / "empty").found


def test_a_variable_that_points_nowhere_is_named_even_when_resolve_is_installed(tmp_path: Path) -> None:
    touch(tmp_path / RESOLVE["linux"][0] / "Modules/DaVinciResolveScript.py")
    touch(tmp_path / RESOLVE["linux"][1])
    state = twopop_resolve.look({"RESOLVE_SCRIPT_API": "/nowhere"}, "linux", tmp_path)
    assert not state.found
    assert "nowhere" in state.detail


def test_premiere_is_named_but_not_found_without_a_panel(tmp_path: Path) -> None:
    assert "not installed" in twopop_premiere.look({}, "darwin", tmp_path).detail
    for year in (2025, 2026):
        (tmp_path / f"Applications/Adobe Premiere Pro {year}").mkdir(parents=True)
    state = twopop_premiere.look({}, "darwin", tmp_path)
    assert not state.found
    assert "Premiere Pro 2026 is installed" in state.detail
    assert "panel" in state.detail


def test_premiere_on_windows_and_linux(tmp_path: Path) -> None:
    (tmp_path / "Adobe/Adobe Premiere Pro 2026").mkdir(parents=True)
    assert "2026" in twopop_premiere.look({"PROGRAMFILES": str(tmp_path)}, "win32").detail
    assert "macOS and Windows only" in twopop_premiere.look({}, "linux").detail


@pytest.mark.parametrize(
    ("system", "application"), [("darwin", "Applications/Pro Tools.app"), ("win32", "Avid/Pro Tools/ProTools.exe")]
)
def test_pro_tools_wants_the_application_and_the_package(system: str, application: str, tmp_path: Path) -> None:
    environment = {"PROGRAMFILES": str(tmp_path)}

    def looked(*modules: str) -> tuple[bool, str]:
        state = twopop_protools.look(environment, system, tmp_path, lambda name: name in modules)
        return state.found, state.detail

    assert looked("ptsl")[0] is False
    touch(tmp_path / application)
    found, detail = looked()
    assert not found
    assert "twopop[protools]" in detail
    assert looked("ptsl")[0] is True


def test_pro_tools_on_linux() -> None:
    assert "macOS and Windows only" in twopop_protools.look({}, "linux").detail


@pytest.mark.parametrize(
    ("programs", "modules", "found"),
    [
        ((), (), False),
        (("melt",), (), True),
        (("melt-7",), (), True),
        ((), ("mlt7",), True),
        (("melt",), ("mlt7",), True),
    ],
)
def test_mlt_by_its_program_or_its_binding(programs: tuple[str, ...], modules: tuple[str, ...], found: bool) -> None:
    state = twopop_mlt.look(lambda name: f"/bin/{name}" if name in programs else None, lambda name: name in modules)
    assert state.found is found
    assert all(name in state.detail for name in (*programs, *modules))
