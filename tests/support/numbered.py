"""Test sources whose every frame carries its number, and the reading of those numbers out of any deliverable.

The number is a square of 5 x 5 black and white cells in the middle of the picture, a quarter of its height wide: 16
bits of number, 8 bits of CRC, one white cell. It survives centred crops to 9:16, scaling and compression; a square
whose CRC is wrong reads as None.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np

from twopop.picture.tools import find_ffmpeg

CELLS = 5
SHARE = 0.25

H264 = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-bf", "3", "-g", "48", "-pix_fmt", "yuv420p")
INTRA = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-g", "1", "-pix_fmt", "yuv420p")
DNXHR = ("-c:v", "dnxhd", "-profile:v", "dnxhr_lb", "-pix_fmt", "yuv422p")
PRORES = ("-c:v", "prores_ks", "-profile:v", "0", "-pix_fmt", "yuv422p10le")


def crc8(number: int) -> int:
    """CRC-8 (polynomial 0x07, start 0xA5) of the two bytes of *number*."""
    crc = 0xA5
    for byte in number.to_bytes(2, "big"):
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ 0x07 if crc & 0x80 else crc << 1) & 0xFF
    return crc


def cells(number: int) -> np.ndarray:
    """The 5 x 5 cells (True is white) that say *number*."""
    word = number << 8 | crc8(number)
    bits = [bool(word >> place & 1) for place in range(23, -1, -1)]
    return np.array([True, *bits]).reshape(CELLS, CELLS)


def frame(number: int, size: tuple[int, int]) -> np.ndarray:
    """The luma picture (height x width, uint8) of *number*: its square on grey, and a bar that moves."""
    width, height = size
    picture = np.full((height, width), 112, np.uint8)
    bar = number * 7 % width
    picture[:, bar : bar + max(2, width // 40)] = 150
    side = round(height * SHARE)
    edges_y = [round(height / 2 - side / 2 + side * n / CELLS) for n in range(CELLS + 1)]
    edges_x = [round(width / 2 - side / 2 + side * n / CELLS) for n in range(CELLS + 1)]
    for row, line in enumerate(cells(number)):
        for column, white in enumerate(line):
            cell = np.s_[edges_y[row] : edges_y[row + 1], edges_x[column] : edges_x[column + 1]]
            picture[cell] = 235 if white else 16
    return picture


def make_numbered(
    path: Path,
    *,
    frames: int,
    rate: Fraction | int = 25,
    size: tuple[int, int] = (320, 180),
    codec: Sequence[str] = H264,
    start: int = 0,
    filters: str = "",
    inputs: Sequence[str] = (),
    more: Sequence[str] = (),
) -> Path:
    """Write a file of *frames* frames that carry the numbers from *start*, and return *path*.

    *codec* and *more* are output arguments, *inputs* arguments for further inputs (a sound track), *filters* an extra
    filter chain (``setpts=...`` makes uneven times).
    """
    command = [str(find_ffmpeg()), "-y", "-v", "error", "-f", "rawvideo", "-pix_fmt", "gray"]
    command += ["-video_size", f"{size[0]}x{size[1]}", "-framerate", str(Fraction(rate)), "-i", "-", *inputs]
    # grey is full range to ffmpeg; these are levels of video, so they are taken over as they are
    chain = "scale=in_range=full:out_range=full,format=yuv420p,setparams=range=tv" + (f",{filters}" if filters else "")
    command += ["-vf", chain, "-fps_mode", "passthrough", *codec, *more, f"file:{path}"]
    pictures = b"".join(frame(start + n, size).tobytes() for n in range(frames))
    done = subprocess.run(command, input=pictures, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return path


def read_number(luma: np.ndarray, share: float = 1.0) -> int | None:
    """The number in one *luma* picture whose source takes *share* of its height, or None when the CRC is wrong."""
    height, width = luma.shape
    side = height * share * SHARE
    cell = side / CELLS
    bits = []
    for row in range(CELLS):
        for column in range(CELLS):
            y, x = height / 2 - side / 2 + row * cell, width / 2 - side / 2 + column * cell
            inner = luma[
                round(y + cell * 0.25) : max(round(y + cell * 0.75), round(y + cell * 0.25) + 1),
                round(x + cell * 0.25) : max(round(x + cell * 0.75), round(x + cell * 0.25) + 1),
            ]
            bits.append(bool(inner.mean() > 125))
    if not bits[0]:
        return None
    word = sum(bit << place for place, bit in zip(range(23, -1, -1), bits[1:], strict=True))
    number = word >> 8
    return number if crc8(number) == word & 0xFF else None


def lumas(path: Path) -> list[np.ndarray]:
    """Every frame of *path* as an 8-bit luma picture, in the order in which they are shown."""
    import av

    pictures = []
    with av.open(f"file:{path}") as container:
        for picture in container.decode(video=0):
            deep = max(component.bits for component in picture.format.components) > 8
            plane = picture.planes[0]
            raw = np.frombuffer(plane, np.uint16 if deep else np.uint8).reshape(plane.height, -1)[:, : plane.width]
            bits = max(component.bits for component in picture.format.components)
            pictures.append((raw >> (bits - 8)).astype(np.uint8))
    return pictures


def read_numbers(path: Path, shares: Sequence[float] = (1.0,)) -> list[int | None]:
    """The number in each frame of *path*.

    *shares* are tried in turn: how much of the picture's height the source's height takes (1.0 unless it was padded).
    """
    found: list[int | None] = []
    for luma in lumas(path):
        numbers = (read_number(luma, share) for share in shares)
        found.append(next((number for number in numbers if number is not None), None))
    return found
