"""MLT, the engine of Kdenlive and Shotcut: says whether its program or its Python binding is on this machine."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from importlib.util import find_spec

from twopop import HostEntry, HostState, TimelineReader, hookimpl
from twopop.hosts import Host, Place

#: Debian calls the program of version 7 melt-7 when an older one may stand beside it.
_PROGRAMS = ("melt", "melt-7")


@hookimpl
def hosts() -> list[HostEntry]:
    """MLT."""
    return [HostEntry("mlt", "MLT (Kdenlive, Shotcut)", look, _connect)]


def _connect(place: Place) -> Host:
    from twopop_mlt.host import connect

    return connect(place)


@hookimpl
def timeline_readers() -> list[TimelineReader]:
    """Projects of MLT itself, Shotcut and Kdenlive."""
    from twopop_mlt.reading import SUFFIXES, read_mlt

    return [TimelineReader("MLT project (Kdenlive, Shotcut)", SUFFIXES, read_mlt)]


def look(
    which: Callable[[str], str | None] = shutil.which,
    has_module: Callable[[str], bool] = lambda name: find_spec(name) is not None,
) -> HostState:
    """Whether ``melt`` is on the PATH or ``mlt7`` can be imported; starts nothing."""
    program = next((path for path in map(which, _PROGRAMS) if path), None)
    binding = has_module("mlt7")
    if program and binding:
        return HostState(True, f"{program}, with the Python binding mlt7.")
    if program:
        return HostState(True, f"{program}; the Python binding mlt7 is not in this environment.")
    if binding:
        return HostState(True, "The Python binding mlt7; the program melt is not on the PATH.")
    return HostState(False, "Neither the program melt nor the Python binding mlt7 is here (Debian: melt, python3-mlt).")
