"""The commands of ``twopop catalogue`` with their arguments; what they do stands in ``cli.catalogue``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twopop.cli.arguments import HERE, Here, Json, do

catalogue_app = typer.Typer(help="Which versions went out, and what is said of them.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="A file's name, or a deliverable as search lists it.")]
Number = Annotated[int, typer.Option("--version", metavar="N", help="The version's number; else the newest.")]
Note = Annotated[str, typer.Option("--note", metavar="WORDS", help="Why, or on whose word.")]


@catalogue_app.command()
def search(
    asked: Annotated[
        list[str], typer.Argument(metavar="WORDS", help="Words, or how they begin; all have to be there.")
    ],
    limit: Annotated[int, typer.Option("--limit", metavar="N", help="At most so many, the newest first.")] = 50,
    project: Here = HERE,
    as_json: Json = False,
) -> None:
    """Find versions that went out by words in their names, projects and changes."""
    from twopop.cli import catalogue

    do(lambda: catalogue.search(" ".join(asked), project, limit, as_json=as_json))


@catalogue_app.command()
def history(name: Name, project: Here = HERE, as_json: Json = False) -> None:
    """Show every version of a deliverable: who, when, what changed, by which plan."""
    from twopop.cli import catalogue

    do(lambda: catalogue.history(name, project, as_json=as_json))


@catalogue_app.command()
def show(name: Name, project: Here = HERE, as_json: Json = False) -> None:
    """Show all that is known of one version: files, hashes, findings, rights."""
    from twopop.cli import catalogue

    do(lambda: catalogue.show(name, project, as_json=as_json))


@catalogue_app.command()
def plan(
    fingerprint: Annotated[str, typer.Argument(metavar="PLAN", help="The plan, as history names it.")],
    project: Here = HERE,
) -> None:
    """Print a plan that was carried out, as JSON."""
    from twopop.cli import catalogue

    do(lambda: catalogue.plan(fingerprint, project))


@catalogue_app.command()
def approve(name: Name, number: Number = 0, note: Note = "", project: Here = HERE) -> None:
    """Say that a version is approved; the one approved before is superseded."""
    from twopop.cli import catalogue

    do(lambda: catalogue.say(name, "approved", number, note, project))


@catalogue_app.command()
def withdraw(name: Name, number: Number = 0, note: Note = "", project: Here = HERE) -> None:
    """Say that a version must not be used any more; its number never comes back."""
    from twopop.cli import catalogue

    do(lambda: catalogue.say(name, "withdrawn", number, note, project))


@catalogue_app.command(name="catch-up")
def catch_up(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a delivery.")], project: Here = HERE
) -> None:
    """Tell the catalogue what it missed while it could not be reached."""
    from twopop.cli import catalogue

    do(lambda: catalogue.catch_up(folder, project))


@catalogue_app.command()
def upgrade(project: Here = HERE) -> None:
    """Bring a catalogue of an older twopop to this one's tables. Make a copy first."""
    from twopop.cli import catalogue

    do(lambda: catalogue.upgrade(project))
