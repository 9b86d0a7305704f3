"""``store``: what the store holds, whether it is whole, and making room."""

from __future__ import annotations

from pathlib import Path

from twopop import schema
from twopop.cli.layout import counted, table, volume
from twopop.cli.screen import paper, words, write_json


def show_info(project: Path, *, as_json: bool) -> int:
    """Show what the project's store holds."""
    from twopop.store.upkeep import info

    told = info(_folder(project))
    if as_json:
        write_json(schema.to_json(told))
        return 0
    console = paper()
    console.print(words(told.folder, "bold"))
    made = table("Kind", "Entries", "Size", right=("Entries", "Size"))
    for kind, (entries, size) in told.kinds.items():
        made.add_row(words(kind), f"{entries:,}", volume(size))
    if told.kinds:
        console.print(made)
    console.print(words(f"{counted(told.entries, 'entry', 'entries')}, {volume(told.bytes)}."))
    if told.leased:
        console.print(words(f"Running deliveries need {told.leased:,} of them."))
    return 0


def verify(project: Path, *, as_json: bool) -> int:
    """Read the project's store through; damaged entries are removed."""
    from twopop.cli.progress import busy
    from twopop.store.upkeep import verify as read_through

    with busy("Reading the store") as tell:
        told = read_through(_folder(project), tell=tell)
    if as_json:
        write_json(schema.to_json(told))
        return int(bool(told.damaged))
    console = paper()
    for name in told.damaged:
        console.print(words(f"damaged and removed: {name}", "bold red"))
    read = f"{counted(told.entries, 'entry', 'entries')} read, {volume(told.bytes)}"
    if told.damaged:
        console.print(words(f"{read}: {len(told.damaged):,} damaged; they are made again when they are needed."))
    else:
        console.print(words(f"{read}: all whole.", "bold green"))
    return int(bool(told.damaged))


def clear(project: Path, most: str, *, as_json: bool) -> int:
    """Make room in the project's store."""
    from twopop.store.upkeep import clear as make_room
    from twopop.store.upkeep import size_in_bytes

    told = make_room(_folder(project), size_in_bytes(most))
    if as_json:
        write_json(schema.to_json(told))
        return 0
    console = paper()
    console.print(words(f"{counted(told.removed, 'entry', 'entries')} removed, {volume(told.bytes)}."))
    if told.leftovers:
        console.print(words(f"{counted(told.leftovers, 'leftover')} of killed runs removed."))
    kept = f"{counted(told.kept, 'entry', 'entries')} kept, {volume(told.kept_bytes)}"
    needed = (
        f": {told.needed:,} are needed by running deliveries or were used in the last minute" if told.needed else ""
    )
    console.print(words(f"{kept}{needed}."))
    return 0


def _folder(project: Path) -> Path:
    from twopop.delivery.session import open_session

    return open_session(project.absolute()).store.folder
