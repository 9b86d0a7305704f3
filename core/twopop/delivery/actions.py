"""Buttons that plugins add to panels and to the command line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from twopop.findings import Finding


@dataclass(frozen=True)
class PanelAction:
    """A button: its *id*, the *label* on it, a sentence of *help*, and what it does to a delivery folder."""

    id: str
    label: str
    help: str
    run: Callable[[Path], list[Finding]] = field(repr=False)
