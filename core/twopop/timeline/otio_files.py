"""OpenTimelineIO's own files: .otio, and .otioz with its media beside it."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

from twopop.errors import InputError
from twopop.findings import Finding, info
from twopop.timeline import adapters
from twopop.timeline.choosing import chosen, timelines
from twopop.timeline.flatten import Cut, flatten
from twopop.timeline.reading import Reading, ReadOptions

#: Brackets within brackets beyond which a file would overrun the stack of OTIO's own reader.
_DEEPEST = 400
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]')


def read_otio(path: Path, options: ReadOptions) -> Reading:
    """The cut in a .otio, .otioz or .otiod at *path*. Raises InputError."""
    inner = path / "content.otio" if path.is_dir() else path
    data = adapters.contents(inner)
    if data[:4] == b"PK\x03\x04" or path.suffix.lower() == ".otioz":
        data = _out_of_bundle(path, data)
    return _reading(path, adapters.text_of(data), options)


def read_otio_text(text: str, options: ReadOptions, *, where: str) -> Reading:
    """The cut in *text*, which is what a .otio file holds; *where* stands for it in errors. Raises InputError."""
    return _reading(Path(where), text, options)


def _reading(path: Path, text: str, options: ReadOptions) -> Reading:
    timeline, findings = timeline_in(text, path, options)
    return adapters.called("OpenTimelineIO", path, lambda: flatten(Cut(timeline, findings=findings), options))


def timeline_in(text: str, path: Path, options: ReadOptions) -> tuple[Any, tuple[Finding, ...]]:
    """The timeline in OpenTimelineIO's JSON *text*, which came from *path*, and what was found on the way.

    Raises InputError.
    """
    text, findings = _known_versions(path, text)

    def read() -> Any:
        import opentimelineio

        return opentimelineio.adapters.read_from_string(text, "otio_json")

    found = adapters.called("OpenTimelineIO", path, read)
    timeline, more = adapters.called("OpenTimelineIO", path, lambda: chosen(path, list(timelines(found)), options.name))
    adapters.called("OpenTimelineIO", path, lambda: _unwound(timeline))
    return timeline, findings + more


def _unwound(timeline: Any) -> None:
    """Undo what OTIO's CMX adapter does to tracks: a source range that begins at minus the first record timecode.

    Taken at its word such a track shows nothing; meant is all of it, beginning at that timecode.
    """
    from opentimelineio import opentime, schema

    starts = {
        index: -track.source_range.start_time
        for index, track in enumerate(timeline.tracks)
        if isinstance(track, schema.Track)
        and track.source_range is not None
        and track.source_range.start_time.value < 0
        and (track.source_range.start_time + track.source_range.duration).value <= 0
    }
    if not starts:
        return
    first = min(starts.values())
    if timeline.global_start_time is None:
        timeline.global_start_time = first
    for index, start in starts.items():
        track = timeline.tracks[index]
        track.source_range = None
        if start > first:
            track.insert(0, schema.Gap(source_range=opentime.TimeRange(duration=start - first)))


def _out_of_bundle(path: Path, data: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as bundle:
            entry = bundle.getinfo("content.otio")
            if entry.file_size > adapters.LARGEST:
                raise InputError("The cut in the bundle is too large to be one.", where=str(path))
            return bundle.read(entry)
    except KeyError:
        raise InputError("The bundle holds no content.otio.", where=str(path)) from None
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError, EOFError) as error:
        raise InputError(f"The bundle cannot be opened: {error}.", where=str(path)) from None
    except Exception as error:  # the decompressors have errors of their own (zlib.error, LZMAError)
        raise InputError(f"The bundle is damaged: {error}.", where=str(path)) from None


def _known_versions(path: Path, text: str) -> tuple[str, tuple[Finding, ...]]:
    """*text* with objects of newer kinds than this OpenTimelineIO knows made into the newest it does know.

    Newer versions add fields, which are passed over, or put a word into an object of its own (the colour of
    Marker.3), which is taken out again. A finding names what was read so.
    """
    _refuse_depth(path, text)
    import opentimelineio

    known = opentimelineio.core.type_version_map()
    newer = {
        f"{kind}.{version}": None
        for kind, version in re.findall(r'"OTIO_SCHEMA"\s*:\s*"(\w+)\.(\d{1,9})"', text)
        if int(version) > known.get(kind, int(version))
    }
    if not newer:
        return text, ()
    try:
        made = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"This is not OpenTimelineIO's JSON: {error}.", where=str(path)) from None
    words = f"The file comes from a newer OpenTimelineIO ({', '.join(newer)}); what is new in it was not read."
    return json.dumps(_lowered(made, known)), (info("timeline.newer", words),)


def _lowered(value: Any, known: dict[str, int]) -> Any:
    if isinstance(value, list):
        return [_lowered(each, known) for each in value]
    if not isinstance(value, dict):
        return value
    made = {key: _lowered(each, known) for key, each in value.items()}
    kind, _, version = str(made.get("OTIO_SCHEMA", "")).rpartition(".")
    if version.isdigit() and int(version) > known.get(kind, int(version)):
        made["OTIO_SCHEMA"] = f"{kind}.{known[kind]}"
    colour = made.get("color")
    if kind == "Marker" and isinstance(colour, dict):
        made["color"] = str(colour.get("name") or "")
    return made


def _refuse_depth(path: Path, text: str) -> None:
    depth = 0
    for match in _BRACKETS.finditer(text):
        mark = match[0]
        depth += 1 if mark in "[{" else -1 if mark in "]}" else 0
        if depth > _DEEPEST:
            raise InputError("It is nested far too deeply to be a cut.", where=str(path))
    if not text.lstrip("\ufeff \t\r\n").startswith("{") or '"OTIO_SCHEMA"' not in text:
        raise InputError("This is not OpenTimelineIO's JSON.", where=str(path), remedy="Export as .otio.")
