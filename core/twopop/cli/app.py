"""Every command with its arguments. What a command does stands in the module it calls, imported when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import twopop
from twopop.cli.arguments import HERE, Here, Home, Json, Order, do
from twopop.cli.catalogue_commands import catalogue_app
from twopop.cli.host_commands import hosts_app
from twopop.cli.legal_commands import legal_app

app = typer.Typer(
    name="twopop",
    help="From one finished timeline, every deliverable a campaign or episode owes.",
    epilog="Exit status: 0 done, 1 findings that stop a delivery, 2 wrong use or unreadable input, "
    "3 a plugin or the machine failed.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
specs_app = typer.Typer(help="The delivery specifications on offer.", no_args_is_help=True)
plugins_app = typer.Typer(help="What is plugged in.", no_args_is_help=True)
store_app = typer.Typer(help="The store of what was rendered.", no_args_is_help=True)
name_app = typer.Typer(help="What files are called, and why.", no_args_is_help=True)
config_app = typer.Typer(help="The settings in force.", no_args_is_help=True)
app.add_typer(specs_app, name="specs")
app.add_typer(plugins_app, name="plugins")
app.add_typer(store_app, name="store")
app.add_typer(name_app, name="name")
app.add_typer(config_app, name="config")
app.add_typer(hosts_app, name="hosts")
app.add_typer(legal_app, name="legal")
app.add_typer(catalogue_app, name="catalogue")

Out = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Deliver into this folder, not the order's.")]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"twopop {twopop.__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which twopop this is.")
    ] = False,
) -> None:
    pass


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the demo lies; made if need be.")] = Path("demo"),
) -> None:
    """Make a small spot and deliver it; nothing else is needed."""
    from twopop.cli import deliver

    do(lambda: deliver.demo(folder))


@app.command()
def plan(
    order: Order,
    out: Out = None,
    project: Home = None,
    as_json: Json = False,
    why: Annotated[bool, typer.Option("--why", help="Say which plugin decided what, and why.")] = False,
) -> None:
    """Show everything that would happen, and every problem. Nothing is rendered."""
    from twopop.cli import deliver

    do(lambda: deliver.plan(order, out, project, as_json=as_json, why=why))


@app.command()
def deliver(
    order: Order,
    out: Out = None,
    project: Home = None,
    executor: Annotated[str, typer.Option("--executor", metavar="NAME", help="Where the work runs.")] = "local",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show the plan.")] = False,
    keep_going: Annotated[
        bool, typer.Option("--keep-going/--fail-fast", help="What fails does not stop the rest; or it does.")
    ] = True,
    as_json: Json = False,
) -> None:
    """Make every deliverable of an order. Ctrl-C stops; running again goes on from there."""
    from twopop.cli import deliver

    if dry_run:
        do(lambda: deliver.plan(order, out, project, as_json=as_json, why=False))
    do(lambda: deliver.deliver(order, out, project, executor, as_json=as_json, keep_going=keep_going))


@app.command()
def render(
    order: Order,
    keys: Annotated[list[str], typer.Argument(metavar="KEY...", help="Segments or mixes, as deliver names them.")],
    project: Home = None,
    executor: Annotated[str, typer.Option("--executor", metavar="NAME", help="Where the work runs.")] = "local",
) -> None:
    """Render single segments of an order into the store: to try again what failed."""
    from twopop.cli import deliver

    do(lambda: deliver.render(order, project, keys, executor))


@app.command()
def verify(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a delivery.")], as_json: Json = False
) -> None:
    """Read every delivered file back and hold it against its receipt."""
    from twopop.cli import deliver

    do(lambda: deliver.verify(folder, as_json=as_json))


@app.command()
def insert(
    master: Annotated[Path, typer.Argument(metavar="MASTER", help="The master: ProRes, DNxHR or another intra codec.")],
    render: Annotated[Path, typer.Argument(metavar="RENDER", help="A render of what changed, in the same form.")],
    at: Annotated[str, typer.Option("--at", metavar="TIMECODE", help="Where it goes, if not at its own start.")] = "",
    out: Annotated[Path | None, typer.Option("--out", metavar="NEW", help="The new file, if not MASTER.new.")] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Give the new file the master's name; the old one is kept as MASTER.old.")
    ] = False,
    with_sound: Annotated[bool, typer.Option("--sound", help="Take the render's sound too (PCM).")] = False,
    project: Here = HERE,
    as_json: Json = False,
) -> None:
    """Put a new render of a range into a master, packet by packet. The old master is not touched."""
    from twopop.cli import insert as inserting

    do(
        lambda: inserting.insert(
            master, render, at, out, project, replace=replace, with_sound=with_sound, as_json=as_json
        )
    )


@app.command()
def timeline(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A cut: OTIO, EDL, Premiere XML, FCPXML or AAF.")],
    rate: Annotated[str, typer.Option("--rate", metavar="R", help="The frame rate, where the file has none.")] = "",
    name: Annotated[str, typer.Option("--name", metavar="N", help="Which timeline, where the file has several.")] = "",
    project: Here = HERE,
    as_json: Json = False,
) -> None:
    """Read any cut: its events, markers, sound and problems."""
    from twopop.cli import cuts

    do(lambda: cuts.timeline(file, rate, name, project, as_json=as_json))


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="The cut as it was, or: last, the one delivered last.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The cut as it is.")],
    order: Annotated[
        Path | None,
        typer.Option("--order", metavar="ORDER.toml", help="Say which deliverables of this order are touched."),
    ] = None,
    rate: Annotated[str, typer.Option("--rate", metavar="R", help="The frame rate, where a file has none.")] = "",
    project: Home = None,
    as_json: Json = False,
) -> None:
    """Show what changed between two cuts, and which deliverables that touches."""
    from twopop.cli import cuts

    do(lambda: cuts.diff(old, new, order, rate, project, as_json=as_json))


@app.command()
def schema(
    name: Annotated[str, typer.Argument(metavar="NAME", help="order, plan, receipt, spec, host-report, service.")],
) -> None:
    """Print the JSON Schema of a file, or those of what the service and its panels say."""
    from twopop.cli import specs

    do(lambda: specs.print_schema(name))


@app.command()
def serve(
    folders: Annotated[
        list[Path] | None, typer.Argument(metavar="DIR...", help="The projects' folders; this one if none is named.")
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", metavar="N", help="Listen on this port and no other; 0 is any free one.")
    ] = None,
    show: Annotated[bool, typer.Option("--open", help="Open the panel in a browser.")] = False,
    pair: Annotated[
        bool, typer.Option("--pair", help="Show a code for a panel, even if one was paired before.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Serve the panels in hosts and browsers on this machine, till Ctrl-C."""
    from twopop.cli import serve

    do(lambda: serve.serve(folders or [HERE], port, show=show, pair=pair, as_json=as_json))


@app.command()
def pair(
    reset: Annotated[bool, typer.Option("--reset", help="Send every panel away first: all have to pair anew.")] = False,
    as_json: Json = False,
) -> None:
    """Show the code that a new panel is paired with."""
    from twopop.cli import serve

    do(lambda: serve.pair(reset=reset, as_json=as_json))


@app.command()
def doctor(
    project: Here = HERE,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="The output folder to look at.")] = None,
    as_json: Json = False,
) -> None:
    """Look whether everything that a delivery needs is here, and say what to do where it is not."""
    from twopop.cli import doctor

    do(lambda: doctor.doctor(project, out, as_json=as_json))


@specs_app.command("list")
def specs_list(project: Here = HERE, as_json: Json = False) -> None:
    """List the specs on offer."""
    from twopop.cli import specs

    do(lambda: specs.list_specs(project, as_json=as_json))


@specs_app.command("show")
def specs_show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The spec, as specs list calls it.")],
    project: Here = HERE,
    as_json: Json = False,
) -> None:
    """Show a spec with its rules: how much each weighs, and where it is written."""
    from twopop.cli import specs

    do(lambda: specs.show_spec(name, project, as_json=as_json))


@plugins_app.command("list")
def plugins_list(project: Here = HERE, as_json: Json = False) -> None:
    """List every plugin that was found: its layer, version, path, hooks and state."""
    from twopop.cli import plugins

    do(lambda: plugins.list_plugins(project, as_json=as_json))


@plugins_app.command("check")
def plugins_check(project: Here = HERE) -> None:
    """Load every plugin and say what is wrong with those that fail."""
    from twopop.cli import plugins

    do(lambda: plugins.check_plugins(project))


@plugins_app.command("actions")
def plugins_actions(project: Here = HERE, as_json: Json = False) -> None:
    """List the actions (the buttons of panels) that plugins offer."""
    from twopop.cli import plugins

    do(lambda: plugins.list_actions(project, as_json=as_json))


@plugins_app.command("run")
def plugins_run(
    action: Annotated[str, typer.Argument(metavar="ACTION", help="The action, as plugins actions calls it.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a delivery.")],
    project: Here = HERE,
) -> None:
    """Do one plugin's action to a delivery."""
    from twopop.cli import plugins

    do(lambda: plugins.run_action(action, folder, project))


@store_app.command("info")
def store_info(project: Here = HERE, as_json: Json = False) -> None:
    """Show where the store is and what it holds."""
    from twopop.cli import store

    do(lambda: store.show_info(project, as_json=as_json))


@store_app.command("verify")
def store_verify(project: Here = HERE, as_json: Json = False) -> None:
    """Read the whole store; damaged entries are removed and made again when they are needed."""
    from twopop.cli import store

    do(lambda: store.verify(project, as_json=as_json))


@store_app.command("gc")
def store_gc(
    most: Annotated[str, typer.Option("--max-size", metavar="SIZE", help="What may be left, as 50GB or 200MiB.")],
    project: Here = HERE,
    as_json: Json = False,
) -> None:
    """Remove what was not used for longest, never what a running delivery needs."""
    from twopop.cli import store

    do(lambda: store.clear(project, most, as_json=as_json))


@name_app.command("parse")
def name_parse(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Names or paths; the files need not exist.")],
    convention: Annotated[
        str, typer.Option("--convention", metavar="NAME", help="Read by this one, not those of the settings.")
    ] = "",
    order: Annotated[
        Path | None, typer.Option("--order", metavar="ORDER.toml", help="Know the fields that plugins give for it.")
    ] = None,
    project: Home = None,
    as_json: Json = False,
) -> None:
    """Take file names apart into their fields."""
    from twopop.cli import names

    do(lambda: names.parse(files, convention, order, project, as_json=as_json))


@name_app.command("explain")
def name_explain(
    order: Order,
    deliverable: Annotated[
        str, typer.Option("--deliverable", metavar="ID", help='Only this one, such as "30s 9:16 en social-h264".')
    ] = "",
    project: Home = None,
    as_json: Json = False,
) -> None:
    """Say which plugin gave which field of an order's names, and which are missing."""
    from twopop.cli import names

    do(lambda: names.explain(order, deliverable, project, as_json=as_json))


@config_app.command("show")
def config_show(
    origin: Annotated[bool, typer.Option("--origin", help="Say which file and line each value comes from.")] = False,
    project: Here = HERE,
    as_json: Json = False,
) -> None:
    """Show every setting in force."""
    from twopop.cli import config

    do(lambda: config.show_config(project, origin=origin, as_json=as_json))
