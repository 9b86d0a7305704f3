"""HDR as it is delivered: what other tools read in files made by the specs that come along."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import msgspec
import numpy as np
import pytest
from picture_recipes import planes, segment_of, take_of

import twopop.builtin
from support import standards
from twopop.builtin.encoding import encode
from twopop.picture.assemble import Piece, assemble
from twopop.picture.probe import probe
from twopop.picture.recipe import Encoding, Plain
from twopop.specs import Spec, read_spec
from twopop.time import Rate

FOLDER = Path(twopop.builtin.__file__).parent / "specs"
RATE = Rate(24000, 1001)


def encoding_of(spec: Spec) -> Encoding:
    """The spec's encoding, only faster."""
    made = encode(spec)
    assert made is not None
    return msgspec.structs.replace(made, options=tuple(sorted((dict(made.options) | {"preset": "ultrafast"}).items())))


@pytest.fixture(params=["online-hdr10", "online-hlg"])
def spec(request) -> Spec:
    return read_spec(FOLDER / f"{request.param}.toml")


@pytest.fixture
def delivered(render, tmp_path, spec) -> Path:
    """Two segments of plain white and grey, joined as a delivery joins them."""
    segments = [
        render(segment_of(Plain(colour=colour), 5, size=(320, 180), encoding=encoding_of(spec), rate=RATE))
        for colour in ("#ffffff", "#808080")
    ]
    out = tmp_path / "delivered.mp4"
    assemble(out, [Piece(segment) for segment in segments], rate=RATE, frames=10, container=spec.container)
    return out


def frames_by_ffprobe(ffprobe: str, path: Path) -> list[dict]:
    asked = ["-show_frames", "-show_entries", "frame=color_range,color_space,color_primaries,color_transfer,"
             "chroma_location,side_data_list", "-of", "json"]  # fmt: skip
    said = subprocess.run([ffprobe, "-v", "error", *asked, str(path)], capture_output=True, check=True).stdout
    return json.loads(said)["frames"]


def test_every_frame_is_tagged_in_the_stream(delivered, ffprobe, spec):
    frames = frames_by_ffprobe(ffprobe, delivered)
    assert len(frames) == 10
    colour = spec.video.colour
    for frame in frames:
        assert frame["color_space"] == "bt2020nc"
        assert frame["color_primaries"] == "bt2020"
        assert frame["color_transfer"] == colour.transfer
        assert frame["color_range"] == "tv"
        assert frame["chroma_location"] == "topleft"


def test_the_container_says_it_too(delivered, mediainfo, spec):
    raw = delivered.read_bytes()
    place = raw.index(b"colrnclx") + 8
    # ISO/IEC 14496-12, 12.1.5: primaries, transfer, matrix (code points of ITU-T H.273), full-range flag
    transfer = {"smpte2084": 16, "arib-std-b67": 18}[spec.video.colour.transfer]
    assert raw[place : place + 7] == bytes([0, 9, 0, transfer, 0, 9, 0])
    said = subprocess.run([mediainfo, "--Output=JSON", str(delivered)], capture_output=True, check=True).stdout
    (picture,) = (each for each in json.loads(said)["media"]["track"] if each["@type"] == "Video")
    assert picture["colour_primaries"] == "BT.2020"
    assert picture["matrix_coefficients"] == "BT.2020 non-constant"
    assert picture["transfer_characteristics"] == {16: "PQ", 18: "HLG"}[transfer]
    assert picture["colour_range"] == "Limited"


def test_hdr10_carries_its_mastering_display(delivered, mediainfo, spec):
    peak = probe(delivered).picture.colour.peak
    if spec.name != "online-hdr10":
        assert peak == 0
        return
    assert peak == spec.video.colour.peak == 1000
    said = subprocess.run([mediainfo, "--Output=JSON", str(delivered)], capture_output=True, check=True).stdout
    (picture,) = (each for each in json.loads(said)["media"]["track"] if each["@type"] == "Video")
    assert "HDR10" in picture["HDR_Format_Compatibility"]
    assert picture["MasteringDisplay_ColorPrimaries"] == "Display P3"
    assert picture["MasteringDisplay_Luminance"] == "min: 0.0050 cd/m2, max: 1000 cd/m2"


def test_pictures_have_their_light_after_the_encoder(delivered, spec):
    white = {"smpte2084": standards.pq(203.0), "arib-std-b67": 0.75}[spec.video.colour.transfer]
    frames = planes(delivered)
    assert frames[2][0].mean() / 4 == pytest.approx(16 + 219 * white, abs=1)
    for plane in frames[2][1:]:
        assert plane.mean() / 4 == pytest.approx(128, abs=1)


def test_a_ramp_has_more_than_256_levels_after_delivery(render, tmp_path, ffmpeg):
    path = tmp_path / "ramp.mov"
    luma = np.tile((64 + np.arange(640)).astype("<u2"), (96, 1)).tobytes()
    raw = (luma + np.full(640 * 96 * 2, 512, "<u2").tobytes()) * 2
    head = [str(ffmpeg), "-v", "error", "-f", "rawvideo", "-pix_fmt", "yuv444p10le", "-video_size", "640x96", "-i", "-"]
    subprocess.run([*head, "-c:v", "ffv1", str(path)], input=raw, check=True)
    spec = read_spec(FOLDER / "online-hdr10.toml")
    take = take_of(probe(path), 0, colour=msgspec.structs.replace(spec.video.colour, chroma=""))
    options = {**dict(encoding_of(spec).options), "crf": "4"}
    encoding = msgspec.structs.replace(encoding_of(spec), options=tuple(sorted(options.items())))
    (frame, *_) = planes(render(segment_of(take, 2, size=(640, 96), encoding=encoding)))
    assert len(np.unique(frame[0])) > 256
    assert frame[0].mean(axis=0) == pytest.approx(64 + np.arange(640), abs=3)


def test_the_same_hdr_segment_has_the_same_bytes(render, tmp_path, ffmpeg, spec):
    from twopop.picture.render import render_segment
    from twopop.store import Store

    segment = segment_of(Plain(colour="#4080c0"), 6, size=(320, 180), encoding=encoding_of(spec))
    made = []
    for name in ("one", "two"):
        store = Store(tmp_path / name)
        render_segment(segment, segment.key(), store, ffmpeg, seconds=60)
        made.append(store.path("segments", segment.key()).read_bytes())
    assert made[0] == made[1]
    assert b"cpuid" not in made[0]  # nothing of the machine
