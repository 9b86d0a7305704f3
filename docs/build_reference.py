"""Builds the hook reference (Markdown) out of the docstrings and signatures in ``twopop/hookspecs.py``.

Run ``make docs``, or ``python docs/build_reference.py build/docs/hooks.md``.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

from twopop import hookspecs

#: The heading of a section in hookspecs.py: a line of words between two rules.
_SECTION = re.compile(r"^# -{20,}\n# (.+)\n# -{20,}$", re.MULTILINE)
_ROLE = re.compile(r"``([^`]+)``")


@dataclass(frozen=True)
class Hook:
    """One hook as it stands in hookspecs.py: where it belongs, its signature, its words and its example's code."""

    name: str
    section: str
    signature: str
    kind: str
    words: str
    example: str


def hooks() -> list[Hook]:
    """Every hook, in the order of hookspecs.py."""
    source = inspect.getsource(hookspecs)
    sections = [(source.count("\n", 0, match.start()), match[1]) for match in _SECTION.finditer(source)]
    found = []
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and hasattr(getattr(hookspecs, node.name), "twopop_spec"):
            section = [title for line, title in sections if line < node.lineno][-1]
            found.append(_hook(node, section))
    return found


def _hook(node: ast.FunctionDef, section: str) -> Hook:
    text = ast.get_docstring(node) or ""
    words, _, example = text.partition("\nExample::\n")
    kind = re.search(r"^Kind: (\w+)\.", text, re.MULTILINE)
    if kind is None or not example.strip():
        raise SystemExit(f"hookspecs.{node.name} lacks its kind or its example.")
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    return Hook(
        name=node.name,
        section=section,
        signature=f"{node.name}({ast.unparse(node.args)}){returns}",
        kind=kind[1],
        words=words.strip(),
        example=textwrap.dedent(example).strip(),
    )


def markdown() -> str:
    """The whole reference."""
    major, minor = hookspecs.HOOKSPEC_VERSION
    parts = ["# Hooks", f"Version {major}.{minor}, built from `twopop/hookspecs.py`. How to write a plugin: `tds.md`."]
    parts.append(_prose(inspect.getdoc(hookspecs) or ""))
    section = ""
    for hook in hooks():
        if hook.section != section:
            section = hook.section
            parts.append(f"## {section}")
        parts.append(f"### {hook.name}")
        parts.append(f"```python\n{hook.signature}\n```")
        parts.append(_prose(hook.words))
        parts.append(f"```python\n{hook.example}\n```")
    return "\n\n".join(parts) + "\n"


def _prose(text: str) -> str:
    return _ROLE.sub(r"`\1`", text)


def main() -> None:
    """Write the reference to the path given."""
    if len(sys.argv) != 2:
        raise SystemExit("Usage: python docs/build_reference.py OUT.md")
    out = Path(sys.argv[1])
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(markdown(), encoding="utf-8")
    print(out)


if __name__ == "__main__":
    main()
