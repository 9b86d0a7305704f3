"""JSON Schemas of the files that twopop reads and writes.

msgspec makes schemas too, but cannot write a default that is a Fraction, of which plans are full.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import msgspec
from msgspec import inspect

from twopop import schema
from twopop.time import Rate

DIALECT = "https://json-schema.org/draft/2020-12/schema"

Node = dict[str, Any]


def service_schema() -> Node:
    """The JSON Schemas of all that travels between the service and a panel, by method and by note.

    ``methods`` are the service's, ``notes`` what it tells by itself, ``host`` the methods that it calls in a panel
    whose host only the panel can talk to, ``errors`` the codes of refusals, each of which carries ``Details``.
    """
    from twopop.hosts.calls import host_calls
    from twopop.service import methods, rpc

    definitions: dict[str, Node] = {}

    def of(kind: Any) -> Node:
        return _node(inspect.type_info(kind), definitions)

    calls = {
        name: {"help": each.help, "changes": each.changes, "params": of(each.params), "result": of(each.result)}
        for name, each in methods.METHODS.items()
    }
    host = {
        f"host.{name}": {"long": each.long, "params": of(each.params), "result": of(each.result)}
        for name, each in host_calls().items()
    }
    return {
        "$schema": DIALECT,
        "title": f"twopop.service/{methods.PROTOCOL}",
        "methods": calls,
        "notes": {name: of(kind) for name, kind in methods.NOTES.items()},
        "host": host,
        "errors": {code.name.lower().replace("_", " "): code.value for code in rpc.Code},
        "error": of(rpc.Problem),
        "largest": methods.LARGEST,
        "$defs": dict(sorted(definitions.items())),
    }


def json_schema(kind: type[msgspec.Struct], number: str) -> Node:
    """The JSON Schema of the file that holds a *kind* and says ``schema = "<number>"``."""
    definitions: dict[str, Node] = {}
    top = _node(inspect.type_info(kind), definitions)
    definitions[kind.__name__]["properties"]["schema"] = {"const": number}
    return {"$schema": DIALECT, "title": number, **top, "$defs": dict(sorted(definitions.items()))}


def _node(kind: inspect.Type, definitions: dict[str, Node]) -> Node:
    if isinstance(kind, inspect.StructType):
        return _reference(kind, definitions)
    if isinstance(kind, inspect.UnionType):
        return {"anyOf": [_node(each, definitions) for each in kind.types]}
    if isinstance(kind, inspect.VarTupleType | inspect.ListType):
        return {"type": "array", "items": _node(kind.item_type, definitions)}
    if isinstance(kind, inspect.TupleType):
        return _fixed([_node(each, definitions) for each in kind.item_types])
    if isinstance(kind, inspect.DictType):
        return {"type": "object", "additionalProperties": _node(kind.value_type, definitions)}
    return _SIMPLE[type(kind)](kind)


_SIMPLE: Mapping[type, Callable[[Any], Node]] = {
    inspect.AnyType: lambda _: {},
    inspect.NoneType: lambda _: {"type": "null"},
    inspect.BoolType: lambda _: {"type": "boolean"},
    inspect.IntType: lambda kind: {"type": "integer", **_bounds(kind)},
    inspect.FloatType: lambda kind: {"type": "number", **_bounds(kind)},
    inspect.StrType: lambda _: {"type": "string"},
    inspect.DateType: lambda _: {"type": "string", "format": "date"},
    inspect.EnumType: lambda kind: {"enum": [each.value for each in kind.cls]},
    inspect.LiteralType: lambda kind: {"enum": list(kind.values)},
    inspect.CustomType: lambda kind: {"type": _TEXTS.get(kind.cls, "string")},
}


def _bounds(kind: inspect.IntType | inspect.FloatType) -> Node:
    limits = {"minimum": kind.ge, "maximum": kind.le}
    return {word: limit for word, limit in limits.items() if limit is not None}


#: What travels as text ("24000/1001") and may also be written as a number.
_TEXTS: Mapping[type, list[str]] = {Rate: ["string", "number"], Fraction: ["string", "integer"]}


def _reference(kind: inspect.StructType, definitions: dict[str, Node]) -> Node:
    name = kind.cls.__name__
    if name not in definitions:
        definitions[name] = {}  # stands in while the fields are looked at, in case one of them holds this kind again
        definitions[name] = _struct(kind, definitions)
    return {"$ref": f"#/$defs/{name}"}


def _struct(kind: inspect.StructType, definitions: dict[str, Node]) -> Node:
    head: Node = {"title": kind.cls.__name__}
    if kind.cls.__doc__:
        head["description"] = " ".join(kind.cls.__doc__.split())
    fields = {field.encode_name: _field(field, definitions) for field in kind.fields}
    needed = [field.encode_name for field in kind.fields if field.required]
    if kind.array_like:
        return head | _fixed(list(fields.values()), least=len(needed))
    if kind.tag_field:
        fields[kind.tag_field] = {"const": kind.tag}
        needed.insert(0, kind.tag_field)
    node = head | {"type": "object", "properties": fields, "required": needed}
    return node | ({"additionalProperties": False} if kind.forbid_unknown_fields else {})


def _field(field: inspect.Field, definitions: dict[str, Node]) -> Node:
    node = _node(field.type, definitions)
    if field.default is not msgspec.NODEFAULT:
        return node | {"default": schema.to_builtins(field.default)}
    if field.default_factory is not msgspec.NODEFAULT:
        return node | {"default": schema.to_builtins(field.default_factory())}
    return node


def _fixed(items: list[Node], *, least: int | None = None) -> Node:
    """An array of exactly *items*, of which the last ones may be missing where *least* says so."""
    shortest = len(items) if least is None else least
    return {"type": "array", "prefixItems": items, "items": False, "minItems": shortest, "maxItems": len(items)}
