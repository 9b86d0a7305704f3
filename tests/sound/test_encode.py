"""Encoded mixes: as long as the mix, in its place, the same bytes each time."""

import json
import os
import shutil
import subprocess
import threading
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from sound_sources import FFMPEG, clicks, mix_of, part, peaks, write_wav

from twopop.errors import Cancelled, StudioError
from twopop.sound.decode import SoundFile
from twopop.sound.encode import encode_sound, sound_key
from twopop.sound.mix import render_mix
from twopop.specs import Audio, SoundTrack
from twopop.store import Store
from twopop.time import Rate, samples_at

RATE = 48000
AAC = Audio(encoder="aac", codec="aac", options={"b": "256k"})
PCM = Audio(encoder="pcm_s24le", codec="pcm_s24le")
STEREO = SoundTrack(layout="stereo")
LENGTHS = [samples_at(frames, Rate(30000, 1001), RATE) for frames in (61, 97)] + [
    96000,
    96256,
    2002 * 47,
    1024 * 90 + 1,
]


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clicks")
    return write_wav(folder / "clicks.wav", np.stack([clicks(4 * RATE, RATE // 10)] * 2, axis=1), RATE)


def make(store, source, length=96000, audio=AAC, **more):
    mix = mix_of(length, part(source, 0, length, Fraction(0)), rate=audio.rate, channels=len(audio.sounds[0].channels))
    render_mix(mix, mix.key(), store)
    return mix, encode_sound(mix, mix.key(), audio, audio.sounds[0], store, FFMPEG, **{"seconds": 60, **more})


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("audio", [AAC, PCM], ids=["aac", "pcm"])
def test_it_is_as_long_as_the_mix_and_in_its_place(tmp_path, source, length, audio):
    mix, path = make(Store(tmp_path), source, length, audio)
    assert path.suffix == (".m4a" if audio is AAC else ".mov")
    with SoundFile(path, 0) as file:
        got = file.take(0, length + 5000)
    places = list(range(RATE // 10, length - 300, RATE // 10))
    assert peaks(got[:, 0], places) == places
    assert not got[length:].any()
    raw = np.fromfile(Store(tmp_path).path("sound", mix.key()), "<f4").reshape(-1, 2)
    heard = length - 1024  # a mix that ends in the middle of a click rings in AAC's last frame
    assert np.max(np.abs(got[:heard] - raw[:heard])) < (0.02 if audio is AAC else 1e-6)
    assert np.max(np.abs(got[:length] - raw)) < (0.2 if audio is AAC else 1e-6)


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("audio", [AAC, PCM], ids=["aac", "pcm"])
def test_ffmpeg_plays_exactly_the_mix(tmp_path, source, length, audio):
    _, path = make(Store(tmp_path), source, length, audio)
    command = [str(FFMPEG), "-v", "error", "-i", str(path), "-f", "s16le", "-"]
    assert len(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout) == length * 4


@pytest.mark.skipif(not shutil.which("ffprobe"), reason="no ffprobe on this machine")
@pytest.mark.parametrize("audio", [AAC, PCM], ids=["aac", "pcm"])
def test_ffprobe_reads_the_same_length_and_nothing_that_changes(tmp_path, source, audio):
    _, path = make(Store(tmp_path), source, LENGTHS[0], audio)
    command = ["ffprobe", "-v", "error", "-show_streams", "-show_format", "-of", "json", str(path)]
    said = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)
    (stream,) = said["streams"]
    assert (stream["codec_name"], stream["sample_rate"], stream["channels"]) == (audio.codec, "48000", 2)
    assert (stream["start_pts"], stream["duration_ts"], stream["time_base"]) == (0, LENGTHS[0], "1/48000")
    assert "creation_time" not in said["format"]["tags"]
    assert "encoder" not in said["format"]["tags"]


@pytest.mark.parametrize("audio", [AAC, PCM], ids=["aac", "pcm"])
def test_the_same_mix_gives_the_same_bytes_once(tmp_path, source, audio):
    _, first = make(Store(tmp_path / "one"), source, audio=audio)
    _, other = make(Store(tmp_path / "two"), source, audio=audio)
    assert first.read_bytes() == other.read_bytes()
    made = first.stat().st_mtime_ns
    assert make(Store(tmp_path / "one"), source, audio=audio)[1] == first
    assert first.stat().st_mtime_ns == made


def test_a_key_for_each_mix_each_kind_of_sound_and_each_ffmpeg():
    keys = {sound_key(mix, audio, STEREO, tools) for mix in "ab" for audio in (AAC, PCM) for tools in ("", "9.0.2")}
    assert len(keys) == 8


@pytest.mark.parametrize(("layout", "channels"), [("mono", 1), ("5.1", 6)])
def test_mono_and_surround(tmp_path, source, layout, channels):
    _, path = make(Store(tmp_path), source, audio=Audio(encoder="pcm_s24le", codec="pcm_s24le", layout=layout))
    with SoundFile(path, 0) as file:
        assert len(file.names) == channels
        assert file.take(0, RATE).any()


def test_a_split_track_has_a_mono_stream_for_each_channel(tmp_path, source):
    split = SoundTrack(layout="5.1", split=True)
    _, path = make(Store(tmp_path), source, audio=Audio(encoder="pcm_s24le", codec="pcm_s24le", tracks=(split,)))
    raw = np.fromfile(next(tmp_path.rglob("*.f32")), "<f4").reshape(-1, 6)
    for number in range(6):
        with SoundFile(path, number) as file:
            assert len(file.names) == 1
            assert np.max(np.abs(file.take(0, 96000)[:, 0] - raw[:, number])) < 1e-6


def test_an_encoder_that_is_not_there_is_told_in_ffmpegs_words(tmp_path, source):
    with pytest.raises(StudioError) as error:
        make(Store(tmp_path), source, audio=Audio(encoder="no_such", codec="aac"))
    assert "no_such" in str(error.value)
    assert error.value.report
    with pytest.raises(StudioError, match="does not start"):
        mix = mix_of(96000, part(source, 0, 96000, Fraction(0)))
        encode_sound(mix, mix.key(), AAC, STEREO, Store(tmp_path), Path(tmp_path / "none"), seconds=5)
    with pytest.raises(StudioError, match="not in the store"):
        encode_sound(mix_of(5), "f" * 32, AAC, STEREO, Store(tmp_path), FFMPEG, seconds=5)


@pytest.mark.skipif(os.name != "posix", reason="a shell script stands in for a slow ffmpeg")
def test_a_slow_encoder_is_stopped(tmp_path, source):
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    mix, _ = make(Store(tmp_path), source)
    with pytest.raises(StudioError, match="longer than 1 s"):
        encode_sound(mix, mix.key(), PCM, STEREO, Store(tmp_path), slow, seconds=1)
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        encode_sound(mix, mix.key(), PCM, STEREO, Store(tmp_path), slow, seconds=60, cancel=cancel)
    assert not Store(tmp_path).has("sound", sound_key(mix.key(), PCM, STEREO))
