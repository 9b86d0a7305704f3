"""Languages in names: BCP 47 tags by their form."""

from __future__ import annotations

import re
from typing import Literal

from twopop.errors import InputError
from twopop.naming.form import Form, Value
from twopop.naming.pattern import Pattern, read_pattern


class Language(Form, frozen=True, kw_only=True):
    """A language tag (BCP 47): ``pt-BR``, written so, all *upper* (``PT-BR``), or *joined* (``PTBR``).

    Language, script and region, and in the plain style variants; by their form (RFC 5646, 2.1), not by the registry.
    """

    style: Literal["tag", "upper", "joined"] = "tag"

    def value(self, given: str) -> Value:
        parts = _TAG.fullmatch(given.strip())
        if parts is None or (self.style != "tag" and parts["variants"]):
            raise InputError(
                f"{given!r} is no language tag that a name can hold.", remedy="Write it as en, de-AT, zh-Hant."
            )
        script, region, variants = parts["script"] or "", parts["region"] or "", parts["variants"] or ""
        return f"{parts['language'].lower()}{script.title()}{region.upper()}{variants.lower()}"

    def write(self, value: Value) -> str:
        tag = str(value)
        if self.style == "tag":
            return tag
        return tag.upper() if self.style == "upper" else tag.upper().replace("-", "")

    def read(self, text: str) -> Value:
        if self.style != "joined":
            return self.value(text)
        parts = _JOINED.fullmatch(text)
        return self.value("-".join(part for part in parts.groups() if part)) if parts else text

    def pattern(self) -> Pattern:
        if self.style == "tag":
            return read_pattern(
                "[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*"
            )
        dash = "-" if self.style == "upper" else ""
        return read_pattern(f"[A-Z]{{2,3}}({dash}[A-Z]{{4}})?({dash}([A-Z]{{2}}|[0-9]{{3}}))?")


_TAG = re.compile(
    r"(?P<language>[A-Za-z]{2,3})(?P<script>-[A-Za-z]{4})?(?P<region>-(?:[A-Za-z]{2}|[0-9]{3}))?"
    r"(?P<variants>(?:-(?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*)"
)
#: The length tells the parts apart: 2 and 3 are a language, 4 and 5 have a region, 6 and 7 a script, 8 and 9 both.
_JOINED = re.compile(r"([A-Z]{2,3}?)([A-Z]{4})?([A-Z]{2}|[0-9]{3})?")
