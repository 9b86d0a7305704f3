"""What may be shown: ledgers from plugins, the order's ``[use]``, and the answer for each cut."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from fractions import Fraction
from functools import cache, cached_property

import msgspec

from twopop import schema
from twopop.delivery.order import Order
from twopop.delivery.session import Session
from twopop.errors import InputError
from twopop.findings import Finding, Severity, fail, warn
from twopop.legal.answers import LABEL, AssetUse, findings_of, use_of_asset
from twopop.legal.clearance import Clearance, Clearing, House, State, Use, use_of
from twopop.legal.cues import CueSheet, cue_sheet
from twopop.legal.matching import Presence, by_asset, presences, unmatched
from twopop.legal.media import ALL, Media
from twopop.legal.model import Asset, Flight, Grant, Ledger
from twopop.legal.survival import Stretch, surviving
from twopop.legal.territories import countries
from twopop.settings import RightsTable, Settings
from twopop.timeline.program import Program, Role
from twopop.variants.model import Cutdown, Variant

#: Of these kinds one clip is one thing: two assets of them that fit it are a mistake in the ledger.
_MATERIAL = ("music", "footage", "stock", "archive", "ai", "font")

#: What a track says of an unlisted sound on it.
_BY_ROLE = {str(Role.MUSIC): "music", str(Role.NARRATION): "voice"}


@dataclass(frozen=True)
class Rights:
    """For one cut: the assets that survive in it with their answers (*uses*), and what that means (*findings*)."""

    uses: tuple[AssetUse, ...] = ()
    findings: tuple[Finding, ...] = ()


class RightsDesk:
    """Answers for the cuts of one *program*: each cut is asked once, however many deliverables show it.

    Raises InputError for settings under ``[rights]`` that mean nothing.
    """

    def __init__(self, session: Session, order: Order, program: Program) -> None:
        self._session = session
        self._order = order
        self._program = program
        self._table = session.settings[RightsTable]
        self._house = house_of(session.settings)
        self.of = cache(self._of)
        self._use_in = cache(self._made_exact)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with the ledgers and with how they fit the program, whatever is cut from it."""
        return (*self._ledger.findings, *self._ambiguous())

    def cues(self, cutdown: Cutdown, variant: Variant, start: str) -> CueSheet | None:
        """The cue sheet of a variant that begins at the timecode *start*.

        None where no music of the ledger is heard.
        """
        pieces = [(asset, left) for asset, left in self._left(cutdown, variant.texted) if asset.kind == "music"]
        sheet = cue_sheet(pieces, rate=self._program.rate, frames=cutdown.frames, start=start)
        return sheet if sheet.cues else None

    # -- what is known -------------------------------------------------------------------------------------------------

    @cached_property
    def _ledger(self) -> Ledger:
        given, failed = self._session.plugins.collect(
            "rights",
            order=self._order,
            program=self._program,
            settings=self._session.settings,
            folder=self._session.folder,
        )
        for failure in failed:
            raise failure.raised()
        return _merged((*self._kept, *(item.value for item in given)))

    @cached_property
    def _kept(self) -> tuple[Ledger, ...]:
        """The ledgers that the catalogue keeps for all projects."""
        with self._session.open_catalogue() as catalogue:
            found = catalogue.ledgers()
        return tuple(schema.from_json(told, Ledger, where=f"the ledger {name}") for name, told in found.items())

    @cached_property
    def _presences(self) -> list[Presence]:
        return list(presences(self._program))

    @cached_property
    def _held(self) -> dict[str, list[Presence]]:
        return by_asset(self._ledger.assets, self._program, self._presences)

    @cached_property
    def _there(self) -> list[Asset]:
        """The assets that are anywhere in the program: few of a large ledger."""
        return [asset for asset in self._ledger.assets if asset.id in self._held]

    @cached_property
    def _clearing(self) -> Clearing:
        there = [grant for grant in self._ledger.grants if grant.asset in self._held]
        return Clearing(there, self._house)

    @cached_property
    def _asked(self) -> bool:
        """Whether anybody asks for rights here: the order says where it runs, or there are ledgers."""
        return self._order.use is not None or bool(self._order.rights.ledgers or self._kept)

    def _ambiguous(self) -> Iterator[Finding]:
        holders: dict[tuple[str, str, bool], list[Asset]] = {}
        for asset in self._ledger.assets:
            for place in self._held.get(asset.id, ()) if asset.kind in _MATERIAL else ():
                held = holders.setdefault((place.source, place.clip, place.seen), [])
                if asset not in held:
                    held.append(asset)
        for (source, clip, _), assets in holders.items():
            if len(assets) > 1:
                named = " and ".join(f"{asset.id!r} ({asset.origin})" if asset.origin else repr(asset.id)
                                     for asset in assets)  # fmt: skip
                yield warn("rights.ambiguous", f"The source {source!r} fits several assets of the ledger: {named}.",
                           where=clip, remedy="Write their sources more exactly; until then all of them have to be "
                           "cleared.")  # fmt: skip

    # -- one cut -------------------------------------------------------------------------------------------------------

    def _of(self, cutdown: Cutdown, texted: bool, market: str) -> Rights:
        if not self._asked and not self._ledger.assets:
            return Rights()
        left = self._left(cutdown, texted)
        try:
            use = self._use(cutdown, market)
        except InputError as error:
            return Rights(findings=(fail("rights.use", error.what, where=error.where, remedy=error.remedy),))
        uses = tuple(use_of_asset(asset, stretches, self._answers(asset, use)) for asset, stretches in left)
        found = findings_of(uses, self._program, self._severities)
        return Rights(uses, (*found, *self._strange_market(market), *self._unlisted(cutdown, texted)))

    def _left(self, cutdown: Cutdown, texted: bool) -> list[tuple[Asset, tuple[Stretch, ...]]]:
        every = [(asset, surviving(self._held[asset.id], cutdown.keep, texted=texted)) for asset in self._there]
        return [(asset, stretches) for asset, stretches in every if stretches]

    def _answers(self, asset: Asset, use: Use) -> tuple[Clearance, ...]:
        answers = self._clearing.clear(asset, use)
        return answers if self._order.use is not None else tuple(map(_not_asked, answers))

    def _use(self, cutdown: Cutdown, market: str) -> Use:
        """Where this cut will run. Without a ``[use]``, only what holds anywhere and always is known."""
        seconds = self._program.rate.seconds(cutdown.frames)
        return replace(self._use_in(market), seconds=seconds, cut=cutdown.label)

    def _made_exact(self, market: str) -> Use:
        flight, nothing = self._flight(market), Fraction(0)
        if flight is not None:
            return use_of(flight, self._house, seconds=nothing, cut="")
        return Use(
            media=self._house.media.leaves(ALL),
            countries=countries(),
            start=datetime.date.min,
            end=datetime.date.max,
            seconds=nothing,
            cut="",
            paid=None,
            advertising=False,
        )

    def _flight(self, market: str) -> Flight | None:
        """The order's ``[use]``, with what ``[use.markets]`` says otherwise for *market*."""
        general = self._order.use
        if general is None:
            return None
        special = general.markets.get(market)
        said = schema.to_builtins(msgspec.structs.replace(general, markets={}))
        return msgspec.convert(said | (schema.to_builtins(special) if special else {}), Flight)

    def _strange_market(self, market: str) -> Iterator[Finding]:
        use = self._order.use
        if market and use is not None and use.markets and market not in use.markets:
            yield warn("rights.market", f"[use.markets] says nothing of {market!r}; the general [use] was checked.",
                       remedy=f"Add [use.markets.{market}]." + schema.nearest(market, use.markets))  # fmt: skip

    @cached_property
    def _severities(self) -> dict[State, Severity]:
        table = self._table
        return {
            "refused": Severity.FAIL,
            "not cleared": Severity.FAIL,
            "expires": Severity(table.expiring),
            "unknown": Severity(table.unknown),
        }

    # -- what no ledger lists ------------------------------------------------------------------------------------------

    def _unlisted(self, cutdown: Cutdown, texted: bool) -> Iterator[Finding]:
        """A finding for each source in the cut of a kind that must be cleared and that no ledger lists."""
        for kind, place in self._strangers if self._asked else ():
            stretches = surviving([place], cutdown.keep, texted=texted)
            if stretches:
                begins = self._program.timecode(stretches[0].program.start)
                sense = "seen" if place.seen else "heard"
                yield Finding(
                    rule="rights.unlisted",
                    severity=Severity(self._table.unknown),
                    message=f"The {kind} {place.source!r} is {sense} from {begins}, and no ledger lists it.",
                    remedy="List it with its grants, or take it out of the cut.",
                    source=LABEL,
                )

    @cached_property
    def _strangers(self) -> list[tuple[str, Presence]]:
        rest = ((self._kind_of(place), place) for place in unmatched(self._presences, self._held))
        return [(kind, place) for kind, place in rest if kind in self._table.must_clear]

    def _kind_of(self, place: Presence) -> str:
        names = (place.source.casefold(), place.path.replace("\\", "/").casefold())
        for pattern, kind in self._table.kinds.items():
            if any(fnmatch(name, pattern.casefold()) for name in names):
                return kind
        return _BY_ROLE.get(place.role, "")


def house_of(settings: Settings) -> House:
    """How the house reads ledgers, by ``[rights]``; raises InputError for words of its own that hang on nothing."""
    table = settings[RightsTable]
    return House(Media(table.media), table.regions, table.binding)


def _merged(ledgers: Iterable[Ledger]) -> Ledger:
    """All ledgers as one. Two that describe one asset are one asset, found by the words of either."""
    assets: dict[str, Asset] = {}
    grants: list[Grant] = []
    findings: list[Finding] = []
    for ledger in ledgers:
        for asset in ledger.assets:
            known = assets.get(asset.id)
            assets[asset.id] = asset if known is None else _joined(known, asset)
        grants += ledger.grants
        findings += ledger.findings
    return Ledger(assets=tuple(assets.values()), grants=tuple(grants), findings=tuple(findings))


def _joined(known: Asset, more: Asset) -> Asset:
    """One asset of two descriptions: found wherever either is; the one that says what kind it is leads."""
    first, second = (more, known) if known.kind == "other" else (known, more)
    return msgspec.structs.replace(
        first,
        sources=(*first.sources, *second.sources),
        paths=(*first.paths, *second.paths),
        markers=(*first.markers, *second.markers),
        editorial_only=first.editorial_only or second.editorial_only,
    )


def _not_asked(answer: Clearance) -> Clearance:
    """*answer* where the order does not say where the film will run: limits cannot be held against anything."""
    if answer.state not in ("not cleared", "expires"):
        return answer
    why, remedy = "The order does not say where and when it will run.", "Write [use] in the order."
    return msgspec.structs.replace(answer, state="unknown", why=why, remedy=remedy, until=None)
