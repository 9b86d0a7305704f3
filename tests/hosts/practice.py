"""Practice projects for tests: a folder with the contract's film cut in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event
from typing import Any

from twopop.hosts import Place, Rendered, RenderPreset
from twopop.hosts.contract.cards import SIZE, make_sources
from twopop.hosts.contract.cuts import FILM, Cut
from twopop.hosts.fake import FakeHost
from twopop.time import Rate
from twopop.variants.model import Span

PRORES = RenderPreset(container="mov", video="prores-422", size=SIZE, rate=FILM.rate)


def nothing(done: int, total: int) -> None:
    pass


def practice(folder: Path, media: Path, cut: Cut = FILM, name: str = "film") -> FakeHost:
    """A practice project whose only timeline is *cut*."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.otio").write_text(cut.otio(media, name))
    return FakeHost(Place(folder))


def rendered(
    host: FakeHost,
    file: Path,
    *,
    timeline: str = "",
    span: Span | None = None,
    preset: RenderPreset = PRORES,
    progress: Callable[[int, int], None] = nothing,
    cancel: Event | None = None,
) -> Rendered:
    return host.render(timeline, span, preset, file, progress=progress, cancel=cancel or Event())


def clip(path: Path, first: float, frames: float, rate: Rate, *effects: Any, **words: Any) -> dict[str, Any]:
    """An OTIO clip as plain JSON."""
    return {
        "OTIO_SCHEMA": "Clip.2",
        "name": path.stem,
        "metadata": {"twopop": words},
        "source_range": stretch(first, frames, rate),
        "effects": list(effects),
        "active_media_reference_key": "DEFAULT_MEDIA",
        "media_references": {
            "DEFAULT_MEDIA": {
                "OTIO_SCHEMA": "ExternalReference.1",
                "target_url": str(path),
                "available_range": stretch(0, 40, rate),
            }
        },
    }


def warp(speed: float) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "LinearTimeWarp.1", "name": "", "effect_name": "LinearTimeWarp", "time_scalar": speed}


def dissolve(before: int, after: int, rate: Rate) -> dict[str, Any]:
    return {
        "OTIO_SCHEMA": "Transition.1",
        "transition_type": "SMPTE_Dissolve",
        "in_offset": time(before, rate),
        "out_offset": time(after, rate),
    }


def stretch(first: float, frames: float, rate: Rate) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "TimeRange.1", "start_time": time(first, rate), "duration": time(frames, rate)}


def time(value: float, rate: Rate) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "RationalTime.1", "value": value, "rate": float(rate)}


def cut(picture: Sequence[Any], sound: Sequence[Any] = (), name: str = "cut") -> str:
    """An OTIO timeline with one track of each kind, as text."""
    made = [("Video", picture), ("Audio", sound)]
    tracks = [
        {"OTIO_SCHEMA": "Track.1", "kind": kind, "name": kind, "children": list(items)} for kind, items in made if items
    ]
    return json.dumps(
        {"OTIO_SCHEMA": "Timeline.1", "name": name, "tracks": {"OTIO_SCHEMA": "Stack.1", "children": tracks}}
    )


__all__ = ["FILM", "PRORES", "clip", "cut", "dissolve", "make_sources", "practice", "rendered", "warp"]
