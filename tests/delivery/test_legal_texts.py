"""Legal texts from the order into the picture: planned, drawn, and measured on the files by other means than ours."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import opentimelineio as otio
import pytest
from numpy.typing import NDArray

import twopop_templates
from support.projects import marker, stretch, time, timeline, track, write_project
from twopop.cli import main
from twopop.picture.tools import find_ffmpeg

RATE = 25

#: Texts that take few frames: a house's own rule, of 0.1 s a word and 0.4 s.
SETTINGS = """
[supers]
rule = "short"
[supers.rules.short]
word = 0.1
delay = 0.4
level = "fail"
source = "House handbook, page 9"
height = { lines = 60, of = 1080, letter = "x" }
"""

ORDER = """
[[matrix]]
durations = ["full", "1s"]
aspects = ["16:9", "9:16", "1:1"]
specs = ["tiny-intra"]
languages = ["en"]
markets = ["GB", "US"]
[[matrix]]
durations = ["full"]
aspects = ["16:9"]
specs = ["tiny-h264"]
languages = ["en"]
markets = ["GB"]
texted = [true, false]
[cutdowns."1s"]
keep = [["00:00:00:10", "00:00:00:20"], ["00:00:01:15", "00:00:02:05"]]
[[supers]]
markets = ["GB"]
text = { en = "Terms apply vwxz", de = "Bedingungen" }
"""


def project(folder: Path, order: str = ORDER, *, settings: str = SETTINGS) -> Path:
    picture = [
        otio.schema.Clip(
            name=colour,
            media_reference=otio.schema.GeneratorReference(
                generator_kind="SolidColor", parameters={"colour": colour}
            ),
            source_range=stretch(time(0, RATE), 30, RATE),
        )
        for colour in ("#203040", "#402010")
    ]  # fmt: skip
    cut = timeline(track(*picture), rate=RATE, markers=[marker("LEGAL", 12, 5, RATE)])
    path = write_project(folder, cut, order)
    with (folder / "twopop.toml").open("a") as file:
        file.write(settings)
    return path


@pytest.fixture(scope="module")
def delivery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("supers")
    assert main(["deliver", str(project(folder))]) == 0
    return folder / "delivery"


def records(delivery: Path) -> dict[str, dict[str, Any]]:
    told = json.loads((delivery / "receipt.json").read_text("utf-8"))
    return {each["id"]: each for each in told["deliverables"]}


def luma(path: Path, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Every frame's luma in 8 bit, decoded by the ffmpeg on the PATH or else ours: (frame, row, column)."""
    program = shutil.which("ffmpeg") or str(find_ffmpeg())
    command = [program, "-v", "error", "-i", str(path), "-vf", "format=gray", "-f", "rawvideo", "-"]
    run = subprocess.run(command, capture_output=True, check=True)
    return np.frombuffer(run.stdout, np.uint8).reshape(-1, size[1], size[0])


#: Where a text may stand: 5 % of each side of 16:9 and 1:1 are kept free; in 9:16 the box of all platforms.
FREE = {"16:9": (16, 9, 304, 171), "1:1": (9, 9, 171, 171), "9:16": (20, 45, 140, 208)}


@pytest.mark.parametrize("aspect", ["16:9", "9:16", "1:1"])
@pytest.mark.parametrize("duration", ["full", "1s"])
def test_the_text_is_in_the_last_frames_inside_the_safe_area(delivery: Path, aspect: str, duration: str) -> None:
    record = records(delivery)[f"{duration} {aspect} en GB tiny-intra"]
    pictures = luma(delivery / record["file"]["path"], tuple(record["size"]))
    lit = pictures > 140  # the grounds are dark, letters are white
    there = np.flatnonzero(lit.any(axis=(1, 2)))
    frames = len(pictures)
    assert frames == (60 if duration == "full" else 25)
    needed = 18  # 3 words of 0.1 s and 0.4 s are 0.7 s: 17.5 frames
    assert there.tolist() == list(range(frames - needed, frames))
    rows, columns = np.flatnonzero(lit.any(axis=(0, 2))), np.flatnonzero(lit.any(axis=(0, 1)))
    left, top, right, bottom = FREE[aspect]
    assert left <= columns[0]
    assert columns[-1] < right
    assert top <= rows[0]
    assert rows[-1] < bottom
    (seen,) = record["supers"]
    assert seen["frames"] == [[frames - needed, frames]]
    assert seen["box"] == pytest.approx([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1], abs=1)
    assert seen["x_height"] >= 10  # 60 lines of 1080 are 10 of 180
    assert seen["contrast"] > 10


def test_other_markets_and_textless_versions_have_none(delivery: Path) -> None:
    told = records(delivery)
    for name in ("full 16:9 en US tiny-intra", "full 16:9 en textless GB tiny-h264"):
        assert "supers" not in told[name] or told[name]["supers"] == []
        size = tuple(told[name]["size"])
        assert luma(delivery / told[name]["file"]["path"], size).max() < 140
    found = told["full 16:9 en textless GB tiny-h264"]["findings"]
    assert ("supers.textless", "info") in [(each["rule"], each["severity"]) for each in found]


def test_what_no_text_lies_over_is_rendered_once_for_all_markets(delivery: Path, capsys: Any) -> None:
    assert main(["plan", str(delivery.parent / "order.toml"), "--json"]) == 0
    plan = json.loads(capsys.readouterr().out)
    by_id = {each["id"]: each["segments"] for each in plan["deliverables"]}
    gb, us = by_id["full 16:9 en GB tiny-intra"], by_id["full 16:9 en US tiny-intra"]
    assert gb != us
    shared = [key for key in gb if key in us]
    assert sum(plan["segments"][key]["span"][1] - plan["segments"][key]["span"][0] for key in shared) == 60 - 18


# -- what is told before anything is rendered --------------------------------------------------------------------------


def planned(folder: Path, capsys: Any, supers: str, *, more: str = SETTINGS, matrix: str = "") -> list[dict[str, Any]]:
    """The findings of a plan with these [[supers]], of its first deliverable."""
    lines = matrix or 'durations = ["full"]\naspects = ["16:9"]\nspecs = ["tiny-intra"]\nlanguages = ["en"]'
    main(["plan", str(project(folder, f"[[matrix]]\n{lines}\n{supers}", settings=more)), "--json"])
    (deliverable,) = json.loads(capsys.readouterr().out)["deliverables"]
    return [each for each in deliverable["findings"] if each["rule"].startswith("supers.")]


def test_a_cut_too_short_names_the_shortest_lawful_length(tmp_path: Path, capsys: Any) -> None:
    text = "[[supers]]\ntext = 'One two three four five six seven eight nine ten'\nrule = 'clearcast'"
    (found,) = planned(tmp_path, capsys, text)
    assert (found["rule"], found["severity"]) == ("supers.too-short", "fail")
    assert "The shortest lawful length for this text is 5 s (125 frames)." in found["message"]  # 10 x 0.2 s + 3 s
    assert (found["measured"], found["limit"]) == ("60 frames", "at least 125 frames")
    assert "not legal advice" in found["source"]


def test_texts_of_one_place_are_read_together(tmp_path: Path, capsys: Any) -> None:
    one = "[[supers]]\ntext = 'a b c d e f g h i j k'\n"
    assert planned(tmp_path / "one", capsys, one) == []
    (found,) = planned(tmp_path / "two", capsys, one * 2)  # 22 words of 0.1 s and 0.4 s are 2.6 s; the cut has 2.4 s
    assert (found["rule"], found["limit"]) == ("supers.too-short", "at least 65 frames")
    apart = one + one.replace("text", "at = 'start'\ntext")
    assert planned(tmp_path / "apart", capsys, apart) == []


@pytest.mark.parametrize(
    ("supers", "rule", "says"),
    [
        ("text = { de = 'Bedingungen', fr = 'Conditions' }", "supers.language", "it has: de, fr"),
        ("text = '漢字'", "supers.letters", "漢 字"),
        ("text = 'x'\nat = 'LEGALS'", "supers.impossible", "no such marker"),
        ("text = 'x'\nat = '00:00:09:00'", "supers.place", "does not show"),
        ("text = 'x'\nrule = 'shrt'", "supers.impossible", "Did you mean 'short'"),
        ("text = 'x'\nsafe = 'titel'", "supers.impossible", "Did you mean 'title'"),
        ("text = 'x'\nhold = 0.2", "supers.hold", "is to stand for 0.2 s (5 frames)"),
        (f"text = '{'word ' * 60}'", "supers.no-room", "does not fit"),
    ],
)
def test_what_is_wrong_is_told_in_the_plan(tmp_path: Path, capsys: Any, supers: str, rule: str, says: str) -> None:
    found = planned(tmp_path, capsys, f"[[supers]]\n{supers}\n")
    assert rule in [each["rule"] for each in found]
    assert any(says in each["message"] for each in found)
    assert all(each["severity"] == "fail" for each in found)


def test_a_text_begins_where_the_marker_is_in_the_cut(tmp_path: Path, capsys: Any) -> None:
    order = ORDER.replace("text = {", 'at = "legal"\ntext = {')
    main(["plan", str(project(tmp_path, order)), "--json"])
    told = {each["id"]: each for each in json.loads(capsys.readouterr().out)["deliverables"]}
    assert told["full 16:9 en GB tiny-intra"]["supers"][0]["span"] == [12, 30]
    assert told["1s 16:9 en GB tiny-intra"]["supers"][0]["span"] == [2, 20]  # the cut begins 10 frames in


def test_a_pale_bar_is_told(tmp_path: Path, capsys: Any) -> None:
    settings = SETTINGS.replace("[supers]", "[supers]\nbar = 0.3")
    (found,) = planned(tmp_path, capsys, "[[supers]]\ntext = 'x'\n", more=settings)
    assert (found["rule"], found["severity"]) == ("supers.contrast", "warn")


def test_the_houses_own_texts_follow_market_and_product(tmp_path: Path, capsys: Any) -> None:
    house = SETTINGS + '[[supers.texts]]\nproducts = ["gin"]\ntext = "Drink wisely"\n'
    matrix = 'durations = ["full"]\naspects = ["16:9"]\nspecs = ["tiny-intra"]'
    for product, count in (("gin", 1), ("ferry", 0)):
        path = project(tmp_path / product, f"[[matrix]]\n{matrix}\n", settings=house)
        text = path.read_text().replace('title = "Cut"', f'title = "Cut", fields = {{ product = "{product}" }}')
        path.write_text(text)
        main(["plan", str(path), "--json"])
        (told,) = json.loads(capsys.readouterr().out)["deliverables"]
        assert len(told["supers"]) == count


def test_credits_follow_the_cut(tmp_path: Path, capsys: Any) -> None:
    order = ORDER.partition("[[supers]]")[0] + "[rights]\nledgers = ['rights.toml']\n[[supers]]\ncredits = true\n"
    keep = '[["00:00:00:10", "00:00:00:20"], ["00:00:01:15", "00:00:02:05"]]'
    path = project(tmp_path, order.replace(keep, '[["00:00:00:05", "00:00:01:05"]]'))
    (tmp_path / "rights.toml").write_text(
        'schema = "twopop.rights/1"\n'
        + "".join(
            f'[[asset]]\nid = "{name}"\nkind = "footage"\nsources = ["{name}"]\ncredit = "Film: {who}"\n'
            '[[asset.grant]]\nstatus = "paid"\n'
            for name, who in (("#203040", "Ada"), ("#402010", "Ben"))
        )
    )
    main(["plan", str(path), "--json"])
    told = {each["id"]: each for each in json.loads(capsys.readouterr().out)["deliverables"]}
    assert [each["text"] for each in told["full 16:9 en US tiny-intra"]["supers"]] == ["Film: Ada\nFilm: Ben"]
    assert [each["text"] for each in told["1s 16:9 en US tiny-intra"]["supers"]] == ["Film: Ada"]


def test_legal_check_tells_them(tmp_path: Path, capsys: Any) -> None:
    path = project(tmp_path, ORDER + "rule = 'clearcast'\n")
    assert main(["legal", "check", str(path)]) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "super 'Terms apply vwxz'" in said
    assert "supers.too-short" in said
    assert "not legal advice" in said


@pytest.mark.parametrize("spec", ["poster-jpeg", "preview-gif"])
def test_a_still_and_a_preview_carry_none_and_say_so(tmp_path: Path, capsys: Any, spec: str) -> None:
    matrix = f'durations = ["full"]\naspects = ["16:9"]\nspecs = ["{spec}"]'
    (found,) = planned(tmp_path, capsys, "[[supers]]\ntext = 'x'\n", matrix=matrix)
    assert (found["rule"], found["severity"]) == ("supers.textless", "info")


def test_another_text_makes_a_new_version_and_says_why(tmp_path: Path, capsys: Any) -> None:
    lines = 'durations = ["full"]\naspects = ["1:1"]\nspecs = ["tiny-h264"]'
    path = project(tmp_path, f"[[matrix]]\n{lines}\n[[supers]]\ntext = 'One'\n")
    assert main(["deliver", str(path)]) == 0
    path.write_text(path.read_text().replace("'One'", "'Two'"))
    capsys.readouterr()
    assert main(["plan", str(path), "--json"]) == 0
    plan = json.loads(capsys.readouterr().out)
    (told,) = plan["deliverables"]
    assert told["because"] == ["the legal texts changed"]
    assert told["version"]["number"] == 2
    assert plan["estimate"]["frames_to_render"] == 13  # one word of 0.1 s and 0.4 s are 12.5 frames; the rest is there
    path.write_text(path.read_text().replace("'Two'", "'One'"))
    assert main(["plan", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["deliverables"][0]["state"] == "unchanged"


def test_a_template_of_the_house_that_hides_its_text_delivers_nothing(tmp_path: Path, capsys: Any) -> None:
    lines = 'durations = ["full"]\naspects = ["1:1"]\nspecs = ["tiny-h264"]'
    settings = SETTINGS.replace("[supers]", "[supers]\ntemplate = 'ours.ass'")
    path = project(tmp_path, f"[[matrix]]\n{lines}\n[[supers]]\ntext = 'One'\n", settings=settings)
    assert main(["plan", str(path)]) == 3  # the studio's to mend
    assert "template for supers cannot be read" in " ".join(capsys.readouterr().out.split())
    shipped = twopop_templates.text("supers/super.ass.j2")
    (tmp_path / "ours.ass").write_text(shipped.replace("&H00{{ white }}", "&H00101010"))
    assert main(["deliver", str(path)]) == 1
    assert "supers.unseen" in capsys.readouterr().out
    assert not list((tmp_path / "delivery").rglob("*.mp4"))
