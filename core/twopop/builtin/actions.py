"""The button that every delivery has: read it back."""

from pathlib import Path

from twopop import Finding, PanelAction, hookimpl
from twopop.delivery.verify import verify


@hookimpl
def panel_actions() -> list[PanelAction]:
    """Verify the files of a delivery against its receipt."""
    words = "Reads every delivered file back and compares it with the receipt."
    return [PanelAction("verify", "Verify delivery", words, _verify)]


def _verify(folder: Path) -> list[Finding]:
    return list(verify(folder).findings)
