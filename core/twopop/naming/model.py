"""The values that naming hooks give."""

from __future__ import annotations

import msgspec


class NameField(msgspec.Struct, frozen=True, kw_only=True):
    """One field for name templates: ``{{ name }}`` becomes *value*."""

    name: str
    value: str


class FileName(msgspec.Struct, frozen=True, kw_only=True):
    """What a deliverable is called: *folder* below the output folder ("" for none) and *stem* without the extension.

    *template* is the template it was made from.
    """

    stem: str
    folder: str = ""
    template: str = ""
