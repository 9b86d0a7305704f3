"""Orders and receipts with mistakes in them; cuts and captions that give nothing to show."""

from __future__ import annotations

import json
import shutil

import pytest
from opentimelineio import opentime, schema
from tiny_project import RATE, clip, sound


def one(**changes):
    return [{"durations": ["full"], "aspects": ["16:9"], "specs": ["tiny"], **changes}]


# -- the order's words -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"outt": "x"}, ("Unknown key 'outt'", "'out'")),
        ({"project": {"titel": "x"}}, ("Unknown key 'titel'", "at project", "'title'")),
        ({"matrix": one(aspect=["1:1"])}, ("Unknown key 'aspect'", "matrix[0]", "'aspects'")),
        ({"cutdowns": {"1s": {"keeps": []}}}, ("Unknown key 'keeps'", "'keep'")),
        ({"project": {"title": 5}}, ("project.title",)),
        ({"matrix": one(texted=["no"])}, ("matrix[0].texted",)),
        ({"matrix": None}, ("asks for nothing", "[[matrix]]")),
        ({"matrix": []}, ("asks for nothing",)),
        ({"timeline": {"rate": "23.997"}}, ("23.997", "24000/1001")),
        ({"timeline": {"rate": "fast"}}, ("'fast' is no frame rate",)),
        ({"cutdowns": {"1s": {}}}, ("either keep or markers",)),
        ({"cutdowns": {"1s": {"keep": [["a", "b"]], "markers": "x"}}}, ("either keep or markers",)),
        ({"project": None}, ("project",)),
        ({"reframe": {"x": 2.0}}, ("reframe.x", "<= 1")),
        ({"reframe": {"y": -0.1}}, ("reframe.y", ">= 0")),
        ({"cutdowns": {"1s": {"markers": "x", "tolerance_frames": -1}}}, ("tolerance_frames", ">= 0")),
        ({"out": "a\x00b"}, ("'a\\x00b'", "no path")),
        ({"timeline": {"file": "\x00.otio"}}, ("no path",)),
        ({"timeline": {"media": ["a", "\x00"]}}, ("no path",)),
        ({"captions": {"en": "\x00"}}, ("no path",)),
    ],
)
@pytest.mark.parametrize("command", ["plan", "deliver"])
def test_an_order_that_cannot_be_read_names_the_key(project, command, changes, words):
    project.order(**changes)
    result = project.run(command, status=2)
    assert "order.toml" in result.err
    for word in words:
        assert word in result.err
    assert not (project.folder / "delivery").exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "schema"),
        (b"\x00\xff\xfe\x00" * 50, "not TOML"),
        (b"[project\nclient = 1\n", "line 1"),
        (b'schema = "twopop.order/1"\n[project]\nclient = "x"\nclient = "y"\n', "line 4"),
        (b"schema = 'twopop.order/1' # \x07", "not TOML"),
        (b"a = " + b"[" * 100_000, "nested too deeply"),
    ],
)
def test_a_file_that_is_no_order(project, content, words):
    path = project.write("order.toml", content)
    err = project.run("plan", status=2).err
    assert str(path) in err
    assert words in err


@pytest.mark.parametrize("value", ["nan", "inf", "-inf"])
def test_a_window_at_no_number(project, value):
    path = project.order()
    path.write_text(f"{path.read_text()}[reframe]\nx = {value}\n")
    assert "reframe.x" in project.run("plan", status=2).err


def test_paths_longer_than_the_system_takes(project):
    """Told in the system's words with the path, not as a fault of twopop's."""
    endless = "x" * 5000
    project.order(out=endless)
    assert "File name too long" in project.run("deliver", status=2).err
    project.order(timeline={"file": f"{endless}.otio"})
    assert "File name too long" in project.run("plan", status=2).err
    for command in (("deliver", f"{endless}.toml"), ("timeline", f"{endless}.edl"), ("verify", endless)):
        assert "ame too long" in project.run(*command, status=2).err


def test_an_order_that_is_a_folder_or_not_there(project):
    folder = project.folder / "folder.toml"
    folder.mkdir()
    assert "cannot be read (Is a directory)" in project.run("plan", folder, status=2).err
    assert "no such file" in project.run("plan", project.folder / "gone.toml", status=2).err
    assert "cannot be read" in project.run("plan", project.folder / "order.toml" / "below.toml", status=2).err
    (project.folder / "folder.json").mkdir()
    assert "cannot be read (Is a directory)" in project.run("plan", project.folder / "folder.json", status=2).err


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"7", b"\xff\xfe", b'{"schema": "twopop.order/1"}', b"[" * 100_000]
)
def test_a_json_order_with_mistakes(project, content):
    path = project.write("order.json", content)
    assert str(path) in project.run("plan", path, status=2).err


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("twopop.order/0", "older"),
        ("twopop.order/2", "newer"),
        ("twopop.order/99999999999999999999", "newer"),
        ("twopop.plan/1", "it says 'twopop.plan/1'"),
        (None, "it says nothing"),
        (1, "it says 1"),
    ],
)
def test_an_order_of_another_schema(project, said, words):
    project.order(schema=said)
    err = project.run("deliver", status=2).err
    assert words in err
    assert "twopop.order/1" in err


def test_a_receipt_of_another_schema(project):
    project.run("deliver", status=0)
    receipt = project.folder / "delivery" / "receipt.json"
    data = json.loads(receipt.read_bytes())
    for number, word in ((0, "older"), (2, "newer")):
        receipt.write_text(json.dumps(data | {"schema": f"twopop.receipt/{number}"}))
        err = project.run("verify", project.folder / "delivery", status=2).err
        assert word in err
        assert "receipt.json" in err
        kept = receipt.read_bytes()
        (project.folder / "delivery" / "tiny" / "Client_Spot_full_16x9_v001.mp4").touch()
        result = project.run("deliver", status=0)  # a receipt that cannot be read is kept, not lost
        kept_now = [path.read_bytes() for path in (project.folder / "delivery").rglob("*.json")]
        assert kept in kept_now, result.said


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"schema": "twopop.receipt/1"}'])
def test_a_damaged_receipt(project, content):
    project.run("deliver", status=0)
    project.write("delivery/receipt.json", content)
    assert "receipt.json" in project.run("verify", project.folder / "delivery", status=2).err


# -- what the order asks for -------------------------------------------------------------------------------------------


def test_an_unknown_spec_has_its_nearest_name(project):
    project.order(matrix=one(specs=["tiny", "tinny", "broadcast-proress", "zzz"]))
    said = project.run("plan", status=1).said
    assert "There is no spec 'tinny'. Did you mean 'tiny'?" in said
    assert "Did you mean 'broadcast-prores'?" in said
    assert "There is no spec 'zzz'. There are: " in said
    project.run("deliver", status=1)
    assert [path.name for path in project.delivered] == ["Client_Spot_full_16x9_v001.mp4"]  # the good one is made


@pytest.mark.parametrize("duration", ["30s", "", "forever", "-5s", "0s", "../x"])
def test_an_unknown_duration(project, duration):
    project.order(matrix=one(durations=[duration]), cutdowns={"6s": {"markers": "CUT6"}})
    said = project.run("deliver", status=1).said
    assert f"{duration!r}" in said
    assert "[cutdowns" in said
    assert project.delivered == []


@pytest.mark.parametrize("aspect", ["16x9", "0:1", "1:0", "", ":", "16:9:1", "-16:9", "99999999:1", "../16:9"])
def test_an_impossible_aspect(project, aspect):
    project.order(matrix=one(aspects=[aspect]))
    said = project.run("deliver", status=1).said
    assert "no aspect ratio" in said
    assert repr(aspect) in said
    assert "16:9, 9:16, 1:1" in said
    assert project.delivered == []


def test_an_aspect_that_the_spec_has_no_size_for(project):
    project.order(matrix=one(aspects=["4:5"]))
    said = project.run("deliver", status=1).said
    assert "not made in 4:5" in said
    assert "16:9, 9:16, 1:1" in said


def test_everything_that_is_wrong_is_told_at_once(project):
    project.cut([clip("lost.mov")])
    project.order(matrix=one(durations=["full", "9s"], aspects=["16:9", "16x9"], specs=["tiny", "tinny"]))
    said = project.run("plan", status=1).said
    for word in ("lost.mov", "'9s'", "'16x9'", "'tinny'", "8 deliverables ordered: 0 to make, 0 unchanged, 8 blocked"):
        assert word in said


# -- cuts with nothing to show -----------------------------------------------------------------------------------------


def test_an_empty_timeline(project):
    for tracks in (([],), ([], []), (schema.Track(kind="Video"),)):
        project.cut(*tracks)
        assert "The timeline is empty." in project.run("deliver", status=1).said
        assert project.delivered == []


def test_a_timeline_file_that_is_empty_missing_or_of_no_kind(project):
    project.write("spot.otio", b"")
    err = project.run("plan", status=2).err
    assert "The file is empty." in err
    assert "spot.otio" in err
    (project.folder / "spot.otio").unlink()
    assert "no such file" in project.run("plan", status=2).err
    project.order(timeline={"file": "spot.doc"})
    assert "No reader takes .doc files" in project.run("plan", status=2).err


def test_a_timeline_with_only_audio(project):
    project.cut(sound(clip(project.sources / "a.mov", name="the voice")))
    assert "The timeline has no picture." in project.run("deliver", status=1).said
    assert project.delivered == []


def test_markers_without_length(project):
    shot = clip(project.sources / "a.mov")
    shot.markers.append(
        schema.Marker(
            name="CUT1",
            marked_range=opentime.TimeRange(opentime.RationalTime(10, RATE), opentime.RationalTime(0, RATE)),
        )
    )
    project.cut([shot])
    project.order(matrix=one(durations=["1s"]), cutdowns={"1s": {"markers": "CUT1"}})
    said = project.run("deliver", status=1).said
    assert "The marker 'CUT1' at 01:00:00:10 has no length." in said
    assert "Drag it out" in said
    project.order(matrix=one(durations=["1s"]), cutdowns={"1s": {"markers": "CUT9"}})
    said = project.run("deliver", status=1).said
    assert "'CUT9'" in said
    assert "Its markers are: CUT1." in said


@pytest.mark.parametrize(
    ("keep", "words"),
    [
        (["00:59:59:00", "01:00:01:00"], "does not lie in the program (01:00:00:00 to 01:00:02:00)"),
        (["01:00:00:00", "01:00:09:00"], "does not lie in the program"),
        (["01:00:01:00", "01:00:00:00"], "does not lie in the program"),
        (["01:00:01:00", "01:00:01:00"], "does not lie in the program"),
        (["01:00:00:00", "01:00:00:25"], "01:00:00:25 does not exist"),
        (["start", "end"], "'start' is no timecode"),
        (["01:00:00;00", "01:00:01;00"], "drop-frame, which does not exist at 25"),
    ],
)
def test_keep_lists_outside_the_program(project, keep, words):
    project.order(matrix=one(durations=["1s", "full"]), cutdowns={"1s": {"keep": [keep]}})
    said = project.run("deliver", status=1).said
    assert words in said
    assert [path.name for path in project.delivered] == ["Client_Spot_full_16x9_v001.mp4"]


def test_drop_frame_timecode_at_24000_1001(project):
    rate = 24000 / 1001
    project.cut([clip(project.sources / "a.mov", rate=rate, frames=24)], rate=rate, start=86_400)
    project.order(matrix=one(durations=["1s"]), cutdowns={"1s": {"keep": [["01:00:00;00", "01:00:01;00"]]}})
    said = project.run("plan", status=1).said
    assert "01:00:00;00 is drop-frame, which does not exist at 24000/1001 frames a second. Use ':'." in said


def test_a_cutdown_that_is_not_as_long_as_its_label(project):
    keep = [["01:00:00:00", "01:00:00:20"]]
    project.order(matrix=one(durations=["1s"]), cutdowns={"1s": {"keep": keep}})
    said = project.run("plan", status=1).said
    assert "The 1s cutdown is 20 frames, 5 short of 25" in said
    project.order(matrix=one(durations=["1s"]), cutdowns={"1s": {"keep": keep, "tolerance_frames": 5}})
    project.run("plan", status=0)


# -- captions ----------------------------------------------------------------------------------------------------------


def test_captions_that_are_missing_or_damaged(project):
    project.order(matrix=one(languages=["en"], specs=["tiny-srt"]), captions={"en": "en.srt"})
    said = project.run("deliver", status=1).said
    assert "no such caption file" in said
    assert "en.srt" in said
    (project.folder / "en.srt").mkdir()
    assert "en.srt" in project.run("deliver", status=1).said
    (project.folder / "en.srt").rmdir()
    project.write("en.srt", b"\x00\x01\x02" * 100)
    assert "en.srt" in project.run("deliver", status=1).said
    assert project.delivered == []


def test_captions_without_cues(project):
    """An empty SRT is a mistake; a WebVTT with nothing but its header says that there is nothing to say."""
    project.write("en.srt", "\n\n")
    project.write("en.vtt", "WEBVTT\n\n")
    project.order(matrix=one(languages=["en"], specs=["tiny-srt"]), captions={"en": "en.srt"})
    assert "en.srt: This is no SRT file: no line has times" in project.run("deliver", status=1).said
    assert project.delivered == []
    project.order(matrix=one(languages=["en"], specs=["tiny-srt"]), captions={"en": "en.vtt"})
    assert "en.vtt: It has no captions." in project.run("deliver", status=0).said
    assert not list((project.folder / "delivery").rglob("*.srt"))


# -- where things lie --------------------------------------------------------------------------------------------------


def test_order_files_with_odd_names(project):
    for name in ("my order.toml", "Bestellung für Öl & Gas 🛢.toml", "it's; $(order) `x`.toml", "ord\ner.toml"):
        project.order(name)
        project.run("plan", project.folder / name, status=0)
    project.order("-dash.toml")
    project.process("plan", "--", "-dash.toml", status=0, cwd=project.folder)
    assert "No such option" in project.process("plan", "-dash.toml", status=2, cwd=project.folder).err


def test_a_timeline_outside_the_project_is_read_from_where_it_is(project, tmp_path):
    """Timelines are inputs: the roots in the settings speak of media and of deliveries."""
    shutil.move(project.folder / "spot.otio", tmp_path / "elsewhere.otio")
    project.order(timeline={"file": "../elsewhere.otio"})
    project.run("plan", status=0)


def test_media_outside_the_media_roots_are_not_opened(project):
    project.set(paths={"media": ["media"]})
    said = project.run("deliver", status=1).said
    assert "Media may not be read from here." in said
    assert str(project.sources / "a.mov") in said
    assert f"The settings allow: {project.folder / 'media'}." in said
    inside = project.media("a.mov")
    project.cut([clip("media/a.mov")])
    project.run("plan", status=0)
    inside.unlink()
    inside.symlink_to(project.sources / "a.mov")  # a link inside that leads out
    assert "may not be read" in project.run("plan", status=1).said
    project.cut([clip("media/../../../x.mov"), clip(project.sources / "a.mov")], sound(clip(project.sources / "a.mov")))
    assert "may not be read" in project.run("plan", status=1).said


def test_deliveries_outside_the_output_roots_are_refused(project, tmp_path):
    project.set(paths={"output": ["delivery"]})
    project.run("plan", status=0)
    for out in ("../elsewhere", "delivery/../../elsewhere", str(tmp_path / "elsewhere")):
        project.order(out=out)
        err = project.run("deliver", status=2).err
        assert "Deliveries may not be written here." in err
        assert f"The settings allow: {project.folder / 'delivery'}." in err
    assert not (tmp_path / "elsewhere").exists()
    project.order()
    project.run("deliver", project.folder / "order.toml", "--out", tmp_path / "elsewhere", status=2)
    assert not (tmp_path / "elsewhere").exists()


def test_the_cut_is_read_once_for_all_of_this(project):
    """A guard on the helper: the good project delivers, so that what stops above is the mistake and nothing else."""
    project.run("deliver", status=0)
    assert project.finished().name == "Client_Spot_full_16x9_v001.mp4"
    assert "all as they were delivered" in project.run("verify", project.folder / "delivery", status=0).out
