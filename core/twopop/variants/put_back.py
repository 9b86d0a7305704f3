"""The cut of a deliverable as a timeline for the host that its program came from, read back before it goes there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from twopop.errors import EditorError
from twopop.timeline.adapters import called
from twopop.timeline.exact import stretch
from twopop.timeline.flatten import Cut, flatten
from twopop.timeline.otio_files import timeline_in
from twopop.timeline.program import Program
from twopop.timeline.reading import ReadOptions
from twopop.variants.cutdowns import in_cut, join
from twopop.variants.model import Span
from twopop.variants.seen import seen
from twopop.variants.timelines import Cutter, Join, without


@dataclass(frozen=True)
class CutBack:
    """A cut as *otio* (JSON text), the *program* that was read back from it, and in *words* what it could not keep."""

    otio: str
    program: Program
    words: tuple[str, ...] = ()


def cut_back(otio: str, spans: Sequence[Span], name: str, options: ReadOptions) -> CutBack:
    """The timeline called *name* that shows *spans* of the program of the host's own timeline *otio*.

    A transition that an edge of the cut goes through becomes a cut; a marker says so. Raises InputError when *otio*
    cannot be read, EditorError when what was made does not show and sound what the spans do.
    """
    where = Path(name)
    timeline, _ = timeline_in(otio, where, options)
    keep = join(spans)

    def make() -> tuple[Any, Program, tuple[str, ...]]:
        whole = flatten(Cut(timeline), options).program
        broken = Cutter(timeline, whole.rate, keep).broken()
        base = without(timeline, broken) if broken else timeline
        made = Cutter(base, whole.rate, keep).cut(name)
        words = _note(made, whole, keep, [join for _, join in broken])
        return made, flatten(Cut(base), options).program if broken else whole, words

    made, base, words = called("OpenTimelineIO", where, make)
    text: str = made.to_json_string()
    again, _ = timeline_in(text, where, options)
    program = called("OpenTimelineIO", where, lambda: flatten(Cut(again), options)).program
    if seen(program, (Span(0, program.frames),)) != seen(base, keep):
        raise EditorError(
            "This cut cannot be written as a timeline that shows exactly the same.",
            where=name,
            remedy="Deliver it instead, or build it by hand.",
        )
    return CutBack(text, program, words)


def _note(made: Any, program: Program, keep: Sequence[Span], broken: Sequence[Join]) -> tuple[str, ...]:
    """Set a marker where a transition became a cut; the words on them."""
    from opentimelineio import schema

    told: dict[str, None] = {}
    frame = program.rate.nearest_frame
    for each in broken:
        words = f"The cut goes through the transition at {program.timecode(frame(each.cut))}; it is a cut here."
        place = in_cut(keep, Span(frame(each.region[0]), frame(each.region[1])))
        if words in told or place is None:
            continue
        told[words] = None
        marked = stretch(program.rate.seconds(place), Fraction(0), Fraction(program.rate))
        metadata = {"twopop": {"note": words}}
        made.tracks.markers.append(schema.Marker(name="twopop", marked_range=marked, color="ORANGE", metadata=metadata))
    return tuple(told)
