"""What is written as an MLT project is read again without a loss, and is what melt shows."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support import mlt
from support.numbered import make_numbered
from twopop import AudioClip, AudioTrack, Dissolve, Event, Kind, Marker, Program, Rate, Role, Source
from twopop.hosts import otio as text_of
from twopop.hosts.contract.model import difference
from twopop_mlt.document import parse_document
from twopop_mlt.reading import sequences, timeline_of
from twopop_mlt.writing import Written, written

RATES = [Rate(25), Rate(24000, 1001), Rate(30000, 1001), Rate(50), Rate(24)]
SPEEDS = [Fraction(1)] * 4 + [Fraction(2), Fraction(-1), Fraction(1, 2), Fraction(-2), Fraction(0), Fraction(4, 3)]
COLOURS = ["red", "orange", "yellow", "green", "cyan", "blue", "purple", "magenta", "", "#123456"]
NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn", "Zl", "Zp")), min_size=1, max_size=12
)
WORDS = NAMES.map(lambda text: " ".join(text.split()) or "x")
FILES = WORDS.map(lambda text: "/media/" + text.replace("/", "-").replace("\\", "-") + ".mov")


def read_again(made: Written, path: Path = Path("/p/a.mlt")) -> tuple[Program, dict[str, Any]]:
    """The program in *made*, by the way that a host's timelines go: as OTIO text."""
    document = parse_document(made.text, path)
    (sequence,) = sequences(document)
    text = timeline_of(sequence, document).to_json_string()
    return text_of.reading(text).program, json.loads(text)["metadata"]["twopop"]


@st.composite
def sources(draw: st.DrawFn) -> Source:
    path = draw(FILES)
    rate = draw(st.sampled_from([None, *RATES]))
    name = draw(st.sampled_from([path.rpartition("/")[2], "A001_C002"]))
    known = Fraction(30001) / rate if rate is not None else Fraction(4001, 3)
    return Source(name=name, path=path, rate=rate, available=draw(st.sampled_from([None, known])))


@st.composite
def media(draw: st.DrawFn, rate: Rate, frames: int) -> dict[str, Any]:
    speed = draw(st.sampled_from(SPEEDS))
    place = draw(st.integers(frames, 400))
    at = rate.seconds(place) * (abs(speed) or 1)
    return {"kind": Kind.MEDIA, "name": draw(WORDS), "source": draw(sources()), "source_in": at, "speed": speed}


@st.composite
def pictures(draw: st.DrawFn, rate: Rate) -> tuple[list[Event], list[Dissolve], int]:
    events: list[Event] = []
    dissolves: list[Dissolve] = []
    at, mix = 0, 0
    for last in [False] * draw(st.integers(0, 5)) + [True]:
        frames = draw(st.integers(4, 40)) + mix
        before = events[-1].kind if events else None
        kinds = [kind for kind in ("media", "media", "colour", "black") if kind != "black" or before is not Kind.BLACK]
        kind = draw(st.sampled_from(kinds))
        if kind == "media":
            said = draw(media(rate, frames))
        elif kind == "colour":
            said = {"kind": Kind.COLOUR, "name": draw(WORDS), "colour": draw(st.sampled_from(["#ff0000", "#00ff7f"]))}
        else:
            said = {"kind": Kind.BLACK, "name": "black"}
        words = (
            draw(st.sampled_from([{}, {"reframe": {"9:16": {"x": 0.3}}}, {"scene": 'Ä "1" <&>'}]))
            if kind == "media"
            else {}
        )
        said |= {"metadata": words, "reframe": words.get("reframe", {})}
        events.append(Event(start=at - mix, stop=at - mix + frames, **said))
        if mix:
            dissolves.append(Dissolve(start=at - mix, stop=at))
        at += frames - mix
        mix = 0 if last else draw(st.sampled_from([0, 0, 1, (frames - mix) // 2]))
    return events, dissolves, at


@st.composite
def overlays(draw: st.DrawFn, frames: int) -> list[Event]:
    made = []
    for layer in range(1, draw(st.integers(0, 2)) + 1):
        at = draw(st.integers(0, 3))
        while at + 6 < frames:
            length = draw(st.integers(4, 12))
            fades = {"fade_in": draw(st.sampled_from([0, 1, 2])), "fade_out": draw(st.sampled_from([0, 1, 2]))}
            lines = "\n".join(draw(st.lists(WORDS, min_size=1, max_size=2)))
            stop = min(frames, at + length)
            made.append(Event(start=at, stop=stop, kind=Kind.TITLE, name="title", text=lines, layer=layer, **fades))
            at = stop + draw(st.integers(0, 9))
        if not any(event.layer == layer for event in made):
            break
    return made


@st.composite
def voices(draw: st.DrawFn, rate: Rate, frames: int) -> list[AudioTrack]:
    tracks = []
    for number in range(draw(st.integers(0, 3))):
        clips: list[AudioClip] = []
        at = draw(st.integers(0, 4))
        while at + 8 < frames and len(clips) < 4:
            length = min(frames - at, draw(st.integers(8, 30)))
            said = draw(media(rate, length + 2))
            if said["speed"] == 0:
                break
            back = rate.seconds(1) * said["speed"] if said["speed"] < 0 else 0
            gain = draw(st.sampled_from([0.0, -6.0, 3.25]))
            cross = bool(clips) and clips[-1].stop == rate.seconds(at) and draw(st.booleans())
            fade = rate.seconds(draw(st.sampled_from([0, 3])))
            start = at
            if cross and clips[-1].fade_out == 0:
                start = at - 2
                clips[-1] = msgspec.structs.replace(clips[-1], fade_out=rate.seconds(2))
                fade = rate.seconds(2)
            clips.append(
                AudioClip(
                    start=rate.seconds(start),
                    stop=rate.seconds(at + length),
                    name=said["name"],
                    source=said["source"],
                    source_in=said["source_in"] - back,
                    speed=said["speed"],
                    gain_db=gain,
                    fade_in=fade,
                    fade_out=rate.seconds(draw(st.sampled_from([0, 0, 2]))),
                    metadata={"gain_db": gain} if gain else {},
                )
            )
            at += length + draw(st.sampled_from([0, 0, 5]))
        if clips:
            tracks.append(AudioTrack(name=f"DX {number + 1}", role=Role.DIALOGUE, clips=tuple(clips), role_from="x"))
    return tracks


@st.composite
def programs(draw: st.DrawFn) -> Program:
    rate = draw(st.sampled_from(RATES))
    events, dissolves, frames = draw(pictures(rate))
    events += draw(overlays(frames))
    marks = st.builds(
        Marker,
        frame=st.integers(0, frames - 1),
        name=NAMES,
        frames=st.integers(0, 50),
        colour=st.sampled_from(COLOURS),
        note=st.one_of(st.just(""), NAMES),
    )
    found = draw(st.lists(marks, max_size=4, unique_by=lambda mark: (mark.frame, mark.name)))
    drop = rate.may_drop and draw(st.booleans())
    return Program(
        name=draw(WORDS),
        rate=rate,
        frames=frames,
        start=draw(st.sampled_from([0, 90000, 107892])),
        drop=drop,
        size=draw(st.sampled_from([(1920, 1080), (128, 72), (1080, 1920)])),
        events=tuple(events),
        dissolves=tuple(dissolves),
        audio=tuple(draw(voices(rate, frames))),
        markers=tuple(sorted(found, key=lambda mark: (mark.frame, mark.name))),
    )


def told(program: Program) -> Program:
    """*program* without what is only for people: names of tracks, and how roles were found."""
    events = [msgspec.structs.replace(event, track="") for event in program.events]
    tracks = [msgspec.structs.replace(track, role_from="") for track in program.audio]
    return msgspec.structs.replace(program, events=tuple(events), audio=tuple(tracks))


@settings(max_examples=50)
@given(programs())
def test_a_program_is_read_again_as_it_was(program: Program) -> None:
    made = written(program, program.name, {"campaign": "Vår"})
    again, words = read_again(made)
    assert told(again) == told(program), difference(told(again), told(program))
    assert words["campaign"] == "Vår"
    assert made.lost == ()


def test_what_mlt_has_no_place_for_is_told() -> None:
    rate = Rate(25)
    source = Source(name="a", path="/m/a.mov")
    clips = (
        AudioClip(start=Fraction(1, 100), stop=Fraction(1), name="odd", source=source, channels=(0,)),
        AudioClip(start=Fraction(1, 2), stop=Fraction(2), name="at once", source=source),
        AudioClip(start=Fraction(3), stop=Fraction(301, 100), name="a click", source=source),
    )
    picture = Event(start=0, stop=100, name="b", source=source, source_in=Fraction(1, 30))
    program = Program(
        name="x", rate=rate, frames=100, events=(picture,), audio=(AudioTrack(name="A1", role=Role.MIX, clips=clips),)
    )
    made = written(program, "x", {})
    said = " ".join(made.lost)
    for word in ("between two frames", "picks channels", "at once", "a click", "moved to the nearest"):
        assert word in said
    again, _ = read_again(made)
    assert [len(track.clips) for track in again.audio] == [1, 1]


@pytest.mark.skipif(mlt.MELT is None, reason="melt is not installed")
def test_melt_shows_what_was_written(tmp_path: Path) -> None:
    path = str(make_numbered(tmp_path / "Blå kväll.mp4", frames=100, size=mlt.SIZE))
    source = Source(name="numbered", path=path, rate=Rate(25), available=Fraction(4))

    def event(start: int, stop: int, at: int, speed: Fraction = Fraction(1)) -> Event:
        return Event(start=start, stop=stop, name="n", source=source, source_in=Fraction(at, 25), speed=speed)

    black = Event(start=45, stop=50, name="black", kind=Kind.BLACK)
    program = Program(
        name="spot",
        rate=Rate(25),
        frames=110,
        size=mlt.SIZE,
        events=(
            event(0, 20, 5),
            event(12, 30, 50),
            event(30, 45, 80, Fraction(-1)),
            black,
            event(50, 60, 40, Fraction(2)),
            event(60, 66, 33, Fraction(0)),
            event(66, 80, 70, Fraction(-2)),
            event(80, 110, 90),  # ten frames are there, thirty are wanted: the last one stands
        ),
        dissolves=(Dissolve(start=12, stop=20),),
    )
    made = tmp_path / "spot.mlt"
    made.write_bytes(written(program, "spot", {}).text)
    seen = mlt.shown_by_melt(made, 120)
    wanted = mlt.shown_by(program)
    assert len(seen) == program.frames
    plain = [frame for frame in range(90) if not 12 <= frame < 20 and not 45 <= frame < 50]
    assert [seen[frame] for frame in plain] == [wanted[frame] for frame in plain]
    assert all(seen[frame] is None for frame in range(45, 50))
