"""Flattening, one thing at a time: each case says what is seen and heard, and what is told."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import opentimelineio as otio
import pytest
from opentimelineio import schema
from short_timelines import assert_covered_once, clip, gap, read, rules, span, timeline, track, transition

from twopop.errors import InputError
from twopop.findings import Severity
from twopop.time import Rate
from twopop.timeline.program import Kind, Role


def test_a_reversed_clip_shows_its_frames_from_the_last() -> None:
    backwards = clip("b", 100, 10, effects=[schema.LinearTimeWarp(time_scalar=-1)])
    event = read(timeline(track(backwards))).program.picture[0]
    assert [event.source_time(frame, Rate(24)) * 24 for frame in range(10)] == list(range(109, 99, -1))
    assert event.speed == -1


def test_retimes_compose_through_nesting() -> None:
    inner = track(clip("a", 10, 40, effects=[schema.LinearTimeWarp(time_scalar=0.5)]))
    nest = schema.Stack(children=[inner], source_range=span(8, 10))
    nest.effects.append(schema.LinearTimeWarp(time_scalar=2.0))
    event = read(timeline(track(nest))).program.picture[0]
    # nested frame 8 is the clip's frame 10 + 8/2; twice half the speed is normal speed
    assert (event.source_in * 24, event.speed) == (14, 1)


def test_a_freeze_of_a_nested_timeline_holds_one_of_its_frames() -> None:
    nest = schema.Stack(children=[track(clip("a", 0, 5), clip("b", 50, 5))], source_range=span(7, 12))
    nest.effects.append(schema.FreezeFrame())
    program = read(timeline(track(nest))).program
    assert [(each.name, each.frames, each.source_in * 24, each.speed) for each in program.picture] == [("b", 12, 52, 0)]


def test_dissolve_over_a_lower_track_dissolves_to_that_track() -> None:
    low = track(clip("low", 0, 40), name="V1")
    high = track(gap(10), transition(0, 4), clip("high", 9, 10), gap(20), name="V2")
    program = read(timeline(low, high)).program
    assert [(each.start, each.stop, each.name) for each in program.picture] == [
        (0, 14, "low"),
        (10, 20, "high"),
        (20, 40, "low"),
    ]
    assert [(each.start, each.stop) for each in program.dissolves] == [(10, 14)]


def test_a_dissolve_half_covered_from_above_becomes_a_cut_and_says_so() -> None:
    low = track(clip("a", 0, 20), transition(5, 5), clip("b", 30, 20))
    high = track(gap(21), clip("top", 0, 10), name="V2")
    reading = read(timeline(low, high))
    assert reading.program.dissolves == ()
    assert [(each.start, each.stop, each.name) for each in reading.program.picture] == [
        (0, 20, "a"),
        (20, 21, "b"),
        (21, 31, "top"),
        (31, 40, "b"),
    ]
    assert "timeline.dissolve-cut" in rules(reading)


def test_a_wipe_is_shown_as_a_dissolve_with_a_finding_at_its_place() -> None:
    reading = read(timeline(track(clip("a", 0, 24), transition(4, 4, "SMPTE_Wipe"), clip("b", 10, 24)), start=86400))
    finding = next(each for each in reading.findings if each.rule == "timeline.transition")
    assert finding.severity is Severity.WARN
    assert finding.where.startswith("01:00:01:00")
    assert [(each.start, each.stop, each.kind) for each in reading.program.dissolves] == [(20, 28, "SMPTE_Wipe")]


def test_an_effect_names_the_clip_its_timecode_and_the_way_out() -> None:
    blurred = clip("sea", 0, 24, effects=[schema.Effect(effect_name="Gaussian Blur")])
    finding = next(each for each in read(timeline(track(clip("a", 0, 24), blurred), start=86400)).findings)
    assert (finding.rule, finding.where) == ("timeline.effect", "01:00:01:00 sea")
    assert "Gaussian Blur" in finding.message
    assert "master" in finding.remedy


def test_a_changing_speed_warns() -> None:
    assert "timeline.retime" in rules(read(timeline(track(clip("a", 0, 24, effects=[schema.TimeEffect(name="ramp")])))))


def test_titles_lie_above_the_picture_and_fade() -> None:
    title = schema.Clip(
        name="t1",
        media_reference=schema.GeneratorReference(generator_kind="Text", parameters={"text": "Harbour"}),
        source_range=span(0, 20),
    )
    made = timeline(
        track(clip("a", 0, 60), name="V1"),
        track(clip("b", 0, 10), name="V2"),
        track(gap(20), transition(0, 5), title, transition(5, 0), gap(10), name="Titles"),
    )
    program = read(made).program
    assert [(each.start, each.stop, each.name) for each in program.picture] == [(0, 10, "b"), (10, 60, "a")]
    (over,) = program.overlays
    assert (over.start, over.stop, over.kind, over.text, over.layer) == (20, 40, Kind.TITLE, "Harbour", 1)
    assert (over.fade_in, over.fade_out) == (5, 5)


@pytest.mark.parametrize("how", ["metadata", "name", "generator"])
def test_graphics_are_known_by_metadata_by_name_and_by_kind(how: str) -> None:
    logo = clip("logo", 0, 10)
    over = track(logo, name="GFX" if how == "name" else "V2")
    if how == "metadata":
        over.metadata["twopop"] = {"kind": "graphics"}
    if how == "generator":
        logo.media_reference = schema.GeneratorReference(generator_kind="Lower Third")
    program = read(timeline(track(clip("a", 0, 10)), over)).program
    assert [each.name for each in program.picture] == ["a"]
    assert [(each.name, each.layer) for each in program.overlays] == [("logo", 1)]


def test_an_opaque_clip_above_hides_a_title_below_it() -> None:
    made = timeline(
        track(clip("a", 0, 30)), track(clip("t", 0, 30), name="Titles"), track(gap(10), clip("c", 0, 5), name="V3")
    )
    program = read(made).program
    assert [(each.start, each.stop) for each in program.overlays] == [(0, 10), (15, 30)]


def test_colours_and_black_and_unknown_generators() -> None:
    def made_by(kind: str, **parameters: Any) -> Any:
        return schema.Clip(
            name=kind,
            media_reference=schema.GeneratorReference(generator_kind=kind, parameters=parameters),
            source_range=span(0, 5),
        )

    reading = read(timeline(track(made_by("SolidColor", color="#ff8000"), made_by("black"), made_by("SMPTEBars"))))
    assert [(each.kind, each.colour) for each in reading.program.picture] == [
        (Kind.COLOUR, "#ff8000"),
        (Kind.BLACK, "#000000"),
        (Kind.COLOUR, "#808080"),
    ]
    assert "timeline.generator" in rules(reading)


def test_source_times_count_from_the_media_or_as_timecode() -> None:
    known = clip("a", 86500, 24, media=schema.ExternalReference("file:///m/My%20Clip.mov", span(86400, 500)))
    unknown = clip("b", 86500, 24, media=schema.ExternalReference("/m/b.mov"))
    one, two = read(timeline(track(known, unknown))).program.picture
    assert one.source is not None
    assert (one.source.path, one.absolute, one.source_in * 24) == ("/m/My Clip.mov", False, 100)
    assert (two.absolute, two.source_in * 24) == (True, 86500)


def test_an_edit_between_frames_goes_to_the_nearest_and_is_told_once() -> None:
    made = timeline(track(*[clip(f"c{number}", 0, 10, 25.0) for number in range(30)]), start=0)
    reading = read(made)
    edges = [round(Fraction(number * 10, 25) * 24) for number in range(31)]
    assert [each.start for each in reading.program.picture] == edges[:-1]
    told = [each for each in reading.findings if each.rule == "timeline.off-grid"]
    assert len(told) == 1
    # every fifth of 30 edits (0, 2 s, 4 s ...) lies on the grid
    assert told[0].measured == f"{30 - 6} places"


def test_markers_are_mapped_through_trims_and_retimes() -> None:
    def mark(at: int, name: str, frames: int = 0) -> Any:
        return schema.Marker(name=name, marked_range=span(at, frames), color="RED", comment="look")

    fast = clip("a", 100, 20, effects=[schema.LinearTimeWarp(time_scalar=2.0)])
    fast.markers.extend([mark(90, "before"), mark(110, "inside", 4), mark(139, "late"), mark(140, "after")])
    made = timeline(track(gap(10), fast), start=86400)
    made.tracks.markers.extend([mark(3, "cut"), mark(3, "cut")])
    found = read(made).program.markers
    # media frame 139 is passed half a frame before the clip ends, in its last frame (29)
    assert [(each.frame, each.name, each.frames) for each in found] == [
        (3, "cut", 0),
        (15, "inside", 2),
        (29, "late", 0),
    ]
    assert {(each.colour, each.note) for each in found} == {("red", "look")}


# Sound


def test_audio_cross_fades_gains_channels_and_roles() -> None:
    loud = clip("dx", 100, 48)
    loud.metadata["twopop"] = {"gain_db": -6.0, "channels": [1]}
    made = timeline(
        track(clip("v", 0, 96)),
        track(loud, transition(6, 6), clip("dx2", 200, 48), name="DX 1", kind="Audio"),
        track(clip("song", 0, 96), name="Music", kind="Audio"),
        track(clip("x", 0, 96), name="A3", kind="Audio"),
        track(clip("y", 0, 96), name="A4", kind="Audio"),
    )
    made.tracks[4].metadata["twopop"] = {"role": "narration"}
    reading = read(made)
    assert [(each.name, each.role) for each in reading.program.audio] == [
        ("DX 1", Role.DIALOGUE),
        ("Music", Role.MUSIC),
        ("A3", Role.MIX),
        ("A4", Role.NARRATION),
    ]
    one, two = reading.program.audio[0].clips
    assert (one.start, one.stop, one.fade_out, one.gain_db, one.channels) == (
        0,
        Fraction(54, 24),
        Fraction(1, 2),
        -6,
        (1,),
    )
    assert (two.start, two.stop, two.fade_in) == (Fraction(42, 24), 4, Fraction(1, 2))
    assert two.source_in == Fraction(200 - 6, 24)
    told = next(each for each in reading.findings if each.rule == "timeline.role")
    assert "A3" in told.message
    assert "A4" not in told.message


def test_the_only_audio_track_is_the_mix_and_says_nothing() -> None:
    reading = read(timeline(track(clip("v", 0, 24)), track(clip("a", 0, 24), name="A1", kind="Audio")))
    assert reading.program.audio[0].role is Role.MIX
    assert "timeline.role" not in rules(reading)


def test_sound_in_samples_is_exact() -> None:
    sound = schema.Clip(
        name="s",
        media_reference=schema.ExternalReference("/s.wav", span(0, 480_000, 48000.0)),
        source_range=span(1001, 96_096, 48000.0),
    )
    made = timeline(track(clip("v", 0, 48, 23.976)), track(sound, name="A1", kind="Audio"))
    (heard,) = read(made).program.audio[0].clips
    assert (heard.source_in, heard.stop) == (Fraction(1001, 48000), Fraction(96_096, 48000))


# What is missing


def test_empty_and_pictureless_timelines_fail_in_words() -> None:
    empty = read(timeline())
    assert (empty.program.frames, rules(empty) >= {"timeline.empty"}) == (0, True)
    sound = read(timeline(track(clip("a", 0, 48), name="A1", kind="Audio")))
    assert sound.program.frames == 48
    assert "timeline.no-picture" in rules(sound)
    assert_covered_once(sound.program)


@pytest.mark.parametrize(
    ("key", "word"),
    [("gain_db", "loud"), ("gain_db", float("nan")), ("gain_db", 1e300), ("channels", "left"), ("channels", [0, "x"]),
     ("channels", [-1]), ("role", "noise"), ("reframe", 7)],
)  # fmt: skip
def test_words_of_a_clip_that_cannot_be_read_are_told_at_its_place(key: str, word: Any) -> None:
    said = {"twopop": {key: word}}
    cut = timeline(
        track(gap(4), clip("a", 0, 4, metadata=said)),
        track(gap(4), clip("a", 0, 4, metadata=said), name="MX", kind="Audio"),
    )
    reading = read(cut)
    (told,) = [finding for finding in reading.findings if finding.rule == "timeline.words"]
    assert (told.severity, told.where) == (Severity.WARN, "00:00:00:04 a")
    assert f"Its {key} cannot be read" in told.message
    assert told.remedy
    heard = reading.program.audio[0].clips[0]
    assert (heard.gain_db, heard.channels, reading.program.audio[0].role) == (0.0, (), Role.MUSIC)


def test_words_of_a_clip_that_can_be_read_are_taken_without_a_word() -> None:
    said = {"twopop": {"gain_db": -3, "channels": [1], "role": "Effects", "reframe": {"9:16": {"x": 0.3}}}}
    reading = read(
        timeline(track(clip("a", 0, 4, metadata=said)), track(clip("a", 0, 4, metadata=said), kind="Audio", name="X"))
    )
    heard = reading.program.audio[0].clips[0]
    assert (heard.gain_db, heard.channels, reading.program.audio[0].role) == (-3.0, (1,), Role.EFFECTS)
    assert reading.findings == ()


def test_a_role_of_a_track_that_is_none_is_told() -> None:
    heard = track(clip("a", 0, 4), kind="Audio", name="MX")
    heard.metadata["twopop"] = {"role": "noise"}
    told = read(timeline(track(clip("a", 0, 4)), heard)).findings
    assert [(finding.rule, finding.where) for finding in told] == [("timeline.words", "MX")]
    assert "dialogue, music" in told[0].remedy


def test_a_wish_that_is_none_arrives_too_and_is_refused_later() -> None:
    wishful = clip("a", 0, 4, metadata={"twopop": {"reframe": {"9:16": "left"}}})
    assert read(timeline(track(wishful))).program.picture[0].reframe == {"9:16": "left"}


def test_wishes_of_clip_and_timeline_arrive() -> None:
    framed = clip("a", 0, 24)
    framed.metadata["twopop"] = {"reframe": {"9:16": {"x": 0.3}}, "note": "keep the boat"}
    made = timeline(track(framed))
    made.metadata["twopop"] = {"size": [1920, 1080]}
    program = read(made).program
    assert program.size == (1920, 1080)
    assert program.picture[0].reframe == {"9:16": {"x": 0.3}}
    assert program.picture[0].metadata["note"] == "keep the boat"


def test_start_and_drop_frame() -> None:
    made = timeline(track(clip("a", 0, 60, 29.97)), start=107892, rate=29.97)
    made.metadata["twopop"] = {"drop": True}
    program = read(made).program
    # 01:00:00;00 is frame 107892 (SMPTE ST 12-1: 108 labels an hour are skipped at 30000/1001)
    assert (program.rate, program.timecode(0)) == (Rate(30000, 1001), "01:00:00;00")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e300])
def test_times_that_are_none_are_refused_in_words(value: float) -> None:
    with pytest.raises(InputError):
        read(timeline(track(clip("a", 0, value))))


def test_otio_is_not_imported_with_twopop() -> None:
    import subprocess
    import sys

    code = "import sys, twopop.timeline.readers; print('opentimelineio' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "False"
    assert otio is not None
