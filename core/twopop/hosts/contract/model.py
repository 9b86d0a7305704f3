"""A clause of the contract, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from twopop.hosts.model import Capability, Identity

if TYPE_CHECKING:
    from twopop.hosts.contract.bench import Bench

SCHEMA = "twopop.host-report/1"


class Broken(Exception):  # noqa: N818 - a promise that was not kept is no error of ours
    """A promise that was not kept: *seen* says in words what was seen instead."""

    def __init__(self, seen: str) -> None:
        super().__init__(seen)
        self.seen = seen


class NotHere(Exception):  # noqa: N818
    """A clause that cannot be tried here, though the host lacks nothing; the words say why."""


@dataclass(frozen=True)
class Clause:
    """One promise: *name* (``render.frames``), the *promise* in words, and the capabilities that it *needs*.

    *check* tries it on a bench; it raises Broken.
    """

    name: str
    promise: str
    needs: frozenset[Capability]
    check: Callable[[Bench], None] = field(repr=False)


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a *clause*: *seen* says in words what was seen where it is broken, why it does not apply."""

    clause: str
    promise: str
    state: Literal["kept", "broken", "does not apply"]
    seen: str = ""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What came of the whole contract with the host *name*; *identity* is None where it did not tell it."""

    schema: str = SCHEMA
    name: str
    identity: Identity | None
    outcomes: tuple[Outcome, ...]

    @property
    def broken(self) -> tuple[Outcome, ...]:
        """The clauses that were not kept."""
        return tuple(outcome for outcome in self.outcomes if outcome.state == "broken")


def clause(name: str, promise: str, *needs: Capability) -> Callable[[Callable[[Bench], None]], Clause]:
    """Make a Clause of the function that checks it."""
    return lambda check: Clause(name, promise, frozenset(needs), check)


def same(what: str, seen: Any, promised: Any) -> None:
    """Raise Broken, with the first difference in words, unless *seen* is *promised*."""
    if seen != promised:
        raise Broken(f"{what}: {difference(seen, promised)}")


def difference(seen: Any, promised: Any) -> str:
    """The first difference between two values in words: within structs by field, within lists by place."""
    if isinstance(seen, msgspec.Struct) and type(seen) is type(promised):
        for name in seen.__struct_fields__:
            pair = (getattr(seen, name), getattr(promised, name))
            if pair[0] != pair[1]:
                return f"{name} {difference(*pair)}"
    if isinstance(seen, list | tuple) and isinstance(promised, list | tuple):
        for place, pair in enumerate(zip(seen, promised, strict=False)):
            if pair[0] != pair[1]:
                return f"number {place}: {difference(*pair)}"
        if len(seen) != len(promised):
            more, less = (seen, promised) if len(seen) > len(promised) else (promised, seen)
            where = "too much" if more is seen else "missing"
            return f"{len(seen)} instead of {len(promised)}, {where} is {_told(more[len(less)])}"
    if isinstance(seen, str) and isinstance(promised, str) and max(len(seen), len(promised)) > _LONG:
        at = next((n for n, (a, b) in enumerate(zip(seen, promised, strict=False)) if a != b), 0)
        window = slice(max(0, at - _LONG // 4), at + _LONG)
        return f"…{seen[window]!r} instead of …{promised[window]!r}"
    return f"{_told(seen)} instead of {_told(promised)}"


#: Texts longer than this are told from their first difference on.
_LONG = 80


def holds(right: bool, seen: str) -> None:
    """Raise Broken with *seen* unless *right*."""
    if not right:
        raise Broken(seen)


def refuses(what: str, kind: type[Exception], call: Callable[[], Any]) -> Exception:
    """The error of *kind* that *call* raises; raises Broken when it raises none (what else it raises goes through)."""
    try:
        call()
    except kind as error:
        return error
    raise Broken(f"{what} was not refused")


def _told(value: Any) -> str:
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 300 else f"{text[:300]}…"
