"""Territories: from ``"worldwide except US"`` or ``"EU"`` to the countries meant, by ISO 3166-1 alpha-2."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from twopop.errors import InputError
from twopop.schema import nearest

WORLDWIDE = "WORLDWIDE"

#: Regions by name: the words that they are written as, which may be regions again.
Regions = Mapping[str, str]


@cache
def countries() -> frozenset[str]:
    """All countries, by ISO 3166-1 alpha-2 code."""
    import iso3166

    return frozenset(iso3166.countries_by_alpha2)


@cache
def shipped_regions() -> Regions:
    """The regions that come with twopop (``regions.toml``)."""
    return tomllib.loads(Path(__file__).with_name("regions.toml").read_text("utf-8"))


def expand(said: str | Iterable[str], regions: Regions | None = None) -> frozenset[str]:
    """The countries that *said* means: codes, regions and ``worldwide``, less what follows ``except``.

    Words are parted by blanks, commas or semicolons and may be given as a list; ``except`` holds to the end of its
    text. *regions* are added to the shipped ones. Raises InputError that names the word and the nearest known one, and
    for a text that names no country at all.
    """
    known = {**shipped_regions(), **{name.upper(): words for name, words in (regions or {}).items()}}
    meant: set[str] = set()
    left_out: set[str] = set()
    for text in [said] if isinstance(said, str) else said:
        target = meant
        for word in re.split(r"[\s,;]+", text.strip()):
            if word.lower() in ("except", "excluding"):
                target = left_out
            elif word:
                target |= _countries_of(word.upper(), known, ())
    if not meant - left_out:
        raise InputError(f"{said!r} names no country.", remedy="Write a code (DE), a region (EU) or worldwide.")
    return frozenset(meant - left_out)


def _countries_of(word: str, regions: Regions, above: tuple[str, ...]) -> frozenset[str]:
    if word in (WORLDWIDE, "WORLD"):
        return countries()
    if word in regions and word not in above:
        parts = regions[word].upper().split()
        return frozenset().union(*(_countries_of(part, regions, (*above, word)) for part in parts))
    if word in countries():
        return frozenset({word})
    raise InputError(
        f"There is no territory {word!r}.{nearest(word, [*regions, WORLDWIDE])}",
        remedy="Write ISO 3166 codes (DE), regions (EU) or worldwide; a house's own stand under [rights.regions].",
    )


def words(meant: Iterable[str], *, most: int = 8) -> str:
    """*meant* (countries) for people: ``worldwide``, ``worldwide except US``, or the codes, no more than *most*."""
    codes = sorted(meant)
    missing = sorted(countries().difference(codes))
    if len(missing) <= min(most, len(codes)):
        return "worldwide" + (f" except {', '.join(missing)}" if missing else "")
    return ", ".join(codes) if len(codes) <= most else f"{', '.join(codes[:most])} and {len(codes) - most} more"
