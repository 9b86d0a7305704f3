"""Arguments that many commands take, and how a command is carried out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from twopop.cli.errors import guarded

Order = Annotated[Path, typer.Argument(metavar="ORDER.toml", help="The order: a TOML file, or the same as JSON.")]
Json = Annotated[bool, typer.Option("--json", help="Give data instead of words.")]
Home = Annotated[
    Path | None,
    typer.Option("--project", metavar="DIR", help="The folder of the project's twopop.toml, if not the order's."),
]
Here = Annotated[Path, typer.Option("--project", metavar="DIR", help="The folder of the project's twopop.toml.")]

#: Where a command works that names no project.
HERE = Path()


def do(work: Callable[[], int]) -> None:
    """Carry out a command's *work* and leave with its exit status."""
    raise typer.Exit(guarded(work))
