"""What edits are called, so that every host says the same of the same; where it was done stands in the edit's place."""

from __future__ import annotations


def files_taken(count: int) -> str:
    """What it is called that *count* files were taken into a bin: 0 when all were there already."""
    return f"{_counted(count, 'file')} taken into a bin" if count else "No file taken into a bin: all were there"


def markers_set(count: int) -> str:
    """What it is called that *count* markers were set."""
    return f"{_counted(count, 'marker')} set"


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
