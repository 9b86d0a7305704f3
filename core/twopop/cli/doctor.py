"""``doctor``: whether everything that a delivery needs is here, and what to do where it is not."""

from __future__ import annotations

import platform
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import msgspec

from twopop import schema
from twopop.cli.layout import grid
from twopop.cli.screen import paper, words, write_json
from twopop.delivery.session import Session, open_session
from twopop.errors import StudioError, TwopopError
from twopop.settings import PathsTable

State = Literal["good", "look", "bad", "note"]

_STYLE: dict[State, str] = {"good": "green", "look": "yellow", "bad": "bold red", "note": "dim"}

#: What the pictures ask of ffmpeg.
FILTERS = frozenset(
    [
        "blend",
        "color",
        "crop",
        "drawtext",
        "format",
        "fps",
        "metadata",
        "overlay",
        "pad",
        "reverse",
        "scale",
        "setfield",
        "setparams",
        "setpts",
        "setsar",
        "settb",
        "sidedata",
        "tpad",
        "transpose",
        "trim",
        "xfade",
    ]
)

#: What there is a lesser way without.
BETTER = {
    "zscale": "Without it HDR cannot be converted, and other colours are converted by scale, less exactly.",
    "lut3d": "Without it HDR cannot be tone mapped.",
    "estdif": "Without it interlaced sources cannot be made progressive.",
    "ass": "Without it (libass) no legal texts can be drawn.",
    "minterpolate": "Without it no motion-compensated retime can be made.",
}
ENCODERS = ("libx264", "prores_ks", "aac", "pcm_s24le")

#: The ways to read cuts that come as packages of their own, by the adapter's name in OpenTimelineIO.
ADAPTERS = {"cmx_3600": "EDL", "fcp_xml": "Premiere XML", "AAF": "AAF"}

#: Bytes free on a disk below which nothing can be delivered, and below which a look is due.
SCARCE, TIGHT = 1 << 30, 10 << 30


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was looked at: its *state* (``note`` only informs), what was found, and what to do."""

    name: str
    state: State
    detail: str
    remedy: str = ""


def doctor(project: Path, out: Path | None, *, as_json: bool) -> int:
    """Look at everything and say what is wrong; 3 when something is."""
    session = open_session(project.absolute())
    checks = list(examine(session, out.absolute() if out else None))
    bad = any(check.state == "bad" for check in checks)
    if as_json:
        write_json(schema.to_json({"well": not bad, "checks": checks}))
    else:
        _show(checks)
    return StudioError.exit_status if bad else 0


def examine(session: Session, out: Path | None = None) -> Iterator[Check]:
    """Every check, in the order in which a delivery needs things."""
    yield Check(name="Python", state="good", detail=f"{platform.python_version()} on {platform.platform()}")
    yield from _tried("ffmpeg", lambda: _ffmpeg(session))
    yield from _tried("PyAV", _pyav)
    yield from _tried("Timeline formats", _adapters)
    yield from _tried("Typeface", lambda: _typeface(session))
    for name, folder in _folders(session, out).items():
        yield from _tried(name, lambda name=name, folder=folder: _folder(name, folder))  # type: ignore[misc]
    yield from _tried("Catalogue", lambda: _catalogue(session))
    yield from _tried("Plugins", lambda: _plugins(session))
    yield from _tried("Specs", lambda: _specs(session))
    yield from _tried("Hosts", lambda: _hosts(session))


def _tried(name: str, look: Callable[[], Iterator[Check]]) -> Iterator[Check]:
    """What *look* gives; an error is a bad check, so that the others are still made."""
    try:
        yield from list(look())
    except TwopopError as error:
        yield Check(name=name, state="bad", detail=f"{error.where}: {error.what}" if error.where else error.what,
                    remedy=error.remedy)  # fmt: skip
    except Exception as error:  # a broken installation raises anything; the doctor has to survive it
        yield Check(name=name, state="bad", detail=f"{type(error).__name__}: {error}", remedy="Install twopop anew.")


def _ffmpeg(session: Session) -> Iterator[Check]:
    tools = session.tools
    yield Check(name="ffmpeg", state="good", detail=f"{tools.version} ({tools.path})")
    remedy = "Use a full build: unset TWOPOP_FFMPEG and [tools] ffmpeg to get the one that comes along."
    wanted = {*ENCODERS, *(encoder for spec in session.specs.values() for encoder in spec.encoders)}
    for kind, needed, there in (("encoders", wanted, tools.encoders), ("filters", FILTERS, tools.filters)):
        missing = ", ".join(sorted(needed - there))
        if missing:
            yield Check(name=f"ffmpeg's {kind}", state="bad", detail=f"It lacks {missing}.", remedy=remedy)
        else:
            yield Check(name=f"ffmpeg's {kind}", state="good", detail=f"All {len(needed)} that are needed.")
    for name, loss in BETTER.items():
        if name not in tools.filters:
            yield Check(name=f"ffmpeg's {name}", state="look", detail=f"It is missing. {loss}", remedy=remedy)


def _pyav() -> Iterator[Check]:
    import av

    libraries = ", ".join(f"{name} {'.'.join(map(str, number))}" for name, number in sorted(av.library_versions.items())
                          if name in ("libavformat", "libavcodec"))  # fmt: skip
    yield Check(name="PyAV", state="good", detail=f"{av.__version__} ({libraries})")


def _adapters() -> Iterator[Check]:
    import opentimelineio

    there = set(opentimelineio.adapters.available_adapter_names())
    missing = [title for name, title in ADAPTERS.items() if name not in there]
    if missing:
        yield Check(name="Timeline formats", state="bad", detail=f"These cannot be read: {', '.join(missing)}.",
                    remedy="Install twopop anew: the adapters are packages of their own.")  # fmt: skip
    else:
        yield Check(name="Timeline formats", state="good",
                    detail=f"OTIO {opentimelineio.__version__}, {', '.join(ADAPTERS.values())}")  # fmt: skip


def _typeface(session: Session) -> Iterator[Check]:
    font = session.font
    head = font.read_bytes()[:4]
    if head in (b"\0\1\0\0", b"true", b"OTTO", b"ttcf"):
        yield Check(name="Typeface", state="good", detail=str(font))
    else:
        yield Check(name="Typeface", state="bad", detail=f"{font} is no TrueType or OpenType file.",
                    remedy="Correct [tools] font.")  # fmt: skip


def _folders(session: Session, out: Path | None) -> dict[str, Path]:
    roots = session.settings[PathsTable].output
    output = out or session.folder / (roots[0] if roots else "delivery")
    return {"Work folder": session.work, "Output folder": output}


def _folder(name: str, folder: Path) -> Iterator[Check]:
    """Whether files can be made in *folder*, or where it will be made, and how much room there is."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        yield Check(name=name, state="bad", detail=f"{there} cannot be written to ({error.strerror}).",
                    remedy="Change its rights, or name another folder.")  # fmt: skip
        return
    free = shutil.disk_usage(there).free
    room = f"{free / 1e9:.1f} GB free"
    if free < SCARCE:
        yield Check(name=name, state="bad", detail=f"{folder}: {room}.", remedy="Free some space.")
    elif free < TIGHT:
        yield Check(name=name, state="look", detail=f"{folder}: {room}.", remedy="Masters may need more.")
    else:
        yield Check(name=name, state="good", detail=f"{folder}: can be written to, {room}.")


def _catalogue(session: Session) -> Iterator[Check]:
    with session.open_catalogue() as catalogue:
        held = catalogue.counts()
    said = (
        f"{held['deliverables']:,} deliverables, {held['versions']:,} versions"
        if held
        else "made by the first delivery"
    )
    yield Check(name="Catalogue", state="good", detail=f"{catalogue.place}: {said}.")


def _plugins(session: Session) -> Iterator[Check]:
    found = session.plugins.found
    working = sum(plugin.state == "on" for plugin in found)
    off = len(found) - working - len(session.broken)
    said = f"{working} on" + (f", {off} switched off" if off else "")
    yield Check(name="Plugins", state="good", detail=f"{said}.")
    for plugin in session.broken:
        yield Check(name=f"Plugin {plugin.name}", state="bad", detail=plugin.problem,
                    remedy=f'Mend {plugin.path}, or disable it: [plugins] disable = ["{plugin.name}"].')  # fmt: skip


def _specs(session: Session) -> Iterator[Check]:
    names = ", ".join(session.specs)
    if names:
        yield Check(name="Specs", state="good", detail=names)
    else:
        yield Check(name="Specs", state="bad", detail="There are none.", remedy="Enable the plugin 'shipped_specs'.")


def _hosts(session: Session) -> Iterator[Check]:
    from twopop.delivery.hosts import look_for_hosts

    for entry, state in look_for_hosts(session):
        yield Check(name=entry.title, state="note", detail=("Here: " if state.found else "Not here: ") + state.detail)


def _show(checks: list[Check]) -> None:
    made = grid(3)
    for check in checks:
        text = words(check.detail)
        if check.remedy:
            text += words(f" {check.remedy}", "italic")
        made.add_row(words(check.state, _STYLE[check.state]), words(check.name), text)
    console = paper()
    console.print(made)
    bad = sum(check.state == "bad" for check in checks)
    if bad:
        console.print(words(f"{bad} to mend before twopop can deliver.", "bold red"))
    else:
        console.print(words("Everything that a delivery needs is here.", "bold green"))
