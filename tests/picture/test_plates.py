"""Supers laid out in a room, and the script that draws them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import twopop_templates
from twopop.errors import StudioError
from twopop.picture.plates import lay_out, letters, script
from twopop.picture.tools import default_font
from twopop.picture.typeface import Typeface, typeface

FACE = typeface(default_font())
SHIPPED = twopop_templates.text("supers/super.ass.j2")
_WORDS = st.lists(st.text("abcxyzpqgÅMW.", min_size=1, max_size=12), min_size=1, max_size=25)


def drawn(text: str, template: str = SHIPPED) -> str:
    plate = lay_out(text, FACE, 40, (0, 0, 4000, 400))
    assert plate is not None
    return script(plate, (4000, 400), FACE, white="0xf0e0d0", bar=0.75, template=template)


@given(_WORDS, st.integers(200, 1800), st.integers(60, 900), st.booleans())
def test_a_plate_stays_in_its_room_and_keeps_every_word(
    words: list[str], width: int, height: int, at_top: bool
) -> None:
    room = (100, 50, 100 + width, 50 + height)
    plate = lay_out(" ".join(words), FACE, 30, room, at_top=at_top)
    if plate is None:
        return
    left, top, right, bottom = plate.bar
    assert room[0] <= left < right <= room[2]
    assert room[1] <= top < bottom <= room[3]
    assert (top == room[1]) if at_top else (bottom == room[3])
    assert " ".join(line.text for line in plate.lines).split() == words
    for line in plate.lines:
        above, below = FACE.ink(line.text)
        half = FACE.pixels(line.text, 30) / 2
        assert top < line.baseline - 30 * above
        assert line.baseline + 30 * below < bottom
        assert left < line.x - half
        assert line.x + half < right


@given(st.floats(4, 120), st.floats(0.3, 0.8))
def test_letters_are_never_smaller_than_asked(height: float, share: float) -> None:
    assert height * 1.03 <= letters(height, share) * share < height * 1.05 + share


def test_what_does_not_fit_is_not_squeezed() -> None:
    assert lay_out("unbreakablywideword", FACE, 60, (0, 0, 300, 900)) is None
    assert lay_out("one two three four five six", FACE, 60, (0, 0, 300, 200)) is None
    assert lay_out("  ", FACE, 60, (0, 0, 300, 200)) is None


def test_lines_are_about_equally_long() -> None:
    plate = lay_out("aaaa bbbb cccc dddd eeee ffff gg", FACE, 40, (0, 0, 560, 400))
    assert plate is not None
    widths = [FACE.width(line.text) for line in plate.lines]
    assert len(widths) == 2
    assert min(widths) > 0.6 * max(widths)


def test_nothing_in_a_text_is_a_command_to_libass() -> None:
    said = drawn("{\\b1}bold\\Nnot\\h,{\\p1}m 0 0")
    (line,) = [each for each in said.splitlines() if each.startswith("Dialogue: 1")]
    text = line.split(",", 9)[9].split("}", 1)[1]  # behind our own override of the place
    assert "\\N" not in text.replace("\\\u2060", "")
    assert text.count("\\{") == text.count("{") == 2
    assert text.count("\\}") == text.count("}") == 2


def test_a_line_feed_begins_a_line_and_no_event() -> None:
    said = drawn("Terms apply.\nDialogue: 0,0:00:00.00,0:00:01.00,text,,0,0,0,,x")
    assert sum(line.startswith("Dialogue: 1,") for line in said.splitlines()) == 2
    assert sum(line.startswith("Dialogue: 0,") for line in said.splitlines()) == 1


def test_colours_are_in_the_order_of_ass() -> None:
    assert "&H00D0E0F0" in drawn("x")  # blue, green, red
    assert "&H40000000" in drawn("x")  # a quarter of the bar lets through


@pytest.mark.parametrize("template", ["{{ nothing }}", "{% for %}", "{{ ''.__class__.__mro__ }}"])
def test_a_template_that_cannot_be_filled_in_is_the_studios_to_mend(template: str) -> None:
    with pytest.raises(StudioError, match="template for supers"):
        drawn("x", template)


def test_ink_reaches_as_far_as_the_outlines() -> None:
    assert FACE.ink("x") == pytest.approx((FACE.metrics.x_height, 0), abs=0.001)
    assert FACE.ink("H") == pytest.approx((FACE.metrics.capital, 0), abs=0.001)
    assert FACE.ink("xp")[1] > 0.15
    assert FACE.ink(" ") == (FACE.metrics.capital, 0)


def test_a_typeface_says_what_it_lacks(tmp_path: Path) -> None:
    assert FACE.missing("Straße 漢字 漢") == "漢字"
    assert Typeface((), {}).missing("漢") == ""
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"no typeface")
    assert typeface(broken).metrics.family == ""
