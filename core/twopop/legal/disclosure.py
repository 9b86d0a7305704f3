"""What has to be said of material that machines made."""

from __future__ import annotations

from collections.abc import Iterable

from twopop.legal.answers import AssetUse

#: IPTC NewsCodes, digital source type (cv.iptc.org/newscodes/digitalsourcetype): those by which machines had a part.
MADE_BY_MACHINES = (
    "trainedAlgorithmicMedia",
    "compositeWithTrainedAlgorithmicMedia",
    "compositeSynthetic",
    "algorithmicMedia",
    "algorithmicallyEnhanced",
)

#: All of them.
SOURCE_TYPES = (
    *MADE_BY_MACHINES,
    "digitalCapture",
    "computationalCapture",
    "negativeFilm",
    "positiveFilm",
    "print",
    "humanEdits",
    "composite",
    "compositeCapture",
    "digitalCreation",
    "dataDrivenMedia",
    "virtualRecording",
    "screenCapture",
)

#: What the code stands under.
NEWSCODES = "http://cv.iptc.org/newscodes/digitalsourcetype/"


def undisclosed(uses: Iterable[AssetUse], ai: str) -> list[AssetUse]:
    """The assets made by machines that survive in a cut whose digital source type *ai* does not say so."""
    return [] if ai in MADE_BY_MACHINES else [use for use in uses if use.kind == "ai"]
