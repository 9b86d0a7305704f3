import datetime
from fractions import Fraction
from typing import Any

import msgspec
import pytest

from twopop.findings import Severity
from twopop.qc import plan
from twopop.specs import Audio, Container, Rule, Spec, Video
from twopop.time import Rate
from twopop.variants.model import Cutdown, Span

FILM = Rate(24000, 1001)
DAY = datetime.date(2026, 11, 1)


def spec(**changed: Any) -> Spec:
    video = Video(
        encoder="libx264", codec="h264", pixel_format="yuv420p", sizes={"16:9": (1920, 1080), "1:1": (1080, 1080)}
    )
    bare = Spec(
        schema="twopop.spec/1", name="web", title="Web", source="house", checked=DAY, video=video,
        container=Container(format="mp4", extension="mp4"), audio=Audio(encoder="aac", codec="aac"),
    )  # fmt: skip
    rates = changed.pop("rates", ())
    return msgspec.structs.replace(bare, video=msgspec.structs.replace(video, rates=rates), **changed)


def test_a_short_cutdown_is_told_in_an_editor_s_words() -> None:
    found = plan.duration_fits(Cutdown(label="30s", keep=(Span(0, 700), Span(800, 817))), 720, 0, FILM)
    assert found is not None
    assert found.message == "The 30s cutdown is 717 frames, 3 short of 720 (30 s at 24000/1001)."
    assert found.severity is Severity.FAIL
    assert (found.measured, found.limit) == ("717 frames", "720 frames")


@pytest.mark.parametrize(
    ("frames", "tolerance", "fits"), [(720, 0, True), (721, 0, False), (722, 2, True), (717, 2, False)]
)
def test_a_cutdown_fits_within_its_tolerance(frames: int, tolerance: int, fits: bool) -> None:
    found = plan.duration_fits(Cutdown(label="30s", keep=(Span(0, frames),)), 720, tolerance, FILM)
    assert (found is None) == fits


def test_an_aspect_without_a_size_stops_whatever_the_spec_weighs() -> None:
    rule = Rule(id="video.sizes", level=Severity.INFO, source="page 9", checked=DAY)
    found = plan.aspect_possible(spec(rules=(rule,)), "9:16")
    assert found is not None
    assert (found.severity, found.source, found.limit) == (Severity.FAIL, "page 9", "16:9, 1:1")
    assert plan.aspect_possible(spec(), "1:1") is None


@pytest.mark.parametrize("aspect", ["16x9", "wide", "0:1", "", "1:0", "-1:1", "'; rm"])
def test_what_is_no_aspect_is_told(aspect: str) -> None:
    found = plan.aspect_possible(spec(), aspect)
    assert found is not None
    assert "no aspect ratio" in found.message


def test_rates_that_a_receiver_takes() -> None:
    assert plan.rate_allowed(spec(), Rate(50)) is None
    assert plan.rate_allowed(spec(rates=(Rate(25), FILM)), FILM) is None
    found = plan.rate_allowed(spec(rates=(Rate(25),)), FILM)
    assert found is not None
    assert (found.measured, found.limit) == ("24000/1001", "25")


def test_the_longest_file_is_exact() -> None:
    """60 s at 24000/1001 take 1438.56 frames: 1438 fit, 1439 do not."""
    limited = spec(longest=Fraction(60))
    assert plan.length_allowed(limited, 1438, FILM) is None
    assert plan.length_allowed(limited, 1439, FILM) is not None
    assert plan.length_allowed(spec(), 10**9, FILM) is None


@pytest.mark.parametrize(
    ("start", "rate", "possible"),
    [
        ("", FILM, True),
        ("program", FILM, True),
        ("01:00:00:00", FILM, True),
        ("01:00:00;00", Rate(30000, 1001), True),
        ("01:00:00;00", FILM, False),
        ("01:00:00:24", FILM, False),
        ("00:01:00;00", Rate(30000, 1001), False),
        ("ten o'clock", FILM, False),
    ],
)
def test_start_timecodes_that_exist(start: str, rate: Rate, possible: bool) -> None:
    assert (plan.timecode_possible(spec(start_timecode=start), rate) is None) == possible


@pytest.mark.parametrize(
    ("span", "word"),
    [(Span(-1, 5), "leaves"), (Span(90, 101), "leaves"), (Span(5, 5), "no frames"), (Span(9, 5), "before it begins")],
)
def test_stretches_outside_the_program(span: Span, word: str) -> None:
    found = plan.inside_program(Cutdown(label="6s", keep=(Span(0, 100), span)), 100)
    assert found is not None
    assert "Stretch 2" in found.message
    assert word in found.message


def test_stretches_inside_the_program() -> None:
    assert plan.inside_program(Cutdown(label="6s", keep=(Span(0, 100), Span(99, 100))), 100) is None


def test_only_findings_are_kept() -> None:
    found = plan.rate_allowed(spec(rates=(Rate(25),)), FILM)
    assert plan.present([None, found, None]) == [found]
