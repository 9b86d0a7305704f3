from fractions import Fraction

import msgspec
import pytest

from twopop.picture.recipe import Encoding, Overlay, Plain, Segment, Take
from twopop.time import Rate
from twopop.variants.model import CropKey, CropPath, Span

TAKE = Take(
    path="/a/x.mov", content="c1", stream=0, rate=Rate(25), first=Fraction(3), step=Fraction(1), size=(64, 36),
    crop=CropPath(how="centre"),
)  # fmt: skip
SEGMENT = Segment(
    span=Span(0, 10), rate=Rate(25), size=(64, 36), base=TAKE, tools="t1",
    encoding=Encoding(encoder="libx264", pixel_format="yuv420p", format="mp4", options=(("crf", "18"),)),
    overlays=(Overlay(kind="title", text="Hello"), Overlay(kind="graphic", take=TAKE)),
)  # fmt: skip


def changed(part, **more):
    return msgspec.structs.replace(part, **more)


@pytest.mark.parametrize(
    "other",
    [
        changed(SEGMENT, span=Span(90, 100)), changed(SEGMENT, font="/fonts/own.ttf"),
        changed(SEGMENT, base=changed(TAKE, path="/b/y.mov")),
        changed(SEGMENT, base=changed(TAKE, crop=CropPath(how="by hand"))),
        changed(SEGMENT, overlays=(SEGMENT.overlays[0], Overlay(kind="graphic", take=changed(TAKE, path="/z")))),
    ],
)  # fmt: skip
def test_where_things_lie_decides_no_bytes(other):
    assert other.key() == SEGMENT.key()
    assert other.content() == SEGMENT.content()


@pytest.mark.parametrize(
    "other",
    [
        changed(SEGMENT, span=Span(0, 11)), changed(SEGMENT, size=(36, 64)), changed(SEGMENT, rate=Rate(24)),
        changed(SEGMENT, typeface="f2"), changed(SEGMENT, over=Plain()), changed(SEGMENT, overlays=()),
        changed(SEGMENT, base=changed(TAKE, content="c2")), changed(SEGMENT, base=changed(TAKE, first=Fraction(4))),
        changed(SEGMENT, base=changed(TAKE, step=Fraction(1, 2))), changed(SEGMENT, base=changed(TAKE, stream=1)),
        changed(SEGMENT, base=changed(TAKE, crop=CropPath(keys=(CropKey(0, Fraction(1, 3)),)))),
        changed(SEGMENT, encoding=changed(SEGMENT.encoding, options=(("crf", "19"),))),
        changed(SEGMENT, base=Plain(colour="#ff0000")),
    ],
)  # fmt: skip
def test_all_that_is_seen_decides_the_key(other):
    assert other.key() != SEGMENT.key()
    assert other.content() != SEGMENT.content()


def test_another_ffmpeg_gives_other_bytes_of_the_same_content():
    other = changed(SEGMENT, tools="t2")
    assert other.key() != SEGMENT.key()
    assert other.content() == SEGMENT.content()
