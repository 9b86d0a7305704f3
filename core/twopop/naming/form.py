"""What all forms of name fields have in common."""

from __future__ import annotations

import datetime
from typing import TypeAlias

import msgspec

from twopop.naming.pattern import Pattern

Value: TypeAlias = str | int | datetime.date


class Form(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", tag=str.lower):
    """What all forms have in common."""

    def value(self, given: str) -> Value:
        """The value that the words *given* (of an order, or of a plugin) mean; raises InputError."""
        raise NotImplementedError

    def write(self, value: Value) -> str:
        """*value* as it stands in a name."""
        return str(value)

    def read(self, text: str) -> Value:
        """The value that *text*, one of the pattern's, stands for; raises InputError for a date that never was."""
        return text

    def pattern(self) -> Pattern:
        """The texts that may stand in a name; never the empty one."""
        raise NotImplementedError
