"""The plain rule for the next version."""

from __future__ import annotations

from twopop.versions.model import Registered, Version


def next_free(history: tuple[Registered, ...], content: str) -> Version:
    """The version for *content* after *history* (oldest first): unchanged content keeps the number it has.

    It is unchanged when it is that of the version delivered last, or of one reserved since by a run that did not
    finish. Anything else takes the number after the highest registered, also content that an earlier version had: a
    number that went out is never followed by a lower one.
    """
    if not history:
        return Version(number=1, why="first")
    last = max((place for place, version in enumerate(history) if version.sha256), default=-1)
    for version in reversed(history[max(last, 0) :]):
        if version.content == content:
            said = "unchanged since" if version.sha256 else "begun and not finished:"
            return Version(number=version.number, why=f"{said} v{version.number}")
    number = max(version.number for version in history) + 1
    if last < 0:
        return Version(number=number, why=f"v{number - 1} is reserved for another content")
    earlier = next((version for version in history[:last] if version.content == content), None)
    if earlier is not None:
        return Version(number=number, why=f"the same as v{earlier.number}, but v{history[last].number} went out since")
    return Version(number=number, why=f"changed since v{history[last].number}")
