"""XML from anybody: parsed without entities of its own, to a sane depth."""

from __future__ import annotations

import io
import re
from pathlib import Path
from xml.etree import ElementTree

from twopop.errors import InputError

_DEEPEST = 200


def root_of(data: bytes, path: Path) -> ElementTree.Element:
    """The root element in *data*. Raises InputError for what is no XML, defines entities or is far too deep."""
    if re.search(rb"<!ENTITY", data):
        raise InputError("The XML defines entities of its own, which no cut needs.", where=str(path))
    depth = 0
    root: ElementTree.Element | None = None
    try:
        for event, element in ElementTree.iterparse(io.BytesIO(data), ("start", "end")):  # noqa: S314  # no entities
            root = element if root is None else root
            depth += 1 if event == "start" else -1
            if depth > _DEEPEST:
                raise InputError("The XML is nested far too deeply to be a cut.", where=str(path))
    except ElementTree.ParseError as error:
        raise InputError(f"The XML is damaged: {error}.", where=str(path), remedy="Export it again.") from None
    except (ValueError, LookupError) as error:
        raise InputError(f"The XML cannot be read: {error}.", where=str(path)) from None
    if root is None:
        raise InputError("This is no XML.", where=str(path))
    return root
