"""Every shipped spec for films delivered from one cut: one set of bytes, the right frames, the right timecode."""

from __future__ import annotations

import json
import subprocess
from fractions import Fraction
from pathlib import Path

import pytest

import twopop.builtin
from support import expected, projects
from support.numbered import make_numbered, read_numbers
from support.projects import NTSC, clip, deliver_apart, time, track
from twopop import schema
from twopop.delivery.order import read_order
from twopop.delivery.planner import make_plan
from twopop.delivery.records import read_receipts
from twopop.delivery.session import open_session
from twopop.picture.recipe import Whole
from twopop.specs import read_specs

FOLDER = Path(twopop.builtin.__file__).parent / "specs"
SPECS = [spec for path in sorted(FOLDER.glob("*.toml")) for spec in read_specs(path)]
#: Those of films; tests/delivery/test_forms.py looks at the others.
NAMES = sorted(spec.name for spec in SPECS if spec.container.format in ("mov", "mp4", "mxf"))

#: The shipped specs on a small raster, but for the codecs that have one raster only.
_SMALL = """
import msgspec
from pathlib import Path
from twopop import hookimpl, read_specs
import twopop.builtin

@hookimpl
def specs():
    folder = Path(twopop.builtin.__file__).parent / "specs"
    return [small(spec) for path in sorted(folder.glob("*.toml")) for spec in read_specs(path)]

def small(spec):
    sizes = {"16:9": (1920, 1080) if spec.name.startswith(("avc-intra", "xdcam")) else (320, 180)}
    loudness = spec.loudness and msgspec.structs.replace(spec.loudness, level="info")
    video = msgspec.structs.replace(spec.video, sizes=sizes)
    return msgspec.structs.replace(spec, video=video, loudness=loudness)
"""

_TONE = ("-f", "lavfi", "-i", "aevalsrc=0.2*sin(660*t):s=48000:d=2")
_START = 59 * 60 * 30 + 59 * 30 + 26 - 2 * 54  # 00:59:59;26, two labels fewer in 54 of 60 minutes


def project(folder: Path, specs, workers: int, more: str = "") -> Path:
    """Three shots of 4, 1 and 5 frames over an hour's end in drop-frame time, in each of *specs*."""
    folder.mkdir(parents=True)
    make_numbered(folder / "boats.mp4", frames=40, rate=NTSC, inputs=_TONE, more=("-c:a", "aac", "-shortest"))
    shots = [clip("boats.mp4", time(first, NTSC), length, NTSC) for first, length in ((3, 4), (20, 1), (30, 5))]
    sound = track(clip("boats.mp4", time(0, NTSC), 10, NTSC), kind="Audio", name="MUSIC")
    cut = projects.timeline(track(*shots), sound, rate=NTSC, start=_START, drop=True)
    wanted = f'[[matrix]]\ndurations = ["full"]\naspects = ["16:9"]\nspecs = {json.dumps(list(specs))}\n{more}'
    path = projects.write_project(folder, cut, wanted, workers=workers)
    (folder / "plugins" / "small.py").write_text(_SMALL)
    return path


NUMBERS = [*range(3, 7), 20, *range(30, 35)]


@pytest.fixture(scope="module")
def delivered(tmp_path_factory):
    """The same order delivered with one and with two workers, into a store of its own each time."""
    folders = []
    for workers in (1, 2):
        folder = tmp_path_factory.mktemp("codecs") / f"with {workers}"
        project(folder, NAMES, workers)
        assert deliver_apart(folder, PYTHONHASHSEED=str(workers)) == "delivered"
        folders.append(folder)
    return folders


def file_of(folder: Path, spec: str) -> Path:
    return next(path for path in (folder / "delivery" / spec).iterdir() if path.suffix != ".srt")


@pytest.mark.parametrize("name", NAMES)
def test_the_same_bytes_with_one_and_with_two_workers(delivered, name):
    one, two = (file_of(folder, name) for folder in delivered)
    assert one.name == two.name
    assert one.read_bytes() == two.read_bytes()


def test_no_file_was_refused_or_warned_of(delivered):
    (receipt,) = read_receipts(delivered[0] / "delivery")
    told = {(finding.rule, finding.severity) for each in receipt.deliverables for finding in each.findings}
    assert not [rule for rule, severity in told if severity != "info"]
    assert len(receipt.deliverables) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_frames_are_those_of_the_cut(delivered, name):
    if name == "review-h264":
        pytest.skip("its timecode is burnt over the number")
    assert read_numbers(file_of(delivered[0], name)) == NUMBERS


@pytest.mark.parametrize("name", NAMES)
def test_frames_lie_evenly_from_nought_and_the_timecode_drops(delivered, name, ffprobe):
    path = file_of(delivered[0], name)
    command = [ffprobe, "-v", "error", "-show_streams", "-show_packets", "-show_format", "-of", "json", str(path)]
    said = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    picture, sound = (next(s for s in said["streams"] if s["codec_type"] == kind) for kind in ("video", "audio"))
    assert Fraction(picture["start_time"]) == Fraction(sound["start_time"]) == 0
    base = Fraction(picture["time_base"])
    shown = sorted(int(p["pts"]) * base for p in said["packets"] if p["stream_index"] == picture["index"])
    assert shown == [n / NTSC for n in range(10)]
    spec = open_session(delivered[0]).spec(name)
    start = {"": None, "program": "00:59:59;26"}.get(spec.start_timecode, spec.start_timecode)
    held = {each.get("tags", {}).get("timecode") for each in (*said["streams"], said["format"])} - {None}
    assert held == ({start} if start else set())
    assert start in (None, "10:00:00:00", expected.timecode(_START, 30, drop=True))


def test_what_is_encoded_in_one_piece_is_encoded_once(tmp_path):
    folder = tmp_path / "twice"
    path = project(folder, ["xdcam-hd422-1080i-mxf"], 1)
    plan = make_plan(read_order(path), open_session(folder))
    ((key, whole),) = plan.segments.items()
    (deliverable,) = plan.deliverables
    assert isinstance(whole, Whole)
    assert (deliverable.segments, whole.timecode, [part.frames for part in whole.parts]) == (
        (key,),
        "00:59:59;26",
        [4, 1, 5],
    )
    assert any(reason.value == "in one piece" for reason in deliverable.reasons)
    assert plan.estimate.frames_to_render == 10
    assert deliver_apart(folder) == "delivered"
    file_of(folder, "xdcam-hd422-1080i-mxf").unlink()
    plan = make_plan(read_order(path), open_session(folder))
    assert plan.estimate.frames_to_render == 0
    assert schema.from_json(schema.to_json(plan), type(plan), where="") == plan
