"""The arithmetic of hold times, words and safe areas, against sums done another way."""

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from twopop.errors import InputError
from twopop.legal.super_rules import Area, HoldRule, SupersTable, count_words, shipped

HOUSE = SupersTable()


@given(st.integers(1, 200), st.integers(1, 12))
@example(9, 1)
@example(10, 1)
@example(10, 4)
def test_clearcasts_formula_in_tenths_of_a_second(words: int, lines: int) -> None:
    tenths = 20 if words < 10 else 30
    for _ in range(words):
        tenths += 2
    if lines > 3:  # four words a second: a quarter of a second for each
        assert HOUSE.rule_called("clearcast")[1].seconds(words, lines) == Fraction(tenths - 2 * words, 10) + words * (
            Fraction(1, 4)
        )
    else:
        assert HOUSE.rule_called("clearcast")[1].seconds(words, lines) == Fraction(tenths, 10)


@given(st.integers(1, 60), st.integers(1, 9))
def test_us_networks_ask_three_seconds_for_a_line_and_one_for_each_further(words: int, lines: int) -> None:
    assert HOUSE.rule_called("us-network")[1].seconds(words, lines) == 3 + (lines - 1)


@given(st.integers(1, 99), st.integers(1, 9), st.integers(0, 50), st.integers(0, 50))
def test_a_rule_of_the_house_is_exact_in_the_figures_as_they_are_written(w: int, n: int, each: int, wait: int) -> None:
    rule = HoldRule(word=each / 100, delay=wait / 10)
    assert rule.seconds(w, n) == Fraction(each, 100) * w + Fraction(wait, 10)


def test_what_no_document_confirms_only_warns() -> None:
    assert {name: rule.level for name, rule in shipped().rules.items()} == {"clearcast": "fail", "us-network": "warn"}


@pytest.mark.parametrize(
    ("text", "brands", "words"),
    [
        ("Terms apply.", (), 2),
        ("From £49 each way - per person", (), 6),  # a dash alone is no word
        ("See harbourline.example for details", ("Harbourline.example",), 3),
        ("Harbour Line crossings. HARBOUR LINE only", ("Harbour Line",), 2),
        ("Harbour Lines", ("Harbour Line",), 2),  # another word than the brand
        ("3.9 % APR", (), 2),
        ("飲酒は二十歳から", (), 8),  # without spaces each letter counts, so that time is never short
        ("", (), 0),
    ],
)
def test_words(text: str, brands: tuple[str, ...], words: int) -> None:
    assert count_words(text, brands) == words


@given(st.lists(st.text("abcXYZ09é", min_size=1, max_size=8), max_size=30), st.sampled_from([" ", "\n", "  ", " - "]))
def test_words_are_counted_whatever_parts_them(words: list[str], between: str) -> None:
    assert count_words(between.join(words)) == len(words)


def test_the_areas_in_pixels() -> None:
    title = HOUSE.area_called("", "16:9")[1]
    assert title.box((1920, 1080)) == (96, 54, 1824, 1026)  # ST 2046-1: 1728x972
    vertical = HOUSE.area_called("", "9:16")[1]
    assert vertical.box((1080, 1920)) == (119, 269, 842, 1248)
    tiktok = HOUSE.area_called("tiktok", "9:16")[1]
    assert tiktok.box((1080, 1920)) == (119, 250, 961, 1259)
    assert tiktok.holes((1080, 1920)) == ((842, 360, 1080, 1920),)


def test_the_box_of_all_platforms_is_free_on_each_of_them() -> None:
    raster = (1080, 1920)
    left, top, right, bottom = HOUSE.area_called("vertical", "9:16")[1].box(raster)
    for area in HOUSE.areas_of("9:16").values():
        box = area.box(raster)
        assert box[0] <= left
        assert box[1] <= top
        assert box[2] >= right
        assert box[3] >= bottom
        for hole in area.holes(raster):
            assert hole[0] >= right or hole[1] >= bottom


@given(st.lists(st.floats(0, 0.49), min_size=4, max_size=4), st.integers(16, 4000), st.integers(16, 4000))
def test_an_area_never_reaches_over_its_sides(sides: list[float], width: int, height: int) -> None:
    left, top, right, bottom = Area(sides=tuple(sides)).box((width, height))  # type: ignore[arg-type]
    shares = [Fraction(repr(side)) for side in sides]
    assert left - 1 < shares[0] * width <= left
    assert top - 1 < shares[1] * height <= top
    assert width - right - 1 < shares[2] * width <= width - right
    assert height - bottom - 1 < shares[3] * height <= height - bottom


def test_letters_scale_with_the_shorter_side() -> None:
    height = HOUSE.rule_called("clearcast")[1].height
    assert [height.pixels(raster) for raster in ((1920, 1080), (1080, 1920), (3840, 2160), (960, 540))] == [
        30, 30, 60, 15,
    ]  # fmt: skip


def test_an_unknown_rule_or_area_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="Did you mean 'clearcast'"):
        HOUSE.rule_called("clearcats")
    with pytest.raises(InputError, match="Did you mean 'tiktok'"):
        HOUSE.area_called("ticktok", "9:16")


def test_a_house_adds_rules_and_replaces_them() -> None:
    table = SupersTable(rules={"clearcast": HoldRule(first_line=9), "ours": HoldRule(word=1)}, rule="ours")
    assert table.rule_called("clearcast")[1].seconds(3, 1) == 9
    assert table.rule_called("") == ("ours", HoldRule(word=1))
    assert table.rule_called("us-network")[1].seconds(3, 1) == 3
