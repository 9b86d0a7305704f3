"""Identifiers of films and works: whether they have the right form. Only their registries can confirm them."""

from __future__ import annotations

import re

#: Ad-ID: a prefix of four that does not begin with 0, seven more, and H (HD) or D (3D) for the format (ad-id.org).
_AD_ID = re.compile(r"[A-Z1-9][A-Z0-9]{3}[A-Z0-9]{7}[HD]?")

#: UK clock number: agency, product, seconds; infomercials have a version of two digits and four for the seconds.
_CLOCK = re.compile(r"[A-Z]{3}/[A-Z0-9]{4}\d{3}/\d{3}|[A-Z]{3}/[A-Z0-9]{4}\d{2}/\d{4}")

_EIDR = re.compile(r"10\.5240/((?:[0-9A-F]{4}-){5})([0-9A-Z])")
_ISAN = re.compile(r"(?:ISAN )?((?:[0-9A-F]{4}-){4})([0-9A-Z])(?:-((?:[0-9A-F]{4}-){2})([0-9A-Z]))?")

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def check_character(text: str) -> str:
    """The check character of *text* by ISO/IEC 7064 MOD 37,36."""
    rest = 36
    for letter in text:
        rest = (rest + _ALPHABET.index(letter)) % 36 or 36
        rest = rest * 2 % 37
    return _ALPHABET[(37 - rest) % 36]


def wrong_ad_id(value: str) -> str:
    """What is wrong with *value* as an Ad-ID; "" when it has the form."""
    return "" if _AD_ID.fullmatch(value) else "An Ad-ID has 11 or 12 letters and digits, such as ABCD1234000H."


def wrong_clock(value: str, seconds: int | None = None) -> str:
    """What is wrong with *value* as a UK clock number of a film of so many *seconds* (None: not asked)."""
    if not _CLOCK.fullmatch(value):
        return "A clock number is agency, product and seconds: AAA/ABCD001/030."
    told = int(value.rpartition("/")[2])
    return "" if seconds in (None, told) else f"Its last part says {told} s, but the film has {seconds} s."


def wrong_eidr(value: str) -> str:
    """What is wrong with *value* as an EIDR content id; "" when form and check character are right."""
    match = _EIDR.fullmatch(value)
    if match is None:
        return "An EIDR is written 10.5240/XXXX-XXXX-XXXX-XXXX-XXXX-C."
    return _wrong_check(match[1], match[2])


def wrong_isan(value: str) -> str:
    """What is wrong with *value* as an ISAN, with or without a version; "" when it is right."""
    match = _ISAN.fullmatch(value)
    if match is None:
        return "An ISAN is written 0000-0000-0000-0000-C, with a version 0000-0000-0000-0000-C-0000-0000-C."
    return _wrong_check(match[1], match[2]) or (_wrong_check(match[1] + match[3], match[4]) if match[3] else "")


def _wrong_check(body: str, check: str) -> str:
    wanted = check_character(body.replace("-", ""))
    return "" if check == wanted else f"Its check character should be {wanted}, not {check}."
