"""The poster frame and the head of a cut, by arithmetic."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twopop.time import Rate
from twopop.timeline.program import Event, Kind, Marker, Program, Source
from twopop.variants.cutdowns import whole
from twopop.variants.excerpts import head, poster
from twopop.variants.model import Cutdown, Span

RATE = Rate(24000, 1001)


def program(*lengths, markers=(), frames=0):
    """Shots of so many frames; a negative length is black."""
    events, at = [], 0
    for number, length in enumerate(lengths):
        kind = Kind.MEDIA if length > 0 else Kind.BLACK
        source = Source(name="a") if length > 0 else None
        events.append(Event(start=at, stop=at + abs(length), name=f"{number}", kind=kind, source=source))
        at += abs(length)
    return Program(name="p", rate=RATE, frames=frames or at, events=tuple(events), markers=tuple(markers))


def frame(film, *, cut=None, asked=None, marker="POSTER"):
    made = poster(cut or whole(film), film, asked=asked, marker=marker)
    (span,) = made.keep
    assert span.frames == 1
    return span.start


def test_the_order_comes_before_the_marker_and_the_marker_before_the_longest_shot():
    film = program(10, 30, 20, markers=[Marker(frame=50, name="poster "), Marker(frame=5, name="other")])
    assert frame(film, asked=7) == 7
    assert frame(film) == 50
    assert frame(film, marker="none") == 10 + 15


def test_a_frame_that_is_not_in_the_cut_is_not_its_poster():
    film = program(10, 30, 20, markers=[Marker(frame=50, name="POSTER"), Marker(frame=12, name="POSTER")])
    cut = Cutdown(label="6s", keep=(Span(8, 16),))
    assert frame(film, cut=cut, asked=40) == 12
    assert frame(film, cut=Cutdown(label="6s", keep=(Span(0, 9), Span(30, 36)))) == 4


def test_black_is_no_poster_unless_there_is_nothing_else():
    assert frame(program(8, -40, 6)) == 4
    assert frame(program(-40)) == 20


def test_the_first_of_the_longest_shots_counts():
    assert frame(program(10, 20, 20)) == 20


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(1, 60)), min_size=1, max_size=5), st.fractions(0, 20))
def test_the_head_is_the_first_frames_of_the_cut(stretches, seconds):
    film = program(500)
    cut = Cutdown(label="x", keep=tuple(Span(start, start + length) for start, length in stretches))
    shown = [number for span in cut.keep for number in range(span.start, span.stop)]
    made = [number for span in head(cut, film, seconds).keep for number in range(span.start, span.stop)]
    assert made == shown[: len(made)]
    wanted = seconds * RATE  # the frames that begin within so many seconds
    assert len(made) == min(len(shown), max(1, -(-wanted.numerator // wanted.denominator)))


@pytest.mark.parametrize(("seconds", "frames"), [(1, 24), (Fraction(1001, 1000), 24), (2, 48), (100, 60)])
def test_the_head_in_seconds(seconds, frames):
    film = program(60)
    assert head(whole(film), film, Fraction(seconds)).frames == frames
