from fractions import Fraction
from typing import Any

import pytest
from legal_cuts import program, shot, sound

from twopop.legal.matching import by_asset, presences
from twopop.legal.of_clips import ORIGIN, ledger_of_clips
from twopop.timeline.program import Event, Kind


def test_what_clips_say_is_read_from_picture_titles_and_sound_each_once() -> None:
    title = Event(start=0, stop=9, name="LOGO", kind=Kind.TITLE, layer=1, metadata={"rights": "cleared"})
    refused = {"rights": {"status": "refused", "note": "agency"}}
    cut = program(
        shot(0, 50, "A001", metadata=refused),
        shot(50, 99, "A002"),
        shot(99, 150, "A001", metadata=refused),
        title,
        audio=(sound(Fraction(0), Fraction(2), "SONG", metadata={"rights": {"status": "Unknown "}}),),
    )
    ledger = ledger_of_clips(cut)
    assert [(g.asset, g.status, g.note, g.origin) for g in ledger.grants] == [
        ("A001", "refused", "agency", ORIGIN),
        ("LOGO", "executed", "", ORIGIN),
        ("SONG", "unknown", "", ORIGIN),
    ]
    assert [asset.id for asset in ledger.assets] == ["A001", "LOGO", "SONG"]


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
def test_any_other_word_counts_as_unknown(rights: Any, note: str) -> None:
    (grant,) = ledger_of_clips(program(shot(0, 5, "A", metadata={"rights": rights}))).grants
    assert (grant.status, grant.note) == ("unknown", note)


@pytest.mark.parametrize("name", ["A*", "A?", "[A]", "A[1]*?"])
def test_a_name_with_wildcards_fits_itself_only(name: str) -> None:
    cut = program(shot(0, 5, name, metadata={"rights": "refused"}), shot(5, 9, "A1"), shot(9, 12, "AB"))
    held = by_asset(ledger_of_clips(cut).assets, cut, list(presences(cut)))
    assert {place.source for place in held[name]} == {name}
