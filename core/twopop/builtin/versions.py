"""Versions: unchanged content keeps its number, anything else takes the next one, by the policy of the house."""

from typing import Literal

import msgspec

from twopop import Registered, Settings, Together, Version, hookimpl
from twopop.versions.policy import Abandoned, all_alike, by_rounds, next_free


class Versions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``[versions]``: the *policy*, and what happens to numbers that a killed run left *abandoned*.

    ``independent``: each deliverable counts by itself. ``lockstep``: all deliverables of an order have one number.
    ``approvals``: ``major.minor``, where a change after an approved version begins the next major.
    """

    policy: Literal["independent", "lockstep", "approvals"] = "independent"
    abandoned: Abandoned = "keep"


@hookimpl
def settings() -> list[type]:
    """The table ``[versions]``."""
    return [Versions]


@hookimpl
def next_version(
    history: tuple[Registered, ...], content: str, together: Together, settings: Settings
) -> Version | None:
    """The number by the content and the house's policy."""
    house = settings[Versions]
    if house.policy == "lockstep":
        return all_alike(history, content, together)
    rule = by_rounds if house.policy == "approvals" else next_free
    return rule(history, content, abandoned=house.abandoned)
