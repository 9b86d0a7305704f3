"""The words that are written into a file: its title, its identity, and who says what of the rights."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

import msgspec

from twopop.legal.model import LegalField, LegalWords
from twopop.variants.model import Variant

#: Free fields of a project that are written as they are.
COPIED = ("copyright", "comment", "description")


def fields_for(project: Mapping[str, str], variant: Variant, words: LegalWords | None = None) -> list[LegalField]:
    """The fields for *variant* from the *words* of the order and those of its *project* (title and free fields).

    The title says which variant the file is. Where both speak, *words* count. Values have one line and no control
    characters.
    """
    title = _line(project.get("title", ""))
    said = {"title": f"{title} ({_line(str(variant))})"} if title else {}
    said |= {key: _line(project.get(key, "")) for key in COPIED}
    said |= {key: value for key, value in _given(words).items() if value}
    return [LegalField(key=key, value=value) for key, value in said.items() if value]


def _given(words: LegalWords | None) -> dict[str, str]:
    if words is None:
        return {}
    return {name: _line(getattr(words, name)) for name in LegalWords.__struct_fields__}


def words_of(
    general: LegalWords, durations: Mapping[str, LegalWords], markets: Mapping[str, LegalWords], variant: Variant
) -> LegalWords:
    """What the order says of *variant*: its market's word before its length's, and that before the *general* one."""
    said = {name: getattr(general, name) for name in LegalWords.__struct_fields__}
    for special in (durations.get(variant.duration), markets.get(variant.market)):
        said |= {name: value for name, value in _given(special).items() if value}
    return msgspec.convert(said, LegalWords)


def _line(text: str) -> str:
    """*text* composed, in one line, without control, bidirectional-control and half characters."""
    spaced = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(c for c in spaced if unicodedata.category(c) not in ("Cc", "Cs") and not _turns(c)).strip()


def _turns(letter: str) -> bool:
    """Whether *letter* turns the direction of what follows, so that a line could read as another one (UAX #9)."""
    return unicodedata.bidirectional(letter) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
