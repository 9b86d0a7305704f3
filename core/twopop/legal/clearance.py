"""Whether what survives in a cut is granted for where and when it will run. It reports a ledger; no legal advice."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

import msgspec

from twopop.errors import InputError
from twopop.legal import territories
from twopop.legal.media import Media
from twopop.legal.model import Asset, Flight, Grant
from twopop.legal.windows import Window, first_gap

#: What came of a check, the gravest first.
State = Literal["refused", "not cleared", "expires", "unknown", "cleared"]
GRAVEST: tuple[State, ...] = ("refused", "not cleared", "expires", "unknown", "cleared")


@dataclass(frozen=True)
class House:
    """How a house reads ledgers: its *media* tree, its *regions*, and which statuses of a grant are *binding*."""

    media: Media = field(default_factory=Media)
    regions: Mapping[str, str] = field(default_factory=dict)
    binding: tuple[str, ...] = ("executed", "paid")


class Clearance(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The answer for one *right* to one *asset* in one cut.

    *why* says what is missing, *remedy* what would mend it, *grants* where the papers are; *until* is the last day that
    is covered when it expires.
    """

    asset: str
    right: str
    state: State
    why: str
    remedy: str = ""
    grants: tuple[str, ...] = ()
    until: datetime.date | None = None


@dataclass(frozen=True)
class Use:
    """A flight made exact: single *media* and *countries*, first and last day; and the film's own length and cut."""

    media: frozenset[str]
    countries: frozenset[str]
    start: datetime.date
    end: datetime.date
    seconds: Fraction
    cut: str
    paid: bool | None
    advertising: bool


def use_of(flight: Flight, house: House, *, seconds: Fraction, cut: str) -> Use:
    """*flight* for a film of so many *seconds* in the *cut* (``"full"``, ``"30s"``).

    Raises InputError, which says what is missing or unknown in ``[use]``.
    """
    if flight.start is None or flight.end is None:
        raise InputError("[use] does not say when the film will run.", remedy="Write start and end as dates.")
    if flight.end < flight.start:
        raise InputError(f"[use] ends on {flight.end}, before it starts on {flight.start}.", remedy="Swap the dates.")
    if not flight.territories:
        raise InputError("[use] names no territories.", remedy='Write territories = ["GB"], or regions such as "EU".')
    return Use(
        media=house.media.leaves((*flight.media, *flight.platforms)),
        countries=territories.expand(flight.territories, house.regions),
        start=flight.start,
        end=flight.end,
        seconds=seconds,
        cut=cut,
        paid=flight.paid,
        advertising=flight.purpose == "advertising",
    )


@dataclass(frozen=True)
class _Terms:
    """A grant made exact."""

    grant: Grant
    media: frozenset[str]
    countries: frozenset[str]

    @property
    def window(self) -> Window:
        return self.grant.start, self.grant.end

    def touches(self, use: Use) -> bool:
        first, last = self.window
        in_time = (first is None or first <= use.end) and (last is None or last >= use.start)
        same_kind = self.grant.paid is None or use.paid is None or self.grant.paid == use.paid
        return in_time and same_kind and bool(self.media & use.media) and bool(self.countries & use.countries)


class Clearing:
    """Answers for uses of *grants*; each grant is made exact once."""

    def __init__(self, grants: Iterable[Grant], house: House) -> None:
        self._house = house
        self._terms: dict[tuple[str, str], list[_Terms]] = {}
        for grant in grants:
            media = house.media.leaves(grant.media)
            terms = _Terms(grant, media, territories.expand(grant.territory, house.regions))
            self._terms.setdefault((grant.asset, grant.right), []).append(terms)

    def clear(self, asset: Asset, use: Use) -> tuple[Clearance, ...]:
        """The answer for each right that *asset* needs."""
        return tuple(self._clear(asset, right, use) for right in asset.rights)

    def _clear(self, asset: Asset, right: str, use: Use) -> Clearance:
        terms = self._terms.get((asset.id, right), [])
        refused = [t for t in terms if t.grant.status == "refused" and t.touches(use)]
        if refused:
            return _answer(asset, right, "refused", _noted("It is refused", refused), _REPLACE, refused)
        if asset.editorial_only and use.advertising:
            why = "It is for editorial use only, and this is advertising"
            return _answer(asset, right, "not cleared", why, "Replace it, or license it for advertising.", terms)
        given = [t for t in terms if t.grant.status in self._house.binding and not t.grant.option]
        if not given:
            return _without_grant(asset, right, terms)
        unsure = [t for t in given if t.grant.trigger and t.grant.start is None]
        sure = [t for t in given if t not in unsure]
        fitting = [t for t in sure if not _misfit(t.grant, use)]
        cover = _covered(fitting, use)
        doubtful = [t for t in terms if t.grant.status == "unknown" and t.touches(use)]
        if not cover.gaps and doubtful:
            return _answer(asset, right, "unknown", _noted(_DOUBT, doubtful), _ASK, doubtful)
        if not cover.gaps:
            return _answer(asset, right, "cleared", "Granted", "", fitting)
        possible = [t for t in unsure if not _misfit(t.grant, use)]
        if possible and not _covered([*fitting, *possible], use).gaps:
            why = f"Its term runs from {possible[0].grant.trigger}, a day that the ledger does not give"
            return _answer(asset, right, "unknown", why, "Write that day as the grant's start.", possible)
        return self._short(asset, right, use, sure, fitting, cover)

    def _short(
        self, asset: Asset, right: str, use: Use, sure: list[_Terms], fitting: list[_Terms], cover: _Cover
    ) -> Clearance:
        """The answer where grants there are do not cover all of *use*."""
        misfits = [(t, said) for t in sure if (said := _misfit(t.grant, use)) and t.touches(use)]
        if misfits and not _covered(sure, use).gaps:
            terms, (why, remedy) = misfits[0]
            return _answer(asset, right, "not cleared", why, remedy, [terms])
        if cover.until is not None:
            why = f"The grant runs out on {cover.until}, before the flight ends on {use.end}"
            remedy = f"Renew it, end the flight on {cover.until}, or replace it."
            return _answer(asset, right, "expires", why, remedy, fitting, until=cover.until)
        media, countries = self._house.media.words(cover.media), territories.words(cover.countries)
        why = f"Nothing is granted for {media} in {countries}{_when(cover, use)}"
        fine = use.countries - cover.countries
        remedy = "License it there, or replace it"
        remedy = f"{remedy}, or keep to {territories.words(fine)}." if fine else f"{remedy}."
        return _answer(asset, right, "not cleared", why, remedy, fitting or sure)


_REPLACE = "Take it out of the cut, or replace it."
_DOUBT = "Whether it may be used is not known"
_ASK = "Ask who cleared it."


def _without_grant(asset: Asset, right: str, terms: list[_Terms]) -> Clearance:
    if not terms:
        return _answer(asset, right, "unknown", "The ledger has no grant for it", _ASK, [])
    optional = [t for t in terms if t.grant.option]
    if optional:
        why = "There is only an option that was not exercised"
        return _answer(asset, right, "not cleared", why, "Exercise the option, or replace it.", optional)
    stages = ", ".join(sorted({t.grant.status for t in terms}))
    if stages == "unknown":
        return _answer(asset, right, "unknown", _noted(_DOUBT, terms), _ASK, terms)
    if {t.grant.status for t in terms} == {"refused"}:
        return _answer(asset, right, "unknown", "The ledger only says where it is refused", _ASK, terms)
    return _answer(asset, right, "not cleared", f"The paper is not binding yet ({stages})",
                   "Get the licence signed, or replace it.", terms)  # fmt: skip


def _misfit(grant: Grant, use: Use) -> tuple[str, str] | None:
    """Why *grant* does not hold for this film at all, wherever it runs, and what to do; None when it may."""
    if grant.longest is not None and use.seconds > grant.longest:
        longest = f"{float(grant.longest):g} s"
        return f"It is granted for films up to {longest} only", f"Shorten the film to {longest}, or replace it."
    if grant.lengths and use.cut not in grant.lengths:
        lengths = ", ".join(grant.lengths)
        return f"It is granted for these cuts only: {lengths}", f"Deliver one of them ({lengths}), or replace it."
    if not grant.edits and use.cut != "full":
        return "The grant does not allow cutdowns", "Deliver the full length, or replace it."
    if grant.paid is not None and use.paid is not None and grant.paid != use.paid:
        kind = "paid" if grant.paid else "organic"
        return f"It is granted for {kind} use only", "License it for this use, or replace it."
    if grant.paid is not None and use.paid is None:
        kind = "paid" if grant.paid else "organic"
        return f"It is granted for {kind} use only, and [use] does not say which this is", "Write paid = true or false."
    return None


@dataclass(frozen=True)
class _Cover:
    """What is not covered: *gaps* as {first day missing: its (medium, country) cells}; *until* when it only expires."""

    gaps: Mapping[datetime.date, frozenset[tuple[str, str]]]
    until: datetime.date | None

    @property
    def media(self) -> frozenset[str]:
        return frozenset(medium for cells in self.gaps.values() for medium, _ in cells)

    @property
    def countries(self) -> frozenset[str]:
        return frozenset(country for cells in self.gaps.values() for _, country in cells)


def _covered(terms: Sequence[_Terms], use: Use) -> _Cover:
    """Every (medium, country) of *use* against the windows of the *terms* that reach it."""
    known: dict[tuple[int, ...], datetime.date | None] = {}
    gaps: dict[datetime.date, set[tuple[str, str]]] = {}
    for medium in use.media:
        there = [n for n, t in enumerate(terms) if medium in t.media]
        for country in use.countries:
            reach = tuple(n for n in there if country in terms[n].countries)
            if reach not in known:
                known[reach] = first_gap([terms[n].window for n in reach], use.start, use.end)
            gap = known[reach]
            if gap is not None:
                gaps.setdefault(gap, set()).add((medium, country))
    first = min(gaps, default=None)
    until = first - datetime.timedelta(days=1) if first is not None and first > use.start else None
    return _Cover({day: frozenset(cells) for day, cells in gaps.items()}, until)


def _when(cover: _Cover, use: Use) -> str:
    day = min(cover.gaps)
    return f" from {day}" if day > use.start else ""


def _noted(words: str, terms: Sequence[_Terms]) -> str:
    notes = "; ".join(dict.fromkeys(t.grant.note for t in terms if t.grant.note))
    return f"{words} ({notes})" if notes else words


def _answer(
    asset: Asset,
    right: str,
    state: State,
    why: str,
    remedy: str,
    terms: Sequence[_Terms],
    *,
    until: datetime.date | None = None,
) -> Clearance:
    grants = tuple(dict.fromkeys(t.grant.where for t in terms if t.grant.where))
    return Clearance(asset=asset.id, right=right, state=state, why=f"{why}.", remedy=remedy, grants=grants, until=until)
