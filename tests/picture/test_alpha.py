"""The alpha of sources in a target that carries one: cut, still, dissolve, letters; opaque where there is none."""

from __future__ import annotations

import subprocess
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from picture_recipes import segment_of, take_of

from support.numbered import H264
from twopop.picture.facts import MediaFacts
from twopop.picture.probe import probe
from twopop.picture.recipe import Encoding, Mingle, Overlay, Plain
from twopop.variants.model import CropKey, CropPath

P4444 = Encoding(
    encoder="prores_ks",
    pixel_format="yuva444p10le",
    format="mov",
    options=(("profile", "4"), ("vendor", "apl0"), ("alpha_bits", "16")),
    decoded="yuva444p12le",
)
#: A moving picture and a still that are opaque on the left, half see-through in the middle, and not there on the right.
LEVELS = (255, 128, 0)
_THIRDS = "geq=lum=160:cb=110:cr=140:a='if(lt(X,W/3),255,if(lt(X,2*W/3),128,0))'"


@pytest.fixture(scope="module")
def sources(tmp_path_factory, ffmpeg) -> dict[str, MediaFacts]:
    folder = tmp_path_factory.mktemp("alpha")
    made = {"moving.mov": ["-frames:v", "12", "-c:v", "prores_ks", "-profile:v", "4", "-pix_fmt", "yuva444p10le"],
            "still.png": ["-frames:v", "1", "-pix_fmt", "rgba"]}  # fmt: skip
    for name, how in made.items():
        chain = f"format=yuva444p,{_THIRDS},setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"
        source = ["-f", "lavfi", "-i", "color=gray:s=360x180:r=24000/1001"]
        subprocess.run([str(ffmpeg), "-y", "-v", "error", *source, "-vf", chain, *how, str(folder / name)], check=True)
    return {name: probe(folder / name) for name in made}


def alphas(path: Path) -> list[np.ndarray]:
    """The alpha of each frame, from 0 to 1."""
    import av

    with av.open(str(path)) as container:
        planes = [(frame, frame.planes[3]) for frame in container.decode(video=0)]
        return [
            np.frombuffer(plane, np.uint16).reshape(plane.height, -1)[:, : plane.width] / 4095 for _, plane in planes
        ]


def thirds(alpha: np.ndarray) -> list[float]:
    width = alpha.shape[1]
    return [float(alpha[:, round(width * at)].mean()) for at in (1 / 6, 1 / 2, 5 / 6)]


def near(found: list[float], wanted: list[float]) -> bool:
    return max(abs(a - b) for a, b in zip(found, wanted, strict=True)) < 0.01


WANTED = [level / 255 for level in LEVELS]


@pytest.mark.parametrize("name", ["moving.mov", "still.png"])
def test_the_alpha_of_a_source_comes_along(render, sources, name):
    found = alphas(render(segment_of(take_of(sources[name], 0), 4, encoding=P4444, size=(320, 160))))
    assert len(found) == 4
    assert all(near(thirds(alpha), WANTED) for alpha in found)


def test_it_is_enlarged_with_the_picture(render, sources):
    keys = (CropKey(0), CropKey(3, zoom=Fraction(2)))
    take = take_of(sources["moving.mov"], 0, crop=CropPath(keys=keys))
    first, *_, last = alphas(render(segment_of(take, 4, encoding=P4444, size=(360, 180))))
    assert near(thirds(first), WANTED)
    assert last[:, 10].mean() == pytest.approx(1, abs=0.01)  # a sixth from the middle, twice as wide: at the edge
    assert last[:, 180].mean() == pytest.approx(128 / 255, abs=0.01)


def test_a_dissolve_mixes_the_alpha_too(render, sources, numbered):
    opaque = take_of(numbered("24.mp4", rate=24, codec=H264), 0)
    segment = segment_of(
        take_of(sources["moving.mov"], 0), 4, encoding=P4444, over=opaque, mingle=Mingle(phase=0, length=4)
    )
    for frame, alpha in enumerate(alphas(render(segment))):
        share = (frame + 0.5) / 4
        assert near(thirds(alpha), [level + (1 - level) * share for level in WANTED])


def test_letters_and_graphics_can_be_seen_where_nothing_is_below(render, sources):
    title = Overlay(kind="title", text="HHHHHHHHHHHHHHHHHHHH")
    base = take_of(sources["moving.mov"], 0)
    without, with_title = (
        alphas(render(segment_of(base, 2, encoding=P4444, overlays=overlays)))[1] for overlays in ((), (title,))
    )
    right = np.s_[:, 225:]
    assert without[right].max() < 0.01
    assert with_title[right].max() > 0.99
    graphic = Overlay(kind="graphic", take=take_of(sources["still.png"], 0))
    left, middle, right = thirds(alphas(render(segment_of(base, 2, encoding=P4444, overlays=(graphic,))))[0])
    assert near([left, right], [1, 0])
    assert 128 / 255 < middle < 1  # half see-through over the same; ffmpeg's ``overlay`` makes 0.72 of it


def test_what_has_no_alpha_is_opaque(render, numbered):
    facts = numbered("24.mp4", rate=24, codec=H264)
    padded = take_of(facts, 5, crop=CropPath(fit="pad"), size=(180, 180))
    for base in (Plain(colour="#204060"), take_of(facts, 5), padded):
        assert all(alpha.min() == 1 for alpha in alphas(render(segment_of(base, 2, encoding=P4444))))
