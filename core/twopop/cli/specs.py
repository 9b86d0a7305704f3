"""``specs`` and ``schema``: what can be delivered, by which rules; and how the files are written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from rich.table import Table

from twopop import schema
from twopop.cli.json_schema import json_schema, service_schema
from twopop.cli.layout import grid, table
from twopop.cli.screen import paper, words, write_json
from twopop.errors import InputError
from twopop.sound.layouts import titles_of
from twopop.specs import Rule, Spec


def list_specs(project: Path, *, as_json: bool) -> int:
    """List the specs on offer."""
    from twopop.delivery.session import open_session

    offered = list(open_session(project.absolute()).specs.values())
    if as_json:
        write_json(schema.to_json(offered))
        return 0
    made = table("Spec", "What it is", "Aspects", "Sound", "Checked", folds=("What it is",))
    for spec in offered:
        sound = f"{spec.loudness.target:g} LUFS" if spec.loudness else ""
        made.add_row(*map(words, (spec.name, spec.title, " ".join(spec.video.sizes), sound, spec.checked)))
    paper().print(made)
    return 0


def show_spec(name: str, project: Path, *, as_json: bool) -> int:
    """Show the spec called *name*: its figures, then each rule with its weight and where it is written."""
    from twopop.delivery.session import open_session

    spec = open_session(project.absolute()).spec(name)
    if as_json:
        write_json(schema.to_json(spec))
        return 0
    console = paper()
    console.print(words(spec.title, "bold"))
    console.print(words(f"{spec.source}, checked {spec.checked}", "dim"))
    console.print()
    console.print(_figures(spec))
    if spec.rules:
        console.print()
        console.print(_rules(spec.rules))
    return 0


def print_schema(name: str) -> int:
    """Print the JSON Schema of *name*."""
    write_json(schema.to_json(schema_of(name)))
    return 0


def schema_of(name: str) -> dict[str, Any]:
    """The JSON Schema of the file that *name* calls (order, plan, ...), or those of the service. Raises InputError."""
    if name == "service":
        return service_schema()
    kinds = _kinds()
    if name not in kinds:
        known = [*kinds, "service"]
        hint = schema.nearest(name, known) or f" There are: {', '.join(known)}."
        raise InputError(f"There is no schema {name!r}.{hint}")
    return json_schema(*kinds[name])


def _kinds() -> dict[str, tuple[type[msgspec.Struct], str]]:
    from twopop import specs
    from twopop.delivery import order, plan, receipt
    from twopop.hosts.contract import model as hosts

    return {
        "host-report": (hosts.Report, hosts.SCHEMA),
        "order": (order.Order, order.SCHEMA),
        "plan": (plan.Plan, plan.SCHEMA),
        "receipt": (receipt.Receipt, receipt.SCHEMA),
        "spec": (specs.Spec, specs.SCHEMA),
    }


def _figures(spec: Spec) -> Table:
    made = grid(2)
    for name, value in _said(spec).items():
        if value:
            made.add_row(words(name, "dim"), words(value))
    return made


def _said(spec: Spec) -> dict[str, str]:
    video, audio, loudness, colour = spec.video, spec.audio, spec.loudness, spec.video.colour
    sizes = ", ".join(f"{aspect} {size[0]}x{size[1]}" for aspect, size in video.sizes.items())
    level = loudness and (
        f"{loudness.target:g} LUFS ±{loudness.tolerance:g} LU, at most {loudness.true_peak:g} dBTP ({loudness.level})"
    )
    heard = [title for track in spec.sounds for title in titles_of(track)]
    burnt = [name for name in ("timecode", "name") if spec.burn_in and getattr(spec.burn_in, name)]
    return {
        "File": f".{spec.container.extension} ({spec.container.format})",
        "Picture": " ".join(text for text in (video.codec, video.profile, video.pixel_format, video.encoder) if text),
        "Sizes": sizes,
        "Colour": f"{colour.matrix}/{colour.primaries}/{colour.transfer}, {colour.range}",
        "Rates": ", ".join(map(str, video.rates)) or "any",
        "Sound": f"{audio.codec}, {audio.rate} Hz: {', '.join(heard)}" if audio else "none",
        "Loudness": level or "left as it is",
        "Timecode": {"": "none", "program": "the timeline's own"}.get(spec.start_timecode, spec.start_timecode),
        "Burnt in": " and ".join(burnt),
        "Captions": f"a .{spec.captions.sidecar} file beside it" if spec.captions.sidecar else "",
        "File size": f"at most {spec.file_size:,} bytes" if spec.file_size else "",
        "Longest": f"{spec.longest} s" if spec.longest else "",
    }


def _rules(rules: tuple[Rule, ...]) -> Table:
    made = table("Rule", "Level", "Confidence", "Checked", "Source", folds=("Source",))
    for rule in rules:
        source = f"{rule.source} ({rule.note})" if rule.note else rule.source
        made.add_row(*map(words, (rule.id, rule.level, rule.confidence, rule.checked, source)))
    return made
