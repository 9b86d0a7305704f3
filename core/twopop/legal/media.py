"""Where a film runs: a tree of media, from ``all`` over ``online`` and ``social`` to ``youtube``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from twopop.errors import InputError
from twopop.schema import nearest

#: The root of the tree.
ALL = "all"


@cache
def shipped_media() -> Mapping[str, str]:
    """{medium: the branch above it}, as it comes with twopop (``media.toml``)."""
    return tomllib.loads(Path(__file__).with_name("media.toml").read_text("utf-8"))


class Media:
    """The tree of media, with the words that a house adds (*more*: {word: the branch above it}).

    Raises InputError for a word that hangs on none, or on itself.
    """

    def __init__(self, more: Mapping[str, str] | None = None) -> None:
        self._above = {**shipped_media(), **{_word(k): _word(v) for k, v in (more or {}).items()}}
        parents = set(self._above.values())
        self._leaves = {ALL: frozenset(self._above.keys() - parents)}
        for medium in self._above:
            self._check(medium)
        for medium in self._above:
            self._leaves[medium] = frozenset(leaf for leaf in self._leaves[ALL] if medium in self._way_up(leaf))

    def leaves(self, said: str | Iterable[str]) -> frozenset[str]:
        """Every single medium that *said* means (a word, or several parted by blanks or commas, or a list).

        Raises InputError that names the word and the nearest known one, and for nothing said.
        """
        listed = [said] if isinstance(said, str) else said
        named = [_word(part) for text in listed for part in text.replace(",", " ").replace(";", " ").split()]
        if not named:
            raise InputError("No media are named.", remedy="Write all, or such as: tv, online, cinema.")
        for word in named:
            if word not in self._leaves:
                raise InputError(
                    f"There is no medium {word!r}.{nearest(word, self._leaves)}",
                    remedy="Write one of the known words, or add the house's own under [rights.media].",
                )
        return frozenset().union(*(self._leaves[word] for word in named))

    def words(self, leaves: Iterable[str]) -> str:
        """*leaves* for people, by the highest branches that they fill."""
        left, named = set(leaves), []
        for medium in sorted(self._leaves, key=lambda m: (-len(self._leaves[m]), m)):
            if self._leaves[medium] <= left:
                named.append(medium)
                left -= self._leaves[medium]
        return ", ".join(named)

    def _way_up(self, medium: str) -> list[str]:
        way = [medium]
        while way[-1] != ALL:
            way.append(self._above[way[-1]])
        return way

    def _check(self, medium: str) -> None:
        seen = [medium]
        while seen[-1] != ALL:
            above = self._above.get(seen[-1])
            if above is None or above in seen:
                raise InputError(
                    f"The medium {medium!r} hangs on {above or seen[-1]!r}, which hangs on nothing known.",
                    remedy=f'Name a branch that exists: {medium} = "online".',
                )
            seen.append(above)


def _word(text: str) -> str:
    return text.strip().lower()
