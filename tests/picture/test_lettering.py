from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twopop.picture import lettering
from twopop.picture.tools import default_font
from twopop.picture.typeface import Typeface, typeface

FACE = typeface(default_font())
rasters = st.sampled_from([(1920, 1080), (1080, 1920), (1080, 1080), (304, 540), (960, 540)])


def test_widths_come_from_the_typeface():
    # Roboto draws on 2048 units to the em; its digits are 1150 units wide, all alike.
    assert FACE.width("0") == pytest.approx(1150 / 2048, abs=0.001)
    assert FACE.width("ii") == pytest.approx(2 * FACE.width("i"))
    assert FACE.width("W") > FACE.width("i")


def test_a_typeface_that_cannot_be_read_is_guessed_wide(tmp_path):
    (tmp_path / "no.ttf").write_bytes(b"not a font at all")
    assert typeface(tmp_path / "no.ttf").width("abcd") > 4 * 0.5


@given(text=st.text(st.characters(codec="utf-8"), max_size=120), raster=rasters)
@settings(deadline=None)
def test_titles_stay_inside_title_safe(text, raster):
    width, height = raster
    for line in lettering.title(text, FACE, raster):
        if line.size > 9:
            assert line.x >= width * 0.05 - 2
            assert line.x + FACE.width(line.text) * line.size <= width * 0.95 + 2
        assert height / 2 < line.baseline <= height * 0.95
        assert "\n" not in line.text


def test_a_title_is_broken_only_where_it_must_be():
    assert len(lettering.title("Harbour", FACE, (1920, 1080))) == 1
    assert len(lettering.title("Harbour lights by night at the sea", FACE, (1080, 1920))) == 2
    assert [line.text for line in lettering.title("one\ntwo", FACE, (1920, 1080))] == ["one", "two"]


@given(text=st.text(st.characters(codec="utf-8"), min_size=1, max_size=300), raster=rasters)
@settings(deadline=None)
def test_a_name_fits_the_width_or_is_shortened(text, raster):
    line = lettering.name(text, FACE, raster)
    assert FACE.width(line.text) * line.size <= raster[0] * 0.9 + line.size * 3


def test_control_characters_are_dropped():
    assert lettering.clean("a\x00b\x1bc\td") == "abc d"


def test_an_empty_typeface_guesses():
    assert Typeface((), {}).width("ab") == pytest.approx(1.24)
