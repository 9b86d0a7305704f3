"""Every frame of every segment is decoded back to the number of the source frame that the recipe names."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from picture_recipes import HQ, X264, segment_of, take_of

from support.numbered import H264, INTRA, PRORES, make_numbered, read_numbers
from twopop.errors import EditorError
from twopop.picture.probe import probe
from twopop.picture.recipe import Mingle
from twopop.time import Rate
from twopop.variants.model import CropPath

OPEN_GOP = (*H264, "-x264-params", "open-gop=1:keyint=20:scenecut=0")

SOURCES = {
    "24.mp4": {"rate": 24, "codec": H264},
    "25.mov": {"rate": 25, "codec": PRORES},
    "29.97.mp4": {"rate": Fraction(30000, 1001), "codec": H264},
    "30.mkv": {"rate": 30, "codec": H264},
    "23.976.mov": {"rate": Fraction(24000, 1001), "codec": INTRA},
    "60.mp4": {"rate": 60, "codec": OPEN_GOP},
}
PROGRAMS = [Rate(24000, 1001), Rate(25), Rate(30000, 1001)]


def wanted(take, frames):
    return [math.floor(take.first + k * take.step) for k in range(frames)]


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("rate", PROGRAMS, ids=str)
def test_each_rate_in_each_program(render, numbered, name, rate):
    facts = numbered(name, **SOURCES[name])
    for first in (0, Fraction(107, 2)):
        take = take_of(facts, first, facts.picture.rate / rate)
        frames = min(20, math.ceil((120 - take.first) / take.step))
        assert read_numbers(render(segment_of(take, frames, rate=rate))) == wanted(take, frames)


@pytest.mark.parametrize(
    "step", [Fraction(1, 2), 2, Fraction(4, 5), -1, Fraction(-3, 2), Fraction(-1, 3), 0, Fraction(7, 1001)]
)
def test_retimes(render, numbered, step):
    take = take_of(numbered("24.mp4", **SOURCES["24.mp4"]), Fraction(123, 2), step)
    assert read_numbers(render(segment_of(take, 21))) == wanted(take, 21)


@pytest.mark.parametrize("name", ["24.mp4", "25.mov", "30.mkv", "60.mp4"])
@pytest.mark.parametrize("first", [1, 47, 48, 116])
def test_seeks_land_on_the_frame(render, numbered, name, first):
    take = take_of(numbered(name, **SOURCES[name]), first)
    assert read_numbers(render(segment_of(take, 4))) == [first, first + 1, first + 2, first + 3]


@pytest.mark.parametrize("suffix", [".ts", ".avi", ".mkv"])
def test_containers_without_a_trustworthy_index(render, numbered, suffix):
    take = take_of(numbered(f"other{suffix}", rate=25), 55)
    assert read_numbers(render(segment_of(take, 8))) == list(range(55, 63))


def test_the_last_frame_is_held_as_long_as_the_recipe_says(render, numbered):
    take = take_of(numbered("24.mp4", **SOURCES["24.mp4"]), 118, Fraction(1, 4))
    assert read_numbers(render(segment_of(take, 8))) == [118] * 4 + [119] * 4


@pytest.mark.parametrize("step", [1, Fraction(1, 2), -1, 0])
def test_uneven_frames_follow_their_times(render, tmp_path, step):
    path = make_numbered(
        tmp_path / "vfr.mp4",
        frames=60,
        rate=30,
        filters="settb=1/90000,setpts='(N+floor(N/7)*3)*3000'",
        more=("-video_track_timescale", "90000"),
    )
    times = [Fraction(n + n // 7 * 3, 30) for n in range(60)]
    facts = probe(path)
    assert not facts.picture.uniform
    take = take_of(facts, 40, step)
    due = [(take.first + k * step) / facts.picture.rate for k in range(20)]
    shown = [max(n for n, time in enumerate(times) if time <= moment) for moment in due]
    assert read_numbers(render(segment_of(take, 20, rate=Rate(25)))) == shown


def test_a_source_whose_first_frame_comes_late(render, tmp_path):
    sound = ("-f", "lavfi", "-i", "sine=d=3")
    path = make_numbered(
        tmp_path / "late.mov", frames=50, filters="setpts=PTS+0.52/TB", inputs=sound, codec=(*H264, "-c:a", "aac")
    )
    facts = probe(path)
    assert facts.picture.start == Fraction(13, 25)
    assert read_numbers(render(segment_of(take_of(facts, 10), 5))) == [10, 11, 12, 13, 14]


@pytest.mark.parametrize("size", [(180, 320), (240, 240), (320, 180), (640, 360)])
def test_every_aspect(render, numbered, size):
    take = take_of(numbered("30.mkv", **SOURCES["30.mkv"]), 33)
    assert read_numbers(render(segment_of(take, 6, size=size))) == list(range(33, 39))
    padded = take_of(numbered("30.mkv", **SOURCES["30.mkv"]), 33, crop=CropPath(fit="pad"))
    share = min(1.0, (size[0] * 9 / 16) / size[1])
    assert read_numbers(render(segment_of(padded, 6, size=size)), shares=(share,)) == list(range(33, 39))


def test_ten_bit_in_a_mov(render, numbered):
    take = take_of(numbered("25.mov", **SOURCES["25.mov"]), 70)
    assert read_numbers(render(segment_of(take, 6, encoding=HQ))) == list(range(70, 76))


def test_the_ends_of_a_dissolve(render, numbered):
    base = take_of(numbered("24.mp4", **SOURCES["24.mp4"]), 20)
    over = take_of(numbered("25.mov", **SOURCES["25.mov"]), 80)
    path = render(segment_of(base, 24, over=over, mingle=Mingle(phase=0, length=24)))
    numbers = read_numbers(path)
    assert numbers[:8] == list(range(20, 28))
    assert numbers[-8:] == list(range(96, 104))


@pytest.mark.parametrize("name", ["24.mp4", "30.mkv"])
@pytest.mark.parametrize(("first", "step"), [(110, 1), (-2, 1), (3, -1), (119, 2)])
def test_a_source_that_is_too_short_is_named_and_never_frozen(render, store, numbered, name, first, step):
    facts = numbered(name, **SOURCES[name])
    segment = segment_of(take_of(facts, first, step), 20)
    with pytest.raises(EditorError, match="frame") as raised:
        render(segment)
    assert raised.value.where == facts.path
    assert raised.value.remedy
    assert not store.has("segments", segment.key())
    assert not [path for path in store.folder.rglob("*") if path.is_file()]


def test_a_frame_that_cannot_be_decoded_is_an_error_not_a_repeat(render, tmp_path):
    import av

    path = make_numbered(tmp_path / "hurt.mov", frames=40, codec=("-c:v", "png"))
    with av.open(str(path)) as container:
        packets = [(p.pos, p.size) for p in container.demux(video=0) if p.size]
    raw = bytearray(path.read_bytes())
    place, size = packets[20]
    raw[place : place + size] = bytes(size)
    path.write_bytes(raw)
    with pytest.raises(EditorError, match=r"frame 20 cannot be decoded"):
        render(segment_of(take_of(probe(path), 10), 20))


def test_the_same_segment_twice_is_the_same_bytes(tmp_path, numbered, ffmpeg):
    from twopop.picture.render import render_segment
    from twopop.store import Store

    base = take_of(numbered("24.mp4", **SOURCES["24.mp4"]), 5)
    for encoding in (X264, HQ):
        segment = segment_of(base, 10, encoding=encoding)
        found = set()
        for name in ("one", "two"):
            store = Store(tmp_path / name)
            render_segment(segment, segment.key(), store, ffmpeg, seconds=60)
            found.add(store.path("segments", segment.key()).read_bytes())
        assert len(found) == 1
