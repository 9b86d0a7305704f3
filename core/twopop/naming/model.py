"""The values that naming hooks give."""

from __future__ import annotations

import msgspec

from twopop.naming.forms import AnyForm


class NameField(msgspec.Struct, frozen=True, kw_only=True):
    """One field for name templates: ``{{ name }}`` becomes *value*, written as its *form* says (default: plain text).

    An empty *value* is none. Settings and conventions may give the field another form.
    """

    name: str
    value: str
    form: AnyForm | None = None


class FileName(msgspec.Struct, frozen=True, kw_only=True):
    """What a deliverable is called: *folder* below the output folder ("" for none) and *stem* without the extension.

    *template* is the template it was made from.
    """

    stem: str
    folder: str = ""
    template: str = ""
