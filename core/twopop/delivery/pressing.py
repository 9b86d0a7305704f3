"""The studio's buttons: which there are, and pressing one."""

from __future__ import annotations

import traceback
from pathlib import Path

from twopop.delivery.actions import PanelAction
from twopop.delivery.session import Session
from twopop.errors import InputError, PluginError, TwopopError
from twopop.findings import Finding
from twopop.plugins import Contribution
from twopop.schema import nearest


def offered(session: Session) -> list[Contribution[PanelAction]]:
    """The buttons that plugins offer; raises PluginError when one fails, or two offer the same."""
    given, failed = session.plugins.collect("panel_actions", settings=session.settings)
    for failure in failed:
        raise failure.raised()
    ids = [action.value.id for action in given]
    twice = next((name for name in ids if ids.count(name) > 1), None)
    if twice is not None:
        raise PluginError(f"Two plugins offer the action {twice!r}.", remedy="Disable one of them.")
    return given


def press(session: Session, name: str, folder: Path) -> tuple[PanelAction, list[Finding]]:
    """Do the action *name* to the delivery in *folder*; what it found.

    Raises InputError for no such action or folder, PluginError when it fails or answers with something else.
    """
    actions = {action.value.id: action for action in offered(session)}
    if name not in actions:
        hint = nearest(name, actions) or f" There are: {', '.join(actions) or 'none'}."
        raise InputError(f"There is no action {name!r}.{hint}", remedy="See twopop plugins actions.")
    if not folder.is_dir():
        raise InputError("There is no such folder.", where=str(folder), remedy="Give the folder of a delivery.")
    return actions[name].value, _performed(actions[name], folder)


def _performed(action: Contribution[PanelAction], folder: Path) -> list[Finding]:
    """What doing *action* to *folder* found; raises PluginError when it fails or answers with something else."""
    try:
        findings = action.value.run(folder)
    except TwopopError:
        raise
    except (Exception, SystemExit) as error:  # whatever a plugin raises is its own failure
        raise PluginError(
            f"The plugin {action.plugin!r} failed in the action {action.value.id!r}: {type(error).__name__}: {error}",
            remedy="Send this to your technical director.",
            report="".join(traceback.format_exception(error)),
        ) from error
    if not isinstance(findings, list) or not all(isinstance(finding, Finding) for finding in findings):
        raise PluginError(
            f"The action {action.value.id!r} of the plugin {action.plugin!r} returned no list of findings."
        )
    return findings
