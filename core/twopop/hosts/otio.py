"""OTIO text as hosts give and take it: the Program in it, the words kept with it, its markers."""

from __future__ import annotations

from typing import Any

from twopop.time import Rate
from twopop.timeline.exact import plain, said
from twopop.timeline.otio_files import read_otio_text
from twopop.timeline.program import Marker
from twopop.timeline.reading import Reading, ReadOptions


def reading(otio: str, *, where: str = "the host's timeline") -> Reading:
    """The Program in the text *otio* and the findings about it. Raises InputError."""
    return read_otio_text(otio, ReadOptions(), where=where)


def words(otio: str) -> dict[str, str]:
    """The words kept with the timeline in *otio*: what its ``twopop`` metadata holds as text."""
    import json

    kept = plain(said(json.loads(otio), "metadata", "twopop"))
    return {key: value for key, value in kept.items() if isinstance(value, str)} if isinstance(kept, dict) else {}


def otio_marker(marker: Marker, rate: Rate) -> Any:
    """*marker* as an ``otio.schema.Marker`` of a timeline's stack, which begins at its first frame.

    The colour is written in capitals, as OTIO has them; the note stands in its ``twopop`` metadata.
    """
    import opentimelineio

    made = opentimelineio.schema.Marker(
        name=marker.name,
        marked_range=opentimelineio.opentime.TimeRange(
            opentimelineio.opentime.RationalTime(marker.frame, float(rate)),
            opentimelineio.opentime.RationalTime(marker.frames, float(rate)),
        ),
        color=marker.colour.upper(),
    )
    if marker.note:
        made.metadata["twopop"] = {"note": marker.note}
    return made
