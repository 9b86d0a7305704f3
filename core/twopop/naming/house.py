"""A house's naming applied: names filled in, with a remedy for each value that is missing, and the rules on top."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from twopop.errors import InputError
from twopop.findings import Finding, Severity
from twopop.naming.conventions import Convention, Rule, shortest_limit
from twopop.naming.grammar import Grammar
from twopop.naming.machine import machine_of
from twopop.naming.pattern import read_pattern

_PROJECT = "Write {0} = ... under [project] in the order."
_MATRIX = "Ask for it in the [[matrix]] or [[deliverable]] of the order."
#: What an editor does when a field has no value.
_REMEDIES: Mapping[str, str] = {
    **dict.fromkeys(("client", "title", "code"), _PROJECT),
    "date": "Write date = 2026-11-22 under [project] in the order; names never take it from the clock, so that the "
    "same order gives the same names.",
    "seconds": "Cut it to whole seconds, or ask for {{duration}} in the template.",
    **dict.fromkeys(("language", "market"), _MATRIX),
    "textless": "Ask {% if textless %} in the template: a texted deliverable has no value there.",
}
_FREE = "Write {0} = ... under [project.fields] in the order, or under [[fields]] where it differs by deliverable."


def how_to_give(field: str) -> str:
    """What an editor does to give *field* a value."""
    return _REMEDIES.get(field, _FREE).replace("{0}", field)


def filled(grammar: Grammar, words: Mapping[str, str]) -> str:
    """The name that *grammar* makes of *words*, by field ("" for none).

    Raises InputError for a field that does not exist, for words that have not its form, and, naming all of them and
    what to write where, for fields that have no value.
    """
    missing = [field for field in grammar.missing(words) if field in words]
    if missing:
        has = "has" if len(missing) == 1 else "have"
        remedies = dict.fromkeys(map(how_to_give, missing))
        raise InputError(
            f"{_listed([repr(field) for field in missing])} {has} no value, and the name needs it.",
            where=grammar.template.where,
            remedy=" ".join(remedies),
        )
    return grammar.write(grammar.values(words), words)


def convention_findings(name: str, convention: Convention, stem: str, where: str) -> list[Finding]:
    """What the *convention* called *name* has against the name *stem* of the deliverable *where*."""
    if not 0 < convention.longest < len(stem):
        return []
    severity = Severity.FAIL if convention.confidence in ("official", "house") else Severity.WARN
    return [
        Finding(
            rule="naming.too-long",
            severity=severity,
            message=f"{stem!r} is longer than the convention {name} allows.",
            where=where,
            measured=f"{len(stem)} characters",
            limit=f"{convention.longest} characters",
            source=convention.source,
            remedy="Shorten a field that goes into it.",
        )
    ]


def rule_findings(rule: Rule, spec: str, stem: str, where: str) -> list[Finding]:
    """What the house's *rule* has against the name *stem* of the deliverable *where* in *spec*."""
    if rule.specs and spec not in rule.specs:
        return []
    told = Finding(rule="naming.house-rule", severity=Severity(rule.level), message="", where=where, remedy=rule.why)
    found = []
    limits = [("A house rule", rule.longest)] if rule.longest else []
    if rule.networks:
        limits.append(shortest_limit(rule.networks))
    for who, longest in limits:
        if len(stem) > longest:
            said = f"{who} takes {longest} characters in a name; {stem!r} is longer."
            figures = {"measured": f"{len(stem)} characters", "limit": f"{longest} characters"}
            found.append(msgspec.structs.replace(told, message=said, **figures))
    if rule.form and not machine_of(read_pattern(rule.form)).accepts(stem):
        found.append(msgspec.structs.replace(told, message=f"{stem!r} has not the form {rule.form} of a house rule."))
    if rule.networks and (problem := _spot_problem(stem)):
        found.append(msgspec.structs.replace(told, message=f"{stem!r} {problem}."))
    return found


def _spot_problem(stem: str) -> str:
    """What US networks have against the name of a spot, whatever its length (XR Help Center, 5758928813332)."""
    if not stem.isascii() or not stem.isalnum():
        return "holds more than letters and digits, which is all that US networks take"
    return "ends in HH, which US networks do not take" if stem.upper().endswith("HH") else ""


def _listed(words: list[str]) -> str:
    return ", ".join(words[:-1]) + " and " + words[-1] if len(words) > 1 else words[0]
