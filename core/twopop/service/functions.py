"""The functions that a project worker serves, with the types that travel read off their own signatures.

A function is ``name(session: Session, params: SomeStruct, work: Work) -> SomeStruct``; ``twopop.service.project`` lists
them in ``FUNCTIONS``.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from twopop import schema
from twopop.errors import StudioError
from twopop.settings import Settings

if typing.TYPE_CHECKING:
    from twopop.delivery.session import Session
    from twopop.service.work import Work


def perform(session: Session, name: str, params: Mapping[str, Any], work: Work) -> Any:
    """Do the function *name* with plain *params*; gives a plain value. Raises what it raises, InputError for params."""
    from twopop.service.project import FUNCTIONS

    if name not in FUNCTIONS:
        raise StudioError(f"There is no function {name!r} in a project's worker.")
    function = FUNCTIONS[name]
    given = schema.from_builtins(dict(params), _params_of(function), where=name)
    return schema.to_builtins(function(session, given, work))


def _params_of(function: Callable[..., Any]) -> Any:
    from twopop.delivery.session import Session
    from twopop.service.work import Work

    return typing.get_type_hints(function, localns={"Session": Session, "Work": Work})["params"]


def stamp(files: Settings) -> tuple[tuple[str, int, int], ...]:
    """What changes when a settings file or a one-file plugin of *files* does: (path, size, time) of each."""
    paths = [file.path for file in files.files]
    for file in files.files:
        for folder in file.raw.get("plugins", {}).get("folders", ()):
            paths += sorted((file.path.parent / folder).glob("*.py"))
    return tuple(entry for path in paths for entry in _stamped(path))


def _stamped(path: Path) -> tuple[tuple[str, int, int], ...]:
    try:
        facts = path.stat()
    except OSError:
        return ()
    return ((str(path), facts.st_size, facts.st_mtime_ns),)
