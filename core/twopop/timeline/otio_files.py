"""OpenTimelineIO's own files: .otio, and .otioz with its media beside it."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

from twopop.errors import InputError
from twopop.findings import Finding, warn
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
    text, findings = _known_versions(path, adapters.text_of(data))

    def read() -> Any:
        import opentimelineio

        return opentimelineio.adapters.read_from_string(text, "otio_json")

    found = adapters.called("OpenTimelineIO", path, read)
    timeline, more = chosen(path, list(timelines(found)), options.name)
    return adapters.called(
        "OpenTimelineIO", path, lambda: flatten(Cut(timeline, findings=findings + more), options)
    )


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
    """*text* with objects of newer kinds than this OpenTimelineIO knows marked as the newest it does know.

    Newer versions so far add fields that older readers pass over; a finding names what was read so.
    """
    _refuse_depth(path, text)
    import opentimelineio

    known = opentimelineio.core.type_version_map()
    newer: dict[str, None] = {}

    def lower(match: re.Match[str]) -> str:
        kind, version = match[2], int(match[3])
        if version <= known.get(kind, version):
            return match[0]
        newer[f"{kind}.{version}"] = None
        return f"{match[1]}{kind}.{known[kind]}{match[4]}"

    text = re.sub(r'("OTIO_SCHEMA"\s*:\s*")(\w+)\.(\d{1,9})(")', lower, text)
    if not newer:
        return text, ()
    words = f"The file comes from a newer OpenTimelineIO ({', '.join(newer)}); what is new in it was not read."
    return text, (warn("timeline.newer", words),)


def _refuse_depth(path: Path, text: str) -> None:
    depth = 0
    for match in _BRACKETS.finditer(text):
        mark = match[0]
        depth += mark in "[{" and 1 or (mark in "]}" and -1) or 0
        if depth > _DEEPEST:
            raise InputError("It is nested far too deeply to be a cut.", where=str(path))
    try:
        made = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"This is not OpenTimelineIO's JSON: {error}.", where=str(path)) from None
    if not isinstance(made, dict) or "OTIO_SCHEMA" not in made:
        raise InputError("This is JSON, but not OpenTimelineIO's.", where=str(path), remedy="Export as .otio.")
