from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twopop.errors import EditorError, InputError
from twopop.time import Rate
from twopop.timeline.program import Marker, Program
from twopop.variants.cutdowns import from_keep_list, from_markers, join, whole
from twopop.variants.model import Span, label_frames

HOUR = 24 * 3600


def program(*markers, frames=480):
    return Program(name="p", rate=Rate(24000, 1001), frames=frames, start=HOUR, markers=markers)


def test_the_whole_program_is_one_stretch():
    assert whole(program()).keep == (Span(0, 480),)


def test_a_keep_list_is_in_record_timecode_with_the_out_left_out():
    cut = from_keep_list(program(), "6s", [("01:00:00:00", "01:00:03:00"), ("01:00:10:00", "01:00:13:00")])
    assert cut.keep == (Span(0, 72), Span(240, 312))
    assert cut.frames == 144


def test_a_keep_list_may_change_the_order():
    cut = from_keep_list(program(), "6s", [("01:00:10:00", "01:00:11:00"), ("01:00:00:00", "01:00:01:00")])
    assert cut.keep == (Span(240, 264), Span(0, 24))


@pytest.mark.parametrize(
    ("keep", "error"),
    [
        (("01:00:01:00", "01:00:01:00"), EditorError), (("01:00:02:00", "01:00:01:00"), EditorError),
        (("00:59:59:00", "01:00:01:00"), EditorError), (("01:00:19:00", "01:00:20:01"), EditorError),
        (("01:00:00:30", "01:00:02:00"), InputError), (("start", "end"), InputError),
    ],
)  # fmt: skip
def test_stretches_outside_the_program_are_refused(keep, error):
    with pytest.raises(error):
        from_keep_list(program(), "6s", [keep])


def test_markers_give_their_stretches_in_program_order():
    cut = from_markers(
        program(
            Marker(frame=200, frames=20, name="CUT6"), Marker(frame=10, frames=5, name="cut6 "),
            Marker(frame=15, frames=5, name="CUT6"), Marker(frame=50, frames=9, name="other"),
        ), "6s", "CUT6",
    )  # fmt: skip
    assert cut.keep == (Span(10, 20), Span(200, 220))


def test_a_marker_over_the_end_stops_at_the_end():
    assert from_markers(program(Marker(frame=470, frames=50, name="C")), "6s", "C").keep == (Span(470, 480),)


def test_missing_and_pointlike_markers_are_said():
    with pytest.raises(EditorError, match="has none") as caught:
        from_markers(program(Marker(frame=1, name="NOTE")), "6s", "CUT6")
    assert "NOTE" in caught.value.remedy
    with pytest.raises(EditorError, match="no length"):
        from_markers(program(Marker(frame=1, name="CUT6")), "6s", "CUT6")


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(1, 50))))
def test_joining_changes_no_frame(pairs):
    spans = [Span(start, start + length) for start, length in pairs]
    frames = [f for span in spans for f in range(span.start, span.stop)]
    joined = join(spans)
    assert [f for span in joined for f in range(span.start, span.stop)] == frames
    assert all(a.stop != b.start for a, b in pairwise(joined))


@pytest.mark.parametrize(
    ("label", "frames"), [("30s", 720), ("6s", 144), ("full", None), ("0s", None), ("s", None), ("1.5s", None)]
)
def test_labels_are_lengths_as_timecode_counts(label, frames):
    assert label_frames(label, Rate(24000, 1001)) == frames
