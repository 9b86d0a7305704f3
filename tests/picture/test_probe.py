from __future__ import annotations

import hashlib
import json
import subprocess
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.numbered import H264, INTRA, PRORES, make_numbered
from twopop.errors import InputError
from twopop.media import FORMATS, PROTOCOLS
from twopop.picture import probe as module
from twopop.picture.probe import MediaLibrary, probe
from twopop.time import Rate

STANDARD = [Rate(24000, 1001), Rate(24), Rate(25), Rate(30000, 1001), Rate(30), Rate(50), Rate(60000, 1001), Rate(60)]


def of(path: Path) -> module.PictureFacts:
    picture = probe(path).picture
    assert picture is not None
    return picture


@pytest.mark.parametrize(
    ("suffix", "rate"),
    [(".mp4", Fraction(30000, 1001)), (".mkv", Fraction(24000, 1001)), (".ts", 25), (".mov", 60), (".avi", 24)],
)
def test_rate_and_count(tmp_path, suffix, rate):
    picture = of(make_numbered(tmp_path / f"a{suffix}", frames=50, rate=rate))
    assert (picture.rate, picture.frames, picture.uniform, picture.size) == (rate, 50, True, (320, 180))
    assert picture.start == 0


@given(
    rate=st.sampled_from(STANDARD), count=st.integers(20, 400), tick=st.sampled_from([1000, 90000, 600, 12800, 44100])
)
@settings(deadline=None)
def test_rounded_times_give_the_exact_rate(rate, count, tick):
    ticks = [round(n * tick / rate) for n in range(count)]
    found, uniform = module._rate(ticks, Fraction(1, tick), [rate])
    assert uniform
    assert found == rate


def test_uneven_times_are_not_uniform_and_have_a_nominal_rate(tmp_path):
    path = make_numbered(
        tmp_path / "vfr.mp4",
        frames=40,
        rate=30,
        filters="settb=1/90000,setpts='(N+floor(N/7)*2)*3000'",
        more=("-video_track_timescale", "90000"),
    )
    picture = of(path)
    assert (picture.uniform, picture.rate, picture.frames) == (False, Rate(30), 40)


def test_a_hold_at_the_end_is_not_hidden_by_the_average(tmp_path):
    path = make_numbered(
        tmp_path / "gap.mp4",
        frames=30,
        rate=25,
        filters="setpts='if(eq(N,29),N+5,N)/25/TB'",
        more=("-video_track_timescale", "12800"),
    )
    assert not of(path).uniform


def test_against_ffprobe(tmp_path, ffprobe):
    path = make_numbered(
        tmp_path / "a.mov", frames=33, rate=Fraction(24000, 1001), codec=PRORES, more=("-timecode", "01:02:03:04")
    )
    fields = "codec_name,width,height,r_frame_rate,nb_read_packets,pix_fmt"
    said = json.loads(
        subprocess.run(
            [
                ffprobe,
                "-v",
                "error",
                "-select_streams",
                "v",
                "-count_packets",
                "-show_entries",
                f"stream={fields}",
                "-of",
                "json",
                str(path),
            ],
            capture_output=True,
            check=True,
        ).stdout
    )["streams"][0]
    facts = probe(path)
    picture = facts.picture
    assert picture is not None
    assert [picture.codec, *picture.size, str(picture.rate), str(picture.frames), picture.pixel_format] == [
        said[key] for key in ("codec_name", "width", "height", "r_frame_rate", "nb_read_packets", "pix_fmt")
    ]
    assert facts.timecode == "01:02:03:04"
    assert facts.content == hashlib.sha256(path.read_bytes()).hexdigest()


def test_frames_hidden_by_an_edit_list_are_not_counted(tmp_path, ffmpeg):
    whole = make_numbered(tmp_path / "whole.mp4", frames=60, codec=(*H264[:-2], "-g", "30", "-pix_fmt", "yuv420p"))
    cut = tmp_path / "cut.mp4"
    subprocess.run([str(ffmpeg), "-v", "error", "-ss", "0.8", "-i", str(whole), "-c", "copy", str(cut)], check=True)
    shown = subprocess.run(
        [str(ffmpeg), "-v", "info", "-i", str(cut), "-fps_mode", "passthrough", "-f", "null", "-"],
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    assert f"frame={of(cut).frames:5d}" in shown
    assert of(cut).frames < 60


def test_colour_rotation_shape_and_interlace(tmp_path, ffmpeg):
    tagged = ("-vf", "setparams=range=tv:color_primaries=bt2020:color_trc=arib-std-b67:colorspace=bt2020nc")
    make(ffmpeg, tmp_path / "c.mp4", *tagged, "-c:v", "libx264", "-pix_fmt", "yuv420p")
    colour = of(tmp_path / "c.mp4").colour
    assert (colour.matrix, colour.primaries, colour.transfer, colour.range) == (
        "bt2020nc",
        "bt2020",
        "arib-std-b67",
        "tv",
    )

    make(ffmpeg, tmp_path / "plain.mp4", "-c:v", "libx264", "-pix_fmt", "yuv420p")
    colour = of(tmp_path / "plain.mp4").colour
    assert (colour.matrix, colour.primaries, colour.transfer) == ("", "", "")

    # a display rotation of 90 degrees clockwise, as phones write it
    turned = [str(ffmpeg), "-v", "error", "-display_rotation", "-90", "-i", str(tmp_path / "plain.mp4"), "-c", "copy"]
    subprocess.run([*turned, str(tmp_path / "r.mp4")], check=True)
    assert of(tmp_path / "r.mp4").rotation == 90

    make(ffmpeg, tmp_path / "s.mov", "-vf", "setsar=16/11", "-c:v", "libx264", "-pix_fmt", "yuv420p")
    assert of(tmp_path / "s.mov").sample_aspect == Fraction(16, 11)

    make(ffmpeg, tmp_path / "i.mov", "-vf", "setfield=tff", "-c:v", "prores_ks", "-flags", "+ildct")
    assert of(tmp_path / "i.mov").scan == "tff"
    assert of(tmp_path / "plain.mp4").scan == "progressive"


def make(ffmpeg: Path, out: Path, *arguments: str) -> None:
    source = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=0.4"]
    subprocess.run([str(ffmpeg), "-y", "-v", "error", *source, *arguments, f"file:{out}"], check=True)


@pytest.mark.parametrize("name", ["a%03d.png", "b*[1].jpg", "c?{x}.tif", "-d.png"])
def test_stills_by_any_name(tmp_path, ffmpeg, name):
    made = tmp_path / f"plain{Path(name).suffix}"
    make(ffmpeg, made, "-frames:v", "1", "-update", "1")
    picture = of(made.rename(tmp_path / name))
    assert picture.still
    assert picture.frames == 1
    assert picture.size == (320, 180)


@pytest.mark.parametrize(
    ("codec", "suffix"),
    [("aac", ".m4a"), ("aac", ".mp4"), ("pcm_s24le", ".wav"), ("pcm_s24le", ".mov"), ("flac", ".flac")],
)
def test_sound_is_counted_as_it_is_played(tmp_path, ffmpeg, codec, suffix):
    path = tmp_path / f"a{suffix}"
    made = ["-f", "lavfi", "-i", "sine=r=48000,atrim=end_sample=48048", "-ac", "2", "-c:a", codec, str(path)]
    subprocess.run([str(ffmpeg), "-v", "error", *made], check=True)
    (sound,) = probe(path).sound
    assert (sound.samples, sound.rate, sound.channels, sound.codec) == (48048, 48000, 2, codec)


def test_cover_art_is_no_picture(tmp_path, ffmpeg):
    make(ffmpeg, tmp_path / "cover.png", "-frames:v", "1")
    inputs = ["-f", "lavfi", "-i", "sine=d=1", "-i", str(tmp_path / "cover.png")]
    mapped = ["-map", "0", "-map", "1", "-c:v", "copy", "-disposition:v", "attached_pic", str(tmp_path / "song.m4a")]
    subprocess.run([str(ffmpeg), "-v", "error", *inputs, *mapped], check=True)
    assert probe(tmp_path / "song.m4a").picture is None


def bad_files(folder: Path) -> dict[str, str]:
    good = make_numbered(folder / "good.mp4", frames=10, codec=INTRA)
    (folder / "empty.mov").touch()
    (folder / "text.mov").write_text("This is a text file, not a movie.\n")
    (folder / "cut.mp4").write_bytes(good.read_bytes()[: good.stat().st_size // 2])
    (folder / "noise.mov").write_bytes(bytes(range(256)) * 40)
    (folder / "list.mov").write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:1,\n{good}\n#EXT-X-ENDLIST\n")
    (folder / "concat.mp4").write_text(f"ffconcat version 1.0\nfile '{good}'\n")
    (folder / "picture.png").write_text("no picture")
    return {
        "missing.mov": "no such file",
        ".": "folder",
        "empty.mov": "empty",
        "text.mov": "holds text",
        "cut.mp4": "cut off",
        "noise.mov": "no media file",
        "list.mov": "not followed",
        "concat.mp4": "not followed",
        "picture.png": "no media file",
    }


def test_bad_files_are_refused_in_words(tmp_path):
    for name, words in bad_files(tmp_path).items():
        with pytest.raises(InputError, match=words) as raised:
            probe(tmp_path / name)
        assert raised.value.exit_status == 2
        assert raised.value.where.endswith(str(tmp_path / name))


@pytest.mark.parametrize(
    "codec", [("-c:v", "mpeg2video", "-f", "mpeg2video"), (*H264, "-f", "h264")], ids=["m2v", "h264"]
)
def test_a_stream_without_times_is_refused(tmp_path, codec):
    with pytest.raises(InputError, match="bare picture stream"):
        probe(make_numbered(tmp_path / "bare", frames=5, codec=codec))


def test_the_formats_alone_refuse_a_playlist(tmp_path):
    """The look at the first bytes is a courtesy; the whitelist is what holds."""
    import av

    good = make_numbered(tmp_path / "good.ts", frames=10)
    playlist = tmp_path / "list.m3u8"
    playlist.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:1,\n{good.name}\n#EXT-X-ENDLIST\n")
    options = {"protocol_whitelist": PROTOCOLS, "format_whitelist": FORMATS}
    with pytest.raises(av.FFmpegError):
        av.open(f"file:{playlist}", options=options)


def test_a_library_reads_each_file_once(tmp_path, monkeypatch):
    path = make_numbered(tmp_path / "a.mp4", frames=5, codec=INTRA)
    memory = tmp_path / "memory.json"
    first = MediaLibrary(memory)
    facts = first.facts(path)
    first.save()

    def no_probe(_: Path) -> None:
        raise AssertionError("probed again")

    with monkeypatch.context() as patched:
        patched.setattr(module, "probe", no_probe)
        assert MediaLibrary(memory).facts(path) == facts
    make_numbered(path, frames=6, codec=INTRA)
    changed = MediaLibrary(memory).facts(path).picture
    assert changed is not None
    assert changed.frames == 6


@pytest.mark.parametrize(
    "damage", [b"", b"{", b'{"schema": "twopop.media/99", "files": {}}', b'{"files": 3}', b"\xff\xfe"]
)
def test_a_damaged_memory_is_ignored(tmp_path, damage):
    path = make_numbered(tmp_path / "a.mp4", frames=5, codec=INTRA)
    (tmp_path / "memory.json").write_bytes(damage)
    library = MediaLibrary(tmp_path / "memory.json")
    assert library.facts(path) == probe(path)
    library.save()
    assert json.loads((tmp_path / "memory.json").read_bytes())["schema"] == "twopop.media/2"


@pytest.mark.footage
def test_real_footage_against_ffprobe(shared_media, ffprobe):
    for path in sorted((shared_media / "video").glob("*.mp4")):
        facts = probe(path)
        picture = facts.picture
        assert picture is not None
        fields = "stream=codec_name,width,height,r_frame_rate,nb_read_packets,pix_fmt"
        command = [
            ffprobe,
            "-v",
            "error",
            "-count_packets",
            "-select_streams",
            str(picture.index),
            "-show_entries",
            fields,
            "-of",
            "json",
        ]
        said = json.loads(subprocess.run([*command, str(path)], capture_output=True, check=True).stdout)["streams"][0]
        assert (picture.codec, picture.size) == (said["codec_name"], (said["width"], said["height"]))
        assert picture.frames == int(said["nb_read_packets"])
        if picture.uniform:
            assert picture.rate == Fraction(said["r_frame_rate"])
