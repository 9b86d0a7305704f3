"""Where legal texts stand in a cut, and when the cut is too short for them, against brute force."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twopop.findings import Severity
from twopop.legal.super_rules import HoldRule, Super, shipped
from twopop.legal.supers import (
    Asked,
    Place,
    PlannedSuper,
    Zone,
    meet,
    needed_frames,
    room,
    stand,
    text_in,
    wanted,
)
from twopop.legal.supers_seen import findings_of
from twopop.picture.facts import SuperSeen
from twopop.time import Rate
from twopop.variants.model import Span, Variant

RATES = (Rate(24000, 1001), Rate(25), Rate(30000, 1001), Rate(60))
CLEARCAST = shipped().rules["clearcast"]


def asked(words: int, lines: int = 1, hold: object = "rule", rule: HoldRule = CLEARCAST) -> Asked:
    return Asked("words " * words, words, lines, "clearcast", rule, hold)  # type: ignore[arg-type]


TEXTS = st.lists(st.builds(asked, st.integers(1, 40), st.integers(1, 5)), min_size=1, max_size=3)
PLACES = st.sampled_from(["start", "end"]) | st.integers(0, 200)


@given(TEXTS, st.sampled_from(RATES))
def test_texts_that_stand_together_are_read_together(texts: list[Asked], rate: Rate) -> None:
    seconds = CLEARCAST.seconds(sum(text.words for text in texts), sum(text.lines for text in texts))
    frames = needed_frames(texts, rate)
    assert rate.seconds(frames) >= seconds > rate.seconds(frames - 1)


@given(TEXTS, PLACES, st.integers(1, 900), st.sampled_from(RATES))
def test_the_shortest_lawful_length_is_the_shortest(texts: list[Asked], place: Place, frames: int, rate: Rate) -> None:
    span, findings = stand(texts, place, frames, rate, "6s")
    assert 0 <= span.start <= span.stop <= frames or isinstance(place, int)
    if not findings:
        assert span.frames == needed_frames(texts, rate)
        return
    (finding,) = findings
    assert finding.rule == "supers.too-short"
    assert finding.severity is Severity.FAIL
    told = int(re.search(r"\((\d+) frames?\)", finding.message.partition("shortest lawful")[2])[1])  # type: ignore[index]
    assert told > frames
    assert not stand(texts, place, told, rate, "6s")[1]
    assert stand(texts, place, told - 1, rate, "6s")[1]
    assert finding.limit == f"at least {told} frames"


@given(TEXTS, st.integers(1, 2000), st.sampled_from(RATES))
def test_where_a_text_stands(texts: list[Asked], frames: int, rate: Rate) -> None:
    needed = needed_frames(texts, rate)
    ends, _ = stand(texts, "end", frames, rate, "full")
    begins, _ = stand(texts, "start", frames, rate, "full")
    assert set(range(ends.start, ends.stop)) == set(range(frames)[-needed:])
    assert set(range(begins.start, begins.stop)) == set(range(frames)[:needed])


def test_a_text_for_the_whole_cut_needs_a_cut_as_long_as_its_rule() -> None:
    rate = Rate(25)
    text = asked(8, hold="whole")  # 0.2 x 8 + 2 = 3.6 s, 90 frames
    assert stand([text], "end", 90, rate, "full") == (Span(0, 90), [])
    (finding,) = stand([text], "end", 89, rate, "full")[1]
    assert "The shortest lawful length for this text is 3.6 s (90 frames)" in finding.message


def test_seconds_that_are_fewer_than_the_rule_wants_are_refused() -> None:
    span, (finding,) = stand([asked(8, hold=2.0)], "end", 500, Rate(25), "full")
    assert (span, finding.rule, finding.measured, finding.limit) == (
        Span(450, 500), "supers.hold", "50 frames", "at least 90 frames",
    )  # fmt: skip
    assert stand([asked(8, hold=4.0)], "end", 500, Rate(25), "full") == (Span(400, 500), [])


def test_a_rule_that_only_warns_stops_nothing() -> None:
    network = shipped().rules["us-network"]
    (finding,) = stand([asked(5, rule=network)], "end", 60, Rate(30), "full")[1]
    assert finding.severity is Severity.WARN
    assert finding.source.endswith("unverified; not legal advice")


# -- who needs it ------------------------------------------------------------------------------------------------------


def test_every_filter_has_to_fit() -> None:
    each = Super(text="x", markets=("GB",), durations=("30s", "full"), products=("gin",))
    gb = Variant(duration="30s", aspect="16:9", market="GB")
    assert wanted(each, gb, "gin")
    assert not wanted(each, gb, "ferry")
    assert not wanted(each, Variant(duration="30s", aspect="16:9", market="US"), "gin")
    assert not wanted(each, Variant(duration="6s", aspect="16:9", market="GB"), "gin")
    assert wanted(Super(text="x"), gb, "")


def test_the_words_for_a_language() -> None:
    each = Super(text={"en": "Terms apply.", "de-AT": "Es gelten Bedingungen."})
    assert text_in(each, "en-GB", ()) == "Terms apply."
    assert text_in(each, "de-at", ()) == "Es gelten Bedingungen."
    assert text_in(each, "de", ()) is None
    assert text_in(each, "", ()) is None
    assert text_in(Super(text={"en": "Terms apply."}), "", ()) == "Terms apply."
    assert text_in(Super(credits=True), "en", ("NASA", "", "NASA", "Blender")) == "NASA\nBlender"


# -- where it may stand ------------------------------------------------------------------------------------------------

_BOXES = st.builds(
    lambda left, top, wide, high: (left, top, left + wide, top + high),
    st.integers(0, 8), st.integers(0, 8), st.integers(1, 8), st.integers(1, 8),
)  # fmt: skip


@given(_BOXES, _BOXES)
def test_boxes_meet_where_they_share_a_pixel(
    one: tuple[int, int, int, int], other: tuple[int, int, int, int]
) -> None:  # fmt: skip
    assert meet(one, other) == bool(_pixels(one) & _pixels(other))


@given(_BOXES, st.lists(_BOXES, max_size=3).map(tuple))
def test_the_room_is_free(box: tuple[int, int, int, int], holes: tuple[tuple[int, int, int, int], ...]) -> None:
    free = Zone(name="z", box=box, holes=holes)
    found = room(free)
    if found[0] < found[2] and found[1] < found[3]:
        assert free.holds(found)
        assert _pixels(found) <= _pixels(box) - set().union(*map(_pixels, holes))


@given(_BOXES, _BOXES, st.lists(_BOXES, max_size=2).map(tuple))
def test_a_zone_holds_what_has_no_pixel_outside(
    box: tuple[int, int, int, int], text: tuple[int, int, int, int], holes: tuple[tuple[int, int, int, int], ...]
) -> None:
    free = _pixels(box) - set().union(*map(_pixels, holes))
    assert Zone(name="z", box=box, holes=holes).holds(text) == (_pixels(text) <= free)


def _pixels(box: tuple[int, int, int, int]) -> set[tuple[int, int]]:
    return {(x, y) for x in range(box[0], box[2]) for y in range(box[1], box[3])}


# -- what was seen -----------------------------------------------------------------------------------------------------

PLANNED = PlannedSuper(
    text="Terms apply.", span=Span(100, 200), needed=90, words=2, lines=1, rule="clearcast", level=Severity.FAIL,
    source="Clearcast", height=30.0, letter="x", height_source="UK practice", contrast=4.5,
    zones=(Zone(name="title", box=(96, 54, 1824, 1026)), Zone(name="tiktok", box=(0, 0, 1920, 1000))),
)  # fmt: skip
GOOD = {"frames": (Span(100, 200),), "x_height": 31.0, "capital": 42.0, "box": (500, 900, 900, 990), "contrast": 9.0}


@pytest.mark.parametrize(
    ("otherwise", "rule", "severity"),
    [
        ({}, "", ""),
        ({"frames": (Span(100, 189),)}, "supers.held", "fail"),
        ({"frames": (Span(100, 195),)}, "supers.held", "warn"),
        ({"frames": (Span(100, 150), Span(151, 200))}, "supers.held", "fail"),
        ({"frames": ()}, "supers.unseen", "fail"),
        ({"x_height": 29.9}, "supers.height", "warn"),
        ({"contrast": 4.4}, "supers.contrast", "warn"),
        ({"box": (500, 900, 900, 1010)}, "supers.safe", "warn"),
    ],
)
def test_what_the_picture_shows_is_held_against_the_plan(
    otherwise: dict[str, object], rule: str, severity: str
) -> None:
    found = findings_of(PLANNED, SuperSeen(**(GOOD | otherwise)), Rate(25))  # type: ignore[arg-type]
    assert [(finding.rule, str(finding.severity)) for finding in found] == ([(rule, severity)] if rule else [])
    assert all(finding.where.startswith("00:00:04:00 ") for finding in found)


def test_a_finding_names_the_platforms_that_would_hide_it() -> None:
    (finding,) = findings_of(PLANNED, SuperSeen(**(GOOD | {"box": (500, 900, 900, 1010)})), Rate(25))  # type: ignore[arg-type]
    assert "safe area of tiktok." in finding.message
