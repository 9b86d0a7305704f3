"""Choosing one timeline out of a file that holds several."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from twopop.errors import InputError
from twopop.findings import Finding, info
from twopop.schema import nearest
from twopop.timeline.exact import children
from twopop.timeline.lengths import DEEPEST


def timelines(found: Any, depth: int = 0) -> Iterator[Any]:
    """Every timeline in what an adapter gave: the timeline itself, or those in its collections."""
    from opentimelineio import schema

    if isinstance(found, schema.Timeline):
        yield found
    elif isinstance(found, schema.Stack | schema.Track | schema.Clip):
        yield wrapped(found)
    elif isinstance(found, schema.SerializableCollection) and depth < DEEPEST:
        for each in children(found):
            yield from timelines(each, depth + 1)


def wrapped(item: Any) -> Any:
    """A timeline around an *item* that stands alone."""
    from opentimelineio import schema

    timeline = schema.Timeline(name=item.name)
    kept = item.clone()
    if isinstance(kept, schema.Clip):
        track = schema.Track(kind=schema.TrackKind.Video)
        track.append(kept)
        kept = track
    timeline.tracks.append(kept)
    return timeline


def chosen(path: Path, several: list[Any], wanted: str) -> tuple[Any, tuple[Finding, ...]]:
    """The timeline called *wanted*, else the first with picture, else the first; a finding names the others.

    Raises InputError when there is none, or none of that name.
    """
    if not several:
        raise InputError("The file holds no timeline.", where=str(path), remedy="Export a timeline or sequence.")
    names = [each.name or f"timeline {number}" for number, each in enumerate(several, 1)]
    if wanted:
        if wanted not in names:
            listed = ", ".join(names)
            raise InputError(
                f"No timeline here is called {wanted!r}.{nearest(wanted, names)}",
                where=str(path),
                remedy=f"It holds: {listed}.",
            )
        return several[names.index(wanted)], ()
    index = next((number for number, each in enumerate(several) if _has_picture(each.tracks, 0)), 0)
    if len(several) == 1:
        return several[0], ()
    words = f"The file holds {len(several)} timelines ({', '.join(names)}); {names[index]!r} is read."
    return several[index], (info("timeline.several", words, remedy="Name another one to read that."),)


def _has_picture(item: Any, depth: int) -> bool:
    if item.schema_name() == "Clip":
        return True
    if item.schema_name() not in ("Stack", "Track") or depth > DEEPEST:
        return False
    if item.schema_name() == "Track" and item.kind != "Video":
        return False
    return any(_has_picture(child, depth + 1) for child in children(item))
