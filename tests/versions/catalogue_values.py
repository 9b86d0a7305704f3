"""Values that the tests of the catalogue put into it."""

from __future__ import annotations

from typing import Any

from twopop.versions.model import Kept, Registration, Version, Wish

SHA = "ab" * 32


def wish(identity: str, number: int, content: str, **more: Any) -> Wish:
    """The wish to make version *number* of *identity* from *content*."""
    version = Version(number=number, label=more.pop("label", ""), reuse=more.pop("reuse", False))
    return Wish(identity=identity, version=version, content=content, **more)


def out(identity: str, number: int, content: str, path: str = "", **more: Any) -> Registration:
    """That it went out, as one file of seven bytes."""
    kept = (Kept(path=path or f"{identity}.mp4", bytes=7, sha256=SHA),)
    return Registration(
        wish=wish(identity, number, content, **more), out="/out", files=kept, when="2026-11-25T10:00:00"
    )
