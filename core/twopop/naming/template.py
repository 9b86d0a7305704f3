"""Name templates: ``{{ client }}_{{ title }}_v{{ version }}``, checked whole before the first name is made.

The language is a small part of Jinja2's: fields, text, ``if``, comparisons, ``~`` and a few filters. Whatever could run
long, look inside Python or open a file (loops, calls, attributes, includes) is refused when the template is read, by
what is allowed and not by what is forbidden.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from twopop import schema
from twopop.errors import InputError

if TYPE_CHECKING:
    from jinja2 import Template, nodes
    from jinja2.sandbox import SandboxedEnvironment

#: The longest template, and the longest text that a filter may make of a value, in characters.
LONGEST = 1000

#: Filters that a template may use, as Jinja2 names them.
FILTERS = ("default", "lower", "replace", "title", "trim", "upper")

_ALLOWED = frozenset(
    {
        *("Template", "Output", "TemplateData", "Name", "Const", "Filter", "If", "CondExpr", "Compare", "Operand"),
        *("Concat", "And", "Or", "Not", "Test", "Tuple", "List"),
    }
)
_TESTS = frozenset({"defined", "undefined"})
_REFUSED = {
    "Getattr": "A field has nothing inside (no dots)",
    "Getitem": "A field has nothing inside (no brackets)",
    "Call": "Calls are not allowed",
    "For": "Loops are not allowed",
    "Include": "Other files cannot be included",
    "Import": "Other files cannot be imported",
    "FromImport": "Other files cannot be imported",
    "Extends": "Other files cannot be extended",
    **dict.fromkeys(("Add", "Sub", "Mul", "Div", "FloorDiv", "Mod", "Pow", "Neg", "Pos"), "Sums are not allowed"),
}


class NameTemplate:
    """A template for names, compiled once per *text*.

    Raises InputError for a text that is no template or that does more than fill in fields.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._template, self.fields = _compiled(text)

    fields: tuple[str, ...]
    """The names of the fields used, sorted."""

    def fill(self, fields: Mapping[str, str]) -> str:
        """The name made of *fields*, without white space.

        White space inside a value becomes ``-``; in the template's own text it is layout and is left out. An empty
        value stays empty: ask with ``{% if language %}`` where a name should not show the gap. Only the fields used
        are looked up, so that *fields* may make its values as they are asked for. Raises InputError that names the
        unknown field, the template and the nearest known field.
        """
        from jinja2 import TemplateError, UndefinedError

        try:
            name = self._template.render({name: fields[name] for name in self.fields if name in fields})
        except UndefinedError as error:
            raise self._unknown(str(error), fields) from None
        except (TemplateError, TypeError, ValueError) as error:
            raise InputError(f"The name cannot be made: {error}.", where=_where(self.text)) from None
        return "".join(name.split())

    def _unknown(self, said: str, fields: Mapping[str, str]) -> InputError:
        match = re.search(r"'(\w+)' is undefined", said)
        if match is None:
            return InputError(f"The name cannot be made: {said.rstrip('.')}.", where=_where(self.text))
        return InputError(
            f"There is no field {match[1]!r}.{schema.nearest(match[1], fields)}",
            where=_where(self.text),
            remedy=f"Known fields: {', '.join(sorted(fields)) or 'none'}.",
        )


@lru_cache(maxsize=256)
def _compiled(text: str) -> tuple[Template, tuple[str, ...]]:
    from jinja2 import TemplateError, TemplateRuntimeError, UndefinedError, meta

    where = _where(text)
    if len(text) > LONGEST:
        raise InputError(f"The template has {len(text)} characters; {LONGEST} are the most.", where=where)
    if not text.strip():
        raise InputError("The template is empty.", where=where, remedy="Write one such as {{ title }}_v{{ version }}.")
    environment = _environment()
    try:
        tree = environment.parse(text)
        for node in tree.find_all(_node_type()):
            _check(node, where)
        fields = tuple(sorted(meta.find_undeclared_variables(tree)))
        template = environment.from_string(tree)
        with contextlib.suppress(UndefinedError, TemplateRuntimeError):
            template.render(dict.fromkeys(fields, "x"))  # a filter with wrong arguments shows only here
        return template, fields
    except TemplateError as error:
        number = getattr(error, "lineno", 0)
        line = f" (line {number})" if number and "\n" in text else ""
        raise InputError(
            f"This is no name template{line}: {(error.message or 'it cannot be read').rstrip('.')}.",
            where=where,
            remedy="A field is written {{ title }}.",
        ) from None
    except TypeError as error:
        raise InputError(f"This is no name template: {error}.", where=where) from None
    except (RecursionError, SyntaxError, MemoryError, ValueError):
        raise InputError("This is no name template: it is nested too deeply.", where=where) from None


def _check(node: nodes.Node, where: str) -> None:
    """Raise InputError for a part of a template that is more than filling in."""
    kind = type(node).__name__
    if kind not in _ALLOWED or getattr(node, "name", "") == "self":
        what = _REFUSED.get(kind, f"{kind} is not allowed in a name template")
        raise InputError(f"{what}.", where=where, remedy="Use plain fields: {{ title }}.")
    known: tuple[str, ...] | frozenset[str] = FILTERS if kind == "Filter" else _TESTS
    name = str(getattr(node, "name", ""))
    if kind in ("Filter", "Test") and name not in known:
        remedy = f"Known: {', '.join(sorted(known))}."
        raise InputError(
            f"There is no {kind.lower()} {name!r}.{schema.nearest(name, known)}", where=where, remedy=remedy
        )


@lru_cache(maxsize=1)
def _environment() -> SandboxedEnvironment:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    # A name is text for a file system; escaping for HTML would spoil it.
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False, finalize=_one_word)
    environment.globals.clear()
    environment.filters = {name: environment.filters[name] for name in FILTERS} | {"replace": _replace}
    environment.tests = {name: environment.tests[name] for name in _TESTS}
    return environment


def _node_type() -> type[nodes.Node]:
    from jinja2 import nodes

    return nodes.Node


def _one_word(value: object) -> object:
    """A value as one word; an undefined one passes through, so that it is reported and not printed."""
    return "-".join(value.split()) if isinstance(value, str) else value


def _replace(text: str, old: str, new: str) -> str:
    """``replace`` that cannot grow a value without end, however often it is chained."""
    from jinja2 import TemplateRuntimeError

    if not old or len(text) + text.count(str(old)) * len(str(new)) > LONGEST:
        raise TemplateRuntimeError("replace has nothing to look for, or makes the value too long")
    return str(text).replace(str(old), str(new))


def _where(text: str) -> str:
    shown = text if len(text) <= 80 else text[:77] + "..."
    return f"name template {shown!r}"
