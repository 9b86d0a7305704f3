"""The walls of the house: who may import whom, how long things may be, and what never happens."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted(path for top in ("core", "hosts", "templates") for path in (ROOT / top).rglob("*.py"))
BESIDE = sorted(path for top in ("tests", "docs", "examples", "bench") for path in (ROOT / top).rglob("*.py"))

#: Files that may be longer than the rest, and why.
LONG = {"hookspecs.py": "every hook with its story and an example, in one place to read from top to bottom"}


def test_each_file_of_tests_has_a_name_of_its_own():
    """The folders of tests are no packages: pytest takes two files of one name for one module."""
    names = [path.name for path in (ROOT / "tests").rglob("*.py") if path.name != "conftest.py"]
    assert sorted(names) == sorted(set(names))


def test_imports_run_downwards_only():
    linter = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("path", [*SOURCES, *BESIDE], ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_stay_short(path):
    text = path.read_text()
    assert text.count("\n") <= 400 or path.name in LONG
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno - node.lineno < 60, f"{node.name} does not fit on a screen"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_shell_is_ever_started(path):
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    for call in calls:
        name = ast.unparse(call.func)
        assert name not in ("os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput")
        assert not any(word.arg == "shell" for word in call.keywords), f"{path.name}:{call.lineno}"
