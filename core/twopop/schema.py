"""Typed values to JSON or TOML and back, with errors that name the key, the place and the nearest right word.

Fractions and frame rates travel as text (``"24000/1001"``), never as floats. Every file that outlives a run carries
``"schema": "twopop.<what>/<number>"``.
"""

from __future__ import annotations

import difflib
import hashlib
import re
import tomllib
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from twopop.errors import InputError
from twopop.time import Rate, exact

T = TypeVar("T")


def _out(value: Any) -> Any:
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, Path):
        return value.as_posix()
    raise NotImplementedError(f"{type(value).__name__} has no form in JSON")


def _in(kind: type, value: Any) -> Any:
    if kind is Rate:
        return Rate.read(value)
    if kind is Fraction and isinstance(value, str | int):
        return exact(value)
    if kind is Path and isinstance(value, str):
        return Path(value)
    raise ValueError(f"{value!r} is no {kind.__name__}")


def to_json(value: Any, *, indent: int = 2) -> bytes:
    """*value* as JSON with a final newline; the same value always gives the same bytes (keys of mappings sorted)."""
    packed = msgspec.json.encode(value, enc_hook=_out, order="deterministic")
    return (msgspec.json.format(packed, indent=indent) if indent else packed) + b"\n"


def to_builtins(value: Any) -> Any:
    """*value* as plain dictionaries, lists, text and numbers."""
    return msgspec.to_builtins(value, enc_hook=_out, order="deterministic", str_keys=True)


def fingerprint(value: Any) -> str:
    """A short stable name for *value*: 32 hexadecimal digits of the BLAKE2b of its JSON."""
    return hashlib.blake2b(msgspec.json.encode(value, enc_hook=_out, order="deterministic"), digest_size=16).hexdigest()


def from_builtins(raw: Any, kind: type[T], *, where: str) -> T:
    """*raw* as a *kind*; raises InputError that names *where*, the path inside and the nearest right key."""
    try:
        return msgspec.convert(raw, kind, dec_hook=_in)
    except msgspec.ValidationError as error:
        raise InputError(*_explain(str(error), raw, kind), where=where) from None


def copied(value: T) -> T:
    """*value*, a frozen type, read anew from what it holds; raises InputError when something in it has a wrong type."""
    raw = msgspec.to_builtins(value, enc_hook=_out, builtin_types=(bytes,))
    try:
        return msgspec.convert(raw, type(value), dec_hook=_in, builtin_types=(bytes,))
    except msgspec.ValidationError as error:
        raise InputError(*_explain(str(error), raw, type(value))) from None


def from_json(text: bytes, kind: type[T], *, where: str) -> T:
    """The *kind* written in *text*; raises InputError."""
    return from_builtins(_parse(lambda: msgspec.json.decode(text), where), kind, where=where)


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of the TOML file at *path*; raises InputError when it is missing, no text or no TOML."""
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        raise InputError("There is no such file.", where=str(path), remedy="Check the path.") from None
    except OSError as error:
        raise InputError(f"The file cannot be read ({error.strerror}).", where=str(path)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"This is not TOML: {error}.", where=str(path), remedy="Mend the line named.") from None
    except RecursionError:
        raise InputError("This is no file of twopop's: it is nested too deeply.", where=str(path)) from None


def check_schema(raw: Any, wanted: str, *, where: str) -> None:
    """Refuse a document whose ``schema`` is not *wanted* (``"twopop.order/1"``); say whether it is older or newer."""
    found = raw.get("schema") if isinstance(raw, dict) else None
    if found == wanted:
        return
    subject, _, number = wanted.rpartition("/")
    match = re.fullmatch(re.escape(subject) + r"/(\d+)", str(found or ""))
    if match is None:
        said = "it says nothing" if found is None else f"it says {found!r}"
        raise InputError(
            f'The schema should be "{wanted}", but {said}.',
            where=where,
            remedy=f'Write schema = "{wanted}" at the top if that is what this file is.',
        )
    if int(match[1]) > int(number):
        raise InputError(
            f"This file has schema {found}, newer than this twopop knows ({wanted}).",
            where=where,
            remedy="Update twopop.",
        )
    raise InputError(
        f"This file has schema {found}, older than this twopop reads ({wanted}).",
        where=where,
        remedy="Write it anew with this version.",
    )


def nearest(word: str, known: Iterable[str]) -> str:
    """``" Did you mean 'x'?"`` for the known word nearest to *word*, or nothing."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f" Did you mean {close[0]!r}?" if close else ""


def _parse(read: Any, where: str) -> Any:
    try:
        return read()
    except msgspec.DecodeError as error:
        raise InputError(f"This is not JSON: {error}.", where=where) from None
    except UnicodeDecodeError:
        raise InputError("This is not JSON: it is not UTF-8 text.", where=where) from None
    except RecursionError:
        raise InputError("This is no file of twopop's: it is nested too deeply.", where=where) from None


def _explain(text: str, raw: Any, kind: type) -> tuple[str]:
    """Turn msgspec's words into ours, with the path as a reader of the file writes it."""
    message, _, path = text.partition(" - at `$")
    path = path.rstrip("`").lstrip(".")
    unknown = re.search(r"unknown field `(.+)`", message)
    place = f" at {path}" if path else ""
    if unknown is None:
        return (f"{message}{place}.{_kinds_at(kind, path, message)}",)
    known = _keys_at(kind, path)
    listed = f" Known here: {', '.join(sorted(known))}." if known else ""
    return (f"Unknown key {unknown[1]!r}{place}.{nearest(unknown[1], known) or listed}",)


def _kinds_at(kind: Any, path: str, message: str) -> str:
    """The kinds that may stand at *path*, if it is the tag of several types and *message* says that none was meant."""
    value = re.fullmatch(r"Invalid value '(.*)'", message)
    node = msgspec.inspect.type_info(kind)
    for step in re.findall(r"[^.\[\]]+|\[[^\]]*\]", path)[:-1]:
        node = _descend(node, step)
    tags = [str(each.tag) for each in getattr(node, "types", ()) if getattr(each, "tag", None) is not None]
    if value is None or not tags:
        return ""
    return f"{nearest(value[1], tags)} Known: {', '.join(tags)}."


def _keys_at(kind: Any, path: str) -> list[str]:
    """The keys that the type *kind* knows at *path* (``matrix[0].aspects``)."""
    node = msgspec.inspect.type_info(kind)
    for step in re.findall(r"[^.\[\]]+|\[[^\]]*\]", path):
        node = _descend(node, step)
    while isinstance(node, msgspec.inspect.UnionType):
        node = next((t for t in node.types if not isinstance(t, msgspec.inspect.NoneType)), node.types[0])
    return [field.encode_name for field in getattr(node, "fields", ())]


def _descend(node: Any, step: str) -> Any:
    if isinstance(node, msgspec.inspect.UnionType):
        found = (_descend(option, step) for option in node.types)
        return next((option for option in found if option is not None), None)
    if step.startswith("["):
        if isinstance(node, msgspec.inspect.DictType):
            return node.value_type
        return getattr(node, "item_type", None)
    fields = {field.encode_name: field.type for field in getattr(node, "fields", ())}
    return fields.get(step)
