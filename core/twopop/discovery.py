"""Finding plugins: built in, installed, in the studio's folder, in the project's folder; one bad one harms no other."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import pkgutil
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

from twopop.errors import PluginError, TwopopError
from twopop.plugins import Plugin, Plugins
from twopop.schema import nearest
from twopop.settings import PluginsTable, Settings, declared_tables


@dataclass(frozen=True)
class _Found:
    plugin: Plugin
    load: Callable[[], ModuleType]


def load_plugins(files: Settings) -> tuple[Plugins, Settings]:
    """The plugins that the settings files name, and the settings with the plugins' own tables loaded.

    A plugin that cannot be loaded stands in ``plugins.found`` with its problem; the others work. Raises InputError
    for a wrong key or value in the settings, StudioError for a plugin whose declared settings are unusable.
    """
    plugins = Plugins()
    seconds = files[PluginsTable].import_seconds
    off = _switched_off(files)
    for found in sorted(_everything(files), key=lambda found: found.plugin.name):
        plugin = found.plugin
        if plugin.name in off:
            plugins.found.append(replace(plugin, state=off[plugin.name][0], problem=off[plugin.name][1]))
            continue
        try:
            _refuse_twin(plugins, plugin)
            module = _within(seconds, found.load, plugin)
            version = plugin.version or str(getattr(module, "__version__", ""))
            path = getattr(module, "__file__", None) or plugin.path
            plugins.register(module, replace(plugin, version=version, path=path))
        except TwopopError as error:
            plugins.found.append(replace(plugin, state="failed", problem=str(error)))
    plugins.found += _strangers(files, [plugin.name for plugin in plugins.found])
    declared, failed = plugins.collect("settings")
    for failure in failed:
        raise failure.raised()
    tables = declared_tables((given.plugin, given.value) for given in declared)
    missing = {plugin.name for plugin in plugins.found if plugin.state != "on"}
    return plugins, files.load(tables, ignored=missing)


def _refuse_twin(plugins: Plugins, plugin: Plugin) -> None:
    twin = next((known for known in plugins.found if known.name == plugin.name and known.state == "on"), None)
    if twin is not None:
        raise PluginError(
            f"There is already a plugin {plugin.name!r} ({twin.path}).",
            where=plugin.path,
            remedy="Give it a name of its own; to stand in for the other, use [plugins] replace.",
        )


def _switched_off(files: Settings) -> dict[str, tuple[str, str]]:
    """{plugin name: (state, why)} from ``disable`` and ``replace`` of all files."""
    off: dict[str, tuple[str, str]] = {}
    for file in files.files:
        table = file.raw.get("plugins", {})
        off |= {name: ("disabled", f"by {file.where('plugins', 'disable')}") for name in table.get("disable", ())}
        off |= {old: ("replaced", f"by {new!r}") for old, new in table.get("replace", {}).items()}
    return off


def _strangers(files: Settings, known: list[str]) -> Iterator[Plugin]:
    """The plugins that ``disable`` and ``replace`` name and that are not there; one that is to stand in has failed."""
    for file in files.files:
        table = file.raw.get("plugins", {})
        stood_in = table.get("replace", {})
        for key, name in [("disable", name) for name in table.get("disable", ())] + [("replace", n) for n in stood_in]:
            if name not in known:
                words = f"There is no such plugin.{nearest(name, known)}"
                yield Plugin(name, file.layer, file.where("plugins", key), state="absent", problem=words)
        for old, new in stood_in.items():
            if new not in known or new == old:
                words = f"It is to stand in for {old!r}, but is not there.{nearest(new, known)}"
                yield Plugin(new, file.layer, file.where("plugins", "replace"), state="failed", problem=words)


def _everything(files: Settings) -> Iterator[_Found]:
    yield from _built_in()
    yield from _installed()
    for file in files.files:
        for folder in file.raw.get("plugins", {}).get("folders", ()):
            yield from _in_folder(file.path.parent / folder, file.layer)


def _built_in() -> Iterator[_Found]:
    folder = Path(__file__).with_name("builtin")
    version = importlib.metadata.version("twopop")
    for module in pkgutil.iter_modules([str(folder)]):
        name = f"twopop.builtin.{module.name}"
        plugin = Plugin(module.name, "built-in", str(folder / f"{module.name}.py"), version)
        yield _Found(plugin, lambda name=name: importlib.import_module(name))  # type: ignore[misc]


def _installed() -> Iterator[_Found]:
    for point in importlib.metadata.entry_points(group="twopop"):
        distribution = point.dist
        layer = "built-in" if distribution and distribution.name == "twopop" else "site"
        version = distribution.version if distribution else ""
        yield _Found(Plugin(point.name, layer, point.value, version), point.load)


def _in_folder(folder: Path, layer: str) -> Iterator[_Found]:
    if not folder.is_dir():
        plugin = Plugin(folder.name, layer, str(folder))
        yield _Found(plugin, lambda: _no_folder(folder))
    for path in sorted(folder.glob("*.py")):
        if not path.name.startswith("_"):
            plugin = Plugin(path.stem, layer, str(path))
            yield _Found(plugin, lambda path=path: _load_file(path, layer))  # type: ignore[misc]


def _no_folder(folder: Path) -> ModuleType:
    raise PluginError("There is no such plugin folder.", where=str(folder), remedy="Mend [plugins] folders.")


def _load_file(path: Path, layer: str) -> ModuleType:
    name = f"twopop_plugin_{layer}_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise PluginError("This file cannot be loaded as a plugin.", where=str(path))
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return module


def _within(seconds: int, load: Callable[[], ModuleType], plugin: Plugin) -> ModuleType:
    """What *load* gives, on a thread that is left behind when it takes longer; raises PluginError for any failure."""
    outcome: list[ModuleType | BaseException] = []

    def work() -> None:
        try:
            outcome.append(load())
        except BaseException as error:
            outcome.append(error)

    thread = threading.Thread(target=work, name=f"load {plugin.name}", daemon=True)
    thread.start()
    thread.join(seconds)
    if not outcome:
        raise PluginError(
            f"It was still loading after {seconds} s.",
            where=plugin.path,
            remedy="Take slow work out of the module's top level, or raise [plugins] import_seconds.",
        )
    result = outcome[0]
    if isinstance(result, ModuleType):
        return result
    if isinstance(result, PluginError):
        raise result
    if isinstance(result, SyntaxError):
        raise PluginError(f"This is not Python: {result.msg}.", where=f"{result.filename}:{result.lineno}")
    reason = f"{type(result).__name__}: {result}" if isinstance(result, BaseException) else f"{result!r} is no module"
    raise PluginError(f"It could not be loaded ({reason}).", where=plugin.path)
