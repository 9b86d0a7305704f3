from fractions import Fraction
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twopop.findings import Finding, Severity
from twopop.picture.facts import MediaFacts, PictureFacts, SoundFacts
from twopop.qc.file import Expected, ExpectedSound, compare
from twopop.specs import Colour
from twopop.time import Rate

RATE = Rate(24000, 1001)
PICTURE = PictureFacts(
    index=0,
    codec="h264",
    size=(1920, 1080),
    rate=RATE,
    frames=720,
    profile="High",
    pixel_format="yuv420p",
    colour=Colour(),
    tag="avc1",
)
SOUND = SoundFacts(
    index=1, codec="aac", rate=48000, channels=2, samples=720 * 2002, layout="L R"
)  # 48000 * 1001 / 24000 a frame
FACTS = MediaFacts(
    path="a.mp4", content="", bytes=1000, format="mov,mp4,m4a,3gp,3g2,mj2", seconds=Fraction(720 * 1001, 24000),
    picture=PICTURE, sound=(SOUND,), timecode="01:00:00:00", pattern="OP1a",
)  # fmt: skip
EXPECTED = Expected(
    frames=720, rate=RATE, size=(1920, 1080), codec="h264", profile="High", pixel_format="yuv420p", colour=Colour(),
    sound=(ExpectedSound(codec="aac", rate=48000, channels=2, layout="L R", samples=1_441_440),),
    start_timecode="01:00:00:00", tag="avc1", scan="progressive", pattern="OP1a", format="mp4",
    bytes_max=1000, seconds_max=Fraction(31),
)  # fmt: skip


def check(facts: MediaFacts, expected: Expected = EXPECTED, level: Severity = Severity.FAIL) -> list[Finding]:
    return compare(expected, facts, lambda rule: level)


def picture(**changed: Any) -> MediaFacts:
    return msgspec.structs.replace(FACTS, picture=msgspec.structs.replace(PICTURE, **changed))


def sound(**changed: Any) -> MediaFacts:
    return msgspec.structs.replace(FACTS, sound=(msgspec.structs.replace(SOUND, **changed),))


def test_a_file_as_it_should_be_has_no_findings() -> None:
    assert check(FACTS) == []


@pytest.mark.parametrize(
    ("facts", "rule", "measured", "limit"),
    [
        (picture(frames=717), "video.frames", "717 frames", "720 frames"),
        (picture(rate=Rate(24)), "video.rates", "24", "24000/1001"),
        (picture(uniform=False), "video.uniform", "uneven timestamps", "even timestamps"),
        (picture(start=Fraction(1, 24)), "video.start", "0.041667 s", "0 s"),
        (picture(size=(1920, 1088)), "video.sizes", "1920x1088", "1920x1080"),
        (picture(sample_aspect=Fraction(4, 3)), "video.sample_aspect", "4/3", "1"),
        (picture(rotation=90), "video.rotation", "90", "0"),
        (picture(codec="hevc"), "video.codec", "hevc", "h264"),
        (picture(profile="Main"), "video.profile", "Main", "High"),
        (picture(profile=""), "video.profile", "not said in the file", "High"),
        (picture(pixel_format="yuv422p"), "video.pixel_format", "yuv422p", "yuv420p"),
        (picture(tag="avc3"), "video.tag", "avc3", "avc1"),
        (picture(scan="tff"), "video.scan", "interlaced, top field first", "progressive"),
        (msgspec.structs.replace(FACTS, pattern="OP1b"), "container.pattern", "OP1b", "OP1a"),
        (sound(codec="mp3"), "audio.codec", "mp3", "aac"),
        (sound(rate=44100), "audio.rate", "44100", "48000"),
        (sound(channels=1, layout="C"), "audio.layout", "1", "2"),
        (sound(layout="C LFE"), "audio.layout", "C LFE", "L R"),
        (sound(samples=1_441_439), "audio.samples", "1441439 samples", "1441440 samples"),
        (sound(samples=1_442_464), "audio.samples", "1442464 samples", "1441440 samples"),
        (msgspec.structs.replace(FACTS, bytes=1001), "file_size", "1001 bytes", "at most 1000 bytes"),
        (msgspec.structs.replace(FACTS, timecode=""), "start_timecode", "none", "01:00:00:00"),
        (msgspec.structs.replace(FACTS, timecode="01:00:00;00"), "start_timecode", "01:00:00;00", "01:00:00:00"),
        (msgspec.structs.replace(FACTS, format="matroska,webm"), "container.format", "matroska,webm", "mp4"),
        (msgspec.structs.replace(FACTS, seconds=Fraction(32)), "longest", "32.000 s", "at most 31 s"),
        (msgspec.structs.replace(FACTS, sound=()), "audio", "none", "one sound stream"),
        (msgspec.structs.replace(FACTS, sound=(SOUND, SOUND)), "audio", "2 sound streams", "one sound stream"),
        (msgspec.structs.replace(FACTS, picture=None), "video", "none", "one picture stream"),
    ],
)
def test_each_fault_is_found_alone_with_its_figures(facts: MediaFacts, rule: str, measured: str, limit: str) -> None:
    (found,) = check(facts)
    assert (found.rule, found.measured, found.limit, found.severity) == (rule, measured, limit, Severity.FAIL)
    assert found.message.endswith(".")
    assert found.remedy


def test_wrong_and_missing_colour_tags_are_one_finding() -> None:
    (found,) = check(picture(colour=Colour(matrix="smpte170m", primaries="", transfer="bt709", range="pc")))
    assert found.rule == "video.colour"
    assert found.measured == "matrix smpte170m, primaries untagged, range pc"
    assert found.limit == "matrix bt709, primaries bt709, range tv"


def test_levels_and_sources_come_from_the_caller() -> None:
    levels = {"video.codec": Severity.WARN, "audio.codec": Severity.INFO}
    facts = msgspec.structs.replace(picture(codec="hevc"), sound=(msgspec.structs.replace(SOUND, codec="mp3"),))
    found = compare(EXPECTED, facts, levels.__getitem__, source=lambda rule: f"page on {rule}", where="spot.mp4")
    assert [(f.severity, f.source, f.where) for f in found] == [
        (Severity.WARN, "page on video.codec", "spot.mp4"),
        (Severity.INFO, "page on audio.codec", "spot.mp4"),
    ]


def test_what_is_not_expected_is_not_looked_at() -> None:
    other = msgspec.structs.replace(
        picture(codec="vp9", size=(1, 1), sample_aspect=Fraction(2)), sound=(), timecode="x"
    )
    assert check(other, Expected()) == []


def test_a_silent_file_should_be_silent() -> None:
    assert [f.rule for f in check(FACTS, Expected(silent=True))] == ["audio"]
    assert check(msgspec.structs.replace(FACTS, sound=()), Expected(silent=True)) == []


def test_no_start_timecode_means_none() -> None:
    (found,) = check(FACTS, Expected(start_timecode=""))
    assert (found.measured, found.limit) == ("01:00:00:00", "none")


@given(st.integers(1, 10_000), st.sampled_from([Rate(24000, 1001), Rate(25), Rate(30000, 1001), Rate(60000, 1001)]))
def test_sound_without_a_figure_ends_with_the_picture(frames: int, rate: Rate) -> None:
    """48 kHz: the sample nearest to the last frame's end, halves up, by integer arithmetic of its own."""
    top, bottom = frames * 48000 * rate.denominator, rate.numerator
    exact = (2 * top + bottom) // (2 * bottom)
    for off in (-1, 0, 1):
        facts = msgspec.structs.replace(
            FACTS,
            picture=msgspec.structs.replace(PICTURE, frames=frames, rate=rate),
            sound=(msgspec.structs.replace(SOUND, samples=exact + off),),
        )
        found = check(facts, Expected(sound=(ExpectedSound(codec="aac"),)))
        assert bool(found) == bool(off)


@given(st.integers(-2000, 2000), st.integers(0, 1500))
def test_the_tolerance_is_in_samples_and_reaches_its_edge(off: int, tolerance: int) -> None:
    wanted = Expected(sound=(ExpectedSound(samples=1_441_440, tolerance=tolerance),))
    assert bool(check(sound(samples=1_441_440 + off), wanted)) == (abs(off) > tolerance)


def test_tracks_are_looked_at_one_by_one() -> None:
    mono = [
        msgspec.structs.replace(SOUND, codec="pcm_s24le", channels=1, layout=layout, index=n)
        for n, layout in enumerate(("L", "R", "C"))
    ]
    facts = msgspec.structs.replace(FACTS, sound=tuple(mono))
    wanted = tuple(ExpectedSound(codec="pcm_s24le", channels=1, layout=each) for each in ("L", "R", "LFE"))
    (found,) = check(facts, Expected(sound=wanted))
    assert (found.rule, found.measured, found.limit) == ("audio.layout", "C", "LFE")
    assert "track 3" in found.message
    (found,) = check(facts, Expected(sound=wanted[:2]))
    assert (found.rule, found.measured, found.limit) == ("audio", "3 sound streams", "2 sound streams")


def test_a_file_that_does_not_place_its_channels_is_taken_at_their_number() -> None:
    assert check(sound(layout="")) == []
