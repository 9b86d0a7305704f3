"""What a plan says of its sources' colour: what is assumed, what contradicts itself, what cannot be converted."""

from __future__ import annotations

from fractions import Fraction

import msgspec
import pytest

from twopop.delivery.pictures import Look, Pictures
from twopop.delivery.session import Face
from twopop.picture.copying import why_not
from twopop.picture.facts import MediaFacts, PictureFacts
from twopop.picture.recipe import Encoding
from twopop.settings import PictureTable
from twopop.specs import Colour, Container, Video
from twopop.time import Rate
from twopop.timeline.program import Event, Program, Source
from twopop.variants.model import CropPath, Span

UNTOLD = Colour(matrix="", primaries="", transfer="")
PQ = Colour(matrix="bt2020nc", primaries="bt2020", transfer="smpte2084")
RATE = Rate(25)


def facts(colour: Colour, size=(1920, 1080), pixels="yuv420p10le", rate=RATE) -> MediaFacts:
    picture = PictureFacts(
        index=0, codec="prores", size=size, rate=rate, frames=100, pixel_format=pixels, colour=colour, profile="HQ",
        intra=True,
    )  # fmt: skip
    return MediaFacts(
        path="/m/beach.mov", content="c" * 64, bytes=1, format="mov", seconds=Fraction(4), picture=picture
    )


def planned(source: MediaFacts, target: Colour | None = None, **house):
    class Finder:
        def facts(self, _):
            return source

    event = Event(start=0, stop=50, name="Beach", source=Source(name="beach"))
    program = Program(name="p", rate=RATE, frames=50, start=90000, events=(event,))
    made = Pictures(program, Finder(), lambda *_: CropPath(), "tools", Face(), PictureTable(**house))
    encoding = Encoding(encoder="prores_ks", pixel_format="yuv422p10le", format="mov", colour=target or Colour())
    segment, findings = made.segment(Span(10, 20), Look("16:9", (1920, 1080), encoding, texted=True))
    return segment, findings, list(made.notes.values())


def test_a_source_that_says_all_needs_no_note():
    segment, findings, notes = planned(facts(Colour()))
    assert (findings, notes) == ((), [])
    assert segment.base.colour == Colour()


@pytest.mark.parametrize(
    ("size", "rate", "words", "primaries"),
    [
        ((1920, 1080), RATE, "BT.709", "bt709"),
        ((720, 576), RATE, "BT.601 (625 lines)", "bt470bg"),
        ((720, 480), Rate(30000, 1001), "BT.601 (525 lines)", "smpte170m"),
    ],
)
def test_what_is_assumed_is_a_note_that_names_the_clip(size, rate, words, primaries):
    segment, findings, (note,) = planned(facts(UNTOLD, size, rate=rate))
    assert findings == ()
    assert segment.base.colour.primaries == primaries
    assert (note.severity, note.rule, note.where) == ("info", "media.colour-assumed", "01:00:00:00 Beach")
    assert "matrix, primaries, transfer" in note.message
    assert words in note.message


def test_what_is_not_said_follows_from_what_is():
    hlg = msgspec.structs.replace(UNTOLD, transfer="arib-std-b67")
    assert planned(facts(hlg))[0].base.colour.matrix == "bt2020nc"
    wide = msgspec.structs.replace(UNTOLD, matrix="bt2020nc")
    assert planned(facts(wide))[0].base.colour.primaries == "bt2020"


@pytest.mark.parametrize(
    ("colour", "pixels", "words"),
    [
        (Colour(transfer="smpte2084"), "yuv420p10le", "BT.2020"),
        (PQ, "yuv420p", "8 bit"),
        (Colour(matrix="bt2020nc"), "yuv420p10le", "BT.2020"),
    ],
)
def test_tags_that_contradict_each_other_are_a_note(colour, pixels, words):
    _, findings, (note,) = planned(facts(colour, pixels=pixels))
    assert findings == ()
    assert (note.severity, note.rule) == ("info", "media.colour-contradictory")
    assert words in note.message


@pytest.mark.parametrize("transfer", ["linear", "log100", "smpte428"])
def test_what_cannot_be_converted_stops_the_deliverable(transfer):
    segment, (finding,), _ = planned(facts(Colour(transfer=transfer)))
    assert segment is None
    assert (finding.severity, finding.rule, finding.where) == ("fail", "media.colour", "01:00:00:10 Beach")
    assert transfer in finding.message


def test_the_peak_is_the_files_else_the_houses():
    assert planned(facts(PQ))[0].base.colour.peak == 1000
    assert planned(facts(PQ), hdr_peak=4000)[0].base.colour.peak == 4000
    told = msgspec.structs.replace(PQ, peak=600)
    assert planned(facts(told), hdr_peak=4000)[0].base.colour.peak == 600
    keys = {planned(facts(PQ), hdr_peak=peak)[0].key() for peak in (1000, 4000)}
    assert len(keys) == 2


def test_pictures_that_are_brighter_than_the_spec_are_not_copied():
    target = msgspec.structs.replace(PQ, peak=1000)
    video = Video(
        encoder="prores_ks", codec="prores", profile="HQ", pixel_format="yuv422p10le", sizes={"16:9": (1920, 1080)},
        colour=target,
    )  # fmt: skip
    for peak, why in ((1000, ""), (4000, "it is brighter than the spec")):
        source = facts(msgspec.structs.replace(PQ, peak=peak), pixels="yuv422p10le")
        segment = planned(source, target)[0]
        assert why_not(segment, source, video, Container(format="mov", extension="mov")) == why
