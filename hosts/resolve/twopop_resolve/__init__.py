"""DaVinci Resolve: says whether Resolve's scripting can be found on this machine.

The folders are those of Blackmagic's scripting notes (``Developer/Scripting`` of an installation). Scripting from
outside works in the Studio edition only, which cannot be told without starting it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from twopop import HostEntry, HostState, hookimpl


@hookimpl
def hosts() -> list[HostEntry]:
    """Resolve."""
    return [HostEntry("resolve", "DaVinci Resolve", look)]


def look(environment: Mapping[str, str] = os.environ, system: str = sys.platform, root: Path = Path("/")) -> HostState:
    """Whether the scripting module and library are there; reads two folders and starts nothing.

    The variables RESOLVE_SCRIPT_API and RESOLVE_SCRIPT_LIB go before the default folders below *root*.
    """
    apis, libraries = _defaults(environment, system, root)
    if environment.get("RESOLVE_SCRIPT_API"):
        apis = [Path(environment["RESOLVE_SCRIPT_API"])]
    if environment.get("RESOLVE_SCRIPT_LIB"):
        libraries = [Path(environment["RESOLVE_SCRIPT_LIB"])]
    api = next((path for path in apis if (path / "Modules" / "DaVinciResolveScript.py").is_file()), None)
    library = next((path for path in libraries if path.is_file()), None)
    if api and library:
        return HostState(True, f"The scripting module is in {api}; scripting from outside needs the Studio edition.")
    if not api and not library:
        return HostState(False, f"Resolve is not installed, or not where it usually is ({apis[0]}).")
    if not api:
        return HostState(False, f"The library {library} is there, but no Modules/DaVinciResolveScript.py in {apis[0]}.")
    return HostState(False, f"The scripting module is in {api}, but its library {libraries[0]} is missing.")


def _defaults(environment: Mapping[str, str], system: str, root: Path) -> tuple[list[Path], list[Path]]:
    """The folders for RESOLVE_SCRIPT_API and the files for RESOLVE_SCRIPT_LIB where neither is set."""
    if system == "darwin":
        api = root / "Library/Application Support/Blackmagic Design/DaVinci Resolve/Developer/Scripting"
        app = root / "Applications/DaVinci Resolve/DaVinci Resolve.app"
        return [api], [app / "Contents/Libraries/Fusion/fusionscript.so"]
    if system == "win32":
        data = Path(environment.get("PROGRAMDATA", r"C:\ProgramData"))
        programs = Path(environment.get("PROGRAMFILES", r"C:\Program Files"))
        api = data / "Blackmagic Design/DaVinci Resolve/Support/Developer/Scripting"
        return [api], [programs / "Blackmagic Design/DaVinci Resolve/fusionscript.dll"]
    homes = [root / "opt/resolve", root / "home/resolve"]
    return [home / "Developer/Scripting" for home in homes], [home / "libs/Fusion/fusionscript.so" for home in homes]
