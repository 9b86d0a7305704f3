"""Animated WebP by its container, against files that ffmpeg writes and bytes that are no WebP."""

import contextlib
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twopop.errors import InputError
from twopop.picture.probe import probe
from twopop.picture.webp import animated_webp, is_animated
from twopop.time import Rate


@pytest.fixture(scope="module")
def animated(tmp_path_factory, ffmpeg):
    out = tmp_path_factory.mktemp("webp") / "a.webp"
    source = ["-f", "lavfi", "-i", "testsrc2=size=96x54:rate=25/2:duration=0.8"]
    command = [str(ffmpeg), "-v", "error", *source, "-pix_fmt", "yuv420p", "-c:v", "libwebp", "-f", "webp", str(out)]
    subprocess.run(command, check=True, timeout=60, stdin=subprocess.DEVNULL)
    return out


def test_frames_size_and_rate(animated):
    assert is_animated(animated)
    facts = probe(animated)
    picture = facts.picture
    assert (picture.codec, picture.size, picture.frames, picture.rate) == ("webp", (96, 54), 10, Rate(25, 2))
    assert (picture.uniform, picture.pixel_format, picture.still) == (True, "yuv420p", False)
    assert facts.seconds == Rate(25, 2).seconds(10)


def test_a_file_that_is_cut_off(animated, tmp_path):
    content = animated.read_bytes()
    short = tmp_path / "short.webp"
    for length in (len(content) - 1, len(content) // 2, 40, 22):
        short.write_bytes(content[:length])
        with pytest.raises(InputError):
            animated_webp(short)


@given(st.binary(max_size=200))
def test_bytes_that_are_anything(tail):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "odd.webp"
        path.write_bytes(b"RIFF\xff\xff\x00\x00WEBPVP8X" + tail)
        is_animated(path)
        with contextlib.suppress(InputError):
            animated_webp(path)
