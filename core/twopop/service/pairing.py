"""Pairing: six digits, shown where only the user sees them, are traded once for the token; and who is let in at all.

The code lies in a file of the user's own, so that ``twopop pair`` can show one for a service that runs already. It is
good for one panel, for a few minutes, and for a few wrong tries, by whomever: five tries at a million codes.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import secrets
import time
from pathlib import Path

from twopop.errors import StudioError
from twopop.service.rpc import NotPairedError
from twopop.service.state import read_private, write_private

#: How long a code is good for, in seconds, and for how many wrong tries.
GOOD_FOR, TRIES = 300, 5

#: The wait after the first wrong try, and the longest, in seconds; how many wait at once; how long it is remembered.
_FIRST, _LONGEST, _WAITING, _MEMORY = 0.05, 2.0, 32, 60.0


class Codes:
    """The code to pair with, in *folder*; there is one at a time."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "code"

    def show(self) -> str:
        """A new code, in the place of any other one. Raises StudioError."""
        code = f"{secrets.randbelow(1_000_000):06}"
        self._keep(code, time.time() + GOOD_FOR, 0)
        return code

    def take(self, said: str) -> None:
        """Use the code up with *said*; raises NotPairedError when it is wrong, or there is none."""
        kept = self._kept()
        if kept is None:
            raise NotPairedError("There is no code now.", remedy="Run this for a new one: twopop pair.")
        code, until, tries = kept
        if hmac.compare_digest(code.encode(), said.encode("utf-8", "replace")):
            self._use_up()
            return
        if tries + 1 >= TRIES:
            self._path.unlink(missing_ok=True)
            raise NotPairedError(
                "That is not the code, and it was tried too often.", remedy="Run this for a new one: twopop pair."
            )
        try:
            self._keep(code, until, tries + 1)
        except StudioError:  # a full disk: tries that cannot be counted are none
            self._path.unlink(missing_ok=True)
            raise
        raise NotPairedError("That is not the code.", remedy="Look at it once more.")

    def _use_up(self) -> None:
        try:
            self._path.unlink()
        except FileNotFoundError:  # another one was faster
            raise NotPairedError("The code was used already.", remedy="Run this for a new one: twopop pair.") from None

    def _keep(self, code: str, until: float, tries: int) -> None:
        write_private(self._path, json.dumps([code, until, tries]).encode())

    def _kept(self) -> tuple[str, float, int] | None:
        """The code that is good now, until when, and how often it was tried."""
        content = read_private(self._path)
        if content is None:
            return None
        try:
            code, until, tries = json.loads(content)
            left = float(until) - time.time()
            good = 0 < left <= GOOD_FOR and int(tries) < TRIES  # a clock that was set back makes none good for longer
            return (str(code), float(until), int(tries)) if good else None
        except (ValueError, TypeError):
            raise StudioError("This is no code.", where=str(self._path), remedy="Run twopop pair.") from None


class Wait:
    """How long whoever was wrong waits for the word: longer with each wrong try, by anyone.

    Who is right never waits. Only so many wait at once: others hear at once, so that a flood of wrong ones keeps
    nothing.
    """

    def __init__(self) -> None:
        self._wrong = 0
        self._last = 0.0
        self._waiting = 0

    async def once(self) -> None:
        """Wait for one more wrong try."""
        now = time.monotonic()
        self._wrong = self._wrong + 1 if now - self._last < _MEMORY else 1
        self._last = now
        if self._waiting >= _WAITING:
            return
        self._waiting += 1
        try:
            await asyncio.sleep(min(_FIRST * 2 ** min(self._wrong - 1, 16), _LONGEST))
        finally:
            self._waiting -= 1
