"""The calls of the Host protocol as values: what travels when a host lives in another process, or in a panel.

They are read off the protocol itself, so that a method added there travels as well.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from threading import Event
from typing import Any

import msgspec

from twopop import schema
from twopop.hosts.protocol import Host

#: Arguments that do not travel: what they do is done by notes that go beside the call.
_BESIDE = frozenset({"progress", "cancel"})


@dataclass(frozen=True)
class HostCall:
    """One method of a host by *name*: its arguments as one frozen type (*params*), and the type of its *result*.

    One that takes *long* tells its progress meanwhile and can be cancelled.
    """

    name: str
    params: type
    result: Any
    long: bool = False


@cache
def host_calls() -> Mapping[str, HostCall]:
    """{name: call} of every method of the Host protocol but ``close``, which is the end of the connection."""
    methods = inspect.getmembers(Host, inspect.isfunction)
    return {name: _call(name, method) for name, method in methods if name != "close" and not name.startswith("_")}


def _call(name: str, method: Callable[..., Any]) -> HostCall:
    hints = typing.get_type_hints(method)
    parameters = [each for each in inspect.signature(method).parameters.values() if each.name != "self"]
    fields: list[Any] = [
        (each.name, hints[each.name])
        if each.default is inspect.Parameter.empty
        else (each.name, hints[each.name], each.default)
        for each in parameters
        if each.name not in _BESIDE
    ]
    params = msgspec.defstruct(name, fields, kw_only=True, frozen=True, forbid_unknown_fields=True)
    return HostCall(name, params, hints["return"], long=any(each.name in _BESIDE for each in parameters))


def perform(
    host: Host, name: str, values: Mapping[str, Any], *, progress: Callable[[int, int], None], cancel: Event
) -> Any:
    """Do the call *name* with plain *values* on *host*; gives a plain value. Raises InputError for wrong ones."""
    call = host_calls()[name]
    params: Any = schema.from_builtins(dict(values), call.params, where=name)
    arguments = {field.name: getattr(params, field.name) for field in msgspec.structs.fields(call.params)}
    beside: dict[str, Any] = {"progress": progress, "cancel": cancel} if call.long else {}
    return schema.to_builtins(getattr(host, name)(**arguments, **beside))
