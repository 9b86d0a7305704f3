from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twopop.errors import EditorError
from twopop.picture.framing import windows
from twopop.timeline.program import Event
from twopop.variants.model import CropKey, CropPath, aspect_ratio
from twopop.variants.reframes import default, of_clip, shifted


def clip(wish):
    return Event(start=0, stop=48, name="A001", reframe={"9:16": wish})


def test_a_clip_without_a_wish_leaves_it_to_others():
    assert of_clip(Event(start=0, stop=1, name="a"), "9:16") is None
    assert of_clip(clip({"x": 0.3}), "1:1") is None


def test_a_window_that_stays():
    assert of_clip(clip({"x": 0.3, "zoom": 1.5}), "9:16").keys == (
        CropKey(0, Fraction(3, 10), Fraction(1, 2), Fraction(3, 2)),
    )


def test_a_window_that_moves_has_its_keys_in_order():
    path = of_clip(clip({"keys": [[48, 0.7], [0, 0.2, 0.4]]}), "9:16")
    assert [(key.frame, key.x, key.y) for key in path.keys] == [
        (0, Fraction(1, 5), Fraction(2, 5)), (48, Fraction(7, 10), Fraction(1, 2)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wish",
    [{"x": 2}, {"x": "left"}, {"y": -0.1}, {"zoom": 0.5}, {"keys": [[]]}, {"keys": "no"}, {"X": 0.5}, {"fit": "squash"},
     [0.3], "centre", {"x": None}, {"keys": [[0, 0.1, 0.2, 1, 7]]}, {"x": float("nan")}, {"x": "1/0"},
     {"keys": [[float("inf"), 0.5]]}, {"keys": [[0, "1e999999999999"]]}],
)  # fmt: skip
def test_a_wish_that_cannot_be_read_names_the_clip(wish):
    with pytest.raises(EditorError, match="A001"):
        of_clip(clip(wish), "9:16")


def test_a_later_segment_sees_the_same_path():
    path = CropPath(keys=(CropKey(0, Fraction(0)), CropKey(40, Fraction(1))))
    assert [key.frame for key in shifted(path, 10, 20).keys] == [-10, 30]


def test_a_window_that_stays_is_the_same_for_every_segment():
    path = default(fit="crop", x=0.25, y=0.5)
    assert shifted(path, 10, 5) == shifted(path, 99, 50) == path
    path = CropPath(keys=(CropKey(0, Fraction(0)), CropKey(40, Fraction(1))))
    assert shifted(path, 40, 5) == shifted(path, 99, 50) == CropPath(keys=(CropKey(0, Fraction(1)),))


def test_a_key_elsewhere_in_the_shot_leaves_a_segment_as_it_is():
    keys = (CropKey(0, Fraction(0)), CropKey(20, Fraction(1)), CropKey(30, Fraction(1, 3)), CropKey(50, Fraction(0)))
    moved = (*keys[:3], CropKey(60, Fraction(1, 2)))
    assert shifted(CropPath(keys=keys), 5, 20) == shifted(CropPath(keys=moved), 5, 20)
    assert shifted(CropPath(keys=keys), 5, 26) == shifted(CropPath(keys=moved), 5, 26)
    assert shifted(CropPath(keys=keys), 5, 27) != shifted(CropPath(keys=moved), 5, 27)


def test_a_padded_picture_has_no_window():
    path = CropPath(keys=(CropKey(0, Fraction(0)), CropKey(40, Fraction(1))), fit="pad")
    assert shifted(path, 0, 50) == CropPath(fit="pad")


@given(
    st.lists(st.tuples(st.integers(-5, 40), st.integers(0, 6), st.integers(6, 12)), min_size=1, max_size=6),
    st.integers(0, 40), st.integers(1, 20),
)  # fmt: skip
def test_a_segment_shows_what_the_whole_shot_shows_there(listed, frames, length):
    keys = [CropKey(frame, Fraction(x, 6), zoom=Fraction(zoom, 6)) for frame, x, zoom in listed]
    path = CropPath(keys=tuple(sorted(keys, key=lambda key: key.frame)))
    whole = windows(path, (640, 360), Fraction(9, 16), frames + length)
    seen = windows(shifted(path, frames, length), (640, 360), Fraction(9, 16), length)
    assert seen == whole[frames:]


@pytest.mark.parametrize(
    ("text", "ratio"),
    [("16:9", Fraction(16, 9)), ("9:16", Fraction(9, 16)), ("1:1", 1), ("0:1", None), ("16x9", None), ("", None),
     ("1000:1", None), ("-1:1", None), ("a:b", None), ("1:1:1", None), ("9" * 5000 + ":9", None)],
)  # fmt: skip
def test_aspects_are_two_whole_numbers(text, ratio):
    assert aspect_ratio(text) == ratio
