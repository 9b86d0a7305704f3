import threading
from pathlib import Path

import pytest

from twopop import settings
from twopop.discovery import load_plugins
from twopop.errors import InputError

GOOD = """
import msgspec
from twopop import NameField, hookimpl

class House(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    suffix: str = "HD"

@hookimpl
def settings():
    return [House]

@hookimpl
def name_fields(order):
    return [NameField(name="campaign", value="spring")]
"""


@pytest.fixture
def project(tmp_path):
    (tmp_path / "plugins").mkdir()
    (tmp_path / "twopop.toml").write_text('[plugins]\nfolders = ["plugins"]\nimport_seconds = 1\n')
    return tmp_path


def found(folder, environment=None):
    plugins, loaded = load_plugins(settings.find(folder, environment or {}))
    return {plugin.name: plugin for plugin in plugins.found}, plugins, loaded


def test_the_built_in_plugins_all_load(tmp_path):
    known, _, _ = found(tmp_path)
    assert {p.name: p.problem for p in known.values() if p.state != "on"} == {}
    assert known["naming"].layer == "built-in"
    assert {"name", "name_fields", "settings"} <= set(known["naming"].hooks)
    assert known["resolve"].hooks == ("hosts",)
    assert [p.path for p in known.values() if not Path(p.path).is_file()] == []


def test_a_plugin_of_one_file_is_found_with_its_settings(project):
    (project / "plugins" / "house.py").write_text(GOOD)
    with (project / "twopop.toml").open("a") as file:
        file.write('\n[house]\nsuffix = "UHD"\n')
    known, _, loaded = found(project)
    assert known["house"].layer == "project"
    assert known["house"].path == str(project / "plugins" / "house.py")
    assert loaded.tables["house"].suffix == "UHD"
    assert loaded.origin("house", "suffix") == f"{project / 'twopop.toml'}:6"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def broken(:\n", "not Python"),
        ("raise RuntimeError('no licence')\n", "no licence"),
        ("import nosuchmodule\n", "nosuchmodule"),
        ("import sys; sys.exit(3)\n", "SystemExit"),
        ("x = 1\n", "no hooks"),
        ("from twopop import hookimpl\n@hookimpl\ndef nam(): pass\n", "Did you mean 'name'"),
        ("import threading; threading.Event().wait(60)\n", "still loading after 1 s"),
        ("from twopop import hookimpl\n@hookimpl\ndef settings(): return [dict]\n", ""),
    ],
)
def test_a_bad_plugin_is_named_and_harms_no_other(project, source, words):
    (project / "plugins" / "a_bad.py").write_text(source)
    (project / "plugins" / "house.py").write_text(GOOD)
    if not words:  # it loads, but what it declares cannot be used
        with pytest.raises(Exception, match="frozen msgspec"):
            found(project)
        return
    known, _, _ = found(project)
    assert known["a_bad"].state == "failed"
    assert words in known["a_bad"].problem
    assert "a_bad.py" in known["a_bad"].problem
    assert known["house"].state == "on"
    assert known["naming"].state == "on"


def test_plugins_are_disabled_and_replaced_by_name(project):
    (project / "plugins" / "house.py").write_text(GOOD.replace("name_fields(order)", "name_fields()"))
    with (project / "twopop.toml").open("a") as file:
        file.write('disable = ["legal"]\nreplace = { versions = "house" }\n')
    known, _, _ = found(project)
    assert known["legal"].state == "disabled"
    assert known["versions"].state == "replaced"
    assert "'house'" in known["versions"].problem
    assert known["house"].state == "on"


def test_names_in_disable_and_replace_that_are_not_there_are_told(project):
    with (project / "twopop.toml").open("a") as file:
        file.write('disable = ["leagl", "gone"]\nreplace = { versions = "house", naming = "naming" }\n')
    known, _, _ = found(project)
    assert known["leagl"].state == known["gone"].state == "absent"
    assert "Did you mean 'legal'" in known["leagl"].problem
    assert known["leagl"].path == f"{project / 'twopop.toml'}:4"
    assert known["house"].state == "failed"
    assert "stand in for 'versions'" in known["house"].problem
    assert known["naming"].state == "failed"


def test_the_table_of_a_disabled_plugin_is_passed_over(project):
    with (project / "twopop.toml").open("a") as file:
        file.write('disable = ["naming"]\n[naming]\ntemplate = "x"\n')
    known, _, _ = found(project)
    assert known["naming"].state == "disabled"


def test_a_second_plugin_of_one_name_is_refused(project):
    (project / "plugins" / "naming.py").write_text(GOOD)
    _, plugins, _ = found(project)
    twins = [plugin for plugin in plugins.found if plugin.name == "naming"]
    assert [twin.state for twin in twins] == ["on", "failed"]
    assert "already a plugin 'naming'" in twins[1].problem


def test_a_missing_plugin_folder_is_said(project):
    (project / "twopop.toml").write_text('[plugins]\nfolders = ["nowhere"]\n')
    known, _, _ = found(project)
    assert "no such plugin folder" in known["nowhere"].problem


def test_site_studio_and_project_each_bring_their_layer(project, tmp_path):
    for layer in ("site", "studio"):
        folder = tmp_path / layer
        (folder / "plugins").mkdir(parents=True)
        (folder / "plugins" / f"{layer}_house.py").write_text(GOOD)
        (folder / "twopop.toml").write_text('[plugins]\nfolders = ["plugins"]\n')
    (tmp_path / "site" / "twopop.toml").write_text(
        'studio = "../studio/twopop.toml"\n[plugins]\nfolders = ["plugins"]\n'
    )
    (project / "plugins" / "project_house.py").write_text(GOOD)
    known, _, _ = found(project, {"TWOPOP_SITE": str(tmp_path / "site" / "twopop.toml")})
    layers = {name: plugin.layer for name, plugin in known.items() if name.endswith("_house")}
    assert layers == {"site_house": "site", "studio_house": "studio", "project_house": "project"}


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ('[namign]\ntemplate = "x"\n', "twopop.toml:1: Unknown table [namign]. Did you mean 'naming'?"),
        ('[naming]\n\ntemplat = "x"\n', "twopop.toml:3: [naming] has no key 'templat'. Did you mean 'template'?"),
        ("[naming]\ntemplate = 3\n", "twopop.toml:2: Expected `str`, got `int` at template"),
        ("naming = 3\n", "[naming] should be a table"),
        ("[run]\nworkers = 'many'\n", "twopop.toml:2: Expected `int`"),
        ("[plugins]\nfoldrs = []\n", "Did you mean 'folders'?"),
        ("[plugins\n", "not TOML"),
    ],
)
def test_a_wrong_setting_names_file_line_and_the_right_key(tmp_path, toml, words):
    (tmp_path / "twopop.toml").write_text(toml)
    with pytest.raises(InputError) as caught:
        found(tmp_path)
    assert words in str(caught.value)


def test_inner_files_win_and_the_origin_is_known(tmp_path):
    site, studio, project = (tmp_path / name for name in ("site.toml", "studio.toml", "p"))
    project.mkdir()
    site.write_text('[run]\nworkers = 1\nsegment_seconds = 5\n[tools]\nfont = "a.ttf"\n')
    studio.write_text("[run]\nworkers = 2\n")
    (project / "twopop.toml").write_text("[run]\nsegment_seconds = 7\n")
    loaded = settings.find(project, {"TWOPOP_SITE": str(site), "TWOPOP_STUDIO": str(studio)})
    run = loaded[settings.RunTable]
    assert (run.workers, run.segment_seconds, loaded[settings.ToolsTable].font) == (2, 7, "a.ttf")
    assert loaded.origin("run", "workers") == f"{studio}:2"
    assert loaded.origin("run", "segment_seconds") == f"{project / 'twopop.toml'}:2"
    assert loaded.origin("run", "task_seconds") == "default"


def test_a_hanging_plugin_leaves_no_thread_that_keeps_the_process(project):
    (project / "plugins" / "hang.py").write_text("import threading; threading.Event().wait(5)\n")
    found(project)
    left = [thread for thread in threading.enumerate() if thread.name == "load hang"]
    assert all(thread.daemon for thread in left)
