"""Name templates: ``{{ client }}_{{ title }}_v{{ version }}``, checked whole before the first name is made.

The language is a small part of Jinja2's: fields, text, ``~`` and ``if`` on whether a field has a value or which.
Whatever could run long, look inside Python, open a file or hide what a field was (loops, calls, attributes, includes,
filters) is refused when the template is read, by what is allowed and not by what is forbidden.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from twopop import schema
from twopop.errors import InputError

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import SandboxedEnvironment

#: The longest template, in characters.
LONGEST = 1000

#: What stands for a field's text while the template is taken apart; no template may hold these characters.
OPEN, CLOSE = "\ue000", "\ue001"

_REFUSED = {
    "Getattr": "A field has nothing inside (no dots)",
    "Getitem": "A field has nothing inside (no brackets)",
    "Call": "Calls are not allowed",
    "For": "Loops are not allowed",
    "Include": "Other files cannot be included",
    "Import": "Other files cannot be imported",
    "FromImport": "Other files cannot be imported",
    "Extends": "Other files cannot be extended",
    "Filter": "Filters are not allowed, for a name has to be read back",
    **dict.fromkeys(("Add", "Sub", "Mul", "Div", "FloorDiv", "Mod", "Pow", "Neg", "Pos"), "Sums are not allowed"),
}
_REMEDIES = {"Filter": 'Give the field a form: [naming.fields] title = { kind = "text", case = "upper" }.'}


class NameTemplate:
    """A template for names, compiled once per *text*.

    Raises InputError for a text that is no template or that does more than fill in fields.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._template, found = _compiled(text)
        self.asked = found.asked
        self.optional = frozenset(found.optional)
        self.fields = tuple(sorted({*found.asked, *found.written}))

    fields: tuple[str, ...]
    """The names of the fields used, sorted."""

    asked: Mapping[str, frozenset[str]]
    """The fields that conditions ask for, each with the words it is compared with."""

    optional: frozenset[str]
    """The fields that are asked whether they have a value; the template needs one of all others."""

    @property
    def where(self) -> str:
        """The template, for an error's place."""
        return _where(self.text)

    def fill(self, texts: Mapping[str, str]) -> str:
        """The name made of *texts* (by field; "" for a field without a value), without white space.

        White space inside a text becomes ``-``; in the template itself it is layout and is left out. Raises InputError
        that names the unknown field, the template and the nearest known field.
        """
        from jinja2 import UndefinedError

        try:
            name = self._template.render({name: texts[name] for name in self.fields if name in texts})
        except UndefinedError as error:
            raise self._unknown(str(error), texts) from None
        return "".join(name.split())

    def _unknown(self, said: str, fields: Mapping[str, str]) -> InputError:
        match = re.search(r"'(\w+)' is undefined", said)
        name = match[1] if match else "?"
        return InputError(
            f"There is no field {name!r}.{schema.nearest(name, fields)}",
            where=self.where,
            remedy=f"Known fields: {', '.join(sorted(fields)) or 'none'}.",
        )


def _where(text: str) -> str:
    shown = text.replace("\n", "")
    return f"name template {shown if len(shown) <= 80 else shown[:77] + '...'!r}"


@lru_cache(maxsize=256)
def _compiled(text: str) -> tuple[Template, _Found]:
    from jinja2 import TemplateError

    where = _where(text)
    if len(text) > LONGEST:
        raise InputError(f"The template has {len(text)} characters; {LONGEST} are the most.", where=where)
    if not text.strip():
        raise InputError("The template is empty.", where=where, remedy="Write one such as {{ title }}_v{{ version }}.")
    if OPEN in text or CLOSE in text:
        raise InputError("The template holds a character of no alphabet.", where=where, remedy="Take it out.")
    environment = _environment()
    try:
        tree = environment.parse(text)
        found = _Found(where)
        found.output(tree)
        return environment.from_string(tree), found
    except TemplateError as error:
        number = getattr(error, "lineno", 0)
        line = f" (line {number})" if number and "\n" in text else ""
        raise InputError(
            f"This is no name template{line}: {(error.message or 'it cannot be read').rstrip('.')}.",
            where=where,
            remedy="A field is written {{ title }}.",
        ) from None
    except (RecursionError, SyntaxError, MemoryError, ValueError):
        raise InputError("This is no name template: it is nested too deeply.", where=where) from None


class _Found:
    """The fields in a template's tree; raises InputError for a part that is more than filling in."""

    def __init__(self, where: str) -> None:
        self.asked: dict[str, frozenset[str]] = {}
        self.optional: set[str] = set()
        self.written: set[str] = set()
        self._where = where

    def output(self, node: Any) -> None:
        """Look at a part of the tree that gives text."""
        kind = type(node).__name__
        if kind == "Name" and node.name != "self":
            self.written.add(node.name)
        elif kind == "If":
            self.condition(node.test)
            for part in (*node.body, *node.elif_, *node.else_):
                self.output(part)
        elif kind == "CondExpr":
            self.condition(node.test)
            for part in filter(None, (node.expr1, node.expr2)):
                self.output(part)
        elif kind in ("Template", "Output", "Concat"):
            for part in node.iter_child_nodes():
                self.output(part)
        elif kind != "TemplateData" and not (kind == "Const" and isinstance(node.value, str)):
            raise self._refused(kind)

    def condition(self, node: Any) -> None:
        """Look at a part of the tree that chooses."""
        kind = type(node).__name__
        if kind in ("And", "Or", "Not"):
            for part in node.iter_child_nodes():
                self.condition(part)
        elif kind == "Name" and node.name != "self":
            self.asked.setdefault(node.name, frozenset())
            self.optional.add(node.name)
        elif kind == "Compare":
            self._compared(node)
        else:
            raise self._refused(kind)

    def _compared(self, node: Any) -> None:
        ops = [operand.op for operand in node.ops]
        words = getattr(node.ops[0].expr, "items", [node.ops[0].expr])
        values = [getattr(word, "value", None) for word in words]
        listed = type(node.ops[0].expr).__name__ in ("Tuple", "List")
        right = ops in (["in"], ["notin"]) if listed else ops in (["eq"], ["ne"])
        if type(node.expr).__name__ != "Name" or not right or not all(isinstance(value, str) for value in values):
            raise InputError(
                "A condition compares one field with words in quotes.",
                where=self._where,
                remedy="Write {% if aspect == '9x16' %} or {% if language in ('en', 'de') %}.",
            )
        name = node.expr.name
        self.asked[name] = self.asked.get(name, frozenset()) | {value for value in values if value}
        if "" in values:
            self.optional.add(name)

    def _refused(self, kind: str) -> InputError:
        what = _REFUSED.get(kind, f"{kind} is not allowed in a name template")
        return InputError(f"{what}.", where=self._where, remedy=_REMEDIES.get(kind, "Use plain fields: {{ title }}."))


@lru_cache(maxsize=1)
def _environment() -> SandboxedEnvironment:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    # A name is text for a file system; escaping for HTML would spoil it.
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False, finalize=_one_word)
    environment.globals.clear()
    environment.filters, environment.tests = {}, {}
    return environment


def _one_word(value: object) -> object:
    """A value as one word; an undefined one passes through, so that it is reported and not printed."""
    return "-".join(value.split()) if isinstance(value, str) else value
