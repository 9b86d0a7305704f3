from fractions import Fraction
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twopop.delivery.pictures import LONGEST_REVERSE, Look, Pictures, divide
from twopop.delivery.session import Face
from twopop.errors import InputError
from twopop.picture.facts import MediaFacts, PictureFacts
from twopop.picture.recipe import Encoding, Mingle, Plain, Take
from twopop.settings import PictureTable
from twopop.time import Rate
from twopop.timeline.program import Dissolve, Event, Kind, Program, Source
from twopop.variants.model import CropPath, Span

RATE = Rate(24000, 1001)
LOOK = Look("9:16", (540, 960), Encoding(encoder="libx264", pixel_format="yuv420p", format="mp4"), texted=True)


class Finder:
    """Stands in for the media on disk: every source has *frames* at *rate*."""

    def __init__(self, frames=10_000, rate=None):
        rate = rate or Rate(25)
        picture = PictureFacts(index=0, codec="h264", size=(1920, 1080), rate=rate, frames=frames)
        self._facts = MediaFacts(
            path="/media/a.mov", content="c" * 64, bytes=1, format="mov", seconds=Fraction(frames) / rate,
            picture=picture,
        )  # fmt: skip

    def facts(self, source):
        if source.name == "gone":
            raise InputError("The media 'gone.mov' is not there.", remedy="Relink it.")
        return self._facts


def pictures(program, finder=None):
    return Pictures(program, finder or Finder(), lambda event, aspect: CropPath(), "tools", Face())


def clip(start, stop, name="a", **more):
    return Event(start=start, stop=stop, name=name, source=Source(name=name), **more)


def two_shots_with_a_dissolve():
    return Program(
        name="p", rate=RATE, frames=100, start=86400,
        events=(
            clip(0, 60), clip(50, 100, "b"),
            Event(start=20, stop=40, name="T", kind=Kind.TITLE, layer=1, text="Harbour", fade_in=5),
        ),
        dissolves=(Dissolve(start=50, stop=60),),
    )  # fmt: skip


def test_the_program_is_divided_where_anything_begins_or_ends():
    spans = divide(two_shots_with_a_dissolve(), [(Span(10, 90),)], longest=1000)
    assert [span.start for span in spans] == [0, 10, 20, 25, 40, 50, 60, 90]


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(1, 100)), max_size=5), st.integers(1, 60))
def test_spans_cover_the_program_once_and_none_is_too_long(cuts, longest):
    keeps = [(Span(start, min(100, start + length)),) for start, length in cuts]
    spans = divide(two_shots_with_a_dissolve(), keeps, longest=longest)
    assert spans[0].start == 0
    assert spans[-1].stop == 100
    assert all(before.stop == after.start for before, after in pairwise(spans))
    assert all(0 < span.frames <= longest for span in spans)


def test_a_long_shot_is_divided_from_its_own_start():
    program = Program(name="p", rate=RATE, frames=300, events=(clip(0, 7), clip(7, 300, "b")))
    assert [span.start for span in divide(program, [], longest=100)] == [0, 7, 107, 207]


def test_reverse_stretches_are_short():
    program = Program(name="p", rate=RATE, frames=200, events=(clip(0, 200, speed=Fraction(-1)),))
    assert max(span.frames for span in divide(program, [], longest=1000)) == LONGEST_REVERSE


@given(
    st.integers(0, 999), st.sampled_from([Rate(24), Rate(25), Rate(30000, 1001), Rate(30), Rate(60)]),
    st.fractions(min_value=Fraction(1, 4), max_value=4, max_denominator=12), st.integers(0, 50),
)  # fmt: skip
def test_a_take_shows_the_frame_on_screen_at_that_time(begin, media_rate, speed, frame):
    event = clip(10, 90, source_in=Fraction(begin, 7), speed=speed)
    program = Program(name="p", rate=RATE, frames=100, events=(event,))
    segment, findings = pictures(program, Finder(rate=media_rate)).segment(Span(30, 90), LOOK)
    assert findings == ()
    seconds = Fraction(begin, 7) + Fraction(20 + frame) * 1001 / 24000 * speed
    assert segment.base.source_frame(frame) == int(seconds * media_rate)


def test_a_dissolve_has_both_pictures_and_its_share():
    made = pictures(two_shots_with_a_dissolve())
    segment, _ = made.segment(Span(52, 60), LOOK)
    assert segment.mingle == Mingle(phase=2, length=10)
    assert isinstance(segment.base, Take)
    assert isinstance(segment.over, Take)
    assert segment.base.first == Fraction(52) * 1001 / 24000 * 25
    assert segment.over.first == Fraction(2) * 1001 / 24000 * 25


def test_titles_lie_only_on_texted_pictures():
    made = pictures(two_shots_with_a_dissolve())
    texted, _ = made.segment(Span(20, 25), LOOK)
    bare, _ = made.segment(Span(20, 25), Look(LOOK.aspect, LOOK.size, LOOK.encoding, texted=False))
    assert [(o.text, o.fade_in) for o in texted.overlays] == [("Harbour", (0, 5))]
    assert bare.overlays == ()
    assert texted.key() != bare.key()


def test_where_there_is_no_title_texted_and_textless_are_one_segment():
    made = pictures(two_shots_with_a_dissolve())
    texted, _ = made.segment(Span(0, 10), LOOK)
    bare, _ = made.segment(Span(0, 10), Look(LOOK.aspect, LOOK.size, LOOK.encoding, texted=False))
    assert texted.key() == bare.key()


def test_a_gap_is_black():
    program = Program(name="p", rate=RATE, frames=9, events=(Event(start=0, stop=9, name="gap", kind=Kind.BLACK),))
    assert pictures(program).segment(Span(0, 9), LOOK)[0].base == Plain()


def test_missing_media_is_a_finding_that_names_clip_and_timecode():
    program = Program(name="p", rate=RATE, frames=48, start=86400, events=(clip(0, 48, "gone"),))
    segment, (finding,) = pictures(program).segment(Span(24, 48), LOOK)
    assert segment is None
    assert (finding.severity, finding.where) == ("fail", "01:00:01:00 gone")
    assert "gone.mov" in finding.message


@pytest.mark.parametrize(
    ("source_in", "speed", "words"),
    [(Fraction(3), Fraction(1), "after its last frame"), (Fraction(1), Fraction(-1), "before its first frame")],
)
def test_media_that_is_too_short_is_said_in_frames(source_in, speed, words):
    event = clip(0, 48, source_in=source_in, speed=speed)
    program = Program(name="p", rate=RATE, frames=48, events=(event,))
    _, (finding,) = pictures(program, Finder(frames=100)).segment(Span(0, 48), LOOK)
    assert finding.rule == "media.too-short"
    assert words in finding.message


def test_the_key_is_of_the_content_not_of_the_place():
    program = Program(name="p", rate=RATE, frames=200, events=(clip(0, 100), clip(100, 200)))
    made = pictures(program)
    one, two = (made.segment(Span(start, start + 24), LOOK)[0] for start in (0, 100))
    assert one.span != two.span
    assert one.key() == two.key()
    assert one.key() != made.segment(Span(1, 25), LOOK)[0].key()


@pytest.mark.parametrize(("fields", "scan", "said"), [("first", "tff", 1), ("both", "progressive", 0)])
def test_interlaced_media_are_noted_and_become_what_the_house_says(fields, scan, said):
    finder = Finder()
    picture = msgspec.structs.replace(finder._facts.picture, scan="tff")
    finder._facts = msgspec.structs.replace(finder._facts, picture=picture)
    program = Program(name="p", rate=RATE, frames=24, events=(clip(0, 24),))
    made = pictures(program, finder)
    made.house = PictureTable(fields=fields)
    segment, findings = made.segment(Span(0, 24), LOOK)
    assert (findings, segment.base.scan) == ((), scan)
    assert [note.rule for note in made.notes.values()].count("media.interlaced") == said
