"""The caption model: text on frames."""

from __future__ import annotations

import msgspec


class Caption(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Text shown in program frames ``[start, stop)``, as *lines* with simple ``<i>``, ``<b>``, ``<u>`` mark-up.

    *settings* keeps WebVTT cue settings (``line:80%``) for writers that know them.
    """

    start: int
    stop: int
    lines: tuple[str, ...]
    settings: str = ""


class CaptionTrack(msgspec.Struct, frozen=True, kw_only=True):
    """The captions of one *language*, in order of their start."""

    language: str
    captions: tuple[Caption, ...] = ()
