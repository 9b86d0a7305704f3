"""Samples out of files, exact to the sample, from wherever reading begins."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from sound_sources import clicks, convert, peaks, write_wav

from twopop.errors import EditorError, InputError
from twopop.sound.decode import SoundFile

REAL = (Path(__file__).parents[2] / "../shared/media").resolve()
FORMS = {
    "wav": ("a.wav", ()),
    "flac": ("a.flac", ("-c:a", "flac")),
    "aac in mp4": ("a.mp4", ("-c:a", "aac", "-b:a", "192k", "-movie_timescale", "48000")),
    "aac in matroska": ("a.mkv", ("-c:a", "aac", "-b:a", "192k")),
    "mp3": ("a.mp3", ("-c:a", "libmp3lame", "-b:a", "192k")),
    "mp3 vbr": ("b.mp3", ("-c:a", "libmp3lame", "-q:a", "4")),
    "mp3 in mp4": ("c.mp4", ("-c:a", "libmp3lame", "-b:a", "192k")),
    "opus": ("a.ogg", ("-c:a", "libopus", "-ar", "48000")),
    "24 bit in mov": ("a.mov", ("-c:a", "pcm_s24le")),
    "8 bit": ("c.wav", ("-c:a", "pcm_u8")),
    "float": ("f.wav", ("-c:a", "pcm_f32le")),
    "aiff": ("a.aiff", ()),
}


@pytest.fixture(scope="module", params=[44100, 48000])
def rate(request):
    return request.param


@pytest.fixture(scope="module", params=FORMS)
def clicking(request, rate, tmp_path_factory):
    """A file of 8 s with a click every tenth of a second; (path, rate, whether it is kept bit for bit)."""
    name, options = FORMS[request.param]
    folder = tmp_path_factory.mktemp("clicks")
    length = 8 * rate + 123
    source = write_wav(folder / "source.wav", np.stack([clicks(length, rate // 10)] * 2, axis=1), rate)
    if request.param == "opus" and rate != 48000:
        pytest.skip("Opus runs at 48 kHz only")
    return convert(source, folder / name, *options), rate, length, request.param in ("wav", "flac", "float", "aiff")


def test_clicks_are_where_they_were_put(clicking):
    path, rate, length, exact = clicking
    for first, stop in ((0, length), (5 * rate + 777, 7 * rate)):
        with SoundFile(path, 0) as file:
            assert file.rate == rate
            got = file.take(first, stop)
        places = [at for at in range(rate // 10, length - 500, rate // 10) if first + 300 < at < stop - 300]
        assert peaks(got[:, 0], [at - first for at in places]) == [at - first for at in places]
        if exact:
            whole = np.round(clicks(length, rate // 10) * 32768) / 32768
            assert np.array_equal(got[:, 0], whole[first:stop].astype(np.float32))


def test_reading_from_the_middle_gives_the_same_samples(clicking):
    path, rate, length, _ = clicking
    with SoundFile(path, 0) as file:
        whole = file.take(0, length)
    for first in (6 * rate + 1, 3 * rate + 511, 2 * rate, length - 700):
        with SoundFile(path, 0) as file:
            again = np.concatenate([file.take(first, first + 100), file.take(first + 50, first + 500)])
        assert np.allclose(again[:100], whole[first : first + 100], atol=1e-6)
        assert np.allclose(again[100:], whole[first + 50 : first + 500], atol=1e-6)


def test_before_and_after_the_file_is_silence(clicking):
    path, rate, length, exact = clicking
    with SoundFile(path, 0) as file:
        assert not file.take(-5000, 0).any()
        file.take(0, 10)
        tail = file.take(length - 10, length + 3 * rate)
    if exact or path.name == "a.mp4":
        assert not tail[10:].any()


def test_sound_that_begins_after_the_picture_keeps_its_place(tmp_path):
    rate = 48000
    source = write_wav(tmp_path / "a.wav", clicks(4 * rate, rate // 2, rate // 2), rate)
    late = tmp_path / "late.mov"
    picture = ("-f", "lavfi", "-i", "testsrc=s=64x36:r=25:d=5", "-map", "1:v", "-map", "0:a", "-c:v", "mjpeg")
    convert(source, tmp_path / "plain.mov", *picture, "-c:a", "pcm_s16le")
    convert(source, late, *picture, "-c:a", "pcm_s16le", "-af", "asetpts=PTS+0.25/TB")
    for path, shift in ((tmp_path / "plain.mov", 0), (late, rate // 4)):
        with SoundFile(path, 1) as file:
            got = file.take(0, 3 * rate)[:, 0]
        places = [rate // 2 + shift, rate + shift]
        assert peaks(got, places) == places


def test_files_that_are_no_sound(tmp_path):
    text = tmp_path / "a.mov"
    text.write_text("not a movie")
    playlist = tmp_path / "list.m3u8"
    wav = write_wav(tmp_path / "a.wav", np.zeros(48000), 48000)
    playlist.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{wav}\n#EXT-X-ENDLIST\n")
    concat = tmp_path / "list.ffconcat"
    concat.write_text(f"ffconcat version 1.0\nfile '{wav}'\n")
    for path in (text, playlist, concat, tmp_path / "absent.wav", tmp_path):
        with pytest.raises(InputError) as error:
            SoundFile(path, 0)
        assert str(path) in str(error.value)
    with pytest.raises(InputError, match="no sound"):
        SoundFile(wav, 3)


def test_a_damaged_file_is_named_or_read_never_a_traceback(tmp_path):
    rate = 48000
    source = write_wav(tmp_path / "a.wav", np.random.default_rng(1).uniform(-0.5, 0.5, 4 * rate), rate)
    for name, options in (FORMS["flac"], FORMS["aac in mp4"], FORMS["mp3"], FORMS["aac in matroska"]):
        path = convert(source, tmp_path / name, *options)
        content = bytearray(path.read_bytes())
        content[len(content) // 2 : len(content) // 2 + 2000] = b"\xa5" * 2000
        path.write_bytes(content)
        said = str(path)
        try:
            with SoundFile(path, 0) as file:
                got = file.take(0, 4 * rate)
        except EditorError as error:
            said = str(error)
        else:
            assert np.abs(got[: rate // 2]).max() > 0.2  # what lies before the damage is there
        assert str(path) in said


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="no other ffmpeg on this machine")
@pytest.mark.skipif(not REAL.is_dir(), reason="the shared media are not here")
@pytest.mark.parametrize(
    ("name", "stream"),
    [
        ("audio/jfk.flac", 0),
        ("audio/librivox_sense_and_sensibility_01_austen_64kb-0870.wav", 0),
        ("video/bbb_0_30_1080p_51.mp4", 1),
        ("video/chaplin.mp4", 1),
        ("video/friday.mp4", 0),
        ("video/gopro_karma_drone_gpmf.mp4", 1),
        ("video/nasa_13013.mp4", 1),
        ("video/nasa_13013.mp4", 4),
        ("video/stream-of-water.mp4", 1),
    ],
)
def test_real_files_agree_with_another_ffmpeg(name, stream):
    path = REAL / name
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-map", f"0:{stream}", "-f", "f32le", "-c:a", "pcm_f32le", "-"]
    raw = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    with SoundFile(path, stream) as file:
        other = np.frombuffer(raw, "<f4").reshape(-1, len(file.names))
        first, stop = 3 * file.rate // 2, 5 * file.rate // 2
        got = file.take(first, stop)
    assert np.max(np.abs(other[first:stop])) > 0.001
    assert np.allclose(got, other[first:stop], atol=2e-4)
