"""Clips as what they show: their media, titles, colours; and what the clip itself says to twopop."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Any

from twopop import files
from twopop.timeline.exact import picture_rate, plain, said, seconds
from twopop.timeline.program import Kind, Source

_TITLE_GENERATORS = re.compile(r"title|text|graphicandtype|lower.?third|crawl|credits|subtitle|caption", re.IGNORECASE)
_BLACK_GENERATORS = re.compile(r"black|slug|gap", re.IGNORECASE)
#: What Premiere calls Slug may be any of its generators; the clip's name tells.
_NOT_BLACK = re.compile(r"bars|leader|tone", re.IGNORECASE)
_CLEAR_GENERATORS = re.compile(r"transparent|adjustment layer", re.IGNORECASE)
_COLOUR_GENERATORS = re.compile(r"colou?r|solid|matte", re.IGNORECASE)
#: The word under ``twopop`` for what a bridge could not take over into an item.
DOUBTS = "doubts"
_TEXT_KEYS = ("text", "str", "string", "title", "caption")


@dataclass(frozen=True)
class Shown:
    """What a clip shows, before it has a place in the program.

    *doubt* is what of it cannot be shown, in words; *media_start* what is to be taken off its times (seconds).
    What is *clear* lets all below be seen.
    """

    name: str
    kind: Kind
    source: Source | None = None
    media_start: Fraction = Fraction(0)
    absolute: bool = False
    text: str = ""
    colour: str = "#000000"
    doubt: tuple[str, str] | None = None
    clear: bool = False
    metadata: dict[str, Any] = field(default_factory=dict)


def wishes(item: Any) -> dict[str, Any]:
    """What *item* says to twopop: its ``twopop`` metadata, or nothing."""
    found = said(item.metadata, "twopop")
    made = plain(found) if found is not None else {}
    return {key: each for key, each in made.items() if key != DOUBTS} if isinstance(made, dict) else {}


def doubts(item: Any) -> list[str]:
    """What the bridge or reader that made *item* could not take over into it, in words for an editor."""
    found = plain(said(item.metadata, "twopop", DOUBTS))
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def shown(clip: Any, *, graphics: bool = False) -> Shown:
    """What the OTIO *clip* shows; with *graphics* it lies on a track of titles and graphics."""
    reference = clip.media_reference
    schema = reference.schema_name() if reference is not None else "MissingReference"
    metadata = wishes(clip)
    name = clip.name or _reel(clip) or (reference.name if reference is not None else "") or "unnamed clip"
    if schema == "GeneratorReference":
        return _generated(name, clip, reference, metadata)
    source, start, absolute = media(clip)
    if metadata.get("kind") == "title" or (graphics and not source.path and schema == "MissingReference"):
        return Shown(name, Kind.TITLE, text=str(metadata.get("text") or name), metadata=metadata)
    doubt = None
    if schema == "ImageSequenceReference":
        doubt = ("timeline.image-sequence", "The clip is a sequence of single images, which is not read as one file.")
    return Shown(name, Kind.MEDIA, source, start, absolute, doubt=doubt, metadata=metadata)


def media(clip: Any) -> tuple[Source, Fraction, bool]:
    """The Source of *clip*, where its times begin to count (seconds), and whether they are the source's timecode."""
    reference = clip.media_reference
    available = reference.available_range if reference is not None else None
    path = _path(reference)
    name = _reel(clip) or (reference.name if reference is not None else "") or PurePosixPath(path).name or clip.name
    rate = picture_rate(available.start_time.rate) if available is not None else None
    if available is None or available.duration.value <= 0:
        start = seconds(available.start_time) if available is not None else Fraction(0)
        return Source(name=name, path=path, rate=rate), start, available is None and clip.source_range is not None
    return Source(name=name, path=path, rate=rate, available=seconds(available.duration)), _start(available), False


def _start(available: Any) -> Fraction:
    return seconds(available.start_time)


def _reel(clip: Any) -> str:
    reel = said(clip.metadata, "cmx_3600", "reel")
    return reel if isinstance(reel, str) else ""


def _path(reference: Any) -> str:
    schema = reference.schema_name() if reference is not None else ""
    if schema == "ExternalReference":
        return files.path_of(reference.target_url or "")
    if schema == "ImageSequenceReference":
        digits = f"%0{reference.frame_zero_padding}d" if reference.frame_zero_padding else "%d"
        base = files.path_of(reference.target_url_base or "")
        joint = "" if not base or base.endswith("/") else "/"
        return f"{base}{joint}{reference.name_prefix}{digits}{reference.name_suffix}"
    return ""


def _generated(name: str, clip: Any, reference: Any, metadata: dict[str, Any]) -> Shown:
    kind = f"{reference.generator_kind or ''} {reference.name or ''}"
    said_text = metadata.get("text") or _text(reference, clip)
    if metadata.get("kind") == "title" or said_text or _TITLE_GENERATORS.search(kind):
        return Shown(name, Kind.TITLE, text=str(said_text or name), metadata=metadata)
    if _CLEAR_GENERATORS.search(f"{kind} {name}"):
        return Shown(name, Kind.BLACK, clear=True, metadata=metadata)
    if _BLACK_GENERATORS.search(kind) and not _NOT_BLACK.search(name):
        return Shown(name, Kind.BLACK, metadata=metadata)
    if _COLOUR_GENERATORS.search(kind):
        return Shown(name, Kind.COLOUR, colour=metadata.get("colour") or _colour(reference), metadata=metadata)
    named = kind.strip() if not _BLACK_GENERATORS.search(kind) else name
    message = f"The generator {named or 'without a name'!r} cannot be made here; grey stands for it."
    return Shown(name, Kind.COLOUR, colour="#808080", doubt=("timeline.generator", message), metadata=metadata)


def _text(reference: Any, clip: Any) -> str:
    """The words in a title generator's parameters, as twopop, FCP7 and others keep them."""
    parameters = plain(reference.parameters) if reference.parameters is not None else {}
    for key in _TEXT_KEYS:
        found = next((value for name, value in parameters.items() if name.lower() == key), None)
        if isinstance(found, str) and found.strip():
            return found.strip()
    for holder in (reference.metadata, clip.metadata):
        listed = plain(said(holder, "fcp_xml", "parameter"))
        for parameter in listed if isinstance(listed, list) else [listed]:
            if isinstance(parameter, dict) and str(parameter.get("parameterid", "")).lower() in _TEXT_KEYS:
                words = parameter.get("value")
                if isinstance(words, str) and words.strip():
                    return words.strip().replace("\r", "\n")
    return ""


def _colour(reference: Any) -> str:
    """The colour in a generator's parameters as ``#rrggbb``; black where it says none that is understood."""
    parameters = plain(reference.parameters) if reference.parameters is not None else {}
    lower = {name.lower(): value for name, value in parameters.items()}
    value = next((lower[key] for key in ("colour", "color", "fill", "fillcolor") if key in lower), None)
    if value is None:
        value = _fcp7_colour(reference)
    if isinstance(value, str) and re.fullmatch(r"#?[0-9a-fA-F]{6}", value):
        return "#" + value.lstrip("#").lower()
    if isinstance(value, list) and len(value) >= 3 and all(isinstance(part, int | float) for part in value[:3]):
        scale = 255 if all(part <= 1 for part in value[:3]) else 1
        return "#" + "".join(f"{min(255, max(0, round(part * scale))):02x}" for part in value[:3])
    return "#000000"


def _fcp7_colour(reference: Any) -> list[float] | None:
    listed = plain(said(reference.metadata, "fcp_xml", "parameter"))
    for parameter in listed if isinstance(listed, list) else [listed]:
        value = parameter.get("value") if isinstance(parameter, dict) else None
        if isinstance(value, dict) and {"red", "green", "blue"} <= set(value):
            try:
                return [float(value[part]) for part in ("red", "green", "blue")]
            except (TypeError, ValueError):
                return None
    return None
