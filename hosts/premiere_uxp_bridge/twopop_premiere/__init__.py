"""Adobe Premiere Pro: says whether it is installed on this machine.

Premiere can be scripted only by a panel that runs inside it. twopop has none yet, so that Premiere counts as not
found even where it is installed; its cuts can be read from a Final Cut Pro XML or OTIO export.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from twopop import HostEntry, HostState, hookimpl

_NAMES = "Adobe Premiere*"


@hookimpl
def hosts() -> list[HostEntry]:
    """Premiere."""
    return [HostEntry("premiere", "Adobe Premiere Pro", look)]


def look(environment: Mapping[str, str] = os.environ, system: str = sys.platform, root: Path = Path("/")) -> HostState:
    """Whether an application folder of Premiere is there; lists one folder and starts nothing."""
    if system == "darwin":
        folder = root / "Applications"
    elif system == "win32":
        folder = Path(environment.get("PROGRAMFILES", r"C:\Program Files")) / "Adobe"
    else:
        return HostState(False, "Premiere runs on macOS and Windows only.")
    try:
        installed = sorted(path for path in folder.glob(_NAMES) if path.is_dir())
    except OSError:
        installed = []
    if not installed:
        return HostState(False, f"Premiere is not installed (nothing called {_NAMES} in {folder}).")
    return HostState(
        False,
        f"{installed[-1].name} is installed, but twopop has no panel inside it yet; "
        "export the sequence as Final Cut Pro XML and name that file in the order.",
    )
