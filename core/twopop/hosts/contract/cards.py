"""The contract's own media: pictures that carry their number and their source's colour, with a tone for each source.

A picture has a row of blocks in its upper half (white, six bits of its number, two bits of its source, black) and its
source's colour below. That survives any codec and any scaling that keeps the shape.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from twopop.hosts.encoding import BT709, VIDEO_LEVELS, encode, pixel_format
from twopop.hosts.model import RenderPreset
from twopop.time import Rate, samples_at

#: {source: (file, colour as R G B, tone in Hz)}. A name with blanks and letters of elsewhere is part of the contract.
SOURCES = {
    "A": ("A.mov", (190, 60, 50), 440),
    "B": ("Blå kväll 2.mov", (50, 150, 70), 880),
    "C": ("C.mov", (60, 80, 190), 1320),
}
#: How many frames a source has.
FRAMES = 40
#: The raster of the sources; renders may be larger.
SIZE = (128, 72)
#: Samples a second of the sources, and how loud their tone is (peak, full scale at 1).
SAMPLES, PEAK = 48000, 0.25
#: The same as the level of a sine in dBFS (RMS): 20 lg (0.25 / sqrt 2), rounded.
LEVEL = -15
#: What a picture reads as that is black, and one that is none of ours.
BLACK, UNREADABLE = "", "?"

_BLOCKS = 10


def make_sources(folder: Path, rate: Rate) -> dict[str, Path]:
    """{source: file} at *rate*, drawn into *folder* where they are not there yet."""
    preset = RenderPreset(container="mov", video="prores-422", size=SIZE, rate=rate, sample_rate=SAMPLES)
    made = {}
    for place, (name, (file, _, tone)) in enumerate(SOURCES.items()):
        path = folder / f"{rate.numerator}-{rate.denominator}" / file
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            pictures = (_frame(place, number, pixel_format(preset)) for number in range(FRAMES))
            encode(path, preset, pictures, _tone(tone, samples_at(FRAMES, rate, SAMPLES)))
        made[name] = path
    return made


def _tone(hertz: int, samples: int) -> Any:
    wave = PEAK * np.sin(2 * np.pi * hertz * np.arange(samples) / SAMPLES)
    return np.repeat(wave[None, :], 2, axis=0).astype(np.float32)


def _frame(place: int, number: int, layout: str) -> Any:
    import av

    drawn = av.VideoFrame.from_ndarray(draw(place, number), "rgb24")
    frame = drawn.reformat(format=layout, src_colorspace=BT709, dst_colorspace=BT709)
    frame.color_range, frame.colorspace, frame.color_primaries, frame.color_trc = VIDEO_LEVELS, BT709, BT709, BT709
    return frame


def draw(place: int, number: int) -> Any:
    """The picture *number* of the source at *place* as (height, width, RGB), 8 bit."""
    picture = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    picture[SIZE[1] // 2 :] = list(SOURCES.values())[place][1]
    bits = [1, *(number >> bit & 1 for bit in range(5, -1, -1)), place >> 1 & 1, place & 1, 0]
    for block, bit in enumerate(bits):
        left, right = (round(edge * SIZE[0] / _BLOCKS) for edge in (block, block + 1))
        picture[: SIZE[1] // 2, left:right] = 235 if bit else 16
    return picture


def read_card(rgb: Any) -> tuple[str, tuple[int, int, int]]:
    """What the picture *rgb* (any size) says: ``"B12"``, black, or unreadable; and the colour of its lower half."""
    height, width = rgb.shape[:2]
    lower = rgb[round(height * 0.65) : round(height * 0.9), round(width * 0.1) : round(width * 0.9)]
    colour = tuple(round(float(mean)) for mean in lower.reshape(-1, 3).mean(axis=0))
    row = rgb[round(height * 0.15) : round(height * 0.35)].mean(axis=(0, 2))
    edges = [(block + share) * width / _BLOCKS for block in range(_BLOCKS) for share in (0.3, 0.7)]
    levels = [row[round(low) : max(round(high), round(low) + 1)].mean() for low, high in zip(*[iter(edges)] * 2)]  # noqa: B905
    if max(*levels, *colour) < 40:
        return BLACK, colour  # type: ignore[return-value]
    bits = [level > 125 for level in levels]
    number = sum(bit << place for place, bit in zip(range(5, -1, -1), bits[1:7], strict=True))
    place = bits[7] << 1 | bits[8]
    sure = all(level < 80 or level > 170 for level in levels) and bits[0] and not bits[9] and place < len(SOURCES)
    return (f"{list(SOURCES)[place]}{number}" if sure else UNREADABLE), colour  # type: ignore[return-value]
