"""Flattening, held against a brute-force walk that asks OpenTimelineIO frame by frame."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

import opentimelineio as otio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentimelineio import opentime, schema

from twopop.errors import InputError
from twopop.findings import Severity
from twopop.time import Rate
from twopop.timeline.flatten import Cut, flatten
from twopop.timeline.program import Kind, Program, Role
from twopop.timeline.reading import Reading, ReadOptions

FLOAT_RATES = {24.0: Rate(24), 25.0: Rate(25), 23.976: Rate(24000, 1001), 30000 / 1001: Rate(30000, 1001)}


def span(start: float, frames: float, rate: float = 24.0) -> Any:
    return opentime.TimeRange(opentime.RationalTime(start, rate), opentime.RationalTime(frames, rate))


def clip(name: str, start: float, frames: float, rate: float = 24.0, **more: Any) -> Any:
    reference = more.pop("media", None) or schema.ExternalReference(
        target_url=f"/media/{name}.mov", available_range=span(0, 100_000, rate)
    )
    return schema.Clip(name=name, media_reference=reference, source_range=span(start, frames, rate), **more)


def gap(frames: float, rate: float = 24.0) -> Any:
    return schema.Gap(source_range=span(0, frames, rate))


def transition(before: float, after: float, kind: str = "SMPTE_Dissolve", rate: float = 24.0) -> Any:
    return schema.Transition(
        transition_type=kind,
        in_offset=opentime.RationalTime(before, rate),
        out_offset=opentime.RationalTime(after, rate),
    )


def track(*items: Any, name: str = "V1", kind: str = "Video") -> Any:
    made = schema.Track(name=name, kind=kind)
    made.extend(items)
    return made


def timeline(*tracks: Any, start: int | None = None, rate: float = 24.0, **more: Any) -> Any:
    made = schema.Timeline(name="cut", **more)
    made.tracks.extend(tracks)
    if start is not None:
        made.global_start_time = opentime.RationalTime(start, rate)
    return made


def read(made: Any, **options: Any) -> Reading:
    return flatten(Cut(made), ReadOptions(**options))


def rules(reading: Reading) -> set[str]:
    return {finding.rule for finding in reading.findings}


def covered(program: Program) -> Counter[int]:
    return Counter(frame for event in program.picture for frame in range(event.start, event.stop))


def in_dissolves(program: Program) -> Counter[int]:
    return Counter(frame for each in program.dissolves for frame in range(each.start, each.stop))


def assert_covered_once(program: Program) -> None:
    dissolving = in_dissolves(program)
    assert max(dissolving.values(), default=1) == 1
    assert covered(program) == Counter({frame: 1 + dissolving[frame] for frame in range(program.frames)})


# ----------------------------------------------------------------------------------------------------------------------
# Random timelines against the brute-force walk
# ----------------------------------------------------------------------------------------------------------------------

SPEEDS = [1.0, 1.0, 2.0, 0.5, 0.0, -1.0, -2.0, 1.25]


@st.composite
def clips(draw: st.DrawFn, rate: float) -> Any:
    number = draw(st.integers(0, 999))
    made = clip(f"c{number}", draw(st.integers(0, 400)), draw(st.integers(1, 12)), rate)
    speed = draw(st.sampled_from(SPEEDS))
    if speed == 0:
        made.effects.append(schema.FreezeFrame())
    elif speed != 1:
        made.effects.append(schema.LinearTimeWarp(time_scalar=speed))
    made.enabled = draw(st.sampled_from([True, True, True, False]))
    return made


@st.composite
def rows(draw: st.DrawFn, rate: float, depth: int) -> Any:
    kinds = ["clip", "clip", "clip", "gap"] + (["stack"] if depth else [])
    made = schema.Track(name=f"t{draw(st.integers(0, 99))}", kind="Video")
    for kind in draw(st.lists(st.sampled_from(kinds), min_size=0, max_size=5)):
        if kind == "clip":
            made.append(draw(clips(rate)))
        elif kind == "gap":
            made.append(gap(draw(st.integers(1, 10)), rate))
        else:
            made.append(draw(stacks(rate, depth - 1)))
    made.enabled = draw(st.sampled_from([True, True, True, True, False]))
    if draw(st.booleans()) and len(made):
        made.source_range = span(draw(st.integers(0, 5)), draw(st.integers(1, 30)), rate)
    return made


@st.composite
def stacks(draw: st.DrawFn, rate: float, depth: int) -> Any:
    made = schema.Stack(name="nest")
    for _ in range(draw(st.integers(1, 3))):
        made.append(draw(rows(rate, depth)))
    made.source_range = span(draw(st.integers(0, 6)), draw(st.integers(1, 20)), rate)
    speed = draw(st.sampled_from([1.0, 1.0, -1.0]))
    if speed != 1:
        made.effects.append(schema.LinearTimeWarp(time_scalar=speed))
    return made


@st.composite
def timelines(draw: st.DrawFn) -> tuple[Any, Rate]:
    rate = draw(st.sampled_from(sorted(FLOAT_RATES)))
    made = timeline(start=draw(st.integers(0, 100_000)), rate=rate)
    for _ in range(draw(st.integers(1, 3))):
        made.tracks.append(draw(rows(rate, 2)))
    return made, FLOAT_RATES[rate]


def speed_of(item: Any) -> Fraction:
    speed = Fraction(1)
    for effect in item.effects:
        speed *= Fraction(effect.time_scalar)
    return speed


def own_frame(item: Any, offset: Fraction) -> Fraction:
    """The item's own frame that is seen *offset* frames after its first, by writing its frames out in a row."""
    trimmed = item.trimmed_range()
    speed, start, length = speed_of(item), Fraction(trimmed.start_time.value), Fraction(trimmed.duration.value)
    if speed < 0:
        return start + (length - 1 - offset) * -speed
    return start + offset * speed


def seen(item: Any, frame: Fraction) -> tuple[Any, Fraction] | None:
    """What is seen in *item*'s own *frame*: the clip and its own frame, or None for nothing."""
    if isinstance(item, schema.Clip):
        return item, frame
    if isinstance(item, schema.Gap):
        return None
    for index in reversed(range(len(item))) if isinstance(item, schema.Stack) else range(len(item)):
        child = item[index]
        placed = item.range_of_child_at_index(index)
        position = Fraction(placed.start_time.value)
        if not position <= frame < position + Fraction(placed.duration.value) or not child.enabled:
            continue
        found = seen(child, own_frame(child, frame - position))
        if found is not None:
            return found
    return None


@given(timelines())
def test_every_frame_shows_what_a_walk_through_the_timeline_finds(made: tuple[Any, Rate]) -> None:
    cut, rate = made
    program = read(cut).program
    assert program.rate == rate
    assert_covered_once(program)
    shown = {frame: event for event in program.picture for frame in range(event.start, event.stop)}
    for frame in range(program.frames):
        expected, event = seen(cut.tracks, Fraction(frame)), shown[frame]
        if expected is None:
            assert event.kind is Kind.BLACK
            continue
        assert event.name == expected[0].name
        assert event.source_time(frame, rate) * rate == expected[1]


@given(timelines())
def test_the_walk_itself_agrees_with_otio(made: tuple[Any, Rate]) -> None:
    """The oracle above is OTIO's own time transform wherever nothing is retimed."""
    cut, _ = made
    for one in cut.find_clips():
        parents, parent = [], one
        while parent is not None:
            parents.append(parent)
            parent = parent.parent()
        if any(speed_of(each) != 1 for each in parents) or not all(each.enabled for each in parents):
            continue
        top = cut.tracks
        rate = one.source_range.start_time.rate
        first = one.transformed_time(one.source_range.start_time, top)
        if first.value < 0 or first.value >= cut.tracks.duration().value:
            continue
        found = seen(top, Fraction(round(first.value)))
        if found is not None and found[0] is one:
            back = top.transformed_time(opentime.RationalTime(round(first.value), rate), one)
            assert float(found[1]) == pytest.approx(back.value)


@st.composite
def dissolving_tracks(draw: st.DrawFn) -> Any:
    """A track of clips and gaps, each long enough for the transitions beside it."""
    items: list[Any] = []
    count = draw(st.integers(1, 6))
    if draw(st.booleans()):
        items.append(transition(0, draw(st.integers(1, 5))))
    for number in range(count):
        long = draw(st.integers(12, 30))
        empty = draw(st.sampled_from([False, False, True]))
        items.append(gap(long) if empty else clip(f"c{number}", draw(st.integers(20, 99)), long))
        last = number == count - 1
        if draw(st.booleans()):
            items.append(transition(draw(st.integers(1, 5)), 0 if last else draw(st.integers(0, 5))))
    return track(*items)


@given(dissolving_tracks(), st.integers(0, 60))
def test_dissolves_overlap_where_otio_says_the_transition_is(row: Any, below: int) -> None:
    made = timeline(row) if not below else timeline(track(clip("below", 0, below), name="V0"), row)
    program = read(made).program
    assert_covered_once(program)
    if below:
        return
    expected = set()
    for index, item in enumerate(row):
        if not isinstance(item, schema.Transition):
            continue
        beside = [row[at] for at in (index - 1, index + 1) if 0 <= at < len(row)]
        if any(isinstance(each, schema.Clip) for each in beside):
            cut = sum(int(each.duration().value) for each in row[:index] if not isinstance(each, schema.Transition))
            expected.add((cut - int(item.in_offset.value), cut + int(item.out_offset.value)))
    assert {(each.start, each.stop) for each in program.dissolves} == expected
    for each in program.picture:  # a clip's time runs on through its handles, from its own cut
        if each.kind is Kind.MEDIA:
            source = next(item for item in row if item.name == each.name)
            at = int(row.range_of_child(source).start_time.value)
            assert each.source_time(at, Rate(24)) == Fraction(int(source.source_range.start_time.value), 24)


# ----------------------------------------------------------------------------------------------------------------------
# One thing at a time
# ----------------------------------------------------------------------------------------------------------------------


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
