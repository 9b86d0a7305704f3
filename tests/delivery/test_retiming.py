"""Which way a retimed clip goes: the clip's word, the order's, the house's; and what is said when it goes another."""

from fractions import Fraction

import msgspec
import pytest

from twopop import schema
from twopop.delivery.order import parse_order
from twopop.delivery.pictures import take_of
from twopop.delivery.retiming import retimed
from twopop.errors import InputError
from twopop.picture.facts import MediaFacts, PictureFacts
from twopop.time import Rate
from twopop.timeline.program import Event, Source
from twopop.variants.model import CropPath, Span

RATE = Rate(25)
PICTURE = PictureFacts(index=0, codec="h264", size=(1920, 1080), rate=RATE, frames=250, pixel_format="yuv420p")
FACTS = MediaFacts(path="/m/a.mov", content="c" * 64, bytes=1, format="mov", seconds=Fraction(10), picture=PICTURE)


def asked(speed=Fraction(1, 2), otherwise="nearest", layer=0, picture=PICTURE, **metadata):
    event = Event(start=0, stop=50, name="A", source=Source(name="a"), speed=speed, layer=layer, metadata=metadata)
    take = take_of(event, Span(0, 50), RATE, FACTS, picture, CropPath())
    return retimed(take, event, picture, otherwise, "00:00:00:00 A")


@pytest.mark.parametrize("how", ["blend", "motion"])
def test_the_clips_word_comes_before_the_houses(how):
    take, note = asked(retime=how)
    assert (take.retime, take.length, note) == (how, 250, None)
    assert asked(otherwise=how)[0].retime == how
    assert asked(otherwise=how, retime="nearest")[0].retime == "nearest"


def test_whole_frames_need_no_retime_and_stay_one_segment():
    plain = asked(Fraction(1))[0]
    assert asked(Fraction(1), retime="blend")[0] == plain
    assert asked(Fraction(-2), retime="motion")[0] == asked(Fraction(-2))[0]
    assert asked(layer=1, retime="blend")[0].retime == "nearest"


def test_a_retime_is_part_of_the_key():
    assert len({schema.fingerprint(asked(retime=how)[0]) for how in ("nearest", "blend", "motion")}) == 3


def test_what_cannot_be_done_as_asked_is_said():
    take, note = asked(retime="fast")
    assert (take.retime, note.severity, note.rule) == ("nearest", "warn", "timeline.retime")
    assert "nearest, blend, motion" in note.remedy
    uneven = msgspec.structs.replace(PICTURE, uniform=False)
    take, note = asked(retime="blend", picture=uneven)
    assert (take.retime, note.severity) == ("nearest", "info")
    take, note = asked(retime="motion", picture=msgspec.structs.replace(PICTURE, pixel_format="gbrp10le"))
    assert take.retime == "blend"
    assert "RGB" in note.message
    take, note = asked(retime="motion", picture=msgspec.structs.replace(PICTURE, pixel_format="yuv422p10le"))
    assert take.retime == "motion"
    assert "8 bit" in note.message


def test_an_order_may_say_it_for_all():
    raw = {
        "schema": "twopop.order/1",
        "project": {"client": "c", "title": "t"},
        "timeline": {"file": "a.otio", "retime": "motion"},
        "deliverable": [{"duration": "full", "aspect": "16:9", "spec": "review-h264"}],
    }
    assert parse_order(raw, where="test").timeline.retime == "motion"
    raw["timeline"]["retime"] = "optical"
    with pytest.raises(InputError):
        parse_order(raw, where="test")
