"""The commands of ``twopop legal`` with their arguments; what they do stands in ``cli.legal``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twopop.cli.arguments import HERE, Here, Home, Json, Order, do
from twopop.legal.forms import Form, Report

legal_app = typer.Typer(help="Rights, cue sheets and what is owed. Not legal advice.", no_args_is_help=True)

SheetForm = Annotated[Form | None, typer.Option("--format", help="The form of the files written with --out.")]
SheetOut = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Write files into this folder.")]


@legal_app.command("check")
def legal_check(order: Order, project: Home = None, as_json: Json = False) -> None:
    """Say for each variant whether all that survives in it is cleared for where and when it will run."""
    from twopop.cli import legal

    do(lambda: legal.check(order, project, as_json=as_json))


@legal_app.command("cue-sheet")
def legal_cue_sheet(
    order: Order, project: Home = None, form: SheetForm = None, out: SheetOut = None, as_json: Json = False
) -> None:
    """Show the cue sheet of each variant: what music is heard, from where to where, by whom."""
    from twopop.cli import legal

    do(lambda: legal.cue_sheets(order, project, form, out, as_json=as_json))


@legal_app.command("report")
def legal_report(
    order: Order,
    of: Annotated[Report, typer.Option("--of", help="Stock to be billed, talent to be paid, or credits to show.")],
    project: Home = None,
    form: SheetForm = None,
    out: SheetOut = None,
    as_json: Json = False,
) -> None:
    """Show how long each asset of one kind is used in each variant."""
    from twopop.cli import legal

    do(lambda: legal.report(order, project, of, form, out, as_json=as_json))


@legal_app.command("keep")
def legal_keep(
    ledger: Annotated[Path, typer.Argument(metavar="LEDGER", help="A ledger as TOML or CSV.")], project: Here = HERE
) -> None:
    """Keep a ledger in the catalogue, for every order that uses it."""
    from twopop.cli import legal

    do(lambda: legal.keep(ledger, project))


@legal_app.command("ledgers")
def legal_ledgers(project: Here = HERE, as_json: Json = False) -> None:
    """List the ledgers that the catalogue keeps."""
    from twopop.cli import legal

    do(lambda: legal.ledgers(project, as_json=as_json))


@legal_app.command("forget")
def legal_forget(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The ledger, as legal ledgers calls it.")],
    project: Here = HERE,
) -> None:
    """Take a ledger out of the catalogue."""
    from twopop.cli import legal

    do(lambda: legal.forget(name, project))
