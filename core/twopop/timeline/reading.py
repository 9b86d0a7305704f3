"""What a timeline reader is asked and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from twopop.findings import Finding
from twopop.time import Rate
from twopop.timeline.program import Program, Role


@dataclass(frozen=True)
class ReadOptions:
    """How to read a cut: the *rate* to use where the file has none, the *name* of the timeline where it holds several.

    *roles* maps a pattern for audio track names (a regular expression, matched without regard to case) to the role,
    first match wins; *graphics* is the pattern for names of tracks that carry titles and graphics.
    """

    rate: Rate | None = None
    name: str = ""
    roles: tuple[tuple[str, Role], ...] = (
        (r"\b(dia|dx|dialog(ue)?|speech|spk|vox|interview)", Role.DIALOGUE),
        (r"\b(mus|mx|music|score|song)", Role.MUSIC),
        (r"\b(sfx|fx|effects?|amb|atmos|foley|m&e)", Role.EFFECTS),
        (r"\b(vo|narr(ation|ator)?|voice.?over|commentary)\b", Role.NARRATION),
    )
    graphics: str = r"\b(titles?|gfx|graphics?|text|supers?|captions?|logos?)\b"


@dataclass(frozen=True)
class Reading:
    """A Program, and the findings about what the file said that it cannot hold."""

    program: Program
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class TimelineReader:
    """One way to read a cut: its *name*, the file *suffixes* it takes (``".edl"``), and *read*.

    *read* raises InputError for a file that is not what its suffix says, and nothing else.
    """

    name: str
    suffixes: tuple[str, ...]
    read: Callable[[Path, ReadOptions], Reading] = field(repr=False)
