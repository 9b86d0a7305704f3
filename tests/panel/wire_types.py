"""Writes the types of the wire for the panel's type checker, out of the service's own: ``python wire_types.py OUT``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from twopop.delivery.order import Order
from twopop.service.methods import METHODS, NOTES

#: What is written as text in JSON, beside text.
_TEXT = (msgspec.inspect.StrType, msgspec.inspect.DateType, msgspec.inspect.CustomType)


def declarations() -> str:
    """A TypeScript namespace ``wire``: every value, every method with its parameters and result, every notification.

    What the panel sends may leave out what has a default; what it is sent is always whole.
    """
    sent = _reached([method.params for method in METHODS.values()] + [Order])
    told = _reached([method.result for method in METHODS.values()] + [*NOTES.values()])
    blocks = [_interface(kind, whole=kind in told) for kind in dict.fromkeys([*sent, *told])]
    methods = (
        f'    "{name}": {{ params: {m.params.__name__}; result: {m.result.__name__} }};' for name, m in METHODS.items()
    )
    notes = (f'    "{name}": {kind.__name__};' for name, kind in NOTES.items())
    lists = (("Methods", methods), ("Notes", notes))
    blocks += [f"  interface {name} {{\n" + "\n".join(lines) + "\n  }" for name, lines in lists]
    blocks += [f"  type {name} = {words};" for name, words in _named().items()]
    return "declare namespace wire {\n" + "\n".join(blocks) + "\n}\n"


def _named() -> dict[str, str]:
    """The lists of words that go by a name in the panel."""
    from twopop.findings import Severity
    from twopop.hosts.model import Capability
    from twopop.service.values import FileState, JobState

    kinds = {"Severity": Severity, "Capability": Capability, "FileState": FileState, "JobState": JobState}
    return {name: _type(msgspec.inspect.type_info(kind)) for name, kind in kinds.items()}


def _reached(kinds: list[type]) -> dict[type, None]:
    """All structs that the *kinds* are made of."""
    found: dict[type, None] = {}
    queue = list(kinds)
    while queue:
        kind = queue.pop(0)
        if kind not in found:
            found[kind] = None
            queue += _inside(msgspec.inspect.type_info(kind))
    return found


def _inside(node: Any) -> Iterator[type]:
    for field in getattr(node, "fields", ()):
        yield from _structs(field.type)


def _structs(node: Any) -> Iterator[type]:
    if isinstance(node, msgspec.inspect.StructType):
        yield node.cls
    for name in ("types", "item_types"):
        for each in getattr(node, name, ()):
            yield from _structs(each)
    for name in ("item_type", "key_type", "value_type"):
        if hasattr(node, name):
            yield from _structs(getattr(node, name))


def _interface(kind: type, *, whole: bool) -> str:
    lines = []
    for field in msgspec.inspect.type_info(kind).fields:
        mark = "" if whole or field.required else "?"
        lines.append(f"    {field.encode_name}{mark}: {_type(field.type)};")
    return f"  interface {kind.__name__} {{\n" + "\n".join(lines) + "\n  }"


def _type(node: Any) -> str:
    inspect = msgspec.inspect
    if isinstance(node, inspect.StructType):
        return node.cls.__name__
    if isinstance(node, inspect.UnionType):
        return " | ".join(_type(each) for each in node.types)
    if isinstance(node, inspect.LiteralType):
        return " | ".join(f'"{value}"' for value in node.values)
    if isinstance(node, inspect.EnumType):
        return " | ".join(f'"{member.value}"' for member in node.cls)
    if isinstance(node, inspect.TupleType):
        return f"[{', '.join(_type(each) for each in node.item_types)}]"
    if isinstance(node, inspect.VarTupleType | inspect.ListType):
        return f"({_type(node.item_type)})[]"
    if isinstance(node, inspect.DictType):
        return (
            f"{{ [key in {_type(node.key_type)}]?: {_type(node.value_type)} }}"
            if isinstance(node.key_type, inspect.EnumType)
            else f"Record<string, {_type(node.value_type)}>"
        )
    return _plain(node)


def _plain(node: Any) -> str:
    inspect = msgspec.inspect
    if isinstance(node, _TEXT):
        return "string"
    if isinstance(node, inspect.IntType | inspect.FloatType):
        return "number"
    if isinstance(node, inspect.BoolType):
        return "boolean"
    if isinstance(node, inspect.NoneType):
        return "null"
    if isinstance(node, inspect.AnyType):
        return "any"
    raise SystemExit(f"no TypeScript for {node}")


if __name__ == "__main__":
    out = Path(sys.argv[1])
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(declarations())
