"""Filters that only MLT can show, kept on their clips in OTIO, so that a cut that is put back has them again.

They lie in a clip's ``mlt`` metadata as XML, with their places counted from the clip's own time, so that they hold
where the clip is trimmed.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from twopop import InputError
from twopop.timeline.xml_text import root_of

#: The word by which a clip is known while its cut is made a Program.
KEPT_AS = "mlt-filters"
_LARGEST = 200_000


def keep_filters(item: Any, kept: Sequence[tuple[Element, int, int]]) -> None:
    """Leave the filters *kept* (each with its first and last frame from the clip's first one) on the OTIO *item*."""
    if not kept or item.schema_name() != "Clip":
        return
    texts = []
    for element, first, last in kept:
        alone = copy.deepcopy(element)
        alone.tail = None
        alone.attrib.pop("id", None)
        for each in [each for each in alone.findall("property") if each.get("name") in ("in", "out")]:
            alone.remove(each)
        texts.append({"xml": ElementTree.tostring(alone, encoding="unicode"), "first": first, "last": last})
    own = item.source_range.start_time
    item.metadata["mlt"] = {"filters": texts, "start": [int(own.value), int(own.rate)]}


def with_tokens(otio: str) -> tuple[str, dict[str, Any]]:
    """*otio* with a word in each clip that has filters, and {word: what is kept of them}."""
    made = json.loads(otio)
    found: dict[str, Any] = {}
    for clip in _clips(made):
        kept = clip.get("metadata", {}).get("mlt")
        if isinstance(kept, dict) and isinstance(kept.get("filters"), list):
            word = str(len(found))
            found[word] = kept
            clip["metadata"].setdefault("twopop", {})[KEPT_AS] = word
    return (json.dumps(made), found) if found else (otio, {})


def _clips(value: Any) -> Iterator[dict[str, Any]]:
    ahead = [value]
    while ahead:
        each = ahead.pop()
        if isinstance(each, dict):
            if str(each.get("OTIO_SCHEMA", "")).startswith("Clip.") and isinstance(each.get("metadata"), dict):
                yield each
            ahead += each.values()
        elif isinstance(each, list):
            ahead += each


def filters_of(kept: Any, moved: int) -> list[Element]:
    """The filters in *kept*, as they are written into a producer on which the clip's first frame was *moved* to."""
    found = []
    for each in kept["filters"]:
        try:
            text = str(each["xml"])
            element = root_of(text.encode("utf-8"), Path("filter")) if len(text) < _LARGEST else None
            if element is None or element.tag != "filter":
                continue
            element.set("in", str(moved + int(each["first"])))
            element.set("out", str(moved + int(each["last"])))
        except (InputError, KeyError, TypeError, ValueError):
            continue
        found.append(element)
    return found
