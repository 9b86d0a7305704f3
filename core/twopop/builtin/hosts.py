"""The host that twopop brings along: the practice project."""

from twopop import HostEntry, HostState, hookimpl
from twopop.hosts import Host, Place


@hookimpl
def hosts() -> list[HostEntry]:
    """The practice project, which is always there."""
    return [HostEntry("fake", "Practice project", look, connect)]


def look() -> HostState:
    """Where it lies."""
    return HostState(True, "Comes with twopop; its first timelines are the .otio files in the project's folder.")


def connect(place: Place) -> Host:
    """The practice project at *place*."""
    from twopop.hosts.fake.host import FakeHost

    return FakeHost(place)
