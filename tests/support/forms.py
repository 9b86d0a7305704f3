"""A small cut of numbered frames with sound, and a tiny spec for each form of deliverable."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from support.numbered import PRORES, make_numbered
from support.projects import FILM, clip, time, timeline, track, write_project

FRAMES, FIRST = 40, 300
START = 24 * 3600  # one hour, at 24 frames a second
SECOND = 24  # from this program frame on, the second shot, which is source frame 0 again

#: What each frame of the cut shows.
SHOWN = [FIRST + 3 + n if n < SECOND else FIRST + n - SECOND for n in range(FRAMES)]

HEAD = """schema = "twopop.spec/1"
name = "{name}"
title = "A form"
source = "a test"
checked = 2026-11-25
"""
_RGB = 'colour = { matrix = "gbr", primaries = "bt709", transfer = "bt709", range = "pc" }'
SIZES = 'sizes = { "16:9" = [320, 180] }'
PCM = 'audio = { encoder = "pcm_s24le", codec = "pcm_s24le" }'
_MOVIE = """container = { format = "mov", extension = "mov" }
audio = { encoder = "pcm_s24le", codec = "pcm_s24le" }
[video]
encoder = "prores_ks"
codec = "prores"
pixel_format = "yuv422p10le"
options = { profile = "0", vendor = "apl0" }
"""


def _images(extension: str, encoder: str, pixels: str, form: str, more: str = "", colour: str = _RGB) -> str:
    return f"""container = {{ format = "image2", extension = "{extension}" }}
{form}
[video]
encoder = "{encoder}"
codec = "{encoder}"
pixel_format = "{pixels}"
{more}
{colour}
"""


_LINEAR = _RGB.replace('transfer = "bt709"', 'transfer = "linear"')
SPECS = {
    "png": _images("png", "png", "rgb48be", f'frames = {{ first = 1001 }}\nstart_timecode = "program"\n{PCM}'),
    "tiff": _images("tif", "tiff", "rgb24", 'frames = { first = "timecode", digits = 4 }\nstart_timecode = "program"'),
    "exr": _images(
        "exr", "exr", "gbrpf32le", "frames = { first = 0, digits = 6 }",
        'decoded = "gbrpf16le"\noptions = { format = "half" }', _LINEAR,
    ),
    "poster": _images("png", "png", "rgb24", "still = {}"),
    "jpeg": _images(
        "jpg", "mjpeg", "yuv444p", "still = {}", 'decoded = "yuvj444p"\noptions = { q = "2" }',
        _RGB.replace('"gbr"', '"smpte170m"'),
    ),
    "gif": f"""container = {{ format = "gif", extension = "gif" }}
preview = {{ rate = "25/2", seconds = 1 }}
[video]
encoder = "gif"
codec = "gif"
pixel_format = "pal8"
decoded = "bgra"
{_RGB}
""",
    "webp": f"""container = {{ format = "webp", extension = "webp" }}
preview = {{ rate = 10, seconds = 100, quality = 90 }}
[video]
encoder = "libwebp"
codec = "webp"
pixel_format = "yuv420p"
{_RGB}
""",
    "movie": _MOVIE,
}  # fmt: skip

_TONE = ("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=3")


def write_forms(folder: Path, specs: tuple[str, ...], *, order: str = "", markers: Any = (), workers: int = 2) -> Path:
    """A cut of two shots, 24 and 16 frames long, with sound; its order for *specs*."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "numbered.mov").exists():
        make_numbered(
            folder / "numbered.mov", frames=60, rate=FILM, codec=PRORES, start=FIRST, inputs=_TONE,
            more=("-c:a", "pcm_s16le", "-shortest"),
        )  # fmt: skip
    shots = track(
        clip("numbered.mov", time(3, FILM), SECOND, FILM), clip("numbered.mov", time(0, FILM), FRAMES - SECOND, FILM)
    )
    sound = track(clip("numbered.mov", time(0, FILM), FRAMES, FILM), kind="Audio", name="MUSIC")
    cut = timeline(shots, sound, rate=FILM, start=START, markers=markers)
    listed = ", ".join(f'"{name}"' for name in specs)
    path = write_project(
        folder,
        cut,
        f'{order}\n[[matrix]]\ndurations = ["full"]\naspects = ["16:9"]\nspecs = [{listed}]\n',
        workers=workers,
    )
    for name, text in SPECS.items():
        (folder / "plugins" / f"{name}.toml").write_text(HEAD.format(name=name) + f"{text}{SIZES}\n")
    return path
