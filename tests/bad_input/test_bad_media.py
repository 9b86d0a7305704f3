"""Media that are missing, unreadable, short, of another rate, cut off, or no media at all."""

from __future__ import annotations

import os
import struct

import av
import pytest
from opentimelineio import opentime, schema
from tiny_project import FRAMES, RATE, TinyProject, clip, sound

from support.numbered import H264, INTRA, make_numbered, read_number, read_numbers


def test_missing_media_is_named_with_its_clip_and_the_places_looked_in(project):
    project.cut([clip("gone/lost.mov", name="the lost shot")])
    said = project.run("plan", status=1).said
    for word in ("the lost shot", "gone/lost.mov", "is not there", str(project.folder / "media"), "[timeline] media"):
        assert word in said
    said = project.run("deliver", status=1).said
    assert "gone/lost.mov" in said
    assert project.delivered == []


def test_every_missing_file_is_told_at_once(project):
    project.cut([clip(f"lost{n}.mov", name=f"shot {n}", frames=10) for n in range(3)])
    said = project.run("plan", status=1).said
    assert all(f"lost{n}.mov" in said for n in range(3))


def test_missing_sound_is_named_too(project):
    project.cut([clip(project.sources / "a.mov")], sound(clip("lost.wav", name="the voice")))
    said = project.run("deliver", status=1).said
    assert "lost.wav" in said
    assert "is not there" in said
    assert project.delivered == []


def test_a_folder_called_like_a_clip(project):
    (project.folder / "media" / "shot.mov").mkdir(parents=True)
    project.cut([clip("media/shot.mov")])
    said = project.run("plan", status=1).said
    assert "media/shot.mov" in said
    assert "folder" in said


def test_media_that_may_not_be_read(project, unprivileged):
    path = project.media("locked.mov")
    project.cut([clip("media/locked.mov", name="the locked shot")])
    path.chmod(0)
    said = unprivileged(project, "plan", status=1).said
    assert "the locked shot" in said
    assert "locked.mov: The file cannot be read (Permission denied)" in said


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_called_like_a_clip_is_not_waited_for(project):
    os.mkfifo(project.folder / "pipe.mov")
    project.cut([clip("pipe.mov")])
    said = project.process("plan", status=1).said
    assert "pipe.mov" in said


def test_media_shorter_than_the_cut_needs(project):
    project.cut([clip(project.sources / "a.mov", first=40, frames=20, available=100, name="the long shot")])
    said = project.run("plan", status=1).said
    assert "a.mov has 50 frames, but the cut needs frames 40 to 59: 10 after its last frame." in said
    assert "01:00:00:00 the long shot" in said
    project.run("deliver", status=1)
    assert project.delivered == []


def test_a_cut_that_begins_before_its_media(project):
    project.cut([clip(project.sources / "a.mov", first=-5, frames=20)])
    said = project.run("plan", status=1).said
    assert "before its first frame" in said


def test_media_of_another_rate_than_the_timeline_says_are_conformed_and_shown_exactly(project):
    """The timeline counts the source at 25; the file has 50 frames a second: the same moments are shown."""
    make_numbered(project.folder / "fast.mov", frames=100, rate=50, size=(64, 36), codec=INTRA)
    project.cut([clip("fast.mov", first=10, frames=20)])
    project.order(matrix=[{"durations": ["full"], "aspects": ["1:1"], "specs": ["tiny"]}])
    project.run("deliver", status=0)
    assert read_numbers(project.finished()) == [20 + 2 * frame for frame in range(20)]


def test_a_clip_without_media(project):
    bare = schema.Clip(
        name="offline",
        source_range=opentime.TimeRange(opentime.RationalTime(0, RATE), opentime.RationalTime(10, RATE)),
    )
    project.cut([clip(project.sources / "a.mov", frames=10), bare])
    said = project.run("deliver", status=1).said
    assert "01:00:00:10 offline" in said
    assert "The timeline names no media for this clip." in said
    assert "[timeline] media" in said
    assert project.delivered == []


# -- damaged -----------------------------------------------------------------------------------------------------------


def _moov_first(project: TinyProject) -> bytes:
    path = project.folder / "whole.mp4"
    make_numbered(path, frames=FRAMES, rate=RATE, size=(320, 180), codec=H264, more=("-movflags", "+faststart"))
    return path.read_bytes()


def test_an_mp4_whose_index_at_the_end_is_missing(project):
    path = project.folder / "whole.mp4"
    make_numbered(path, frames=FRAMES, rate=RATE, size=(64, 36), codec=INTRA)
    data = path.read_bytes()
    assert data.rfind(b"moov") > data.find(b"mdat")
    project.write("cut.mp4", data[: data.rfind(b"moov") - 20])
    project.cut([clip("cut.mp4")])
    said = project.run("plan", status=1).said
    assert "cut.mp4" in said
    assert "cut off" in said
    project.run("deliver", status=1)
    assert project.delivered == []


@pytest.mark.parametrize("share", [0.15, 0.5, 0.8, 0.97])
@pytest.mark.parametrize("used", [10, FRAMES])
def test_an_mp4_whose_index_promises_more_than_there_is(project, share, used):
    """The index comes first and says 50 frames; the pictures end early. No cut takes from it, however short."""
    data = _moov_first(project)
    begin = data.find(b"mdat")
    project.write("cut.mp4", data[: begin + int((len(data) - begin) * share)])
    project.cut([clip("cut.mp4", frames=used)])
    project.order(matrix=[{"durations": ["full"], "aspects": ["1:1"], "specs": ["tiny"]}])
    said = project.run("plan", status=1).said
    assert "cut.mp4: The file is cut off" in said
    assert "Copy or export it again" in said
    project.run("deliver", status=1)
    assert project.delivered == []


def test_sound_that_is_cut_off(project):
    path = project.folder / "long.wav"
    samples = struct.pack("<h", 1000) * 96000
    header = (
        b"RIFF"
        + struct.pack("<I", 36 + len(samples))
        + b"WAVEfmt "
        + struct.pack("<IHHIIHH", 16, 1, 1, 48000, 96000, 2, 16)
        + b"data"
        + struct.pack("<I", len(samples))
    )
    path.write_bytes(header + samples[: len(samples) // 2])
    project.cut([clip(project.sources / "a.mov")], sound(clip("long.wav", name="the voice")))
    said = project.run("plan", status=1).said
    assert "long.wav" in said


# -- what is no media --------------------------------------------------------------------------------------------------


def test_a_text_file_called_mov(project):
    project.write("notes.mov", "These are my notes on the cut.\n")
    project.cut([clip("notes.mov")])
    said = project.run("plan", status=1).said
    assert "notes.mov" in said
    assert "no media file" in said
    assert "text" in said


@pytest.mark.parametrize("content", [b"", b"\x00" * 4096, b"\xff" * 4096, bytes(range(256)) * 64])
def test_bytes_that_are_no_media(project, content):
    project.write("noise.mov", content)
    project.cut([clip("noise.mov")])
    said = project.run("plan", status=1).said
    assert "noise.mov" in said


def _lists(target: str) -> dict[str, str]:
    ranges = f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2.0,\n{target}\n#EXT-X-ENDLIST\n"
    return {
        "list.m3u8": ranges,
        "list.mov": ranges,
        "list.mp4": "\n \n" + ranges,
        "bom.mov": "\ufeff" + ranges,
        "concat.mov": f"ffconcat version 1.0\nfile '{target}'\n",
        "concat.ffconcat": f"ffconcat version 1.0\nfile '{target}'\n",
        "bare.mov": f"# a list\nfile '{target}'\n",
        "dash.mpd": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static">'
        f"<Period><AdaptationSet><Representation><BaseURL>{target}</BaseURL></Representation></AdaptationSet></Period></MPD>",
        "play.mov": f"[playlist]\nFile1={target}\n",
        "session.mov": f"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nm=video 5004 RTP/AVP 96\r\n{target}\r\n",
        "sub.mov": f"1\n00:00:00,000 --> 00:00:02,000\n{target}\n",
    }


@pytest.mark.parametrize("kind", [*_lists("")])
def test_a_playlist_is_not_followed(project, kind):
    target = project.media("target.mov")
    project.write(kind, _lists(str(target))[kind])
    project.cut([clip(kind, name="the list")])
    said = project.run("plan", status=1).said
    assert kind in said
    assert "the list" in said
    project.run("deliver", status=1)
    assert project.delivered == []
    assert not list((project.folder / ".twopop").rglob("store/segments/*/*"))


@pytest.mark.parametrize("kind", ["list.m3u8", "concat.mov"])
def test_a_playlist_as_sound_is_not_followed(project, kind):
    target = project.media("target.mov")
    project.write(kind, _lists(str(target))[kind])
    project.cut([clip(project.sources / "bare.mov")], sound(clip(kind, name="the voice")))
    said = project.run("deliver", status=1).said
    assert kind in said
    assert project.delivered == []


# -- a movie that is only a list ---------------------------------------------------------------------------------------


def test_a_reference_movie_is_not_followed(project):
    """A QuickTime movie may say that its pictures lie in another file (ISO/IEC 14496-12, 8.7.2, and QuickTime aliases).

    Opened by a reader that does follow, this one shows the other file's frames: the bait is live.
    """
    target = project.folder / "secret.mov"
    make_numbered(target, frames=FRAMES, rate=RATE, size=(320, 180), codec=INTRA, start=1000)
    bait = project.write("bait.mov", _referring(target.read_bytes(), str(target)))
    following = {"enable_drefs": "1", "use_absolute_path": "1"}
    with av.open(f"file:{bait}", options=following) as container:
        luma = next(iter(container.decode(video=0))).to_ndarray(format="gray")
    assert read_number(luma) == 1000
    project.cut([clip("bait.mov", frames=10)])
    project.order(matrix=[{"durations": ["full"], "aspects": ["1:1"], "specs": ["tiny"]}])
    said = project.run("deliver", status=1).said
    assert "bait.mov" in said
    assert project.delivered == []


def _referring(data: bytes, path: str) -> bytes:
    """The movie in *data* without its pictures, and with an alias record to the file at *path* in their place."""
    media, index = data.find(b"mdat") - 4, data.rfind(b"moov") - 4
    length = int.from_bytes(data[media : media + 4], "big")
    empty = data[:media] + data[media : media + 8] + bytes(length - 8)
    return empty + _with_alias(data[index:], path)


def _with_alias(atom: bytes, path: str) -> bytes:
    """*atom* and all in it, the data reference exchanged for an alias."""
    kind, inside = atom[4:8], atom[8 : int.from_bytes(atom[:4], "big")]
    if kind == b"dref":
        inside = bytes(4) + struct.pack(">I", 1) + _alias(path)
    elif kind in (b"moov", b"trak", b"mdia", b"minf", b"dinf"):
        parts, place = [], 0
        while place < len(inside):
            size = int.from_bytes(inside[place : place + 4], "big")
            parts.append(_with_alias(inside[place : place + size], path))
            place += size
        inside = b"".join(parts)
    return struct.pack(">I", 8 + len(inside)) + kind + inside


def _alias(path: str) -> bytes:
    """An alias record (version 2) whose only clue is the absolute path."""
    name = path.rpartition("/")[2].encode()[:63]
    record = bytes(10) + b"\x00" + bytes(27) + bytes(12) + bytes([len(name)]) + name.ljust(63, b"\0")
    told = path.encode()
    clue = struct.pack(">hH", 2, len(told)) + told + bytes(len(told) % 2)
    body = bytes(4) + record + bytes(36) + clue + struct.pack(">hH", -1, 0)
    return struct.pack(">I", 8 + len(body)) + b"alis" + body
