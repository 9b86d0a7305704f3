"""The calls of the Host protocol as values: what travels when a host lives in another process, or in a panel.

They are read off the protocol itself, so that a method added there travels as well.
"""

from __future__ import annotations

import inspect
import typing
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Event
from typing import Any

import msgspec

from twopop import schema
from twopop.hosts.model import Edit, HostTimeline, Identity, Rendered, RenderPreset, TimelineName
from twopop.hosts.protocol import Host
from twopop.timeline.program import Marker
from twopop.variants.model import Span

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


def _nobody(done: int, total: int) -> None:
    pass


class CalledHost(ABC):
    """A Host whose calls go elsewhere as values: to another process, or into a transcript."""

    @abstractmethod
    def _ask(self, name: str, values: dict[str, Any], progress: Callable[[int, int], None], cancel: Event) -> Any:
        """Have the call *name* done with plain *values*; gives a plain value, raises what the host raised."""

    @abstractmethod
    def close(self) -> None:
        """Leave the host."""

    def _call(
        self, name: str, progress: Callable[[int, int], None] = _nobody, cancel: Event | None = None, /, **values: Any
    ) -> Any:
        answer = self._ask(name, schema.to_builtins(values), progress, cancel or Event())
        return schema.from_builtins(answer, host_calls()[name].result, where=name)

    def identify(self) -> Identity:
        """Which host this is."""
        return self._call("identify")  # type: ignore[no-any-return]

    def timelines(self) -> tuple[TimelineName, ...]:
        """The timelines of the open project."""
        return self._call("timelines")  # type: ignore[no-any-return]

    def read(self, timeline: str = "") -> HostTimeline:
        """A timeline, or the current one ("")."""
        return self._call("read", timeline=timeline)  # type: ignore[no-any-return]

    def put(self, otio: str, name: str) -> Edit:
        """Take a cut in as a new timeline."""
        return self._call("put", otio=otio, name=name)  # type: ignore[no-any-return]

    def add_markers(self, timeline: str, markers: tuple[Marker, ...]) -> Edit:
        """Add markers to a timeline."""
        return self._call("add_markers", timeline=timeline, markers=markers)  # type: ignore[no-any-return]

    def set_metadata(self, timeline: str, words: dict[str, str]) -> Edit:
        """Keep words with a timeline."""
        return self._call("set_metadata", timeline=timeline, words=words)  # type: ignore[no-any-return]

    def render(
        self,
        timeline: str,
        span: Span | None,
        preset: RenderPreset,
        file: Path,
        *,
        progress: Callable[[int, int], None],
        cancel: Event,
    ) -> Rendered:
        """Render a stretch of a timeline to a file."""
        values = {"timeline": timeline, "span": span, "preset": preset, "file": file}
        return self._call("render", progress, cancel, **values)  # type: ignore[no-any-return]

    def bring_in(self, files: tuple[Path, ...], folder: str) -> Edit:
        """Take files into a bin."""
        return self._call("bring_in", files=files, folder=folder)  # type: ignore[no-any-return]

    def in_bin(self, folder: str) -> tuple[str, ...]:
        """What a bin holds."""
        return self._call("in_bin", folder=folder)  # type: ignore[no-any-return]

    def show(self, timeline: str, frame: int) -> None:
        """Make a timeline the current one and move its playhead."""
        self._call("show", timeline=timeline, frame=frame)

    def undo(self, edit: Edit) -> None:
        """Take an edit back."""
        self._call("undo", edit=edit)
