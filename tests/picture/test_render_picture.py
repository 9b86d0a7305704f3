"""What the pixels are: mixes, colours, crops; and how a rendering ends that cannot be finished."""

from __future__ import annotations

import subprocess
import threading
import time
from fractions import Fraction

import msgspec
import numpy as np
import pytest
from picture_recipes import HQ, LOSSLESS, LOSSLESS_10, X264, planes, segment_of, take_of

from support.numbered import make_numbered, read_numbers
from twopop.errors import Cancelled
from twopop.picture.probe import probe
from twopop.picture.recipe import Mingle, Plain, Take
from twopop.picture.render import render_segment
from twopop.picture.tools import inspect_tools
from twopop.specs import Colour
from twopop.time import Rate
from twopop.variants.model import CropKey, CropPath

# -- mixing ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", [LOSSLESS, LOSSLESS_10], ids=["8 bit", "10 bit"])
@pytest.mark.parametrize(("phase", "frames", "length"), [(0, 12, 12), (5, 7, 24), (23, 1, 24), (0, 1, 1)])
def test_dissolves_weigh_as_the_recipe_says(render, encoding, phase, frames, length):
    black, white = Plain(colour="#000000"), Plain(colour="#ffffff")
    for rate in (Rate(24000, 1001), Rate(25)):
        segment = segment_of(
            black,
            frames,
            size=(64, 48),
            over=white,
            mingle=Mingle(phase=phase, length=length),
            encoding=encoding,
            rate=rate,
        )
        scale = 4 if encoding is LOSSLESS_10 else 1
        found = [frame[0].mean() / scale for frame in planes(render(segment))]
        # limited range, ITU-R BT.709-6, 3.5: black 16, white 235 (times 4 in 10 bit)
        assert found == pytest.approx([16 + 219 * (phase + k + 0.5) / length for k in range(frames)], abs=0.3)


def test_a_dissolve_split_in_two_segments_is_the_same_dissolve(render):
    one, two = Plain(colour="#204060"), Plain(colour="#e0c0a0")
    half = {"size": (32, 32), "over": two, "encoding": LOSSLESS_10}
    whole = planes(render(segment_of(one, 10, mingle=Mingle(phase=0, length=10), **half)))
    parts = planes(render(segment_of(one, 4, mingle=Mingle(phase=0, length=10), **half)))
    parts += planes(render(segment_of(one, 6, mingle=Mingle(phase=4, length=10), **half)))
    assert [[p.mean() for p in frame] for frame in parts] == [[p.mean() for p in frame] for frame in whole]


# -- colour ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("matrix", "kr", "kb"), [("bt709", 0.2126, 0.0722), ("smpte170m", 0.299, 0.114), ("bt2020nc", 0.2627, 0.0593)]
)
def test_plain_colours_follow_the_matrix(render, matrix, kr, kb):
    colour = Colour(matrix=matrix, primaries="bt709", transfer="bt709")
    encoding = msgspec.structs.replace(LOSSLESS_10, colour=colour)
    (frame, *_) = planes(render(segment_of(Plain(colour="#00ff00"), 2, size=(32, 32), encoding=encoding)))
    # ITU-R BT.709-6, 3.2 and 3.4 with the luma coefficients of the matrix: Y = Kg, Cb = (B - Y) / (2 (1 - Kb))
    y = 1 - kr - kb
    assert [plane.mean() / 4 for plane in frame] == pytest.approx(
        [16 + 219 * y, 128 - 224 * y / (2 * (1 - kb)), 128 - 224 * y / (2 * (1 - kr))], abs=0.3
    )


@pytest.mark.parametrize("span", ["tv", "pc"])
def test_sources_are_converted_from_their_own_matrix_and_range(render, tmp_path, ffmpeg, span):
    # 60 % green written as BT.601 by arithmetic, not by a converter; decoded and encoded as BT.709
    source = tmp_path / "green.mov"
    green = 0.6
    y, cb, cr = 0.587 * green, -0.587 * green / 1.772, -0.587 * green / 1.402
    codes = (
        (16 + 219 * y, 128 + 224 * cb, 128 + 224 * cr) if span == "tv" else (255 * y, 128 + 255 * cb, 128 + 255 * cr)
    )
    raw = b"".join(bytes([round(code)]) * (64 * 64) for code in codes) * 3
    head = [str(ffmpeg), "-v", "error", "-f", "rawvideo", "-pix_fmt", "yuv444p", "-video_size", "64x64", "-i", "-"]
    subprocess.run([*head, "-c:v", "ffv1", str(source)], input=raw, check=True)
    colour = Colour(matrix="smpte170m", primaries="bt709", transfer="bt709", range=span)
    take = take_of(probe(source), 0, colour=colour)
    (frame, *_) = planes(render(segment_of(take, 2, size=(64, 64), encoding=LOSSLESS_10)))
    y = 0.7152 * green
    target = [16 + 219 * y, 128 - 224 * y / 1.8556, 128 - 224 * y / 1.5748]
    assert [plane.mean() / 4 for plane in frame] == pytest.approx(target, abs=0.8)


@pytest.mark.parametrize("encoding", [X264, HQ], ids=["h264", "prores"])
def test_tags_are_read_back_by_ffprobe(render, numbered, ffprobe, encoding):
    path = render(segment_of(take_of(numbered("25.mp4", rate=25), 0), 3, encoding=encoding))
    fields = "color_range,color_space,color_transfer,color_primaries,width,height,sample_aspect_ratio,r_frame_rate"
    asked = ["-show_entries", f"stream={fields},field_order:stream_tags=timecode", "-of", "default=nw=1", str(path)]
    said = subprocess.run([ffprobe, "-v", "error", *asked], capture_output=True, text=True, check=True).stdout.split()
    assert {"color_range=tv", "color_space=bt709", "color_transfer=bt709", "color_primaries=bt709"} <= set(said)
    assert {"width=320", "height=180", "sample_aspect_ratio=1:1", "r_frame_rate=24000/1001"} <= set(said)
    assert "field_order=progressive" in said
    assert not [line for line in said if "timecode" in line]


def test_dither_keeps_levels_between_two_codes(render, tmp_path, ffmpeg):
    source = tmp_path / "level.mov"
    codes = [402, 512, 512]  # 402 / 4 = 100.5
    raw = b"".join(np.full(64 * 64, code, "<u2").tobytes() for code in codes) * 2
    head = [str(ffmpeg), "-v", "error", "-f", "rawvideo", "-pix_fmt", "yuv444p10le", "-video_size", "64x64", "-i", "-"]
    subprocess.run([*head, "-c:v", "ffv1", str(source)], input=raw, check=True)
    take = take_of(probe(source), 0, colour=Colour())
    (frame, *_) = planes(render(segment_of(take, 2, size=(64, 64), encoding=LOSSLESS)))
    assert frame[0].mean() == pytest.approx(100.5, abs=0.1)
    assert set(np.unique(frame[0])) <= {100, 101}


# -- framing -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def ruler(tmp_path, ffmpeg) -> Take:
    """A source whose luma is 32 + x / 4 (512 wide), so that a pixel says where it was."""
    path = tmp_path / "ruler.mov"
    ramp = np.tile((32 + np.arange(512) // 4).astype(np.uint8), (256, 1)).tobytes()
    raw = (ramp + bytes([128]) * (256 * 128 * 2)) * 30
    head = [str(ffmpeg), "-v", "error", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-video_size", "512x256", "-i", "-"]
    subprocess.run([*head, "-c:v", "ffv1", str(path)], input=raw, check=True)
    return take_of(probe(path), 0, colour=Colour())


def test_a_moving_crop_is_where_the_keys_say_in_every_frame(render, ruler):
    crop = CropPath(keys=(CropKey(2, x=Fraction(1, 4)), CropKey(22, x=Fraction(3, 4))))
    take = msgspec.structs.replace(ruler, crop=crop)
    found = [
        frame[0][:, 64].mean() for frame in planes(render(segment_of(take, 26, size=(128, 256), encoding=LOSSLESS)))
    ]
    share = [min(max((k - 2) / 20, 0), 1) for k in range(26)]
    # the middle column of the crop is the source's column at the centre, to the even pixel (half a code)
    assert found == pytest.approx([32 + (128 + 256 * s) / 4 for s in share], abs=0.8)


def test_a_zoom_shows_less_and_less(render, ruler):
    crop = CropPath(keys=(CropKey(0), CropKey(10, zoom=Fraction(4))))
    take = msgspec.structs.replace(ruler, crop=crop)
    frames = planes(render(segment_of(take, 11, size=(128, 256), encoding=LOSSLESS)))
    for k, frame in enumerate(frames):
        seen = 128 / (1 + 3 * k / 10)  # source columns
        assert frame[0][:, 120].mean() - frame[0][:, 8].mean() == pytest.approx(seen * 112 / 128 / 4, abs=1.2)
        assert frame[0][:, 64].mean() == pytest.approx(32 + 256 / 4, abs=1.2)


def test_padding_is_black_and_shows_everything(render, ruler):
    take = msgspec.structs.replace(ruler, crop=CropPath(fit="pad"))
    (frame, *_) = planes(render(segment_of(take, 1, size=(256, 256), encoding=LOSSLESS)))
    luma = frame[0]
    assert set(np.unique(luma[:64])) == set(np.unique(luma[192:])) == {16}
    assert luma[66:190, 2].mean() == pytest.approx(33, abs=1)
    assert luma[66:190, 253].mean() == pytest.approx(158, abs=1)


def test_pixels_that_are_not_square_are_made_so(render, ruler, tmp_path, ffmpeg):
    path = tmp_path / "wide.mov"
    subprocess.run(
        [str(ffmpeg), "-v", "error", "-i", ruler.path, "-vf", "setsar=2", "-c:v", "ffv1", str(path)], check=True
    )
    facts = probe(path)
    assert facts.picture.sample_aspect == 2
    take = take_of(facts, 0, size=(1024, 256), colour=Colour())
    (frame, *_) = planes(render(segment_of(take, 1, size=(256, 256), encoding=LOSSLESS)))
    # 256 square pixels are 128 of the source's, around its middle
    assert frame[0][:, 4].mean() == pytest.approx(32 + (256 - 62) / 4, abs=1)
    assert frame[0][:, 251].mean() == pytest.approx(32 + (256 + 62) / 4, abs=1)


@pytest.mark.parametrize(("turn", "rotation"), [(-90, 90), (180, 180), (90, 270)])
def test_phones_are_turned_upright(render, tmp_path, ffmpeg, turn, rotation):
    if inspect_tools(ffmpeg).major < 6:
        pytest.skip("this ffmpeg cannot write a display rotation")
    plain = make_numbered(tmp_path / "plain.mp4", frames=10, size=(240, 240))
    turned = tmp_path / "turned.mp4"
    # what is seen upright after the container's rotation is the plain picture
    back = {90: "transpose=cclock", 180: "hflip,vflip", 270: "transpose=clock"}[rotation]
    subprocess.run([str(ffmpeg), "-v", "error", "-i", str(plain), "-vf", back, str(tmp_path / "t.mp4")], check=True)
    told = [str(ffmpeg), "-v", "error", "-display_rotation", str(turn), "-i", str(tmp_path / "t.mp4"), "-c", "copy"]
    subprocess.run([*told, str(turned)], check=True)
    facts = probe(turned)
    assert facts.picture.rotation == rotation
    out = render(segment_of(take_of(facts, 3), 4, size=(240, 240)))
    assert read_numbers(out) == [3, 4, 5, 6]
    assert probe(out).picture.rotation == 0


def test_stills_and_odd_sizes(render, tmp_path, ffmpeg):
    source = ["-f", "lavfi", "-i", "color=c=white:s=321x181", "-frames:v", "1"]
    for name in ("a%d.png", "b.jpg"):
        subprocess.run(
            [str(ffmpeg), "-v", "error", *source, "-update", "1", str(tmp_path / f"x{name[-4:]}")], check=True
        )
        still = (tmp_path / f"x{name[-4:]}").rename(tmp_path / name)
        for fit in ("crop", "pad"):
            take = take_of(probe(still), 0, 0, crop=CropPath(fit=fit))
            frames = planes(render(segment_of(take, 5, size=(160, 90), encoding=LOSSLESS)))
            assert len(frames) == 5
            assert frames[4][0][45, 20:140].mean() == pytest.approx(235, abs=1)


# -- ends --------------------------------------------------------------------------------------------------------------


def test_cancel_leaves_nothing(tmp_path, store, numbered, ffmpeg):
    take = take_of(numbered("25.mp4", rate=25), 0, Fraction(1, 400))
    segment = segment_of(take, 40_000, size=(640, 360))
    cancel = threading.Event()

    def stop_when_it_writes() -> None:
        for _ in range(2000):
            if any(path.stat().st_size for path in store.folder.rglob(".partial-*")):
                break
            time.sleep(0.01)
        cancel.set()

    threading.Thread(target=stop_when_it_writes, daemon=True).start()
    with pytest.raises(Cancelled):
        render_segment(segment, segment.key(), store, ffmpeg, seconds=600, cancel=cancel)
    assert not store.has("segments", segment.key())
    assert not [path for path in store.folder.rglob("*") if path.is_file()]


def test_an_encoder_option_that_is_wrong_is_said(render):
    wrong = msgspec.structs.replace(X264, options=(("preset", "no such preset"),))
    with pytest.raises(Exception, match="preset"):
        render(segment_of(Plain(), 2, encoding=wrong))


def test_a_graph_too_long_for_an_argument_goes_by_file(render, numbered):
    keys = tuple(CropKey(n, x=Fraction(n % 7, 6)) for n in range(4000))
    take = take_of(numbered("25.mp4", rate=25), 10, Fraction(1, 100), crop=CropPath(keys=keys))
    path = render(segment_of(take, 4000, size=(18, 32)))
    assert probe(path).picture.frames == 4000
