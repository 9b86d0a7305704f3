"""Stretches of an intra-coded source that a deliverable wants as they are: packets, not encodings."""

from __future__ import annotations

import json
import subprocess
from fractions import Fraction
from pathlib import Path

import msgspec
import pytest

from support import projects
from support.numbered import DNXHR, INTRA, PRORES, make_numbered, read_numbers
from support.projects import FILM, clip, dissolve, stretch, time, track
from twopop.delivery.copying import drawn_together
from twopop.delivery.order import read_order
from twopop.delivery.planner import make_plan
from twopop.delivery.run import deliver
from twopop.delivery.session import open_session
from twopop.picture.pieces import Piece

TAGGED = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"

_SPEC = """
schema = "twopop.spec/1"
name = "{name}"
title = "{name}"
source = "a test"
checked = 2026-11-01
start_timecode = "program"
container = {{ format = "mov", extension = "mov" }}
audio = {{ encoder = "pcm_s24le", codec = "pcm_s24le" }}
{more}
[video]
{video}
sizes = {{ "16:9" = [320, 180], "9:16" = [180, 320] }}
"""

_PRORES = 'encoder = "prores_ks"\ncodec = "prores"\nprofile = "Proxy"\npixel_format = "yuv422p10le"\n' \
    'options = { profile = "0", vendor = "apl0" }'  # fmt: skip
_DNXHR = 'encoder = "dnxhd"\ncodec = "dnxhd"\nprofile = "DNXHR LB"\npixel_format = "yuv422p"\n' \
    'options = { profile = "dnxhr_lb" }'  # fmt: skip
_H264 = 'encoder = "libx264"\ncodec = "h264"\nprofile = "High"\npixel_format = "yuv420p"\n' \
    'options = { preset = "veryfast", crf = "20", g = "1" }'  # fmt: skip

CODECS = {"prores": (PRORES, _PRORES), "dnxhr": (DNXHR, _DNXHR), "h264": (INTRA, _H264)}

KEEP = '[cutdowns.turned]\nkeep = [["01:00:01:20", "01:00:02:09"], ["01:00:00:05", "01:00:00:14"]]'


def write(folder: Path, cut, codec: str, *, aspects=("16:9",), more="", texted=True) -> Path:
    """A project with one master at 24000/1001 and one spec of the master's own form."""
    how, video = CODECS[codec]
    make_numbered(folder / "master.mov", frames=72, rate=FILM, codec=how, filters=TAGGED,
                  more=("-timecode", "01:00:00:00"))  # fmt: skip
    order = f"""[[matrix]]
durations = ["full", "turned"]
aspects = {json.dumps(list(aspects))}
specs = ["{codec}"]
texted = [{str(texted).lower()}]
{KEEP}
"""
    path = projects.write_project(folder, cut, order)
    (folder / "plugins" / "own.toml").write_text(_SPEC.format(name=codec, video=video, more=more))
    return path


def cut_of(*items, over=()):
    tracks = [track(*items), *([track(*over, name="Titles")] if over else [])]
    return projects.timeline(*tracks, rate=FILM, start=86400)


def shot(first: int, frames: int, **more):
    return clip("master.mov", time(first, FILM), frames, FILM, **more)


def title(frames: int):
    import opentimelineio as otio

    return otio.schema.Clip(
        name="Harbour",
        media_reference=otio.schema.GeneratorReference(generator_kind="title", parameters={"text": "Harbour"}),
        source_range=stretch(time(0, FILM), frames, FILM),
    )


def delivered(order: Path):
    session = open_session(order.parent)
    plan = make_plan(read_order(order), session)
    receipt = deliver(plan, session)
    assert [record.outcome for record in receipt.deliverables] == ["delivered"] * len(plan.deliverables), [
        record.findings for record in receipt.deliverables
    ]
    return plan, receipt, session


def way(deliverable) -> tuple[str, str]:
    return next((reason.value, reason.why) for reason in deliverable.reasons if reason.what == "copy")


def hashes(ffprobe, path):
    given = ["-select_streams", "v:0", "-show_packets", "-show_data_hash", "md5", "-of", "json", f"file:{path}"]
    done = subprocess.run([ffprobe, "-v", "error", *given], capture_output=True, check=True)
    return [packet["data_hash"] for packet in json.loads(done.stdout)["packets"]]


TURNED = [*range(44, 57), *range(5, 14)]


@pytest.mark.parametrize("codec", CODECS)
def test_a_cutdown_of_a_master_is_packets_only(tmp_path, ffprobe, mediainfo, codec):
    order = write(tmp_path, cut_of(shot(0, 30), shot(30, 42)), codec)
    plan, receipt, session = delivered(order)
    assert (plan.segments, receipt.segments_rendered, plan.estimate.frames_to_render) == ({}, 0, 0)
    assert plan.estimate.frames_copied == 72 + 22
    assert not (session.store.folder / "segments").exists()
    master = hashes(ffprobe, tmp_path / "master.mov")
    for deliverable, numbers in zip(plan.deliverables, ([*range(72)], TURNED), strict=True):
        out = Path(plan.out) / deliverable.path
        assert read_numbers(out) == numbers
        assert hashes(ffprobe, out) == [master[number] for number in numbers]
        assert way(deliverable) == (f"all {len(numbers)} frames copied", "the sources are in this form already")
        told = json.loads(subprocess.run([mediainfo, "--Output=JSON", str(out)], capture_output=True,
                                         check=True).stdout)["media"]["track"]  # fmt: skip
        by_type = {each["@type"]: each for each in told}
        assert int(by_type["Video"]["FrameCount"]) == len(numbers)
        assert by_type["Other"]["TimeCode_FirstFrame"] == "01:00:00:00"
        assert abs(float(by_type["Video"]["Duration"]) - len(numbers) * 1001 / 24000) < 0.001
        assert by_type["Video"]["colour_primaries"] == "BT.709"
    assert receipt.deliverables[1].copied == 2
    assert make_plan(read_order(order), session).deliverables[0].state == "unchanged"


@pytest.mark.parametrize("codec", ["prores", "dnxhr"])
def test_a_few_titled_shots_are_encoded_among_copies(tmp_path, ffprobe, codec):
    cut = cut_of(shot(0, 30), shot(30, 42), over=(projects.gap(20, FILM), title(10)))
    order = write(tmp_path, cut, codec)
    plan, _, _ = delivered(order)
    assert {(segment.span.start, segment.span.stop) for segment in plan.segments.values()} == {(20, 30)}
    assert plan.estimate.frames_to_render == 10
    full, turned = plan.deliverables
    assert way(full) == ("62 of 72 frames copied", "something lies over it (10 frames)")
    assert way(turned)[0] == "all 22 frames copied"
    out = Path(plan.out) / full.path
    master, mixed = hashes(ffprobe, tmp_path / "master.mov"), hashes(ffprobe, out)
    assert [n for n in range(72) if master[n] != mixed[n]] == [*range(20, 30)]
    assert read_numbers(out)[:20] + read_numbers(out)[30:] == [*range(20), *range(30, 72)]
    whole = subprocess.run([ffprobe, "-v", "error", "-count_frames", "-show_entries", "stream=nb_read_frames", "-of",
                            "csv=p=0", "-select_streams", "v", str(out)], capture_output=True, check=True)  # fmt: skip
    assert (whole.stdout.split(), whole.stderr) == ([b"72"], b"")


def test_h264_is_copied_whole_or_not_at_all(tmp_path):
    cut = cut_of(shot(0, 30), shot(30, 42), over=(projects.gap(20, FILM), title(10)))
    plan, _, _ = delivered(write(tmp_path, cut, "h264"))
    full, turned = plan.deliverables
    why = "a part of it must be encoded, and h264 has one head for all"
    assert way(full) == ("all 72 frames encoded", why)
    assert way(turned)[0] == "all 22 frames copied"


def test_what_touches_the_picture_is_encoded(tmp_path):
    cut = cut_of(
        shot(0, 12), dissolve(2, 2, FILM), shot(20, 12), shot(36, 10, speed=0.5), shot(50, 6), projects.gap(6, FILM),
        clip("other.mov", time(0, Fraction(25)), 8, FILM), shot(0, 18),
    )  # fmt: skip
    make_numbered(tmp_path / "other.mov", frames=20, rate=25, codec=PRORES, filters=TAGGED)
    order = write(tmp_path, cut, "prores", aspects=("16:9", "9:16"))
    session = open_session(tmp_path)
    plan = make_plan(read_order(order), session)
    full = next(d for d in plan.deliverables if d.id.startswith("full 16:9"))
    copied, why = way(full)
    assert copied == "44 of 72 frames copied"
    assert why == "its speed is changed (10 frames); the source has 25 frames a second (8 frames); " \
        "it is no picture of a file (6 frames); other reasons (4 frames)"  # fmt: skip
    tall = next(d for d in plan.deliverables if d.id.startswith("full 9:16"))
    assert way(tall)[0] == "all 72 frames encoded"
    assert "its size is changed" in way(tall)[1]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('profile = "Proxy"', "the spec names no profile"),
        ('profile = "HQ"', "the source is prores Proxy"),
        ('pixel_format = "yuv444p10le"', "the source is yuv422p10le"),
        ('codec = "dnxhd"\nprofile = "DNXHR LB"', "the source is prores"),
        ('colour = { primaries = "bt2020" }', "the source's colour tags are others"),
        ("copy = false", "the spec does not want it"),
    ],
)
def test_the_plan_says_why_nothing_is_copied(tmp_path, line, why):
    order = write(tmp_path, cut_of(shot(0, 72)), "prores")
    spec = tmp_path / "plugins" / "own.toml"
    keys = {part.split(" = ")[0] for part in line.splitlines()}
    kept = [each for each in spec.read_text().splitlines() if each.split(" = ")[0] not in keys]
    added = [] if why == "the spec names no profile" else line.splitlines()
    place = kept.index("[video]") + 1
    spec.write_text("\n".join([*kept[:place], *added, *kept[place:]]))
    plan = make_plan(read_order(order), open_session(tmp_path))
    value, said = way(plan.deliverables[0])
    assert (value, said.removesuffix(" (72 frames)")) == ("all 72 frames encoded", why)
    assert not plan.copies


def test_a_source_that_changed_after_the_plan_is_not_copied(tmp_path):
    order = write(tmp_path, cut_of(shot(0, 72)), "prores")
    session = open_session(tmp_path)
    plan = make_plan(read_order(order), session)
    make_numbered(tmp_path / "master.mov", frames=72, rate=FILM, codec=PRORES, filters=TAGGED, start=100)
    receipt = deliver(plan, open_session(tmp_path))
    assert all("media.changed" in {finding.rule for finding in each.findings} for each in receipt.deliverables)
    assert not [*Path(plan.out).rglob("*.mov")]


def test_neighbours_are_drawn_together():
    one, two = Path("one.mov"), Path("two.mov")
    pieces = [Piece(one, 0, 10, 0), Piece(one, 10, 5, 0), Piece(one, 16, 4, 0), Piece(two, 20, 1, 0), Piece(two)]
    assert drawn_together(pieces) == [Piece(one, 0, 15, 0), Piece(one, 16, 4, 0), Piece(two, 20, 1, 0), Piece(two)]


def test_a_field_that_nobody_looked_at_is_taken_to_touch_the_picture(tmp_path):
    from twopop.picture.copying import _LOOKED_AT, _said

    class Treated(msgspec.Struct):
        path: str = ""
        grade: str = ""

    assert _said(Treated(path="a"), _LOOKED_AT) == []
    assert _said(Treated(grade="warm"), _LOOKED_AT) == ["grade"]
