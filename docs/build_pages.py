"""Builds all pages as HTML: the README, the documents, the hook reference, with the pictures and files that they name.

Run ``make docs``, or ``python docs/build_pages.py build/docs``. Pictures are taken from ``docs/pictures``
(``make_pictures.py`` makes them); where one is not there, its words stand in its place.
"""

from __future__ import annotations

import html
import os
import re
import shutil
import sys
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote, unquote

import build_reference
from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[1]

#: Where the pictures lie, as pages name them.
PICTURES = "docs/pictures"

#: The page that is built from docstrings: where it would lie if it were a file.
REFERENCE = "docs/hooks.md"

_TITLE = re.compile(r"^# (.+)$", re.MULTILINE)

STYLE = """\
:root { color-scheme: light dark; }
body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 52rem; font: 16px/1.55 system-ui, sans-serif; }
header { font-size: 0.85rem; margin-bottom: 1.5rem; line-height: 1.9; }
header a { margin-right: 0.9em; white-space: nowrap; }
h1, h2, h3 { line-height: 1.25; margin: 2rem 0 0.6rem; }
h1 { margin-top: 0; }
a { color: #0b63c4; }
code, pre { font: 0.86em/1.5 ui-monospace, Menlo, Consolas, monospace; }
code { padding: 0.1em 0.25em; border-radius: 3px; }
pre { padding: 0.8rem 1rem; border-radius: 5px; overflow-x: auto; }
pre code { padding: 0; font-size: inherit; }
code, pre, th { background: #f1f2f4; }
pre code { background: none; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { border: 1px solid #c9ccd1; padding: 0.3rem 0.6rem; text-align: left; vertical-align: top; }
img { display: block; max-width: 100%; height: auto; margin: 1rem 0; border: 1px solid #8884; border-radius: 5px; }
.missing { border: 1px dashed #8888; border-radius: 5px; padding: 0.6rem 1rem; display: block; margin: 1rem 0; }
@media (prefers-color-scheme: dark) {
  body { background: #1b1c1e; color: #dcdddf; }
  a { color: #6db1ff; }
  code, pre, th { background: #292b2e; }
  pre code { background: none; }
  th, td { border-color: #45484d; }
}
"""


@dataclass(frozen=True)
class Page:
    """A page: its *source* below the repository's top, the *name* of its HTML file, its *text* as Markdown."""

    source: str
    name: str
    text: str = field(repr=False)

    @property
    def title(self) -> str:
        """Its first heading."""
        found = _TITLE.search(self.text)
        return found[1] if found else self.name

    def pictures(self) -> list[str]:
        """The file names of the pictures that it shows."""
        images = (each for token in _parser().parse(self.text) for each in token.children or [] if each.type == "image")
        return [Path(unquote(str(each.attrs["src"]))).name for each in images]


def pages() -> list[Page]:
    """All pages; the README is the first."""
    sources = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "examples").glob("*/*.md"))]
    sources += [ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
    made = []
    for path in sources:
        source = path.relative_to(ROOT).as_posix()
        name = {"README.md": "index"}.get(source) or (path.parent.name if path.stem == "README" else path.stem.lower())
        made.append(Page(source, f"{name}.html", path.read_text("utf-8")))
    return [*made, Page(REFERENCE, "hooks.html", build_reference.markdown())]


def build(out: Path) -> list[str]:
    """Write every page to *out*, with what they name; gives the pictures that are not there. Dead links raise."""
    made = pages()
    names = {page.source: page.name for page in made}
    if len(set(names.values())) != len(made):
        raise SystemExit("two pages have one name")
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    (out / "style.css").write_text(STYLE, encoding="utf-8")
    (out / "hooks.md").write_text(made[-1].text, encoding="utf-8")
    missing: list[str] = []
    menu = "".join(f'<a href="{page.name}">{html.escape(_short(page))}</a> ' for page in made)
    for page in made:
        (out / page.name).write_text(_Html(page, names, out, missing).whole(menu), encoding="utf-8")
    return sorted(set(missing))


def _short(page: Page) -> str:
    return "twopop" if page.name == "index.html" else page.title.partition(":")[0].removeprefix("For ")


class _Html:
    """One page on its way to HTML; links become those between built pages, files that are named go along."""

    def __init__(self, page: Page, names: dict[str, str], out: Path, missing: list[str]) -> None:
        self._page, self._names, self._out, self._missing = page, names, out, missing

    def whole(self, menu: str) -> str:
        """The page with its head and the *menu*."""
        parser = _parser()
        tokens = parser.parse(self._page.text)
        _give_anchors(tokens)
        for token in tokens:
            for child in token.children or []:
                if child.type == "link_open":
                    child.attrs["href"] = self._link(str(child.attrs["href"]))
                elif child.type == "image":
                    self._show(child)
        title = html.escape(self._page.title)
        return (
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f'<title>{title}</title><link rel="stylesheet" href="style.css"></head>\n'
            f"<body><header>{menu}</header>\n{parser.renderer.render(tokens, parser.options, {})}</body></html>\n"
        )

    def _link(self, target: str) -> str:
        """Where *target* is in the built pages."""
        if re.match(r"[a-z]+:", target):
            return target
        path, mark, anchor = target.partition("#")
        if not path:
            return target
        source = self._inside(path)
        if source in self._names:
            return self._names[source] + mark + anchor
        return self._taken_along(source)

    def _show(self, image: Token) -> None:
        source = self._inside(str(image.attrs["src"]))
        if source.startswith(f"{PICTURES}/") and not (ROOT / source).exists():
            self._missing.append(Path(source).name)
            image.type, image.content = "html_inline", f'<span class="missing">{html.escape(image.content)}</span>'
            return
        image.attrs["src"] = self._taken_along(source)
        image.attrs["width"] = _dots_across(ROOT / source) // 2  # pictures have two dots per pixel
        image.attrs["loading"] = "lazy"

    def _taken_along(self, source: str) -> str:
        """The file *source* beside the pages. Raises SystemExit when there is none."""
        if not (ROOT / source).is_file():
            raise SystemExit(f"{self._page.source}: there is no {source}")
        place = self._out / source.removeprefix("docs/")
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / source, place)
        return quote(place.relative_to(self._out).as_posix())

    def _inside(self, path: str) -> str:
        """*path*, which stands in this page, below the repository's top."""
        return Path(os.path.normpath(Path(self._page.source).parent / unquote(path))).as_posix()


def _dots_across(png: Path) -> int:
    """The width of a PNG file, which its first chunk tells (PNG, third edition, 11.2.1)."""
    return int.from_bytes(png.read_bytes()[16:20], "big")


def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _give_anchors(tokens: list[Token]) -> None:
    """Let each heading be led to by its words, as the usual viewers of Markdown do."""
    taken: set[str] = set()
    for opening, inside in pairwise(tokens):
        if opening.type != "heading_open":
            continue
        words = re.sub(r"[^\w\- ]", "", inside.content.lower()).replace(" ", "-")
        anchor = next(each for each in (words, *(f"{words}-{n}" for n in range(1, 1000))) if each not in taken)
        taken.add(anchor)
        opening.attrs["id"] = anchor


def main() -> None:
    """Build into the folder given."""
    if len(sys.argv) != 2:
        raise SystemExit("Usage: python docs/build_pages.py OUT")
    missing = build(Path(sys.argv[1]))
    if missing:
        print(f"Without these pictures, which docs/make_pictures.py makes: {', '.join(missing)}")
    print(Path(sys.argv[1]) / "index.html")


if __name__ == "__main__":
    main()
