"""The rules for the next version: each deliverable by itself, all of an order alike, or rounds that are approved."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from twopop.versions.model import Registered, Together, Version

#: What happens to numbers that runs reserved, never delivered and left behind: they stay unused, or are given again.
Abandoned = Literal["keep", "release"]


def next_free(history: tuple[Registered, ...], content: str, *, abandoned: Abandoned = "keep") -> Version:
    """The version for *content* after *history* (oldest first): unchanged content keeps the number it has.

    It is unchanged when it is that of the version delivered last, or of one reserved since by a run that did not
    finish. Anything else takes the number after the highest registered, also content that an earlier version had or
    that was withdrawn: a number that went out is never followed by a lower one. A number that a run left *abandoned*
    stays with its content, or with ``"release"`` is given to any.
    """
    left = {v.number for v in history if v.abandoned and v.content != content} if abandoned == "release" else set()
    version = _next(tuple(version for version in history if version.number not in left), content)
    return msgspec.structs.replace(version, reuse=True) if version.number in left else version


def all_alike(history: tuple[Registered, ...], content: str, together: Together) -> Version:
    """The version for *content* in lockstep: all deliverables of the order have one number.

    It is the highest that any of them has, as long as it fits them all; when one has changed, all take the next.
    """
    number = together.highest
    if number == 0:
        return Version(number=1, why="first")
    mine = next((version for version in history if version.number == number), None)
    if not together.fits:
        unchanged = any(version.content == content for version in history[-1:])
        why = "goes along with others of the order that changed" if unchanged else f"changed since v{number}"
        return Version(number=number + 1, why=why)
    if mine is None:
        return Version(number=number, why=f"joins v{number} of the order")
    said = "unchanged since" if mine.sha256 else "begun and not finished:"
    return Version(number=number, why=f"{said} v{number}")


def by_rounds(history: tuple[Registered, ...], content: str, *, abandoned: Abandoned = "keep") -> Version:
    """The version for *content* as ``major.minor``: each change is a new minor, until one is approved.

    What comes after an approved version begins the next major. The first is 1.0.
    """
    version = next_free(history, content, abandoned=abandoned)
    known = next((each for each in history if each.number == version.number and each.content == content), None)
    if known is not None and known.label:
        return msgspec.structs.replace(version, label=known.label)
    rounds = [(*_parts(each), each) for each in history if each.number != version.number]
    if not rounds:
        return msgspec.structs.replace(version, label="1.0")
    major = max(one for one, _, _ in rounds)
    if any(one == major and each.approval in ("approved", "superseded") for one, _, each in rounds):
        return msgspec.structs.replace(version, label=f"{major + 1}.0", why=f"{version.why}; {major} is approved")
    minor = max(two for one, two, _ in rounds if one == major)
    return msgspec.structs.replace(version, label=f"{major}.{minor + 1}")


def together(pairs: Iterable[tuple[tuple[Registered, ...], str]]) -> Together:
    """What holds for all deliverables of an order, from the (history, content now) of each."""
    held = list(pairs)
    highest = max((version.number for history, _ in held for version in history), default=0)
    fits = all(
        version.content == content and version.approval != "withdrawn"
        for history, content in held
        for version in history
        if version.number == highest
    )
    return Together(highest=highest, fits=fits)


def _next(history: tuple[Registered, ...], content: str) -> Version:
    if not history:
        return Version(number=1, why="first")
    last = max((place for place, version in enumerate(history) if version.sha256), default=-1)
    for version in reversed(history[max(last, 0) :]):
        if version.content == content and version.approval != "withdrawn":
            said = "unchanged since" if version.sha256 else "begun and not finished:"
            return Version(number=version.number, why=f"{said} v{version}", label=version.label)
    number = max(version.number for version in history) + 1
    if last < 0:
        return Version(number=number, why=f"v{history[-1]} is reserved for another content")
    withdrawn = next((v for v in history if v.content == content and v.approval == "withdrawn"), None)
    if withdrawn is not None:
        return Version(number=number, why=f"the same as v{withdrawn}, which was withdrawn")
    earlier = next((version for version in history[:last] if version.content == content), None)
    if earlier is not None:
        return Version(number=number, why=f"the same as v{earlier}, but v{history[last]} went out since")
    return Version(number=number, why=f"changed since v{history[last]}")


def _parts(version: Registered) -> tuple[int, int]:
    """Major and minor of a version; one without counts as ``number.0``."""
    major, dot, minor = version.label.partition(".")
    if dot and major.isdecimal() and minor.isdecimal():
        return int(major), int(minor)
    return version.number, 0
