"""The example of a studio plugin that changes names and version numbers, run as an editor runs it."""

import json
import re
import shutil
from pathlib import Path
from typing import NamedTuple

import opentimelineio as otio
import pytest

from twopop.cli import main

PLUGIN = Path(__file__).parents[2] / "examples" / "plugins" / "campaign.py"


class Ran(NamedTuple):
    status: int
    said: str


@pytest.fixture
def twopop(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("TMPDIR", str(tmp_path))

    def run(*arguments) -> Ran:
        capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        told = capsys.readouterr()
        assert "Traceback" not in told.out + told.err
        return Ran(status, told.out + told.err)

    return run


@pytest.fixture
def project(tmp_path):
    """A cut of one plain colour, an order for two deliverables of it, and the plugin of the studio's layer."""
    (tmp_path / "studio").mkdir()
    shutil.copy(PLUGIN, tmp_path / "studio")
    (tmp_path / "twopop.toml").write_text('[plugins]\nfolders = ["studio"]\n')
    write_cut(tmp_path, "#408040")
    write_order(tmp_path, code="HL0417")
    return tmp_path


def write_cut(folder: Path, colour: str) -> None:
    span = otio.opentime.TimeRange(otio.opentime.RationalTime(0, 24), otio.opentime.RationalTime(24, 24))
    media = otio.schema.GeneratorReference(generator_kind="SolidColor", parameters={"colour": colour})
    track = otio.schema.Track("V1", kind=otio.schema.TrackKind.Video)
    track.append(otio.schema.Clip("colour", media, span))
    cut = otio.schema.Timeline("cut", global_start_time=otio.opentime.RationalTime(86400, 24))
    cut.tracks.append(track)
    (folder / "cut.otio").write_text(cut.to_json_string())


def write_order(folder: Path, *, code: str) -> None:
    (folder / "order.toml").write_text(
        'schema = "twopop.order/1"\n'
        f'project = {{ client = "Harbour Line", title = "Harbour Days", code = "{code}" }}\n'
        'timeline = { file = "cut.otio" }\n'
        '[[matrix]]\ndurations = ["full"]\naspects = ["1:1", "9:16"]\nspecs = ["review-h264"]\n'
    )


def paths(ran: Ran) -> list[str]:
    return [each["path"] for each in json.loads(ran.said)["deliverables"]]


def test_it_is_short_enough_to_be_read_at_a_glance():
    assert len(PLUGIN.read_text().splitlines()) < 60


def test_files_have_its_names_and_its_numbers(project, twopop):
    ran = twopop("plan", project / "order.toml", "--json")
    assert (ran.status, paths(ran)) == (0, ["out/HL0417-REV-full-1x1-V010.mp4", "out/HL0417-REV-full-9x16-V010.mp4"])
    why = twopop("plan", project / "order.toml", "--why").said
    assert "version = 10  by campaign: the first round" in why
    assert "name = HL0417-REV-full-1x1-V010  by campaign" in why


def test_a_changed_cut_is_the_next_round_and_an_unchanged_one_keeps_its_number(project, twopop):
    assert twopop("deliver", project / "order.toml").status == 0
    assert "2 unchanged" in twopop("plan", project / "order.toml").said
    write_cut(project, "#804040")
    ran = twopop("deliver", project / "order.toml")
    assert ran.status == 0
    delivered = sorted(path.name for path in (project / "delivery" / "out").glob("*1x1*.mp4"))
    assert delivered == ["HL0417-REV-full-1x1-V010.mp4", "HL0417-REV-full-1x1-V020.mp4"]


def test_its_fields_and_forms_serve_the_houses_own_template(project, twopop):
    (project / "twopop.toml").write_text(
        '[plugins]\nfolders = ["studio"]\n[campaign]\nnamed = false\n'
        '[naming]\ntemplate = "{{job}}{{reel}}{{aspect}}v{{version}}"\n'  # readable: the forms have fixed lengths
    )
    assert paths(twopop("plan", project / "order.toml", "--json"))[0] == "review-h264/HL0417REV1x1v010.mp4"
    ran = twopop("name", "parse", "HL0417REV9x16v020.mp4", "--order", project / "order.toml", "--json")
    assert json.loads(ran.said)[0]["fields"] == {
        "aspect": "9:16",
        "job": "HL0417",
        "reel": "review-h264",
        "version": 20,
    }
    explained = twopop("name", "explain", project / "order.toml").said
    assert re.search(r"job\s+HL0417\s+HL0417\s+code\s+campaign", explained)


def test_a_job_number_of_another_house_is_the_editors_to_mend(project, twopop):
    for code, words in (("", "The order has no job number."), ("HL417", "'HL417' has not the form of our job numbers")):
        write_order(project, code=code)
        ran = twopop("plan", project / "order.toml")
        assert ran.status == 1
        assert words in ran.said


@pytest.mark.parametrize(
    ("right", "wrong", "hook", "error"),
    [
        ("order.project.code, form", "order.project.job, form", "name_fields", "'Project' object has no attribute"),
        ('"reel", "duration"', '"rele", "duration"', "name", "KeyError: 'rele'"),
        ("last % 10 + 10", "last % 10 + ten", "next_version", "NameError: name 'ten' is not defined"),
    ],
)
def test_an_error_in_it_names_it_with_line_and_remedy(project, twopop, right, wrong, hook, error):
    path = project / "studio" / "campaign.py"
    text = PLUGIN.read_text()
    assert text.count(right) == 1
    path.write_text(text.replace(right, wrong))
    line = text[: text.index(right)].count("\n") + 1
    ran = twopop("plan", project / "order.toml")
    assert ran.status == 3
    assert f"The plugin 'campaign' failed in {hook} at {path}:{line}: " in ran.said
    assert error in ran.said
    assert "Send this to your technical director" in ran.said
    assert 'disable = ["campaign"]' in ran.said


def test_an_error_while_it_is_loaded_names_it_with_line_and_remedy(project, twopop):
    path = project / "studio" / "campaign.py"
    path.write_text(PLUGIN.read_text().replace("def next_version(history, content)", "def next_version(histroy)"))
    ran = twopop("plan", project / "order.toml")
    assert ran.status == 3
    assert re.search(
        r"The plugin 'campaign' .* next_version has no argument 'histroy'. Did you mean 'history'\?", ran.said
    )
    assert re.search(r"campaign\.py:\d+", ran.said)
    assert 'disable = ["campaign"]' in ran.said
