"""The commands of ``twopop hosts`` with their arguments; what they do stands in ``cli.hosts``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twopop.cli.arguments import HERE, Here, Json, do

hosts_app = typer.Typer(help="List the host applications that a bridge exists for, or check one.")


@hosts_app.callback(invoke_without_command=True)
def _list(context: typer.Context, project: Here = HERE, as_json: Json = False) -> None:
    if context.invoked_subcommand is None:
        from twopop.cli import hosts

        do(lambda: hosts.list_hosts(project, as_json=as_json))


@hosts_app.command("check")
def hosts_check(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The host, as hosts calls it.")],
    project: Here = HERE,
    record: Annotated[
        Path | None, typer.Option("--record", metavar="FILE", help="Write down all that was asked and answered.")
    ] = None,
    clause: Annotated[
        list[str] | None, typer.Option("--clause", metavar="NAME", help="Only this clause, or all of render, undo ...")
    ] = None,
    as_json: Json = False,
) -> None:
    """Try the whole contract on a host, in a scratch project of its own that is taken away again."""
    from twopop.cli import hosts

    do(lambda: hosts.check(name, project, record, clause or [], as_json=as_json))
