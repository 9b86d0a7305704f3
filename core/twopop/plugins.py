"""Calling plugins: in layers, one at a time, with the name of whoever answered or failed on each result.

pluggy holds the hook specifications and the registered implementations. The calls are made here, because a result
without its plugin's name, or an exception that stops the other plugins, is of no use to a technical director.
"""

from __future__ import annotations

import inspect
import os
import sys
import time
import traceback
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Generic, TypeVar

import msgspec
import pluggy

from twopop import hookspecs, schema
from twopop.errors import EditorError, PluginError
from twopop.findings import Finding, Severity
from twopop.settings import LAYERS

T = TypeVar("T")


@dataclass(frozen=True)
class Contribution(Generic[T]):
    """One *value*, the *plugin* that gave it, and that plugin's *layer*."""

    plugin: str
    layer: str
    value: T


@dataclass(frozen=True)
class PluginFailure:
    """One plugin's failure in one hook: who, in which *version*, at which *place* (``file:line``), and the *error*."""

    plugin: str
    version: str
    hook: str
    place: str
    error: str
    report: str = ""

    def __str__(self) -> str:
        version = f" {self.version}" if self.version else ""
        return f"The plugin {self.plugin!r}{version} failed in {self.hook} at {self.place}: {self.error.rstrip('.')}."

    @property
    def remedy(self) -> str:
        """What a person without the plugin's code can do."""
        return f'Send this to your technical director, or disable it: [plugins] disable = ["{self.plugin}"].'

    def finding(self, *, where: str = "", severity: Severity = Severity.FAIL) -> Finding:
        """The failure as a finding about *where*."""
        return Finding(
            rule="plugin.failed",
            severity=severity,
            message=str(self),
            where=where,
            remedy=self.remedy,
            plugin=self.plugin,
        )

    def raised(self) -> PluginError:
        """The failure as an error to raise."""
        return PluginError(str(self), remedy=self.remedy, report=self.report)


@dataclass(frozen=True)
class Plugin:
    """One plugin as it was found: where, in which *layer*, with which *hooks*, and its *state*.

    *state* is ``on``, ``disabled``, ``replaced``, ``failed`` or ``absent`` (only the settings name it); *problem* says
    why.
    """

    name: str
    layer: str
    path: str
    version: str = ""
    hooks: tuple[str, ...] = ()
    state: str = "on"
    problem: str = ""


class Plugins:
    """The plugins in force, and the three ways to call their hooks."""

    def __init__(self) -> None:
        self._manager = pluggy.PluginManager("twopop")
        self._manager.add_hookspecs(hookspecs)
        self._order: dict[str, tuple[int, str]] = {}
        self._impls: dict[str, list[pluggy.HookImpl]] = {}
        self._results = _result_types()
        self._trace = os.environ.get("TWOPOP_TRACE", "") not in ("", "0")
        self.found: list[Plugin] = []

    def register(self, module: ModuleType, plugin: Plugin) -> None:
        """Take *module* in as *plugin*; raises PluginError naming file, line and the nearest right name of a misfit."""
        hooks = self._verified(module, plugin)
        self._manager.register(module, name=plugin.name)
        self._order[plugin.name] = (LAYERS.index(plugin.layer), plugin.name)
        self._impls.clear()
        self.found.append(Plugin(plugin.name, plugin.layer, plugin.path, plugin.version, hooks))

    def collect(self, hook: str, **facts: Any) -> tuple[list[Contribution[Any]], list[PluginFailure]]:
        """Ask all plugins, outermost layer first; each item of each list comes back with its plugin's name."""
        given: list[Contribution[Any]] = []
        failed: list[PluginFailure] = []
        for impl in self._implementations(hook):
            value, failure = self._ask(impl, hook, facts)
            if failure:
                failed.append(failure)
            given += [Contribution(impl.plugin_name, self.layer(impl.plugin_name), item) for item in value or ()]
        return given, failed

    def decide(self, hook: str, **facts: Any) -> Contribution[Any] | None:
        """Ask from the innermost layer outwards until one answers; raises PluginError when one that is asked fails."""
        for impl in self._implementations(hook, innermost_first=True):
            value, failure = self._ask(impl, hook, facts)
            if failure:
                raise failure.raised()
            if value is not None:
                return Contribution(impl.plugin_name, self.layer(impl.plugin_name), value)
        return None

    def notify(self, hook: str, **facts: Any) -> list[PluginFailure]:
        """Tell all plugins, outermost layer first; gives the failures."""
        answers = [self._ask(impl, hook, facts)[1] for impl in self._implementations(hook)]
        return [failure for failure in answers if failure]

    def layer(self, plugin: str) -> str:
        """The layer of the plugin by name."""
        return LAYERS[self._order[plugin][0]]

    def _implementations(self, hook: str, *, innermost_first: bool = False) -> list[pluggy.HookImpl]:
        if hook not in self._impls:
            found = getattr(self._manager.hook, hook).get_hookimpls()
            self._impls[hook] = sorted(found, key=lambda impl: self._order[impl.plugin_name])
        impls = self._impls[hook]
        if not innermost_first:
            return impls
        return sorted(impls, key=lambda impl: (-self._order[impl.plugin_name][0], impl.plugin_name))

    def _ask(self, impl: pluggy.HookImpl, hook: str, facts: Mapping[str, Any]) -> tuple[Any, PluginFailure | None]:
        began = time.perf_counter()
        value, failure = None, None
        try:
            value = impl.function(*[facts[name] for name in impl.argnames])
            wrong = _mismatch(value, self._results[hook])
            if not wrong and self.layer(impl.plugin_name) != LAYERS[0]:
                value, wrong = _read_back(value)
            if wrong:
                value, failure = None, self._failure(impl, hook, f"it returned {wrong}.", None)
        except EditorError:
            raise  # a plugin's way to tell the editor what to mend
        except (Exception, SystemExit) as error:  # whatever a plugin raises is its own failure, not the others'
            failure = self._failure(impl, hook, f"{type(error).__name__}: {error}", error)
        if self._trace:
            took = (time.perf_counter() - began) * 1000
            said = failure.error if failure else repr(value)
            print(f"twopop: {hook}  {impl.plugin_name}  {took:.2f} ms  {said[:200]}", file=sys.stderr)  # noqa: T201
        return value, failure

    def _failure(self, impl: pluggy.HookImpl, hook: str, text: str, error: BaseException | None) -> PluginFailure:
        code = inspect.unwrap(impl.function).__code__
        place = f"{code.co_filename}:{code.co_firstlineno}"
        if error is not None:
            frames = traceback.extract_tb(error.__traceback__)
            lines = [frame.lineno for frame in frames if frame.filename == code.co_filename]
            place = f"{code.co_filename}:{lines[-1]}" if lines else place
        version = next((plugin.version for plugin in self.found if plugin.name == impl.plugin_name), "")
        report = "".join(traceback.format_exception(error)) if error else text
        return PluginFailure(impl.plugin_name, version, hook, place, text, report)

    def _verified(self, module: ModuleType, plugin: Plugin) -> tuple[str, ...]:
        """The hooks that *module* implements; raises PluginError for a misspelt hook or argument."""
        specs = _specifications()
        hooks = []
        for attribute in dir(module):
            options = self._manager.parse_hookimpl_opts(module, attribute)
            if options is None:
                continue
            function = inspect.unwrap(getattr(module, attribute))
            hook = options.get("specname") or attribute
            _verify(function, hook, options, specs, plugin)
            hooks.append(hook)
        if not hooks:
            raise PluginError("It has no hooks.", where=plugin.path, remedy="Mark its functions with @hookimpl.")
        return tuple(sorted(hooks))


def conflict(contributions: Iterable[Contribution[Any]], key: str) -> PluginError:
    """The error for two plugins of one layer that give different values for one *key*."""
    names = " and ".join(sorted({repr(c.plugin) for c in contributions}))
    return PluginError(f"The plugins {names} give different values for {key!r}.", remedy="Disable one of them.")


def _specifications() -> dict[str, inspect.Signature]:
    functions = inspect.getmembers(hookspecs, inspect.isfunction)
    return {name: inspect.signature(function) for name, function in functions if hasattr(function, "twopop_spec")}


def _verify(
    function: Any, hook: str, options: Mapping[str, Any], specs: Mapping[str, inspect.Signature], plugin: Plugin
) -> None:
    place = f"{function.__code__.co_filename}:{function.__code__.co_firstlineno}"
    if hook not in specs:
        known = f" There are: {', '.join(sorted(specs))}."
        raise PluginError(f"There is no hook {hook!r}.{schema.nearest(hook, specs) or known}", where=place)
    if any(options.get(way) for way in ("wrapper", "hookwrapper", "tryfirst", "trylast")):
        raise PluginError(f"{hook}: twopop's layers decide the order; hook options are not used.", where=place)
    known_arguments = specs[hook].parameters
    for name, parameter in inspect.signature(function).parameters.items():
        if name not in known_arguments:
            listed = f" It has: {', '.join(known_arguments)}." if known_arguments else " It has none."
            raise PluginError(
                f"{hook} has no argument {name!r}.{schema.nearest(name, known_arguments) or listed}", where=place
            )
        if parameter.default is not inspect.Parameter.empty:
            raise PluginError(f"{hook}: the argument {name!r} must not have a default value.", where=place)


def _result_types() -> dict[str, Any]:
    import twopop

    names = {**vars(hookspecs), **vars(twopop)}
    functions = {name: getattr(hookspecs, name) for name in _specifications()}
    return {name: typing.get_type_hints(function, names)["return"] for name, function in functions.items()}


def _mismatch(value: Any, wanted: Any) -> str:
    """What is wrong with *value* as a *wanted* (``list[X]``, ``X | None`` or None), in words; "" when it is right."""
    if wanted is type(None):
        return "" if value is None else f"{value!r} where nothing is expected"
    if typing.get_origin(wanted) is list:
        (item,) = typing.get_args(wanted)
        if value is None or (isinstance(value, list) and all(isinstance(entry, item) for entry in value)):
            return ""
        return f"{_short(value)} where a list of {item.__name__} is expected"
    options = [kind for kind in typing.get_args(wanted) if kind is not types.NoneType]
    if value is None or isinstance(value, tuple(options)):
        return ""
    return f"{_short(value)} where {' or '.join(kind.__name__ for kind in options)} is expected"


def _read_back(value: Any) -> tuple[Any, str]:
    """*value* with all that its frozen types hold checked and made exact, or what is wrong inside, in words.

    Python lets anything stand in a field, and a severity that is only the text ``"fail"`` would stop nothing.
    """
    if isinstance(value, list):
        pairs = [_read_back(entry) for entry in value]
        return [entry for entry, _ in pairs], next((wrong for _, wrong in pairs if wrong), "")
    if not isinstance(value, msgspec.Struct):
        return value, ""
    try:
        return schema.copied(value), ""
    except Exception as error:  # what cannot be written down can hold anything
        return value, f"{_short(value)}, which holds something wrong: {getattr(error, 'what', error)}"


def _short(value: Any) -> str:
    text = repr(value)
    return f"{text if len(text) <= 60 else text[:57] + '...'} ({type(value).__name__})"
