"""Writing captions, read back by us and by other readers."""

import io
from fractions import Fraction

import pysubs2
import pytest
import webvtt
from hypothesis import given, settings
from hypothesis import strategies as st

from twopop.captions.model import Caption, CaptionTrack
from twopop.captions.read import read_captions
from twopop.captions.write import to_srt, to_vtt
from twopop.time import Rate

RATES = [
    Rate(24000, 1001), Rate(24), Rate(25), Rate(30000, 1001), Rate(30), Rate(48000, 1001), Rate(48), Rate(50),
    Rate(60000, 1001), Rate(60), Rate(100), Rate(120000, 1001), Rate(120), Rate(25, 2),
]  # fmt: skip

# Anything that can be typed into a caption; the two characters that SRT has no way to hold apart from mark-up are out.
words = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="<{"), min_size=1, max_size=12
).filter(lambda text: not text.isdecimal() and "-->" not in text)
marked = st.one_of(words, words.map(lambda w: f"<i>{w}</i>"), words.map(lambda w: f"<b>{w}</b> <u>{w}</u>"))
lines = st.lists(marked, min_size=1, max_size=3).map(tuple)


@st.composite
def tracks(draw):
    frame, captions = 0, []
    for gap, length, said, top in draw(
        st.lists(
            st.tuples(st.integers(0, 90_000), st.integers(1, 500), lines, st.sampled_from(["", "line:0"])), max_size=6
        )
    ):
        captions.append(Caption(start=frame + gap, stop=frame + gap + length, lines=said, settings=top))
        frame += gap + length
    return CaptionTrack(language="en", captions=tuple(captions))


@settings(deadline=None, max_examples=150)
@given(track=tracks(), rate=st.sampled_from(RATES))
def test_both_formats_give_the_same_captions_back(tmp_path_factory, track, rate):
    folder = tmp_path_factory.mktemp("back")
    for name, write in (("a.srt", to_srt), ("a.vtt", to_vtt)):
        if not track.captions:
            continue
        path = folder / name
        path.write_bytes(write(track, rate))
        back, findings = read_captions(path, rate=rate, start=0, language="en")
        assert back == track
        assert not findings


@pytest.mark.parametrize("rate", RATES)
def test_every_frame_survives_the_rounding_to_milliseconds(rate):
    for frame in [*range(3000), 86_399, 1_000_003, 2_589_408]:
        clock = to_srt(CaptionTrack(language="", captions=(Caption(start=frame, stop=frame + 1, lines=("x",)),)), rate)
        hours, minutes, seconds = clock.split(b"\n")[1].split(b" --> ")[0].decode().replace(",", ".").split(":")
        back = (int(hours) * 60 + int(minutes)) * 60 + Fraction(seconds)
        assert rate.nearest_frame(back) == frame


def test_srt_as_it_stands():
    track = CaptionTrack(
        language="en",
        captions=(
            Caption(start=0, stop=24, lines=("One & <i>two</i>", "", " three\nfour ")),
            Caption(start=86400, stop=86424, lines=("Top",), settings="line:0 align:start"),
        ),
    )
    assert to_srt(track, Rate(24000, 1001)).decode() == (
        "1\n00:00:00,000 --> 00:00:01,001\nOne & <i>two</i>\nthree\nfour\n\n"
        "2\n01:00:03,600 --> 01:00:04,601\n{\\an8}Top\n"
    )


def test_vtt_escapes_text_and_keeps_marks():
    track = CaptionTrack(
        language="en",
        captions=(Caption(start=25, stop=50, lines=("<b>a < b</b> --> c & d <x>",), settings="line:80%\nx-->y"),),
    )
    assert to_vtt(track, Rate(25)).decode() == (
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.000 line:80% xy\n<b>a &lt; b</b> --&gt; c &amp; d &lt;x&gt;\n"
    )


def test_a_track_without_captions():
    empty = CaptionTrack(language="en", captions=(Caption(start=0, stop=9, lines=("", " ")),))
    assert to_srt(empty, Rate(25)) == b""
    assert to_vtt(empty, Rate(25)) == b"WEBVTT\n"


@settings(deadline=None, max_examples=60)
@given(track=tracks(), rate=st.sampled_from(RATES))
def test_other_readers_find_the_same_captions(track, rate):
    seen = webvtt.from_buffer(io.BytesIO(to_vtt(track, rate)))
    assert len(seen) == len(track.captions)
    for cue, caption in zip(seen, track.captions, strict=True):
        assert len(cue.lines) == len(caption.lines)
        assert str(cue.settings) == caption.settings
    if track.captions:
        events = pysubs2.SSAFile.from_string(to_srt(track, rate).decode(), format_="srt", keep_html_tags=True)
        assert [round(rate.seconds(c.start) * 1000) for c in track.captions] == [event.start for event in events]
