"""What twopop knows of host applications: one protocol for all, and the values that pass through it.

A bridge imports its names from here and offers a ``HostEntry`` through the hook ``hosts``.
"""

from twopop.hosts.model import (
    Capability,
    Edit,
    HostEntry,
    HostState,
    HostTimeline,
    Identity,
    Place,
    Rendered,
    RenderPreset,
    TimelineName,
)
from twopop.hosts.protocol import Host

__all__ = [
    "Capability",
    "Edit",
    "Host",
    "HostEntry",
    "HostState",
    "HostTimeline",
    "Identity",
    "Place",
    "RenderPreset",
    "Rendered",
    "TimelineName",
]
