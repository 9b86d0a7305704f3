"""What twopop knows of host applications."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

__all__ = ["HostEntry", "HostState"]


@dataclass(frozen=True)
class HostState:
    """Whether a host's scripting was *found* on this machine, and where or why not, in *detail*."""

    found: bool
    detail: str


@dataclass(frozen=True)
class HostEntry:
    """A host application by *name*, its *title* for people, and how to *look* for it (quickly; never starts it)."""

    name: str
    title: str
    look: Callable[[], HostState] = field(repr=False)
