"""Names, versions and metadata of deliverables, asked of the plugins and checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twopop.delivery.order import Order
from twopop.delivery.plan import Deliverable, Reason
from twopop.delivery.session import Session
from twopop.errors import PluginError
from twopop.findings import Finding, fail
from twopop.legal.model import LegalField
from twopop.naming.collisions import collisions
from twopop.naming.model import FileName
from twopop.naming.rules import problems
from twopop.naming.settle import settle
from twopop.specs import Spec
from twopop.timeline.program import Program
from twopop.variants.model import Variant
from twopop.versions.model import Registered, Version

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
        self, history: tuple[Registered, ...], content: str, variant: Variant, spec: Spec
    ) -> tuple[Version, Reason]:
        """The version and who decided it; raises PluginError."""
        answer = self._session.plugins.decide(
            "next_version", history=history, content=content, variant=variant, spec=spec
        )
        if answer is None:
            raise PluginError("No plugin says which version a deliverable is.", remedy="Enable the plugin 'versions'.")
        version: Version = answer.value
        return version, Reason(what="version", value=str(version.number), plugin=answer.plugin, why=version.why)

    def name(self, version: Version, variant: Variant, spec: Spec) -> tuple[FileName, Reason]:
        """The name and who decided it; raises PluginError or EditorError."""
        facts: dict[str, Any] = {"variant": variant, "spec": spec}
        given, failed = self._session.plugins.collect("name_fields", order=self._order, program=self._program, **facts)
        for failure in failed:
            raise failure.raised()
        settled = settle([(g.plugin, g.layer, g.value.name, g.value.value) for g in given])
        fields = {name: value for name, (value, _) in settled.items()}
        fields["version"] = f"{version.number:0{VERSION_DIGITS}}"
        answer = self._session.plugins.decide("name", fields=fields, settings=self._session.settings, **facts)
        if answer is None:
            raise PluginError("No plugin gives deliverables a name.", remedy="Enable the plugin 'naming'.")
        name: FileName = answer.value
        return name, Reason(what="name", value=name.stem, plugin=answer.plugin, why=name.template)


def path_of(name: FileName, spec: Spec) -> str:
    """The deliverable's path below the output folder."""
    folder = f"{name.folder}/" if name.folder else ""
    return f"{folder}{name.stem}.{spec.container.extension}"


def path_findings(path: str, where: str) -> list[Finding]:
    """What is wrong with *path* as a name that every system and receiver can hold."""
    return [
        fail("naming.unsafe", f"The name {path!r} cannot be used: {problem}", where=where,
             remedy="Change the name template or the field that brings this in.")
        for problem in problems(path)
    ]  # fmt: skip


def collision_findings(deliverables: Mapping[str, str]) -> dict[str, list[Finding]]:
    """Findings by deliverable id for paths (by id) that are one and the same file on some system."""
    found: dict[str, list[Finding]] = {}
    for finding in collisions(deliverables):
        found.setdefault(finding.where, []).append(finding)
    return found


def with_findings(deliverable: Deliverable, more: list[Finding]) -> tuple[Finding, ...]:
    """The deliverable's findings and *more*, each once."""
    return tuple(dict.fromkeys((*deliverable.findings, *more)))
