"""The harbour order, delivered: every line a file, every file as the receipt and two independent tools say.

The specs are the shipped ones at a quarter of their size and with quick settings, put in their place by a plugin of
the project, so that the twenty-four files take a minute. ``twopop deliver examples/harbour/order.toml`` makes them at
full size.
"""

import json
import re
import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from twopop import schema
from twopop.delivery.receipt import Receipt

pytestmark = pytest.mark.footage

HARBOUR = Path(__file__).parents[2] / "examples" / "harbour"
FRAMES = {"full": 1440, "30s": 720, "15s": 360, "6s": 144}

QUICK_SPECS = """
import msgspec
from pathlib import Path
from twopop import hookimpl, read_specs
import twopop.builtin

FOLDER = Path(twopop.builtin.__file__).parent / "specs"

@hookimpl
def specs():
    return [quick(spec) for path in sorted(FOLDER.glob("*.toml")) for spec in read_specs(path)]

def quick(spec):
    sizes = {aspect: (w // 8 * 2, h // 8 * 2) for aspect, (w, h) in spec.video.sizes.items()}
    options = dict(spec.video.options)
    if "preset" in options:
        options["preset"] = "veryfast"
    return msgspec.structs.replace(spec, video=msgspec.structs.replace(spec.video, sizes=sizes, options=options))
"""


def twopop(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "twopop", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=1200, check=False)


@pytest.fixture(scope="module")
def project(tmp_path_factory, shared_media):
    folder = tmp_path_factory.mktemp("harbour")
    for name in ("harbour.otio", "captions.en.srt"):
        shutil.copy(HARBOUR / name, folder)
    order = (HARBOUR / "order.toml").read_text()
    there = re.sub(r'media = \["[^"]*"\]', f"media = [{json.dumps(str(shared_media))}]", order)
    assert there != order
    (folder / "order.toml").write_text(there)
    (folder / "plugins").mkdir()
    (folder / "plugins" / "quick_specs.py").write_text(QUICK_SPECS)
    (folder / "twopop.toml").write_text('[plugins]\nfolders = ["plugins"]\n')
    return folder


@pytest.fixture(scope="module")
def receipt(project):
    run = twopop("deliver", project / "order.toml", "--json")
    assert run.returncode == 0, run.stderr + run.stdout
    return schema.from_json(run.stdout.encode(), Receipt, where="stdout")


def test_every_line_of_the_order_is_a_file(project, receipt):
    assert len(receipt.deliverables) == 4 * 3 * 2
    assert {record.outcome for record in receipt.deliverables} == {"delivered"}
    out = project / "delivery"
    files = sorted(path.relative_to(out).as_posix() for path in out.rglob("*.m*") if path.suffix in (".mp4", ".mov"))
    assert files == sorted(record.file.path for record in receipt.deliverables)


def test_every_file_is_verified(project, receipt):
    run = twopop("verify", project / "delivery", "--json")
    assert run.returncode == 0, run.stdout
    sidecars = sum(len(record.sidecars) for record in receipt.deliverables)
    assert json.loads(run.stdout)["files"] == len(receipt.deliverables) + sidecars


def test_the_captions_go_along_and_fit_their_cut(project, receipt):
    social = [record for record in receipt.deliverables if record.spec == "social-h264"]
    spoken = [record for record in social if record.variant.duration != "6s"]  # the six seconds have no words
    assert len(spoken) == 9
    assert all(len(record.sidecars) == 1 for record in spoken)
    for record in spoken:
        text = (project / "delivery" / record.sidecars[0].path).read_text("utf-8")
        ends = re.findall(r"--> (\d+):(\d+):(\d+),(\d+)", text)
        last = max(int(h) * 3600 + int(m) * 60 + int(s) + int(ms) / 1000 for h, m, s, ms in ends)
        assert last <= record.frames * 1001 / 24000 + 0.0005


def test_ffprobe_agrees(project, receipt, ffprobe):
    for record in receipt.deliverables:
        path = project / "delivery" / record.file.path
        said = subprocess.run(
            [ffprobe, "-v", "error", "-count_packets", "-show_streams", "-of", "json", path],
            capture_output=True, text=True, check=True, timeout=60,
        )  # fmt: skip
        streams = json.loads(said.stdout)["streams"]
        picture = next(stream for stream in streams if stream["codec_type"] == "video")
        sound = next(stream for stream in streams if stream["codec_type"] == "audio")
        frames = FRAMES[record.variant.duration]
        assert int(picture["nb_read_packets"]) == frames
        assert (picture["width"], picture["height"]) == record.size
        assert picture["r_frame_rate"] == picture["avg_frame_rate"] == "24000/1001"
        assert float(picture["start_time"]) == float(sound["start_time"]) == 0
        tags = [picture[key] for key in ("color_space", "color_primaries", "color_transfer", "color_range")]
        assert tags == ["bt709", "bt709", "bt709", "tv"]
        assert Fraction(picture["duration_ts"]) * Fraction(picture["time_base"]) == Fraction(frames * 1001, 24000)
        assert abs(float(sound["duration"]) - frames * 1001 / 24000) <= 1 / 48000
        timecodes = {stream["tags"]["timecode"] for stream in streams if "timecode" in stream.get("tags", {})}
        assert timecodes == ({"01:00:00:00"} if record.spec == "broadcast-prores" else set())


def test_mediainfo_agrees(project, receipt, mediainfo):
    for record in receipt.deliverables:
        path = project / "delivery" / record.file.path
        said = subprocess.run(
            [mediainfo, "--Output=JSON", path], capture_output=True, text=True, check=True, timeout=60
        )
        tracks = {track["@type"]: track for track in json.loads(said.stdout)["media"]["track"]}
        picture, sound = tracks["Video"], tracks["Audio"]
        assert int(picture["FrameCount"]) == FRAMES[record.variant.duration]
        assert picture["FrameRate"] == "23.976"
        assert (int(picture["Width"]), int(picture["Height"])) == record.size
        assert picture["colour_primaries"] == picture["transfer_characteristics"] == "BT.709"
        assert picture["matrix_coefficients"] == "BT.709"
        assert (sound["SamplingRate"], sound["Channels"]) == ("48000", "2")
        prores = record.spec == "broadcast-prores"
        assert picture["Format"] == ("ProRes" if prores else "AVC")
        assert picture["Format_Profile"] == ("422 HQ" if prores else "High")


def test_the_second_run_renders_nothing(project, receipt):
    run = twopop("deliver", project / "order.toml", "--json")
    again = schema.from_json(run.stdout.encode(), Receipt, where="stdout")
    assert run.returncode == 0
    assert {record.outcome for record in again.deliverables} == {"unchanged"}
    assert again.segments_rendered == 0
    assert [r.file for r in again.deliverables] == [r.file for r in receipt.deliverables]
