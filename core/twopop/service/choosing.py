"""What a panel chooses from, as a project's worker tells it: specs, saved orders, the studio's buttons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from twopop import files, schema
from twopop.delivery.order import Order, parse_order, read_order
from twopop.delivery.pressing import offered, press
from twopop.delivery.session import Session
from twopop.errors import EditorError, InputError, TwopopError
from twopop.service.methods import Nothing
from twopop.service.told import Teller
from twopop.service.values import ActionRow, FindingRow, PresetRow, SpecRow
from twopop.service.work import Work
from twopop.sound.layouts import titles_of
from twopop.specs import Spec
from twopop.time import Rate
from twopop.timeline.program import Program

#: What the name of a saved order may be: it becomes the name of a file.
_NAME = re.compile(r"\w[\w .,()+&-]{0,78}[\w)+]|\w")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)

_ORDER = re.compile(r"twopop\.order/\d+")


def specs(session: Session, params: Nothing, work: Work) -> tuple[SpecRow, ...]:
    """The specs on offer."""
    return tuple(_spec_row(spec) for spec in session.specs.values())


def _spec_row(spec: Spec) -> SpecRow:
    video, audio, loudness = spec.video, spec.audio, spec.loudness
    rates = f" at {', '.join(map(str, video.rates))}" if video.rates else ""
    heard = ", ".join(title for track in spec.sounds for title in titles_of(track))
    level = f", {loudness.target:g} LUFS" if loudness else ""
    return SpecRow(
        name=spec.name,
        title=spec.title,
        aspects=tuple(video.sizes),
        picture=" ".join(filter(None, (video.codec, video.profile, f".{spec.container.extension}"))) + rates,
        sound=f"{audio.codec}: {heard}{level}" if audio else "",
    )


# -- saved orders ------------------------------------------------------------------------------------------------------


class PresetName(msgspec.Struct, frozen=True, kw_only=True):
    """A saved order by *name*."""

    name: str


class Preset(msgspec.Struct, frozen=True, kw_only=True):
    """An *order* to keep under a *name*; one of that name is replaced only with *replace*."""

    name: str
    order: dict[str, Any]
    replace: bool = False


def presets(session: Session, params: Nothing, work: Work) -> tuple[PresetRow, ...]:
    """The saved orders of the project and the studio; one that cannot be used says why."""
    return tuple(_preset_row(name, layer, path) for name, (layer, path) in _saved(session).items())


def preset(session: Session, params: PresetName, work: Work) -> dict[str, Any]:
    """The saved order of that name, as JSON. Raises InputError."""
    saved = _saved(session)
    if params.name not in saved:
        raise InputError(f"There is no saved order {params.name!r}.{schema.nearest(params.name, saved)}")
    made: dict[str, Any] = schema.to_builtins(read_order(saved[params.name][1]))
    return made


def save_preset(session: Session, params: Preset, work: Work) -> Nothing:
    """Keep an order in the project's ``orders`` folder. Raises InputError for a name that is none, or taken."""
    name = params.name.strip()
    if not _NAME.fullmatch(name) or _RESERVED.fullmatch(name):
        raise InputError(
            f"{params.name[:80]!r} cannot be the name of a saved order.",
            remedy="Use up to 80 letters, digits, spaces and - _ . , ( ) + &.",
        )
    order = parse_order(params.order, where=name)
    folder = session.folder / "orders"
    path = folder / f"{name}.json"
    known = [path.with_suffix(suffix) for suffix in (".json", ".toml") if path.with_suffix(suffix).exists()]
    if known and not params.replace:
        raise _taken(name)
    with files.scratch_beside(path) as scratch:
        scratch.write_bytes(schema.to_json(order))
        try:
            files.give_name(scratch, path, over=params.replace)
        except FileExistsError:
            raise _taken(name) from None
    for each in known:  # what somebody wrote by hand is kept, under a name that is no order's
        if each.suffix == ".toml":
            each.rename(each.with_name(f"{each.name}.old"))
    return Nothing()


def _taken(name: str) -> EditorError:
    return EditorError(f"There is a saved order {name!r} already.", remedy="Replace it, or choose another name.")


def _saved(session: Session) -> dict[str, tuple[str, Path]]:
    """{name: (layer, path)} of what may be an order; of two with one name the later one is told by its layer too."""
    found: dict[str, tuple[str, Path]] = {}
    for layer, path in _candidates(session):
        names = (path.stem, f"{path.stem} ({layer})", *(f"{path.stem} {n}" for n in range(2, 1000)))
        name = next(each for each in names if each not in found)
        found[name] = (layer, path)
    return found


def _candidates(session: Session) -> Iterator[tuple[str, Path]]:
    yield from (("project", path) for path in _in_folder(session.folder / "orders"))
    yield from (("project", path) for path in sorted(session.folder.glob("*.toml")) if _is_order(path))
    for file in session.settings.files:
        if file.layer == "studio":
            yield from (("studio", path) for path in _in_folder(file.path.parent / "orders"))


def _in_folder(folder: Path) -> list[Path]:
    return sorted(path for suffix in ("toml", "json") for path in folder.glob(f"[!.]*.{suffix}") if path.is_file())


def _is_order(path: Path) -> bool:
    try:
        return bool(_ORDER.fullmatch(str(schema.read_toml(path).get("schema"))))
    except InputError:
        return False


def _preset_row(name: str, layer: str, path: Path) -> PresetRow:
    try:
        order = read_order(path)
    except TwopopError as error:
        return PresetRow(name=name, layer=layer, problem=str(error))
    project = order.project
    title = " · ".join(filter(None, (project.client, project.title, project.code)))
    return PresetRow(name=name, layer=layer, title=title, lines=_lines(order))


def _lines(order: Order) -> int:
    """How many lines the order has; equal ones and those of plugins are not looked at."""
    lines = len(order.deliverable)
    for each in order.matrix:
        many = (each.durations, each.aspects, each.specs, each.languages, each.texted, each.markets)
        count = 1
        for values in many:
            count *= len(values)
        lines += count
    return lines


# -- the studio's buttons ----------------------------------------------------------------------------------------------


class Press(msgspec.Struct, frozen=True, kw_only=True):
    """Press the button *action* for the delivery in the folder *out*."""

    action: str
    out: str


def actions(session: Session, params: Nothing, work: Work) -> tuple[ActionRow, ...]:
    """The studio's buttons."""
    return tuple(
        ActionRow(id=each.value.id, label=each.value.label, help=each.value.help, plugin=each.plugin)
        for each in offered(session)
    )


def act(session: Session, params: Press, work: Work) -> tuple[FindingRow, ...]:
    """Press a button; what it found."""
    _, found = press(session, params.action, Path(params.out))
    return Teller(Program(name="", rate=Rate(24), frames=0)).rows(found)
