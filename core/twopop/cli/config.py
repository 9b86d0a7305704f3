"""``config show``: every setting in force, and where each value comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from twopop import schema
from twopop.cli.screen import paper, words, write_json
from twopop.settings import Settings


def show_config(project: Path, *, origin: bool, as_json: bool) -> int:
    """Print the settings that hold in *project*, as TOML would say them."""
    from twopop.delivery.session import open_session

    settings = open_session(project.absolute()).settings
    if as_json:
        write_json(schema.to_json(in_force(settings)))
        return 0
    console = paper()
    for file in settings.files:
        console.print(words(f"# {file.layer}: {file.path}", "dim"))
    if not settings.files:
        console.print(words("# There are no settings files; these are the defaults.", "dim"))
    for table, keys in in_force(settings).items():
        console.print()
        console.print(words(f"[{table}]", "bold"))
        for key, entry in keys.items():
            note = words(f"  # {entry['origin']}", "dim") if origin else ""
            console.print(words(f"{key} = {toml(entry['value'])}") + note)
    return 0


def in_force(settings: Settings) -> dict[str, dict[str, dict[str, Any]]]:
    """{table: {key: {"value", "origin"}}} of *settings*, without keys that say nothing."""
    return {
        table: {
            field.encode_name: {
                "value": _told(schema.to_builtins(getattr(value, field.name))),
                "origin": settings.origin(table, field.encode_name),
            }
            for field in msgspec.structs.fields(value)
            if getattr(value, field.name) not in (msgspec.UNSET, None)  # TOML has no word for nothing
        }
        for table, value in settings.tables.items()
    }


def _told(value: Any) -> Any:
    """*value* as a person may see it: the password of a URL is left out."""
    from twopop.versions.place import without_password

    return without_password(value) if isinstance(value, str) else value


def toml(value: Any) -> str:
    """A plain *value* as TOML writes it on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(str(key))} = {toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml, value)) + "]"
    return schema.to_json(value, indent=0).decode().strip()  # TOML's text, numbers and truth are JSON's
