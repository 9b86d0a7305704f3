"""Frames as files, previews and posters, delivered whole and read back by other programs."""

from __future__ import annotations

import json
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from support.forms import FRAMES, HEAD, PCM, SECOND, SHOWN, SIZES, SPECS, START, write_forms
from support.numbered import read_number
from support.projects import FILM, deliver_apart, delivering, marker
from twopop.delivery.order import read_order
from twopop.delivery.plan import Plan
from twopop.delivery.planner import make_plan
from twopop.delivery.receipt import Delivered, Receipt
from twopop.delivery.run import deliver
from twopop.delivery.session import open_session
from twopop.delivery.verify import verify
from twopop.package.manifest import read_manifest


def planned(order: Path) -> Plan:
    return make_plan(read_order(order), open_session(order.parent))


def delivered(order: Path) -> Receipt:
    session = open_session(order.parent)
    return deliver(make_plan(read_order(order), session), session)


def all_files(out: Path) -> dict[str, bytes]:
    """Everything in the delivery but its receipts."""
    paths = [path for path in out.rglob("*") if path.is_file() and "receipt" not in path.as_posix()]
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in paths}


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Delivered]]:
    """All of the specs delivered once: the output folder, and the records by spec."""
    order = write_forms(tmp_path_factory.mktemp("forms"), tuple(SPECS))
    receipt = delivered(order)
    assert {record.outcome for record in receipt.deliverables} == {"delivered"}, receipt
    return order.parent / "delivery", {record.spec: record for record in receipt.deliverables}


def _greys(tool: str, *source: str) -> list[np.ndarray]:
    """The frames of *source* as grey pictures, decoded by the ffmpeg *tool*."""
    command = [tool, "-v", "error", *source, "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "gray", "-"]
    raw = subprocess.run(command, capture_output=True, check=True, timeout=60, stdin=subprocess.DEVNULL).stdout
    return list(np.frombuffer(raw, np.uint8).reshape(-1, 180, 320))


def _numbers(tool: str, *source: str) -> list[int | None]:
    return [read_number(grey) for grey in _greys(tool, *source)]


other_ffmpeg = pytest.mark.skipif(not shutil.which("ffmpeg"), reason="no other ffmpeg on this machine")


# -- frames ------------------------------------------------------------------------------------------------------------


@other_ffmpeg
@pytest.mark.parametrize(
    ("spec", "first", "digits"), [("png", 1001, 4), ("tiff", START, 5), ("exr", 0, 6)]
)  # fmt: skip
def test_every_frame_is_the_one_that_its_number_says(
    forms: tuple[Path, dict[str, Delivered]], spec: str, first: int, digits: int
) -> None:
    out, records = forms
    folder = out / records[spec].file.path
    extension = {"png": "png", "tiff": "tif", "exr": "exr"}[spec]
    stem = folder.name
    names = [f"{stem}.{first + n:0{digits}}.{extension}" for n in range(FRAMES)]
    there = sorted(path.name for path in folder.iterdir() if path.suffix != ".wav")
    assert there == names
    pattern = folder / f"{stem}.%0{digits}d.{extension}"
    curve = ("-vf", "format=gbrpf32le,zscale=transferin=linear:transfer=bt709") if spec == "exr" else ()
    assert _numbers("ffmpeg", "-start_number", str(first), "-i", str(pattern), *curve) == SHOWN


def test_frames_have_the_depth_and_the_tags_of_the_spec(forms: tuple[Path, dict[str, Delivered]], ffprobe: str) -> None:
    out, records = forms
    for spec, codec, pixels in (("png", "png", "rgb48be"), ("tiff", "tiff", "rgb24"), ("exr", "exr", "gbrpf32le")):
        frame = next(path for path in sorted((out / records[spec].file.path).iterdir()) if path.suffix != ".wav")
        command = [ffprobe, "-v", "error", "-show_streams", "-of", "json", str(frame)]
        listed = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)
        (stream,) = listed["streams"]
        assert (stream["codec_name"], stream["pix_fmt"]) == (codec, pixels)
        assert (stream["width"], stream["height"]) == (320, 180)
    png = next((out / records["png"].file.path).glob("*.png")).read_bytes()
    place = png.index(b"cICP")  # PNG, third edition, 11.3.2.6: primaries, transfer, matrix, full range
    assert png[place + 4 : place + 8] == bytes((1, 1, 0, 1))


def test_the_sound_of_frames_is_a_wav_that_says_when_it_begins(
    forms: tuple[Path, dict[str, Delivered]], ffprobe: str
) -> None:
    out, records = forms
    folder = out / records["png"].file.path
    wav = folder / f"{folder.name}.wav"
    command = [ffprobe, "-v", "error", "-show_streams", "-show_format", "-of", "json", str(wav)]
    listed = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)
    (stream,) = listed["streams"]
    assert (stream["codec_name"], stream["channels"], stream["duration_ts"]) == ("pcm_s24le", 2, FRAMES * 2002)
    # one hour of timecode is 86400 frames of 2002 samples
    assert listed["format"]["tags"]["time_reference"] == str(START * 2002)
    assert records["png"].samples == FRAMES * 2002


def test_the_receipt_and_the_manifest_name_each_file(forms: tuple[Path, dict[str, Delivered]]) -> None:
    out, records = forms
    record = records["png"]
    names = sorted(f"{record.file.path}/{path.name}" for path in (out / record.file.path).iterdir())
    assert [part.path for part in record.parts] == names
    assert len(names) == FRAMES + 1
    assert record.file.bytes == sum(part.bytes for part in record.parts)
    assert set(names) <= set(read_manifest(out))
    if shutil.which("sha256sum"):
        subprocess.run(["sha256sum", "--quiet", "-c", "MANIFEST.sha256"], cwd=out, check=True, timeout=60)
        # the folder's own hash is that of its files' list
        listed = subprocess.run(
            ["sha256sum", *[Path(name).name for name in names]],
            cwd=out / record.file.path,
            capture_output=True,
            check=True,
        )
        summed = subprocess.run(["sha256sum"], input=listed.stdout, capture_output=True, check=True)
        assert summed.stdout.decode().split()[0] == record.file.sha256
    assert verify(out).findings == ()


@pytest.mark.parametrize(
    ("damage", "rules"), [("missing", ["verify.missing"]), ("altered", ["verify.changed"]), ("more", ["verify.extra"])]
)
def test_verify_notices_one_frame(
    forms: tuple[Path, dict[str, Delivered]], tmp_path: Path, damage: str, rules: list[str]
) -> None:
    out = tmp_path / "delivery"
    shutil.copytree(forms[0], out)
    folder = out / forms[1]["tiff"].file.path
    victim = sorted(folder.iterdir())[7]
    if damage == "missing":
        victim.unlink()
    elif damage == "altered":
        content = bytearray(victim.read_bytes())
        content[-1] ^= 1
        victim.write_bytes(content)
    else:
        shutil.copy(victim, folder / "more.tif")
    assert [finding.rule for finding in verify(out).findings] == rules


def test_a_second_run_makes_nothing_and_other_content_is_not_overwritten(tmp_path: Path) -> None:
    order = write_forms(tmp_path, ("png",))
    (first,) = delivered(order).deliverables
    before = all_files(tmp_path / "delivery")
    (second,) = delivered(order).deliverables
    assert (second.outcome, second.parts) == ("unchanged", first.parts)
    assert all_files(tmp_path / "delivery") == before
    shutil.rmtree(tmp_path / ".twopop")
    (third,) = delivered(order).deliverables  # nobody knows any more where the folder comes from
    assert (third.outcome, [finding.rule for finding in third.findings][-1]) == ("blocked", "file.exists")
    assert all_files(tmp_path / "delivery") == before


def test_another_number_of_workers_makes_the_same_bytes(tmp_path: Path) -> None:
    made = []
    for workers in (1, 2):
        folder = tmp_path / str(workers)
        write_forms(folder, ("png", "exr", "gif", "webp", "jpeg"), workers=workers)
        assert deliver_apart(folder) == "delivered"
        made.append(all_files(folder / "delivery"))
    assert made[0] == made[1]
    assert len(made[0]) == 2 * FRAMES + 1 + 3 + 1


def test_killed_between_two_files_there_is_no_folder_and_the_next_run_makes_it(tmp_path: Path) -> None:
    write_forms(tmp_path, ("tiff",))
    out = tmp_path / "delivery"
    with delivering(tmp_path) as process:
        while process.poll() is None:
            halves = [path for path in out.glob("tiff/.partial-*") if len(list(path.iterdir())) > 3]
            if halves:
                process.kill()
                break
        process.wait()
    assert halves, "it was over before it could be killed"
    assert not [path for path in out.glob("tiff/*") if not path.name.startswith(".partial-")]
    assert deliver_apart(tmp_path) == "delivered"
    (folder,) = [path for path in out.glob("tiff/*") if not path.name.startswith(".partial-")]
    assert len(list(folder.iterdir())) == FRAMES
    assert verify(out).findings == ()


# -- stills ------------------------------------------------------------------------------------------------------------


def _poster(order: Path, spec: str = "poster") -> int | None:
    (record,) = delivered(order).deliverables
    assert record.outcome == "delivered", record.findings
    (number,) = _numbers(shutil.which("ffmpeg") or "ffmpeg", "-i", str(order.parent / "delivery" / record.file.path))
    return number


@other_ffmpeg
def test_a_poster_is_the_middle_of_the_longest_shot(forms: tuple[Path, dict[str, Delivered]]) -> None:
    out, records = forms
    for spec in ("poster", "jpeg"):
        path = out / records[spec].file.path
        assert _numbers("ffmpeg", "-i", str(path)) == [SHOWN[SECOND // 2]]
        assert records[spec].frames == 1


@other_ffmpeg
@pytest.mark.parametrize(
    ("order", "markers", "frame"),
    [
        ("", [("POSTER", 30), ("other", 2)], 30),
        ('poster = "01:00:01:11"', [("POSTER", 30)], 35),
        ('poster = "02:00:00:00"', [("poster", 5)], 5),
    ],
)
def test_the_order_or_a_marker_says_which(
    tmp_path: Path, order: str, markers: list[tuple[str, int]], frame: int
) -> None:
    marks = [marker(name, START + at, 0, FILM) for name, at in markers]
    assert _poster(write_forms(tmp_path, ("poster",), order=order, markers=marks)) == SHOWN[frame]


def test_a_poster_that_is_no_timecode_is_told(tmp_path: Path) -> None:
    (deliverable,) = planned(write_forms(tmp_path, ("poster",), order='poster = "now"')).deliverables
    assert deliverable.state == "blocked"
    assert "poster" in "".join(f"{finding.where} {finding.message}" for finding in deliverable.findings)


def test_stills_and_previews_divide_no_other_deliverable(tmp_path: Path) -> None:
    alone, beside = (planned(write_forms(tmp_path, specs)) for specs in (("movie",), ("movie", "poster", "gif")))
    assert beside.deliverables[0].segments == alone.deliverables[0].segments


# -- previews ----------------------------------------------------------------------------------------------------------


def _seen(rate: Any, count: int) -> list[int]:
    """What is seen at the moments of *count* frames at *rate*: the last frame of the cut that has begun."""
    return [SHOWN[int(number / rate * FILM)] for number in range(count)]


@other_ffmpeg
def test_a_gif_shows_what_is_seen_at_its_own_moments(forms: tuple[Path, dict[str, Delivered]], ffprobe: str) -> None:
    out, records = forms
    path = out / records["gif"].file.path
    rate = Fraction(25, 2)
    assert records["gif"].frames == 12  # of one second (24 frames, 1.001 s) 12.51 preview frames have been seen
    assert _numbers("ffmpeg", "-i", str(path)) == _seen(rate, 12)
    command = [ffprobe, "-v", "error", "-show_packets", "-of", "json", str(path)]
    listed = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)["packets"]
    assert {packet["duration_time"] for packet in listed} == {"0.080000"}
    content = path.read_bytes()
    assert content.count(b"NETSCAPE2.0\x03\x01\x00\x00") == 1  # plays without end


def test_a_webp_shows_what_is_seen_at_its_own_moments(forms: tuple[Path, dict[str, Delivered]], ffmpeg: Path) -> None:
    out, records = forms
    path = out / records["webp"].file.path
    assert records["webp"].frames == 16  # 40 frames are 1.668 s: longer than the cut it cannot be
    if "webp_anim" not in subprocess.run([str(ffmpeg), "-demuxers"], capture_output=True, text=True).stdout:
        pytest.skip("this ffmpeg reads no animated WebP")
    assert _numbers(str(ffmpeg), "-i", str(path)) == _seen(10, 16)


def test_previews_and_stills_are_silent_and_have_no_timecode(forms: tuple[Path, dict[str, Delivered]]) -> None:
    for spec in ("gif", "webp", "poster", "jpeg"):
        record = forms[1][spec]
        assert (record.samples, record.sounds, record.start_timecode, record.parts) == (0, (), "", ())


# -- specs -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spec", "old", "new", "said"),
    [
        ("gif", '"25/2"', "12", "cannot have 12 frames a second exactly"),
        ("webp", "rate = 10", "rate = 30", "cannot have 30 frames a second exactly"),
        ("gif", 'format = "gif"', 'format = "mov"', r"\[preview\] is no mov"),
        ("png", 'format = "image2"', 'format = "mov"', r"\[frames\] is no mov"),
        ("poster", "still = {}", "", "audio"),
        ("poster", "still = {}", PCM, "wants one of"),
        ("poster", "still = {}", "still = {}\nframes = {}", "one of"),
        ("poster", "still = {}", f"still = {{}}\n{PCM}", "no place for this sound"),
        ("tiff", 'start_timecode = "program"', "", "start timecode that there is not"),
        ("movie", PCM, "", "audio"),
    ],
)
def test_specs_that_cannot_be(tmp_path: Path, spec: str, old: str, new: str, said: str) -> None:
    from twopop import InputError, read_spec

    path = tmp_path / "odd.toml"
    text = HEAD.format(name="odd") + f"{SPECS[spec]}{SIZES}\n"
    assert old in text
    path.write_text(text.replace(old, new))
    with pytest.raises(InputError, match=said):
        read_spec(path)
