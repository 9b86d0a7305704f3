"""The specs that come with twopop, as TOML files."""

from pathlib import Path

from twopop import Spec, hookimpl, read_specs


@hookimpl
def specs() -> list[Spec]:
    """Every spec in the folder ``specs`` beside this module."""
    files = sorted((Path(__file__).parent / "specs").glob("*.toml"))
    return [spec for path in files for spec in read_specs(path)]
