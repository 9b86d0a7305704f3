"""Text out of files is shown, never obeyed."""

import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from twopop.cli.screen import plain

LETTERS = st.characters(categories=("L", "N", "P", "S", "Zs", "Mn"))


@given(st.text())
@example("\x1b]0;title\x07")
@example("\u202egpj.exe")
@example("\ud800")
def test_nothing_that_a_terminal_obeys_is_left(text: str) -> None:
    shown = plain(text)
    assert not any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in shown)
    assert not any(unicodedata.category(letter) == "Cf" and letter not in "\u200c\u200d" for letter in shown)
    shown.encode("utf-8")


@given(st.text(LETTERS))
@example("Grüße 🎬 日本 [red]{0}%s")
def test_what_people_write_stays_as_it_is(text: str) -> None:
    assert plain(text) == text


def test_what_is_written_out_can_be_recognised() -> None:
    assert plain("a\nb\x1b[2J\u202e") == r"a\nb\x1b[2J\u202e"
