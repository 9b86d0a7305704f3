"""Segments joined into a deliverable: every frame, every sample, every tag, by independent tools."""

from __future__ import annotations

import itertools
import json
import subprocess
from fractions import Fraction
from pathlib import Path

import msgspec
import pytest
from picture_recipes import HQ, X264, segment_of, take_of

from support.numbered import DNXHR, H264, INTRA, PRORES, read_numbers
from twopop.errors import EditorError, InputError, StudioError
from twopop.picture.assemble import assemble
from twopop.picture.pieces import Piece
from twopop.picture.probe import probe
from twopop.specs import Container
from twopop.time import Rate, samples_at

MP4 = Container(format="mp4", extension="mp4", options={"movflags": "+faststart"})
MOV = Container(format="mov", extension="mov")
RATES = [Rate(24000, 1001), Rate(25), Rate(30000, 1001)]
WORDS = {"title": 'Harbour: "lights" é', "copyright": "© ACME", "comment": "v003"}


@pytest.fixture
def sound(tmp_path, ffmpeg):
    """An encoded mix of exactly so many samples."""

    def make(samples: int, codec: str):
        path = tmp_path / ("mix.m4a" if codec == "aac" else "mix.mov")
        source = f"sine=f=440:r=48000,atrim=end_sample={samples}"
        encode = ["-ac", "2", "-c:a", codec, "-fflags", "+bitexact", "-flags:a", "+bitexact", str(path)]
        subprocess.run([str(ffmpeg), "-y", "-v", "error", "-f", "lavfi", "-i", source, *encode], check=True)
        return path

    return make


@pytest.fixture
def spot(render, numbered):
    """Three segments of 16 frames from two sources, and the numbers that they show."""

    def make(rate, encoding):
        one = numbered("24.mp4", rate=24, codec=H264)
        two = numbered("25.mov", rate=25, codec=PRORES)
        takes = [take_of(one, 0), take_of(two, 40, Fraction(1, 2)), take_of(one, 100)]
        paths = [render(segment_of(take, 16, rate=rate, encoding=encoding)) for take in takes]
        return [Piece(path) for path in paths], [take.source_frame(k) for take in takes for k in range(16)]

    return make


@pytest.mark.parametrize("rate", RATES, ids=str)
@pytest.mark.parametrize(
    ("container", "encoding", "codec"), [(MP4, X264, "aac"), (MOV, HQ, "pcm_s24le")], ids=["mp4", "mov"]
)
def test_every_frame_and_sample(tmp_path, spot, sound, ffprobe, rate, container, encoding, codec):
    segments, numbers = spot(rate, encoding)
    samples = samples_at(48, rate, 48000)
    start = "01:00:00;00" if rate.may_drop else "01:00:00:00"
    out = tmp_path / f"-out'%d.{container.extension}"
    given = {"container": container, "sounds": [sound(samples, codec)], "timecode": start, "metadata": WORDS}
    assemble(out, segments, rate=rate, frames=48, **given)
    first = out.read_bytes()

    assert read_numbers(out) == numbers
    facts = probe(out)
    assert (facts.picture.frames, facts.picture.rate, facts.picture.uniform, facts.picture.start) == (48, rate, True, 0)
    assert facts.sound[0].samples == samples
    assert facts.timecode == start
    assert facts.metadata == WORDS
    said = asked(ffprobe, out)
    picture, heard = (next(s for s in said["streams"] if s["codec_type"] == kind) for kind in ("video", "audio"))
    assert picture["r_frame_rate"] == picture["avg_frame_rate"] == f"{rate.numerator}/{rate.denominator}"
    assert (picture["nb_read_packets"], picture["start_time"], heard["start_time"]) == ("48", "0.000000", "0.000000")
    assert [picture[f"color_{tag}"] for tag in ("range", "space", "transfer", "primaries")] == ["tv", *["bt709"] * 3]
    assert picture["codec_tag_string"] == {"mp4": "avc1", "mov": "apch"}[container.format]
    timecodes = [s["tags"]["timecode"] for s in said["streams"] if s.get("codec_tag_string") == "tmcd"]
    assert timecodes == [start]
    times = [int(packet["pts"]) for packet in said["packets"] if packet["stream_index"] == picture["index"]]
    assert sorted(times) == [n * rate.denominator for n in range(48)]

    assemble(out, segments, rate=rate, frames=48, **given)
    assert out.read_bytes() == first


def asked(ffprobe, path):
    command = [
        ffprobe,
        "-v",
        "error",
        "-count_packets",
        "-show_streams",
        "-show_packets",
        "-of",
        "json",
        f"file:{path}",
    ]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


@pytest.mark.parametrize("codec", ["aac", "pcm_s24le"])
@pytest.mark.parametrize("samples", [96096, 76877, 90001])
def test_decoded_sound_is_exactly_the_mix(tmp_path, spot, sound, ffmpeg, codec, samples):
    segments, _ = spot(Rate(24000, 1001), X264)
    out = tmp_path / "out.mov"
    assemble(out, segments, rate=Rate(24000, 1001), frames=48, container=MOV, sounds=[sound(samples, codec)])
    raw = ["-v", "error", "-i", str(out), "-map", "0:a", "-f", "s16le", "-c:a", "pcm_s16le", "-"]
    decoded = subprocess.run([str(ffmpeg), *raw], capture_output=True, check=True).stdout
    assert len(decoded) // 4 == samples


def test_what_mediainfo_says(tmp_path, spot, sound, mediainfo):
    segments, _ = spot(Rate(30000, 1001), X264)
    out = tmp_path / "out.mp4"
    mix = sound(samples_at(48, Rate(30000, 1001), 48000), "aac")
    given = {"container": MP4, "sounds": [mix], "timecode": "00:59:59;28", "metadata": WORDS}
    assemble(out, segments, rate=Rate(30000, 1001), frames=48, **given)
    told = subprocess.run([mediainfo, "--Output=JSON", str(out)], capture_output=True, check=True).stdout
    tracks = {track["@type"]: track for track in json.loads(told)["media"]["track"]}
    general, video, other = tracks["General"], tracks["Video"], tracks["Other"]
    assert (video["Width"], video["Height"], video["FrameCount"]) == ("320", "180", "48")
    assert (video["FrameRate_Num"], video["FrameRate_Den"], video["FrameRate_Mode"]) == ("30000", "1001", "CFR")
    assert (video["colour_primaries"], video["transfer_characteristics"]) == ("BT.709", "BT.709")
    assert (video["matrix_coefficients"], video["colour_range"]) == ("BT.709", "Limited")
    assert other["TimeCode_FirstFrame"] == "00:59:59;28"
    assert general["IsStreamable"] == "Yes"  # moov lies before mdat
    assert general["Title"] == WORDS["title"]
    assert "Encoded_Date" not in general


def test_the_index_comes_first_only_when_asked(tmp_path, spot):
    segments, _ = spot(Rate(25), X264)
    for options, first in (({"movflags": "+faststart"}, True), ({}, False)):
        out = tmp_path / "out.mp4"
        container = msgspec.structs.replace(MP4, options=options)
        assemble(out, segments, rate=Rate(25), frames=48, container=container)
        raw = out.read_bytes()
        assert (raw.index(b"moov") < raw.index(b"mdat")) is first


def test_words_of_ones_own_survive(tmp_path, spot):
    segments, _ = spot(Rate(25), X264)
    words = {**WORDS, "com.acme.clock": "ACM/HARB001/030"}
    for container in (MP4, MOV):
        out = tmp_path / f"out.{container.extension}"
        assemble(out, segments, rate=Rate(25), frames=48, container=container, metadata=words)
        assert probe(out).metadata == words


def test_no_sound_no_timecode(tmp_path, spot):
    segments, numbers = spot(Rate(25), X264)
    assemble(tmp_path / "out.mp4", segments, rate=Rate(25), frames=48, container=MP4)
    facts = probe(tmp_path / "out.mp4")
    assert (facts.sound, facts.timecode) == ((), "")
    assert read_numbers(tmp_path / "out.mp4") == numbers


def test_short_and_long_segments_keep_one_order_of_decoding(tmp_path, render, numbered, ffprobe):
    facts = numbered("24.mp4", rate=24, codec=H264)
    lengths = (1, 9, 1, 1, 2, 12, 3)
    takes = [take_of(facts, 10 * n) for n in range(len(lengths))]
    paths = [render(segment_of(take, length)) for take, length in zip(takes, lengths, strict=True)]
    out = tmp_path / "out.mp4"
    assemble(out, [Piece(path) for path in paths], rate=Rate(24000, 1001), frames=sum(lengths), container=MP4)
    assert read_numbers(out) == [10 * n + k for n, length in enumerate(lengths) for k in range(length)]
    packets = asked(ffprobe, out)["packets"]
    decoded = [int(packet["dts"]) for packet in packets]
    assert {after - before for before, after in itertools.pairwise(decoded)} == {1001}
    assert all(int(packet["dts"]) <= int(packet["pts"]) for packet in packets)


def test_segments_of_two_encoders_are_not_joined(tmp_path, render, numbered):
    take = take_of(numbered("24.mp4", rate=24, codec=H264), 0)
    other = msgspec.structs.replace(X264, options=(*X264.options, ("bf", "0"), ("refs", "1")))
    paths = [Piece(render(segment_of(take, 8, encoding=encoding))) for encoding in (X264, other)]
    with pytest.raises(StudioError, match="not encoded alike") as raised:
        assemble(tmp_path / "o.mp4", paths, rate=Rate(24000, 1001), frames=16, container=MP4)
    assert "picture.parameters-differ" in raised.value.report


def test_what_cannot_be_assembled(tmp_path, spot):
    segments, _ = spot(Rate(25), X264)
    given = {"container": MP4}
    with pytest.raises(EditorError, match="48 frames, the plan says 47"):
        assemble(tmp_path / "o.mp4", segments, rate=Rate(25), frames=47, **given)
    with pytest.raises(StudioError, match="off the frame grid"):
        assemble(tmp_path / "o.mp4", segments, rate=Rate(24000, 1001), frames=48, **given)
    with pytest.raises(InputError, match="drop-frame"):
        assemble(tmp_path / "o.mp4", segments, rate=Rate(25), frames=48, timecode="01:00:00;00", **given)
    with pytest.raises(InputError, match="no such file"):
        assemble(tmp_path / "o.mp4", [Piece(tmp_path / "none.mp4")], rate=Rate(25), frames=48, **given)
    with pytest.raises(EditorError, match="no picture"):
        assemble(tmp_path / "o.mp4", [], rate=Rate(25), frames=0, **given)
    with pytest.raises(EditorError, match="no sound"):
        assemble(tmp_path / "o.mp4", segments, rate=Rate(25), frames=48, container=MP4, sounds=[segments[0].path])


@pytest.mark.parametrize("codec", [PRORES, INTRA, DNXHR], ids=["prores", "h264 intra", "dnxhr"])
def test_ranges_of_a_source_are_copied_frame_by_frame(tmp_path, numbered, ffprobe, codec):
    rate = Rate(24000, 1001)
    source = Path(numbered("master.mov", rate=rate, codec=codec).path)
    keep = [(70, 79), (3, 4), (0, 2), (119, 120)]
    out = tmp_path / "out.mov"
    pieces = [Piece(source, first, last - first) for first, last in keep]
    assemble(out, pieces, rate=rate, frames=13, container=MOV, timecode="01:00:00:00")
    wanted = [number for first, last in keep for number in range(first, last)]
    assert read_numbers(out) == wanted
    before, after = hashes(ffprobe, source), hashes(ffprobe, out)
    assert after == [before[number] for number in wanted]
    assert (probe(out).picture.uniform, probe(out).picture.start, probe(out).picture.rate) == (True, 0, rate)


def hashes(ffprobe, path):
    """A hash of each picture packet's bytes, as another program reads them."""
    given = ["-select_streams", "v:0", "-show_packets", "-show_data_hash", "md5", "-of", "json", f"file:{path}"]
    done = subprocess.run([ffprobe, "-v", "error", *given], capture_output=True, check=True)
    return [packet["data_hash"] for packet in json.loads(done.stdout)["packets"]]


def test_what_cannot_be_copied_out(tmp_path, numbered):
    rate = Rate(24000, 1001)
    given = {"rate": rate, "frames": 10, "container": MOV}
    gop = Path(numbered("gop.mp4", rate=rate, codec=H264).path)
    with pytest.raises(EditorError, match="Frame 50 cannot be copied"):
        assemble(tmp_path / "o.mov", [Piece(gop, 50, 10)], **given)
    intra = Path(numbered("intra.mov", rate=rate, codec=PRORES).path)
    with pytest.raises(EditorError, match="Frame 120 cannot be copied"):
        assemble(tmp_path / "o.mov", [Piece(intra, 115, 10)], **given)
