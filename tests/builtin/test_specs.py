"""The specs that come along: they load, they say where their figures come from, and ffmpeg makes what they say."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import av
import imageio_ffmpeg
import pytest

import twopop.builtin
from twopop.findings import Severity
from twopop.specs import Spec, read_spec, read_specs

FOLDER = Path(twopop.builtin.__file__).parent / "specs"
FILES = sorted(FOLDER.glob("*.toml"))
SPECS = [spec for path in FILES for spec in read_specs(path)]
#: The specs with levels of their own and a test for each figure; tests/picture/test_codecs.py looks at the others.
FIRST = [spec for spec in SPECS if spec.name in ("social-h264", "broadcast-prores", "review-h264", "spot-us-h264-mp4")]
ASPECTS = {"16:9": 16 / 9, "9:16": 9 / 16, "1:1": 1.0, "4:5": 4 / 5}


def by_name(name: str) -> Spec:
    return next(spec for spec in SPECS if spec.name == name)


@pytest.fixture(params=SPECS, ids=lambda spec: spec.name)
def spec(request: pytest.FixtureRequest) -> Spec:
    chosen: Spec = request.param
    return chosen


def test_a_file_bears_the_name_of_its_spec_or_of_its_family() -> None:
    assert len(FIRST) == 4
    assert len({spec.name for spec in SPECS}) == len(SPECS)
    for path in FILES:
        names = [spec.name for spec in read_specs(path)]
        assert names == [path.stem] or all(name.startswith(path.stem) for name in names)


def test_each_aspect_has_its_shape_in_even_pixels(spec: Spec) -> None:
    assert set(spec.video.sizes) in (set(ASPECTS), {"16:9"})
    for aspect, (width, height) in spec.video.sizes.items():
        assert width % 2 == height % 2 == 0
        assert width / height == pytest.approx(ASPECTS[aspect], abs=2 / height)


def test_each_rule_names_a_key_of_the_spec(spec: Spec) -> None:
    for rule in spec.rules:
        value: Any = spec
        for step in rule.id.split("."):
            value = value[step] if isinstance(value, Mapping) else getattr(value, step)
        assert value not in (None, ""), rule.id
        assert rule.source
        assert rule.note or rule.level is Severity.FAIL
    assert len({rule.id for rule in spec.rules}) == len(spec.rules)


def test_only_official_tested_and_house_rules_fail(spec: Spec) -> None:
    for rule in spec.rules:
        if rule.level is Severity.FAIL:
            assert rule.confidence in ("official", "tested", "house")


def test_the_level_of_the_loudness_is_that_of_its_rule(spec: Spec) -> None:
    if spec.loudness is not None:
        assert spec.loudness.level is spec.level("loudness.target")


def test_figures_of_the_receivers() -> None:
    """EBU R 128 (Tech 3343 v4) for broadcast; the practice of online players for social."""
    r128, social = by_name("broadcast-prores").loudness, by_name("social-h264").loudness
    assert r128 is not None
    assert (r128.target, r128.tolerance, r128.true_peak, r128.level) == (-23.0, 0.2, -1.0, Severity.FAIL)
    assert social is not None
    assert (social.target, social.true_peak, social.level) == (-14.0, -1.0, Severity.WARN)


def test_a_third_party_figure_cannot_be_made_to_fail(tmp_path: Path) -> None:
    text = (FOLDER / "social-h264.toml").read_text("utf-8")
    before, rule, after = text.partition('id = "loudness.target"\nlevel = "warn"')
    assert rule
    bad = tmp_path / "bad.toml"
    bad.write_text(before + rule.replace("warn", "fail") + after, "utf-8")
    with pytest.raises(twopop.InputError, match=r"loudness\.target"):
        read_spec(bad)


def _encode(spec: Spec, aspect: str, file: Path) -> None:
    """Ten frames and as much sound, encoded with the spec's own options and tags."""
    width, height = spec.video.sizes[aspect]
    colour = spec.video.colour
    tags = f"color_primaries={colour.primaries}:color_trc={colour.transfer}:colorspace={colour.matrix}"
    chain = f"scale=out_color_matrix=bt709:out_range=tv,format={spec.video.pixel_format},setparams={tags}:range=tv"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-v", "error"]
    command += ["-f", "lavfi", "-i", f"testsrc2=s={width}x{height}:r=24000/1001"]
    command += ["-f", "lavfi", "-i", f"sine=r={spec.audio.rate}", "-ac", str(len(spec.audio.sounds[0].channels))]
    command += ["-frames:v", "10", "-t", "0.4", "-vf", chain, "-c:v", spec.video.encoder, "-c:a", spec.audio.encoder]
    for key, value in spec.video.options.items():
        command += [f"-{key}:v", value]
    for key, value in spec.audio.options.items():
        command += [f"-{key}:a", value]
    for key, value in spec.container.options.items():
        command += [f"-{key}", value]
    done = subprocess.run(
        [*command, "-f", spec.container.format, str(file)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert "Unrecognized" not in done.stderr
    assert "not used" not in done.stderr


@pytest.mark.parametrize(
    ("spec", "aspect"),
    [(spec, aspect) for spec in FIRST for aspect in ("16:9", "4:5") if aspect in spec.video.sizes],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_ffmpeg_makes_what_the_spec_says(spec: Spec, aspect: str, tmp_path: Path) -> None:
    file = tmp_path / f"ten.{spec.container.extension}"
    _encode(spec, aspect, file)
    with av.open(str(file)) as media:
        picture, sound = media.streams.video[0], media.streams.audio[0]
        assert picture.codec_context.name == spec.video.codec
        assert picture.profile == spec.video.profile
        assert picture.pix_fmt == spec.video.pixel_format
        assert (picture.width, picture.height) == spec.video.sizes[aspect]
        assert picture.frames == 10
        assert sound.codec_context.name == spec.audio.codec
        assert (sound.rate, sound.channels) == (spec.audio.rate, len(spec.audio.sounds[0].channels))
        frame = next(media.decode(picture))
        # ITU-T H.273: 1 is BT.709 in all three lists; libav calls limited range 1.
        assert (frame.colorspace, frame.color_primaries, frame.color_trc, frame.color_range) == (1, 1, 1, 1)


def _atoms(file: Path) -> list[bytes]:
    """The names of the outermost boxes of an ISO file (ISO/IEC 14496-12, 4.2), in order."""
    data, names, place = file.read_bytes(), [], 0
    while place < len(data):
        names.append(data[place + 4 : place + 8])
        place += int.from_bytes(data[place : place + 4], "big")
    return names


@pytest.mark.parametrize("name", ["social-h264", "review-h264"])
def test_the_index_comes_first_in_mp4(name: str, tmp_path: Path) -> None:
    file = tmp_path / "ten.mp4"
    _encode(by_name(name), "1:1", file)
    atoms = _atoms(file)
    assert atoms.index(b"moov") < atoms.index(b"mdat")


def test_key_frames_lie_every_twelve_frames_and_nothing_refers_across_them(tmp_path: Path) -> None:
    """Closed GOP: in decoding order every picture after a key frame is also shown after it."""
    spec = by_name("social-h264")
    width, height = 320, 180
    file = tmp_path / "gop.mp4"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "lavfi", "-i"]
    command += [f"mandelbrot=s={width}x{height}:r=24", "-frames:v", "40", "-pix_fmt", "yuv420p", "-c:v", "libx264"]
    for key, value in spec.video.options.items():
        command += [f"-{key}:v", value]
    subprocess.run([*command, str(file)], check=True, timeout=60)
    with av.open(str(file)) as media:
        packets = [packet for packet in media.demux(video=0) if packet.pts is not None]
    step = sorted(packet.pts for packet in packets)[1] - min(packet.pts for packet in packets)
    first = min(packet.pts for packet in packets)
    keys = [(packet.pts - first) // step for packet in packets if packet.is_keyframe]
    assert keys == [0, 12, 24, 36]
    newest_key = first
    for packet in packets:
        newest_key = packet.pts if packet.is_keyframe else newest_key
        assert packet.pts >= newest_key


FAMILY = """
schema = "twopop.spec-family/1"
[all]
source = "a test"
checked = 2026-11-01
container = { format = "mov", extension = "mov" }
audio = { encoder = "pcm_s24le", codec = "pcm_s24le" }
video = { encoder = "e", codec = "c", pixel_format = "p", sizes = { "16:9" = [16, 9] }, options = { a = "1", b = "2" } }
[[all.rules]]
id = "video.codec"
level = "fail"
source = "s"
checked = 2026-11-01
[[member]]
name = "one"
title = "One"
video = { codec = "other", options = { b = "3", c = "4" } }
rules = [{ id = "video.sizes", level = "warn", source = "s", checked = 2026-11-01 }]
[[member]]
name = "two"
title = "Two"
container = { extension = "qt" }
"""


def test_members_of_a_family_lie_over_what_they_share(tmp_path: Path) -> None:
    file = tmp_path / "family.toml"
    file.write_text(FAMILY)
    one, two = read_specs(file)
    assert (one.name, one.video.codec, one.video.options) == ("one", "other", {"a": "1", "b": "3", "c": "4"})
    assert [rule.id for rule in one.rules] == ["video.codec", "video.sizes"]
    assert (two.video.codec, two.video.options) == ("c", {"a": "1", "b": "2"})
    assert (two.container.format, two.container.extension) == ("mov", "qt")
    assert [rule.id for rule in two.rules] == ["video.codec"]


@pytest.mark.parametrize(
    ("was", "now", "words"),
    [
        ('title = "Two"', "", "member 'two'"),
        ("[[member]]", "[[members]]", r"\[all\] and one \[\[member\]\]"),
        ('extension = "qt"', 'format = "mxf"', "always has a start timecode"),
    ],
)
def test_a_family_with_a_fault_names_the_member(tmp_path: Path, was: str, now: str, words: str) -> None:
    file = tmp_path / "family.toml"
    file.write_text(FAMILY.replace(was, now))
    with pytest.raises(twopop.InputError, match=words) as raised:
        read_specs(file)
    assert "family.toml" in f"{raised.value.where}"
