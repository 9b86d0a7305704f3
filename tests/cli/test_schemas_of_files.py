"""The JSON Schemas that are kept in the docs are those of the code, and what twopop writes keeps to them."""

import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import msgspec
import pytest

from support.schema_check import violations
from twopop import schema
from twopop.cli.json_schema import DIALECT, json_schema
from twopop.cli.specs import schema_of
from twopop.errors import InputError
from twopop.hosts.calls import host_calls
from twopop.service.methods import METHODS, NOTES
from twopop.specs import SCHEMA, Spec, read_specs
from twopop.time import Rate

ROOT = Path(__file__).parents[2]
SHIPPED = sorted((ROOT / "core/twopop/builtin/specs").glob("*.toml"))
NAMES = ("host-report", "order", "plan", "receipt", "spec")


@pytest.mark.parametrize("name", [*NAMES, "service"])
def test_the_copy_in_the_docs_is_what_the_command_prints(name: str) -> None:
    kept = (ROOT / "docs" / "schemas" / f"{name}.json").read_bytes()
    assert kept == schema.to_json(schema_of(name)), f"run: twopop schema {name} > docs/schemas/{name}.json"


@pytest.mark.parametrize("name", NAMES)
def test_each_schema_names_its_number_and_every_reference_leads_somewhere(name: str) -> None:
    made = schema_of(name)
    assert made["$schema"] == DIALECT
    top = made["$ref"].removeprefix("#/$defs/")
    assert made["$defs"][top]["properties"]["schema"] == {"const": f"twopop.{name}/1"}
    assert set(references(made)) <= {f"#/$defs/{each}" for each in made["$defs"]}


def test_the_service_names_all_its_methods_and_every_reference_leads_somewhere() -> None:
    made = schema_of("service")
    assert set(made["methods"]) == set(METHODS)
    assert set(made["notes"]) == set(NOTES)
    assert {"host.read", "host.render", "host.undo"} <= set(made["host"])
    assert made["errors"]["not paired"] == -32013
    assert set(references(made)) <= {f"#/$defs/{each}" for each in made["$defs"]}


def test_no_two_types_of_the_service_have_one_name() -> None:
    """A definition is found by its type's name: two of one name would be taken for each other."""
    kinds = [each for method in METHODS.values() for each in (method.params, method.result)]
    kinds += [*NOTES.values(), *(call.params for call in host_calls().values())]
    named: dict[str, set[type]] = {}
    for kind in kinds:
        for each in within(msgspec.inspect.type_info(kind)):
            named.setdefault(each.__name__, set()).add(each)
    assert [name for name, types in named.items() if len(types) > 1] == []
    assert len(named) > 60


def within(kind: msgspec.inspect.Type) -> Iterator[type]:
    if isinstance(kind, msgspec.inspect.StructType):
        yield kind.cls
        for field in kind.fields:
            yield from within(field.type)
    for part in (*getattr(kind, "types", ()), *getattr(kind, "item_types", ()), getattr(kind, "item_type", None)):
        if part is not None:
            yield from within(part)


def test_an_unknown_name_is_told_the_nearest_one() -> None:
    with pytest.raises(InputError, match="Did you mean 'receipt'"):
        schema_of("reciept")


class Inner(msgspec.Struct, frozen=True, array_like=True):
    start: int
    stop: Fraction = Fraction(1, 2)


class Outer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is outside,
    on two lines.
    """

    schema: str
    rate: Rate
    spans: tuple[Inner, ...] = ()
    pair: tuple[int, int] = (0, 1)
    share: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.5
    note: str | None = None
    inner: Inner = Inner(3)


def test_a_schema_says_what_json_says() -> None:
    made = json_schema(Outer, "twopop.outer/9")
    outer, inner = made["$defs"]["Outer"], made["$defs"]["Inner"]
    assert outer["description"] == "What is outside, on two lines."
    assert outer["required"] == ["schema", "rate"]
    assert outer["additionalProperties"] is False
    assert outer["properties"]["spans"] == {"type": "array", "items": {"$ref": "#/$defs/Inner"}, "default": ()}
    assert outer["properties"]["inner"]["default"] == [3, "1/2"]
    assert outer["properties"]["note"]["anyOf"] == [{"type": "string"}, {"type": "null"}]
    assert outer["properties"]["pair"]["maxItems"] == 2
    assert outer["properties"]["share"] == {"type": "number", "minimum": 0, "maximum": 1, "default": 0.5}
    assert inner["minItems"] == 1
    assert inner["maxItems"] == 2


@pytest.mark.parametrize(
    "path", sorted((ROOT / "core/twopop/builtin/specs").glob("*.toml")), ids=lambda path: path.stem
)
def test_the_shipped_specs_keep_to_their_schema(path: Path) -> None:
    for spec in read_specs(path):
        assert violations(json.loads(schema.to_json(spec)), schema_of("spec")) == []


def test_the_checker_of_these_tests_finds_what_is_wrong() -> None:
    made = json_schema(Spec, SCHEMA)
    broken = {"schema": "twopop.spec/2", "name": 5, "extra": 1}
    assert {where for where, _ in violations(broken, made)} >= {".schema", ".name", "."}


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from ([node["$ref"]] if "$ref" in node else [])
        for each in node.values():
            yield from references(each)
    elif isinstance(node, list):
        for each in node:
            yield from references(each)
