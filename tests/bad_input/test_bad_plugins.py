"""Plugins that cannot be loaded, raise, or give what they should not: they are named, and harm nobody else."""

from __future__ import annotations

import pytest
from tiny_project import clip

HEAD = "import twopop\nfrom twopop import *\n\n\n"


X264 = "Encoding(encoder='libx264'"


def hook(signature: str, body: str) -> str:
    """A plugin of one hook; its first line is 5."""
    return f"{HEAD}@hookimpl\ndef {signature}:\n    {body}\n"


def one(**changes):
    return [{"durations": ["full"], "aspects": ["1:1"], "specs": ["tiny"], **changes}]


# -- at loading --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("def broken(:\n", ("This is not Python", "bad.py:1")),
        ("x = 1\n\n    y = 2\n", ("This is not Python", "bad.py:3")),
        ("raise RuntimeError('no licence')\n", ("RuntimeError: no licence", "bad.py")),
        ("import there_is_no_such_module\n", ("there_is_no_such_module", "bad.py")),
        ("import sys\nsys.exit(0)\n", ("SystemExit", "bad.py")),
        ("raise KeyboardInterrupt\n", ("KeyboardInterrupt", "bad.py")),
        ("def f(): return f()\nf()\n", ("RecursionError", "bad.py")),
        ("x = 1\n", ("It has no hooks", "@hookimpl")),
        ("", ("It has no hooks",)),
        (hook("chek_plan(plan)", "return []"), ("no hook 'chek_plan'", "'check_plan'", "bad.py:5")),
        (hook("check_plan(paln)", "return []"), ("no argument 'paln'", "'plan'", "bad.py:5")),
        (hook("check_plan(plan=None)", "return []"), ("default value", "bad.py:5")),
        ("\x00\x01", ("bad.py",)),
        ("# \udcff\n", ("bad.py",)),
    ],
)
def test_a_plugin_that_cannot_be_loaded_stops_the_delivery_and_is_named(project, text, words):
    """Half a house style is none; ``plugins list`` and every other plugin still work."""
    project.plugin("bad", text)
    said = project.run("deliver", status=3).said
    for word in (*words, "The plugin 'bad' (project) could not be loaded", '[plugins] disable = ["bad"]'):
        assert word in said
    assert project.delivered == []
    listed = project.run("plugins", "list", "--project", project.folder, status=0).out
    assert "failed" in listed
    assert "studio_specs" in listed
    project.set(plugins={"folders": ["plugins"], "disable": ["bad"]})
    project.run("deliver", status=0)


def test_a_plugin_that_hangs_on_import_is_left_behind(project):
    """The process ends long before the plugin would: it is not waited for."""
    project.plugin("bad", "import time\ntime.sleep(10_000)\n")
    project.set(plugins={"folders": ["plugins"], "import_seconds": 1})
    said = project.process("plan", status=3).said
    assert "It was still loading after 1 s." in said
    assert "bad.py" in said
    assert "import_seconds" in said


def test_settings_that_name_plugins_that_are_not_there(project):
    """To have disabled what is not there harms nothing and is told; to be without a stand-in stops."""
    project.set(plugins={"folders": ["plugins"], "disable": ["leagl"]})
    said = project.run("plan", status=0).said
    assert "The settings name the plugin 'leagl'. There is no such plugin. Did you mean 'legal'?" in said
    project.set(plugins={"folders": ["plugins"], "replace": {"versions": "house"}})
    said = project.run("deliver", status=3).said
    assert "It is to stand in for 'versions', but is not there." in said
    assert project.delivered == []


def test_a_plugin_folder_that_is_not_there(project):
    project.set(plugins={"folders": ["plugins", "more plugins"]})
    said = project.run("plan", status=3).said
    assert "more plugins" in said
    assert "There is no such plugin folder." in said


def test_two_plugins_of_one_name(project):
    project.write("others/studio_specs.py", hook("name_fields()", "return []"))
    project.set(plugins={"folders": ["plugins", "others"]})
    said = project.run("plan", status=3).said
    assert "There is already a plugin 'studio_specs'" in said
    assert "others/studio_specs.py" in said


# -- in the plan -------------------------------------------------------------------------------------------------------

PLANNING = {
    "settings()": "settings",
    "specs()": "specs",
    "timeline_readers()": "timeline_readers",
    "variants(order)": "variants",
    "fit_cutdown(duration)": "fit_cutdown",
    "reframe(event)": "reframe",
    "name_fields(order)": "name_fields",
    "name(fields)": "name",
    "next_version(history)": "next_version",
    "rights(program)": "rights",
    "legal_metadata(order)": "legal_metadata",
    "encode(spec)": "encode",
    "check_plan(plan)": "check_plan",
}


def asks_for_all(project) -> None:
    keep = [["01:00:00:00", "01:00:01:00"]]
    project.order(matrix=one(durations=["1s"]), cutdowns={"1s": {"keep": keep}})


@pytest.mark.parametrize("signature", PLANNING)
@pytest.mark.parametrize(
    "body", ["raise ZeroDivisionError('oops')", "import sys; sys.exit(0)", "return 'wrong'", "return [7]"]
)
def test_a_hook_that_fails_in_the_plan_is_named_with_file_and_line(project, signature, body):
    asks_for_all(project)
    path = project.plugin("bad", hook(signature, body))
    said = project.run("plan", status=3).said
    assert "'bad'" in said
    assert f"in {PLANNING[signature]} at {path}:" in said
    assert any(word in said for word in ("ZeroDivisionError: oops", "SystemExit", "'wrong' (str)", "[7] (list)"))
    project.run("deliver", status=3)
    assert project.delivered == []


def test_the_line_is_the_one_that_failed(project):
    text = f"{HEAD}def helper():\n    return 1 / 0\n\n@hookimpl\ndef name_fields():\n    x = 1\n    return helper()\n"
    path = project.plugin("bad", text)
    assert f"at {path}:6: ZeroDivisionError" in project.run("plan", status=3).said


@pytest.mark.parametrize(
    ("signature", "body"),
    [
        ("name()", "return FileName(stem=7)"),
        ("name()", "return FileName(stem=None)"),
        ("name()", "return FileName(stem='x', folder=b'y')"),
        ("name_fields()", "return [NameField(name='x', value=None)]"),
        ("name_fields()", "return [NameField(name=3, value='y')]"),
        ("next_version()", "return Version(number='1')"),
        ("fit_cutdown()", "return Cutdown(label='1s', keep=None)"),
        ("fit_cutdown()", "return Cutdown(label='1s', keep=(Span(0.5, 25),))"),
        ("reframe()", "return CropPath(keys=((0, 0.5),))"),
        ("reframe()", "return CropPath(keys=(CropKey(0, x='left'),))"),
        ("encode()", "return Encoding(encoder='libx264', pixel_format='yuv420p', format='mp4', options={'crf': 1})"),
        ("legal_metadata()", "return [LegalField(key='title', value=5)]"),
        ("rights()", "return [Ledger(grants=(Grant(asset=None, status='ok'),))]"),
        ("variants()", "return [Wanted(variant='full', spec='tiny')]"),
        ("check_plan()", "return [Finding(rule='x', severity='bad', message='y')]"),
        ("check_plan()", "return [Finding(rule='x', severity=twopop.Severity.WARN, message=object())]"),
    ],
)
def test_values_with_wrong_things_inside_are_the_plugins_failure(project, signature, body):
    """A frozen value says what it may hold, but Python lets a plugin put anything in."""
    asks_for_all(project)
    path = project.plugin("bad", hook(signature, body))
    said = project.run("deliver", status=3).said
    assert f"at {path}:" in said
    assert project.delivered == []


def test_values_that_can_be_made_exact_are(project):
    """A severity that is only text still stops, and pairs are spans."""
    asks_for_all(project)
    project.plugin("pairs", hook("fit_cutdown()", "return Cutdown(label='1s', keep=[(0, 10), [20, 35]])"))
    plan = project.run("plan", project.folder / "order.toml", "--json", status=0).data
    assert plan["deliverables"][0]["spans"] == [[0, 10], [20, 35]]
    project.plugin("text", hook("check_plan()", "return [Finding(rule='house.x', severity='fail', message='No.')]"))
    assert "No." in project.run("deliver", status=1).said
    assert project.delivered == []


@pytest.mark.parametrize(
    ("signature", "body", "words"),
    [
        ("fit_cutdown()", "return Cutdown(label='1s', keep=(Span(0, 9999),))", "leaves the timeline"),
        ("fit_cutdown()", "return Cutdown(label='1s', keep=(Span(-5, 20),))", "leaves the timeline"),
        ("fit_cutdown()", "return Cutdown(label='1s', keep=(Span(20, 20),))", "has no frames"),
        ("fit_cutdown()", "return Cutdown(label='1s', keep=())", "no frames"),
        ("name()", "return FileName(stem='../x')", "leads out"),
        ("name()", "return FileName(stem='')", "cannot be used"),
        ("encode()", f"return {X264}, pixel_format='nopixels', format='mp4')", "nopixels"),
        ("encode()", f"return {X264}, pixel_format='yuv420p', format='mp4', options=(('-i', '/x'),))", "ffmpeg failed"),
        (
            "variants()",
            "return [Wanted(variant=Variant(duration='full', aspect='1:1'), spec='nope')]",
            "no spec 'nope'",
        ),
    ],
)
def test_values_that_make_no_sense_block_or_fail_the_deliverable(project, signature, body, words):
    asks_for_all(project)
    project.plugin("bad", hook(signature, body))
    assert words in project.run("deliver", status=1).said


# -- in the run --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("signature", "body"),
    [
        ("check_file(facts)", "raise ZeroDivisionError('oops')"),
        ("check_file(facts)", "return 'wrong'"),
        ("check_file(facts)", "return [None]"),
        ("check_file(facts)", "import sys; sys.exit(0)"),
        ("check_file(facts)", "return [Finding(rule='x', severity=None, message='y')]"),
        ("sidecars(deliverable)", "raise ZeroDivisionError('oops')"),
        ("sidecars(deliverable)", "return {'.txt': b''}"),
        ("sidecars(deliverable)", "return [Sidecar(suffix='.txt', content='text, not bytes')]"),
        ("sidecars(deliverable)", "return [Sidecar(suffix=None, content=b'')]"),
        ("executors()", "raise ZeroDivisionError('oops')"),
    ],
)
def test_a_hook_that_fails_in_the_run_keeps_the_file_from_being_delivered(project, signature, body):
    path = project.plugin("bad", hook(signature, body))
    said = project.run("deliver", status=3).said
    assert f"at {path}:" in said
    assert "'bad'" in said
    assert project.delivered == []
    assert not list((project.folder / "delivery").rglob("*.txt"))


@pytest.mark.parametrize(
    "suffix", ["txt", "../x.txt", "/x.txt", ".a/b.txt", ".a b", ".x\n", "", ".mp4", ".\x00", "." + "x" * 300]
)
def test_sidecars_with_impossible_names(project, suffix):
    project.plugin("bad", hook("sidecars()", f"return [Sidecar(suffix={suffix!r}, content=b'x')]"))
    said = project.run("deliver", status=1).said
    assert "'bad'" in said
    assert project.delivered == []
    assert not list(project.folder.rglob("*x.txt"))


@pytest.mark.parametrize("signature", ["rendered(key)", "delivered(record)"])
@pytest.mark.parametrize("body", ["raise ZeroDivisionError('oops')", "return 'something'", "import sys; sys.exit(0)"])
def test_a_hook_that_is_only_told_warns_when_it_fails(project, signature, body):
    path = project.plugin("bad", hook(signature, body))
    said = project.run("deliver", status=0).said
    assert f"at {path}:" in said
    assert project.finished().exists()
    assert "all as they were delivered" in project.run("verify", project.folder / "delivery", status=0).out


def test_one_deliverables_plugin_failure_leaves_the_others(project):
    project.plugin("bad", hook("check_file(deliverable)", "return [] if deliverable.size == (64, 36) else 1 / 0"))
    project.order(matrix=one(aspects=["16:9", "1:1"]))
    said = project.run("deliver", status=3).said
    assert "1 delivered, 0 unchanged, 1 failed" in said
    assert [path.name for path in project.delivered] == ["Client_Spot_full_16x9_v001.mp4"]


def test_an_editors_error_from_a_plugin_is_the_editors_to_mend(project):
    project.plugin("house", hook("name(fields)", "raise EditorError('There is no job number.', remedy='Give one.')"))
    said = project.run("deliver", status=1).said
    assert "There is no job number. Give one." in said


def test_a_plugin_that_takes_the_cut_for_its_own(project):
    """Values are frozen: a plugin that tries to change one fails, and nothing has changed."""
    path = project.plugin("bad", hook("rights(program)", "program.frames = 1"))
    project.cut([clip(project.sources / "a.mov")])
    assert f"at {path}:" in project.run("plan", status=3).said
