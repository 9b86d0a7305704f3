"""EDLs: real ones against figures worked out by hand from their lines, and broken ones."""

from __future__ import annotations

import contextlib
from fractions import Fraction
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twopop.errors import InputError
from twopop.time import Rate
from twopop.timeline.program import Kind
from twopop.timeline.readers import read_edl
from twopop.timeline.reading import Reading, ReadOptions


def edl(tmp_path: Path, text: str, **options: Rate) -> Reading:
    path = tmp_path / "cut.edl"
    path.write_text(dedent(text), "utf-8")
    return read_edl(path, ReadOptions(**options))


def rules(reading: Reading) -> list[str]:
    return [finding.rule for finding in reading.findings]


def rows(reading: Reading) -> list[tuple[str, str, str]]:
    program = reading.program
    return [(program.timecode(each.start), program.timecode(each.stop), each.name) for each in program.picture]


@pytest.fixture(scope="session")
def lists(shared_media: Path) -> Path:
    return shared_media / "timelines" / "edl"


def test_dissolve_by_hand(lists: Path) -> None:
    """Event 002: A runs on for 10 frames under B, which comes in at 01:00:00:09 from 01:00:08:08."""
    reading = read_edl(lists / "otio_dissolve_test.edl", ReadOptions(rate=Rate(24)))
    program = reading.program
    assert rows(reading) == [
        ("01:00:00:00", "01:00:00:19", "clip_A"),
        ("01:00:00:09", "01:00:00:19", "clip_B"),
        ("01:00:00:19", "01:00:00:20", "clip_B"),
    ]
    assert [(each.start, each.stop) for each in program.dissolves] == [(9, 19)]
    a, b, _ = program.picture
    assert a.source_in == Fraction((3600 + 4) * 24 + 5, 24)  # 01:00:04:05
    assert b.source_in == Fraction((3600 + 8) * 24 + 8, 24)  # 01:00:08:08
    assert a.absolute
    assert b.absolute
    assert reading.findings == ()


def test_a_list_with_reverse_slow_motion_and_dissolves_by_hand(lists: Path) -> None:
    reading = read_edl(lists / "gdi_45S_SAMPLE.EDL", ReadOptions())
    program = reading.program
    assert (program.rate, program.timecode(0), program.timecode(program.frames)) == (25, "10:00:00:00", "10:00:42:16")
    assert "timeline.rate-guessed" in rules(reading)
    # 30 event numbers; the empty outgoing lines of 025, 026 and 030 show nothing of their own
    assert len(program.picture) == 30
    speeds = {program.timecode(each.start): each.speed for each in program.picture if each.speed != 1}
    assert speeds == {
        "10:00:13:00": Fraction(1, 2),  # M2 012.5
        "10:00:21:05": Fraction(1, 10),  # M2 002.5
        "10:00:30:12": -1,  # M2 -025.0
        "10:00:32:03": -1,
    }
    backwards = next(each for each in program.picture if program.timecode(each.start) == "10:00:32:03")
    # 52 frames on, where event 025 takes over, it has come back to 09:13:01:07, which is what that line says
    at = program.frame_of("10:00:34:05")
    assert backwards.source_time(at, program.rate) == Fraction((9 * 3600 + 13 * 60 + 1) * 25 + 7, 25)
    assert [(program.timecode(each.start), each.stop - each.start) for each in program.dissolves] == [
        ("10:00:34:05", 22),
        ("10:00:35:22", 12),
        ("10:00:41:09", 32),
    ]
    assert program.picture[-1].kind is Kind.BLACK


def test_freeze_frames_and_long_gaps_by_hand(lists: Path) -> None:
    reading = read_edl(lists / "otio_speed_effects_small.edl", ReadOptions(rate=Rate(24)))
    assert rows(reading) == [
        ("01:00:00:00", "01:00:05:06", "Z677_4C (ANIM10)"),
        ("01:00:05:06", "01:08:30:00", "black"),
        ("01:08:30:00", "01:08:30:17", "Z682_156 (LAY3)"),
        ("01:08:30:17", "01:08:30:18", "Z682_157 (LAY2)"),
        ("01:08:30:18", "01:08:31:12", "Z682_157 (LAY2)"),
        ("01:08:31:12", "01:11:31:16", "black"),
        ("01:11:31:16", "01:11:33:04", "Z686_5A (LAY2) (47.56 FPS)"),
    ]
    assert [each.speed for each in reading.program.picture if each.kind is Kind.MEDIA] == [
        1,
        0,
        0,
        1,
        Fraction(476, 240),
    ]


def test_a_full_reel_by_hand(lists: Path) -> None:
    """Events 000001 to 000293 tell their own number; event 000004 is a freeze from 01:00:50:18 to 01:00:51:23."""
    text = (lists / "pycmx_INS4_R1_010417.edl").read_text("latin-1")
    reading = read_edl(lists / "pycmx_INS4_R1_010417.edl", ReadOptions())
    program = reading.program
    lines = [line.split() for line in text.splitlines() if line[:6].isdigit()]
    shown = [each for each in program.picture if each.kind is Kind.MEDIA]
    assert len(shown) == len(lines)
    assert [program.timecode(each.start) for each in shown] == [line[-2] for line in lines]
    assert [program.timecode(each.stop) for each in shown] == [line[-1] for line in lines]
    assert (shown[3].speed, program.timecode(shown[3].start)) == (0, "01:00:50:18")


def test_markers_stand_at_their_record_timecode(lists: Path) -> None:
    program = read_edl(lists / "otio_screening_example.edl", ReadOptions(rate=Rate(24))).program
    assert [(program.timecode(each.frame), each.name, each.colour) for each in program.markers] == [
        ("01:00:01:14", "ANIM FIX NEEDED", "red"),
        ("01:00:02:14", "ANIM FIX NEEDED", "pink"),
        ("01:00:15:13", "", "green"),
    ]


def test_lengths_that_disagree_are_named_and_the_record_side_counts(lists: Path) -> None:
    reading = read_edl(lists / "otio_timecode_mismatch.edl", ReadOptions())
    told = [each for each in reading.findings if each.rule == "timeline.edl-length"]
    # 004, 005, 009, 010 ... each with its line in the file
    assert told[0].where == "line 13, event 004"
    program = reading.program
    assert program.timecode(program.frames) == "00:01:11:14"
    assert ("00:00:19:19", "00:00:19:21", "black") in rows(reading)


@pytest.mark.parametrize(
    ("name", "rate"),
    [
        ("gdi_45S_SAMPLE.EDL", Rate(25)),
        ("gdi_REVERSE.EDL", Rate(25)),  # 2:02 = 2:02 at any rate, but M2 -025.0 is normal speed only at 25
        ("gdi_SPLICEME.EDL", Rate(25)),  # 50:18 to 52:13 is 1:20 only at 25
        ("gdi_KEY_TRANSITION.EDL", Rate(30000, 1001)),  # FCM: DROP FRAME
        ("pycmx_test_25.edl", Rate(25)),
        ("pycmx_INS4_R1_010417.edl", Rate(24)),
    ],
)
def test_the_rate_is_inferred_and_said(lists: Path, name: str, rate: Rate) -> None:
    reading = read_edl(lists / name, ReadOptions())
    assert reading.program.rate == rate
    (told,) = [each for each in reading.findings if each.rule == "timeline.rate-guessed"]
    assert "--rate" in told.remedy


def test_a_given_rate_is_taken_without_a_word(lists: Path) -> None:
    reading = read_edl(lists / "otio_avid_example.edl", ReadOptions(rate=Rate(24000, 1001)))
    assert (reading.program.rate, rules(reading)) == (Rate(24000, 1001), [])


def test_drop_frame_counts(tmp_path: Path) -> None:
    reading = edl(
        tmp_path,
        """\
        TITLE: drop
        FCM: DROP FRAME
        001  A V C 01:00:00:00 01:00:01:00 01:00:59;28 01:01:00;28
        """,
    )
    program = reading.program
    # 01:00:59;28 and ;29 are followed by 01:01:00;02, so 01:01:00;28 is 28 frames on
    assert (program.frames, program.timecode(0), program.timecode(2)) == (28, "01:00:59;28", "01:01:00;02")


def test_bad_events_are_named_and_the_rest_is_read(tmp_path: Path) -> None:
    reading = edl(
        tmp_path,
        """\
        TITLE: half broken
        001  A V C 00:00:00:00 00:00:01:00 01:00:00:00 01:00:01:00
        002  B V C 00:00:00:00 00:00:01:00 01:00:01
        003  C V X9 00:00:00:00 00:00:01:00 01:00:01:00 01:00:02:00
        004  D V C 00:00:00:00 00:00:01:00 01:00:03:00 01:00:02:00
        * FROM CLIP NAME: backwards
        005  E V C 00:00:00:00 00:00:01:00 01:00:02:00 01:00:03:00
        * FROM CLIP NAME: last
        * ASC_SOP (rubbish
        """,
        rate=Rate(24),
    )
    assert rows(reading) == [
        ("01:00:00:00", "01:00:01:00", "A"),
        ("01:00:01:00", "01:00:02:00", "black"),
        ("01:00:02:00", "01:00:03:00", "E"),
    ]
    told = {each.where: each.rule for each in reading.findings}
    assert told == {
        "line 3": "timeline.edl-line",
        "line 4": "timeline.edl-line",
        "line 5, event 004": "timeline.edl-event",
        "line 7, event 005": "timeline.edl-comments",
    }


def test_overlap_wipe_key_and_channels(tmp_path: Path) -> None:
    reading = edl(
        tmp_path,
        """\
        001  A B C 00:00:00:00 00:00:02:00 01:00:00:00 01:00:02:00
        002  B V W001 012 00:00:00:00 00:00:02:00 01:00:01:12 01:00:03:12
        003  C AA/V C 00:00:00:00 00:00:01:00 01:00:03:12 01:00:04:12
        """,
        rate=Rate(24),
    )
    assert rules(reading)[:2] == ["timeline.edl-overlap", "timeline.transition"]
    assert [(each.start, each.stop) for each in reading.program.dissolves] == [(36, 48)]
    assert [(each.name, len(each.clips)) for each in reading.program.audio] == [("A1", 2), ("A2", 1)]


def test_fade_from_black_at_the_very_start(tmp_path: Path) -> None:
    reading = edl(
        tmp_path,
        """\
        001  BL V C 00:00:00:00 00:00:00:00 01:00:00:00 01:00:00:00
        001  A  V D 012 00:00:10:00 00:00:12:00 01:00:00:00 01:00:02:00
        """,
        rate=Rate(24),
    )
    program = reading.program
    assert [(each.start, each.stop, each.kind) for each in program.picture] == [
        (0, 12, Kind.BLACK),
        (0, 48, Kind.MEDIA),
    ]
    assert [(each.start, each.stop) for each in program.dissolves] == [(0, 12)]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_line_endings_and_encodings(tmp_path: Path, ending: str, encoding: str) -> None:
    lines = ["TITLE: Café", "001  A V C 00:00:00:00 00:00:01:00 01:00:00:00 01:00:01:00", "* FROM CLIP NAME: Été"]
    path = tmp_path / "cut.edl"
    path.write_bytes(ending.join(lines).encode(encoding))
    program = read_edl(path, ReadOptions(rate=Rate(24))).program
    assert (program.name, program.picture[0].name, program.frames) == ("Café", "Été", 24)


def test_mixed_line_endings_of_a_real_list(lists: Path) -> None:
    program = read_edl(lists / "gdi_edl_mixed_line_endings.edl", ReadOptions(rate=Rate(24))).program
    # 10:02:51:10 to 10:03:01:11
    assert (program.frames, program.timecode(0)) == (241, "10:02:51:10")


@given(
    st.lists(
        st.sampled_from(
            [
                "001",
                "A",
                "V",
                "C",
                "D",
                "W001",
                "K",
                "B",
                "010",
                "01:00:00:00",
                "01:00:01:00",
                "99:99:99:99",
                "M2",
                "\n",
            ]
        ),
        max_size=60,
    )
)
def test_no_text_of_edl_words_is_too_odd(tmp_path_factory: pytest.TempPathFactory, words: list[str]) -> None:
    path = tmp_path_factory.getbasetemp() / "odd.edl"
    path.write_text("TITLE: x\n" + " ".join(words))
    with contextlib.suppress(InputError):
        program = read_edl(path, ReadOptions()).program
        assert {frame for each in program.picture for frame in range(each.start, each.stop)} == set(
            range(program.frames)
        )


@pytest.mark.parametrize(
    ("sop", "sat", "graded"),
    [("(1.0035 1 1)(0 0 0)(1 1 1)", "1.0", True), ("(1 1 1)(0 -0.004 0)(1 1 1)", "1.0", True),
     ("(1 1 1)(0 0 0)(1 1 1)", "0.9", True), ("(1 1 1)(0 0 0)(1.0 1.0 1.0)", "1.0", False)],
)  # fmt: skip
def test_a_grade_that_is_not_shown_names_its_clip(tmp_path: Path, sop: str, sat: str, graded: bool) -> None:
    reading = edl(
        tmp_path,
        f"""\
        TITLE: graded
        001  A001 V C 01:00:00:00 01:00:02:00 01:00:00:00 01:00:02:00
        * FROM CLIP NAME: plain
        002  A002 V C 01:00:00:00 01:00:02:00 01:00:02:00 01:00:04:00
        * FROM CLIP NAME: shot two
        *ASC_SOP {sop}
        *ASC_SAT {sat}
        """,
        rate=Rate(24),
    )
    told = [(finding.rule, finding.where) for finding in reading.findings]
    assert told == ([("timeline.effect", "01:00:02:00 shot two")] if graded else [])
    assert "ASC CDL grade" in "".join(finding.message for finding in reading.findings) or not graded
