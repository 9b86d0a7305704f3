"""One project opened: its settings, its plugins, its tools, and where its work is kept."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from twopop import discovery, files, settings
from twopop.errors import InputError, StudioError
from twopop.findings import Finding, Severity, warn
from twopop.plugins import Contribution, Plugin, Plugins, conflict
from twopop.schema import nearest
from twopop.settings import CatalogueTable, PathsTable, Settings, TimelinesTable, ToolsTable
from twopop.specs import Spec
from twopop.store import Store
from twopop.time import Rate
from twopop.timeline.program import Role
from twopop.timeline.reading import Reading, ReadOptions

if TYPE_CHECKING:
    from twopop.picture.probe import MediaLibrary
    from twopop.picture.tools import Tools
    from twopop.versions.catalogue import Catalogue


@dataclass(frozen=True)
class Face:
    """A TrueType file, by *path* ("" for the embedded one) and by the hash of its bytes."""

    path: str = ""
    content: str = ""


class Session:
    """A project *folder* with its *settings* and *plugins*; tools, store and media memory are opened when needed."""

    def __init__(self, folder: Path, settings: Settings, plugins: Plugins) -> None:
        self.folder = folder
        self.settings = settings
        self.plugins = plugins

    @cached_property
    def tools(self) -> Tools:
        """The ffmpeg in use; raises StudioError when there is none."""
        from twopop.picture.tools import find_ffmpeg, inspect_tools

        return inspect_tools(find_ffmpeg(self.settings[ToolsTable].ffmpeg))

    def check_encoder(self, encoder: str, spec: Spec) -> None:
        """Raise StudioError with the nearest name when the ffmpeg in use has no such *encoder*, which *spec* wants."""
        if encoder not in self.tools.encoders:
            hint = nearest(encoder, self.tools.encoders)
            raise StudioError(
                f"This ffmpeg has no encoder {encoder!r}, which {spec.name} wants.{hint}",
                where=self.tools.path,
                remedy="Mend the spec, or name an ffmpeg that has it in [tools] ffmpeg.",
            )

    @property
    def font(self) -> Path:
        """The typeface of titles and burn-ins; raises StudioError when the one in the settings is not there."""
        from twopop.picture.tools import default_font

        return default_font(self.settings[ToolsTable].font)

    @cached_property
    def face(self) -> Face:
        """The typeface as recipes name it; the embedded one lies elsewhere on every machine, but has the same bytes."""
        own = self.settings[ToolsTable].font
        return Face(str(self.font) if own else "", files.sha256(self.font))

    @property
    def work(self) -> Path:
        """The folder of the store and the catalogue."""
        return self.folder / self.settings[PathsTable].work

    @cached_property
    def store(self) -> Store:
        """Where rendered segments and mixes are kept."""
        own = self.settings[PathsTable].store
        return Store(self.folder / Path(own).expanduser() if own else self.work / "store")

    @cached_property
    def library(self) -> MediaLibrary:
        """What is known of media files."""
        from twopop.picture.probe import MediaLibrary

        return MediaLibrary(self.work / "media.json")

    def open_catalogue(self) -> Catalogue:
        """The catalogue that the settings name; nothing is read or made yet. Raises InputError for a wrong place."""
        from twopop.versions.catalogue import Catalogue
        from twopop.versions.place import Place, place_of

        table = self.settings[CatalogueTable]
        place = place_of(table.url or os.environ.get("TWOPOP_CATALOGUE") or self.work / "catalogue.db")
        if place.path is not None:
            place = Place(path=self.folder / place.path)
        return Catalogue(place, seconds=table.wait_seconds, lease=table.lease_seconds)

    @cached_property
    def specs(self) -> dict[str, Spec]:
        """The specs on offer, by name; raises PluginError when two plugins of one layer offer the same name."""
        given, failed = self.plugins.collect("specs", settings=self.settings)
        for failure in failed:
            raise failure.raised()
        chosen: dict[str, Contribution[Spec]] = {}
        for offer in given:
            held = chosen.get(offer.value.name)
            if held and held.layer == offer.layer and held.value != offer.value:
                raise conflict((held, offer), f"the spec {offer.value.name}")
            chosen[offer.value.name] = offer
        return {name: offer.value for name, offer in sorted(chosen.items())}

    def spec(self, name: str) -> Spec:
        """The spec called *name*; raises InputError with the nearest one."""
        try:
            return self.specs[name]
        except KeyError:
            hint = nearest(name, self.specs) or f" There are: {', '.join(self.specs)}."
            raise InputError(f"There is no spec {name!r}.{hint}") from None

    def read_options(self, *, rate: str = "", name: str = "") -> ReadOptions:
        """How cuts are read here: at *rate* where the file has none, the timeline called *name* of several.

        The house's names for tracks come from ``[timelines]``. Raises InputError for a rate or a pattern that is none.
        """
        house, shipped = self.settings[TimelinesTable], ReadOptions()
        for key, pattern in (*(("roles", pattern) for pattern in house.roles), ("graphics", house.graphics)):
            try:
                re.compile(pattern)
            except re.error as error:
                where = self.settings.origin("timelines", key)
                raise InputError(f"{pattern!r} is no regular expression: {error}.", where=where) from None
        return ReadOptions(
            rate=Rate.read(rate) if rate else None,
            name=name,
            roles=(*((pattern, Role(role)) for pattern, role in house.roles.items()), *shipped.roles),
            graphics=house.graphics or shipped.graphics,
        )

    def read_timeline(self, path: Path, options: ReadOptions) -> Reading:
        """The cut in the file at *path*, by the innermost reader that takes it; raises InputError."""
        from twopop.timeline.readers import read_timeline

        given, failed = self.plugins.collect("timeline_readers", settings=self.settings)
        for failure in failed:
            raise failure.raised()
        return read_timeline(path, options, [offer.value for offer in reversed(given)])

    @property
    def broken(self) -> list[Plugin]:
        """The plugins that could not be loaded."""
        return [plugin for plugin in self.plugins.found if plugin.state == "failed"]

    def broken_findings(self) -> list[Finding]:
        """One failing finding for each plugin that could not be loaded, since half a house style is none.

        A plugin that is disabled or replaced and not there at all only warns.
        """
        absent = [
            warn(
                "plugin.absent",
                f"The settings name the plugin {plugin.name!r}. {plugin.problem}",
                where=plugin.path,
                remedy="Correct the name, or take it out.",
            )
            for plugin in self.plugins.found
            if plugin.state == "absent"
        ]
        return absent + [
            Finding(
                rule="plugin.not-loaded",
                severity=Severity.FAIL,
                message=f"The plugin {plugin.name!r} ({plugin.layer}) could not be loaded: {plugin.problem}",
                where=plugin.path,
                remedy=f'Mend it, or disable it: [plugins] disable = ["{plugin.name}"].',
                plugin=plugin.name,
            )
            for plugin in self.broken
        ]

    def check_output(self, out: Path) -> None:
        """Raise InputError when *out* lies outside the output roots that the settings allow."""
        self._check_root(out, self.settings[PathsTable].output, "Deliveries may not be written here.")

    def check_media(self, path: Path) -> None:
        """Raise InputError when *path* lies outside the media roots that the settings allow."""
        self._check_root(path, self.settings[PathsTable].media, "Media may not be read from here.")

    def _check_root(self, path: Path, roots: tuple[str, ...], words: str) -> None:
        allowed = [(self.folder / root).resolve() for root in roots]
        if allowed and not any(path.resolve().is_relative_to(root) for root in allowed):
            named = ", ".join(map(str, allowed))
            raise InputError(words, where=str(path), remedy=f"The settings allow: {named}.")


def open_session(folder: Path) -> Session:
    """The project in *folder* (where its ``twopop.toml`` lies, if it has one).

    Raises InputError for unusable settings. A plugin that cannot be loaded does not stop this: see ``broken``.
    """
    plugins, loaded = discovery.load_plugins(settings.find(folder))
    return Session(folder, loaded, plugins)
