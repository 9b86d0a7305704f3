"""From frames of a cut to frames of the program and back, against a list of every frame."""

from hypothesis import given
from hypothesis import strategies as st

from twopop.variants.cutdowns import in_cut, in_program
from twopop.variants.model import Span

_SPANS = st.builds(lambda start, frames: Span(start, start + frames), st.integers(0, 40), st.integers(1, 20))
_KEEPS = st.lists(_SPANS, min_size=1, max_size=5)


def frames_of(keep: list[Span]) -> list[int]:
    """The program frame that each frame of the cut shows."""
    return [frame for span in keep for frame in range(span.start, span.stop)]


@given(_KEEPS, _SPANS)
def test_the_first_frame_of_the_cut_that_shows_a_stretch(keep: list[Span], wanted: Span) -> None:
    shown = [number for number, frame in enumerate(frames_of(keep)) if wanted.start <= frame < wanted.stop]
    assert in_cut(keep, wanted) == (shown[0] if shown else None)


@given(_KEEPS, _SPANS)
def test_what_frames_of_the_cut_show_of_the_program(keep: list[Span], wanted: Span) -> None:
    assert frames_of(list(in_program(keep, wanted))) == frames_of(keep)[wanted.start : wanted.stop]
