"""What the practice project renders, frame by frame and sample by sample, judged by cards and by ffprobe."""

import json
import subprocess
from pathlib import Path

import msgspec
import numpy as np
import pytest
from practice import FILM, PRORES, clip, cut, dissolve, make_sources, practice, rendered, warp

from twopop.errors import EditorError, InputError
from twopop.hosts.contract.cards import FRAMES, PEAK, SIZE
from twopop.hosts.contract.cuts import DROP
from twopop.hosts.contract.looking import look_at
from twopop.hosts.fake import FakeHost
from twopop.picture.tools import find_ffmpeg
from twopop.time import samples_at
from twopop.variants.model import Span

RATE = FILM.rate


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="module")
def sources(media: Path) -> dict[str, Path]:
    return make_sources(media, RATE)


@pytest.fixture(scope="module")
def host(media: Path, tmp_path_factory: pytest.TempPathFactory) -> FakeHost:
    return practice(tmp_path_factory.mktemp("project"), media)


def shown(host: FakeHost, file: Path, otio: str) -> tuple[str, ...]:
    rendered(host, file, timeline=host.put(otio, file.stem).made[0])
    look = look_at(file, RATE)
    assert look is not None
    return look.cards


@pytest.mark.parametrize(
    ("first", "speed", "cards"),
    [
        (4, 0.5, ["A4", "A4", "A5", "A5", "A6", "A6"]),
        (4, 2, ["A4", "A6", "A8", "A10", "A12", "A14"]),
        (4, 0, ["A4"] * 6),
        (4, -1, ["A9", "A8", "A7", "A6", "A5", "A4"]),
    ],
)
def test_speeds(
    host: FakeHost, sources: dict[str, Path], tmp_path: Path, first: int, speed: float, cards: list[str]
) -> None:
    assert shown(host, tmp_path / "f.mov", cut([clip(sources["A"], first, 6, RATE, warp(speed))])) == tuple(cards)


def test_a_dissolve_is_even(host: FakeHost, sources: dict[str, Path], tmp_path: Path) -> None:
    pair = [clip(sources["A"], 4, 8, RATE), dissolve(2, 2, RATE), clip(sources["B"], 10, 8, RATE)]
    file = tmp_path / "dissolve.mov"
    shown(host, file, cut(pair))
    look = look_at(file, RATE)
    assert look is not None
    for number, share in ((6, 1 / 8), (7, 3 / 8), (8, 5 / 8), (9, 7 / 8)):  # (k + 1/2) / 4
        wanted = [a * (1 - share) + b * share for a, b in zip((190, 60, 50), (50, 150, 70), strict=True)]
        assert look.colours[number] == pytest.approx(wanted, abs=6)
    assert (look.cards[5], look.cards[10]) == ("A9", "B12")


def test_a_picture_of_another_shape_is_shown_whole_on_black(
    host: FakeHost, sources: dict[str, Path], tmp_path: Path
) -> None:
    import av

    file = tmp_path / "square.mov"
    preset = msgspec.structs.replace(PRORES, size=(72, 72))
    rendered(host, file, timeline=host.put(cut([clip(sources["A"], 0, 2, RATE)]), "square").made[0], preset=preset)
    with av.open(str(file)) as container:
        picture = next(container.decode(video=0)).to_ndarray(format="rgb24")
    inner = 72 * 9 // 16  # 128x72 within 72x72 is 72x40.5
    assert picture[: (72 - inner) // 2 - 1].max() < 12
    assert picture[36 + 8, 36] == pytest.approx((190, 60, 50), abs=12)


def test_full_levels_become_levels_of_video(host: FakeHost, tmp_path: Path) -> None:
    source, file = tmp_path / "full.mov", tmp_path / "out.mov"
    words = ["-f", "lavfi", "-i", f"color=c=0xBE3C32:s={SIZE[0]}x{SIZE[1]}:r=24000/1001:d=1,format=gbrp"]
    words += ["-vf", "scale=out_range=pc:out_color_matrix=bt709,format=yuvj420p", "-colorspace", "bt709"]
    words += ["-c:v", "libx264", "-qp", "8", source]
    subprocess.run([str(word) for word in (find_ffmpeg(), "-v", "error", *words)], check=True)
    shown(host, file, cut([clip(source, 0, 3, RATE)]))
    look = look_at(file, RATE)
    assert look is not None
    assert look.colours[1] == pytest.approx((0xBE, 0x3C, 0x32), abs=5)


def test_gains_fades_and_channels(host: FakeHost, sources: dict[str, Path], tmp_path: Path) -> None:
    import av

    sound = [clip(sources["A"], 0, 10, RATE, gain_db=-6.0), clip(sources["B"], 0, 10, RATE, channels=[1])]
    otio = cut([clip(sources["A"], 0, 20, RATE)], sound)
    file = tmp_path / "sound.mov"
    rendered(host, file, timeline=host.put(otio, "sound").made[0])
    with av.open(str(file)) as container:
        parts = [frame.to_ndarray().reshape(-1, 2) / 2**31 for frame in container.decode(audio=0)]
    heard = np.concatenate(parts)
    edge = samples_at(10, RATE, 48000)
    assert len(heard) == samples_at(20, RATE, 48000)
    assert np.abs(heard[:edge]).max() == pytest.approx(PEAK * 10 ** (-6 / 20), rel=0.001)
    assert np.abs(heard[edge:]).max(axis=0) == pytest.approx([PEAK, PEAK], rel=0.001)


def test_what_ffprobe_says_of_it(host: FakeHost, media: Path, tmp_path: Path, ffprobe: str) -> None:
    drop = practice(tmp_path / "drop", media, DROP)
    file = tmp_path / "drop.mov"
    span = Span(10, 30)
    rendered(drop, file, span=span, preset=msgspec.structs.replace(PRORES, rate=DROP.rate))
    said = subprocess.run(
        [ffprobe, "-v", "error", "-show_streams", "-of", "json", file], capture_output=True, check=True
    )
    picture, sound, *_ = json.loads(said.stdout)["streams"]
    assert {key: picture[key] for key in ("r_frame_rate", "nb_frames", "field_order", "sample_aspect_ratio")} == {
        "r_frame_rate": "30000/1001",
        "nb_frames": "20",
        "field_order": "progressive",
        "sample_aspect_ratio": "1:1",
    }
    assert [picture[key] for key in ("color_range", "color_space", "color_transfer", "color_primaries")] == [
        "tv",
        "bt709",
        "bt709",
        "bt709",
    ]
    assert picture["tags"]["timecode"] == "00:59:00;02"  # ten frames after 00:58:59;20; ;00 and ;01 do not exist
    assert int(sound["nb_frames"]) == samples_at(30, DROP.rate, 48000) - samples_at(10, DROP.rate, 48000)


def test_aac_is_as_long_as_the_picture(host: FakeHost, tmp_path: Path) -> None:
    file = tmp_path / "proxy.mp4"
    rendered(host, file, preset=msgspec.structs.replace(PRORES, container="mp4", video="h264"))
    look = look_at(file, RATE)
    assert look is not None
    assert look.cards == FILM.cards
    assert abs(look.file.samples - samples_at(FILM.frames, RATE, 48000)) <= 1024


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (lambda sources: clip(Path("/nowhere/gone.mov"), 0, 5, RATE), "no such file"),
        (lambda sources: clip(sources["A"], FRAMES - 3, 12, RATE), "The media ends"),
        (lambda sources: clip(Path(__file__), 0, 5, RATE), "cannot be read as media"),
    ],
)
def test_media_that_cannot_be_shown_is_told_with_its_place(
    host: FakeHost, sources: dict[str, Path], tmp_path: Path, item: object, words: str
) -> None:
    otio = cut([clip(sources["A"], 0, 3, RATE), item(sources)])  # type: ignore[operator]
    with pytest.raises(EditorError, match=words) as caught:
        rendered(host, tmp_path / "f.mov", timeline=host.put(otio, "bad").made[0])
    assert caught.value.where.startswith("00:00:00:")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"video": "cinepak"}, "cinepak in .mov cannot be written"),
        ({"container": "avi"}, "should end in .avi"),
        ({"rate": DROP.rate}, "runs at 24000/1001"),
    ],
)
def test_presets_that_cannot_be_followed_are_refused(
    host: FakeHost, tmp_path: Path, change: dict[str, object], words: str
) -> None:
    with pytest.raises(EditorError, match=words):
        rendered(host, tmp_path / "f.mov", preset=msgspec.structs.replace(PRORES, **change))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("span", [Span(5, 5), Span(-1, 3), Span(0, FILM.frames + 1)])
def test_stretches_outside_the_timeline_are_refused(host: FakeHost, tmp_path: Path, span: Span) -> None:
    with pytest.raises(InputError, match="no stretch of the timeline"):
        rendered(host, tmp_path / "f.mov", span=span)
