"""The forms of name fields: what a value is, how it is written into a name, and how it is read back.

For each form ``read(write(value)) == value``, and ``pattern()`` covers every text that ``write`` gives. So a template
made of forms can be proved readable. In TOML a form is a table with its ``kind``::

    [naming.fields]
    code = { kind = "text", case = "upper", letters = "A-Z0-9", most = 8 }
    stem = { kind = "choice", labels = { dialogue = "DX", music = "MX", effects = "FX" } }
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias, TypeVar

import msgspec

from twopop import schema
from twopop.errors import InputError
from twopop.naming.form import Form, Value
from twopop.naming.language import Language
from twopop.naming.machine import machine_of
from twopop.naming.pattern import (
    MOST_REPEATED,
    Pattern,
    either,
    many,
    one_of,
    read_letters,
    read_pattern,
    repeated,
    swapped,
    then,
    without,
    word,
)
from twopop.naming.rules import clean

__all__ = [
    "AnyForm",
    "Aspect",
    "Choice",
    "Code",
    "Date",
    "Duration",
    "Form",
    "Frame",
    "Integer",
    "Language",
    "Text",
    "Value",
    "Version",
]

_DIGITS, _UPPER, _LOWER = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"
_ALNUM = _DIGITS + _UPPER + _LOWER
#: The letters that a case leaves out.
_CASES = {"keep": "", "upper": _LOWER, "lower": _UPPER}


class Text(Form, frozen=True, kw_only=True):
    """Words, made safe: accents fall off, white space becomes ``-``; both ends are letters or digits.

    *case* is how they are written; *letters* the characters allowed, as a class of a regular expression; *least* and
    *most* how many (0: no limit); *never* lists words that are no value because they mean something else ("NULL").
    """

    case: Literal["keep", "upper", "lower"] = "keep"
    letters: str = "A-Za-z0-9-"
    least: int = 1
    most: int = 0
    never: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        letters = _read(read_letters, self.letters).difference(_CASES[self.case])
        if not letters & set(_ALNUM) or (self.most and self.most < self.least):
            raise ValueError("no text at all could stand there")
        if not letters <= {*_ALNUM, *"._-"}:
            raise ValueError("letters may name A-Z, a-z, 0-9, '.', '_' and '-' only")
        if not (0 < self.least <= MOST_REPEATED and 0 <= self.most <= MOST_REPEATED):
            raise ValueError(f"least and most are numbers up to {MOST_REPEATED}")

    def value(self, given: str) -> Value:
        text = clean(given)
        text = text.upper() if self.case == "upper" else text.lower() if self.case == "lower" else text
        allowed = self._letters()
        joint = next((mark for mark in "-_." if mark in allowed), "")
        text = "".join(letter if letter in allowed or letter in _ALNUM else joint for letter in text)
        text = re.sub(r"([._-])[._-]+", r"\1", text).strip("._-")
        odd = "".join(sorted(set(text) - allowed))
        if odd or text in self.never:
            said = f"holds {odd!r}" if odd else "means that there is none"
            raise InputError(f"{given!r} cannot stand here: {text!r} {said}.", remedy=f"Allowed: {self.letters}.")
        if len(text) < self.least or (self.most and len(text) > self.most):
            limit = f"{self.most} are the most" if self.most and len(text) > self.most else f"{self.least} the fewest"
            raise InputError(f"{text!r} has {len(text)} characters; {limit}.", remedy="Write it shorter or longer.")
        return text

    def pattern(self) -> Pattern:
        inner, ends = one_of(self._letters()), one_of(self._letters() & set(_ALNUM))
        longer = max(self.least - 2, 0), self.most - 2 if self.most else None
        made = ends if self.least <= 1 else one_of("")
        if not self.most or self.most > 1:
            made = either(made, then(ends, repeated(inner, *longer), ends))
        return without(made, self.never)

    def _letters(self) -> frozenset[str]:
        return read_letters(self.letters).difference(_CASES[self.case])


class Code(Form, frozen=True, kw_only=True):
    """A code that others assigned: taken as it is or refused, never mended.

    *form* is its pattern, *says* the same in words. In names each character in *swap* stands for another one
    (``{"/" = "_"}``), which the code itself never holds.
    """

    form: str
    says: str = ""
    swap: dict[str, str] = msgspec.field(default_factory=dict)

    def __post_init__(self) -> None:
        pattern = _read(read_pattern, self.form)
        spoken = frozenset[str]().union(*pattern.sets())
        if any(len(pair) != 2 for pair in map("".join, self.swap.items())) or spoken & set(self.swap.values()):
            raise ValueError("swap maps one character to one other that the form does not hold")
        if pattern.done:
            raise ValueError("the form takes an empty code")

    def __hash__(self) -> int:
        return hash((self.form, self.says, *sorted(self.swap.items())))

    def value(self, given: str) -> Value:
        code = given.strip()
        if not machine_of(read_pattern(self.form)).accepts(code):
            raise InputError(f"{given!r} has not the form {self.says or self.form}.", remedy="Copy it as it was given.")
        return code

    def write(self, value: Value) -> str:
        return _translated(str(value), self.swap)

    def read(self, text: str) -> Value:
        return _translated(text, {there: here for here, there in self.swap.items()})

    def pattern(self) -> Pattern:
        return swapped(read_pattern(self.form), self.swap)


class Integer(Form, frozen=True, kw_only=True):
    """A whole number, written with at least *digits* digits, or with exactly so many where it is *fixed*."""

    digits: int = 1
    fixed: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.digits <= 18:
            raise ValueError("digits is a number from 1 to 18")

    def value(self, given: str) -> Value:
        if not re.fullmatch(r"[0-9]{1,18}", given.strip()):
            raise InputError(f"{given!r} is no whole number.", remedy="Write digits only.")
        if self.fixed and len(self.write(int(given))) > self.digits:
            raise InputError(f"{given!r} has more than {self.digits} digits.")
        return int(given)

    def write(self, value: Value) -> str:
        return f"{value:0{self.digits}}"

    def read(self, text: str) -> Value:
        return int(text)

    def pattern(self) -> Pattern:
        padded = repeated(one_of(_DIGITS), self.digits, self.digits)
        longer = then(one_of(_DIGITS[1:]), repeated(one_of(_DIGITS), self.digits, None))
        return padded if self.fixed else either(padded, longer)


class Version(Integer, frozen=True, kw_only=True):
    """The number of a version; orders may write it ``v3`` as well. With *rounds* it may be ``2.1`` too."""

    digits: int = 3
    rounds: bool = False

    def value(self, given: str) -> Value:
        number = re.sub(r"^[vV](?=[0-9])", "", given.strip())
        match = re.fullmatch(r"([0-9]{1,9})\.([0-9]{1,9})", number) if self.rounds else None
        return f"{int(match[1])}.{int(match[2])}" if match else super().value(number)

    def write(self, value: Value) -> str:
        return value if isinstance(value, str) else super().write(value)

    def read(self, text: str) -> Value:
        return text if "." in text else super().read(text)

    def pattern(self) -> Pattern:
        number = Integer().pattern()
        return either(super().pattern(), then(number, word("."), number)) if self.rounds else super().pattern()


class Frame(Integer, frozen=True, kw_only=True):
    """The number of a frame in a sequence; ``####`` (or ``%04d``) stands for all of them."""

    digits: int = 4

    def value(self, given: str) -> Value:
        whole = given.strip() in (self._all(), f"%0{self.digits}d")
        return self._all() if whole else super().value(given)

    def write(self, value: Value) -> str:
        return value if isinstance(value, str) else super().write(value)

    def read(self, text: str) -> Value:
        return text if text == self._all() else super().read(text)

    def pattern(self) -> Pattern:
        return either(super().pattern(), word(self._all()))

    def _all(self) -> str:
        return "#" * self.digits


class Duration(Form, frozen=True, kw_only=True):
    """The length of a cutdown: seconds with at least *digits* digits and the *unit* behind, or a word such as full."""

    digits: int = 1
    unit: Literal["s", "sec", ""] = "s"

    def value(self, given: str) -> Value:
        if match := re.fullmatch(r"([0-9]{1,9})(s|sec)?", given.strip()):
            return f"{int(match[1])}s"
        label = clean(given).replace("_", "-").replace(".", "-")
        if not label[0].isalpha():
            raise InputError(f"{given!r} is neither seconds nor a word.", remedy="Call the cutdown 30s, or by a word.")
        return label

    def write(self, value: Value) -> str:
        seconds = re.fullmatch(r"([0-9]+)s", str(value))
        return f"{int(seconds[1]):0{self.digits}}{self.unit}" if seconds else str(value)

    def read(self, text: str) -> Value:
        return f"{int(text.removesuffix(self.unit))}s" if text[0].isdigit() else text

    def pattern(self) -> Pattern:
        seconds = then(Integer(digits=self.digits).pattern(), word(self.unit))
        letters = _UPPER + _LOWER
        label = then(one_of(letters), repeated(then(many(one_of("-")), one_of(_ALNUM)), 0, None))
        return either(seconds, label)


class Aspect(Form, frozen=True, kw_only=True):
    """The shape of the picture: ``9:16``, written ``9x16``, with *by* between the two numbers."""

    by: Literal["x", "by", "-", "_"] = "x"

    def value(self, given: str) -> Value:
        match = re.fullmatch(rf"([1-9][0-9]{{0,3}})(?::|{self.by})([1-9][0-9]{{0,3}})", given.strip())
        if match is None:
            raise InputError(f"{given!r} is no aspect.", remedy="Write it as 16:9.")
        return f"{match[1]}:{match[2]}"

    def write(self, value: Value) -> str:
        return str(value).replace(":", self.by)

    def read(self, text: str) -> Value:
        return text.replace(self.by, ":")

    def pattern(self) -> Pattern:
        number = then(one_of(_DIGITS[1:]), repeated(one_of(_DIGITS), 0, 3))
        return then(number, word(self.by), number)


class Date(Form, frozen=True, kw_only=True):
    """A day of this century, written as *style* says."""

    style: Literal["YYYYMMDD", "YYMMDD", "YYYY-MM-DD"] = "YYYYMMDD"

    def value(self, given: str) -> Value:
        try:
            day = datetime.date.fromisoformat(given.strip())
        except ValueError:
            raise InputError(f"{given!r} is no date.", remedy="Write it as 2026-11-22.") from None
        if not 2000 <= day.year <= 2099:
            raise InputError(f"{given!r} is no day of this century.", remedy="Write it as 2026-11-22.")
        return day

    def write(self, value: Value) -> str:
        return f"{value:{_STRFTIME[self.style]}}"

    def read(self, text: str) -> Value:
        try:
            return datetime.date.fromisoformat(text if self.style.startswith("YYYY") else f"20{text}")
        except ValueError:
            raise InputError(f"{text!r} is no day of the calendar.") from None

    def pattern(self) -> Pattern:
        return read_pattern(
            self.style.replace("YYYY", "20YY")
            .replace("YY", "[0-9]{2}")
            .replace("MM", "(0[1-9]|1[0-2])")
            .replace("DD", "(0[1-9]|[12][0-9]|3[01])")
        )


_STRFTIME = {"YYYYMMDD": "%Y%m%d", "YYMMDD": "%y%m%d", "YYYY-MM-DD": "%Y-%m-%d"}


class Choice(Form, frozen=True, kw_only=True):
    """One of a few values, each with its *labels* in names: ``{"5.1" = "51", stereo = "LR"}``."""

    labels: dict[str, str]

    def __post_init__(self) -> None:
        shown = [label.casefold() for label in self.labels.values()]
        if not shown or len(set(shown)) < len(shown):
            raise ValueError("labels must be there and differ in more than case")
        if not all(re.fullmatch(r"[A-Za-z0-9._-]+", label) for label in self.labels.values()):
            raise ValueError("labels hold letters, digits, '.', '_' and '-' only")

    def __hash__(self) -> int:
        return hash(tuple(sorted(self.labels.items())))

    def value(self, given: str) -> Value:
        if given in self.labels:
            return given
        by_label = {label: value for value, label in self.labels.items()}
        if given not in by_label:
            hint = schema.nearest(given, [*self.labels, *by_label])
            raise InputError(f"{given!r} is none of the values.{hint}", remedy=f"Known: {', '.join(self.labels)}.")
        return by_label[given]

    def write(self, value: Value) -> str:
        return self.labels[str(value)]

    def read(self, text: str) -> Value:
        return next(value for value, label in self.labels.items() if label == text)

    def pattern(self) -> Pattern:
        return either(*map(word, self.labels.values()))


def _translated(text: str, swap: Mapping[str, str]) -> str:
    return "".join(swap.get(letter, letter) for letter in text)


T = TypeVar("T")


def _read(reader: Callable[[str], T], text: str) -> T:
    """What *reader* makes of *text*, with the error that TOML's reader gives its place to."""
    try:
        return reader(text)
    except InputError as error:
        raise ValueError(error.what.rstrip(".")) from None


#: Any form, as TOML and plugins give it.
AnyForm: TypeAlias = Text | Code | Integer | Version | Frame | Duration | Aspect | Date | Language | Choice
