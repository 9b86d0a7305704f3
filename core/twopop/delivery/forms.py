"""Deliverables that are no movie: frames as files, stills, previews. What they show, and how they lie on disk."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from threading import Event

from twopop.delivery.order import Order
from twopop.delivery.plan import Deliverable
from twopop.errors import InputError
from twopop.picture.facts import MediaFacts
from twopop.picture.frames import frame_names, read_frames, write_frames
from twopop.picture.pieces import Piece
from twopop.picture.previews import make_preview
from twopop.picture.probe import probe
from twopop.sound.wave import write_wave
from twopop.specs import Spec
from twopop.time import Rate, floor, frame_of, samples_at
from twopop.timeline.program import Program
from twopop.variants.excerpts import head, poster
from twopop.variants.model import Cutdown

#: The ending of the sound that lies beside frames.
WAVE = ".wav"


# -- in the plan -------------------------------------------------------------------------------------------------------


def excerpt(cutdown: Cutdown, spec: Spec, program: Program, order: Order) -> Cutdown:
    """What *spec* shows of *cutdown*: all of it, its poster frame, or its first seconds.

    Raises InputError when the order's poster is no timecode.
    """
    if spec.preview:
        return head(cutdown, program, spec.preview.seconds)
    if spec.still:
        return poster(cutdown, program, asked=_asked(order, program), marker=spec.still.marker)
    return cutdown


def _asked(order: Order, program: Program) -> int | None:
    try:
        return program.frame_of(order.poster) if order.poster else None
    except InputError as error:
        raise InputError(error.what, where="poster", remedy="Write the timecode of a frame of the timeline.") from None


def pace(cutdown: Cutdown, spec: Spec, rate: Rate) -> tuple[int, Rate]:
    """How many frames the deliverable has, and its frames a second: those of the cut, but for a preview."""
    if not spec.preview:
        return cutdown.frames, rate
    return max(1, floor(rate.seconds(cutdown.frames) * spec.preview.rate)), spec.preview.rate


def longest_path(deliverable_path: str, names: Sequence[str]) -> str:
    """The longest path that a deliverable at *deliverable_path* with the files *names* has."""
    return f"{deliverable_path}/{names[-1]}" if names else deliverable_path


def names_of(stem: str, spec: Spec, frames: int, rate: Rate, start: str) -> tuple[str, ...]:
    """The names of the frames of a deliverable called *stem* that begins at the timecode *start*; else nothing."""
    if spec.frames is None:
        return ()
    first = frame_of(start, rate) if spec.frames.first == "timecode" else spec.frames.first
    return frame_names(stem, spec.container.extension, first=first, frames=frames, digits=spec.frames.digits)


# -- on disk -----------------------------------------------------------------------------------------------------------


def write_form(
    scratch: Path,
    deliverable: Deliverable,
    spec: Spec,
    pieces: Sequence[Piece],
    sounds: Sequence[Path],
    *,
    shown: tuple[int, Rate],
    ffmpeg: Path,
    seconds: int,
    cancel: Event,
) -> None:
    """Write *pieces* and *sounds* into *scratch* as *spec* wants them.

    *shown* is how many frames the pieces have, and how many go by in a second. Raises what ``write_frames``,
    ``write_wave`` and ``make_preview`` raise.
    """
    if spec.preview:
        make_preview(scratch, pieces, spec, deliverable.frames, shown, ffmpeg, seconds=seconds, cancel=cancel)
        return
    names = _names(deliverable, spec)
    paths = [scratch / name for name in names] or [scratch]
    write_frames(paths, pieces, deliverable.rate)
    for sound in sounds:
        write_wave(scratch / _wave(deliverable), sound, begins=_begins(deliverable, spec))


def read_form(path: Path, deliverable: Deliverable, spec: Spec) -> MediaFacts:
    """What the file or folder at *path* is; raises InputError when it is not what *deliverable* should be."""
    if not spec.frames:
        return probe(path)
    sound = _wave(deliverable) if spec.audio else ""
    facts = read_frames(path, _names(deliverable, spec), deliverable.rate, sound)
    said = facts.metadata.get("time_reference", "")
    if sound and said != str(_begins(deliverable, spec)):
        raise InputError(f"The sound begins at sample {said or 'unknown'} of the day.", where=str(path / sound))
    return facts


def _names(deliverable: Deliverable, spec: Spec) -> tuple[str, ...]:
    start = deliverable.start_timecode
    return names_of(deliverable.name.stem, spec, deliverable.frames, deliverable.rate, start)


def _wave(deliverable: Deliverable) -> str:
    return deliverable.name.stem + WAVE


def _begins(deliverable: Deliverable, spec: Spec) -> int:
    """The samples from midnight to the start timecode."""
    if not deliverable.start_timecode or not spec.audio:
        return 0
    return samples_at(frame_of(deliverable.start_timecode, deliverable.rate), deliverable.rate, spec.audio.rate)
