"""What formats say of the pictures between two frames of a retimed clip."""

import pytest

from twopop.timeline.readers import read_fcp7_xml, read_fcpxml, read_otio
from twopop.timeline.reading import ReadOptions

FCPXML = """<?xml version="1.0"?><!DOCTYPE fcpxml><fcpxml version="1.9"><resources>
<format id="r1" frameDuration="1/25s" width="1920" height="1080"/>
<asset id="r2" name="a" src="file:///a.mov" start="0s" duration="20s" hasVideo="1" format="r1"/></resources>
<library><event><project name="p"><sequence format="r1" duration="4s"><spine>
<asset-clip ref="r2" name="a" duration="4s" start="0s">
<timeMap{sampling}><timept time="0s" value="0s"/><timept time="4s" value="2s"/></timeMap></asset-clip>
</spine></sequence></project></event></library></fcpxml>"""

FCP7 = """<?xml version="1.0"?><xmeml version="5"><sequence><name>s</name><duration>100</duration>
<rate><timebase>25</timebase><ntsc>FALSE</ntsc></rate><media><video><track><clipitem id="c"><name>a</name>
<duration>500</duration><rate><timebase>25</timebase><ntsc>FALSE</ntsc></rate>
<start>0</start><end>100</end><in>0</in><out>100</out>
<file id="f"><name>a.mov</name><pathurl>file:///a.mov</pathurl><rate><timebase>25</timebase></rate>
<duration>500</duration><media><video/></media></file>
<filter><effect><name>Time Remap</name><effectid>timeremap</effectid><effecttype>motion</effecttype>
<mediatype>video</mediatype>
<parameter><parameterid>variablespeed</parameterid><name>v</name><value>0</value></parameter>
<parameter><parameterid>speed</parameterid><name>speed</name><value>50</value></parameter>
<parameter><parameterid>reverse</parameterid><name>reverse</name><value>FALSE</value></parameter>
<parameter><parameterid>frameblending</parameterid><name>frameblending</name><value>{blending}</value></parameter>
</effect></filter></clipitem></track></video></media></sequence></xmeml>"""


@pytest.mark.parametrize(
    ("said", "how"),
    [
        ("", None), (' frameSampling="floor"', None), (' frameSampling="nearest-neighbor"', None),
        (' frameSampling="frame-blending"', "blend"), (' frameSampling="optical-flow"', "motion"),
    ],
)  # fmt: skip
def test_fcpxml_says_how_frames_are_sampled(tmp_path, said, how):
    path = tmp_path / "cut.fcpxml"
    path.write_text(FCPXML.format(sampling=said))
    (event,) = read_fcpxml(path, ReadOptions()).program.events
    assert event.speed == pytest.approx(0.5)
    assert event.metadata.get("retime") == how


@pytest.mark.parametrize(("said", "how"), [("TRUE", "blend"), ("FALSE", None)])
def test_fcp7_says_whether_frames_are_blended(tmp_path, said, how):
    path = tmp_path / "cut.xml"
    path.write_text(FCP7.format(blending=said))
    (event,) = read_fcp7_xml(path, ReadOptions()).program.events
    assert event.speed == pytest.approx(0.5)
    assert event.metadata.get("retime") == how


def test_a_clip_says_it_in_its_metadata(tmp_path):
    import opentimelineio as otio

    clip = otio.schema.Clip("a", otio.schema.ExternalReference("a.mov"))
    clip.source_range = otio.opentime.TimeRange(otio.opentime.RationalTime(0, 25), otio.opentime.RationalTime(50, 25))
    clip.effects.append(otio.schema.LinearTimeWarp(time_scalar=0.4))
    clip.metadata["twopop"] = {"retime": "motion"}
    timeline = otio.schema.Timeline("t")
    timeline.tracks.append(otio.schema.Track("V1", [clip]))
    path = tmp_path / "cut.otio"
    otio.adapters.write_to_file(timeline, str(path))
    (event,) = read_otio(path, ReadOptions()).program.events
    assert event.metadata["retime"] == "motion"
