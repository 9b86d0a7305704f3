"""The templates that come with twopop: what files and folders are called, as TOML tables."""

import tomllib
from importlib.resources import files
from typing import Any


def tables(folder: str) -> dict[str, dict[str, Any]]:
    """The TOML files in *folder* of this package (``"names"``), by name without the extension and in that order."""
    found = [file for file in files(__name__).joinpath(folder).iterdir() if file.name.endswith(".toml")]
    return {
        file.name.removesuffix(".toml"): tomllib.loads(file.read_text("utf-8"))
        for file in sorted(found, key=lambda file: file.name)
    }


def text(path: str) -> str:
    """The template at *path* inside this package (``"supers/super.ass.j2"``)."""
    return files(__name__).joinpath(path).read_text("utf-8")
