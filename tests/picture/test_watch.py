"""Black and frozen stretches, seen while a segment is rendered."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from picture_recipes import HQ, X264, segment_of, take_of

from support.numbered import H264, PRORES
from twopop.picture.pieces import Piece
from twopop.picture.recipe import Plain, Watch
from twopop.picture.tools import find_ffmpeg
from twopop.picture.watch import Seen, look_through, seen_in
from twopop.time import Rate
from twopop.variants.model import Span

LEVELS = Watch().levels
BLACK = "drawbox=t=fill:color=black:enable='between(n,30,39)'"


def seen_of(store, segment) -> Seen:
    return msgspec.convert(store.entry("segments", segment.key()).measured["seen"], Seen)


@pytest.mark.parametrize("encoding", [X264, HQ], ids=["8 bit", "10 bit"])
def test_stretches_are_seen_to_the_frame(store, render, numbered, encoding):
    take = take_of(numbered("dark.mov", rate=24, codec=PRORES, filters=BLACK), 20)
    segment = segment_of(take, 40, encoding=encoding)
    render(segment)
    assert seen_of(store, segment) == Seen(levels=LEVELS, black=(Span(10, 20),), still=(Span(10, 20),))


def test_what_lasts_to_the_end_is_closed_there(store, render, numbered):
    take = take_of(numbered("dark.mov", rate=24, codec=PRORES, filters=BLACK), 25)
    segment = segment_of(take, 10)
    render(segment)
    assert seen_of(store, segment).black == (Span(5, 10),)


def test_a_held_frame_is_still_and_a_plain_colour_too(store, render, numbered):
    take = take_of(numbered("24.mp4", rate=24, codec=H264), 12)
    held = segment_of(msgspec.structs.replace(take, step=Fraction(0)), 12)
    plain = segment_of(Plain(colour="#000000"), 12)
    for segment, black in ((held, ()), (plain, (Span(0, 12),))):
        render(segment)
        assert (seen_of(store, segment).black, seen_of(store, segment).still) == (black, (Span(0, 12),))


@pytest.mark.parametrize("encoding", [X264, HQ], ids=["8 bit", "10 bit"])
def test_looking_changes_no_byte(store, render, numbered, monkeypatch, encoding):
    from twopop.picture import graph

    segment = segment_of(take_of(numbered("dark.mov", rate=24, codec=PRORES, filters=BLACK), 20), 24, encoding=encoding)
    with_it = render(segment).read_bytes()
    monkeypatch.setattr(graph, "watched", lambda stream, *_: stream)
    store.record("segments", segment.key()).unlink()
    assert render(segment).read_bytes() == with_it
    assert "seen" not in store.entry("segments", segment.key()).measured


def test_what_is_looked_for_decides_no_key():
    segment = segment_of(Plain(), 12)
    other = msgspec.structs.replace(segment, watch=Watch(pixel=0.1, black=(Span(0, 12),)))
    assert (other.key(), other.content()) == (segment.key(), segment.content())


def test_a_copy_is_looked_through(numbered):
    facts = numbered("dark film.mov", rate=Rate(24000, 1001), codec=PRORES, filters=BLACK)
    piece = Piece(Path(facts.path), 20, 40, 0)
    seen = look_through(piece, 40, Rate(24000, 1001), Watch(), find_ffmpeg(), seconds=60, cancel=None)
    assert seen == Seen(levels=LEVELS, black=(Span(10, 20),), still=(Span(10, 20),))


@given(st.lists(st.booleans(), min_size=1, max_size=40))
def test_marks_become_the_frames_between_them(dark):
    lines, was = [], False
    for frame, now in enumerate(dark):
        if now != was:
            lines += [f"frame:{frame} pts:{frame} pts_time:0", f"lavfi.black_{'start' if now else 'end'}=0"]
        was = now
    seen = seen_in("\n".join(lines), Watch(), len(dark), Rate(25))
    assert [frame for span in seen.black for frame in range(span.start, span.stop)] == [
        frame for frame, now in enumerate(dark) if now
    ]
