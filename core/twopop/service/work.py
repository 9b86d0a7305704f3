"""What a function that a worker process carries out is given to tell of itself while it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event


def _nobody(done: int, total: int, said: str = "") -> None:
    pass


@dataclass(frozen=True)
class Work:
    """One call while it runs: *progress* takes how much is done, of how much, and words; *cancel* is set to stop it."""

    progress: Callable[[int, int, str], None] = _nobody
    cancel: Event = field(default_factory=Event)
