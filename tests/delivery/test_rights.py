"""From ledgers, [use] and a cut to answers in the plan; through the real hooks, without media."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import pytest

from legal.legal_cuts import program, shot, sound
from twopop.delivery.order import Order, parse_order
from twopop.delivery.rights import Rights, RightsDesk
from twopop.delivery.session import Session, open_session
from twopop.findings import Severity
from twopop.timeline.program import Event, Kind, Program, Role
from twopop.variants.model import Cutdown, Span

LEDGER = """
schema = "twopop.rights/1"
[[asset]]
id = "gulls"
kind = "stock"
title = "Gulls"
sources = ["STK_*"]
[[asset.grant]]
status = "executed"
territory = ["EU"]
"""
USE = {"media": ["tv"], "territories": ["DE"], "start": "2026-06-01", "end": "2026-06-30"}
CUT = program(
    shot(0, 100, "A001"),
    shot(100, 150, "STK_7"),
    shot(150, 500, "A002"),
    audio=(sound(0, 20, "bed.wav"),),
)
FULL = Cutdown(label="full", keep=(Span(0, 500),))
SHORT = Cutdown(label="10s", keep=(Span(0, 100), Span(150, 300)))


def order(**tables: Any) -> Order:
    raw = {
        "schema": "twopop.order/1",
        "project": {"client": "C", "title": "T"},
        "timeline": {"file": "cut.otio"},
        "deliverable": [{"duration": "full", "aspect": "16:9", "spec": "review-h264"}],
        **tables,
    }
    return parse_order(raw, where="order")


@pytest.fixture
def session(tmp_path: Path) -> Session:
    (tmp_path / "rights.toml").write_text(LEDGER)
    return open_session(tmp_path)


def desk(session: Session, cut: Program = CUT, **tables: Any) -> RightsDesk:
    return RightsDesk(session, order(rights={"ledgers": ["rights.toml"]}, **tables), cut)


def told(rights: Rights) -> list[tuple[str, str]]:
    return [(str(finding.severity), finding.rule) for finding in rights.findings]


def test_a_cut_without_the_uncleared_shot_passes_while_the_whole_does_not(session: Session) -> None:
    asked = desk(session, use={**USE, "territories": ["US"]})
    assert told(asked.of(FULL, True, "")) == [("fail", "rights.not-cleared"), ("warn", "rights.unlisted")]
    assert told(asked.of(SHORT, True, "")) == [("warn", "rights.unlisted")]
    assert asked.of(SHORT, True, "").uses == ()


def test_a_finding_names_clip_timecode_frames_paper_and_remedy(session: Session) -> None:
    finding = desk(session, use={**USE, "territories": ["US", "DE"]}).of(FULL, True, "").findings[0]
    for words in ("'Gulls'", "STK_7 clip", "01:00:04:00", "50 frames", "tv in US", "rights.toml, asset 1 (gulls)"):
        assert words in finding.message
    assert "keep to DE" in finding.remedy
    assert finding.measured == "50 frames"
    assert "not legal advice" in finding.source


def test_markets_say_what_is_otherwise_in_them(session: Session) -> None:
    use = {**USE, "markets": {"US": {"territories": ["US"]}, "AT": {"territories": ["AT"]}}}
    asked = desk(session, use=use)
    assert told(asked.of(FULL, True, "US"))[0] == ("fail", "rights.not-cleared")
    assert told(asked.of(FULL, True, "AT")) == [("warn", "rights.unlisted")]
    assert ("warn", "rights.market") in told(asked.of(FULL, True, "CH"))


def test_without_a_use_limits_are_unknown_and_refusals_still_stop(session: Session) -> None:
    refused = {"rights": {"status": "refused", "note": "agency"}}
    cut = msgspec.structs.replace(CUT, events=(*CUT.events, shot(0, 5, "BAD", metadata=refused)))
    found = desk(session, cut).of(FULL, True, "").findings
    assert [(f.rule, str(f.severity)) for f in found][:2] == [("rights.unknown", "warn"), ("rights.refused", "fail")]
    assert "does not say where and when" in found[0].message
    assert "agency" in found[1].message


def test_a_plain_order_on_a_plain_cut_asks_nothing(session: Session) -> None:
    asked = RightsDesk(session, order(), CUT)
    assert asked.of(FULL, True, "") == Rights()
    assert asked.findings == ()


@pytest.mark.parametrize(("texted", "rules"), [(True, ["rights.refused"]), (False, [])])
def test_a_refused_title_stops_only_what_shows_it(session: Session, texted: bool, rules: list[str]) -> None:
    title = Event(start=0, stop=9, name="LOGO", kind=Kind.TITLE, layer=1, metadata={"rights": "refused"})
    asked = RightsDesk(session, order(), program(title))
    assert [f.rule for f in asked.of(FULL, texted, "").findings] == rules


@pytest.mark.parametrize(
    ("settings", "role", "found"),
    [
        ("", Role.MUSIC, [("warn", "rights.unlisted")]),
        ("", Role.EFFECTS, []),
        ('unknown = "fail"', Role.MUSIC, [("fail", "rights.unlisted")]),
        ("must_clear = []", Role.MUSIC, []),
        ('kinds = { "bed*" = "stock" }', Role.EFFECTS, [("warn", "rights.unlisted")]),
    ],
)
def test_sources_of_a_kind_that_must_be_cleared_have_to_be_listed(
    tmp_path: Path, settings: str, role: Role, found: list[tuple[str, str]]
) -> None:
    (tmp_path / "rights.toml").write_text(LEDGER)
    (tmp_path / "twopop.toml").write_text(f"[rights]\n{settings}\n")
    cut = program(audio=(sound(0, 2, "bed.wav"),), role=role)
    assert told(desk(open_session(tmp_path), cut, use=USE).of(FULL, True, "")) == found


def test_what_runs_out_stops_or_warns_by_the_houses_word(tmp_path: Path) -> None:
    (tmp_path / "rights.toml").write_text(f"{LEDGER}end = 2026-06-15\n")
    for word in ("fail", "warn"):
        (tmp_path / "twopop.toml").write_text(f'[rights]\nexpiring = "{word}"\n')
        found = desk(open_session(tmp_path), use=USE).of(FULL, True, "").findings
        assert [f.severity for f in found if f.rule == "rights.expires"] == [Severity(word)]


def test_two_assets_that_fit_one_clip_are_told_and_both_count(tmp_path: Path) -> None:
    again = LEDGER.replace('schema = "twopop.rights/1"', "").replace('"gulls"', '"birds"').replace('"EU"', '"US"')
    (tmp_path / "rights.toml").write_text(LEDGER + again)
    asked = desk(open_session(tmp_path), use=USE)
    assert [finding.rule for finding in asked.findings] == ["rights.ambiguous"]
    assert "'gulls'" in asked.findings[0].message
    assert ("fail", "rights.not-cleared") in told(asked.of(FULL, True, ""))


def test_a_use_that_says_too_little_stops_with_what_is_missing(session: Session) -> None:
    (finding,) = desk(session, use={"media": ["tv"]}).of(FULL, True, "").findings
    assert (finding.rule, str(finding.severity)) == ("rights.use", "fail")
    assert "when" in finding.message


def test_a_retimed_shot_and_one_under_a_dissolve_count_in_the_frames_in_which_they_are_seen(session: Session) -> None:
    """Half speed shows 50 source frames in 100; two shots overlap in a dissolve of 10, and both are seen in it."""
    cut = program(shot(0, 60, "A001"), shot(50, 150, "STK_slow", speed=Fraction(1, 2)), shot(140, 200, "STK_next"))
    (use,) = desk(session, cut, use=USE).of(Cutdown(label="full", keep=(Span(0, 200),)), True, "").uses
    assert use.frames == 200 - 50
    assert [stretch.cut for stretch in use.stretches] == [Span(50, 150), Span(140, 200)]
    (kept,) = desk(session, cut, use=USE).of(Cutdown(label="2s", keep=(Span(0, 55),)), True, "").uses
    assert kept.frames == 5


def test_what_is_only_heard_or_muted(session: Session) -> None:
    heard = program(shot(0, 500, "A001"), audio=(sound(0, 2, "STK_7"),))
    (use,) = desk(session, heard, use=USE).of(FULL, True, "").uses
    assert (use.frames, [stretch.seen for stretch in use.stretches]) == (50, [False])
    muted = program(shot(0, 500, "A001"), audio=(sound(0, 2, "STK_7", gain_db=float("-inf")),))
    assert desk(session, muted, use=USE).of(FULL, True, "").uses == ()
