"""What receivers ask of texts on the screen: how long they stand, how large they are, what must stay free."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import msgspec

from twopop import schema
from twopop.errors import InputError

T = TypeVar("T")

_NotNegative = Annotated[float, msgspec.Meta(ge=0)]
_Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
_Count = Annotated[int, msgspec.Meta(ge=0)]

#: Scripts that are written without spaces between words: each letter counts as a word, so that time is not short.
_UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Super(_Part, frozen=True, kw_only=True):
    """``[[supers]]``: a legal text on the screen, and where it is wanted.

    *text* is one for all languages, or a table of language to text; with *credits* it is the credit lines of what
    survives in the cut. *markets*, *languages*, *durations*, *aspects* and *products* (the project's field ``product``)
    narrow it down; one that is empty holds for all.

    *at* is ``"end"``, ``"start"``, a record timecode, or the name of a marker at which it begins. *hold* is ``"rule"``
    (as long as the rule asks for), ``"whole"`` (the whole cut) or seconds. *rule* and *safe* name the rule and the
    area (``""``: the house's); *place* is the edge of the area at which it stands. Words in *brands* are not counted.
    """

    text: str | dict[str, str] = ""
    credits: bool = False
    markets: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    durations: tuple[str, ...] = ()
    aspects: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    at: str = "end"
    hold: Literal["rule", "whole"] | _NotNegative = "rule"
    rule: str = ""
    safe: str = ""
    place: Literal["bottom", "top"] = "bottom"
    brands: tuple[str, ...] = ()


class Height(_Part, frozen=True, kw_only=True):
    """How high letters have to be: *lines* of a raster whose shorter side has *of*; *letter* is what is measured."""

    lines: _NotNegative = 0
    of: Annotated[int, msgspec.Meta(ge=1)] = 1080
    letter: Literal["x", "capital"] = "x"
    source: str = ""

    def pixels(self, raster: tuple[int, int]) -> float:
        """The height in lines of *raster*, whose shorter side counts: a phone held upright shows no larger letters."""
        return self.lines * min(raster) / self.of


class HoldRule(_Part, frozen=True, kw_only=True):
    """How long a text stands, in seconds.

    That is *first_line*, *further_line* for each other line, *word* for each word, and *delay*, all summed. With *many*
    words or more the delay is *delay_many*; with more than *full_lines* lines (0: never) a word takes
    *word_many_lines*. A text that stands shorter fails or warns by *level*. *height* is what letters have to be.
    """

    word: _NotNegative = 0
    delay: _NotNegative = 0
    many: _Count = 0
    delay_many: _NotNegative = 0
    full_lines: _Count = 0
    word_many_lines: _NotNegative = 0
    first_line: _NotNegative = 0
    further_line: _NotNegative = 0
    level: Literal["warn", "fail"] = "warn"
    source: str = ""
    height: Height = Height()

    def seconds(self, words: int, lines: int) -> Fraction:
        """How long a text of so many *words* on so many *lines* has to stand; exact, figures as they are written."""
        each = self.word_many_lines if self.full_lines and lines > self.full_lines else self.word
        delay = self.delay_many if self.many and words >= self.many else self.delay
        return _exact(self.first_line) + (lines - 1) * _exact(self.further_line) + words * _exact(each) + _exact(delay)


class Area(_Part, frozen=True, kw_only=True):
    """What stays free: *sides* (left, top, right, bottom) and *cutouts* (boxes), as shares of width and height.

    It speaks of pictures of one *aspect* ("": of any).
    """

    sides: tuple[_Share, _Share, _Share, _Share] = (0, 0, 0, 0)
    cutouts: tuple[tuple[_Share, _Share, _Share, _Share], ...] = ()
    aspect: str = ""
    source: str = ""

    def box(self, raster: tuple[int, int]) -> tuple[int, int, int, int]:
        """(left, top, right, bottom) in pixels of what is inside the sides; rounded inwards."""
        width, height = raster
        left, top, right, bottom = map(_exact, self.sides)
        return _up(left * width), _up(top * height), width - _up(right * width), height - _up(bottom * height)

    def holes(self, raster: tuple[int, int]) -> tuple[tuple[int, int, int, int], ...]:
        """The cut-outs in pixels, rounded outwards."""
        width, height = raster
        return tuple(
            (int(_exact(a) * width), int(_exact(b) * height), _up(_exact(c) * width), _up(_exact(d) * height))
            for a, b, c, d in self.cutouts
        )


class SupersTable(_Part, frozen=True, kw_only=True):
    """``[supers]``: how a house sets legal texts.

    *rules* and *areas* add to those that come with twopop or replace them by name; *rule* is what counts where a text
    names none, *safe* the area by aspect (others: ``title``). *contrast* is the least ratio of text to background,
    *bar* how dense the bar behind the text is, *template* a Jinja2 file that makes the ASS script. *texts* are the
    house's own, added to those of each order.
    """

    rule: str = "clearcast"
    rules: dict[str, HoldRule] = {}
    areas: dict[str, Area] = {}
    safe: dict[str, str] = msgspec.field(default_factory=lambda: {"9:16": "vertical"})
    contrast: _NotNegative = 4.5
    bar: _Share = 0.75
    template: str = ""
    texts: tuple[Super, ...] = ()

    def rule_called(self, name: str) -> tuple[str, HoldRule]:
        """The rule called *name* ("" for the house's), with its name; raises InputError with the nearest."""
        name = name or self.rule
        return name, _called(name, shipped().rules | self.rules, "rule for supers")

    def area_called(self, name: str, aspect: str) -> tuple[str, Area]:
        """The area called *name* ("": the one for *aspect*), with its name; raises InputError with the nearest."""
        name = name or self.safe.get(aspect, "title")
        return name, _called(name, shipped().areas | self.areas, "safe area")

    def areas_of(self, aspect: str) -> dict[str, Area]:
        """What platforms want to be free in pictures of *aspect*, by name."""
        return {name: area for name, area in (shipped().areas | self.areas).items() if area.aspect == aspect}


def _called(name: str, known: dict[str, T], what: str) -> T:
    if name not in known:
        hint = schema.nearest(name, known) or f" There are: {', '.join(known)}."
        raise InputError(f"There is no {what} {name!r}.{hint}", remedy="Mend [[supers]], or add it under [supers].")
    return known[name]


@lru_cache(maxsize=1)
def shipped() -> SupersTable:
    """The rules and areas that come with twopop."""
    path = Path(__file__).with_name("supers.toml")
    return schema.from_builtins(schema.read_toml(path), SupersTable, where=path.name)


def count_words(text: str, brands: Iterable[str] = ()) -> int:
    """How many words *text* has: what holds a letter or a digit, without the *brands* (case does not matter).

    Of scripts that are written without spaces each letter counts.
    """
    for brand in filter(None, brands):
        text = re.sub(rf"(?<!\w){re.escape(brand)}(?!\w)", " ", text, flags=re.IGNORECASE)
    unspaced = sum(unicodedata.name(letter, "").startswith(_UNSPACED) for letter in text)
    spaced = "".join(" " if unicodedata.name(letter, "").startswith(_UNSPACED) else letter for letter in text)
    return unspaced + sum(any(map(str.isalnum, word)) for word in spaced.split())


def _exact(figure: float) -> Fraction:
    """*figure* as it was written: 0.2 is a fifth."""
    return Fraction(repr(figure))


def _up(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)
