"""``plugins``: what is plugged in, whether it works, and the buttons it brings."""

from __future__ import annotations

from pathlib import Path

from twopop import schema
from twopop.cli.findings import exit_status, gather, show_findings
from twopop.cli.layout import table
from twopop.cli.screen import paper, words, write_json
from twopop.delivery.pressing import offered, press
from twopop.delivery.session import Session, open_session
from twopop.errors import StudioError
from twopop.plugins import Plugin
from twopop.settings import LAYERS

_STYLE = {"on": "green", "disabled": "dim", "replaced": "dim", "failed": "bold red", "absent": "yellow"}


def list_plugins(project: Path, *, as_json: bool) -> int:
    """List every plugin that was found, in the order in which the layers are asked to contribute."""
    found = _found(open_session(project.absolute()))
    if as_json:
        write_json(schema.to_json(found))
    else:
        _show(found)
    return 0


def check_plugins(project: Path) -> int:
    """Say of each plugin that could not be loaded what is wrong."""
    found = _found(open_session(project.absolute()))
    failed = [plugin for plugin in found if plugin.state == "failed"]
    console = paper()
    for plugin in failed:
        console.print(words(f"{plugin.name} ({plugin.layer}, {plugin.path})", "bold red"))
        console.print(words(f"  {plugin.problem}"))
    working = sum(plugin.state == "on" for plugin in found)
    console.print(words(f"{working} of {len(found)} plugins are on; {len(failed)} could not be loaded."))
    return StudioError.exit_status if failed else 0


def list_actions(project: Path, *, as_json: bool) -> int:
    """List the buttons that plugins offer."""
    actions = offered(open_session(project.absolute()))
    if as_json:
        rows = [
            {"id": action.value.id, "label": action.value.label, "help": action.value.help, "plugin": action.plugin}
            for action in actions
        ]
        write_json(schema.to_json(rows))
        return 0
    if not actions:
        paper().print(words("No plugin offers an action."))
        return 0
    made = table("Action", "Label", "Plugin", "What it does", folds=("What it does",))
    for action in actions:
        made.add_row(*map(words, (action.value.id, action.value.label, action.plugin, action.value.help)))
    paper().print(made)
    return 0


def run_action(name: str, folder: Path, project: Path) -> int:
    """Do the action *name* to the delivery in *folder* and show what it found."""
    action, findings = press(open_session(project.absolute()), name, folder)
    console = paper()
    show_findings(console, gather(findings, {}))
    console.print(words(f"{action.label}: done."))
    return exit_status(findings)


def _found(session: Session) -> list[Plugin]:
    return sorted(session.plugins.found, key=lambda plugin: (LAYERS.index(plugin.layer), plugin.name))


def _show(found: list[Plugin]) -> None:
    made = table("Plugin", "Layer", "Version", "State", "Hooks", "Path", folds=("Hooks", "Path"))
    for plugin in found:
        state = words(plugin.state, _STYLE[plugin.state])
        hooks = words(", ".join(plugin.hooks))
        made.add_row(*map(words, (plugin.name, plugin.layer, plugin.version)), state, hooks, words(plugin.path))
    console = paper()
    console.print(made)
    for plugin in found:
        if plugin.problem:
            console.print(words(f"{plugin.name}: {plugin.problem}", _STYLE[plugin.state]))
