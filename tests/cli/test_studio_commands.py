"""specs, plugins, config, hosts and doctor: what a technical director asks."""

import json
import re
from pathlib import Path

import pytest
from running import Run, runner

from support.schema_check import violations
from twopop import schema
from twopop.cli import doctor
from twopop.cli.specs import schema_of
from twopop.delivery.session import open_session
from twopop.plugins import Plugin
from twopop.settings import CORE_TABLES, LAYERS

ACTION = """
from twopop import PanelAction, hookimpl, warn

def count(folder):
    return [warn("house.count", f"{len(list(folder.iterdir()))} files lie here.")]

def fall(folder):
    raise RuntimeError("out of order")

@hookimpl
def panel_actions():
    return [PanelAction("count", "Count [b]files[/b]", "Says how many.", count),
            PanelAction("fall", "Fall", "Fails.", fall), PanelAction("mumble", "Mumble", "Says nothing.", print)]
"""


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(capsys)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A project with one good plugin and two bad ones, and a setting of its own."""
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "buttons.py").write_text(ACTION)
    (tmp_path / "plugins" / "broken.py").write_text("def hook(:\n")
    (tmp_path / "plugins" / "misspelt.py").write_text("from twopop import hookimpl\n@hookimpl\ndef nam(): ...\n")
    (tmp_path / "twopop.toml").write_text(
        '[plugins]\nfolders = ["plugins"]\ndisable = ["legal"]\n\n[run]\nworkers = 3\n'
    )
    return tmp_path


# -- specs -------------------------------------------------------------------------------------------------------------


def test_the_specs_are_listed(run: Run) -> None:
    told = run("specs", "list").out
    offered = json.loads(run("specs", "list", "--json").out)
    assert {spec["name"] for spec in offered} >= {"social-h264", "broadcast-prores", "review-h264"}
    assert all(spec["name"] in told and spec["title"] in told for spec in offered)


@pytest.mark.parametrize("name", ["social-h264", "broadcast-prores", "review-h264"])
def test_a_spec_is_shown_with_every_rule_and_its_source(run: Run, name: str) -> None:
    told = run("specs", "show", name).out
    shown = json.loads(run("specs", "show", name, "--json").out)
    assert violations(shown, schema_of("spec")) == []
    assert shown["rules"]
    for rule in shown["rules"]:
        line = next(line for line in told.splitlines() if line.startswith(rule["id"] + " "))
        assert all(rule[key] in line for key in ("level", "source", "checked", "confidence"))


def test_an_unknown_spec_is_told_the_nearest_one(run: Run) -> None:
    ran = run("specs", "show", "social-h265")
    assert ran.status == 2
    assert "Did you mean 'social-h264'?" in ran.err


# -- plugins -----------------------------------------------------------------------------------------------------------


def test_plugins_are_listed_with_their_state(run: Run, house: Path) -> None:
    ran = run("plugins", "list", "--project", house)
    listed = {row["name"]: row for row in json.loads(run("plugins", "list", "--project", house, "--json").out)}
    assert ran.status == 0
    assert listed["buttons"]["state"] == "on"
    assert listed["buttons"]["hooks"] == ["panel_actions"]
    assert listed["buttons"]["path"] == str(house / "plugins" / "buttons.py")
    assert listed["legal"]["state"] == "disabled"
    assert {listed[name]["state"] for name in ("broken", "misspelt")} == {"failed"}
    assert "broken.py:1" in ran.out
    assert "Did you mean 'name'?" in ran.out
    layers = [LAYERS.index(row["layer"]) for row in listed.values()]
    assert layers == sorted(layers)


def test_check_fails_when_a_plugin_does(run: Run, house: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    ran = run("plugins", "check", "--project", house)
    assert ran.status == 3
    assert "2 could not be loaded" in ran.out
    assert run("plugins", "check", "--project", tmp_path_factory.mktemp("clean")).status == 0


def test_an_action_is_listed_and_done(run: Run, house: Path) -> None:
    assert "Count [b]files[/b]" in run("plugins", "actions", "--project", house).out
    rows = json.loads(run("plugins", "actions", "--project", house, "--json").out)
    assert {"id": "count", "label": "Count [b]files[/b]", "help": "Says how many.", "plugin": "buttons"} in rows
    ran = run("plugins", "run", "count", house, "--project", house)
    assert ran.status == 0
    assert f"{len(list(house.iterdir()))} files lie here." in ran.out


@pytest.mark.parametrize(("action", "words"), [("fall", "out of order"), ("mumble", "no list of findings")])
def test_an_action_that_fails_is_the_plugins_fault(run: Run, house: Path, action: str, words: str) -> None:
    ran = run("plugins", "run", action, house, "--project", house)
    assert ran.status == 3
    assert "'buttons'" in ran.err
    assert words in ran.err


def test_an_action_wants_a_name_and_a_folder_that_are_there(run: Run, house: Path) -> None:
    assert "Did you mean 'count'?" in run("plugins", "run", "cuont", house, "--project", house).err
    assert run("plugins", "run", "count", house / "none", "--project", house).status == 2


def test_the_hosts_are_listed(run: Run) -> None:
    rows = json.loads(run("hosts", "--json").out)
    assert {row["name"] for row in rows} >= {"resolve", "premiere", "protools", "mlt"}
    assert all(row["title"] in run("hosts").out for row in rows)


# -- config ------------------------------------------------------------------------------------------------------------


def test_every_setting_is_shown_with_its_origin(run: Run, house: Path) -> None:
    told = run("config", "show", "--origin", "--project", house).out
    shown = json.loads(run("config", "show", "--project", house, "--json").out)
    assert set(CORE_TABLES) | {"naming"} <= set(shown)
    assert shown["run"]["workers"] == {"value": 3, "origin": f"{house / 'twopop.toml'}:6"}
    assert shown["run"]["task_seconds"]["origin"] == "default"
    assert f"workers = 3  # {house / 'twopop.toml'}:6" in told
    assert 'disable = ["legal"]' in told


def test_without_origin_the_settings_are_toml(run: Run, house: Path) -> None:
    import tomllib

    said = tomllib.loads(run("config", "show", "--project", house).out)
    assert said["run"]["workers"] == 3
    assert said["plugins"]["disable"] == ["legal"]


def test_a_wrong_key_is_told_with_its_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "twopop.toml").write_text("[run]\nworker = 3\n")
    ran = run("config", "show", "--project", tmp_path)
    assert ran.status == 2
    assert "twopop.toml:2" in ran.err
    assert "Did you mean 'workers'?" in ran.err


# -- doctor ------------------------------------------------------------------------------------------------------------


def test_all_is_well_here(run: Run, tmp_path: Path) -> None:
    ran = run("doctor", "--project", tmp_path, "--json")
    told = json.loads(ran.out)
    assert told["well"] is True, told
    assert ran.status == 0
    names = {check["name"] for check in told["checks"]}
    assert names >= {"ffmpeg", "ffmpeg's encoders", "ffmpeg's filters", "PyAV", "Typeface", "Catalogue", "Plugins"}
    assert not (tmp_path / ".twopop").exists(), "looking should make nothing"


def test_what_fails_is_told_with_what_to_do(run: Run, house: Path) -> None:
    (house / "twopop.toml").write_text('[plugins]\nfolders = ["plugins"]\n[tools]\nfont = "twopop.toml"\n')
    ran = run("doctor", "--project", house, "--json")
    bad = {check["name"]: check for check in json.loads(ran.out)["checks"] if check["state"] == "bad"}
    assert ran.status == 3
    assert set(bad) == {"Typeface", "Plugin broken", "Plugin misspelt"}
    assert all(check["remedy"] for check in bad.values())
    assert "3 to mend" in run("doctor", "--project", house).out


def test_a_damaged_catalogue_is_found(run: Run, tmp_path: Path) -> None:
    (tmp_path / ".twopop").mkdir()
    (tmp_path / ".twopop" / "catalogue.db").write_bytes(b"this is no database" * 100)
    ran = run("doctor", "--project", tmp_path, "--json")
    assert ran.status == 3
    assert [check["name"] for check in json.loads(ran.out)["checks"] if check["state"] == "bad"] == ["Catalogue"]


@pytest.mark.parametrize(("free", "state"), [(5 << 20, "bad"), (3 << 30, "look"), (1 << 40, "good")])
def test_the_room_on_the_disk_is_looked_at(
    free: int, state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: type("Usage", (), {"free": free}))
    states = {check.name: check.state for check in doctor.examine(open_session(tmp_path))}
    assert states["Work folder"] == states["Output folder"] == state


def test_a_folder_that_cannot_be_written_to_is_found(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    states = {check.name: check.state for check in doctor.examine(open_session(tmp_path), tmp_path / "file" / "out")}
    assert states["Output folder"] == "bad"
    assert states["Work folder"] == "good"


def test_an_ffmpeg_that_lacks_something_is_found(tmp_path: Path) -> None:
    session = open_session(tmp_path)
    poor = schema.from_builtins(
        {"path": "/x", "version": "5.1", "configuration": "", "fingerprint": "", "filters": ["scale"], "encoders": []},
        type(session.tools),
        where="test",
    )
    session.__dict__["tools"] = poor
    checks = {check.name: check for check in doctor.examine(session)}
    assert "drawtext" in checks["ffmpeg's filters"].detail
    assert "prores_ks" in checks["ffmpeg's encoders"].detail
    assert checks["ffmpeg's zscale"].state == "look"


def test_the_doctor_looks_for_every_filter_that_the_pictures_use() -> None:
    sources = (Path(doctor.__file__).parents[1] / "picture").glob("*.py")
    used = {name for path in sources for name in re.findall(r'\.filter\(\s*"([a-z0-9]+)"', path.read_text())}
    assert used
    assert used <= doctor.FILTERS | set(doctor.BETTER)


def test_a_host_that_cannot_be_looked_for_harms_nobody(run: Run, tmp_path: Path) -> None:
    (tmp_path / "twopop.toml").write_text('[plugins]\nfolders = ["."]\n')
    (tmp_path / "odd.py").write_text(
        "from twopop import HostEntry, hookimpl\n"
        "@hookimpl\ndef hosts(): return [HostEntry('odd', 'Odd', lambda: 1 / 0)]\n"
    )
    ran = run("hosts", "--project", tmp_path)
    assert ran.status == 0
    assert "The plugin 'odd' could not look: ZeroDivisionError" in ran.out


def test_plugins_of_every_state_have_a_style() -> None:
    from twopop.cli.plugins import _STYLE

    assert Plugin("x", "site", "y").state in _STYLE
    assert set(_STYLE) == {"on", "disabled", "replaced", "failed", "absent"}
