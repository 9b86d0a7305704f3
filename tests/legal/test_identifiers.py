import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twopop.legal.identifiers import check_character, wrong_ad_id, wrong_clock, wrong_eidr, wrong_isan

LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

#: Published examples: the EIDR of a film (eidr.org), two versioned ISANs (isan.org).
EIDR = "10.5240/7791-8534-2C23-9030-8610-5"
ISANS = ("0000-0000-3A8D-0000-Z-0000-0000-6", "ISAN 0000-0000-D07A-0090-Q-0000-0000-X", "0000-0000-D07A-0090-Q")


def test_published_identifiers_are_right() -> None:
    assert wrong_eidr(EIDR) == ""
    assert [wrong_isan(value) for value in ISANS] == ["", "", ""]


@given(st.text("0123456789ABCDEF", min_size=16, max_size=20), st.data())
def test_the_check_character_finds_every_wrong_letter(body: str, data: st.DataObject) -> None:
    """What ISO/IEC 7064 promises of its hybrid systems (of swapped letters only most); the sum has to come out as 1."""
    assert _sum(body + check_character(body)) == 1
    place = data.draw(st.integers(0, len(body) - 1))
    other = data.draw(st.sampled_from(LETTERS.replace(body[place], "")))
    changed = body[:place] + other + body[place + 1 :]
    assert check_character(changed) != check_character(body)


def test_the_check_character_finds_most_swaps_of_neighbours() -> None:
    """Of all pairs of different letters; the steps over 36 and 37 let a few slip."""
    pairs = list(itertools.permutations(LETTERS, 2))
    missed = [pair for pair in pairs if check_character("".join(pair)) == check_character("".join(reversed(pair)))]
    assert len(missed) < len(pairs) / 20


def _sum(text: str) -> int:
    total = 36
    for letter in text[:-1]:
        total = ((total + LETTERS.index(letter)) % 36 or 36) * 2 % 37
    return (total + LETTERS.index(text[-1])) % 36


@pytest.mark.parametrize("value", ["10.5240/7791-8534-2C23-9030-8610-6", "7791-8534-2C23-9030-8610-5", ""])
def test_a_wrong_eidr(value: str) -> None:
    assert wrong_eidr(value)


@pytest.mark.parametrize("value", ["0000-0000-D07A-0090-R", "0000-0000-D07A-0090-Q-0000-0000-Y", "D07A", "g" * 19])
def test_a_wrong_isan(value: str) -> None:
    assert wrong_isan(value)


@pytest.mark.parametrize(
    ("value", "right"),
    [
        ("ABCD1234000H", True),
        ("ABCD1234000", True),
        ("ABCD1234000D", True),
        ("1BCD1234000", True),
        ("0BCD1234000H", False),
        ("ABCD1234000X", False),
        ("ABCD123400", False),
        ("abcd1234000h", False),
        ("ABCD1234000HH", False),
    ],
)
def test_the_form_of_an_ad_id(value: str, right: bool) -> None:
    assert (wrong_ad_id(value) == "") is right


@pytest.mark.parametrize(
    ("value", "seconds", "right"),
    [
        ("AAA/ABCD001/030", 30, True),
        ("AAA/ABCD001/030", None, True),
        ("AAA/BBBB12/1800", 1800, True),
        ("AAA/ABCD001/030", 15, False),
        ("AAA/ABCD01/030", 30, False),
        ("AAAABCD001030", 30, False),
        ("aaa/abcd001/030", 30, False),
    ],
)
def test_the_form_of_a_clock_number(value: str, seconds: int | None, right: bool) -> None:
    assert (wrong_clock(value, seconds) == "") is right
