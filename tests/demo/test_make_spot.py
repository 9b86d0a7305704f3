"""The demo's folder: what is made is what the cut says, and nothing of an editor's is ever overwritten."""

import shutil
import wave
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
import pytest

from twopop.demo import cut, make_spot, spot
from twopop.errors import EditorError, StudioError

FFMPEG = Path(imageio_ffmpeg.get_ffmpeg_exe())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    assert make_spot(folder, FFMPEG) == folder / "order.toml"
    return folder


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "copy"
    shutil.copytree(made, folder, copy_function=shutil.copy2)
    return folder


def state(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(p): (p.stat().st_mtime_ns, p.stat().st_ino) for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("shot", {shot.file: shot for shot in cut.SHOTS}.values(), ids=lambda shot: shot.file)
def test_each_shot_has_its_frames_and_each_frame_moves(made: Path, shot: cut.Shot) -> None:
    with av.open(str(made / "media" / shot.file)) as media:
        stream = media.streams.video[0]
        assert stream.average_rate == shot.rate
        assert (stream.width, stream.height) == (1280, 720)
        pictures = [frame.to_ndarray(format="gray")[::2, ::2].astype(int) for frame in media.decode(stream)]
    first = next(other for other in cut.SHOTS if other.file == shot.file)
    assert len(pictures) == cut.media_frames(first)
    changes = [np.abs(after - before).mean() for before, after in pairwise(pictures)]
    assert min(changes) > 0.2
    assert np.std(pictures[0]) > 15


def test_every_sound_is_as_long_as_its_clip(made: Path) -> None:
    lengths = {"tune": 480, "waves": 480, **cut.EFFECT_FRAMES}
    lengths |= {f"voice{n}": stop - start for n, (start, stop, _) in enumerate(cut.SPEECH, 1)}
    for name, frames in lengths.items():
        with wave.open(str(made / "media" / f"{name}.wav")) as file:
            assert file.getframerate() == 48000
            assert file.getnframes() == frames * 2002  # 48000 * 1001 / 24000 samples a frame


def test_sounds_are_heard_and_do_not_clip(made: Path) -> None:
    for path in (made / "media").glob("*.wav"):
        with wave.open(str(path)) as file:
            samples = np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768
        assert 0.05 < np.abs(samples).max() < 0.9
        assert abs(samples.mean()) < 0.02


def test_a_voice_rests_between_its_words(made: Path) -> None:
    with wave.open(str(made / "media" / "voice1.wav")) as file:
        samples = np.abs(np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768)
    loud = samples[: len(samples) // 480 * 480].reshape(-1, 480).max(axis=1) > 0.01
    rests = int((loud[:-1] & ~loud[1:]).sum())
    assert rests >= len(cut.SPEECH[0][2].split()) - 1


def test_a_second_time_nothing_is_made(made: Path) -> None:
    before, said = state(made), list[str]()
    make_spot(made, FFMPEG, progress=said.append)
    assert said == []
    assert state(made) == before


def test_what_is_damaged_or_missing_is_made_again_and_nothing_else(copy: Path) -> None:
    (copy / "media" / "horn.wav").write_bytes(b"RIFF")
    (copy / "media" / "voice2.wav").unlink()
    said: list[str] = []
    make_spot(copy, FFMPEG, progress=said.append)
    assert sorted(line.split()[1] for line in said) == ["horn.wav", "voice2.wav"]
    assert (copy / "media" / "horn.wav").stat().st_size > 100_000


def test_texts_that_an_editor_changed_are_kept(copy: Path) -> None:
    for name in ("order.toml", "spot.otio", "captions.en.srt"):
        (copy / name).write_text("mine")
    make_spot(copy, FFMPEG)
    assert {(copy / name).read_text() for name in ("order.toml", "spot.otio", "captions.en.srt")} == {"mine"}


def test_texts_that_nobody_changed_follow_a_newer_demo(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cut, "order", lambda: "newer")
    make_spot(copy, FFMPEG)
    assert (copy / "order.toml").read_text() == "newer"
    monkeypatch.undo()
    make_spot(copy, FFMPEG)
    assert (copy / "order.toml").read_text() == cut.order()


def test_a_text_that_was_thrown_away_comes_back(copy: Path) -> None:
    (copy / "captions.en.srt").unlink()
    make_spot(copy, FFMPEG)
    assert (copy / "captions.en.srt").read_text() == cut.captions()


def test_somebody_elses_order_stops_the_demo_before_anything_is_written(tmp_path: Path) -> None:
    (tmp_path / "order.toml").write_text("theirs")
    with pytest.raises(EditorError, match="did not write"):
        make_spot(tmp_path, FFMPEG)
    assert [path.name for path in tmp_path.iterdir()] == ["order.toml"]


@pytest.mark.parametrize("ffmpeg", [Path("/nowhere/ffmpeg"), Path(shutil.which("false") or "/bin/false")])
def test_an_ffmpeg_that_fails_is_named_and_nothing_half_made_stays(ffmpeg: Path, tmp_path: Path) -> None:
    with pytest.raises(StudioError, match="ffmpeg could not encode") as caught:
        make_spot(tmp_path, ffmpeg)
    assert caught.value.where == str(ffmpeg)
    assert not list((tmp_path / "media").glob("*.mp4"))
    assert not list((tmp_path / "media").glob(".partial*"))
    assert not (tmp_path / "order.toml").exists()


def test_a_folder_that_cannot_be_made_is_an_editors_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(EditorError):
        make_spot(tmp_path / "file", FFMPEG)


def test_the_order_is_written_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(spot, "_make_media", stop)
    with pytest.raises(KeyboardInterrupt):
        make_spot(tmp_path, FFMPEG)
    assert not (tmp_path / "order.toml").exists()
