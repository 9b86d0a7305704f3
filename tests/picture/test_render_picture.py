"""What the pixels are: mixes, colours, crops, titles; and names that try to break out."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from fractions import Fraction
from pathlib import Path

import msgspec
import numpy as np
import pytest
from picture_recipes import HQ, X264, segment_of, take_of

from support.numbered import lumas, make_numbered, read_numbers
from twopop.errors import Cancelled, StudioError
from twopop.picture.probe import probe
from twopop.picture.recipe import Encoding, Mingle, Overlay, Plain, Take
from twopop.picture.render import render_segment
from twopop.picture.tools import inspect_tools
from twopop.specs import Colour
from twopop.time import Rate, frame_of
from twopop.variants.model import CropKey, CropPath

LOSSLESS = Encoding(encoder="ffv1", pixel_format="yuv420p", format="mov")
LOSSLESS_10 = Encoding(encoder="ffv1", pixel_format="yuv422p10le", format="mov")


def planes(path: Path) -> list[list[np.ndarray]]:
    """Every frame as its three planes, at full depth."""
    import av

    frames = []
    with av.open(f"file:{path}") as container:
        for picture in container.decode(video=0):
            kind = np.uint16 if picture.format.components[0].bits > 8 else np.uint8
            frames.append(
                [np.frombuffer(p, kind).reshape(p.height, -1)[:, : p.width].astype(float) for p in picture.planes]
            )
    return frames


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


# -- what is drawn on top ----------------------------------------------------------------------------------------------


def lit(path: Path) -> list[np.ndarray]:
    """The places of each frame that are brighter than black."""
    return [luma > 60 for luma in lumas(path)]


def test_a_title_is_centred_in_the_lower_third_and_fades_by_its_weights(render):
    title = Overlay(kind="title", text="HHHHHHHH", fade_in=(0, 4), fade_out=(-8, 4))
    path = render(segment_of(Plain(), 14, size=(640, 360), overlays=(title,), encoding=LOSSLESS))
    frames = [frame[0] for frame in planes(path)]
    weights = [min((k + 0.5) / 4, 1) * (1 - min(max((k - 8 + 0.5) / 4, 0), 1)) for k in range(14)]
    # the inside of a stroke is white: its level is the title's weight
    assert [(frame.max() - 16) / 219 for frame in frames] == pytest.approx(weights, abs=0.012)
    rows, columns = np.nonzero(frames[6] > 120)
    assert rows.min() >= 240
    assert rows.max() <= 360 * 0.95
    assert (columns.min() + columns.max()) / 2 == pytest.approx(320, abs=5)


@pytest.mark.parametrize("size", [(360, 640), (240, 426)])
def test_long_titles_stay_inside_a_narrow_frame(render, size):
    title = Overlay(kind="title", text="Harbour lights by night, seen from the sea, unterseebootsfahrtgesellschaft")
    (seen,) = lit(render(segment_of(Plain(), 1, size=size, overlays=(title,))))
    columns = np.nonzero(seen.any(axis=0))[0]
    assert columns.min() >= size[0] * 0.04
    assert columns.max() <= size[0] * 0.96


def test_burn_ins_lie_top_left_and_bottom_centre(render):
    overlays = (Overlay(kind="name", text="ACME_v001"), Overlay(kind="timecode", timecode=90000))
    (seen, later) = lit(render(segment_of(Plain(), 2, size=(640, 360), overlays=overlays)))
    rows, columns = np.nonzero(seen[:60])
    assert columns.max() < 320
    rows, columns = np.nonzero(seen[180:])
    assert rows.min() > 120
    assert (columns.min() + columns.max()) / 2 == pytest.approx(320, abs=6)
    assert (seen[180:] != later[180:]).any()
    assert (seen[:60] == later[:60]).all()


def test_burnt_in_timecode_counts_and_drops(render):
    """The same figures are drawn as for the plain text that the timecode should be."""
    overlay = Overlay(kind="timecode", timecode=1798, drop=True)
    counted = lumas(
        render(segment_of(Plain(), 4, size=(640, 360), overlays=(overlay,), rate=Rate(30000, 1001), encoding=LOSSLESS))
    )
    starts = {1798: "00:00:59;28", 1799: "00:00:59;29", 1800: "00:01:00;02", 1801: "00:01:00;03"}
    for frame, start in zip(counted, starts.values(), strict=True):
        single = Overlay(kind="timecode", timecode=frame_of(start, Rate(30000, 1001)), drop=True)
        (alone,) = lumas(
            render(
                segment_of(Plain(), 1, size=(640, 360), overlays=(single,), rate=Rate(30000, 1001), encoding=LOSSLESS)
            )
        )
        assert (alone == frame).all()


def test_graphics_keep_their_alpha_and_fade(render, tmp_path, ffmpeg):
    picture = tmp_path / "logo'%02d.png"
    draw = "color=c=black@0.0:s=200x100,format=rgba,drawbox=x=0:w=100:h=100:color=white@1:replace=1:t=fill"
    made = [
        str(ffmpeg),
        "-v",
        "error",
        "-f",
        "lavfi",
        "-i",
        draw,
        "-frames:v",
        "1",
        "-update",
        "1",
        str(tmp_path / "l.png"),
    ]
    subprocess.run(made, check=True)
    (tmp_path / "l.png").rename(picture)
    take = take_of(probe(picture), 0, 0)
    for encoding, scale in ((LOSSLESS, 1), (LOSSLESS_10, 4)):
        logo = Overlay(kind="graphic", take=take, fade_in=(-2, 4), fade_out=(-8, 3))
        path = render(segment_of(Plain(colour="#000000"), 14, size=(400, 400), overlays=(logo,), encoding=encoding))
        frames = [frame[0] / scale for frame in planes(path)]
        weights = [min(max((k - 2 + 0.5) / 4, 0), 1) * (1 - min(max((k - 8 + 0.5) / 3, 0), 1)) for k in range(14)]
        assert [(frame[150:250, 50:150].mean() - 16) / 219 for frame in frames] == pytest.approx(weights, abs=0.012)
        assert frames[7][150:250, 220:380].mean() == pytest.approx(16, abs=0.5)
        assert frames[7][:90].mean() == pytest.approx(16, abs=0.5)


HOSTILE = [
    "-leading.mp4",
    "a:b'c[d],e;f=%03d.mp4",
    'quote"s and $HOME `x`.mp4',
    "line\nbreak.mp4",
    "emoji 🎬 é.mp4",
    "back\\slash.mp4",
]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_names_and_texts_that_try_to_break_out(tmp_path, monkeypatch, numbered, ffmpeg):
    from twopop.store import Store

    plain = Path(numbered("25.mp4", rate=25).path)
    temporary = tmp_path / "t'm:p,[%d]"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    for name in HOSTILE:
        source = tmp_path / name
        source.write_bytes(plain.read_bytes())
        take = take_of(probe(source), 50)
        overlays = (Overlay(kind="title", text=name), Overlay(kind="name", text="%{pts}:'\\n[x],;" + name))
        segment = segment_of(take, 2, overlays=overlays)
        store = Store(tmp_path / f"store of {name}")
        render_segment(segment, segment.key(), store, ffmpeg, seconds=60)
        assert read_numbers(store.path("segments", segment.key())) == [50, 51]
    assert not list(temporary.iterdir())


def test_a_font_by_a_hostile_name(tmp_path, render):
    from twopop.picture.tools import default_font

    font = tmp_path / "it's: a [font],%.ttf"
    font.write_bytes(default_font().read_bytes())
    title = Overlay(kind="title", text="x")
    assert render(segment_of(Plain(), 1, overlays=(title,), font=str(font))).is_file()
    with pytest.raises(StudioError, match="typeface"):
        render(segment_of(Plain(), 1, overlays=(title,), font=str(tmp_path / "none.ttf")))


def test_percent_signs_are_drawn_and_not_expanded(render):
    one, two = (
        lumas(
            render(
                segment_of(Plain(), 2, size=(320, 180), overlays=(Overlay(kind="name", text=text),), encoding=LOSSLESS)
            )
        )
        for text in ("%{n}", "%{x}")
    )
    assert (one[0] == one[1]).all()
    assert (one[0] != two[0]).any()


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
