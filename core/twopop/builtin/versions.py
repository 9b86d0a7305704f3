"""Versions in their plain form: unchanged content keeps its number, anything else takes the next free one."""

from twopop import Registered, Version, hookimpl
from twopop.versions.policy import next_free


@hookimpl
def next_version(history: tuple[Registered, ...], content: str) -> Version | None:
    """The number by the content."""
    return next_free(history, content)
