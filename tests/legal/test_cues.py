from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from twopop.legal.cues import cue_sheet
from twopop.legal.matching import Presence
from twopop.legal.model import Asset, Contributor, Work
from twopop.legal.survival import surviving
from twopop.time import Rate, frame_of
from twopop.variants.model import Span

FILM, NTSC = Rate(24000, 1001), Rate(30000, 1001)
SPANS = st.tuples(st.integers(0, 60), st.integers(1, 30)).map(lambda pair: Span(pair[0], pair[0] + pair[1]))


def heard(span: Span, *, seen: bool = False) -> Presence:
    return Presence(span, "clip", "source", "", seen, False, "music", {})


def song(name: str, work: Work | None = None) -> Asset:
    return Asset(id=name, kind="music", title=name.title(), work=work)


@given(
    st.lists(st.tuples(st.sampled_from("abc"), SPANS), max_size=6),
    st.lists(SPANS, min_size=1, max_size=3),
    st.sampled_from([("", FILM), ("01:00:00:00", FILM), ("00:59:59;28", NTSC)]),
)
def test_cues_are_the_frames_in_which_a_piece_is_heard(
    clips: list[tuple[str, Span]], keep: list[Span], clock: tuple[str, Rate]
) -> None:
    """Brute force: which pieces are heard in each frame of the cut; a cue is a run of frames of one piece."""
    start, rate = clock
    frames = [frame for span in keep for frame in range(span.start, span.stop)]
    pieces = [
        (song(name), surviving([heard(span) for owner, span in clips if owner == name], keep, texted=True))
        for name in "abc"
    ]
    sheet = cue_sheet(pieces, rate=rate, frames=len(frames), start=start)
    sounding = {
        name: [any(owner == name and s.start <= frame < s.stop for owner, s in clips) for frame in frames]
        for name in "abc"
    }
    runs = sorted(
        (n, name) for name, on in sounding.items() for n in range(len(on)) if on[n] and (n == 0 or not on[n - 1])
    )
    assert [(cue.start, cue.asset) for cue in sheet.cues] == runs
    assert [cue.number for cue in sheet.cues] == list(range(1, len(runs) + 1))
    assert sheet.cue_frames == sum(map(sum, sounding.values()))
    assert sheet.music_frames == sum(any(on[n] for on in sounding.values()) for n in range(len(frames)))
    first = frame_of(start, rate) if start else 0
    for cue in sheet.cues:
        assert (frame_of(cue.begins, rate) - first, frame_of(cue.ends, rate) - first) == (cue.start, cue.stop)


def test_what_is_only_seen_is_no_cue() -> None:
    keep = [Span(0, 100)]
    clip = surviving([heard(Span(0, 50), seen=True)], keep, texted=True)
    assert cue_sheet([(song("a"), clip)], rate=FILM, frames=100, start="").cues == ()


def test_a_piece_that_goes_on_over_a_join_of_the_cutdown_is_one_cue() -> None:
    keep = [Span(0, 24), Span(48, 72)]
    left = surviving([heard(Span(0, 72))], keep, texted=True)
    (cue,) = cue_sheet([(song("a"), left)], rate=FILM, frames=48, start="01:00:00:00").cues
    assert (cue.begins, cue.ends, cue.frames) == ("01:00:00:00", "01:00:02:00", 48)


def test_a_cue_carries_what_its_work_says() -> None:
    ada = Contributor(name="Ada", share=Fraction(100), society="PRS")
    work = Work(contributors=(ada,), iswc="T-1", isrc="GB1", usage="BV", origin="library", library="Blue")
    left = surviving([heard(Span(0, 5))], [Span(0, 9)], texted=True)
    (cue,) = cue_sheet([(song("a", work), left)], rate=FILM, frames=9, start="").cues
    assert (cue.usage, cue.iswc, cue.isrc, cue.contributors) == ("BV", "T-1", "GB1", (ada,))
