"""The audit log: one line of JSON for each call that changes something, and for each refusal, without any secret.

It lies in the state folder, for its owner alone; at ``LARGEST`` bytes it makes room for a new one, and the last few are
kept. Refusals come in floods: of each kind a few are written, then how many there were.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from twopop import schema

#: The size at which the log is turned over, in bytes, and how many old ones are kept.
LARGEST, KEPT = 1 << 20, 4

#: So many refusals of one kind are written in so many seconds.
_MOST, _SPAN = 20, 60.0

#: What is told of a call's parameters: names and numbers, never orders, tokens or codes.
_TOLD = (
    "project",
    "host",
    "timeline",
    "id",
    "deliverable",
    "deliverables",
    "frame",
    "action",
    "name",
    "path",
    "how",
    "edits",
)


class Audit:
    """The log in *folder*. What cannot be written (a full disk) is counted, and told with the next line that can."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "audit.jsonl"
        self._lost = 0
        self._refused: dict[str, tuple[float, int]] = {}

    def call(self, method: str, params: Mapping[str, Any], *, session: str, panel: str, outcome: str) -> None:
        """Write that *method* was called with *params*, and how it ended: ``done``, or the words of the refusal."""
        told = {key: _short(params[key]) for key in _TOLD if key in params}
        self._write({"what": method, "params": told, "session": session, "panel": panel[:80], "outcome": outcome[:500]})

    def refusal(self, kind: str, **facts: str) -> None:
        """Write that something of a *kind* was refused, with short *facts* about it."""
        now = time.monotonic()
        since, count = self._refused.get(kind, (now, 0))
        if now - since >= _SPAN:
            if count > _MOST:
                self._write({"what": "refused", "kind": kind, "more": count - _MOST})
            since, count = now, 0
        self._refused[kind] = since, count + 1
        if count < _MOST:
            self._write({"what": "refused", "kind": kind, **{key: text[:200] for key, text in facts.items()}})

    def close(self) -> None:
        """Tell how many refusals were not written one by one."""
        for kind, (_, count) in self._refused.items():
            if count > _MOST:
                self._write({"what": "refused", "kind": kind, "more": count - _MOST})
        self._refused.clear()

    def _write(self, facts: dict[str, Any]) -> None:
        head: dict[str, Any] = {"when": datetime.now(UTC).isoformat(timespec="milliseconds")}
        if self._lost:
            head["lost"] = self._lost
        try:
            line = schema.to_json(head | facts, indent=0)
            self._turn_over(len(line))
            handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0), 0o600)
            try:
                os.write(handle, line)
            finally:
                os.close(handle)
            self._lost = 0
        except OSError:
            self._lost += 1

    def _turn_over(self, more: int) -> None:
        if not self.path.exists() or self.path.stat().st_size + more <= LARGEST:
            return
        old = [self.path, *(self.path.with_suffix(f".{n}.jsonl") for n in range(1, KEPT + 1))]
        for newer, older in reversed(list(pairwise(old))):
            if newer.exists():
                newer.replace(older)


def _short(value: Any) -> Any:
    if isinstance(value, str):
        return value[:200]
    if isinstance(value, list | tuple):
        return [_short(each) for each in value[:20]]
    return value if isinstance(value, int | float | bool | None) else str(type(value).__name__)
