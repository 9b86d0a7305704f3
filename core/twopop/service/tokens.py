"""The token that panels say hello with: 32 random bytes, kept in the system's keyring, else in a file of one's own.

The file ``token`` in the state folder holds the token, or says under which name the keyring has it. With TWOPOP_STATE
set everything lies in that folder, and the keyring is not asked.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import Any

from twopop.errors import StudioError
from twopop.service.state import read_private, write_private

_IN_KEYRING = "keyring:"
_SERVICE = "twopop"


class Tokens:
    """The token of this user's service, with its files in *folder*. Any number of processes may use it at once."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "token"
        self._known = ""
        self._stamp: tuple[int, int] | None = None

    def current(self) -> str:
        """The token in force, "" when there is none yet. Raises StudioError when it cannot be read."""
        stamp = self._stamped()
        if stamp != self._stamp:  # read anew: another process may have made a new one
            self._known = self._read()
            self._stamp = stamp
        return self._known

    def given(self) -> str:
        """The token to give to a panel that was paired; made when there is none yet. Raises StudioError."""
        return self.current() or self.reset()

    def is_right(self, said: str) -> bool:
        """Whether *said* is the token; takes as long for any wrong one. Raises StudioError when it cannot be read."""
        token = self.current()
        right, given = (hashlib.sha256(each.encode("utf-8", "replace")).digest() for each in (token, said))
        return hmac.compare_digest(right, given) and bool(token)

    def reset(self) -> str:
        """Make a new token; nobody gets in with an old one any longer. Raises StudioError."""
        token = secrets.token_urlsafe(32)
        before = self._path.read_text("utf-8", "replace") if self._path.is_file() else ""
        keyring = _keyring()
        if keyring is None:
            write_private(self._path, token.encode())
        else:
            name = secrets.token_hex(8)
            _ask(keyring.set_password, _SERVICE, name, token)
            write_private(self._path, f"{_IN_KEYRING}{name}".encode())
            if before.startswith(_IN_KEYRING):
                _forget(keyring, before.removeprefix(_IN_KEYRING))
        self._known, self._stamp = token, self._stamped()
        return token

    def _read(self) -> str:
        text = (read_private(self._path) or b"").decode("ascii", "replace").strip()
        if not text.startswith(_IN_KEYRING):
            return text
        keyring = _keyring()
        token = keyring and _ask(keyring.get_password, _SERVICE, text.removeprefix(_IN_KEYRING))
        if not token:
            raise StudioError(
                "The token is no longer in the keyring.", remedy="Pair your panels anew: twopop pair --reset."
            )
        return str(token)

    def _stamped(self) -> tuple[int, int] | None:
        try:
            facts = self._path.stat()
        except OSError:
            return None
        return facts.st_mtime_ns, facts.st_ino


def _keyring() -> Any:
    """The ``keyring`` package when it is installed and has a place that really keeps secrets, else None."""
    if os.environ.get("TWOPOP_STATE"):
        return None
    try:
        import keyring
        from keyring.backends import chainer, fail, null
    except ImportError:
        return None
    backend = keyring.get_keyring()
    backends = backend.backends if isinstance(backend, chainer.ChainerBackend) else [backend]
    real = [each for each in backends if not isinstance(each, fail.Keyring | null.Keyring) and each.priority >= 1]
    return keyring if real else None


def _ask(ask: Any, *arguments: str) -> Any:
    try:
        return ask(*arguments)
    except Exception as error:  # each keyring raises its own
        raise StudioError(
            f"The system's keyring refuses ({type(error).__name__}: {error}).",
            remedy="Unlock it, or set TWOPOP_STATE to keep the token in a file there.",
        ) from error


def _forget(keyring: Any, name: str) -> None:
    try:
        keyring.delete_password(_SERVICE, name)
    except Exception:  # it is of no use to anyone any more
        return
