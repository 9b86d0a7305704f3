"""The values that versioning speaks of."""

from __future__ import annotations

import msgspec


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """The *number* a deliverable carries and *why* (``"first"``, ``"unchanged since v2"``, ``"picture changed"``)."""

    number: int
    why: str = ""


class Registered(msgspec.Struct, frozen=True, kw_only=True):
    """A version that the catalogue knows: its *number*, the *content* it was made from, the file and its hash.

    *content* is the fingerprint of everything seen, heard and told; *path* is relative to the output folder *out*;
    *sha256* is empty while the version is reserved and not yet delivered.
    """

    number: int
    content: str
    out: str = ""
    path: str = ""
    sha256: str = ""
