"""Reading caption files: good ones, damaged ones, and files that are something else."""

from fractions import Fraction
from pathlib import Path

import pysubs2
import pytest
import webvtt
from hypothesis import given, settings
from hypothesis import strategies as st

from twopop.captions.model import Caption
from twopop.captions.read import read_captions
from twopop.errors import InputError
from twopop.time import Rate

FILMED = Rate(24000, 1001)
PAL = Rate(25)
REAL = (Path(__file__).parents[2] / "../shared/media/captions").resolve()
needs_real = pytest.mark.skipif(not REAL.is_dir(), reason="the shared media are not here")

PLAIN = "1\n00:00:01,000 --> 00:00:02,000\nHello\n\n2\n00:00:03,000 --> 00:00:04,500\n<i>Two</i>\nlines\n"


def read(tmp_path, content, name="spot.srt", *, rate=PAL, start=0, drop=False):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    track, findings = read_captions(path, rate=rate, start=start, language="en", drop=drop)
    return track.captions, findings


def rules(findings):
    return [finding.rule for finding in findings]


def test_srt_goes_to_frames(tmp_path):
    captions, findings = read(tmp_path, PLAIN)
    assert captions == (
        Caption(start=25, stop=50, lines=("Hello",)),
        Caption(start=75, stop=113, lines=("<i>Two</i>", "lines")),  # 112.5 goes up
    )
    assert findings == ()


def test_times_go_to_the_nearest_frame_at_a_fractional_rate(tmp_path):
    captions, _ = read(tmp_path, PLAIN, rate=FILMED)
    # 1 s = 23.976 frames, 2 s = 47.952, 3 s = 71.928, 4.5 s = 107.892
    assert [(c.start, c.stop) for c in captions] == [(24, 48), (72, 108)]


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("utf-16"),
        b"\xfe\xff" + PLAIN.encode("utf-16-be"),
        PLAIN.encode("utf-16-le"),
        PLAIN.encode("utf-16-be"),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("\n", "\r").encode(),
        PLAIN.replace(",", ".").encode(),
        PLAIN.replace("\n2\n", "2\n").encode(),  # the blank line between the captions is missing
        ("\n\n\n" + PLAIN + "\n\n\n").encode(),
    ],
)
def test_the_same_captions_in_other_clothes(tmp_path, content):
    captions, findings = read(tmp_path, content)
    assert [c.lines for c in captions] == [("Hello",), ("<i>Two</i>", "lines")]
    assert [(c.start, c.stop) for c in captions] == [(25, 50), (75, 113)]
    assert findings == ()


def test_latin_1_is_read_with_a_warning(tmp_path):
    captions, findings = read(tmp_path, PLAIN.replace("Hello", "Café déjà").encode("latin-1"))
    assert captions[0].lines == ("Café déjà",)
    assert rules(findings) == ["captions.encoding"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.srt", b""),
        ("prose.srt", b"Nothing here\nis a caption\n"),
        ("binary.srt", bytes(range(256)) * 8),
        ("zeros.srt", b"\0" * 1000),
        ("picture.vtt", b"\x89PNG\r\n\x1a\n" + b"\0" * 100),
        ("headless.vtt", PLAIN.encode()),
        ("odd.srt", b"\xff\xfe\x00"),
    ],
)
def test_what_is_no_caption_file_is_refused_in_words(tmp_path, name, content):
    with pytest.raises(InputError) as error:
        read(tmp_path, content, name)
    assert name in str(error.value)


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "absent.srt", tmp_path, tmp_path / "a\0b.srt"):
        with pytest.raises(InputError):
            read_captions(path, rate=FILMED, start=0, language="en")


def test_a_damaged_timing_line_loses_no_words_silently(tmp_path):
    damaged = PLAIN.replace("00:00:03,000 --> ", "00:00:03,000 -> ")
    captions, findings = read(tmp_path, damaged)
    assert [c.lines for c in captions] == [("Hello",)]
    assert [f.where for f in findings] == ["spot.srt:6", "spot.srt:7", "spot.srt:8"]
    assert set(rules(findings)) == {"captions.damaged"}
    assert "Two" in findings[1].message


def test_empty_backward_and_overlapping_cues(tmp_path):
    text = (
        "1\n00:00:01,000 --> 00:00:02,000\n\n\n"
        "2\n00:00:05,000 --> 00:00:04,000\nBackwards\n\n"
        "3\n00:00:06,000 --> 00:00:08,000\nLong\n\n"
        "4\n00:00:07,000 --> 00:00:09,000\nOver\n\n"
        "5\n00:00:10,000 --> 00:00:10,001\nBlink\n"
    )
    captions, findings = read(tmp_path, text)
    assert [(c.start, c.stop, c.lines[0]) for c in captions] == [
        (150, 200, "Long"),
        (175, 225, "Over"),
        (250, 251, "Blink"),
    ]
    assert [(f.rule, f.where) for f in findings] == [
        ("captions.empty", "spot.srt:2"),
        ("captions.times", "spot.srt:6"),
        ("captions.overlap", "spot.srt:14"),
    ]


def test_captions_out_of_order_are_sorted_and_said(tmp_path):
    swapped = "1\n00:00:03,000 --> 00:00:04,000\nB\n\n2\n00:00:01,000 --> 00:00:02,000\nA\n"
    captions, findings = read(tmp_path, swapped)
    assert [c.lines for c in captions] == [("A",), ("B",)]
    assert rules(findings) == ["captions.order"]


def test_marks_are_kept_and_others_taken_out(tmp_path):
    text = (
        "1\n00:00:01,000 --> 00:00:02,000\n{\\an8}<b>Bold</b> <font color=red>red</font> <I>up</I>\n"
        "3 < 4 & 5 > 4 <3 <hm>\n"
    )
    captions, findings = read(tmp_path, text)
    assert captions[0].lines == ("<b>Bold</b> red <i>up</i>", "3 < 4 & 5 > 4 <3 <hm>")
    assert captions[0].settings == "line:0"
    assert rules(findings) == ["captions.markup"]
    assert "<font>" in findings[0].message


def test_vtt_with_all_its_furniture(tmp_path):
    text = (
        "WEBVTT - a title\n\nSTYLE\n::cue { color: red }\n\nNOTE nothing\n\n"
        "intro\n00:01.000 --> 00:02.000 line:80% region:low align:start\n"
        "<v Bob>Tom &amp; Jerry &lt;3&gt;\n<c.loud><i>Hey</i></c> <00:01.500>you\n\n"
        "00:00:03.000 -> 00:00:04.000\nlost\n\n00:00:05.000 --> 00:00:06.000\n\n"
    )
    captions, findings = read(tmp_path, text, "spot.vtt")
    assert captions == (
        Caption(start=25, stop=50, lines=("Tom & Jerry <3>", "<i>Hey</i> you"), settings="line:80% align:start"),
    )
    assert "captions.markup" in rules(findings)


def test_a_damaged_vtt_cue_is_told(tmp_path):
    text = "WEBVTT\n\n00:xx.000 --> 00:02.000\nlost\n\n00:03.000 --> 00:04.000\nkept\n"
    captions, findings = read(tmp_path, text, "spot.vtt")
    assert [c.lines for c in captions] == [("kept",)]
    assert rules(findings) == ["captions.damaged"]


def test_an_empty_vtt_is_a_warning(tmp_path):
    captions, findings = read(tmp_path, "WEBVTT\n", "spot.vtt")
    assert captions == ()
    assert rules(findings) == ["captions.empty"]


@pytest.mark.parametrize(
    ("rate", "start", "drop"),
    [(FILMED, 86400, False), (Rate(25), 90000, False), (Rate(30000, 1001), 107892, True), (Rate(30), 108000, False)],
)
def test_a_file_at_hour_one_counts_from_the_start_timecode(tmp_path, rate, start, drop):
    hour = PLAIN.replace("00:00:0", "01:00:0")
    plain_file, _ = read(tmp_path, PLAIN, rate=rate)
    captions, findings = read(tmp_path, hour, rate=rate, start=start, drop=drop)
    assert captions == plain_file
    assert rules(findings) == ["captions.timecode"]


def test_a_file_from_zero_stays_where_it_is_in_a_program_at_hour_one(tmp_path):
    captions, findings = read(tmp_path, PLAIN, start=90000)
    assert captions[0].start == 25
    assert findings == ()


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=300), st.sampled_from(["srt", "vtt"]))
def test_no_bytes_give_a_traceback(tmp_path_factory, content, suffix):
    path = tmp_path_factory.mktemp("any") / f"x.{suffix}"
    for bytes_ in (content, b"WEBVTT\n\n00:01.000 --> 00:02.000\n" + content, PLAIN.encode() + content):
        path.write_bytes(bytes_)
        try:
            track, _ = read_captions(path, rate=FILMED, start=0, language="en")
        except InputError:
            continue
        assert all(c.start < c.stop and c.lines for c in track.captions)


@needs_real
def test_a_real_srt_agrees_with_another_reader():
    path = REAL / "pbs_example.srt"
    track, _ = read_captions(path, rate=FILMED, start=0, language="en")
    other = sorted(pysubs2.load(str(path), encoding="utf-8", keep_html_tags=True), key=lambda e: (e.start, e.end))
    other = [event for event in other if event.plaintext.strip()]
    assert len(track.captions) == len(other)
    for caption, event in zip(track.captions, other, strict=True):
        assert caption.start == FILMED.nearest_frame(Fraction(event.start, 1000))
        assert " ".join(caption.lines).split() == event.text.replace("\\N", " ").split()


@needs_real
@pytest.mark.parametrize("name", ["friday.vtt", "pbs_example.vtt"])
def test_a_real_vtt_keeps_every_caption(name):
    track, _ = read_captions(REAL / name, rate=FILMED, start=0, language="en")
    there = [caption for caption in webvtt.read(str(REAL / name)) if caption.text.strip()]
    assert len(track.captions) == len(there)
    assert {c.settings for c in track.captions} == {str(c.settings) for c in there}


@needs_real
def test_real_files_of_other_kinds_are_refused():
    others = [path for path in sorted(REAL.iterdir()) if path.suffix not in (".srt", ".vtt")]
    assert others
    for path in others:
        with pytest.raises(InputError):
            read_captions(path, rate=FILMED, start=0, language="en")
