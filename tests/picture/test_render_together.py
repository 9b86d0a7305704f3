"""Looks of one stretch rendered by one process have the bytes that they have alone, and share the decoding."""

from __future__ import annotations

import msgspec
import pytest
from picture_recipes import HQ, X264, segment_of, take_of

from twopop.picture import tools
from twopop.picture.cost import is_cheap, memory, stretch, work
from twopop.picture.recipe import Encoding, Mingle, Overlay, Plain
from twopop.picture.render import render_segments
from twopop.store import Store
from twopop.variants.model import CropKey, CropPath

MOVING = CropPath(keys=(CropKey(0), CropKey(20)))
FAST = msgspec.structs.replace(X264, options=(("preset", "ultrafast"), ("crf", "20")))


def looks_of(facts):
    """One stretch, wide, high, and square with words; in two encodings."""
    take = take_of(facts, 40)
    high = msgspec.structs.replace(take, crop=MOVING)
    words = (Overlay(kind="title", text="Harbour"), Overlay(kind="name", text="v001"))
    made = [
        segment_of(take, 8, encoding=FAST),
        segment_of(high, 8, size=(180, 320), encoding=FAST),
        segment_of(take, 8, size=(180, 180), encoding=HQ, overlays=words),
    ]
    return {segment.key(): segment for segment in made}


def together(segments, folder, ffmpeg):
    store = Store(folder)
    render_segments(segments, store, ffmpeg, seconds=60)
    return {key: store.path("segments", key).read_bytes() for key in segments}


def test_together_or_alone_the_bytes_are_the_same(numbered, tmp_path, ffmpeg, monkeypatch):
    commands, run = [], tools.run
    monkeypatch.setattr(tools, "run", lambda arguments, **more: commands.append(arguments) or run(arguments, **more))
    looks = looks_of(numbered("25.mp4", rate=25))
    made = together(looks, tmp_path / "together", ffmpeg)
    alone = {key: together({key: looks[key]}, tmp_path / key, ffmpeg)[key] for key in looks}
    assert made == alone
    assert len(commands) == 4
    assert [command.count("-i") for command in commands] == [1, 1, 1, 1]


def test_a_dissolve_is_shared_too(numbered, tmp_path, ffmpeg):
    facts = numbered("25.mp4", rate=25)
    more = {"over": take_of(facts, 80), "mingle": Mingle(phase=0, length=6), "encoding": HQ}
    made = [segment_of(take_of(facts, 10), 6, **more), segment_of(take_of(facts, 10), 6, size=(180, 180), **more)]
    looks = {segment.key(): segment for segment in made}
    shared = together(looks, tmp_path / "together", ffmpeg)
    assert shared == {key: together({key: looks[key]}, tmp_path / key, ffmpeg)[key] for key in looks}


def test_nothing_is_kept_when_one_fails(numbered, tmp_path, ffmpeg):
    looks = looks_of(numbered("25.mp4", rate=25))
    bad = msgspec.structs.replace(FAST, options=(("preset", "no-such-preset"),))
    broken = segment_of(take_of(numbered("25.mp4", rate=25), 40), 8, size=(64, 64), encoding=bad)
    with pytest.raises(Exception, match="ffmpeg failed"):
        together(looks | {broken.key(): broken}, tmp_path / "store", ffmpeg)
    assert [path for path in (tmp_path / "store").rglob("*") if path.is_file()] == []


# -- what is shared ----------------------------------------------------------------------------------------------------


def test_looks_of_one_stretch_differ_in_crop_size_words_and_encoding_alone(numbered):
    facts = numbered("25.mp4", rate=25)
    wide, high, square = looks_of(facts).values()
    assert stretch(wide) == stretch(high) == stretch(square)
    for other in (segment_of(take_of(facts, 41), 8), segment_of(take_of(facts, 40), 9)):
        assert stretch(other) != stretch(wide)
    assert stretch(segment_of(Plain(), 8)) is None


def test_only_encoders_that_hold_few_pictures_share():
    assert is_cheap(HQ)
    assert is_cheap(FAST)
    assert not is_cheap(X264)
    assert not is_cheap(Encoding(encoder="libx265", pixel_format="yuv420p", format="mp4"))


def test_longer_larger_and_slower_costs_more(numbered):
    facts = numbered("25.mp4", rate=25)
    plain = segment_of(take_of(facts, 0), 10)
    assert work(segment_of(take_of(facts, 0), 20)) == pytest.approx(2 * work(plain))
    assert work(msgspec.structs.replace(plain, size=(640, 360))) > work(plain)
    slow = Encoding(encoder="libx264", pixel_format="yuv420p", format="mp4", options=(("preset", "slow"),))
    assert work(msgspec.structs.replace(plain, encoding=slow)) > work(plain)
    assert memory([plain, msgspec.structs.replace(plain, size=(640, 360))]) > memory([plain])
