"""What changed between two cuts, in an editor's words."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from twopop.time import Rate
from twopop.timeline.diff import changed_spans, compare
from twopop.timeline.program import AudioClip, AudioTrack, Dissolve, Event, Kind, Marker, Program, Role, Source

RATE = Rate(25)


def cut(*shots: tuple[str, int, int], **more: object) -> Program:
    """A program of (name, source in, frames)."""
    events, at = [], 0
    for name, start, frames in shots:
        source = Source(name=name, path=f"/m/{name}.mov")
        events.append(Event(start=at, stop=at + frames, name=name, source=source, source_in=Fraction(start, 25)))
        at += frames
    return Program(name="cut", rate=RATE, frames=at, start=90000, **{"events": tuple(events), **more})  # type: ignore[arg-type]


BASE = (("sea", 0, 50), ("pier", 100, 50), ("gull", 30, 50), ("boat", 0, 50))


def said(old: Program, new: Program) -> list[tuple[str, str]]:
    return [(change.kind, change.what) for change in compare(old, new)]


def test_nothing_changed() -> None:
    assert compare(cut(*BASE), cut(*BASE)) == ()


def test_a_trim_and_its_ripple_are_said_once() -> None:
    new = cut(BASE[0], ("pier", 100, 44), *BASE[2:])
    assert said(cut(*BASE), new) == [
        ("program changed", "the cut is 6 frames shorter"),
        ("trimmed", "shot 2 (pier) trimmed by 6 frames at its tail"),
        ("moved", "everything after 01:00:03:19 moves earlier by 6 frames"),
    ]
    assert changed_spans(compare(cut(*BASE), new)) == ((50, 94),)


def test_a_roll_moves_nothing() -> None:
    new = cut(("sea", 0, 55), ("pier", 105, 45), *BASE[2:])
    assert said(cut(*BASE), new) == [
        ("trimmed", "shot 1 (sea) extended by 5 frames at its tail"),
        ("trimmed", "shot 2 (pier) trimmed by 5 frames at its head"),
    ]


def test_slip_retime_replace() -> None:
    assert said(cut(*BASE), cut(BASE[0], ("pier", 110, 50), *BASE[2:])) == [
        ("slipped", "shot 2 (pier) slipped by 10 frames later in its source")
    ]
    fast = cut(*BASE)
    events = tuple(replace(each, speed=Fraction(2)) if each.name == "gull" else each for each in fast.events)
    assert said(cut(*BASE), replace(fast, events=events)) == [
        ("retimed", "shot 3 (gull) plays at 200 % instead of 100 %")
    ]
    assert said(cut(*BASE), cut(*BASE[:3], ("crane", 5, 50))) == [("replaced", "shot 4 (crane) replaces boat")]


def test_added_removed_moved() -> None:
    assert said(cut(*BASE), cut(*BASE[:2], ("new", 0, 10), *BASE[2:]))[1:] == [
        ("added", "shot 3 (new) was added, 10 frames"),
        ("moved", "everything after 01:00:04:10 moves later by 10 frames"),
    ]
    assert said(cut(*BASE), cut(*BASE[:2], BASE[3]))[1:] == [
        ("removed", "gull was removed, 50 frames"),
        ("moved", "everything after 01:00:04:00 moves earlier by 50 frames"),
    ]
    kinds = [kind for kind, _ in said(cut(*BASE), cut(BASE[1], BASE[2], BASE[0], BASE[3]))]
    assert "removed" not in kinds
    assert "added" not in kinds
    assert "moved" in kinds


def test_titles_dissolves_markers_sound() -> None:
    title = Event(start=10, stop=60, name="t", kind=Kind.TITLE, layer=1, text="Harbour")
    sound = AudioClip(start=Fraction(0), stop=Fraction(8), name="song", source=Source(name="song"))
    old = cut(*BASE)
    old = replace(
        old,
        events=(*old.events, title),
        dissolves=(Dissolve(start=45, stop=55),),
        markers=(Marker(frame=5, name="A"), Marker(frame=9, name="B")),
        audio=(AudioTrack(name="MX", role=Role.MUSIC, clips=(sound,)),),
    )
    new = replace(
        old,
        events=(*old.events[:-1], replace(title, text="Harbor")),
        dissolves=(Dissolve(start=47, stop=53),),
        markers=(Marker(frame=7, name="A"), Marker(frame=20, name="C")),
        audio=(AudioTrack(name="MX", role=Role.MUSIC, clips=(replace(sound, gain_db=-3.0),)),),
    )
    assert said(old, new) == [
        ("title changed", "title 'Harbour' now reads 'Harbor'"),
        ("dissolve changed", "the dissolve lasts 6 frames, it was 10 frames"),
        ("audio changed", "audio track 'MX': 1 clip changed, first 'song'"),
        ("marker changed", "marker 'A' moved by 2 frames later"),
        ("marker added", "marker 'C' was added"),
        ("marker removed", "marker 'B' was removed"),
    ]


def test_another_rate_is_said_and_nothing_else() -> None:
    (change,) = compare(cut(*BASE), replace(cut(*BASE), rate=Rate(24)))
    assert "25 to 24" in change.what
    assert changed_spans([change]) == ((0, 200),)


shots = st.lists(
    st.tuples(st.sampled_from(["sea", "pier", "gull", "boat", "quay"]), st.integers(0, 60), st.integers(1, 40)),
    min_size=1,
    max_size=8,
)


@given(shots, shots)
def test_frames_outside_the_changed_spans_were_already_in_the_old_cut(one: list, two: list) -> None:  # type: ignore[type-arg]
    old, new = cut(*one), cut(*two)
    had = {(each.name, each.source_time(f, RATE)) for each in old.picture for f in range(each.start, each.stop)}
    spans = changed_spans(compare(old, new))
    for each in new.picture:
        for frame in range(each.start, each.stop):
            if not any(start <= frame < stop for start, stop in spans):
                assert (each.name, each.source_time(frame, RATE)) in had


@given(shots)
def test_a_cut_does_not_differ_from_itself(one: list) -> None:  # type: ignore[type-arg]
    assert compare(cut(*one), cut(*one)) == ()


@pytest.mark.parametrize("by", [1, 12])
def test_words_are_singular_and_plural(by: int) -> None:
    words = said(cut(*BASE), cut(*BASE[:3], ("boat", 0, 50 + by)))[1][1]
    assert words == f"shot 4 (boat) extended by {by} frame{'' if by == 1 else 's'} at its tail"
