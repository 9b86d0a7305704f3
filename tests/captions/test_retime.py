"""Captions through a cut, against a walk over every frame."""

from hypothesis import given, settings
from hypothesis import strategies as st

from twopop.captions.model import Caption, CaptionTrack
from twopop.captions.retime import retime
from twopop.findings import Severity
from twopop.time import Rate
from twopop.variants.model import Span

RATE = Rate(24)  # 5/6 s are 20 frames


def cut(captions, spans, rate=RATE):
    made = tuple(Caption(start=a, stop=b, lines=(f"{a}-{b}",)) for a, b in captions)
    track, findings = retime(CaptionTrack(language="en", captions=made), [Span(*s) for s in spans], rate=rate)
    return [(c.start, c.stop, c.lines[0]) for c in track.captions], findings


def test_inside_a_stretch_it_moves_with_it():
    assert cut([(110, 150)], [(0, 10), (100, 200)]) == ([(20, 60, "110-150")], ())


def test_outside_every_stretch_it_is_gone_without_a_word():
    assert cut([(50, 90), (210, 260)], [(100, 200)]) == ([], ())


def test_cut_at_head_and_tail_it_is_shortened():
    kept, findings = cut([(90, 140), (180, 220)], [(100, 200)])
    assert kept == [(0, 40, "90-140"), (80, 100, "180-220")]
    assert [(f.rule, f.severity) for f in findings] == [("captions.shortened", Severity.INFO)] * 2


def test_too_little_left_is_dropped_and_named():
    kept, findings = cut([(60, 125), (181, 215)], [(100, 200)])  # 25 of 65 frames; 19 of 34, under 5/6 s
    assert kept == []
    assert [f.rule for f in findings] == ["captions.dropped"] * 2
    assert "'60-125'" in findings[0].message
    assert findings[0].where == "00:00:02:12"


def test_one_that_was_short_from_the_start_needs_half_of_its_time():
    kept, findings = cut([(95, 107), (196, 206)], [(100, 200)])
    assert kept == [(0, 7, "95-107")]
    assert [f.rule for f in findings] == ["captions.shortened", "captions.dropped"]


def test_two_stretches_that_run_on_keep_one_caption():
    assert cut([(90, 150)], [(50, 100), (100, 200)]) == ([(40, 100, "90-150")], ())


def test_a_hole_puts_all_text_on_the_larger_part():
    kept, findings = cut([(80, 160)], [(0, 110), (120, 200)])
    assert kept == [(110, 150, "80-160")]
    assert [(f.rule, f.severity) for f in findings] == [("captions.split", Severity.WARN)]


def test_a_stretch_shown_twice_shows_its_captions_twice():
    assert cut([(10, 40)], [(0, 50), (0, 50)])[0] == [(10, 40, "10-40"), (60, 90, "10-40")]


def test_the_start_timecode_names_the_place():
    track = CaptionTrack(language="en", captions=(Caption(start=0, stop=40, lines=("x",)),))
    _, findings = retime(track, [Span(30, 100)], rate=Rate(25), start=90000)
    assert findings[0].where == "01:00:00:00"


lengths = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 80)), min_size=1, max_size=6)


def laid_out(pairs):
    placed, at = [], 0
    for gap, length in pairs:
        placed.append((at + gap, at + gap + length))
        at += gap + length
    return placed


@settings(deadline=None, max_examples=300)
@given(lengths, lengths)
def test_against_every_frame(captions, spans):
    captions, spans = laid_out(captions), laid_out(spans)
    shown = [frame for a, b in spans for frame in range(a, b)]  # the program frame that each cut frame shows
    kept, findings = cut(captions, spans)
    by_text = {text: (start, stop) for start, stop, text in kept}
    assert len(by_text) == len(kept)
    dropped = [f.message for f in findings if f.rule == "captions.dropped"]
    for a, b in captions:
        text = f"{a}-{b}"
        heard = [k for k, frame in enumerate(shown) if a <= frame < b]
        named = [message for message in dropped if f"'{text}'" in message]
        if not heard:
            assert text not in by_text
            assert not named
            continue
        runs = [[heard[0]]]
        for k in heard[1:]:
            runs[-1].append(k) if shown[k] == shown[k - 1] + 1 and k == runs[-1][-1] + 1 else runs.append([k])
        largest = max(runs, key=len)
        whole = len(largest) == b - a
        enough = 2 * len(heard) >= b - a and (b - a < 20 or len(largest) >= 20)
        if whole or enough:
            assert by_text[text] == (largest[0], largest[-1] + 1)
            assert not named
        else:
            assert text not in by_text
            assert len(named) == 1
