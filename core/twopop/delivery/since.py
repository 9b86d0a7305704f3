"""What changed since the last version of a deliverable, part by part, as an editor would say it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from twopop.versions.model import Made

#: So many differences of one table are said one by one.
_SAID = 4

#: Keys of a spec that say where its rules are written, and decide nothing.
_TOLD_ONLY = frozenset({"rules", "checked", "source", "title", "schema"})


def parts(old: Made, new: Made, specs: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """What differs between *old* and *new* beside the cut itself; *specs* holds both specs by fingerprint, where known.

    A change of picture or sound is said by itself only where nothing else that is said explains it.
    """
    yield from _spec(old, new, specs)
    if old.start != new.start:
        yield f"the start timecode is {new.start or 'gone'} (was {old.start or 'none'})"
    for what, before, now in (("captions", old.captions, new.captions), ("legal texts", old.supers, new.supers)):
        if before != now:
            yield f"the {what} {'changed' if before and now else 'were added' if now else 'were taken out'}"
    yield from _table("", old.metadata, new.metadata)
    fields = [{k: v for k, v in made.fields.items() if k != "version"} for made in (old, new)]
    yield from _table("the name's ", *fields)
    gone, come = (
        [each for each in old.rights if each not in new.rights],
        [each for each in new.rights if each not in old.rights],
    )
    if gone or come:
        yield f"rights: {', '.join(come) or 'none of'} (was {', '.join(gone) or 'not said'})"


def unexplained(old: Made, new: Made) -> Iterator[str]:
    """What differs in picture and sound though neither the cut nor anything else that is said changed."""
    if old.picture != new.picture:
        yield "the picture is framed otherwise, or its media changed"
    if old.sound != new.sound:
        yield "the sound is mixed otherwise, or its media changed"


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What differs between two tables, key by key: ``"crf: 20 (was 18)"``."""
    one, two = dict(_flat(old)), dict(_flat(new))
    keys = [key for key in dict.fromkeys((*one, *two)) if one.get(key) != two.get(key)]
    told = [f"{key}: {_word(two.get(key))} (was {_word(one.get(key))})" for key in keys[:_SAID]]
    return [*told, f"{len(keys) - _SAID} more"] if len(keys) > _SAID else told


def _spec(old: Made, new: Made, specs: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    if old.spec == new.spec:
        return
    tables = [
        {key: value for key, value in specs.get(made.spec, {}).items() if key not in _TOLD_ONLY} for made in (old, new)
    ]
    told = differences(*tables) if all(tables) else []
    yield (
        f"the spec changed: {', '.join(told)}"
        if told
        else "the spec changed in words only"
        if all(tables)
        else "the spec changed"
    )


def _table(what: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    yield from (f"{what}{each}" for each in differences(old, new))


def _flat(table: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        place = f"{path}.{key}" if path else str(key)
        if isinstance(value, Mapping):
            yield from _flat(value, place)
        else:
            yield place, value


def _word(value: Any) -> str:
    if value is None or value == "":
        return "none"
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
