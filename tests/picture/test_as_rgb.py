"""Pictures as RGB, against the arithmetic of ITU-R BT.709 and BT.1886."""

import numpy as np
import pytest
from picture_recipes import segment_of

from twopop.picture.recipe import Encoding, Mingle, Overlay, Plain
from twopop.specs import Colour

RGB = Colour(matrix="gbr", range="pc")
PNG = Encoding(encoder="png", pixel_format="rgb24", format="mov", colour=RGB)
PNG_16 = Encoding(encoder="png", pixel_format="rgb48be", format="mov", colour=RGB)
TIFF_16 = Encoding(encoder="tiff", pixel_format="rgb48le", format="mov", colour=RGB)
LIGHT = Colour(matrix="gbr", transfer="linear", range="pc")
EXR = Encoding(
    encoder="exr", pixel_format="gbrpf32le", format="mov", options=(("format", "half"),), colour=LIGHT,
    decoded="gbrpf16le",
)  # fmt: skip
COLOURS = ["#000000", "#ffffff", "#808080", "#ff0000", "#1a73c2", "#f4e0b0"]


def pixels(path):
    """Every frame as (height, width, RGB), from 0 to 1."""
    import av

    frames = []
    with av.open(f"file:{path}") as container:
        for picture in container.decode(video=0):
            if picture.format.name == "gbrpf16le":
                green, blue, red = (np.frombuffer(plane, "<f2").reshape(plane.height, -1) for plane in picture.planes)
                frames.append(np.stack([red, green, blue], axis=-1)[:, : picture.width].astype(float))
            else:
                deep = picture.format.components[0].bits > 8
                frames.append(picture.to_ndarray(format="rgb48le" if deep else "rgb24") / (65535 if deep else 255))
    return frames


def rgb(colour):
    return np.array([int(colour[n : n + 2], 16) for n in (1, 3, 5)]) / 255


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize(("encoding", "slack"), [(PNG, 1 / 255), (PNG_16, 2e-4), (TIFF_16, 2e-4)])
def test_a_colour_comes_out_as_itself(render, colour, encoding, slack):
    (frame,) = pixels(render(segment_of(Plain(colour=colour), 1, encoding=encoding)))
    assert np.max(np.abs(frame - rgb(colour))) <= slack


@pytest.mark.parametrize("colour", COLOURS)
def test_light_is_that_of_the_display(render, colour):
    """BT.1886 with a black of nothing: L = V ** 2.4. A half float has 11 bits of mantissa."""
    (frame,) = pixels(render(segment_of(Plain(colour=colour), 1, encoding=EXR)))
    light = rgb(colour) ** 2.4
    assert np.max(np.abs(frame - light) / np.maximum(light, 1e-3)) < 2e-3


def test_a_dissolve_is_mixed_as_in_every_other_deliverable(render):
    """In the signal, not in its light: half way from black to white is a signal of one half."""
    made = {}
    for encoding in (PNG_16, EXR):
        segment = segment_of(
            Plain(), 1, over=Plain(colour="#ffffff"), mingle=Mingle(phase=2, length=5), encoding=encoding
        )
        (made[encoding.encoder],) = pixels(render(segment))
    assert np.max(np.abs(made["png"] - 0.5)) < 1e-3
    assert np.max(np.abs(made["exr"] - 0.5**2.4)) < 1e-3


def test_titles_are_drawn_in_white(render):
    title = Overlay(kind="title", text="HARBOUR")
    for encoding in (PNG, EXR):
        (frame,) = pixels(render(segment_of(Plain(colour="#204060"), 1, encoding=encoding, overlays=(title,))))
        assert frame.max() == pytest.approx(1, abs=0.015)
        assert np.max(np.abs(frame[2, 2] - rgb("#204060") ** (2.4 if encoding is EXR else 1))) < 0.01
