"""Who answers which method. Each module in ``MODULES`` has a table ``HANDLERS`` and may have parts of the service.

A handler is ``async name(call: Call, params: <the method's type>) -> <its result's type>``. It raises TwopopError.
"""

from __future__ import annotations

import importlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from twopop.service import rpc
from twopop.service.hub import Hub, Panel
from twopop.service.methods import WorkNote


@dataclass(frozen=True)
class Call:
    """One call while it is answered: the *hub*, the *panel* that asks, and the *id* of its request."""

    hub: Hub
    panel: Panel
    id: rpc.Id

    def progress(self, done: int, total: int, said: str = "") -> None:
        """Tell the panel that asks, and no other, how far its call is. Fits where a host tells its progress."""
        self.hub.tell(WorkNote(request=self.id, done=done, total=total, said=said), self.panel)


Handler = Callable[[Call, Any], Awaitable[Any]]

#: Each has ``HANDLERS: Mapping[str, Handler]``; one with ``parts(hub)`` gives what lives as long as the service.
MODULES: tuple[str, ...] = ("twopop.service.answers", "twopop.service.choices", "twopop.service.deliveries")


def handlers() -> Mapping[str, Handler]:
    """{method: who answers it}, of all modules."""
    return {name: handler for module in _modules() for name, handler in module.HANDLERS.items()}


def add_parts(hub: Hub) -> None:
    """Give *hub* the parts of all modules."""
    for module in _modules():
        for part in module.parts(hub) if hasattr(module, "parts") else ():
            hub.add(part)


def _modules() -> list[Any]:
    return [importlib.import_module(name) for name in MODULES]
