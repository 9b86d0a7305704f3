"""Colour: patches decoded from what was rendered, against the arithmetic of the standards."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
from picture_recipes import LOSSLESS, LOSSLESS_10, planes, segment_of, take_of

from support import standards
from twopop.picture.probe import probe
from twopop.picture.recipe import Encoding, Mingle, Overlay, Plain, Take
from twopop.specs import Colour
from twopop.variants.model import CropPath

PQ = Colour(matrix="bt2020nc", primaries="bt2020", transfer="smpte2084", chroma="topleft")
HLG = Colour(matrix="bt2020nc", primaries="bt2020", transfer="arib-std-b67")
BT709, WIDE_SDR = Colour(), Colour(matrix="bt2020nc", primaries="bt2020", transfer="bt2020-10")
BT601_525 = Colour(matrix="smpte170m", primaries="smpte170m", transfer="smpte170m")
BT601_625 = Colour(matrix="bt470bg", primaries="bt470bg", transfer="smpte170m")

#: Lossless, and able to say that it is full range (FFV1 is not).
EXACT = Encoding(encoder="libx264", pixel_format="yuv444p10le", format="mp4", options=(("qp", "0"), ("bf", "0")))

#: 75 % bars: white, yellow, cyan, green, magenta, red, blue, and a dark grey.
BARS = 0.75 * np.array([(1, 1, 1), (1, 1, 0), (0, 1, 1), (0, 1, 0), (1, 0, 1), (1, 0, 0), (0, 0, 1), (0.2, 0.2, 0.2)])
PATCH = 32

Patches = Callable[..., Take]


@pytest.fixture
def patches(tmp_path: Path, ffmpeg: Path) -> Patches:
    """A source of patches of non-linear RGB, written as code values by arithmetic, and the take that shows it."""

    def made(rgb: np.ndarray, colour: Colour, *, bits: int = 10) -> Take:
        ycc = standards.codes(standards.ycbcr(rgb, colour.matrix), bits, full=colour.range == "pc")
        values = np.clip(np.round(ycc), 0, 2**bits - 1).astype("<u2" if bits > 8 else "u1")
        frame = np.repeat(np.repeat(values[None], PATCH, axis=0), PATCH, axis=1)
        raw = np.moveaxis(frame, -1, 0).tobytes() * 2
        pixels, path = (
            "yuv444p10le" if bits > 8 else "yuv444p",
            tmp_path / f"patches{len(list(tmp_path.iterdir()))}.mov",
        )
        size = f"{PATCH * len(rgb)}x{PATCH}"
        head = [str(ffmpeg), "-v", "error", "-f", "rawvideo", "-pix_fmt", pixels, "-video_size", size, "-i", "-"]
        subprocess.run([*head, "-c:v", "ffv1", str(path)], input=raw, check=True)
        return take_of(probe(path), 0, colour=colour)

    return made


def shown(render: Callable[..., Path], base: Take | Plain, target: Colour, **more: object) -> np.ndarray:
    """The Y'CbCr code values of each patch of *base* in *target*, 10 bit 4:4:4, on a scale of 8 bit."""
    encoding = msgspec.structs.replace(EXACT, colour=target)
    width = base.size[0] if isinstance(base, Take) else 2 * PATCH
    (frame, *_) = planes(render(segment_of(base, 1, size=(width, PATCH), encoding=encoding, **more)))
    inside = [plane[8:24].reshape(16, -1, PATCH)[:, :, 8:24].mean(axis=(0, 2)) for plane in frame]
    return np.stack(inside, -1) / 4


def written(rgb: np.ndarray, colour: Colour) -> np.ndarray:
    """What is left of *rgb* in 10-bit codes: where PQ is coarse, these are what a conversion starts from."""
    whole = np.round(standards.codes(standards.ycbcr(rgb, colour.matrix), 10)) / 4
    return np.clip(standards.rgb_of((whole - [16, 128, 128]) / [219, 224, 224], colour.matrix), 0, 1)


def sdr_light(rgb: np.ndarray, primaries: str, wanted: str) -> np.ndarray:
    return standards.bt1886(rgb) @ standards.between(primaries, wanted).T


# -- SDR ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "target"),
    [(BT601_525, BT709), (BT601_625, BT709), (BT709, BT601_525), (BT709, BT601_625), (BT709, WIDE_SDR)],
    ids=["525 in 709", "625 in 709", "709 in 525", "709 in 625", "709 in 2020"],
)
def test_bars_of_one_standard_are_those_of_another(render, patches, source, target):
    take = patches(BARS, source)
    signal = standards.bt1886_signal(sdr_light(BARS, source.primaries, target.primaries))
    expected = standards.codes(standards.ycbcr(signal, target.matrix), 8)
    # in units of 8 bit; the source's codes are rounded to 10 bit, and so are these
    assert shown(render, take, target) == pytest.approx(expected, abs=0.5)


@pytest.mark.parametrize(("was", "wanted"), [("tv", "pc"), ("pc", "tv"), ("pc", "pc")])
def test_range_is_kept_right_both_ways(render, patches, was, wanted):
    source, target = (msgspec.structs.replace(BT709, range=each) for each in (was, wanted))
    expected = standards.codes(standards.ycbcr(BARS, "bt709"), 10, full=wanted == "pc") / 4
    assert shown(render, patches(BARS, source), target) == pytest.approx(expected, abs=0.3)


def test_black_white_and_letters_are_right_in_full_range(render, patches):
    full = msgspec.structs.replace(BT709, range="pc")
    for grey, code in (("#000000", 0), ("#ffffff", 1023)):
        assert shown(render, Plain(colour=grey), full)[:, 0] * 4 == pytest.approx(code, abs=0.6)
    encoding = msgspec.structs.replace(EXACT, colour=full)
    title = Overlay(kind="title", text="HHHHHHHH")
    (frame, *_) = planes(render(segment_of(Plain(), 1, size=(640, 360), overlays=(title,), encoding=encoding)))
    assert frame[0].min() == 0
    assert frame[0].max() >= 1023 - 4  # letters are drawn in 8 bit
    take = msgspec.structs.replace(patches(BARS[:2], full), crop=CropPath(fit="pad"))
    (frame, *_) = planes(render(segment_of(take, 1, size=(64, 64), encoding=encoding)))
    assert frame[0][:14].max() == 0


@pytest.mark.parametrize("kind", ["rgb24", "rgb48be", "gray", "pal8", "rgba"])
def test_stills_are_full_range_whatever_their_kind(render, tmp_path, ffmpeg, kind):
    path = tmp_path / "still.png"
    draw = "color=c=0xbf4020:s=64x64" if kind != "gray" else "color=c=0xbfbfbf:s=64x64"
    made = [str(ffmpeg), "-v", "error", "-f", "lavfi", "-i", f"{draw},format=gbrp,format={kind}"]
    subprocess.run([*made, "-frames:v", "1", "-update", "1", str(path)], check=True)
    rgb = np.array([0xBF] * 3) / 255
    take = take_of(probe(path), 0, 0)
    found = shown(render, take, BT709)[0]
    # what is in the file after ffmpeg's own way to this format, read as RGB; greys are what was drawn
    if kind != "gray":
        read = [str(ffmpeg), "-v", "error", "-i", str(path), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
        raw = subprocess.run(read, capture_output=True, check=True).stdout
        rgb = np.frombuffer(raw, np.uint8).reshape(64, 64, 3)[8:24, 8:24].mean(axis=(0, 1)) / 255
    assert found == pytest.approx(standards.codes(standards.ycbcr(rgb, "bt709"), 8), abs=0.5)


# -- HDR ---------------------------------------------------------------------------------------------------------------


def test_sdr_lies_at_reference_white_in_pq_and_hlg(render, patches):
    take = patches(BARS / 0.75, BT709)
    light = standards.WHITE * sdr_light(BARS / 0.75, "bt709", "bt2020")
    for target, signal in ((PQ, standards.pq(light)), (HLG, standards.hlg_signal(light))):
        expected = standards.codes(standards.ycbcr(signal, "bt2020nc"), 8)
        assert shown(render, take, target) == pytest.approx(expected, abs=0.5)
    # ITU-R BT.2408, table 1: reference white is 58 % PQ and 75 % HLG
    assert standards.pq(203) == pytest.approx(0.58, abs=0.002)
    assert (shown(render, take, HLG)[0, 0] - 16) / 219 == pytest.approx(0.75, abs=0.002)


def test_pq_and_hlg_become_one_another(render, patches):
    greys = [[level] * 3 for level in (0.0, 0.1, 0.3, 0.5, 0.58, 0.7)]
    signal = np.array([*greys, (0.6, 0.3, 0.3), (0.3, 0.5, 0.45)])
    to_hlg = standards.hlg_signal(standards.pq_light(signal))
    expected = standards.codes(standards.ycbcr(to_hlg, "bt2020nc"), 8)
    assert shown(render, patches(signal, PQ), HLG) == pytest.approx(expected, abs=0.5)
    to_pq = standards.pq(standards.hlg_light(signal))
    expected = standards.codes(standards.ycbcr(to_pq, "bt2020nc"), 8)
    assert shown(render, patches(signal, HLG), PQ) == pytest.approx(expected, abs=0.5)


@pytest.mark.parametrize("peak", [1000, 4000])
def test_hdr_becomes_sdr_by_the_curve_of_bt2390(render, patches, peak):
    light = np.array([[nits] * 3 for nits in (0, 1, 10, 50, 100, 203, 500, 1000)], float)
    light = np.concatenate([light, 203 * sdr_light(BARS[1:7] + 0.1, "bt709", "bt2020")])
    source = msgspec.structs.replace(PQ, peak=peak)
    kept = written(standards.pq(light), source)
    mapped = standards.tone_mapped(standards.pq_light(kept), peak, standards.WHITE) / standards.WHITE
    signal = standards.bt1886_signal(mapped @ standards.between("bt2020", "bt709").T)
    expected = standards.codes(standards.ycbcr(signal, "bt709"), 8)
    found = shown(render, patches(standards.pq(light), source), BT709)
    # a quarter for the 10-bit codes, a quarter for the table of 65 points
    assert found == pytest.approx(expected, abs=0.5)
    assert list(found[:8, 0]) == sorted(found[:8, 0])
    if peak == 1000:
        assert found[7] == pytest.approx([235, 128, 128], abs=0.6)


def test_hlg_becomes_sdr_as_its_display_shows_it(render, patches):
    signal = np.array([[level] * 3 for level in (0.0, 0.25, 0.5, 0.75, 1.0)])
    mapped = standards.tone_mapped(standards.hlg_light(signal), 1000, standards.WHITE) / standards.WHITE
    expected = standards.codes(standards.ycbcr(standards.bt1886_signal(mapped), "bt709"), 8)
    assert shown(render, patches(signal, HLG), BT709) == pytest.approx(expected, abs=0.8)


def test_brighter_pq_is_brought_to_the_peak_of_the_spec(render, patches):
    light = np.array([[nits] * 3 for nits in (10, 203, 1000, 4000)], float)
    source, target = (msgspec.structs.replace(PQ, peak=peak) for peak in (4000, 1000))
    expected = standards.codes(standards.ycbcr(standards.pq(standards.tone_mapped(light, 4000, 1000)), "bt2020nc"), 8)
    found = shown(render, patches(standards.pq(light), source), target)
    assert found == pytest.approx(expected, abs=0.5)
    assert found[-1, 0] == pytest.approx(16 + 219 * standards.pq(1000), abs=0.5)
    assert shown(render, patches(standards.pq(light), target), target)[2, 0] == pytest.approx(found[-1, 0], abs=0.3)


@pytest.mark.parametrize(("target", "white"), [(PQ, standards.pq(203.0)), (HLG, 0.75)], ids=["PQ", "HLG"])
def test_titles_and_graphics_are_at_reference_white(render, tmp_path, ffmpeg, target, white):
    encoding = msgspec.structs.replace(LOSSLESS_10, colour=target)
    title = Overlay(kind="title", text="HHHHHHHH")
    (frame, *_) = planes(render(segment_of(Plain(), 1, size=(640, 360), overlays=(title,), encoding=encoding)))
    assert (frame[0].max() / 4 - 16) / 219 == pytest.approx(white, abs=0.003)
    logo = tmp_path / "logo.png"
    made = [str(ffmpeg), "-v", "error", "-f", "lavfi", "-i", "color=c=white:s=64x64,format=rgba", "-frames:v", "1"]
    subprocess.run([*made, "-update", "1", str(logo)], check=True)
    overlay = Overlay(kind="graphic", take=take_of(probe(logo), 0, 0), fade_in=(0, 4))
    frames = planes(render(segment_of(Plain(), 5, size=(64, 64), overlays=(overlay,), encoding=encoding)))
    levels = [(frame[0][16:48, 16:48].mean() / 4 - 16) / 219 for frame in frames]
    assert levels == pytest.approx([white * share for share in (0.125, 0.375, 0.625, 0.875, 1)], abs=0.006)


def test_hdr_graphics_stay_as_bright_as_they_are(render, patches):
    clip = patches(np.full((2, 3), standards.pq(600.0)), PQ)
    overlay = Overlay(kind="graphic", take=clip)
    found = shown(render, Plain(), PQ, overlays=(overlay,))
    assert found[:, 0] == pytest.approx(16 + 219 * standards.pq(600.0), abs=0.4)


def test_dissolves_in_hdr_mix_the_signal(render, patches):
    one, two = (patches(np.full((2, 3), standards.pq(nits)), PQ) for nits in (10.0, 203.0))
    found = shown(render, one, PQ, over=two, mingle=Mingle(phase=2, length=5))
    middle = (standards.pq(10.0) + standards.pq(203.0)) / 2
    assert found[:, 0] == pytest.approx(16 + 219 * middle, abs=0.4)


# -- depth -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def ramp(tmp_path: Path, ffmpeg: Path) -> Take:
    """A grey ramp of 10 bit, one code a column, over two fifths of the range."""
    path = tmp_path / "ramp.mov"
    luma = np.tile((200 + np.arange(512) * 0.75).astype("<u2"), (64, 1)).tobytes()
    raw = (luma + np.full(512 * 64 * 2, 512, "<u2").tobytes()) * 2
    head = [str(ffmpeg), "-v", "error", "-f", "rawvideo", "-pix_fmt", "yuv444p10le", "-video_size", "512x64", "-i", "-"]
    subprocess.run([*head, "-c:v", "ffv1", str(path)], input=raw, check=True)
    return take_of(probe(path), 0, colour=Colour())


def test_ten_bits_stay_ten_bits(render, ramp):
    (frame, *_) = planes(render(segment_of(ramp, 1, size=(512, 64), encoding=LOSSLESS_10)))
    assert len(np.unique(frame[0])) > 256
    (frame, *_) = planes(render(segment_of(ramp, 1, size=(1024, 128), encoding=LOSSLESS_10)))
    assert len(np.unique(frame[0])) > 256


def test_eight_bits_are_dithered_and_do_not_band(render, ramp):
    (frame, *_) = planes(render(segment_of(ramp, 1, size=(512, 64), encoding=LOSSLESS)))
    wanted = (200 + np.arange(512) * 0.75).astype(int) / 4
    area = np.ones(8) / 8

    def off(levels: np.ndarray) -> np.ndarray:
        """How far areas of 8 columns are from the 10-bit level that they stand for, in codes of 8 bit."""
        return np.abs(np.convolve(levels - wanted, area, mode="valid"))[16:-16]

    assert off(frame[0].mean(axis=0)).max() < 0.15
    assert off(frame[0].mean(axis=0)).mean() < off(np.round(wanted)).mean() / 2
    assert len(np.unique(frame[0])) > 90
