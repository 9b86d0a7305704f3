"""Grants and legal fields: what plugins contribute about rights."""

from __future__ import annotations

from typing import Literal

import msgspec


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the right to show or play one source (matched by its *source* name, as the timeline says it).

    *status* ``refused`` stops every deliverable in which the source survives; ``unknown`` warns; *note* says why, or
    where it is written.
    """

    source: str
    status: Literal["cleared", "refused", "unknown"]
    note: str = ""


class LegalField(msgspec.Struct, frozen=True, kw_only=True):
    """One field of legal metadata that is written into the file: *key* in the container's words, and its *value*."""

    key: str
    value: str
