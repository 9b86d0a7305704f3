"""Interlaced sources: whole frames from one field, or both fields as they lie where nothing moves them."""

from __future__ import annotations

import subprocess

import msgspec
import numpy as np
import pytest
from picture_recipes import segment_of, take_of

from support.numbered import lumas
from twopop.picture.probe import probe
from twopop.picture.recipe import Encoding

PROGRESSIVE = Encoding(encoder="ffv1", pixel_format="yuv422p10le", format="mov")
#: The fields of frame n, in grey: the first shows n * 10 + 40, the second 5 more.
FIRST, SECOND = (lambda n: 40 + 10 * n), (lambda n: 45 + 10 * n)


@pytest.fixture(scope="module", params=["tff", "bff"])
def source(request, tmp_path_factory, ffmpeg):
    """Ten frames whose lines say in which field, of which frame, they lie."""
    path = tmp_path_factory.mktemp("fields") / f"{request.param}.mov"
    even, odd = (FIRST, SECOND) if request.param == "tff" else (SECOND, FIRST)
    frame = np.empty((10, 180, 320), np.uint8)
    for n in range(10):
        frame[n, 0::2], frame[n, 1::2] = even(n), odd(n)
    raw = frame.tobytes()
    told = f"setparams=range=tv:colorspace=bt709:field_mode={request.param}"
    chain = f"scale=in_range=full:out_range=full,format=yuv422p,{told}"
    command = [str(ffmpeg), "-y", "-v", "error", "-f", "rawvideo", "-pix_fmt", "gray", "-video_size", "320x180"]
    command += ["-framerate", "24000/1001", "-i", "-", "-vf", chain, "-c:v", "prores_ks", "-profile:v", "3"]
    subprocess.run([*command, "-flags", "+ildct", str(path)], input=raw, check=True)
    facts = probe(path)
    assert facts.picture.scan == request.param
    return facts


def lines(path):
    """The level of the even and of the odd lines of each frame, away from the edges."""
    return [(picture[20:160:2].mean(), picture[21:160:2].mean()) for picture in lumas(path)]


def test_a_progressive_frame_is_made_of_its_first_field(render, source):
    take = take_of(source, 2, scan=source.picture.scan)
    shown = lines(render(segment_of(take, 5, encoding=PROGRESSIVE)))
    assert len(shown) == 5
    for n, pair in enumerate(shown, 2):
        assert pair == pytest.approx((FIRST(n), FIRST(n)), abs=1.5)


def test_each_frame_is_that_of_any_other_division(render, source):
    take = take_of(source, 2, scan=source.picture.scan)
    whole = lumas(render(segment_of(take, 5, encoding=PROGRESSIVE)))
    later = msgspec.structs.replace(take, first=take.first + 3)
    apart = lumas(render(segment_of(take, 3, encoding=PROGRESSIVE))) + lumas(
        render(segment_of(later, 2, encoding=PROGRESSIVE))
    )
    assert all(np.array_equal(one, other) for one, other in zip(whole, apart, strict=True))


def test_fields_stay_where_nothing_moves_them(render, source):
    scan = source.picture.scan
    interlaced = msgspec.structs.replace(PROGRESSIVE, scan=scan)
    take = take_of(source, 2, scan=scan)
    kept = lines(render(segment_of(take, 3, encoding=interlaced)))
    even, odd = (FIRST, SECOND) if scan == "tff" else (SECOND, FIRST)
    for n, pair in enumerate(kept, 2):
        assert pair == pytest.approx((even(n), odd(n)), abs=1.5)
    scaled = lines(render(segment_of(take, 3, encoding=interlaced, size=(384, 216))))
    for n, pair in enumerate(scaled, 2):
        assert pair == pytest.approx((FIRST(n), FIRST(n)), abs=1.5)


def test_both_fields_of_one_moment_are_a_progressive_picture(render, source):
    both = lines(render(segment_of(take_of(source, 2), 2, encoding=PROGRESSIVE)))
    assert {tuple(sorted(round(level) for level in pair)) for pair in both} == {(60, 65), (70, 75)}
