"""Renders read back from disk: what ffmpeg wrote with known words, and what is said of what was not asked for."""

import subprocess
from fractions import Fraction
from pathlib import Path

import msgspec
import pytest

from twopop.errors import InputError, StudioError
from twopop.hosts import RenderPreset
from twopop.hosts.reading_back import read_back, rendered
from twopop.picture.tools import find_ffmpeg
from twopop.time import Rate, samples_at

RATE = Rate(24000, 1001)
PRESET = RenderPreset(container="mov", video="h264", size=(64, 36), rate=RATE)
PICTURE = ("-f", "lavfi", "-i", "testsrc2=s=64x36:r=24000/1001:d=2")
SOUND = ("-f", "lavfi", "-i", "sine=440:r=48000:d=2,aformat=channel_layouts=stereo")
H264 = ("-frames:v", "40", "-c:v", "libx264", "-bf", "2", "-pix_fmt", "yuv420p", "-video_track_timescale", "24000")
FINE = ("-enc_time_base", "1:90000", "-video_track_timescale", "90000")
PCM = ("-af", f"atrim=end_sample={samples_at(40, RATE, 48000)}", "-c:a", "pcm_s24le")


def made(file: Path, *words: object) -> Path:
    command = [find_ffmpeg(), "-v", "error", "-y", *words, file]
    subprocess.run([str(word) for word in command], check=True)
    return file


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("renders") / "good.mov", *PICTURE, *SOUND, *H264, *PCM)


def test_what_a_file_holds(good: Path) -> None:
    found = read_back(good)
    assert (found.pictures, found.sounds, found.codec, found.frames, found.rate) == (1, 1, "h264", 40, RATE)
    assert (found.size, found.sample_aspect, found.progressive) == ((64, 36), 1, True)
    assert (found.sample_rate, found.channels, found.samples) == (48000, 2, samples_at(40, RATE, 48000))


def test_a_render_that_is_what_was_asked(good: Path) -> None:
    told = rendered(good, PRESET, 40)
    assert (told.file, told.frames, told.rate, told.size) == (str(good), 40, RATE, (64, 36))


def test_thousandths_of_a_second_and_priming(tmp_path: Path) -> None:
    matroska = read_back(made(tmp_path / "f.mkv", *PICTURE, *H264[:-2]))
    assert (matroska.rate, matroska.frames) == (RATE, 40)
    aac = read_back(made(tmp_path / "f.mp4", *PICTURE, *SOUND, *H264, "-c:a", "aac", *PCM[:2]))
    assert samples_at(40, RATE, 48000) <= aac.samples < samples_at(40, RATE, 48000) + 1024


def test_an_uneven_rate_is_none(tmp_path: Path) -> None:
    uneven = ("-vf", r"settb=1/90000,setpts=PTS+mod(N\,3)*900", "-fps_mode", "vfr")
    assert read_back(made(tmp_path / "f.mov", *PICTURE, *uneven, *H264[:-2], *FINE)).rate is None


@pytest.mark.parametrize(
    ("change", "frames", "words"),
    [
        ({}, 41, "40 frames instead of 41"),
        ({"rate": Rate(25)}, 40, "24000/1001 frames a second instead of 25"),
        ({"size": (128, 72)}, 40, "64x36 instead of 128x72"),
        ({"video": "prores-422"}, 40, "h264 instead of prores"),
        ({"channels": 0}, 40, "sound that was not asked for"),
        ({"channels": 6}, 40, "2 channels of sound"),
        ({"sample_rate": 44100}, 40, "sound at 48000 Hz"),
    ],
)
def test_each_thing_that_was_not_asked_for_is_told(
    good: Path, change: dict[str, object], frames: int, words: str
) -> None:
    with pytest.raises(StudioError, match=words) as caught:
        rendered(good, msgspec.structs.replace(PRESET, **change), frames)
    assert caught.value.where == str(good)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((*PICTURE, *H264), "no sound"),
        ((*SOUND, *PCM), "0 streams of picture"),
        (
            (*PICTURE, *SOUND, *H264, "-af", "atrim=end=1", "-c:a", "pcm_s24le"),
            "48000 samples of sound instead of 80080",
        ),
        ((*PICTURE, *SOUND, "-vf", "setsar=4/3", *H264, *PCM), "pixels of 4/3"),
        ((*PICTURE, *SOUND, "-vf", "setfield=tff", "-flags", "+ildct", *H264, *PCM), "interlaced"),
    ],
)
def test_each_thing_that_can_be_wrong_with_a_file_is_told(
    tmp_path: Path, arguments: tuple[object, ...], words: str
) -> None:
    with pytest.raises(StudioError, match=words):
        rendered(made(tmp_path / "f.mov", *arguments), PRESET, 40)


def test_what_is_no_media_is_no_render(tmp_path: Path) -> None:
    (tmp_path / "f.mov").write_bytes(b"no film")
    for file in (tmp_path / "f.mov", tmp_path / "missing.mov"):
        with pytest.raises(InputError, match=file.name):
            rendered(file, PRESET, 40)


def test_a_single_frame_has_the_rate_that_it_says(tmp_path: Path) -> None:
    one = made(tmp_path / "f.mov", *PICTURE, *H264, "-frames:v", "1")
    assert read_back(one).frames == 1
    assert read_back(one).sample_aspect == Fraction(1)
    rendered(one, msgspec.structs.replace(PRESET, channels=0), 1)
