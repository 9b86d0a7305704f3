"""The specs that come with twopop, one TOML file each."""

from pathlib import Path

from twopop import Spec, hookimpl, read_spec


@hookimpl
def specs() -> list[Spec]:
    """Every spec in the folder ``specs`` beside this module."""
    return [read_spec(path) for path in sorted((Path(__file__).parent / "specs").glob("*.toml"))]
