"""What is told of a deliverable beside its file, and the same as JSON on the names of the IPTC Video Metadata Hub."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from twopop import schema
from twopop.time import Rate

#: The edition whose property names the JSON uses (iptc.org/standards/video-metadata-hub).
EDITION = "IPTC Video Metadata Hub 1.6"


class Description(msgspec.Struct, frozen=True, kw_only=True):
    """A film as metadata tell it; "" is not told. *identifiers* maps a registry to the number that it gave.

    *source_type* is an IPTC NewsCode (a URI). *frames* at *rate*; *size* in pixels.
    """

    title: str = ""
    description: str = ""
    copyright: str = ""
    creator: str = ""
    credit: str = ""
    usage: str = ""
    source_type: str = ""
    language: str = ""
    identifiers: Mapping[str, str] = {}
    frames: int
    rate: Rate
    size: tuple[int, int]


def to_hub_json(told: Description) -> bytes:
    """*told* as JSON; the same description gives the same bytes."""
    said: dict[str, Any] = {
        "title": told.title,
        "description": told.description,
        "copyrightNotice": told.copyright,
        "creators": [{"name": told.creator}] if told.creator else [],
        "creditLine": told.credit,
        "usageTerms": told.usage,
        "digitalSourceType": told.source_type,
        "language": told.language,
        "registryEntries": [{"role": body, "itemId": value} for body, value in told.identifiers.items()],
        "duration": {"value": told.frames, "scale": f"{told.rate.denominator}/{told.rate.numerator}"},
        "videoFrameRate": str(told.rate),
        "frameSize": {"width": told.size[0], "height": told.size[1], "unit": "pixel"},
    }
    filled = {key: value for key, value in said.items() if value}
    return schema.to_json({"schema": "twopop.description/1", "names": EDITION, **filled})
