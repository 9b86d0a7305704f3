"""Settings and studio specs with mistakes in them: file, line and key are named."""

from __future__ import annotations

from pathlib import Path

import pytest

import twopop.builtin


def one(**changes):
    return [{"durations": ["full"], "aspects": ["16:9"], "specs": ["tiny"], **changes}]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("[run]\nworker = 1\n", ("twopop.toml:2", "'worker'", "'workers'")),
        ('[run]\nworkers = "two"\n', ("twopop.toml:2", "workers")),
        ("[runs]\nworkers = 1\n", ("twopop.toml:1", "[runs]", "'run'")),
        ('[naming]\ntemplat = "x"\n', ("twopop.toml:2", "'templat'", "'template'")),
        ("[naming\n", ("twopop.toml", "line 1")),
        ("plugins = 3\n", ("[plugins] should be a table",)),
        ("[plugins]\ndisable = 3\n", ("twopop.toml:2", "disable")),
        ("[plugins]\nfolders = 'plugins'\n", ("twopop.toml:2", "folders")),
        ("naming = 'x'\n", ("[naming] should be a table",)),
        ("\xff\x00", ("twopop.toml", "not TOML")),
        ("[run]\nsegment_seconds = 0\n", ("twopop.toml:2", "segment_seconds", ">= 1")),
        ("[run]\ntask_seconds = -1\n", ("twopop.toml:2", "task_seconds", ">= 1")),
        ("[run]\nworkers = -1\n", ("twopop.toml:2", "workers", ">= 0")),
        ("[plugins]\nimport_seconds = 0\n", ("twopop.toml:2", "import_seconds", ">= 1")),
    ],
)
def test_settings_with_mistakes_name_file_line_and_key(project, settings, words):
    project.write("twopop.toml", settings)
    err = project.run("plan", status=2).err
    for word in words:
        assert word in err


def test_a_schema_number_in_the_settings_is_an_unknown_table(project):
    """Settings carry none: what they may hold is said by the plugins that are there."""
    project.write("twopop.toml", 'schema = "twopop.settings/2"\n')
    assert "schema" in project.run("plan", status=2).err


def _spec_file(project, change):
    shipped = (_specs() / "review-h264.toml").read_text()
    project.write("plugins/house.toml", change(shipped.replace("review-h264", "house")))
    project.plugin(
        "house",
        "from pathlib import Path\nfrom twopop import hookimpl, read_spec\n\n@hookimpl\ndef specs():\n"
        "    return [read_spec(Path(__file__).with_name('house.toml'))]\n",
    )


def _specs():
    return Path(twopop.builtin.__file__).with_name("specs")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda s: s.replace("pixel_format =", "pixelformat ="),
            ("Unknown key 'pixelformat' at video", "'pixel_format'"),
        ),
        (lambda s: s.replace("twopop.spec/1", "twopop.spec/2"), ("newer",)),
        (lambda s: s.replace("twopop.spec/1", "twopop.spec/0"), ("older",)),
        (lambda s: s.replace("[960, 540]", "[960]"), ("video.sizes",)),
        (lambda s: s.replace('confidence = "house"', 'confidence = "secondary"'), ("may not fail a delivery",)),
        (lambda s: "]" + s, ("not TOML",)),
    ],
)
def test_a_studios_spec_with_mistakes(project, change, words):
    _spec_file(project, change)
    project.order(matrix=one(specs=["house"]))
    said = project.run("deliver", status=1).said
    for word in (*words, "house.toml"):
        assert word in said
    assert project.delivered == []


def test_a_receiver_that_takes_neither_the_rate_nor_the_length(project):
    """The project runs 2 s at 25; what is not taken is found by the plugin 'checks', by the hook of every check."""
    rates = '[video]\nrates = ["24000/1001", "30"]\n'
    _spec_file(project, lambda text: 'longest = "3/2"\n' + text.replace("[video]\n", rates))
    project.order(matrix=one(specs=["house", "tiny"]))
    plan = project.run("plan", project.folder / "order.toml", "--json", status=1).data
    house, tiny = plan["deliverables"]
    said = {finding["rule"]: finding for finding in house["findings"] if finding.get("plugin") == "checks"}
    assert (house["state"], tiny["state"]) == ("blocked", "ready")
    assert {rule: finding["measured"] for rule, finding in said.items()} == {"video.rates": "25", "longest": "2.000 s"}
    project.set(plugins={"folders": ["plugins"], "disable": ["checks"]})
    project.run("plan", status=0)


def test_a_spec_that_wants_an_encoder_that_is_not_there(project):
    _spec_file(project, lambda text: text.replace('encoder = "libx264"', 'encoder = "libx2645"'))
    project.order(matrix=one(specs=["house", "tiny"]))
    said = project.run("plan", status=3).said
    assert "This ffmpeg has no encoder 'libx2645', which house wants. Did you mean 'libx26" in said
    assert "1 to make, 0 unchanged, 1 blocked" in said
