"""Names, versions and metadata of deliverables, asked of the plugins and checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twopop.delivery.order import Order
from twopop.delivery.plan import Deliverable, Reason
from twopop.delivery.session import Session
from twopop.errors import PluginError
from twopop.findings import Finding, fail, warn
from twopop.legal.model import LegalField
from twopop.naming.collisions import collisions, twins_on_disk
from twopop.naming.conventions import Naming
from twopop.naming.forms import Form, Text
from twopop.naming.forms import Version as VersionForm
from twopop.naming.model import FileName
from twopop.naming.rules import problems, refused_by, unsafe
from twopop.naming.settle import settle
from twopop.settings import Settings
from twopop.specs import Spec
from twopop.timeline.program import Program
from twopop.variants.model import Cutdown, Variant
from twopop.versions.model import Registered, Together, Version

#: How many digits a version has in a name.
VERSION_DIGITS = 3


class Namer:
    """Asks the plugins what each deliverable of one order is called and which version it is."""

    def __init__(self, session: Session, order: Order, program: Program) -> None:
        self._session = session
        self._order = order
        self._program = program

    def metadata(self, variant: Variant, spec: Spec) -> tuple[LegalField, ...]:
        """The legal fields to write into the file; raises PluginError."""
        given, failed = self._session.plugins.collect("legal_metadata", order=self._order, variant=variant, spec=spec)
        for failure in failed:
            raise failure.raised()
        settled = settle([(g.plugin, g.layer, g.value.key, g.value.value) for g in given])
        return tuple(LegalField(key=key, value=value) for key, (value, _) in sorted(settled.items()))

    def version(
        self, history: tuple[Registered, ...], content: str, together: Together, variant: Variant, spec: Spec
    ) -> tuple[Version, Reason]:
        """The version and who decided it; raises PluginError."""
        facts: dict[str, Any] = {"variant": variant, "spec": spec, "settings": self._session.settings}
        answer = self._session.plugins.decide(
            "next_version", history=history, content=content, together=together, **facts
        )
        if answer is None:
            raise PluginError("No plugin says which version a deliverable is.", remedy="Enable the plugin 'versions'.")
        version: Version = answer.value
        twin = next((v for v in history if str(v) == str(version) and v.number != version.number), None)
        if version.number < 1 or twin is not None:
            said = f"calls two versions {version}" if twin else f"gives the number {version.number}"
            raise PluginError(
                f"The plugin {answer.plugin!r} {said}.", remedy="Numbers count from 1, each is used once."
            )
        return version, Reason(what="version", value=str(version), plugin=answer.plugin, why=version.why)

    def name(
        self, version: Version, given: Mapping[str, GivenField], variant: Variant, spec: Spec
    ) -> tuple[FileName, Reason]:
        """The name made from the fields *given* and the version, and who decided it; raises TwopopError."""
        fields = {**given, **_version_field(version)}
        answer = self._session.plugins.decide(
            "name",
            fields={name: field.value for name, field in fields.items()},
            forms={name: field.form for name, field in fields.items() if field.form is not None},
            variant=variant,
            spec=spec,
            settings=self._session.settings,
        )
        if answer is None:
            raise PluginError("No plugin gives deliverables a name.", remedy="Enable the plugin 'naming'.")
        name: FileName = answer.value
        return name, Reason(what="name", value=name.stem, plugin=answer.plugin, why=name.template)

    def fields(self, version: Version, variant: Variant, spec: Spec, cutdown: Cutdown) -> dict[str, GivenField]:
        """The fields that plugins give for one deliverable, and the version; raises PluginError or StudioError."""
        return {**self.given(variant, spec, cutdown), **_version_field(version)}

    def given(self, variant: Variant, spec: Spec, cutdown: Cutdown) -> dict[str, GivenField]:
        """The fields that plugins give for one deliverable; raises PluginError or StudioError."""
        given, failed = self._session.plugins.collect(
            "name_fields", order=self._order, program=self._program, variant=variant, spec=spec, cutdown=cutdown
        )
        for failure in failed:
            raise failure.raised()
        words = settle((g.plugin, g.layer, g.value.name, g.value.value) for g in given)
        forms = settle(
            ((g.plugin, g.layer, g.value.name, g.value.form) for g in given if g.value.form is not None),
            what="form of the field",
        )
        return {name: GivenField(word, plugin, forms.get(name, (None,))[0]) for name, (word, plugin) in words.items()}


@dataclass(frozen=True)
class GivenField:
    """The words *value* of one name field, the *plugin* that gave them, and the field's *form* if one was given."""

    value: str
    plugin: str
    form: Form | None


def _version_field(version: Version) -> dict[str, GivenField]:
    """The version as names write it: its number, or the label that its policy gave it ("" while none is decided)."""
    if not version.label:
        word = f"{version.number:0{VERSION_DIGITS}}" if version.number else ""
        return {"version": GivenField(word, "twopop", None)}
    form = VersionForm(rounds=True) if re.fullmatch(r"[0-9]+\.[0-9]+", version.label) else Text()
    return {"version": GivenField(version.label, "twopop", form)}


def path_of(name: FileName, spec: Spec) -> str:
    """The deliverable's path below the output folder; that of frames is their folder."""
    folder = f"{name.folder}/" if name.folder else ""
    return f"{folder}{name.stem}" if spec.frames else f"{folder}{name.stem}.{spec.container.extension}"


def path_findings(path: str, where: str, settings: Settings, out: Path) -> list[Finding]:
    """What is wrong with *path* below *out* as a name that the systems can hold that the settings speak of."""
    house = settings.table(Naming)
    remedy = "Change the name template or the field that brings this in."
    stopping = problems(path) if house.portable else unsafe(path)
    found = [fail("naming.unsafe", f"The name {path!r} cannot be used: {said}", where=where, remedy=remedy)
             for said in stopping]  # fmt: skip
    if not stopping:
        said_by_systems = refused_by(path, house.systems, whole=str(out / path))
        found += [warn("naming.system", said, where=where, remedy=remedy) for said in said_by_systems]
    return found


def collision_findings(deliverables: Mapping[str, str], out: Path) -> dict[str, list[Finding]]:
    """Findings by deliverable id for paths (by id) that are one and the same file on some system.

    They are held against each other, and against what lies in *out*.
    """
    found: dict[str, list[Finding]] = {}
    for finding in [*collisions(deliverables), *twins_on_disk(out, deliverables)]:
        found.setdefault(finding.where, []).append(finding)
    return found


def with_findings(deliverable: Deliverable, more: list[Finding]) -> tuple[Finding, ...]:
    """The deliverable's findings and *more*, each once."""
    return tuple(dict.fromkeys((*deliverable.findings, *more)))
