"""A master patched with a render of what changed: packets replaced, everything else as it was."""

from __future__ import annotations

import json
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from support.numbered import DNXHR, H264, INTRA, PRORES, make_numbered, read_numbers
from support.projects import FILM
from twopop.delivery import insert as inserting
from twopop.delivery.insert import insert_edit
from twopop.delivery.session import open_session
from twopop.errors import EditorError, InputError, StudioError
from twopop.picture.tools import find_ffmpeg

TAGGED = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"
CODECS = {"prores.mov": PRORES, "dnxhr.mov": DNXHR, "dnxhr.mxf": DNXHR, "h264.mov": INTRA, "h264.mp4": INTRA}
PCM = ("-map", "0", "-map", "1", "-map", "2", "-c:a", "pcm_s24le")


def made(path: Path, frames: int, codec, start: int, timecode: str, tones=(440, 880), more=()):
    seconds = frames * 1001 / 24000
    inputs = [each for tone in tones for each in ("-f", "lavfi", "-i", f"sine=f={tone}:r=48000:d={seconds:.6f}")]
    sound = ("-map", "0", "-map", "1", "-c:a", "aac") if path.suffix == ".mp4" else PCM if tones else ()
    words = ("-timecode", timecode, *sound, "-metadata:s:a:0", "language=eng", *more)
    return make_numbered(path, frames=frames, rate=FILM, codec=codec, start=start, filters=TAGGED, inputs=inputs,
                         more=words)  # fmt: skip


@pytest.fixture(scope="module")
def reels(tmp_path_factory):
    """A master of 96 frames from 01:00:00:00 and a render of frames 24 to 40, in every form."""
    folder = tmp_path_factory.mktemp("reels")
    for name, codec in CODECS.items():
        made(folder / f"master-{name}", 96, codec, 0, "01:00:00:00", more=("-metadata", "title=Harbour"))
        made(folder / f"render-{name}", 16, codec, 1000, "01:00:01:00", tones=(1000, 1200))
    return folder


@pytest.fixture
def session(tmp_path):
    return open_session(tmp_path)


WANTED = [*range(24), *range(1000, 1016), *range(40, 96)]


def packets(ffprobe, path, stream="v:0"):
    given = ["-select_streams", stream, "-show_packets", "-show_data_hash", "md5", "-of", "json", f"file:{path}"]
    done = subprocess.run([ffprobe, "-v", "error", *given], capture_output=True, check=True)
    return json.loads(done.stdout)["packets"]


def samples(path, track=0) -> bytes:
    raw = ["-v", "error", "-i", f"file:{path}", "-map", f"0:a:{track}", "-f", "s32le", "-c:a", "pcm_s32le", "-"]
    return subprocess.run([str(find_ffmpeg()), *raw], capture_output=True, check=True).stdout


def hashes(ffprobe, path):
    return [packet["data_hash"] for packet in packets(ffprobe, path)]


@pytest.mark.parametrize("name", CODECS)
def test_the_range_is_the_renders_and_all_else_the_masters(tmp_path, session, reels, ffprobe, name):
    master, render, out = reels / f"master-{name}", reels / f"render-{name}", tmp_path / f"new-{name}"
    before = master.read_bytes()
    done = insert_edit(session, master, render, out=out)
    assert (done.start, done.stop, done.frames, done.kept, done.sound) == (
        "01:00:01:00", "01:00:01:16", 16, 80, "kept",
    )  # fmt: skip
    assert read_numbers(out) == WANTED
    old, new, put = (hashes(ffprobe, path) for path in (master, out, render))
    assert new == [*old[:24], *put, *old[40:]]
    times = [int(packet["pts"]) for packet in packets(ffprobe, out)]
    assert {after - one for one, after in pairwise(times)} == {times[1] - times[0]}
    for track in range(1 if name.endswith("mp4") else 2):
        assert samples(out, track) == samples(master, track)
    assert master.read_bytes() == before
    assert [*tmp_path.glob(".partial*")] == []
    was, told = asked(ffprobe, master), asked(ffprobe, out)
    assert "01:00:00:00" in json.dumps(told)
    if not name.endswith("mxf"):
        assert told["format"]["tags"]["title"] == "Harbour"
        assert [each.get("tags", {}).get("language") for each in was["streams"]] == [
            each.get("tags", {}).get("language") for each in told["streams"]
        ]


def asked(ffprobe, path):
    given = ["-show_streams", "-show_format", "-of", "json", f"file:{path}"]
    return json.loads(subprocess.run([ffprobe, "-v", "error", *given], capture_output=True, check=True).stdout)


def test_twice_gives_the_same_bytes(tmp_path, session, reels):
    for name in ("prores.mov", "dnxhr.mxf"):
        one, two = tmp_path / f"one-{name}", tmp_path / f"two-{name}"
        for out in (one, two):
            insert_edit(session, reels / f"master-{name}", reels / f"render-{name}", out=out)
        assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize(
    ("at", "first"), [("01:00:00:00", 0), ("01:00:03:08", 80), ("01:00:00:01", 1)], ids=["head", "tail", "second frame"]
)
def test_at_either_end(tmp_path, session, reels, at, first):
    out = tmp_path / "new.mov"
    insert_edit(session, reels / "master-prores.mov", reels / "render-prores.mov", at=at, out=out)
    assert read_numbers(out) == [*range(first), *range(1000, 1016), *range(first + 16, 96)]


def test_the_sound_of_the_range_too(tmp_path, session, reels):
    out = tmp_path / "new.mov"
    master, render = reels / "master-prores.mov", reels / "render-prores.mov"
    assert insert_edit(session, master, render, out=out, with_sound=True).sound == "replaced"
    assert read_numbers(out) == WANTED
    begin, end = (frame * 2002 * 4 for frame in (24, 40))  # at 24000/1001 a frame is 2002 samples of 48 kHz
    for track in (0, 1):
        old, new, put = (samples(path, track) for path in (master, out, render))
        assert (len(new), new[:begin], new[end:]) == (len(old), old[:begin], old[end:])
        assert new[begin:end] == put[: end - begin] != old[begin:end]


def test_replacing_keeps_the_old_master(tmp_path, session, reels):
    master = tmp_path / "master.mov"
    master.write_bytes((reels / "master-prores.mov").read_bytes())
    before = master.read_bytes()
    done = insert_edit(session, master, reels / "render-prores.mov", replace=True)
    assert (done.out, done.old) == (str(master), str(tmp_path / "master.old.mov"))
    assert read_numbers(master) == WANTED
    assert (tmp_path / "master.old.mov").read_bytes() == before
    with pytest.raises(EditorError, match="such a file already") as raised:
        insert_edit(session, master, reels / "render-prores.mov", replace=True)
    assert "master.old.mov" in raised.value.where
    assert (tmp_path / "master.old.mov").read_bytes() == before


def test_nothing_is_overwritten(tmp_path, session, reels):
    theirs = tmp_path / "new.mov"
    theirs.write_text("theirs")
    with pytest.raises(EditorError, match="such a file already"):
        insert_edit(session, reels / "master-prores.mov", reels / "render-prores.mov", out=theirs)
    assert theirs.read_text() == "theirs"


@pytest.mark.parametrize("fault", ["frame", "sound"])
def test_a_file_that_reads_back_otherwise_is_not_kept(tmp_path, session, reels, monkeypatch, fault):
    from twopop.picture import inserting as module

    assemble = module.assemble

    def damaged(out, pieces, **given):
        if fault == "frame":
            pieces = [module.Piece(p.path, min(p.first + 1, 5), p.frames, p.stream) for p in pieces]
        else:
            given["sounds"] = [reels / "render-prores.mov"]
        assemble(out, pieces, **given)

    monkeypatch.setattr(module, "assemble", damaged)
    master = tmp_path / "master.mov"
    master.write_bytes((reels / "master-prores.mov").read_bytes())
    with pytest.raises((StudioError, EditorError)) as raised:
        insert_edit(session, master, reels / "render-prores.mov", at="01:00:01:00", replace=True)
    assert fault == "frame" or "the sound" in raised.value.what
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".mov"] == ["master.mov"]
    assert master.read_bytes() == (reels / "master-prores.mov").read_bytes()


def test_what_is_refused(tmp_path, session, reels):
    def said(master, render, kind=EditorError, **how):
        with pytest.raises(kind) as raised:
            insert_edit(session, master, render, out=tmp_path / f"never{Path(master).suffix}", **how)
        assert raised.value.remedy
        return raised.value.what

    master, render = reels / "master-prores.mov", reels / "render-prores.mov"
    gop = made(tmp_path / "gop.mp4", 24, H264, 0, "01:00:00:00")
    assert said(gop, render).startswith("This file is long GOP")
    assert said(master, gop, at="01:00:00:00").startswith("This file is long GOP")
    hq = made(
        tmp_path / "hq.mov", 8, ("-c:v", "prores_ks", "-profile:v", "3", "-pix_fmt", "yuv422p10le"), 0, "01:00:00:00"
    )
    assert "it is prores HQ and not prores Proxy" in said(master, hq)
    assert "it is dnxhd DNXHR LB and not prores Proxy; yuv422p and not yuv422p10le" in said(
        master, reels / "render-dnxhr.mov"
    )
    assert "01:00:03:16 to 01:00:04:08, the master runs from 01:00:00:00 to 01:00:04:00" in said(
        master, render, at="01:00:03:16"
    )
    assert "is no timecode" in said(master, render, at="soon", kind=InputError)
    assert "such file" in said(tmp_path / "none.mov", render, kind=InputError)
    mute = made(tmp_path / "mute.mov", 8, PRORES, 0, "01:00:00:00", tones=())
    assert "The render's sound (none) is not in the master's form" in said(master, mute, with_sound=True)
    aac = said(reels / "master-h264.mp4", reels / "render-h264.mp4", with_sound=True)
    assert aac == "The master's sound is aac, which cannot be cut between samples."
    assert not [*tmp_path.glob("never*")]


def test_a_track_that_would_be_lost_is_told(tmp_path, session, reels):
    (tmp_path / "en.srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nHello\n")
    captioned = tmp_path / "captioned.mov"
    given = ["-i", str(reels / "master-prores.mov"), "-i", str(tmp_path / "en.srt"), "-map", "0:v", "-map", "0:a"]
    subprocess.run([str(find_ffmpeg()), "-v", "error", *given, "-map", "1", "-c", "copy", "-c:s", "mov_text",
                    str(captioned)], check=True)  # fmt: skip
    with pytest.raises(EditorError, match="tracks that would be lost"):
        insert_edit(session, captioned, reels / "render-prores.mov")


def test_the_command_says_what_it_did(tmp_path, reels, monkeypatch):
    from typer.testing import CliRunner

    from twopop.cli.app import app

    (tmp_path / "m.mov").write_bytes((reels / "master-prores.mov").read_bytes())
    monkeypatch.chdir(tmp_path)
    render = str(reels / "render-prores.mov")
    done = CliRunner().invoke(app, ["insert", "m.mov", render, "--at", "01:00:02:00"])
    assert done.exit_code == 0, done.output
    assert "m.new.mov: 16 frames from render-prores.mov, 01:00:02:00 to 01:00:02:16." in done.output
    assert "The other 80 frames are the master's own, and so is the sound." in done.output
    again = CliRunner().invoke(app, ["insert", "m.mov", render, "--json", "--out", "other.mov"])
    assert json.loads(again.output)["schema"] == inserting.SCHEMA
    assert CliRunner().invoke(app, ["insert", "m.mov", render, "--at", "01:00:02:00"]).exit_code == 1
