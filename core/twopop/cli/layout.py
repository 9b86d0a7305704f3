"""The one look of tables, and figures as people say them."""

from __future__ import annotations

from collections.abc import Iterable

from rich import box
from rich.table import Table

from twopop.time import Rate, timecode


def table(*columns: str, right: Iterable[str] = (), folds: Iterable[str] = ()) -> Table:
    """An empty table in the one style; columns in *right* align right, those in *folds* may be broken."""
    made = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for column in columns:
        folded = column in set(folds)
        made.add_column(
            column,
            justify="right" if column in set(right) else "left",
            overflow="fold",
            no_wrap=not folded,
        )
    return made


def grid(columns: int) -> Table:
    """An empty table without lines or heads; its last column may be broken, the others may not."""
    made = Table.grid(padding=(0, 2, 0, 0))
    for number in range(columns):
        made.add_column(no_wrap=number < columns - 1, overflow="fold")
    return made


def length(frames: int, rate: Rate) -> str:
    """*frames* as a length in timecode: ``"00:00:30:00"``."""
    return timecode(frames, rate)


def counted(number: int, one: str, many: str = "") -> str:
    """``"1 file"``, ``"1,240 frames"``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def volume(size: int) -> str:
    """*size* in bytes as people say it: ``"12.3 MB"`` (powers of 1000, as a Finder counts)."""
    value, unit = float(size), "B"
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if value < 999.95 or unit == "TB":
            break
        value /= 1000
    return f"{size} B" if unit == "B" else f"{value:.1f} {unit}"
