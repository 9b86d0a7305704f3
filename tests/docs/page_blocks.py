"""The fenced code blocks of a Markdown page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r"^(?P<ticks>```+)(?P<info>[^\n`]*)\n(?P<body>.*?)^(?P=ticks)[ \t]*$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One block: its language and *marks* (the other words behind the fence), its *body*, and its *line*."""

    language: str
    marks: tuple[str, ...]
    body: str
    line: int


def blocks_of(page: Path) -> list[Block]:
    """The blocks of *page*, in order; raises ValueError for a fence that is not closed or is indented."""
    text = page.read_text("utf-8")
    found = []
    for match in _FENCE.finditer(text):
        language, *marks = match["info"].split() or [""]
        found.append(Block(language, tuple(marks), match["body"], text.count("\n", 0, match.start()) + 1))
    fences = sum(line.lstrip().startswith("```") for line in text.splitlines())
    if fences != 2 * len(found):
        raise ValueError(f"{page.name}: {fences} fences make no {len(found)} blocks")
    return found
