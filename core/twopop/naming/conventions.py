"""Naming conventions: a template, the forms of its fields, and where it is written. Each is a TOML table.

Those that come with twopop lie in ``twopop_templates/names``; a house writes its own under ``[naming.conventions]``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Literal

import msgspec

from twopop import schema
from twopop.errors import InputError
from twopop.naming.forms import AnyForm, Aspect, Choice, Date, Duration, Form, Frame, Integer, Language, Text, Version
from twopop.naming.grammar import Grammar, grammar
from twopop.naming.pattern import read_pattern
from twopop.naming.rules import SYSTEMS, SystemName

#: Where a rule is written: with the body that owns it, with others, nowhere yet, or in the house itself.
Confidence = Literal["official", "secondary", "unverified", "house"]

#: The convention of a house that has chosen none.
DEFAULT = "plain"

#: The forms of the fields that every order has; conventions and settings may give them others.
COMMON: Mapping[str, AnyForm] = {
    "duration": Duration(),
    "seconds": Integer(digits=3),
    "aspect": Aspect(),
    "language": Language(),
    "market": Text(case="upper"),
    "textless": Choice(labels={"textless": "textless"}),
    "date": Date(),
    "version": Version(),
    "frame": Frame(),
}


class Convention(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a house or a receiver calls its files.

    *template* is that of the name without extension, *folder* that of the folder below the output folder; *fields*
    are the forms in which this convention wants them; *longest* is how many characters a name may have (0: no limit).
    *note* is told with every plan: what no program can check. *source* says where the rules are written.
    """

    template: str
    title: str = ""
    folder: str = "{{spec}}"
    fields: dict[str, AnyForm] = {}
    longest: int = 0
    note: str = ""
    source: str = ""
    confidence: Confidence = "house"


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``[[naming.rules]]``: a house rule for the names of deliverables in *specs* (default: all).

    *longest* is how many characters a name may have without its extension; *form* a pattern for the whole of it;
    *networks* takes the limits of US networks, by name. *level* is how much it weighs, *why* what people are told.
    """

    specs: tuple[str, ...] = ()
    longest: int = 0
    form: str = ""
    networks: tuple[str, ...] = ()
    level: Literal["fail", "warn", "info"] = "fail"
    why: str = ""

    def __post_init__(self) -> None:
        for network in self.networks:
            if network not in networks():
                raise ValueError(f"there is no network {network!r}; known: {', '.join(networks())}")
        try:
            read_pattern(self.form)
        except InputError as error:
            raise ValueError(error.what.rstrip(".")) from None


class Naming(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``[naming]``: the *convention* by name; *template*, *folder* and *fields* replace parts of it.

    *specs* names another convention for the deliverables of single specs; *conventions* are the house's own; *rules*
    are laid on top. Names are *portable* (letters, digits, ``.``, ``_``, ``-``) unless that is switched off; then
    they obey the *systems* named.
    """

    convention: str = DEFAULT
    template: str | msgspec.UnsetType = msgspec.UNSET
    folder: str | msgspec.UnsetType = msgspec.UNSET
    fields: dict[str, AnyForm] = {}
    specs: dict[str, str] = {}
    conventions: dict[str, Convention] = {}
    rules: tuple[Rule, ...] = ()
    portable: bool = True
    systems: tuple[SystemName, ...] = tuple(SYSTEMS)

    def chosen(self, spec: str) -> Scheme:
        """What holds for deliverables in *spec*; raises InputError for a convention that does not exist."""
        return self.scheme(self.specs.get(spec, self.convention))

    def schemes(self) -> list[Scheme]:
        """All that holds for some deliverables, each once; raises InputError."""
        return [self.scheme(name) for name in dict.fromkeys((self.convention, *self.specs.values()))]

    def scheme(self, name: str) -> Scheme:
        """The convention called *name* with the house's fields and, if it is the chosen one, the house's templates."""
        convention = self.named(name)
        own = name == self.convention
        return Scheme(
            name=name,
            convention=convention,
            template=self.template if own and self.template is not msgspec.UNSET else convention.template,
            folder=self.folder if own and self.folder is not msgspec.UNSET else convention.folder,
            fields={**convention.fields, **self.fields},
        )

    def named(self, name: str) -> Convention:
        """The convention called *name*, the house's own before those that come along; raises InputError."""
        if name in self.conventions:
            return self.conventions[name]
        known = shipped()
        if name not in known:
            every = sorted({*self.conventions, *known})
            raise InputError(
                f"There is no naming convention {name!r}.{schema.nearest(name, every)}",
                where="[naming]",
                remedy=f"There are: {', '.join(every)}.",
            )
        return known[name]


class Scheme(msgspec.Struct, frozen=True, kw_only=True):
    """What holds for one spec: the *convention* called *name*, with what the settings replace of it."""

    name: str
    convention: Convention
    template: str
    folder: str
    fields: dict[str, AnyForm]

    def forms(self, given: Mapping[str, Form]) -> dict[str, Form]:
        """The forms in force where plugins have *given* some: those of the convention and the house come first.

        Where versions are counted in rounds (``2.1``), the convention's own form of the version learns that.
        """
        forms: dict[str, Form] = {**COMMON, **given, **self.fields}
        counted, written = given.get("version"), forms["version"]
        if isinstance(counted, Version) and counted.rounds and isinstance(written, Version):
            forms["version"] = msgspec.structs.replace(written, rounds=True)
        return forms

    def stem_grammar(self, given: Mapping[str, Form]) -> Grammar:
        """The grammar of names, where plugins have *given* some forms; raises InputError for one that is ambiguous."""
        return grammar(self.template, self.forms(given))

    def folder_grammar(self, given: Mapping[str, Form]) -> Grammar | None:
        """The grammar of folders, None where files lie in the output folder itself; raises InputError."""
        return grammar(self.folder, self.forms(given)) if self.folder else None


@lru_cache(maxsize=1)
def shipped() -> Mapping[str, Convention]:
    """The conventions that come with twopop, by name."""
    from twopop_templates import tables

    return {name: schema.from_builtins(raw, Convention, where=name) for name, raw in tables("names").items()}


@lru_cache(maxsize=1)
def networks() -> Mapping[str, int]:
    """How many characters US networks take in a name, by network (XR Help Center, article 5758928813332)."""
    from twopop_templates import tables

    return schema.from_builtins(tables("limits")["us-networks"]["longest"], dict[str, int], where="us-networks")


def shortest_limit(names: Sequence[str]) -> tuple[str, int]:
    """Of the *networks* named, the one that takes the fewest characters, and how many."""
    return min(((name, networks()[name]) for name in names), key=lambda pair: pair[1])
