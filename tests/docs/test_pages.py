"""The pages as HTML: nothing leads nowhere, every picture that a page names is one that is made, and one really is."""

from __future__ import annotations

import re
import struct
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import build_pages
import make_pictures
import pytest

ROOT = Path(__file__).parents[2]


class Ways(HTMLParser):
    """The ids, the links and the pictures (with their words) of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.pictures: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        self.ids |= {said["id"]} if said.get("id") else set()
        self.links += [said["href"]] if said.get("href") else []
        self.pictures += [(said["src"], said.get("alt") or "")] if tag == "img" else []


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """{name: its ways} of all pages, and the folder in which they lie."""
    out = tmp_path_factory.mktemp("built")
    build_pages.build(out)
    return out, {path.name: Ways(path.read_text("utf-8")) for path in out.glob("*.html")}


def test_every_page_is_built(built):
    _, pages = built
    assert {"index.html", "panel.html", "service.html", "tds.html", "hooks.html", "harbour.html"} <= set(pages)
    wanted = {*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "examples").glob("*/*.md")}
    assert len(pages) == len(wanted) + 1
    assert all(set(pages) <= set(ways.links) for ways in pages.values())


def test_no_link_leads_nowhere(built):
    out, pages = built
    dead = []
    for name, ways in pages.items():
        for link in ways.links:
            if re.match(r"https?:", link):
                continue
            path, _, anchor = unquote(link).partition("#")
            target = path or name
            if not (out / target).is_file() or (anchor and anchor not in pages[target].ids):
                dead.append(f"{name}: {link}")
    assert dead == []


def test_a_dead_link_is_found(tmp_path, monkeypatch):
    page = build_pages.Page("docs/x.md", "x.html", "# X\n\nSee [that](nosuch.md).\n")
    monkeypatch.setattr(build_pages, "pages", lambda: [page])
    with pytest.raises(SystemExit, match=r"docs/x\.md: there is no docs/nosuch\.md"):
        build_pages.build(tmp_path / "out")


def test_the_pages_name_the_pictures_that_are_made_and_no_others():
    named = {picture for page in build_pages.pages() for picture in page.pictures()}
    assert named == {f"{name}.png" for name in make_pictures.PICTURES}


def test_a_picture_that_is_not_there_is_replaced_by_its_words(tmp_path, monkeypatch):
    page = build_pages.Page("docs/x.md", "x.html", "# X\n\n![Six <digits>](pictures/nosuch.png)\n")
    monkeypatch.setattr(build_pages, "pages", lambda: [page])
    assert build_pages.build(tmp_path / "out") == ["nosuch.png"]
    assert "Six &lt;digits&gt;" in (tmp_path / "out" / "x.html").read_text("utf-8")


def test_every_picture_has_words_for_those_who_do_not_see_it():
    for page in build_pages.pages():
        assert not re.search(r"!\[\s*\]", page.text), page.source


def test_a_picture_is_made_of_the_real_panel(demo, tmp_path):
    if make_pictures.chromium() is None:
        pytest.skip("no Chromium is installed")
    pytest.importorskip("playwright")
    script = [sys.executable, make_pictures.__file__, "panel-timeline", "--spot", str(demo), "--out", str(tmp_path)]
    subprocess.run(script, check=True, capture_output=True, timeout=300)
    picture = tmp_path / "panel-timeline.png"
    head = picture.read_bytes()[:24]
    width, height = struct.unpack(">II", head[16:24])  # PNG, third edition, 11.2.1: IHDR comes first
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    assert (width, height) == (920, 1280)  # 460 x 640 at two dots per pixel
