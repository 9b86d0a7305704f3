"""Leaving work that cannot be interrupted, when somebody stops the run."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from twopop.errors import Cancelled

T = TypeVar("T")


def unless_cancelled(work: Callable[[], T], cancel: threading.Event) -> T:
    """What *work* gives; raises Cancelled soon after *cancel* is set, and what *work* raises.

    For work that only reads: it goes on by itself until it ends, and nobody waits for it.
    """
    made: list[tuple[T | None, BaseException | None]] = []

    def perform() -> None:
        try:
            made.append((work(), None))
        except BaseException as error:
            made.append((None, error))

    thread = threading.Thread(target=perform, name="reading", daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(0.1)
        if cancel.is_set() and not made:
            raise Cancelled("Stopped.")
    result, error = made[0]
    if error is not None:
        raise error
    value: Any = result
    return value  # type: ignore[no-any-return]
