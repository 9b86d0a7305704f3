"""Settings: TOML tables into the frozen types that plugins declare, each value knowing the file it came from.

From the weakest to the strongest::

    1. the defaults in the declared type
    2. the site file     (``twopop.toml`` in the machine's configuration folder, or the file named by TWOPOP_SITE)
    3. the studio file   (named by ``studio = "..."`` in the site file, or by TWOPOP_STUDIO)
    4. the project file  (``twopop.toml`` beside the order)

One table per plugin, named like the plugin. The core has tables of its own: ``[plugins]``, ``[tools]``, ``[paths]``,
``[run]``, ``[timelines]``, ``[rights]``, ``[picture]``, ``[catalogue]``,
``[c2pa]`` and ``[service]``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec
import platformdirs

from twopop import schema
from twopop.errors import InputError, StudioError

T = TypeVar("T")

_AtLeastOne = Annotated[int, msgspec.Meta(ge=1)]


class PluginsTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``[plugins]``: where plugins are found, and which are not wanted.

    *folders* hold one-file plugins of this file's layer, relative to the file; *disable* lists plugins by name;
    *replace* maps a plugin to the one that stands in for it; *import_seconds* is how long one may take to load.
    """

    folders: tuple[str, ...] = ()
    disable: tuple[str, ...] = ()
    replace: dict[str, str] = {}
    import_seconds: _AtLeastOne = 10


class ToolsTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``[tools]``: programs and typefaces.

    *ffmpeg* is the path of an ffmpeg binary (default: TWOPOP_FFMPEG, else the embedded one); *font* the path of a
    TrueType file for titles and burn-ins (default: the embedded Roboto).
    """

    ffmpeg: str = ""
    font: str = ""


class PathsTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``[paths]``: where twopop keeps things and what it may touch.

    *work* is the folder for the store and the catalogue, relative to the order's folder. *store* is a place of its own
    for the store, which several machines may share (default: ``store`` in *work*). *media* and *output* are the roots
    inside which media may be read and deliveries written; empty means anywhere.
    """

    work: str = ".twopop"
    store: str = ""
    media: tuple[str, ...] = ()
    output: tuple[str, ...] = ()


class RunTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``[run]``: how the work is cut up and how long it may take.

    *workers* is how many things render at once (0: one per core), as far as they fit into *memory_mb* megabytes (0:
    three quarters of the machine's memory); *segment_seconds* is the longest segment, *task_seconds* the time limit of
    rendering one.
    """

    workers: Annotated[int, msgspec.Meta(ge=0)] = 0
    memory_mb: Annotated[int, msgspec.Meta(ge=0)] = 0
    segment_seconds: _AtLeastOne = 10
    task_seconds: _AtLeastOne = 1800


class WatchTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``[watch]``: what counts as black or frozen, and how long it may last unasked.

    A pixel is black up to *black_pixel* of the way from black to white, a frame when *black_picture* of its pixels are;
    a frame is frozen when it differs by *still_db* at most from the first of its stretch. Told are black from
    *black_frames* on, but for *ends_seconds* at head and tail, and frozen stretches from *still_seconds* on.
    """

    black_pixel: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.04
    black_picture: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.98
    still_db: Annotated[float, msgspec.Meta(le=0)] = -60.0
    black_frames: _AtLeastOne = 1
    still_seconds: Fraction = Fraction(1)
    ends_seconds: Fraction = Fraction(1)


class PictureTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``[picture]``: how the house makes pictures where neither clip, order nor spec says otherwise.

    *scaler* is the filter for scaling; *retime* is what is shown between two frames of a retimed clip: the earlier one,
    a mix of both, or a picture made up from their motion. *hdr_peak* is how bright PQ sources were mastered that do
    not say it themselves, in cd/m2. *fields* says what becomes of interlaced sources in progressive pictures: one of
    their fields (``first``), or both as they lie (``both``), where the two show one moment.
    """

    scaler: Literal["spline36", "lanczos"] = "spline36"
    retime: Literal["nearest", "blend", "motion"] = "nearest"
    hdr_peak: int = 1000
    fields: Literal["first", "both"] = "first"


RoleName = Literal["dialogue", "music", "effects", "narration", "mix"]


class TimelinesTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``[timelines]``: how the house names its tracks.

    *roles* maps patterns for audio track names (regular expressions, matched without regard to case) to what the track
    carries; they are asked before twopop's own. *graphics* replaces the pattern for tracks of titles and graphics.
    """

    roles: dict[str, RoleName] = {}
    graphics: str = ""


class RightsTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``[rights]``: how a house reads its ledgers, and how much their answers weigh.

    *unknown* and *expiring* say what becomes of a deliverable whose rights are unknown, or run out during the flight.
    *binding* are the statuses of a grant that count. A source of a kind in *must_clear* that no ledger lists is told;
    *kinds* maps patterns for source names and paths to kinds (music is known by its track). *regions* adds groups of
    countries (``DACHLI = "DACH LI"``), *media* words to the tree of media (``retail = "online"``).
    """

    unknown: Literal["info", "warn", "fail"] = "warn"
    expiring: Literal["warn", "fail"] = "fail"
    binding: tuple[str, ...] = ("executed", "paid")
    must_clear: tuple[str, ...] = ("music", "stock", "archive")
    kinds: dict[str, str] = {}
    regions: dict[str, str] = {}
    media: dict[str, str] = {}


class C2paTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``[c2pa]``: content credentials on the files of these *specs*.

    *certificates* (PEM, the house's own first) and *key* (PEM, PKCS 8, for ES256) are what the house signs with,
    *anchors* (PEM) the certificates that it trusts when it reads a signature back; paths start at the order's folder.
    """

    specs: tuple[str, ...] = ()
    certificates: str = ""
    key: str = ""
    anchors: str = ""


class CatalogueTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``[catalogue]``: where versions and receipts are kept.

    *url* is a path, ``sqlite:///`` and a path, or ``postgresql+psycopg://user@host/database`` (default:
    TWOPOP_CATALOGUE, else ``catalogue.db`` in the work folder); a relative path starts at the order's folder.
    *wait_seconds* is how long to wait for other writers; a run not heard of for *lease_seconds* counts as gone.
    """

    url: str = ""
    wait_seconds: int = 30
    lease_seconds: int = 120


class ServiceTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``[service]``: the service that panels talk to.

    *port* is the first of the *ports* that are tried. A call to a host or a plugin may take *call_seconds*; a render is
    ended when it says nothing for *quiet_seconds*. *origins* are further web origins whose pages may connect
    (``"http://127.0.0.1:8000"``), with their token like all others. *master_container*, *master_video* and
    *master_size* are how a host renders the master of its timeline; without a size, the timeline's own.
    """

    port: Annotated[int, msgspec.Meta(ge=1024, le=65000)] = 47820
    ports: Annotated[int, msgspec.Meta(ge=1, le=100)] = 5
    call_seconds: _AtLeastOne = 60
    quiet_seconds: _AtLeastOne = 120
    origins: tuple[str, ...] = ()
    master_container: Literal["mov", "mxf", "mp4"] = "mov"
    master_video: Literal["prores-422", "prores-422hq", "prores-4444", "dnxhr-hq", "dnxhr-hqx", "h264"] = "prores-422hq"
    master_size: tuple[_AtLeastOne, _AtLeastOne] | None = None


CORE_TABLES: Mapping[str, type] = {
    "plugins": PluginsTable,
    "tools": ToolsTable,
    "paths": PathsTable,
    "run": RunTable,
    "watch": WatchTable,
    "timelines": TimelinesTable,
    "rights": RightsTable,
    "picture": PictureTable,
    "catalogue": CatalogueTable,
    "c2pa": C2paTable,
    "service": ServiceTable,
}

#: The layers that a file or plugin can belong to, weakest first.
LAYERS = ("built-in", "site", "studio", "project")


@dataclass(frozen=True)
class SettingsFile:
    """One TOML file that was read: its *layer*, its *path*, its tables *raw*, and its *text* for line numbers."""

    layer: str
    path: Path
    raw: dict[str, Any]
    text: str

    def where(self, table: str, key: str = "") -> str:
        """``file:line`` of *table* or of *key* inside it, as near as the text tells."""
        lines = self.text.splitlines()
        header = re.compile(rf"\s*\[+\s*[\"']?{re.escape(table)}[\"']?\s*[\].]")
        start = next((n for n, line in enumerate(lines) if header.match(line)), None)
        if start is None:
            return str(self.path)
        entry = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=")
        line = next((n for n in range(start + 1, len(lines)) if key and entry.match(lines[n])), start)
        return f"{self.path}:{line + 1}"


@dataclass(frozen=True)
class Settings:
    """The settings in force: files read, and the tables that plugins declared, loaded and checked.

    ``settings[MyTable]`` is the loaded table of that type; ``settings.origin("naming", "template")`` says where a
    value came from.
    """

    files: tuple[SettingsFile, ...] = ()
    tables: Mapping[str, Any] = field(default_factory=dict)
    folder: Path = Path()

    def __getitem__(self, kind: type[T]) -> T:
        """The loaded table of type *kind*; raises KeyError when no plugin declared it."""
        for value in self.tables.values():
            if type(value) is kind:
                return value
        raise KeyError(kind.__name__)

    def table(self, kind: type[T]) -> T:
        """The loaded table of type *kind*, or its defaults when the plugin that declares it is not there."""
        return next((value for value in self.tables.values() if type(value) is kind), None) or kind()

    def origin(self, table: str, key: str) -> str:
        """The file and line that decided *key*, or ``"default"``."""
        for file in reversed(self.files):
            if key in file.raw.get(table, {}):
                return file.where(table, key)
        return "default"

    def load(self, declared: Mapping[str, type], *, ignored: Iterable[str] = ()) -> Settings:
        """These files with the tables *declared* ({table name: frozen type}) loaded and every value checked.

        Tables in *ignored* belong to plugins that are not there now and are passed over. Raises InputError that names
        the file, the line and the nearest right key for an unknown table, an unknown key or a wrong type.
        """
        known = {**CORE_TABLES, **declared}
        passed = {"studio", *ignored}
        for file in self.files:
            for table in file.raw:
                if table not in known and table not in passed:
                    raise InputError(f"Unknown table [{table}].{schema.nearest(table, known)}", where=file.where(table))
        tables = {name: self._load_table(name, kind) for name, kind in known.items()}
        return Settings(self.files, tables, self.folder)

    def _load_table(self, name: str, kind: type) -> Any:
        merged: dict[str, Any] = {}
        for file in self.files:
            raw = file.raw.get(name)
            if raw is None:
                continue
            if not isinstance(raw, dict):
                raise InputError(f"[{name}] should be a table.", where=file.where(name))
            for key in raw:
                _check_entry(kind, key, raw[key], file, name)
            merged |= raw
        return schema.from_builtins(merged, kind, where=f"[{name}]")


def _check_entry(kind: type, key: str, value: Any, file: SettingsFile, table: str) -> None:
    """Load the one *key* alone, so that an error can name its line; other fields have defaults."""
    fields = [f.encode_name for f in msgspec.structs.fields(kind)]
    if key not in fields:
        raise InputError(
            f"[{table}] has no key {key!r}.{schema.nearest(key, fields) or ' Known: ' + ', '.join(fields) + '.'}",
            where=file.where(table, key),
        )
    try:
        schema.from_builtins({key: value}, kind, where=file.where(table, key))
    except InputError as error:
        for name, entry in value.items() if isinstance(value, dict) else ():
            _check_named(kind, key, name, entry, file, table)
        raise error from None


def _check_named(kind: type, key: str, name: str, entry: Any, file: SettingsFile, table: str) -> None:
    """Load the one *entry* called *name* of a table of tables alone, so that an error can name it and its line."""
    place = file.where(f"{table}.{key}", name)
    if place == str(file.path):
        place = file.where(table, key)
    try:
        schema.from_builtins({key: {name: entry}}, kind, where=place)
    except InputError as error:
        raise InputError(error.what.replace(f"{key}[...]", f"{key}.{name}"), where=place, remedy=error.remedy) from None


def find(folder: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings files that hold for *folder*, read but with only the core tables loaded.

    Raises InputError for a file that is named but missing, or is no TOML; StudioError never.
    """
    files = []
    site = Path(environment.get("TWOPOP_SITE") or Path(platformdirs.site_config_dir("twopop")) / "twopop.toml")
    if site.exists() or "TWOPOP_SITE" in environment:
        files.append(_read("site", site))
    studio = environment.get("TWOPOP_STUDIO") or (files and files[0].raw.get("studio")) or ""
    if studio:
        files.append(_read("studio", (site.parent / str(studio)) if files else Path(str(studio))))
    project = folder / "twopop.toml"
    if project.exists():
        files.append(_read("project", project))
    unloaded = Settings(tuple(files), {}, folder)
    core = {name: unloaded._load_table(name, kind) for name, kind in CORE_TABLES.items()}
    return Settings(tuple(files), core, folder)


def _read(layer: str, path: Path) -> SettingsFile:
    raw = schema.read_toml(path)
    return SettingsFile(layer, path, raw, path.read_text("utf-8-sig"))


def declared_tables(declared: Iterable[tuple[str, type]]) -> dict[str, type]:
    """{plugin name: its table type} from (plugin, type) pairs; raises StudioError for a second or a clashing one."""
    tables: dict[str, type] = {}
    for plugin, kind in declared:
        if plugin in CORE_TABLES or plugin in tables:
            raise StudioError(f"The plugin {plugin!r} cannot declare the settings table [{plugin}]: it is taken.")
        if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind.__struct_config__.frozen):
            raise StudioError(f"The plugin {plugin!r} should declare a frozen msgspec.Struct as its settings.")
        tables[plugin] = kind
    return tables
