from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from twopop.legal.matching import Presence
from twopop.legal.survival import frames_of, joined, surviving
from twopop.variants.model import Span

SPANS = st.tuples(st.integers(0, 60), st.integers(1, 30)).map(lambda pair: Span(pair[0], pair[0] + pair[1]))


def place(span: Span, *, seen: bool = True, text: bool = False) -> Presence:
    return Presence(span, "clip", "source", "", seen, text, "picture", {})


@given(st.lists(SPANS, max_size=4), st.lists(SPANS, max_size=4))
def test_each_frame_of_the_cut_is_counted_once(where: list[Span], keep: list[Span]) -> None:
    """Brute force: walk the cut frame by frame (a stretch may be kept twice, and in any order)."""
    left = surviving(map(place, where), keep, texted=True)
    frames = [frame for span in keep for frame in range(span.start, span.stop)]
    wanted = {n for n, frame in enumerate(frames) if any(s.start <= frame < s.stop for s in where)}
    assert {n for stretch in left for n in range(stretch.cut.start, stretch.cut.stop)} == wanted
    assert frames_of(left) == len(wanted)
    for stretch in left:
        assert frames[stretch.cut.start : stretch.cut.stop] == list(range(stretch.program.start, stretch.program.stop))


@given(st.lists(SPANS))
def test_joined_spans_hold_the_same_frames_and_touch_nowhere(spans: list[Span]) -> None:
    made = joined(spans)
    assert {f for s in made for f in range(s.start, s.stop)} == {f for s in spans for f in range(s.start, s.stop)}
    assert all(one.stop < other.start for one, other in pairwise(made))


def test_a_textless_variant_shows_no_text() -> None:
    title = place(Span(0, 10), text=True)
    assert surviving([title], [Span(0, 20)], texted=False) == ()
    assert surviving([title], [Span(0, 20)], texted=True)[0].cut == Span(0, 10)
