"""Every frame of every deliverable is decoded back to the source frame that the cut asks for."""

from __future__ import annotations

import json
import subprocess
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import opentimelineio as otio
import pytest

from support import expected, projects
from support.numbered import CELLS, H264, INTRA, PRORES, SHARE, cells, lumas, make_numbered, read_number
from support.projects import FILM, NTSC, PAL, clip, dissolve, gap, marker, stretch, time, track
from twopop.delivery.order import read_order
from twopop.delivery.plan import Deliverable, Plan
from twopop.delivery.planner import make_plan
from twopop.delivery.receipt import Receipt
from twopop.delivery.run import deliver
from twopop.delivery.session import open_session
from twopop.delivery.verify import verify
from twopop.picture.recipe import Plain, Take

#: The uneven source: frame n is shown at this many ticks of 1/90000 s (30 frames a second with a wandering beat).
_BEAT = [n * 3000 + n % 3 * 790 for n in range(72)]
_TICKS = ("-enc_time_base", "1:90000", "-video_track_timescale", "90000")
_TEN_HOURS = 10 * 3600 * 25


class Source(NamedTuple):
    rate: Fraction
    begins: int
    codec: tuple[str, ...] = H264
    more: tuple[str, ...] = ()
    filters: str = ""
    frames: int = 72

    @property
    def times(self) -> list[Fraction]:
        return [Fraction(at, 90000) for at in _BEAT] if self.filters else [n / self.rate for n in range(self.frames)]


SOURCES = {
    "film.mp4": Source(Fraction(24), 1000),
    "pal.mov": Source(PAL, 2000, PRORES, ("-timecode", "10:00:00:00")),
    "ntsc.mp4": Source(NTSC, 3000),
    "thirty.mkv": Source(Fraction(30), 4000),
    "same.mov": Source(FILM, 5000, INTRA),
    "sixty.mp4": Source(Fraction(60), 6000, frames=120),
    "uneven.mp4": Source(
        Fraction(30), 7000, more=_TICKS, filters="settb=1/90000,setpts='N*3000+mod(N\\,3)*790'"
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def media(tmp_path_factory):
    folder = tmp_path_factory.mktemp("numbered")
    for name, source in SOURCES.items():
        make_numbered(
            folder / name, frames=source.frames, rate=source.rate, codec=source.codec, start=source.begins,
            more=source.more, filters=source.filters,
        )  # fmt: skip
    return folder


class Case(NamedTuple):
    """A cut at *rate* that begins *start* frames from midnight, and the order for it."""

    rate: Fraction
    cut: Any
    order: str
    keeps: dict[str, list[tuple[int, int]]]
    start: int
    drop: bool = False

    def timecode(self, frame: int) -> str:
        return expected.timecode(self.start + frame, -(-self.rate.numerator // self.rate.denominator), drop=self.drop)


def _reel(media, rate):
    """All that a cut can do, once: 24 items on the main track and two tracks above it."""

    def shot(name, first, frames, **more):
        source = SOURCES[name]
        start, available = time(first, source.rate), None
        if name == "pal.mov":  # counted in its own timecode, as editing systems write it
            start = time(_TEN_HOURS + first, PAL)
            available = stretch(time(_TEN_HOURS, PAL), source.frames, PAL)
        return clip(media / name, start, frames, rate, available=available, **more)

    inner = otio.schema.Stack(name="nested", source_range=stretch(time(3, rate), 12, rate))
    inner.extend([
        track(shot("ntsc.mp4", 10, 9), dissolve(2, 2, rate), shot("thirty.mkv", 30, 11)),
        track(gap(12, rate), shot("same.mov", 50, 3)),
    ])  # fmt: skip
    fast = otio.schema.Stack(name="nested, at twice its speed", source_range=stretch(time(0, rate), 6, rate))
    fast.extend([track(shot("film.mp4", 2, 6), shot("sixty.mp4", 20, 6))])
    fast.effects.append(otio.schema.LinearTimeWarp(time_scalar=2.0))
    main = track(
        shot("film.mp4", 5, 12), shot("pal.mov", 7, 14), dissolve(4, 4, rate), shot("ntsc.mp4", 20, 16),
        shot("thirty.mkv", 11, 11, speed=0.5), shot("same.mov", 9, 10, speed=2.0), dissolve(3, 4, rate),
        shot("sixty.mp4", 31, 14, speed=0.8), shot("film.mp4", 40, 11, speed=-1.0), shot("uneven.mp4", 6, 13),
        shot("pal.mov", 33, 6, speed=0), gap(5, rate), inner, fast,
        shot("thirty.mkv", 0, 4, enabled=False), shot("uneven.mp4", 50, 9, speed=-1.0), shot("same.mov", 30, 7),
        dissolve(2, 2, rate), gap(5, rate),
    )  # fmt: skip
    above = track(gap(8, rate), shot("sixty.mp4", 3, 6), gap(3, rate), shot("pal.mov", 0, 5, enabled=False))
    off = track(shot("film.mp4", 0, 60))
    off.enabled = False
    return [main, above, off]


def _order(durations, aspects, specs, cutdowns):
    return f"[[matrix]]\ndurations = {durations}\naspects = {aspects}\nspecs = {specs}\n{cutdowns}"


def _film(media):
    start, keep, marks = 24 * 3600, [(100, 131), (3, 26), (60, 75)], [(10, 20), (70, 84)]
    markers = [marker("SHORT", first, last - first, FILM) for first, last in marks]
    cut = projects.timeline(*_reel(media, FILM), rate=FILM, start=start, markers=markers)
    lines = [[expected.timecode(start + frame, 24) for frame in pair] for pair in keep]
    order = _order(
        ["full", "turned", "short"], ["16:9", "9:16", "1:1"], ["tiny-h264", "tiny-intra"],
        f'[cutdowns.turned]\nkeep = {lines}\n[cutdowns.short]\nmarkers = "short"',
    )  # fmt: skip
    return Case(FILM, cut, order, {"turned": keep, "short": marks}, start)


def _pal(media):
    keep = [(80, 96), (12, 25)]
    lines = [[expected.timecode(frame, 25) for frame in pair] for pair in keep]
    cut = projects.timeline(*_reel(media, PAL), rate=PAL)
    order = _order(["full", "turned"], ["9:16"], ["tiny-h264"], f"[cutdowns.turned]\nkeep = {lines}")
    return Case(PAL, cut, order, {"turned": keep}, 0)


def _ntsc(media):
    """Drop-frame, over the minute 00:59:00, whose labels 00 and 01 do not exist."""
    start, keep = 59 * 1800 - 2 * 53 - 40, [(30, 48), (90, 99), (0, 5)]
    lines = [[expected.timecode(start + frame, 30, drop=True) for frame in pair] for pair in keep]
    cut = projects.timeline(*_reel(media, NTSC), rate=NTSC, start=start, drop=True)
    order = _order(["full", "turned"], ["16:9"], ["tiny-intra"], f"[cutdowns.turned]\nkeep = {lines}")
    return Case(NTSC, cut, order, {"turned": keep}, start, drop=True)


class Delivery(NamedTuple):
    case: Case
    plan: Plan
    receipt: Receipt
    shown: dict[str, list[tuple[expected.Look, ...]]]

    def file(self, deliverable: Deliverable):
        return Path(self.plan.out) / deliverable.path

    def looks(self, deliverable: Deliverable) -> list[tuple[expected.Look, ...]]:
        return self.shown[deliverable.variant.duration]


@pytest.fixture(scope="module", params=[_film, _pal, _ntsc], ids=["23.976", "25", "29.97 drop"])
def delivery(request, media, tmp_path_factory):
    case = request.param(media)
    folder = tmp_path_factory.mktemp("project")
    order = read_order(projects.write_project(folder, case.cut, case.order))
    session = open_session(folder)
    plan = make_plan(order, session)
    receipt = deliver(plan, session)
    whole = expected.frames_of(case.cut, case.rate)
    shown = {name: list(chain.from_iterable(whole[a:b] for a, b in keep)) for name, keep in case.keeps.items()}
    return Delivery(case, plan, receipt, {"full": whole, **shown})


def test_all_is_delivered_and_reads_back(delivery):
    told = [(record.id, record.findings) for record in delivery.receipt.deliverables if record.outcome != "delivered"]
    assert not told, delivery.receipt.findings
    assert {finding.rule for finding in delivery.plan.findings} <= {"media.colour-assumed"}  # the sources say none
    assert len(delivery.receipt.deliverables) == delivery.plan.wanted
    assert not verify(Path(delivery.plan.out)).findings


def _number(look: expected.Look) -> int | None:
    if not look.file:
        return None
    source = SOURCES[look.file]
    return source.begins + expected.frame_at(look.time, source.times)


def _levels(luma: np.ndarray) -> np.ndarray:
    """The mean level of the inner part of each cell."""
    height, width = luma.shape
    side = height * SHARE
    edge = np.array([-side / 2 + side * n / CELLS for n in range(CELLS)])
    found = np.empty((CELLS, CELLS))
    for row, y in enumerate(height / 2 + edge):
        for column, x in enumerate(width / 2 + edge):
            reach = side / CELLS
            box = np.s_[
                round(y + reach * 0.25) : round(y + reach * 0.75), round(x + reach * 0.25) : round(x + reach * 0.75)
            ]
            found[row, column] = luma[box].mean()
    return found


def _painted(number: int | None) -> np.ndarray:
    return np.full((CELLS, CELLS), 16.0) if number is None else np.where(cells(number), 235.0, 16.0)


def test_every_frame_is_the_one_that_the_cut_asks_for(delivery):
    for deliverable in delivery.plan.deliverables:
        pictures, looks = lumas(delivery.file(deliverable)), delivery.looks(deliverable)
        assert len(pictures) == len(looks) == deliverable.frames
        wrong = []
        for place, (luma, shown) in enumerate(zip(pictures, looks, strict=True)):
            numbers = [_number(look) for look in shown]
            heaviest = max(shown, key=lambda look: look.weight)
            if heaviest.weight >= Fraction(3, 4) and read_number(luma) != _number(heaviest):
                wrong.append((place, "read", read_number(luma), "wanted", numbers))
            # the level of every cell tells both pictures of a dissolve, and how much of each
            wanted = sum(float(look.weight) * _painted(number) for look, number in zip(shown, numbers, strict=True))
            off = np.abs(_levels(luma) - wanted).max()
            if off > 25:
                wrong.append((place, "levels off by", off, "wanted", numbers))
        assert not wrong, f"{deliverable.id}: {wrong[:5]}"


def _planned(picture: Take | Plain, frame: int) -> tuple[str, Fraction]:
    if isinstance(picture, Plain):
        return "", Fraction(0)
    return picture.path.rpartition("/")[2], (picture.first + frame * picture.step) / picture.rate


def test_the_plan_says_the_same_to_the_fraction(delivery):
    for deliverable in delivery.plan.deliverables:
        planned = []
        for segment in (delivery.plan.segments[key] for key in deliverable.segments):
            for frame in range(segment.frames):
                looks = [expected.Look(Fraction(1), *_planned(segment.base, frame))]
                if segment.over is not None:
                    share = Fraction(2 * (segment.mingle.phase + frame) + 1, 2 * segment.mingle.length)
                    looks = [looks[0]._replace(weight=1 - share), expected.Look(share, *_planned(segment.over, frame))]
                planned.append(tuple(looks))
        assert planned == delivery.looks(deliverable)


def test_frames_lie_evenly_from_zero_and_sound_is_as_long(delivery):
    import av

    rate = delivery.case.rate
    for deliverable in delivery.plan.deliverables:
        with av.open(str(delivery.file(deliverable))) as container:
            stream = container.streams.video[0]
            shown = [frame.pts * stream.time_base for frame in container.decode(stream)]
        assert shown == [n / rate for n in range(deliverable.frames)]
        with av.open(str(delivery.file(deliverable))) as container:
            stream = container.streams.audio[0]
            frames = list(container.decode(stream))
        assert frames[0].pts == 0
        assert stream.duration * stream.time_base * 48000 == round(deliverable.frames / rate * 48000)
        assert sum(frame.samples for frame in frames) >= round(deliverable.frames / rate * 48000)


def test_another_program_reads_the_same_figures(delivery, ffprobe):
    for deliverable in delivery.plan.deliverables:
        wanted = ["-count_frames", "-show_entries", "stream:stream_tags:format", "-of", "json"]
        done = subprocess.run([ffprobe, "-v", "error", *wanted, str(delivery.file(deliverable))],
                              capture_output=True, check=True)  # fmt: skip
        streams = json.loads(done.stdout)["streams"]
        picture = next(each for each in streams if each["codec_type"] == "video")
        sound = next(each for each in streams if each["codec_type"] == "audio")
        rate = delivery.case.rate
        assert int(picture["nb_read_frames"]) == int(picture["nb_frames"]) == len(delivery.looks(deliverable))
        assert Fraction(picture["r_frame_rate"]) == Fraction(picture["avg_frame_rate"]) == rate
        assert Fraction(picture["start_time"]) == Fraction(sound["start_time"]) == 0
        assert (picture["width"], picture["height"]) == deliverable.size
        assert abs(Fraction(picture["duration"]) - len(delivery.looks(deliverable)) / rate) < Fraction(1, 10**5)
        if deliverable.spec == "tiny-h264":
            assert picture["has_b_frames"] >= 1
        assert _timecodes(streams) == ({delivery.case.timecode(0)} if deliverable.spec == "tiny-intra" else set())


def _timecodes(streams: list[dict[str, Any]]) -> set[str]:
    return {each["tags"]["timecode"] for each in streams if "timecode" in each.get("tags", {})}


def test_mediainfo_reads_the_same_figures(delivery, mediainfo):
    for deliverable in delivery.plan.deliverables:
        done = subprocess.run([mediainfo, "--Output=JSON", str(delivery.file(deliverable))], capture_output=True,
                              check=True)  # fmt: skip
        tracks = {each["@type"]: each for each in json.loads(done.stdout)["media"]["track"]}
        assert int(tracks["Video"]["FrameCount"]) == len(delivery.looks(deliverable))
        assert tracks["Video"]["FrameRate_Mode"] == "CFR"
        if deliverable.spec == "tiny-intra":
            assert tracks["Other"]["TimeCode_FirstFrame"] == delivery.case.timecode(0)
