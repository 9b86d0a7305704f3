"""Avid Pro Tools: says whether it is installed and whether its scripting library can be loaded.

The scripting library PTSL is reached with the Python package py-ptsl, which comes with ``pip install
"twopop[protools]"``; it talks to a Pro Tools that runs on the same machine.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path

from twopop import HostEntry, HostState, hookimpl


@hookimpl
def hosts() -> list[HostEntry]:
    """Pro Tools."""
    return [HostEntry("protools", "Avid Pro Tools", look)]


def look(
    environment: Mapping[str, str] = os.environ,
    system: str = sys.platform,
    root: Path = Path("/"),
    has_module: Callable[[str], bool] = lambda name: find_spec(name) is not None,
) -> HostState:
    """Whether the application and py-ptsl are there; starts nothing and opens no connection."""
    if system == "darwin":
        application = root / "Applications/Pro Tools.app"
    elif system == "win32":
        application = Path(environment.get("PROGRAMFILES", r"C:\Program Files")) / "Avid/Pro Tools/ProTools.exe"
    else:
        return HostState(False, "Pro Tools runs on macOS and Windows only.")
    if not application.exists():
        return HostState(False, f"Pro Tools is not installed ({application} is missing).")
    if not has_module("ptsl"):
        return HostState(False, f'{application} is there, but py-ptsl is not: pip install "twopop[protools]".')
    return HostState(True, f"{application}, with py-ptsl; Pro Tools has to run with a session open.")
