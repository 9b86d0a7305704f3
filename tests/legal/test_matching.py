from fractions import Fraction

import pytest
from legal_cuts import program, shot, sound

from twopop.legal.matching import INAUDIBLE, by_asset, presences, unmatched
from twopop.legal.model import Asset
from twopop.timeline.program import Event, Kind, Marker, Program
from twopop.variants.model import Span


def places(cut: Program, *assets: Asset) -> dict[str, list[tuple[int, int, bool]]]:
    held = by_asset(assets, cut, list(presences(cut)))
    return {name: [(p.span.start, p.span.stop, p.seen) for p in found] for name, found in held.items()}


@pytest.mark.parametrize(
    ("asset", "fits"),
    [
        (Asset(id="a", kind="stock", sources=("ARC_0042.mov",)), True),
        (Asset(id="a", kind="stock", sources=("arc_0042",)), True),
        (Asset(id="a", kind="stock", sources=("ARC_*",)), True),
        (Asset(id="a", kind="stock", sources=("ARC_004",)), False),
        (Asset(id="a", kind="stock", sources=("*_0043*",)), False),
        (Asset(id="a", kind="stock", paths=("*/Archive/*",)), True),
        (Asset(id="a", kind="stock", paths=("*/stock/*",)), False),
        (Asset(id="a", kind="stock", metadata={"vendor": "Getty*"}), True),
        (Asset(id="a", kind="stock", metadata={"vendor": "Getty*", "id": "7"}), False),
        (Asset(id="a", kind="stock"), False),
    ],
)
def test_an_asset_is_known_by_source_path_or_metadata(asset: Asset, fits: bool) -> None:
    clip = shot(0, 50, "ARC_0042.mov", path=r"D:\archive\ARC_0042.mov", metadata={"vendor": "Getty Images"})
    assert places(program(clip), asset) == ({"a": [(0, 50, True)]} if fits else {})


def test_a_source_that_is_used_twice_seen_and_heard() -> None:
    cut = program(shot(0, 50, "A"), shot(50, 60, "B"), shot(60, 99, "A"), audio=(sound(1, 2, "A"),))
    assert places(cut, Asset(id="a", kind="footage", sources=("A",))) == {
        "a": [(0, 50, True), (60, 99, True), (25, 50, False)]
    }


def test_what_is_muted_is_not_heard() -> None:
    cut = program(audio=(sound(0, 1, "S", gain_db=INAUDIBLE), sound(2, 3, "S", gain_db=-60.0)))
    assert places(cut, Asset(id="s", kind="music", sources=("S",))) == {"s": [(50, 75, False)]}
    silent = program(audio=(sound(0, 1, "S", gain_db=float("-inf")),))
    assert places(silent, Asset(id="s", kind="music", sources=("S",))) == {}


def test_sound_counts_in_every_frame_that_it_touches() -> None:
    cut = program(audio=(sound(Fraction(1, 100), Fraction(101, 1000), "S"),))
    assert places(cut, Asset(id="s", kind="music", sources=("S",))) == {"s": [(0, 3, False)]}


def test_music_is_never_seen_a_logo_never_heard_and_roles_narrow_what_is_heard() -> None:
    cut = program(shot(0, 50, "A"), audio=(sound(1, 2, "A"),))
    assert places(cut, Asset(id="m", kind="music", sources=("A",))) == {"m": [(25, 50, False)]}
    assert places(cut, Asset(id="l", kind="logo", sources=("A",))) == {"l": [(0, 50, True)]}
    assert places(cut, Asset(id="m", kind="music", sources=("A",), roles=("effects",))) == {}
    assert places(cut, Asset(id="m", kind="music", sources=("A",), roles=("music",))) == {"m": [(25, 50, False)]}
    assert places(cut, Asset(id="f", kind="footage", sources=("A",), roles=("picture",))) == {"f": [(0, 50, True)]}


def test_a_marker_holds_its_stretch_and_a_point_one_frame() -> None:
    cut = program(markers=(Marker(frame=10, name="TALENT Jane", frames=20), Marker(frame=99, name="talent jane")))
    assert places(cut, Asset(id="jane", kind="talent", markers=("talent*jane",))) == {
        "jane": [(10, 30, True), (99, 100, True)]
    }


def test_titles_are_known_by_their_own_name() -> None:
    title = Event(start=0, stop=9, name="LOGO", kind=Kind.TITLE, layer=1)
    assert places(program(title), Asset(id="logo", kind="logo", sources=("logo",))) == {"logo": [(0, 9, True)]}


def test_a_pattern_holds_no_regular_expression() -> None:
    assert places(program(shot(0, 5, "A+B (1)")), Asset(id="a", kind="stock", sources=("a+b (1)",)))
    assert not places(program(shot(0, 5, "AAB")), Asset(id="a", kind="stock", sources=("a+b",)))


def test_the_music_of_a_listed_shot_is_not_listed_with_it() -> None:
    cut = program(shot(0, 50, "A"), audio=(sound(0, 2, "A"),))
    found = list(presences(cut))
    rest = unmatched(found, by_asset([Asset(id="logo", kind="logo", sources=("A",))], cut, found))
    assert [(p.source, p.seen) for p in rest] == [("A", False)]


def test_what_no_asset_is_found_in_is_told_once_for_each_source_and_sense() -> None:
    cut = program(shot(0, 5, "A"), shot(5, 9, "B"), shot(9, 12, "B"), audio=(sound(0, 1, "B"),))
    found = list(presences(cut))
    rest = unmatched(found, by_asset([Asset(id="a", kind="stock", sources=("A",))], cut, found))
    assert [(p.source, p.span, p.seen) for p in rest] == [("B", Span(0, 25), False), ("B", Span(5, 9), True)]
