"""What is known of rights: assets, grants, uses; and the legal fields that are written into a file."""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import Literal

import msgspec

from twopop.findings import Finding

#: What an asset is.
AssetKind = Literal[
    "music", "footage", "stock", "archive", "talent", "voice", "location", "logo", "font", "ai", "other"
]

#: What kinds of asset need which rights; all others need the right of ``use``.
RIGHTS: dict[str, tuple[str, ...]] = {"music": ("sync", "master")}

#: How far a grant has come. Only what the settings call binding counts; a refusal always counts.
Status = Literal["quote", "confirmed", "executed", "paid", "refused", "unknown"]


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


class Contributor(_Part, frozen=True, kw_only=True):
    """Somebody who is named on a cue sheet: *share* in per cent, *society* (PRO) and *ipi* where known."""

    name: str
    role: Literal["composer", "author", "arranger", "publisher", "performer", "label"] = "composer"
    share: Fraction | None = None
    society: str = ""
    ipi: str = ""


class Work(_Part, frozen=True, kw_only=True):
    """What a cue sheet says of a piece of music.

    *usage* is a cue-sheet code (BI background instrumental, BV background vocal, VI and VV visual, MT and ET main and
    end title, TH theme, LOGO); *origin* is commissioned, library or commercial.
    """

    contributors: tuple[Contributor, ...] = ()
    iswc: str = ""
    isrc: str = ""
    usage: str = ""
    origin: str = ""
    library: str = ""
    catalogue: str = ""


class Asset(_Part, frozen=True, kw_only=True):
    """Something that has to be cleared: a piece of music, a stock shot, a performer, a place, a typeface.

    It is in the program wherever a clip fits it: *sources* are patterns for the name of a clip's source (with or
    without its ending), *paths* for the path of its media, *metadata* for entries of the clip's own metadata, *markers*
    for the names of markers, whose stretch it then holds (a performer, a place). ``*`` and ``?`` stand for anything;
    case does not matter. Music and voices are only ever heard, logos, places and typefaces only seen; *roles* narrows
    that to these (``picture``, or what a track carries: ``music``, ``effects``).

    *editorial_only* material may not be used in advertising. *credit* is the line that has to be shown. *ai* says how
    it was made, where a machine made it. *origin* says where the ledger lists it.
    """

    id: str
    kind: AssetKind
    title: str = ""
    sources: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    metadata: dict[str, str] = {}
    markers: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    editorial_only: bool = False
    ai: str = ""
    credit: str = ""
    holder: str = ""
    work: Work | None = None
    note: str = ""
    origin: str = ""

    @property
    def rights(self) -> tuple[str, ...]:
        """The rights that it needs, each of which has to be granted."""
        return RIGHTS.get(self.kind, ("use",))

    @property
    def name(self) -> str:
        """What people call it."""
        return self.title or self.id


class Evidence(_Part, frozen=True, kw_only=True):
    """The paper behind a grant: a *file* (relative to the ledger) and the *sha256* of its bytes, where it is kept."""

    file: str
    sha256: str = ""


class Grant(_Part, frozen=True, kw_only=True):
    """What one paper says of one *right* to one *asset* (by its id).

    It holds for all *media* and *territory* named, from *start* to *end* (both inclusive; None is without limit). With
    *trigger* (``"first air"``) the term runs from a day that only *start* can tell: without it nothing is known.
    *longest* is the most seconds that the film may have, *lengths* the cuts it may have (``"30s"``, ``"full"``; empty:
    any), *edits* whether the film may be cut down at all, *paid* whether paid or organic use is meant (None: both).
    An *option* that was not exercised grants nothing. *clause* and *evidence* are where it is written, *origin* where
    the ledger lists it.
    """

    asset: str
    right: str = "use"
    status: Status = "unknown"
    holder: str = ""
    media: tuple[str, ...] = ("all",)
    territory: tuple[str, ...] = ("worldwide",)
    start: datetime.date | None = None
    end: datetime.date | None = None
    trigger: str = ""
    longest: Fraction | None = None
    lengths: tuple[str, ...] = ()
    edits: bool = True
    paid: bool | None = None
    option: bool = False
    exclusive: str = ""
    conditions: str = ""
    clause: str = ""
    evidence: tuple[Evidence, ...] = ()
    note: str = ""
    origin: str = ""

    @property
    def where(self) -> str:
        """Where it is written, for people: the ledger's line, the clause, the paper."""
        papers = [f"evidence {paper.file}" for paper in self.evidence]
        return ", ".join(part for part in (self.origin, self.clause and f"clause {self.clause}", *papers) if part)


class Ledger(_Part, frozen=True, kw_only=True):
    """What one plugin knows of rights: its *assets*, the *grants* to them, and what is wrong with its own list."""

    assets: tuple[Asset, ...] = ()
    grants: tuple[Grant, ...] = ()
    findings: tuple[Finding, ...] = ()


class Flight(_Part, frozen=True, kw_only=True):
    """Where and when a film will run.

    *media* and *platforms* are words of one tree; *start* and *end* are the first and the last day; *paid* is paid or
    organic (None: not said).
    """

    media: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    territories: tuple[str, ...] = ()
    start: datetime.date | None = None
    end: datetime.date | None = None
    paid: bool | None = None
    purpose: Literal["advertising", "editorial"] = "advertising"


class LegalWords(_Part, frozen=True, kw_only=True):
    """What an order says of a film's identity and rights; each word is written into the file and beside it.

    *ad_id* and *clock* name the film to its registry, *isan* and *eidr* the work, *clearance* the paper of the body
    that cleared it. *ai* is an IPTC digital source type (``trainedAlgorithmicMedia``) where machines made what is seen.
    """

    description: str = ""
    copyright: str = ""
    creator: str = ""
    credit: str = ""
    usage: str = ""
    clearance: str = ""
    ad_id: str = ""
    clock: str = ""
    isan: str = ""
    eidr: str = ""
    ai: str = ""


class LegalField(msgspec.Struct, frozen=True, kw_only=True):
    """One field of legal metadata: its *key* and its *value*.

    *key* is ``title``, ``comment`` or a word of ``LegalWords``, which each container gets in its own words; any other
    key is written as it is.
    """

    key: str
    value: str
