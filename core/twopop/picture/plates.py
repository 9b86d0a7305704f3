"""Supers laid out in a raster, and the script by which libass draws them: pure layout, no ffmpeg."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import ceil
from typing import TYPE_CHECKING

from twopop.errors import StudioError
from twopop.picture.lettering import broken, clean
from twopop.picture.recipe import Plate, PlateLine
from twopop.picture.typeface import Typeface

if TYPE_CHECKING:
    from jinja2 import Template

#: Left, top, right, bottom in pixels; right and bottom are exclusive.
Box = tuple[int, int, int, int]

#: Letters are set this much larger than they have to be, so that what is measured on the picture does not fall short.
_SPARE = 1.04

#: From baseline to baseline, and from the text to the edge of its bar, in units of the letters' size.
_LEADING, _MARGIN = 1.2, 0.35

#: How far letters may go above and below the baseline, in units of their size: what a line needs for itself.
_ABOVE, _BELOW = 0.98, 0.22


def letters(height: float, share: float) -> float:
    """The size of letters of which a part that is *share* of the size comes out *height* pixels high, or more."""
    return float(ceil(height * _SPARE / share))


@lru_cache(maxsize=512)
def lay_out(text: str, face: Typeface, size: float, room: Box, *, at_top: bool = False) -> Plate | None:
    """*text* in letters of *size* at the bottom or top of *room*, its bar inside too; None where it does not fit."""
    left, top, right, bottom = room
    margin = ceil(size * _MARGIN)
    width = right - left - 2 * margin
    lines = _even([clean(part) for part in text.splitlines()], face, width / size)
    widest = max((face.pixels(line, round(size)) for line in lines), default=0)
    first, last = margin + ceil(size * _ABOVE), margin + ceil(size * _BELOW)
    steps = [round(size * _LEADING * number) for number in range(len(lines))]
    if not lines or widest > width or first + steps[-1] + last > bottom - top:
        return None
    begins = top if at_top else bottom - last - steps[-1] - first
    middle, half = (left + right) // 2, min(ceil(widest / 2) + margin, (right - left) // 2)
    placed = tuple(PlateLine(line, middle, begins + first + step) for line, step in zip(lines, steps, strict=True))
    bar = (middle - half, begins, middle + half, begins + first + steps[-1] + last)
    return Plate(lines=placed, size=size, bar=bar)


def _even(parts: Sequence[str], face: Typeface, room: float) -> list[str]:
    """*parts* in as few lines as fit the *room* (in units of the size), about equally long."""
    lines = [line for part in parts for line in broken(part, face, room)]
    while room > 1:
        room *= 0.97
        closer = [line for part in parts for line in broken(part, face, room)]
        if len(closer) > len(lines) or max(map(face.width, closer), default=0) > room:
            break
        lines = closer
    return lines


def script(plate: Plate, raster: tuple[int, int], face: Typeface, *, white: str, bar: float, template: str) -> str:
    """The ASS script that draws *plate* in *raster* in *white* (``0xrrggbb``) on a bar of opacity *bar* (0 to 1).

    *template* is Jinja2. libass counts a size from the ascent to the descent of a line, not in units of the em, and
    puts a line's ascent below its place. Raises StudioError for a template that cannot be filled in.
    """
    from jinja2 import TemplateError

    metrics = face.metrics
    red, green, blue = white[2:4], white[4:6], white[6:8]
    left, top, right, bottom = plate.bar
    values = {
        "width": raster[0],
        "height": raster[1],
        "family": metrics.family.replace(",", " "),
        "size": f"{plate.size * (metrics.ascent + metrics.descent):.3f}",
        "white": f"{blue}{green}{red}".upper(),
        "veil": f"{round((1 - bar) * 255):02X}",
        "bar": {"left": left, "top": top, "width": right - left, "height": bottom - top},
        "lines": [
            {"text": _escaped(line.text), "x": line.x, "top": f"{line.baseline - plate.size * metrics.ascent:.3f}"}
            for line in plate.lines
        ],
    }
    try:
        return _compiled(template).render(values)
    except TemplateError as error:
        raise StudioError(
            f"The template for supers cannot be filled in: {error}.", remedy="Mend [supers] template in the settings."
        ) from None


@lru_cache(maxsize=8)
def _compiled(template: str) -> Template:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    # It is text for libass; escaping for HTML would spoil it.
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False, trim_blocks=True)
    environment.globals.clear()
    return environment.from_string(template)


def _escaped(text: str) -> str:
    r"""*text* as libass shows it letter by letter: braces begin no override, and a backslash begins no command.

    A word joiner, which has no shape, keeps a backslash from what follows.
    """
    return text.replace("\\", "\\\u2060").replace("{", "\\{").replace("}", "\\}")
