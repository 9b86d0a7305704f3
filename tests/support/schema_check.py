"""A small checker of JSON Schema 2020-12: as much of it as twopop's schemas use, written from the standard."""

from collections.abc import Iterator
from typing import Any

TYPES = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "null": type(None), "array": list,
         "object": dict}  # fmt: skip


def violations(value: Any, made: dict[str, Any]) -> list[tuple[str, str]]:
    """Where *value* breaks the schema *made*: the part of JSON Schema 2020-12 that these schemas use."""
    return list(_violations(value, made, made["$defs"], ""))


def _violations(value: Any, node: dict[str, Any], known: dict[str, Any], where: str) -> Iterator[tuple[str, str]]:
    if "$ref" in node:
        yield from _violations(value, known[node["$ref"].removeprefix("#/$defs/")], known, where)
        return
    if "anyOf" in node and not any(not list(_violations(value, each, known, where)) for each in node["anyOf"]):
        yield where or ".", "fits none"
    if "const" in node and value != node["const"]:
        yield where or ".", f"is not {node['const']}"
    if "enum" in node and value not in node["enum"]:
        yield where or ".", f"is none of {node['enum']}"
    if "type" in node:
        kinds = node["type"] if isinstance(node["type"], list) else [node["type"]]
        if not any(isinstance(value, TYPES[kind]) and not (kind != "boolean" and value is True) for kind in kinds):
            yield where or ".", f"is no {kinds}"
            return
    if isinstance(value, dict):
        yield from _in_object(value, node, known, where)
    if ("minimum" in node and value < node["minimum"]) or ("maximum" in node and value > node["maximum"]):
        yield where or ".", "lies outside its limits"
    if isinstance(value, list):
        if not node.get("minItems", 0) <= len(value) <= node.get("maxItems", len(value)):
            yield where or ".", "has the wrong length"
        kinds = node.get("prefixItems") or [node.get("items", {})] * len(value)
        for number, (item, kind) in enumerate(zip(value, kinds, strict=False)):
            yield from _violations(item, kind, known, f"{where}[{number}]")


def _in_object(value: dict[str, Any], node: dict[str, Any], known: dict[str, Any], where: str) -> Iterator[Any]:
    for name in node.get("required", ()):
        if name not in value:
            yield where or ".", f"lacks {name}"
    for name, item in value.items():
        rest = node.get("additionalProperties", {})
        kind = node.get("properties", {}).get(name, rest)
        if kind is False:
            yield where or ".", f"has {name}"
        elif isinstance(kind, dict):
            yield from _violations(item, kind, known, f"{where}.{name}")
