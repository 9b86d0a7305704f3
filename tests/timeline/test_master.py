"""A program whose picture or sound comes from one render."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from twopop.time import Rate
from twopop.timeline.master import Render, from_master, with_sound
from twopop.timeline.program import Dissolve, Event, Kind, Marker, Program, Role, Source

RATE = Rate(24000, 1001)
PICTURE = Render(source=Source(name="textless.mov", path="/m/textless.mov"), first=240)
TITLES = Render(source=Source(name="titles.mov"), first=0)


def clip(start, stop, name="a", **more):
    return Event(start=start, stop=stop, name=name, source=Source(name=name), **more)


def program(*events, dissolves=(), **more):
    frames = max(event.stop for event in events)
    return Program(name="p", rate=RATE, frames=frames, start=86400, events=events, dissolves=dissolves, **more)


CUT = program(
    clip(0, 40, "a", reframe={"9:16": {"x": 0.2}}),
    clip(30, 60, "b", speed=Fraction(2), reframe={"9:16": {"keys": [[0, 0.1], [20, 0.9]]}, "1:1": {"x": 0.4}}),
    Event(start=60, stop=70, name="black", kind=Kind.BLACK),
    Event(start=70, stop=90, name="Card", kind=Kind.TITLE, text="The end"),
    Event(start=5, stop=25, name="Harbour", kind=Kind.TITLE, layer=1, text="Harbour", fade_in=3),
    dissolves=(Dissolve(start=30, stop=40),),
    markers=(Marker(frame=3, name="CUT6"),),
)


def test_each_shot_shows_the_masters_own_frames():
    made = from_master(CUT, PICTURE)
    assert [(event.start, event.stop, event.name) for event in made.picture] == [
        (0, 35, "a"), (35, 60, "b"), (60, 70, "black"), (70, 90, "Card"),
    ]  # fmt: skip
    for event in made.picture:
        assert (event.kind, event.source, event.speed, event.text) == (Kind.MEDIA, PICTURE.source, 1, "")
        assert event.source_time(event.start, RATE) * RATE == event.start + 240
    assert (made.dissolves, made.markers, made.start, made.frames) == ((), CUT.markers, CUT.start, 90)


def test_crops_stay_with_their_shots_and_keys_on_their_frames():
    first, second, *_ = from_master(CUT, PICTURE).picture
    assert first.reframe == {"9:16": {"x": 0.2}}
    assert second.reframe == {"9:16": {"keys": [[-5, 0.1], [15, 0.9]]}, "1:1": {"x": 0.4}}


def test_titles_stay_or_come_from_a_layer_or_are_in_the_picture():
    drawn = from_master(CUT, PICTURE).overlays
    assert [(event.start, event.stop, event.layer, event.text) for event in drawn] == [
        (70, 90, 1, "The end"), (5, 25, 2, "Harbour"),
    ]  # fmt: skip
    assert drawn[1].fade_in == 3
    (layer,) = from_master(CUT, PICTURE, titles=TITLES).overlays
    assert (layer.start, layer.stop, layer.source, layer.source_in, layer.kind) == (0, 90, TITLES.source, 0, Kind.MEDIA)
    assert from_master(CUT, PICTURE, titles=TITLES, texted=True).overlays == ()


def test_the_sound_is_one_clip_over_all():
    heard = with_sound(CUT, Render(source=Source(name="mix.wav"), first=48))
    (track,) = heard.audio
    (clip_,) = track.clips
    assert (track.role, clip_.start, clip_.stop) == (Role.MIX, 0, RATE.seconds(90))
    assert (clip_.source_in, heard.events) == (RATE.seconds(48), CUT.events)


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 9)), min_size=1, max_size=12))
def test_shots_cover_every_frame_once_in_order(shots):
    events, dissolves, place = [], [], 0
    for length, overlap in shots:
        overlap = min(overlap, length - 1, events[-1].frames - 1) if events else 0
        events.append(clip(place - overlap, place - overlap + length))
        if overlap:
            dissolves.append(Dissolve(start=place - overlap, stop=place))
        place = events[-1].stop
    made = from_master(program(*events, dissolves=tuple(dissolves)), PICTURE)
    covered = [frame for event in made.picture for frame in range(event.start, event.stop)]
    assert covered == list(range(place))
