"""The matrix of an order, multiplied out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product

from twopop.variants.model import Variant, Wanted


def every_combination(
    *,
    durations: Sequence[str],
    aspects: Sequence[str],
    specs: Sequence[str],
    languages: Sequence[str],
    texted: Sequence[bool],
    markets: Sequence[str],
) -> list[Wanted]:
    """All combinations, in the order given; the last list turns fastest."""
    return [
        Wanted(variant=Variant(duration=d, aspect=a, language=lang, texted=t, market=m), spec=s)
        for d, a, s, lang, t, m in product(durations, aspects, specs, languages, texted, markets)
    ]


def without_repeats(wanted: Iterable[Wanted]) -> tuple[list[Wanted], int]:
    """The lines with equal ones made once, in order of their first mention, and how many were left out."""
    lines = list(wanted)
    once = list(dict.fromkeys(lines))
    return once, len(lines) - len(once)


def deliverable_id(wanted: Wanted) -> str:
    """The name of a line for people and for findings: ``"30s 9:16 en social-h264"``. Different lines differ in it."""
    return f"{wanted.variant} {wanted.spec}"


def identity(project: Mapping[str, str], wanted: Wanted) -> str:
    """What a deliverable is across its versions: its project's client, title and code, its variant and its spec."""
    who = " / ".join(project.get(key, "") for key in ("client", "title", "code"))
    return f"{who} / {deliverable_id(wanted)}"
