"""Rendering a stretch of a program to a file, picture and sound, as a preset says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

from twopop.errors import Cancelled
from twopop.hosts.encoding import encode, pixel_format
from twopop.hosts.fake.pictures import Pictures
from twopop.hosts.fake.sounds import mixed
from twopop.hosts.model import RenderPreset
from twopop.timeline.program import Program
from twopop.variants.model import Span


def render(
    program: Program,
    span: Span,
    preset: RenderPreset,
    file: Path,
    *,
    progress: Callable[[int, int], None],
    cancel: Event,
) -> None:
    """Write *span* of *program* to *file*, in square progressive pixels of BT.709, sound to the picture's last sample.

    Raises EditorError for a preset that cannot be made and for media that is not there, Cancelled soon after *cancel*
    was set.
    """
    layout = pixel_format(preset)
    sound = mixed(program, span, preset.sample_rate, preset.channels) if preset.channels else None
    with Pictures(program, preset.size, layout) as pictures:
        frames = _frames(pictures, span, progress, cancel)
        encode(file, preset, frames, sound, first=span.start, timecode=program.timecode(span.start))


def _frames(pictures: Pictures, span: Span, progress: Callable[[int, int], None], cancel: Event) -> Iterator[Any]:
    for number in range(span.start, span.stop):
        if cancel.is_set():
            raise Cancelled("The render was stopped.")
        yield pictures.frame(number)
        progress(number + 1 - span.start, span.frames)
