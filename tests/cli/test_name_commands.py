"""name parse and name explain: what a file's name says, and where names come from."""

import json
import re
from pathlib import Path

import pytest
from running import Run, colours, order, runner

NAME = "House_Colours_full_1x1_v003"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(capsys)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    colours(tmp_path / "cut.otio", 24)
    order(tmp_path / "order.toml")
    return tmp_path


def house(project: Path, text: str) -> None:
    (project / "twopop.toml").write_text(text)


# -- parse -------------------------------------------------------------------------------------------------------------


def test_a_name_is_taken_apart_without_a_project_or_a_file(run: Run, project: Path) -> None:
    ran = run("name", "parse", f"review-h264/{NAME}.mp4", "--project", project)
    assert ran.status == 0
    assert "by the convention plain" in ran.out
    for field, value in (("client", "House"), ("duration", "full"), ("aspect", "1:1"), ("version", "3")):
        assert re.search(rf"{field}\s+{value}\b", ran.out)


def test_several_names_are_data_with_what_could_not_be_read(run: Run, project: Path) -> None:
    ran = run("name", "parse", f"{NAME}.mp4", "nonsense.mp4", "--project", project, "--json")
    assert ran.status == 1
    good, bad = json.loads(ran.out)
    assert (good["fields"]["version"], good["stem"], good["rest"]) == (3, NAME, ".mp4")
    assert bad["file"] == "nonsense.mp4"
    assert "is expected" in bad["problem"]


def test_a_name_of_no_convention_says_how_far_it_fits(run: Run, project: Path) -> None:
    ran = run("name", "parse", "House_Colours_full.mp4", "--project", project)
    assert ran.status == 1
    assert "after 'House_Colours_full'" in ran.err
    assert "--convention" in ran.err


def test_another_convention_reads_it(run: Run, project: Path) -> None:
    ran = run("name", "parse", "ABC_PRDA001_030.mxf", "--convention", "uk-clock", "--project", project)
    assert (ran.status, "ABC/PRDA001/030" in ran.out) == (0, True)
    ran = run("name", "parse", "x.mxf", "--convention", "uk-clok", "--project", project)
    assert ran.status == 2
    assert "Did you mean 'uk-clock'?" in ran.err


def test_hostile_names_are_not_obeyed(run: Run, project: Path) -> None:
    ran = run("name", "parse", "\x1b[31m\u202eexe.mp4", "[b]x[/b]", "--project", project)
    assert ran.status == 1
    assert "\x1b[31m" not in ran.out + ran.err
    assert "\u202e" not in ran.out + ran.err


# -- explain -----------------------------------------------------------------------------------------------------------


def test_each_field_says_who_gave_it_and_how_it_is_written(run: Run, project: Path) -> None:
    ran = run("name", "explain", project / "order.toml")
    assert ran.status == 0
    assert re.search(r"title\s+Colours\s+Colours\s+text\s+naming", ran.out)
    assert re.search(r"version\s+001\s+001\s+version\s+twopop", ran.out)
    assert re.search(r"market\s+text\s+naming\s+may be empty", ran.out)
    assert re.search(r"seconds\s+1\s+001\s+integer\s+naming\s+not used", ran.out)
    assert "review-h264/House_Colours_full_1x1_v001.mp4" in ran.out


def test_what_is_missing_is_told_with_what_to_write_where(run: Run, project: Path) -> None:
    house(project, '[naming]\nconvention = "agency"\n')
    ran = run("name", "explain", project / "order.toml")
    assert ran.status == 1
    assert re.search(r"date\s+date\s+missing", ran.out)
    assert "date is missing. Write date = 2026-11-22 under [project]" in ran.out
    told = json.loads(run("name", "explain", project / "order.toml", "--json").out)
    assert [each["missing"] for each in told] == [["date"]]
    assert [each["path"] for each in told] == [""]


def test_one_deliverable_is_explained_alone(run: Run, project: Path) -> None:
    told = json.loads(
        run("name", "explain", project / "order.toml", "--deliverable", "full 1:1 review-h264", "--json").out
    )
    (title,) = [field for field in told[0]["fields"] if field["name"] == "title"]
    assert (title["value"], title["text"], title["plugin"], title["used"]) == ("Colours", "Colours", "naming", True)
    ran = run("name", "explain", project / "order.toml", "--deliverable", "full 1:1 review")
    assert ran.status == 2
    assert "Did you mean 'full 1:1 review-h264'?" in ran.err


def test_words_that_have_not_the_form_are_told_at_their_field(run: Run, project: Path) -> None:
    house(project, '[naming]\n[naming.fields]\ntitle = { kind = "text", most = 3 }\n')
    ran = run("name", "explain", project / "order.toml")
    assert "'Colours' has 7 characters; 3 are the most" in ran.out


def test_a_name_decided_by_another_plugin_says_so(run: Run, project: Path) -> None:
    (project / "plugins").mkdir()
    (project / "plugins" / "own.py").write_text(
        "from twopop import FileName, hookimpl\n\n@hookimpl\ndef name():\n    return FileName(stem='own')\n"
    )
    house(project, '[plugins]\nfolders = ["plugins"]\n')
    ran = run("name", "explain", project / "order.toml")
    assert "The plugin 'own' made names of these fields in its own way." in ran.out


# -- templates that cannot be read back --------------------------------------------------------------------------------


def test_a_template_with_two_readings_stops_the_plan_with_both_and_its_line(run: Run, project: Path) -> None:
    house(project, '# ours\n[naming]\ntemplate = "{{client}}-{{title}}"\n')
    ran = run("plan", project / "order.toml")
    assert ran.status == 1
    assert "'A-A-A' could be read as client 'A-A', title 'A' or as client 'A', title 'A-A'" in ran.out
    assert f"{project / 'twopop.toml'}:3" in ran.out
    assert "Put something between the two" in ran.out


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('[naming.fields]\nx = { kind = "date" }\ncode = { kind = "text", letters = "é" }\n', 3, "at fields.code"),
        ('[naming]\nfields = { code = { kind = "txet" } }\n', 2, "Did you mean 'text'? Known: text, code, integer"),
        ('[naming.fields]\ncode = { kind = "text", mots = 8 }\n', 2, "Did you mean 'most'?"),
        ('[naming]\n[naming.conventions.house]\nfolder = ""\n', 2, "missing required field `template`"),
        ('[[naming.rules]]\nnetworks = ["HBO"]\n', 1, "there is no network 'HBO'; known: ABC"),
    ],
)
def test_a_mistake_in_a_convention_names_the_field_and_the_line(
    run: Run, project: Path, text: str, line: int, words: str
) -> None:
    house(project, text)
    ran = run("plan", project / "order.toml")
    assert ran.status == 2
    assert f"{project / 'twopop.toml'}:{line}" in ran.err
    assert words in ran.err


# -- what a convention asks of an order --------------------------------------------------------------------------------


def test_fields_for_some_deliverables_only(run: Run, project: Path) -> None:
    house(project, '[naming]\nconvention = "uk-clock"\n')
    order(project / "order.toml", '[[fields]]\nduration = "full"\nvalues = { clock = "ABC/PRDA001/001" }\n')
    made = json.loads(run("plan", project / "order.toml", "--json").out)
    assert [each["path"] for each in made["deliverables"]] == ["review-h264/1x1/ABC_PRDA001_001.mp4"]
    assert "assigned by Clearcast" in run("plan", project / "order.toml").out


def test_a_clock_number_of_another_length_stops_the_deliverable(run: Run, project: Path) -> None:
    house(project, '[naming]\nconvention = "uk-clock"\n')
    order(project / "order.toml", '[[fields]]\nvalues = { clock = "ABC/PRDA001/030" }\n')
    ran = run("plan", project / "order.toml")
    assert ran.status == 1
    assert "ABC/PRDA001/030 says 30 s; the film has another length" in ran.out
    assert "measured 00:00:01:00, limit 30 s" in ran.out


def test_an_ad_id_says_that_only_the_registry_can_confirm_it(run: Run, project: Path) -> None:
    house(project, '[naming]\nconvention = "ad-id"\n[[naming.rules]]\nnetworks = ["ABC"]\n')
    order(project / "order.toml", '[[fields]]\nvalues = { ad_id = "ABCD1234000H" }\n')
    ran = run("plan", project / "order.toml")
    assert ran.status == 0
    assert "only Ad-ID's registry can confirm one" in ran.out
    order(project / "order.toml", '[[fields]]\nvalues = { ad_id = "0BCD1234000H" }\n')
    ran = run("plan", project / "order.toml")
    assert ran.status == 1
    assert "field 'ad_id'" in ran.out
    assert "no 0 first" in ran.out


def test_folders_come_from_templates_and_dates_from_the_order(run: Run, project: Path) -> None:
    house(project, '[naming]\nfolder = "{{client}}/{{code}}/delivery/{{date}}"\n')
    text = (project / "order.toml").read_text().replace("[project]", '[project]\ncode = "HD01"\ndate = 2026-11-22')
    (project / "order.toml").write_text(text)
    made = json.loads(run("plan", project / "order.toml", "--json").out)
    assert made["deliverables"][0]["path"].startswith("House/HD01/delivery/20261122/House_Colours")


def test_names_that_are_not_portable_are_a_matter_of_settings(run: Run, project: Path) -> None:
    (project / "plugins").mkdir()
    (project / "plugins" / "own.py").write_text(
        "from twopop import FileName, hookimpl\n\n@hookimpl\ndef name():\n    return FileName(stem='Été (v1) #1')\n"
    )
    house(project, '[plugins]\nfolders = ["plugins"]\n')
    assert run("plan", project / "order.toml").status == 1
    house(project, '[plugins]\nfolders = ["plugins"]\n[naming]\nportable = false\n')
    ran = run("plan", project / "order.toml")
    assert ran.status == 0
    assert "S3 does not take '#'" in ran.out


def test_a_twin_in_the_output_folder_stops_the_deliverable(run: Run, project: Path) -> None:
    twin = project / "delivery" / "review-h264" / "house_COLOURS_full_1x1_v001.mp4"
    twin.parent.mkdir(parents=True)
    twin.touch()
    ran = run("plan", project / "order.toml")
    assert ran.status == 1
    assert "lies in the output folder" in ran.out
