"""The words that are written into a file: its title, and who says what of the rights."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

from twopop.legal.model import LegalField
from twopop.variants.model import Variant

#: Free fields of a project that are written as they are, in ffmpeg's words for MP4 and MOV.
COPIED = ("copyright", "comment", "description")


def fields_for(project: Mapping[str, str], variant: Variant) -> list[LegalField]:
    """The fields for *variant* from the words of *project* (``title`` and the free fields).

    The title says which variant the file is; copyright, comment and description are written where *project* gives
    them. Values have one line and no control characters.
    """
    title = _line(project.get("title", ""))
    fields = [LegalField(key="title", value=f"{title} ({_line(str(variant))})")] if title else []
    copied = ((key, _line(project.get(key, ""))) for key in COPIED)
    return fields + [LegalField(key=key, value=value) for key, value in copied if value]


def _line(text: str) -> str:
    """*text* composed, in one line, without control, bidirectional-control and half characters."""
    spaced = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(c for c in spaced if unicodedata.category(c) not in ("Cc", "Cs") and not _turns(c)).strip()


def _turns(letter: str) -> bool:
    """Whether *letter* turns the direction of what follows, so that a line could read as another one (UAX #9)."""
    return unicodedata.bidirectional(letter) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
