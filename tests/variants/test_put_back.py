"""A cut as a timeline of its own: what is seen and heard in each frame of it, by a way of its own, frame by frame."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opentimelineio import opentime, schema

from twopop.errors import EditorError, InputError
from twopop.timeline.flatten import Cut, flatten
from twopop.timeline.program import Program
from twopop.timeline.reading import ReadOptions
from twopop.variants import put_back
from twopop.variants.model import Span
from twopop.variants.put_back import cut_back

OPTIONS = ReadOptions()


def span(start: float, frames: float, rate: float = 24.0) -> Any:
    return opentime.TimeRange(opentime.RationalTime(start, rate), opentime.RationalTime(frames, rate))


def clip(name: str, start: float, frames: float, rate: float = 24.0, speed: float = 1, **more: Any) -> Any:
    media = schema.ExternalReference(target_url=f"/media/{name}.mov", available_range=span(0, 100_000, rate))
    used = opentime.TimeRange(opentime.RationalTime(start, rate), opentime.RationalTime(frames, 24))
    made = schema.Clip(name=name, media_reference=media, source_range=used, **more)
    if speed != 1:
        made.effects.append(schema.FreezeFrame() if speed == 0 else schema.LinearTimeWarp(time_scalar=speed))
    return made


def title(text: str, frames: float) -> Any:
    return schema.Clip(name=text, source_range=span(0, frames), metadata={"twopop": {"kind": "title", "text": text}})


def gap(frames: float) -> Any:
    return schema.Gap(source_range=span(0, frames))


def dissolve(before: float, after: float) -> Any:
    offsets = {"in_offset": opentime.RationalTime(before, 24), "out_offset": opentime.RationalTime(after, 24)}
    return schema.Transition(transition_type="SMPTE_Dissolve", **offsets)


def track(*items: Any, name: str = "V1", kind: str = "Video") -> Any:
    made = schema.Track(name=name, kind=kind)
    made.extend(items)
    return made


def timeline(*tracks: Any, markers: tuple[Any, ...] = ()) -> Any:
    made = schema.Timeline(name="Spot", global_start_time=opentime.RationalTime(86400, 24))
    made.tracks.extend(tracks)
    made.tracks.markers.extend(markers)
    return made


def program(made: Any) -> Program:
    return flatten(Cut(made), OPTIONS).program


# -- what is seen and heard, frame by frame ----------------------------------------------------------------------------


def picture_at(cut: Program, frame: int) -> list[Any]:
    """Every picture in *frame*, from below to above: what it is, and which moment of it."""
    found = []
    for event in sorted(cut.events, key=lambda each: (each.layer, each.start)):
        if not event.start <= frame < event.stop:
            continue
        if event.kind == "black":
            found.append("black")
        elif event.source:
            found.append((event.source.path, event.source_time(frame, cut.rate), event.speed))
        else:
            found.append((event.text, event.colour))
    return found


def mixes_at(cut: Program, frame: int) -> list[Fraction]:
    """How far each dissolve is in *frame*."""
    return [
        Fraction(2 * (frame - each.start) + 1, 2 * (each.stop - each.start))
        for each in cut.dissolves
        if each.start <= frame < each.stop
    ]


def heard_between(cut: Program, start: Fraction, stop: Fraction) -> list[Any]:
    """Every sound in the seconds from *start* to *stop*: since when and from which moment of its media."""
    found = []
    for lane in cut.audio:
        for each in lane.clips:
            low, high = max(each.start, start), min(each.stop, stop)
            if low < high:
                moment = each.source_in + (low - each.start) * each.speed
                found.append((lane.role, each.source.path, low - start, high - start, moment, each.speed))
    return sorted(found)


def assert_same(made: Any, spans: list[Span], cut: Program) -> None:
    """Each frame of *cut* shows and sounds what the frame of the timeline *made* does that it was cut from.

    Where a transition lies that an edge of the cut touches, nothing is said: it may have become a cut.
    """
    original = program(made)
    assert cut.frames == sum(each.frames for each in spans)
    edges = {edge for each in spans for edge in (each.start, each.stop)}
    through = [each for each in transitions(made) if any(each[0] <= edge <= each[1] for edge in edges)]
    out, seconds = 0, original.rate.seconds
    for each in spans:
        for frame in range(each.start, each.stop):
            if not any(start < frame + 1 and frame < stop for start, stop in through):
                assert picture_at(cut, out) == picture_at(original, frame), (out, frame)
                assert mixes_at(cut, out) == mixes_at(original, frame), (out, frame)
                wanted = heard_between(original, seconds(frame), seconds(frame + 1))
                assert heard_between(cut, seconds(out), seconds(out + 1)) == wanted, (out, frame)
            out += 1


def transitions(made: Any) -> list[tuple[float, float]]:
    """From where to where each transition of the tracks runs, in frames, half a frame more for the rounding."""
    found = []
    for lane in made.tracks:
        at = 0.0
        for item in lane if isinstance(lane, schema.Track) else ():
            if isinstance(item, schema.Transition):
                found.append((at - item.in_offset.value - 0.5, at + item.out_offset.value + 0.5))
            else:
                at += item.duration().to_seconds() * 24
    return found


# -- cases -------------------------------------------------------------------------------------------------------------


def spot() -> Any:
    return timeline(
        track(
            clip("a", 10, 40), dissolve(4, 4), clip("b", 100, 30, speed=-1), gap(10), clip("c", 7, 40, 25, speed=0.5)
        ),
        track(gap(20), title("Harbour", 30), name="Titles"),
        track(clip("m", 0, 115), name="MUSIC", kind="Audio"),
        markers=(
            schema.Marker(name="30s", marked_range=span(35, 20)),
            schema.Marker(name="point", marked_range=span(60, 0)),
            schema.Marker(name="gone", marked_range=span(90, 4)),
        ),
    )


def test_a_cut_shows_and_sounds_what_its_stretches_do():
    spans = [Span(50, 75), Span(5, 45)]
    made = cut_back(spot().to_json_string(), spans, "Spot 30s", OPTIONS)
    assert_same(spot(), spans, made.program)
    assert made.program.name == "Spot 30s"
    assert made.program.timecode(0) == "01:00:00:00"
    assert made.words == ()
    assert made.program.dissolves[0].start == 25 + 36 - 5


def test_markers_move_along_and_are_cut_with_the_picture():
    made = cut_back(spot().to_json_string(), [Span(50, 75), Span(5, 45)], "cut", OPTIONS)
    assert [(m.name, m.frame, m.frames) for m in made.program.markers] == [
        ("30s", 0, 5), ("point", 10, 0), ("30s", 25 + 30, 10),
    ]  # fmt: skip


def test_a_clip_keeps_what_it_carries():
    shot = clip("a", 10, 40, metadata={"studio": {"grade": "b12"}, "twopop": {"gain_db": -3}})
    made = cut_back(timeline(track(shot)).to_json_string(), [Span(8, 20)], "cut", OPTIONS)
    (again,) = schema.Timeline.from_json_string(made.otio).find_clips()
    assert again.metadata["studio"]["grade"] == "b12"
    assert again.media_reference.target_url == "/media/a.mov"
    assert (again.source_range.start_time.value, again.source_range.duration.value) == (18, 12)


@pytest.mark.parametrize("edge", [37, 40, 43])
def test_a_dissolve_that_the_cut_goes_through_becomes_a_cut_and_is_marked(edge):
    spans = [Span(60, 70), Span(edge, 50)]
    made = cut_back(spot().to_json_string(), spans, "cut", OPTIONS)
    assert made.program.dissolves == ()
    assert made.words == ("The cut goes through the transition at 01:00:01:16; it is a cut here.",)
    assert [m.note for m in made.program.markers if m.name == "twopop"] == [*made.words]
    assert_same(spot(), spans, made.program)


@pytest.mark.parametrize(("spans", "kept"), [([(36, 50)], 1), ([(20, 44)], 1), ([(44, 60)], 0), ([(20, 36)], 0)])
def test_a_dissolve_that_lies_whole_in_the_cut_is_kept(spans, kept):
    made = cut_back(spot().to_json_string(), [Span(*each) for each in spans], "cut", OPTIONS)
    assert len(made.program.dissolves) == kept
    assert made.words == ()


def test_fades_from_and_to_nothing_stay_at_the_ends_of_the_cut_only():
    faded = timeline(track(dissolve(0, 6), clip("a", 10, 40), dissolve(6, 0)))
    whole = [Span(0, 12), Span(30, 40)]
    made = cut_back(faded.to_json_string(), whole, "cut", OPTIONS)
    assert_same(faded, whole, made.program)
    assert [(d.start, d.stop) for d in made.program.dissolves] == [(0, 6), (16, 22)]
    turned = cut_back(faded.to_json_string(), [Span(30, 40), Span(0, 12)], "cut", OPTIONS)
    assert turned.program.dissolves == ()
    assert len(turned.words) == 2


def test_a_keyed_reframe_goes_on_where_it_was():
    keys = {"9:16": {"keys": [[0, 0.2], [30, 0.8]]}}
    made = timeline(track(clip("a", 0, 40, metadata={"twopop": {"reframe": keys}})))
    (event,) = cut_back(made.to_json_string(), [Span(10, 30)], "cut", OPTIONS).program.events
    assert event.reframe == {"9:16": {"keys": [[-10, 0.2], [20, 0.8]]}}


def test_a_nested_timeline_is_cut_as_one_clip():
    inner = schema.Stack(name="inner", source_range=span(5, 30))
    inner.append(track(clip("a", 0, 20), dissolve(3, 3), clip("b", 50, 30)))
    made = timeline(track(clip("c", 0, 10), inner))
    spans = [Span(20, 32), Span(12, 18)]
    assert_same(made, spans, cut_back(made.to_json_string(), spans, "cut", OPTIONS).program)


def test_a_trimmed_track_and_stack_are_cut_where_they_are_seen():
    made = spot()
    made.tracks.source_range = span(10, 90)
    made.tracks[0].source_range = span(5, 100)
    spans = [Span(30, 60), Span(2, 20)]
    assert_same(made, spans, cut_back(made.to_json_string(), spans, "cut", OPTIONS).program)


def test_what_would_look_otherwise_is_refused(monkeypatch):
    def late(*given: Any, **more: Any) -> Any:
        made = original(*given, **more)
        made.tracks[0][0].source_range = span(11, 20)
        return made

    original = put_back.Cutter.cut
    monkeypatch.setattr(put_back.Cutter, "cut", late)
    with pytest.raises(EditorError, match="exactly the same"):
        cut_back(spot().to_json_string(), [Span(0, 20)], "cut", OPTIONS)


def test_what_is_no_timeline_is_told():
    with pytest.raises(InputError):
        cut_back("{}", [Span(0, 20)], "cut", OPTIONS)


# -- any timeline, any cut ---------------------------------------------------------------------------------------------

_NAMES = st.sampled_from("abcd")
_HALVES = st.integers(0, 200).map(lambda n: n / 2)


@st.composite
def lanes(draw: Any, kind: str, name: str, *, halves: bool) -> Any:
    """A track of clips, gaps and transitions; sound may lie between two frames."""
    made = track(name=name, kind=kind)
    room = 0
    for _ in range(draw(st.integers(1, 6))):
        frames = draw(st.integers(8, 30)) + (draw(st.sampled_from([0, 0.5])) if halves else 0)
        if room and draw(st.booleans()):
            made.append(dissolve(draw(st.integers(0, room)), draw(st.integers(1, 4))))
        if draw(st.integers(0, 4)) == 0:
            made.append(gap(frames))
        elif name == "Titles":
            made.append(title(draw(_NAMES), frames))
        else:
            speed = draw(st.sampled_from([1, 1, 1, -1, 0.5, 2, 0] if kind == "Video" else [1, 1, 0.5]))
            made.append(
                clip(draw(_NAMES), draw(_HALVES), frames, speed=speed, rate=draw(st.sampled_from([24.0, 25.0])))
            )
        room = 4
    return made


@st.composite
def cuts(draw: Any) -> tuple[Any, list[Span]]:
    made = timeline(draw(lanes("Video", "V1", halves=False)))
    if draw(st.booleans()):
        made.tracks.append(draw(lanes("Video", "V2", halves=False)))
    if draw(st.booleans()):
        made.tracks.append(draw(lanes("Video", "Titles", halves=False)))
    made.tracks.append(draw(lanes("Audio", "MUSIC", halves=True)))
    frames = program(made).frames
    spans = []
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, frames - 1))
        spans.append(Span(start, draw(st.integers(start + 1, frames))))
    return made, spans


@given(cuts())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_cut_of_any_timeline_shows_frame_by_frame_what_it_was_cut_from(case):
    made, spans = case
    assert_same(made, spans, cut_back(made.to_json_string(), spans, "cut", OPTIONS).program)
