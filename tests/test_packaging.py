"""The wheel holds everything that an installed twopop needs, and works when it is all there is."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import twopop
from twopop.delivery.session import open_session

ROOT = Path(__file__).parents[1]
PACKAGES = ("twopop", "twopop_resolve", "twopop_premiere", "twopop_protools", "twopop_mlt", "twopop_templates")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (path,) = folder.glob("*.whl")
    return path


def test_every_package_is_in_the_wheel_and_typed(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names}
    assert tops == {*PACKAGES, f"twopop-{twopop.__version__}.dist-info"}
    assert all(f"{package}/py.typed" in names for package in PACKAGES)


def test_specs_templates_panel_and_migrations_are_in_the_wheel(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    kept_in = {
        "core/twopop/builtin/specs": "core",
        "core/twopop/service/panel": "core",
        "core/twopop/service/panel/lib": "core",
        "templates/twopop_templates/names": "templates",
    }
    for folder, root in kept_in.items():
        kept = {path.relative_to(ROOT / root).as_posix() for path in (ROOT / folder).iterdir() if path.is_file()}
        assert kept
        assert kept <= names
    assert {"twopop/legal/regions.toml", "twopop/legal/media.toml"} <= names
    assert any(name.startswith("twopop/versions/migrations/versions/") for name in names)
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_nothing_else_travels_in_the_wheel(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert [name for name in names if "__pycache__" in name or "/tests/" in name or name.endswith(".pyc")] == []


def test_an_unpacked_wheel_finds_its_plugins_and_specs(wheel, tmp_path):
    """Run from the wheel alone, with the dependencies of this environment but not its checkout."""
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    program = f"""
import sys
sys.path = [{str(tmp_path / "site")!r}] + [p for p in sys.path if {str(ROOT)!r} not in p or "site-packages" in p]
from pathlib import Path
import twopop
assert twopop.__file__.startswith({str(tmp_path)!r}), twopop.__file__
from twopop.delivery.session import open_session
session = open_session(Path({str(tmp_path)!r}))
assert not session.broken, session.broken
print(*session.specs)
"""
    run = subprocess.run([sys.executable, "-S", "-c", _with_site(program)], capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    here = open_session(tmp_path).specs
    assert {"broadcast-prores", "review-h264", "social-h264"} <= set(here)
    assert run.stdout.split() == list(here)


def _with_site(program):
    """*program* with the environment's packages on the path but without its ``.pth`` files, which name the checkout."""
    packages = [path for path in sys.path if "site-packages" in path]
    return f"import sys\nsys.path += {packages!r}\n{program}"
