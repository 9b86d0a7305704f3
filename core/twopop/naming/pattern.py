"""Regular languages over the characters of names, as patterns that are read one character at a time.

A pattern answers two questions: whether it is satisfied now (``done``), and what is left of it after one more
character (``after``). That is all an automaton needs, and both are exact: J. A. Brzozowski, Derivatives of Regular
Expressions, Journal of the ACM 11 (1964). It is what lets a template be proved readable and not merely tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from twopop.errors import InputError

#: The characters a pattern may speak of: printable ASCII without the space. Names hold no others.
ALPHABET = frozenset(map(chr, range(0x21, 0x7F)))

#: The most repetitions that a pattern may ask for.
MOST_REPEATED = 120


class Pattern:
    """A set of texts."""

    @property
    def done(self) -> bool:
        """Whether the empty text is one of them."""
        return False

    def after(self, letter: str) -> Pattern:
        """What may follow *letter*; ``NOTHING`` if no text begins with it."""
        raise NotImplementedError

    def sets(self) -> Iterator[frozenset[str]]:
        """The sets of characters that the pattern tells apart."""
        raise NotImplementedError


@dataclass(frozen=True)
class _Nothing(Pattern):
    def after(self, letter: str) -> Pattern:
        return self

    def sets(self) -> Iterator[frozenset[str]]:
        return iter(())


@dataclass(frozen=True)
class _Empty(_Nothing):
    @property
    def done(self) -> bool:
        return True

    def after(self, letter: str) -> Pattern:
        return NOTHING


#: No text at all, and the empty text alone.
NOTHING, EMPTY = _Nothing(), _Empty()


@dataclass(frozen=True)
class _One(Pattern):
    letters: frozenset[str]

    def after(self, letter: str) -> Pattern:
        return EMPTY if letter in self.letters else NOTHING

    def sets(self) -> Iterator[frozenset[str]]:
        yield self.letters


@dataclass(frozen=True)
class _Then(Pattern):
    first: Pattern
    rest: Pattern

    @property
    def done(self) -> bool:
        return self.first.done and self.rest.done

    def after(self, letter: str) -> Pattern:
        left = then(self.first.after(letter), self.rest)
        return either(left, self.rest.after(letter)) if self.first.done else left

    def sets(self) -> Iterator[frozenset[str]]:
        yield from self.first.sets()
        yield from self.rest.sets()


@dataclass(frozen=True)
class _Either(Pattern):
    ways: frozenset[Pattern]

    @property
    def done(self) -> bool:
        return any(way.done for way in self.ways)

    def after(self, letter: str) -> Pattern:
        return either(*(way.after(letter) for way in self.ways))

    def sets(self) -> Iterator[frozenset[str]]:
        for way in self.ways:
            yield from way.sets()


@dataclass(frozen=True)
class _Many(Pattern):
    item: Pattern

    @property
    def done(self) -> bool:
        return True

    def after(self, letter: str) -> Pattern:
        return then(self.item.after(letter), self)

    def sets(self) -> Iterator[frozenset[str]]:
        yield from self.item.sets()


@dataclass(frozen=True)
class _Without(Pattern):
    all: Pattern
    words: frozenset[str]

    @property
    def done(self) -> bool:
        return self.all.done and "" not in self.words

    def after(self, letter: str) -> Pattern:
        return without(self.all.after(letter), {word[1:] for word in self.words if word.startswith(letter)})

    def sets(self) -> Iterator[frozenset[str]]:
        yield from self.all.sets()
        yield from (frozenset(letter) for word in self.words for letter in word)


@dataclass(frozen=True)
class _Swapped(Pattern):
    all: Pattern
    swap: tuple[tuple[str, str], ...]

    @property
    def done(self) -> bool:
        return self.all.done

    def after(self, letter: str) -> Pattern:
        if letter in dict(self.swap):
            return NOTHING
        meant = {there: here for here, there in self.swap}.get(letter, letter)
        return swapped(self.all.after(meant), dict(self.swap))

    def sets(self) -> Iterator[frozenset[str]]:
        yield from (frozenset(dict(self.swap).get(letter, letter) for letter in held) for held in self.all.sets())


def one_of(letters: Iterable[str]) -> Pattern:
    """One character out of *letters*."""
    held = frozenset(letters)
    return _One(held) if held else NOTHING


def then(*parts: Pattern) -> Pattern:
    """*parts*, one after another."""
    made: Pattern = EMPTY
    for part in reversed(parts):
        if part is NOTHING or made is NOTHING:
            return NOTHING
        if part is EMPTY:
            continue
        if isinstance(part, _Then):  # leaning to the right, so that equal patterns are equal values
            made = _Then(part.first, then(part.rest, made))
        else:
            made = part if made is EMPTY else _Then(part, made)
    return made


def either(*ways: Pattern) -> Pattern:
    """One of *ways*."""
    flat: set[Pattern] = set()
    for way in ways:
        flat |= way.ways if isinstance(way, _Either) else {way}
    flat.discard(NOTHING)
    if not flat:
        return NOTHING
    return flat.pop() if len(flat) == 1 else _Either(frozenset(flat))


def many(item: Pattern) -> Pattern:
    """*item* any number of times, also never."""
    return EMPTY if item in (NOTHING, EMPTY) else _Many(item)


def repeated(item: Pattern, least: int, most: int | None) -> Pattern:
    """*item* from *least* to *most* times; None is without end."""
    if most is None:
        return then(*[item] * least, many(item))
    optional: Pattern = EMPTY
    for _ in range(most - least):
        optional = either(EMPTY, then(item, optional))
    return then(*[item] * least, optional)


def word(text: str) -> Pattern:
    """*text* itself."""
    return then(*(one_of(letter) for letter in text))


def without(pattern: Pattern, words: Iterable[str]) -> Pattern:
    """*pattern* but for *words*."""
    held = frozenset(words)
    return pattern if pattern is NOTHING or not held else _Without(pattern, held)


def swapped(pattern: Pattern, swap: Mapping[str, str]) -> Pattern:
    """*pattern* with each character in *swap* written as another one, which the pattern itself does not hold."""
    return pattern if pattern is NOTHING or not swap else _Swapped(pattern, tuple(sorted(swap.items())))


def groups_of_letters(sets: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    """The characters of *sets* in groups that none of *sets* tells apart; in the order of their least characters."""
    groups: list[frozenset[str]] = []
    for held in set(sets):
        split = [part for group in groups for part in (group & held, group - held) if part]
        new = held.difference(*groups)
        groups = [*split, new] if new else split
    return sorted(groups, key=min)


# -- patterns as text --------------------------------------------------------------------------------------------------

_COUNT = re.compile(r"\{(\d+)(?:(,)(\d*))?\}")


@lru_cache(maxsize=1024)
def read_pattern(text: str) -> Pattern:
    """The pattern written as *text*: the plain part of regular expressions, matched against the whole of a value.

    Characters, classes such as ``[A-Z0-9]``, groups, ``|``, ``?``, ``*``, ``+``, ``{3}``, ``{2,4}``, ``{2,}``; a
    backslash takes the next character as it is. Raises InputError that says where *text* goes wrong.
    """
    try:
        pattern, end = _ways(text, 0)
    except RecursionError:
        raise _wrong(text, 0, "it is nested too deeply") from None
    if end < len(text):
        raise _wrong(text, end, f"{text[end]!r} closes nothing")
    return pattern


@lru_cache(maxsize=1024)
def read_letters(text: str) -> frozenset[str]:
    """The characters that the class *text* names (``"A-Za-z0-9-"``, without the brackets); raises InputError."""
    letters, end = _class(text + "]", 0)
    if end <= len(text) or not letters:
        raise _wrong(text, min(end, len(text)), "these are no characters")
    return letters


def _ways(text: str, at: int) -> tuple[Pattern, int]:
    ways = []
    while True:
        way, at = _parts(text, at)
        ways.append(way)
        if at >= len(text) or text[at] != "|":
            return either(*ways), at
        at += 1


def _parts(text: str, at: int) -> tuple[Pattern, int]:
    parts = []
    while at < len(text) and text[at] not in "|)":
        part, at = _part(text, at)
        part, at = _counted(part, text, at)
        parts.append(part)
    return then(*parts), at


def _part(text: str, at: int) -> tuple[Pattern, int]:
    letter = text[at]
    if letter == "(":
        inside, end = _ways(text, at + 1)
        if end >= len(text):
            raise _wrong(text, at, "the bracket is not closed")
        return inside, end + 1
    if letter == "[":
        letters, end = _class(text, at + 1)
        return one_of(letters), end
    if letter in "?*+{}]^$.":
        raise _wrong(text, at, f"{letter!r} is not understood here; write \\{letter} if the character is meant")
    letter, at = _letter(text, at)
    return one_of(letter), at


def _class(text: str, at: int) -> tuple[frozenset[str], int]:
    begin, letters = at, set[str]()
    while at < len(text) and text[at] != "]":
        low, at = _letter(text, at)
        high = low
        if text[at : at + 1] == "-" and text[at + 1 : at + 2] not in ("]", ""):
            high, at = _letter(text, at + 1)
        if low > high:
            raise _wrong(text, begin, f"{low}-{high} runs backwards")
        letters |= set(map(chr, range(ord(low), ord(high) + 1)))
    if at >= len(text) or not letters:
        raise _wrong(text, begin, "the class of characters is empty or not closed")
    return frozenset(letters), at + 1


def _letter(text: str, at: int) -> tuple[str, int]:
    at += text[at] == "\\"
    if text[at : at + 1] not in ALPHABET:
        raise _wrong(text, at, "a character of plain ASCII is expected")
    return text[at], at + 1


def _counted(part: Pattern, text: str, at: int) -> tuple[Pattern, int]:
    sign = text[at : at + 1]
    if sign in ("?", "*", "+"):
        least, most = {"?": (0, 1), "*": (0, None), "+": (1, None)}[sign]
        return repeated(part, least, most), at + 1
    match = _COUNT.match(text, at)
    if match is None:
        return part, at
    least, most = int(match[1]), int(match[1]) if not match[2] else int(match[3]) if match[3] else None
    if max(least, most or 0) > MOST_REPEATED or (most is not None and most < least):
        raise _wrong(text, at, f"{match[0]} asks for more than {MOST_REPEATED}, or for less than nothing")
    return repeated(part, least, most), match.end()


def _wrong(text: str, at: int, why: str) -> InputError:
    return InputError(f"The pattern {text!r} goes wrong at character {at + 1}: {why}.")
