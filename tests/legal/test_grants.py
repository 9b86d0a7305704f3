from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twopop.findings import Severity
from twopop.legal.grants import LABEL, findings_for, grants_in
from twopop.legal.model import Grant
from twopop.time import Rate
from twopop.timeline.program import AudioClip, AudioTrack, Event, Kind, Program, Role, Source
from twopop.variants.model import Span

RATE = Rate(25)


def shot(start: int, stop: int, source: str, rights: Any = None, **more: Any) -> Event:
    metadata = {} if rights is None else {"rights": rights}
    return Event(start=start, stop=stop, name=f"{source} clip", source=Source(name=source), metadata=metadata, **more)


def cue(start: Fraction, stop: Fraction, source: str, rights: Any = None) -> AudioClip:
    metadata = {} if rights is None else {"rights": rights}
    return AudioClip(start=start, stop=stop, name=source, source=Source(name=source), metadata=metadata)


def program(*events: Event, audio: tuple[AudioClip, ...] = ()) -> Program:
    track = AudioTrack(name="A1", role=Role.MUSIC, clips=audio)
    return Program(name="spot", rate=RATE, frames=500, start=90_000, events=events, audio=(track,))


def test_grants_are_read_from_picture_titles_and_sound_each_once() -> None:
    title = Event(start=0, stop=9, name="LOGO", kind=Kind.TITLE, layer=1, metadata={"rights": "cleared"})
    found = grants_in(
        program(
            shot(0, 50, "A001", {"status": "refused", "note": "agency"}),
            shot(50, 99, "A002"),
            shot(99, 150, "A001", {"status": "refused", "note": "agency"}),
            title,
            audio=(cue(Fraction(0), Fraction(2), "SONG", {"status": "Unknown "}),),
        )
    )
    assert found == [
        Grant(source="A001", status="refused", note="agency"),
        Grant(source="LOGO", status="cleared"),
        Grant(source="SONG", status="unknown"),
    ]


@pytest.mark.parametrize(
    ("rights", "note"),
    [
        ({"status": "pending", "note": "ask Kim"}, "ask Kim; its status is written as 'pending'"),
        ({"status": ""}, "it has no status"),
        ({}, "it has no status"),
        ({"status": ["refused"]}, "its status is written as ['refused']"),
        ("maybe", "its status is written as 'maybe'"),
        (7, "its status is written as 7"),
        ({"note": None}, "it has no status"),
    ],
)
def test_a_status_nobody_knows_is_unknown_and_quoted(rights: Any, note: str) -> None:
    assert grants_in(program(shot(0, 5, "A", rights))) == [Grant(source="A", status="unknown", note=note)]


def test_a_refused_source_that_survives_fails_with_clip_timecode_and_frames() -> None:
    cut = program(shot(0, 100, "GOOD"), shot(100, 200, "BAD"))
    grant = Grant(source="BAD", status="refused", note="agency")
    (found,) = findings_for([grant], cut, [Span(0, 50), Span(90, 130)], "d1")
    assert (found.rule, found.severity, found.where) == ("rights.refused", Severity.FAIL, "d1")
    assert found.measured == "30 frames"
    # frame 100 at 25 frames a second from 01:00:00:00
    assert found.message == (
        "The clip 'BAD clip' (source 'BAD') is seen from 01:00:04:00 for 30 frames. Its use is refused (agency)."
    )
    assert found.source == LABEL == "as the timeline says; not legal advice"


def test_a_cut_without_the_source_is_free_of_it() -> None:
    cut = program(shot(0, 100, "GOOD"), shot(100, 200, "BAD"))
    grants = [Grant(source="BAD", status="refused"), Grant(source="GOOD", status="cleared")]
    assert findings_for(grants, cut, [Span(0, 100), Span(200, 300)], "d1") == []


def test_unknown_warns_and_the_gravest_word_counts() -> None:
    cut = program(shot(0, 100, "A"))
    unknown, refused, cleared = (Grant(source="A", status=s) for s in ("unknown", "refused", "cleared"))
    assert [f.severity for f in findings_for([unknown], cut, [Span(0, 9)], "d")] == [Severity.WARN]
    for grants in ([unknown, refused, cleared], [refused, cleared, unknown], [cleared, unknown, refused]):
        assert [f.severity for f in findings_for(grants, cut, [Span(0, 9)], "d")] == [Severity.FAIL]
    assert [f.severity for f in findings_for([cleared, unknown], cut, [Span(0, 9)], "d")] == [Severity.WARN]


def test_titles_count_only_where_they_are_shown() -> None:
    logo = shot(0, 20, "LOGO", layer=2)
    grants = [Grant(source="LOGO", status="refused")]
    assert len(findings_for(grants, program(shot(0, 99, "A"), logo), [Span(0, 50)], "d")) == 1
    assert findings_for(grants, program(shot(0, 99, "A"), logo), [Span(0, 50)], "d", texted=False) == []


def test_both_sides_of_a_dissolve_count() -> None:
    cut = program(shot(0, 60, "OUT"), shot(50, 99, "IN"))
    grants = [Grant(source="OUT", status="refused"), Grant(source="IN", status="refused")]
    assert [f.measured for f in findings_for(grants, cut, [Span(55, 70)], "d")] == ["5 frames", "15 frames"]


def test_sound_counts_every_frame_in_which_it_is_heard() -> None:
    """From 1.01 s to 1.99 s at 25 frames a second: parts of frames 25 to 49."""
    cut = program(shot(0, 99, "A"), audio=(cue(Fraction(101, 100), Fraction(199, 100), "SONG"),))
    (found,) = findings_for([Grant(source="SONG", status="refused")], cut, [Span(0, 99)], "d")
    assert found.measured == "25 frames"
    assert "is heard from 01:00:01:00" in found.message
    assert findings_for([Grant(source="SONG", status="refused")], cut, [Span(0, 25), Span(50, 60)], "d") == []


def test_a_source_that_is_seen_and_heard_has_two_findings() -> None:
    cut = program(shot(0, 50, "A"), audio=(cue(Fraction(0), Fraction(2), "A"),))
    found = findings_for([Grant(source="A", status="refused")], cut, [Span(0, 99)], "d")
    assert [("seen" in f.message, "heard" in f.message) for f in found] == [(True, False), (False, True)]


def test_several_places_are_counted_together() -> None:
    cut = program(shot(0, 10, "BAD"), shot(10, 20, "A"), shot(20, 30, "BAD"), shot(30, 40, "BAD"))
    (found,) = findings_for([Grant(source="BAD", status="refused")], cut, [Span(0, 40)], "d")
    assert "and in 2 more places, 30 frames in all" in found.message


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30)), min_size=1, max_size=5),
    st.lists(st.tuples(st.integers(0, 80), st.integers(0, 30)), max_size=4),
)
def test_frames_are_those_counted_one_by_one(shots: list[tuple[int, int]], keeps: list[tuple[int, int]]) -> None:
    cut = program(*(shot(start, start + length, "BAD") for start, length in shots))
    spans = [Span(start, start + length) for start, length in keeps]
    counted = sum(
        start <= frame < start + length
        for span in spans
        for frame in range(span.start, span.stop)
        for start, length in shots
    )
    found = findings_for([Grant(source="BAD", status="refused")], cut, spans, "d")
    assert [f.measured for f in found] == ([f"{counted} frames"] if counted else [])
