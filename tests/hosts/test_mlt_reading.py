"""What is read of an MLT project is what melt shows, frame by frame; and what MLT's times and profiles mean."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support import mlt
from support.mlt import blank, colour, entry, file, playlist, producer, tractor, transition
from support.numbered import make_numbered
from twopop import Program, Rate, Reading, ReadOptions
from twopop_mlt.document import clock, frames_of
from twopop_mlt.profile import Profile, profile_of
from twopop_mlt.reading import read_mlt

needs_melt = pytest.mark.skipif(mlt.MELT is None, reason="melt is not installed")


@pytest.fixture(scope="module")
def numbered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_numbered(tmp_path_factory.mktemp("media") / "numbered.mp4", frames=100, size=mlt.SIZE)


def read(path: Path, *body: str, name: str = "", **said: object) -> Reading:
    return read_mlt(mlt.write(path, *body, **said), ReadOptions(name=name))


def cut(path: Path, *body: str, **said: object) -> Program:
    return read(path, *body, **said).program


def warped(id_: str, speed: str, path: str, frames: int) -> str:
    said = {"warp_speed": speed, "warp_resource": path, "length": frames}
    return producer(id_, f"{speed}:{path}", "timewarp", in_=0, out=frames - 1, **said)


def mix(id_: str, one: str, other: str, first: int, second: int, frames: int, *more: str) -> str:
    return tractor(
        id_,
        mlt.track(one, None, first, first + frames - 1),
        mlt.track(other, None, second, second + frames - 1),
        transition("luma", 0, 1, in_=0, out=frames - 1),
        transition("mix", 0, 1, in_=0, out=frames - 1, start=-1),
        *more,
        in_=0,
        out=frames - 1,
    )


SHOWN: dict[str, Callable[[str], tuple[str, ...]]] = {
    "entries": lambda p: (file("n", p), playlist("v", entry("n", 3, 6), blank(4), entry("n", 50, 55))),
    "entries count from the producer's in": lambda p: (
        producer("n", p, in_=10, out=40, length=100),
        playlist("v", entry("n", 3, 6), entry("n")),
    ),
    "an out beyond the media": lambda p: (file("n", p), playlist("v", entry("n", 95, 120), entry("n", 1, 2))),
    "only an out": lambda p: (file("n", p), playlist("v", entry("n", None, 4), entry("n", 7, 9))),
    "clocks and timecode": lambda p: (
        file("n", p),
        playlist("v", entry("n", "00:00:00.400", "00:00:00.960"), blank("00:00:00:05"), entry("n", "00:00:01:00", 30)),
    ),
    "double speed": lambda p: (warped("n", "2", p, 50), playlist("v", entry("n", 3, 8))),
    "backwards": lambda p: (warped("n", "-1", p, 100), playlist("v", entry("n", 3, 8), entry("n", 50, 60))),
    "backwards at double speed": lambda p: (warped("n", "-2", p, 50), playlist("v", entry("n", 3, 8))),
    "a held frame": lambda p: (
        producer("n", p, "hold", frame=30, in_=0, out=99, length=100),
        playlist("v", entry("n", 0, 5)),
    ),
    "melt's mix": lambda p: (
        file("n", p),
        mix("m", "n", "n", 26, 60, 12),
        playlist("v", entry("n", 0, 25), entry("m", 0, 11), entry("n", 72, 90)),
    ),
    "playlists in playlists": lambda p: (
        file("n", p),
        playlist("inner", entry("n", 3, 30), blank(5), entry("n", 70, 80)),
        playlist("v", entry("inner", 20, 35), entry("n", 1, 3), entry("inner")),
    ),
    "a tractor's own in and out do not count": lambda p: (
        file("n", p),
        tractor("t", mlt.track("n", None, 5, 30), in_=4, out=9),
        playlist("v", entry("t", 1, 3), entry("t")),
    ),
    "the upper track covers the lower one": lambda p: (
        file("n", p),
        playlist("v", entry("n", 0, 30)),
        playlist("w", blank(5), entry("n", 60, 69)),
        tractor("t", mlt.track("v"), mlt.track("w")),
    ),
    "a hidden track": lambda p: (
        file("n", p),
        playlist("v", entry("n", 0, 30)),
        playlist("w", blank(5), entry("n", 60, 69)),
        tractor("t", mlt.track("v"), mlt.track("w", "both")),
    ),
    "tracks without a playlist": lambda p: (file("n", p), tractor("t", mlt.track("n", None, 20, 29))),
    "the multitrack of older projects": lambda p: (
        file("n", p),
        playlist("v", entry("n", 4, 9)),
        "<tractor id='t'><multitrack><track producer='v'/></multitrack></tractor>",
    ),
    "services written where they are used": lambda p: (
        file("n", p),
        f"<tractor id='t'><multitrack>{playlist('v', entry('n', 2, 5), blank(2))}</multitrack></tractor>",
    ),
    "Kdenlive's two playlists": lambda p: (
        producer("black_track", "black", "color", length=2147483647, eof="continue", set__test_audio=0),
        file("n", p),
        playlist("p0", entry("n", 0, 29), blank(10), entry("n", 70, 89)),
        playlist("p1", blank(20), entry("n", 40, 69)),
        tractor(
            "t0",
            mlt.track("p0", "audio"),
            mlt.track("p1", "audio"),
            transition("luma", 0, 1, in_=20, out=30, kdenlive__mixcut=5),
            transition("luma", 0, 1, in_=40, out=50, reverse=1, kdenlive__mixcut=5),
            kdenlive__trackheight=67,
        ),
        tractor("t", mlt.track("black_track"), mlt.track("t0"), transition("qtblend", 0, 1, always_active=1)),
    ),
}


@needs_melt
@pytest.mark.parametrize("name", SHOWN)
def test_every_frame_is_the_one_that_melt_shows(name: str, numbered: Path, tmp_path: Path) -> None:
    path = mlt.write(tmp_path / "a.mlt", *SHOWN[name](str(numbered)))
    program = read_mlt(path, ReadOptions()).program
    expected = mlt.shown_by(program)
    seen = mlt.shown_by_melt(path, program.frames + 3)
    mixed = {frame for each in program.dissolves for frame in range(each.start, each.stop)}
    kept = [number for frame, number in enumerate(seen[: program.frames]) if frame not in mixed]
    assert kept == [number for frame, number in enumerate(expected) if frame not in mixed]
    assert any(number is not None for number in kept)
    if "Kdenlive" not in name:  # whose endless black runs on
        assert len(seen) == program.frames


#: Asks MLT itself, by its Python binding, how many frames times are at rates.
ASK = """
import json, sys, mlt7
mlt7.Factory.init()
rates, times = json.load(sys.stdin)
said = []
for num, den in rates:
    profile = mlt7.Profile("dv_pal")
    profile.set_frame_rate(num, den)
    producer = mlt7.Producer(profile, "color:red")
    said.append([producer.time_to_frames(time) for time in times])
json.dump(said, sys.stdout)
"""


def test_times_mean_the_frames_that_mlt_counts() -> None:
    rates = [Rate(25), Rate(30000, 1001), Rate(24000, 1001), Rate(60), Rate(60000, 1001)]
    times = ["7", "12.9", "00:00:01.000", "00:00:00.020", "00:00:00.050", "00:00:01:05", "00:01:00:02", "00:01:00;02"]
    times += ["1:02.5", "01:00:00.000", "00:00:59.993", "10:00:00:00", "00:10:00;00", "25s"]
    asked = json.dumps([[(rate.numerator, rate.denominator) for rate in rates], times])
    done = subprocess.run(["/usr/bin/python3", "-c", ASK], input=asked, capture_output=True, text=True, check=False)
    if "No module named" in done.stderr or done.returncode == 127:
        pytest.skip("MLT's Python binding is not installed (Debian: python3-mlt)")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [[frames_of(time, rate) for time in times] for rate in rates]


@given(st.integers(0, 10**7), st.sampled_from([24, 25, 30, 50, 60, Fraction(24000, 1001), Fraction(60000, 1001), 120]))
def test_a_clock_says_the_frame_it_was_made_from(frame: int, rate: Fraction) -> None:
    assert frames_of(clock(frame, Rate(rate)), Rate(rate)) == frame


@given(st.text(max_size=20))
def test_no_text_is_too_odd_to_be_a_time(text: str) -> None:
    assert frames_of(text, Rate(25)) is None or isinstance(frames_of(text, Rate(25)), int)


@pytest.mark.parametrize(
    ("name", "rate", "size"),
    [
        ("atsc_1080p_2997", Rate(30000, 1001), (1920, 1080)),
        ("atsc_1080i_50", Rate(25), (1920, 1080)),
        ("atsc_720p_24", Rate(24), (1280, 720)),
        ("uhd_2160p_5994", Rate(60000, 1001), (3840, 2160)),
        ("dv_pal", Rate(25), (720, 576)),
        ("dv_ntsc_wide", Rate(30000, 1001), (720, 480)),
    ],
)
def test_a_profile_by_its_name(name: str, rate: Rate, size: tuple[int, int], tmp_path: Path) -> None:
    program = cut(tmp_path / "a.mlt", colour("c", "red"), playlist("v", entry("c", 0, 9)), head="", profile=name)
    assert program.rate == rate
    shipped = Path("/usr/share/mlt-7/profiles") / name
    if shipped.is_file():
        said = dict(line.split("=", 1) for line in shipped.read_text().splitlines() if "=" in line)
        assert (Fraction(int(said["frame_rate_num"]), int(said["frame_rate_den"]))) == rate
        assert (int(said["width"]), int(said["height"])) == size


def test_pixels_that_are_not_square_and_rates_that_nobody_says_are_told(tmp_path: Path) -> None:
    pal = mlt.profile(Rate(25), (720, 576), sample_aspect_num=16, sample_aspect_den=15, colorspace=601)
    found = read(tmp_path / "a.mlt", colour("c", "red"), playlist("v", entry("c", 0, 9)), head=pal)
    assert found.program.size == (768, 576)
    assert [each.rule for each in found.findings] == ["timeline.pixels"]
    silent = read_mlt(
        mlt.write(tmp_path / "b.mlt", colour("c", "red"), playlist("v", entry("c", 0, 9)), head=""),
        ReadOptions(rate=Rate(30)),
    )
    assert silent.program.rate == 30
    assert "timeline.rate-guessed" in {each.rule for each in silent.findings}


def test_a_profile_says_itself_in_full() -> None:
    from xml.etree import ElementTree

    one = Profile(rate=Rate(24000, 1001), size=(720, 576), pixel=Fraction(16, 15), progressive=False, colorspace=601)
    root = ElementTree.Element("mlt")
    ElementTree.SubElement(root, "profile", one.attributes())
    assert profile_of(root) == (one, True)
