"""Recipes as a plan would write them, for the tests of the picture, and the pixels that come of them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np

from twopop.picture.facts import MediaFacts
from twopop.picture.recipe import Encoding, Plain, Segment, Take
from twopop.time import Rate
from twopop.variants.model import CropPath, Span

X264 = Encoding(
    encoder="libx264",
    pixel_format="yuv420p",
    format="mp4",
    options=(("preset", "veryfast"), ("crf", "16"), ("flags", "+cgop")),
)
HQ = Encoding(
    encoder="prores_ks",
    pixel_format="yuv422p10le",
    format="mov",
    options=(("profile", "3"), ("vendor", "apl0")),
)
LOSSLESS = Encoding(encoder="ffv1", pixel_format="yuv420p", format="mov")
LOSSLESS_10 = Encoding(encoder="ffv1", pixel_format="yuv422p10le", format="mov")


def take_of(facts: MediaFacts, first: Fraction | int, step: Fraction | int = 1, **more: object) -> Take:
    """The take that a plan would write for a file of these facts."""
    picture = facts.picture
    assert picture is not None
    values: dict[str, object] = {
        "path": facts.path,
        "content": facts.content,
        "stream": picture.index,
        "rate": picture.rate,
        "first": Fraction(first),
        "step": Fraction(step),
        "size": picture.size,
        "crop": CropPath(),
        "uniform": picture.uniform,
        "still": picture.still,
        "rotation": picture.rotation,
        "sample_aspect": picture.sample_aspect,
        "colour": picture.colour,
    }
    return Take(**(values | more))  # type: ignore[arg-type]


def segment_of(base: Take | Plain, frames: int, **more: object) -> Segment:
    values: dict[str, object] = {
        "span": Span(0, frames),
        "rate": Rate(24000, 1001),
        "size": (320, 180),
        "base": base,
        "encoding": X264,
        "tools": "test",
    }
    return Segment(**(values | more))  # type: ignore[arg-type]


def planes(path: Path) -> list[list[np.ndarray]]:
    """Every frame as its three planes, at full depth."""
    import av

    frames = []
    with av.open(f"file:{path}") as container:
        for picture in container.decode(video=0):
            kind = np.uint16 if picture.format.components[0].bits > 8 else np.uint8
            frames.append(
                [np.frombuffer(p, kind).reshape(p.height, -1)[:, : p.width].astype(float) for p in picture.planes]
            )
    return frames
