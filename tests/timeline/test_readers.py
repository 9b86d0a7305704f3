"""Every real file, and every way of spoiling one: a Reading or words, never a traceback."""

from __future__ import annotations

import contextlib
import random
import zipfile
from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twopop.errors import InputError
from twopop.time import Rate
from twopop.timeline import adapters
from twopop.timeline.listing import listing
from twopop.timeline.program import Kind
from twopop.timeline.readers import built_in_readers, read_aaf, read_fcp7_xml, read_fcpxml, read_otio, read_timeline
from twopop.timeline.reading import Reading, ReadOptions

TIMELINES = Path(__file__).resolve().parents[3] / "shared" / "media" / "timelines"
FILES = sorted(path for path in TIMELINES.rglob("*") if path.is_file())
READ = {".otio", ".edl", ".xml", ".fcpxml", ".aaf"}


def read(path: Path, **options: str) -> Reading:
    return read_timeline(path, ReadOptions(**options), built_in_readers())


@pytest.fixture(scope="session")
def cuts(shared_media: Path) -> Path:
    return shared_media / "timelines"


@pytest.mark.skipif(not FILES, reason="the shared timelines are not there")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_real_file_gives_a_reading_or_words(path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    if path.suffix.lower() not in READ or path.parent.name == "daw":
        with pytest.raises(InputError) as refused:
            read(path)
        assert refused.value.where == str(path)
        return
    reading = read(path)
    program = reading.program
    overlap = Counter(frame for each in program.dissolves for frame in range(each.start, each.stop))
    frames = Counter(frame for each in program.picture for frame in range(each.start, each.stop))
    assert frames == Counter({frame: 1 + overlap[frame] for frame in range(program.frames)})
    assert program.rate in {Rate(24), Rate(24000, 1001), Rate(25), Rate(30000, 1001), Rate(30), Rate(60000, 1001)}
    assert all(0 <= mark.frame < program.frames for mark in program.markers)
    assert listing(reading)["duration_frames"] == program.frames
    assert capfd.readouterr() == ("", "")


def test_an_unknown_suffix_names_the_known_ones(tmp_path: Path) -> None:
    path = tmp_path / "cut.txt"
    path.write_text("x")
    with pytest.raises(InputError, match=r"\.txt files") as caught:
        read(path)
    assert all(suffix in caught.value.remedy for suffix in (".aaf", ".edl", ".fcpxml", ".otio", ".otioz", ".xml"))


@pytest.mark.parametrize("suffix", [".otio", ".otioz", ".edl", ".xml", ".fcpxml", ".aaf"])
@pytest.mark.parametrize(
    "content", [b"", b"\n \n", b"\x00" * 100, b"hello", b"{}", b"[]", b"<a/>", b"<!DOCTYPE", b"PK\x03\x04zz"]
)
def test_what_is_no_cut_is_refused_in_words(tmp_path: Path, suffix: str, content: bytes) -> None:
    path = tmp_path / f"cut{suffix}"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        read(path)
    assert caught.value.where == str(path)
    assert caught.value.exit_status == 2


def test_missing_files_and_folders(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read(tmp_path / "none.edl")
    (tmp_path / "folder.edl").mkdir()
    with pytest.raises(InputError, match="folder"):
        read(tmp_path / "folder.edl")


@pytest.mark.skipif(not FILES, reason="the shared timelines are not there")
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    which=st.sampled_from([path for path in FILES if path.suffix.lower() in READ and path.stat().st_size < 600_000]),
    seed=st.integers(),
)
def test_spoiled_real_files(tmp_path: Path, which: Path, seed: int) -> None:
    """Cut short, bytes changed, a stretch taken out: a reading or words."""
    chance = random.Random(seed)
    data = bytearray(which.read_bytes())
    how = chance.choice(["short", "noise", "hole"])
    if how == "short":
        del data[chance.randrange(len(data)) :]
    elif how == "noise":
        for _ in range(chance.randrange(1, 40)):
            data[chance.randrange(len(data))] = chance.randrange(256)
    else:
        at = chance.randrange(len(data))
        del data[at : at + chance.randrange(1, 500)]
    path = tmp_path / f"spoiled{which.suffix}"
    path.write_bytes(data)
    with contextlib.suppress(InputError):
        reading = read(path)
        frames = {frame for each in reading.program.picture for frame in range(each.start, each.stop)}
        assert frames == set(range(reading.program.frames))
        listing(reading)


@pytest.mark.parametrize("suffix", [".otio", ".xml", ".fcpxml"])
def test_bottomless_nesting_is_refused(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"deep{suffix}"
    deep = b'{"OTIO_SCHEMA":"Stack.1","children":[' * 100_000 if suffix == ".otio" else b"<xmeml>" * 100_000
    path.write_bytes(deep)
    with pytest.raises(InputError):
        read(path)


@pytest.mark.parametrize("tracks", ["", ', "tracks": null', ', "tracks": 7', ', "tracks": []'])
def test_a_timeline_without_tracks_is_refused_or_empty(tmp_path: Path, tracks: str) -> None:
    path = tmp_path / "bare.otio"
    path.write_text(f'{{"OTIO_SCHEMA": "Timeline.1", "name": "x"{tracks}}}')
    with pytest.raises(InputError, match="OpenTimelineIO"):
        read(path)


@pytest.mark.parametrize("suffix", [".xml", ".fcpxml"])
def test_xml_entities_are_refused(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"bomb{suffix}"
    path.write_text('<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><xmeml>&b;</xmeml>')
    with pytest.raises(InputError, match="entities"):
        read(path)


def test_an_adapter_that_turns_in_circles_is_stopped(tmp_path: Path) -> None:
    def forever() -> None:
        while True:
            pass

    with pytest.raises(InputError, match="come to an end"):
        adapters.called("an AAF", tmp_path / "x.aaf", forever, patience=0.2)


def test_an_adapter_that_ends_the_program_does_not(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        adapters.called("an AAF", tmp_path / "x.aaf", lambda: exit(3))


def test_otioz_is_read_without_being_unpacked(tmp_path: Path, cuts: Path) -> None:
    bundle = tmp_path / "cut.otioz"
    with zipfile.ZipFile(bundle, "w") as made:
        made.write(cuts / "otio" / "simple_cut.otio", "content.otio")
    assert read(bundle).program == read_otio(cuts / "otio" / "simple_cut.otio", ReadOptions()).program


# Real files, by hand from their own text


def test_simple_cut_by_hand(cuts: Path) -> None:
    """Four clips of 3, 6, 4 and 6 frames at 24."""
    program = read(cuts / "otio" / "simple_cut.otio").program
    assert [(each.name, each.start, each.stop) for each in program.picture] == [
        ("Clip-001", 0, 3),
        ("Clip-002", 3, 9),
        ("Clip-003", 9, 13),
        ("Clip-004", 13, 19),
    ]


def test_newer_otio_is_read(cuts: Path) -> None:
    reading = read(cuts / "otio" / "premiere_example.otio")
    assert "timeline.newer" in {each.rule for each in reading.findings}
    # Marker.3 at value 113 of 30, red
    assert (113, "red") in {(each.frame, each.colour) for each in reading.program.markers}


def test_premiere_xml_by_hand(cuts: Path) -> None:
    """Start and end of its clip items, 30 fps, 1280 x 720."""
    reading = read(cuts / "premiere_fcp7xml" / "premiere_example.xml")
    program = reading.program
    assert (program.rate, program.size) == (30, (1280, 720))
    # three markers of the sequence; one at 73 of clip item 4, which lies at 322, and one at 73 of clip item 7, which
    # lies at 100 of the nested sequence at 636
    assert [each.frame for each in program.markers] == [113, 298, 322 + 73, 492, 636 + 100 + 73]
    names = {13: "sc01_sh010_anim.mov", 165: "sc01_sh020_anim.mov", 322: "sc01_sh030_anim.mov"}
    assert {each.start: each.name for each in program.picture if each.start in names} == names
    # clip item 5 is a sequence of two clips, 0 to 100 and 100 to 320, that lies at 636
    assert [(each.start, each.stop, each.kind) for each in program.picture if 600 <= each.start < 956] == [
        (636, 736, Kind.MEDIA),
        (736, 956, Kind.MEDIA),
    ]
    # the dissolves are written as 538 to 557 and 1152 to 1177
    assert [(each.start, each.stop) for each in program.dissolves] == [(538, 557), (1152, 1177)]


def test_premiere_generators_by_hand(cuts: Path) -> None:
    reading = read(cuts / "premiere_fcp7xml" / "premiere_generators.xml")
    kinds = {each.name: each.kind for each in reading.program.events}
    assert kinds["Black Video"] is Kind.BLACK
    assert kinds["Blue Matte"] is kinds["HD Bars and Tone"] is kinds["Universal Counting Leader"] is Kind.COLOUR
    assert kinds["Graphic"] is Kind.TITLE
    assert "Transparent Video" not in kinds
    assert [each.rule for each in reading.findings].count("timeline.generator") == 2


def test_fcpxml_transition_at_the_head_of_a_storyline(cuts: Path) -> None:
    """At 50 s a connected storyline begins with a transition of 1 s, and one at 9 s lies over its cut at 9.5 s."""
    program = read(cuts / "fcpx_fcpxml" / "fcpx_library.fcpxml").program
    spans = {(each.start, each.stop) for each in program.dissolves}
    assert {(1500, 1530), (1770, 1800)} <= spans


def test_hiero_xml_by_hand(cuts: Path) -> None:
    """Clip items at 14 to 1069 and 1085 to 1324, from source frame 0; sequence starts at 86400."""
    program = read(cuts / "hiero" / "hiero_xml_export.xml").program
    assert [(each.start, each.stop, each.kind) for each in program.picture] == [
        (0, 14, Kind.BLACK),
        (14, 1069, Kind.MEDIA),
        (1069, 1085, Kind.BLACK),
        (1085, 1324, Kind.MEDIA),
    ]
    assert (program.timecode(0), program.size) == ("01:00:00:00", (1920, 1080))
    assert program.picture[1].source_in == 0


def test_fcpxml_occlusion_by_hand(cuts: Path) -> None:
    """Titles at 0 to 30 and 40 to 50 s, compound clips with titles at 60 to 90, 100 to 110 and 120 to 130 s + 1 frame.

    The third compound is seen only for its first 24100/2400 s, in which it has a gap.
    """
    program = read(cuts / "fcpx_fcpxml" / "dfk_Occlusion.fcpxml").program
    assert (program.rate, program.frames) == (24, Fraction(312100, 2400) * 24)
    assert [(each.start // 24, each.stop // 24, each.name) for each in program.overlays] == [
        (0, 30, "Basic Title 1"),
        (40, 50, "Basic Title 2"),
        (60, 90, "Basic Title 3"),
        (100, 110, "Basic Title 4"),
    ]
    assert {each.text for each in program.overlays} == {"Title"}
    # the marker at 3630 s lies on the end of its clip and belongs to the next; those of title 2 outside it are trimmed
    assert [(each.frame, each.name) for each in program.markers] == [
        (0, "Marker on Start"),
        (15 * 24, "Marker in Middle"),
        (30 * 24 - 1, "Marker 1 Frame Before End"),
        (45 * 24, "Marker in Middle"),
    ]


def test_fcpxml_rates_are_exact(cuts: Path) -> None:
    folder = cuts / "fcpx_fcpxml"
    assert read(folder / "dfk_29.97.fcpxml").program.rate == Rate(30000, 1001)
    assert read(folder / "dfk_23.98.fcpxml").program.rate == Rate(24000, 1001)
    drop = read(folder / "dfk_29.97d.fcpxml").program
    assert (drop.drop, drop.timecode(0)) == (True, "00:00:00;00")
    start = read(folder / "dfk_BasicMarkers_1HourProjectStart.fcpxml").program
    # tcStart 8648640000/2400000 s = 3603.6 s = 108000 frames = 01:00:00:00 non-drop; 153673520/2400000 s = 1919 frames
    assert (start.timecode(0), start.frames, start.overlays[0].text) == ("01:00:00:00", 1919, "Title")


def test_fcpxml_retime_disabled_and_transition(tmp_path: Path) -> None:
    path = tmp_path / "cut.fcpxml"
    path.write_text(
        """<fcpxml version="1.10"><resources>
        <format id="r1" frameDuration="1001/24000s" width="1920" height="1080"/>
        <asset id="r2" name="sea" src="file:///m/sea%20a.mov" start="0s" duration="24024/240s" hasVideo="1"
               hasAudio="1" format="r1"/></resources>
        <project name="p"><sequence format="r1" duration="96096/24000s" tcStart="0s"><spine>
        <asset-clip ref="r2" offset="0s" duration="48048/24000s" start="24024/24000s" audioRole="music.one"/>
        <transition name="Cross Dissolve" offset="44044/24000s" duration="8008/24000s"/>
        <asset-clip ref="r2" offset="48048/24000s" duration="24024/24000s"><timeMap>
          <timept time="0s" value="0s"/><timept time="24024/24000s" value="48048/24000s"/></timeMap></asset-clip>
        <asset-clip ref="r2" offset="72072/24000s" duration="24024/24000s" enabled="0"/>
        </spine></sequence></project></fcpxml>"""
    )
    program = read_fcpxml(path, ReadOptions()).program
    assert [(each.start, each.stop, each.kind, each.speed) for each in program.picture] == [
        (0, 52, Kind.MEDIA, 1),
        (44, 72, Kind.MEDIA, 2),
        (72, 96, Kind.BLACK, 1),
    ]
    assert [(each.start, each.stop) for each in program.dissolves] == [(44, 52)]
    first = program.picture[0]
    assert first.source is not None
    assert (first.source.path, first.source_in, first.absolute) == ("/m/sea a.mov", Fraction(24024, 24000), False)
    assert ("music", "music") in {(each.name, str(each.role)) for each in program.audio}


def test_avid_timecode_and_dissolve(cuts: Path) -> None:
    folder = cuts / "avid_aaf"
    drop = read_aaf(folder / "2997fps-DFTC.aaf", ReadOptions()).program
    assert (drop.rate, drop.drop, drop.timecode(0)) == (Rate(30000, 1001), True, "05:00:00;00")
    assert len(read(folder / "transitions.aaf").program.dissolves) == 5


def test_several_timelines_are_listed_and_chosen_by_name(cuts: Path) -> None:
    path = cuts / "avid_aaf" / "multiple_top_level_mobs.aaf"
    told = next(each for each in read(path).findings if each.rule == "timeline.several")
    assert "nestTest2" in told.message
    assert "testNest30_2" in told.message
    assert read(path, name="testNest30_2").program.name == "testNest30_2"
    with pytest.raises(InputError, match="Did you mean 'nestTest2'"):
        read(path, name="nestTst2")


FCP7 = """<?xml version="1.0"?><xmeml version="5"><sequence id="s"><name>cut</name>
<rate><timebase>30</timebase><ntsc>TRUE</ntsc></rate>
<timecode><rate><timebase>30</timebase><ntsc>TRUE</ntsc></rate><frame>107892</frame>
<displayformat>DF</displayformat></timecode><media><video>
<format><samplecharacteristics><width>1280</width><height>720</height></samplecharacteristics></format>
<track>{items}</track></video></media></sequence></xmeml>"""
ITEM = """<clipitem id="c{n}"><name>c{n}</name><enabled>{on}</enabled>
<rate><timebase>30</timebase><ntsc>TRUE</ntsc></rate><in>{n}0</in><out>{n}9</out><start>{start}</start><end>{end}</end>
{inner}</clipitem>"""
FILE = "<file id='f{n}'><name>f</name><pathurl>file://localhost/m/f.mov</pathurl><duration>900</duration></file>"


def test_fcp7_off_clips_broken_items_and_drop_frame(tmp_path: Path) -> None:
    items = [
        ITEM.format(n=1, on="TRUE", start=0, end=30, inner=FILE.format(n=1)),
        ITEM.format(n=2, on="FALSE", start=30, end=60, inner=FILE.format(n=2)),
        ITEM.format(n=3, on="TRUE", start="rubbish", end=70, inner=FILE.format(n=3)),
        ITEM.format(n=4, on="TRUE", start=60, end=90, inner=""),
    ]
    path = tmp_path / "cut.xml"
    path.write_text(FCP7.format(items="".join(items)))
    reading = read_fcp7_xml(path, ReadOptions())
    program = reading.program
    assert (program.rate, program.timecode(0), program.size) == (Rate(30000, 1001), "01:00:00;00", (1280, 720))
    assert [(each.start, each.stop, each.name) for each in program.picture] == [
        (0, 30, "c1"),
        (30, 60, "black"),
        (60, 90, "c4"),
    ]
    first = program.picture[0]
    assert first.source is not None
    assert (first.source.path, first.source_in * program.rate) == ("/m/f.mov", 10)
    assert [each.rule for each in reading.findings] == ["timeline.fcp7-item"]


def test_listing_is_data_with_exact_text(cuts: Path) -> None:
    listed = listing(read(cuts / "otio" / "simple_cut.otio"))
    assert {"rate", "start", "duration_frames", "events", "markers", "findings"} <= set(listed)
    assert (listed["rate"], listed["start"], listed["duration_frames"]) == ("24", "00:00:00:00", 19)
    second = listed["events"][1]
    assert (second["record_in"], second["record_out"], second["name"]) == ("00:00:00:03", "00:00:00:09", "Clip-002")
    assert (second["source_in"], second["speed"]) == ("1/12", "1")
