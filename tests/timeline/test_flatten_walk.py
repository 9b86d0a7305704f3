"""Flattening, held against a brute-force walk that asks OpenTimelineIO frame by frame."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentimelineio import opentime, schema
from short_timelines import assert_covered_once, clip, gap, read, span, timeline, track, transition

from twopop.time import Rate
from twopop.timeline.program import Kind

FLOAT_RATES = {24.0: Rate(24), 25.0: Rate(25), 23.976: Rate(24000, 1001), 30000 / 1001: Rate(30000, 1001)}
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
