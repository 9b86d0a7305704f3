"""Every shipped codec and container: rendered in segments, joined, and read back by ffprobe and MediaInfo."""

from __future__ import annotations

import json
import subprocess
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from picture_recipes import segment_of, take_of

import twopop.builtin
from support.numbered import H264, INTRA, read_numbers
from twopop.builtin.encoding import encode
from twopop.picture.assemble import assemble
from twopop.picture.pieces import Piece
from twopop.picture.probe import probe
from twopop.specs import Spec, read_specs
from twopop.time import Rate

FOLDER = Path(twopop.builtin.__file__).parent / "specs"
SPECS = {spec.name: spec for path in sorted(FOLDER.glob("*.toml")) for spec in read_specs(path)}
FILM, PAL, NTSC = Rate(24000, 1001), Rate(25), Rate(30000, 1001)

#: What ffprobe and MediaInfo call each spec's picture: codec, profile, pixel format, field order; format and profile.
SAID = {
    "prores-proxy-mov": ("prores", "Proxy", "yuv422p10le", "progressive", "ProRes", "422 Proxy"),
    "prores-lt-mov": ("prores", "LT", "yuv422p10le", "progressive", "ProRes", "422 LT"),
    "prores-422-mov": ("prores", "Standard", "yuv422p10le", "progressive", "ProRes", "422"),
    "prores-422-hq-mov": ("prores", "HQ", "yuv422p10le", "progressive", "ProRes", "422 HQ"),
    "prores-4444-mov": ("prores", "4444", "yuva444p12le", "progressive", "ProRes", "4444"),
    "dnxhr-lb-mov": ("dnxhd", "DNXHR LB", "yuv422p", "unknown", "VC-3", "DNxHR LB"),
    "dnxhr-lb-mxf": ("dnxhd", "DNXHR LB", "yuv422p", "progressive", "VC-3", "DNxHR LB"),
    "dnxhr-sq-mov": ("dnxhd", "DNXHR SQ", "yuv422p", "unknown", "VC-3", "DNxHR SQ"),
    "dnxhr-sq-mxf": ("dnxhd", "DNXHR SQ", "yuv422p", "progressive", "VC-3", "DNxHR SQ"),
    "dnxhr-hq-mov": ("dnxhd", "DNXHR HQ", "yuv422p", "unknown", "VC-3", "DNxHR HQ"),
    "dnxhr-hq-mxf": ("dnxhd", "DNXHR HQ", "yuv422p", "progressive", "VC-3", "DNxHR HQ"),
    "dnxhr-hqx-mov": ("dnxhd", "DNXHR HQX", "yuv422p10le", "unknown", "VC-3", "DNxHR HQX"),
    "dnxhr-hqx-mxf": ("dnxhd", "DNXHR HQX", "yuv422p10le", "progressive", "VC-3", "DNxHR HQX"),
    "dnxhr-444-mov": ("dnxhd", "DNXHR 444", "yuv444p10le", "unknown", "VC-3", "DNxHR 444"),
    "dnxhr-444-mxf": ("dnxhd", "DNXHR 444", "yuv444p10le", "progressive", "VC-3", "DNxHR 444"),
    "h264-422-intra-mov": ("h264", "High 4:2:2 Intra", "yuv422p10le", "progressive", "AVC", "High 4:2:2 Intra"),
    "hevc-main-mp4": ("hevc", "Main", "yuv420p", "progressive", "HEVC", "Main"),
    "hevc-main10-mp4": ("hevc", "Main 10", "yuv420p10le", "progressive", "HEVC", "Main 10"),
    "av1-mp4": ("av1", "Main", "yuv420p10le", "progressive", "AV1", ""),
    "avc-intra-100-1080i-mxf": ("h264", "High 4:2:2 Intra", "yuv422p10le", "tt", "AVC", ""),
    "avc-intra-100-1080p-mxf": ("h264", "High 4:2:2 Intra", "yuv422p10le", "progressive", "AVC", ""),
}
#: The lengths of the segments: one of one frame between two others, and few frames where the raster is the codec's own.
LENGTHS, SHORT = (5, 1, 4), (2, 1)


@pytest.fixture(scope="module")
def made(tmp_path_factory, numbered):
    """The spec's file made of segments, those segments, the numbers shown, the rate and the start timecode."""
    from twopop.picture.render import render_segment
    from twopop.picture.tools import find_ffmpeg
    from twopop.store import Store

    store, known = Store(tmp_path_factory.mktemp("store")), {}
    source = numbered("24.mp4", rate=24, codec=H264)

    def make(spec: Spec):
        if spec.name not in known:
            fixed = set(spec.video.sizes) == {"16:9"}
            rate = PAL if spec.video.scan == "tff" else NTSC if spec.start_timecode else FILM
            start = "00:59:59;28" if rate is NTSC else "10:00:00:00"
            paths, numbers = [], []
            for place, length in enumerate(SHORT if fixed else LENGTHS):
                take = take_of(source, 20 * place)
                size = spec.video.sizes["16:9"] if fixed else (320, 180)
                segment = segment_of(take, length, rate=rate, size=size, encoding=encode(spec))
                render_segment(segment, segment.key(), store, find_ffmpeg(), seconds=300)
                paths.append(Piece(store.path("segments", segment.key())))
                numbers += [20 * place + k for k in range(length)]
            out = tmp_path_factory.mktemp(spec.name) / f"out.{spec.container.extension}"
            given = {"rate": rate, "frames": len(numbers), "container": spec.container}
            given |= {"timecode": start if spec.start_timecode else "", "identity": spec.name}
            assemble(out, paths, **given, metadata={named_in(spec): "ACME1234567H"})
            once = out.read_bytes()
            assemble(out, paths, **given, metadata={named_in(spec): "ACME1234567H"})
            assert out.read_bytes() == once
            known[spec.name] = (out, paths, numbers, rate, given["timecode"])
        return known[spec.name]

    return make


def named_in(spec: Spec) -> str:
    return "material_package_name" if spec.container.format == "mxf" else "title"


@pytest.fixture(params=SAID)
def spec(request) -> Spec:
    return SPECS[request.param]


def test_every_joined_codec_is_looked_at():
    films = {spec.name for spec in SPECS.values() if spec.container.format in ("mov", "mp4", "mxf")}
    h264 = {"social-h264", "broadcast-prores", "review-h264", "spot-us-h264-mp4"}  # tests/builtin/test_specs.py
    hdr = {"online-hdr10", "online-hlg"}  # tests/picture/test_hdr_files.py
    assert {name for name in films if not SPECS[name].video.whole} - h264 - hdr == set(SAID)


def test_the_frames_are_those_of_the_segments(spec, made):
    out, pieces, numbers, _, _ = made(spec)
    assert read_numbers(out) == numbers
    apart = [picture for piece in pieces for picture in decoded(piece.path)]
    joined = decoded(out)
    assert len(joined) == len(apart)
    assert all(np.array_equal(one, other) for one, other in zip(joined, apart, strict=True))


def decoded(path: Path) -> list[np.ndarray]:
    """Every plane of every frame of *path*, without what pads the lines."""
    import av

    def lines(plane, deep):
        raw = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
        return raw[:, : plane.width * (2 if deep else 1)].ravel()

    with av.open(str(path)) as container:
        pictures = list(container.decode(video=0))
        deep = max(component.bits for component in pictures[0].format.components) > 8
        return [np.concatenate([lines(plane, deep) for plane in picture.planes]) for picture in pictures]


def test_our_own_reading_agrees_with_the_spec(spec, made):
    out, _, numbers, rate, start = made(spec)
    facts = probe(out)
    picture, video = facts.picture, spec.video
    assert (picture.codec, picture.profile, picture.tag) == (video.codec, video.profile, video.tag)
    assert picture.pixel_format == (video.decoded or video.pixel_format)
    assert (picture.scan, picture.colour) == (video.scan, video.colour)
    assert (picture.frames, picture.rate, picture.uniform, picture.start) == (len(numbers), rate, True, 0)
    assert facts.timecode == start
    assert facts.pattern == spec.container.pattern
    assert facts.metadata == {named_in(spec): "ACME1234567H"}


def test_ffprobe_says_the_same(spec, made, ffprobe):
    out, _, numbers, rate, start = made(spec)
    command = [ffprobe, "-v", "error", "-count_frames", "-show_streams", "-show_format", "-of", "json", str(out)]
    said = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    picture = next(each for each in said["streams"] if each["codec_type"] == "video")
    wanted = SAID[spec.name]
    assert (
        picture["codec_name"],
        picture["profile"],
        picture["pix_fmt"],
        picture.get("field_order", "unknown"),
    ) == wanted[:4]
    assert picture["r_frame_rate"] == f"{rate.numerator}/{rate.denominator}"
    assert (picture["nb_read_frames"], Fraction(picture["start_time"])) == (str(len(numbers)), 0)
    assert abs(Fraction(picture["duration"]) - len(numbers) / rate) < Fraction(1, 10**5)
    tags = [picture.get(f"color_{name}") for name in ("space", "transfer", "primaries")]
    assert tags == ["bt709"] * 3
    if spec.video.tag:
        assert picture["codec_tag_string"] == spec.video.tag
    held = [each.get("tags", {}).get("timecode") for each in (*said["streams"], said["format"])]
    assert {each for each in held if each} == ({start} if start else set())
    if spec.container.format == "mxf":
        assert said["format"]["tags"]["operational_pattern_ul"] == "060e2b34.04010101.0d010201.01010900"


def test_mediainfo_says_the_same(spec, made, mediainfo):
    out, _, numbers, _, start = made(spec)
    told = subprocess.run([mediainfo, "--Output=JSON", str(out)], capture_output=True, check=True).stdout
    tracks = {track["@type"]: track for track in reversed(json.loads(told)["media"]["track"])}
    general, video = tracks["General"], tracks["Video"]
    wanted = SAID[spec.name]
    assert video["Format"].replace("av01", "AV1") == wanted[4]  # older ones know AV1 by its code only
    assert not wanted[5] or wanted[5] in (video["Format_Profile"].split("@L")[0], video.get("Format_Commercial_IfAny"))
    assert video["FrameCount"] == str(len(numbers))
    assert video.get("FrameRate_Mode", "CFR") == "CFR"
    scan = {"progressive": ("Progressive", ""), "tff": ("MBAFF", "TFF")}[spec.video.scan]
    assert (video.get("ScanType", "Progressive"), video.get("ScanOrder", "")) == scan
    assert video["colour_primaries"] == "BT.709"
    if start:
        assert tracks["Other"]["TimeCode_FirstFrame"] == start
    if spec.container.format == "mxf":
        assert (general["Format"], general["Format_Profile"]) == ("MXF", "OP-1a")
        assert general["Format_Settings"] == "Closed / Complete"
    if spec.name == "avc-intra-100-1080i-mxf":  # the class has 568,832 bytes a frame at 25 frames a second
        assert int(video["BitRate"]) == pytest.approx(568_832 * 8 * 25, rel=0.001)
        assert not general.get("Encoded_Date", "0-00-00").strip("0-:. UTC")


def test_alpha_is_there_and_opaque_where_the_source_has_none(made):
    out, *_ = made(SPECS["prores-4444-mov"])
    import av

    with av.open(str(out)) as container:
        frame = next(container.decode(video=0))
    assert frame.format.name == "yuva444p12le"
    alpha = np.frombuffer(frame.planes[3], np.uint16).reshape(frame.height, -1)[:, : frame.width]
    assert set(np.unique(alpha)) == {4095}


def test_two_mxf_files_have_names_of_their_own(tmp_path, made):
    spec = SPECS["dnxhr-lb-mxf"]
    _, pieces, numbers, rate, start = made(spec)
    named = set()
    for identity in ("one", "two", "one"):
        out = tmp_path / "out.mxf"
        given = {"container": spec.container, "timecode": start, "identity": identity}
        assemble(out, pieces, rate=rate, frames=len(numbers), **given)
        import av

        with av.open(str(out)) as container:
            words = [container.metadata, container.streams.video[0].metadata]
        umids = tuple(each[key] for each in words for key in sorted(each) if key.endswith("umid"))
        assert umids
        assert all("060A2B340101010501010D0013" in each and not each.endswith("00" * 15) for each in umids)
        named.add(umids)
    assert len(named) == 2


@pytest.mark.parametrize("how", [H264, INTRA], ids=["long groups", "intra"])
def test_h264_of_other_files_gets_into_mxf(tmp_path, numbered, ffprobe, how):
    """Its units bear their lengths there, and parameter sets lie in the header; MXF wants a byte stream with them."""
    facts = numbered(f"{len(how)}-{how[-3]}.mp4", rate=25, codec=how)
    out = tmp_path / "out.mxf"
    pieces = [Piece(Path(facts.path))] * 2
    assemble(out, pieces, rate=PAL, frames=240, container=SPECS["dnxhr-lb-mxf"].container, timecode="10:00:00:00")
    assert read_numbers(out) == [*range(120)] * 2
    wanted = ["-select_streams", "v", "-show_entries", "packet=pts,dts", "-of", "json", str(out)]
    said = json.loads(subprocess.run([ffprobe, "-v", "error", *wanted], capture_output=True, check=True).stdout)
    assert sorted(int(packet["pts"]) for packet in said["packets"]) == [*range(240)]


def test_every_segment_has_the_bytes_of_any_other_run(spec, made, tmp_path, numbered):
    """A second store: the encoder's threads and the time of day leave no trace."""
    from twopop.picture.render import render_segment
    from twopop.picture.tools import find_ffmpeg
    from twopop.store import Store

    _, pieces, _, rate, _ = made(spec)
    facts = probe(pieces[0].path).picture
    take = take_of(numbered("24.mp4", rate=24, codec=H264), 0)
    segment = segment_of(take, facts.frames, rate=rate, size=facts.size, encoding=encode(spec))
    again = Store(tmp_path)
    render_segment(segment, segment.key(), again, find_ffmpeg(), seconds=300)
    assert again.path("segments", segment.key()).read_bytes() == pieces[0].path.read_bytes()
