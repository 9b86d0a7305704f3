"""``serve`` and ``pair``: the service that panels talk to, and the code that lets a panel in."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from twopop import schema
from twopop.cli.screen import margin, paper, words, write_json

if TYPE_CHECKING:
    from twopop.service.server import Service


def serve(folders: list[Path], port: int | None, *, show: bool, pair: bool, as_json: bool) -> int:
    """Serve panels for the projects in *folders* until a signal ends it; says where the panel is, and the code."""
    from twopop.service.server import run

    def ready(service: Service) -> None:
        code = service.codes.show() if pair or not service.paired else ""
        if as_json:
            facts = {"url": service.url, "port": service.port, "code": code, "projects": _projects(service)}
            write_json(schema.to_json(facts, indent=0))
        else:
            _tell(service, code)
        if show:
            _open(service.url)

    asyncio.run(run([folder.absolute() for folder in folders], port=port, ready=ready))
    if not as_json:
        margin().print(words("The service has ended. Deliveries that run go on by themselves."))
    return 0


def pair(*, reset: bool, as_json: bool) -> int:
    """Show a new code, which the service takes whether it runs already or not; with *reset* revoke the token first."""
    from twopop.service.pairing import Codes
    from twopop.service.state import state_folder
    from twopop.service.tokens import Tokens

    folder = state_folder()
    if reset:
        Tokens(folder).reset()
    code = Codes(folder).show()
    if as_json:
        write_json(schema.to_json({"code": code, "reset": reset}, indent=0))
        return 0
    console = paper()
    if reset:
        console.print(words("Every panel was sent away and has to be paired anew."))
    console.print(words(_invitation(code)))
    return 0


def _tell(service: Service, code: str) -> None:
    console = paper()
    for name, folder in _projects(service).items():
        console.print(words(f"Project {name}: {folder}", "dim"))
    console.print(words("The panel for a browser: ") + words(service.url, "bold"))
    if code:
        console.print(words(_invitation(code), "bold"))
    else:
        console.print(words("Panels that were paired before get in. For a new one: twopop pair", "dim"))
    console.print(words("Ctrl-C ends the service.", "dim"))


def _invitation(code: str) -> str:
    from twopop.service.pairing import GOOD_FOR

    return f"Type this code into the panel: {code[:3]} {code[3:]}   (good for one panel, for {GOOD_FOR // 60} minutes)"


def _projects(service: Service) -> dict[str, str]:
    return {row.name: row.folder for row in (project.row for project in service.hub.projects.values())}


def _open(url: str) -> None:
    import webbrowser

    if not webbrowser.open(url):
        margin().print(words("No browser could be opened."))
