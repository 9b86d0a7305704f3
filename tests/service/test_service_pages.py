"""The panel's files as a browser gets them: a fixed table, modules wrapped, the page naming them in order."""

from pathlib import Path

import pytest

from twopop.service.pages import Pages

FILES = {
    "index.html": '<!DOCTYPE html>\n<body>\n    <script src="main.js"></script>\n</body>\n',
    "main.js": '"use strict";\nrequire("./lib/b.js");\n',
    "lib/a.js": "exports.a = 1;\n",
    "lib/b.js": 'exports.b = require("./a.js").a;\n',
    "style.css": "body { color: red; }\n",
    "notes.md": "not for browsers\n",
    "manifest.json": "{}",
}


@pytest.fixture
def panel(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / "panel" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "panel" / name).write_text(text)
    return tmp_path / "panel"


def test_modules_are_wrapped_and_lines_keep_their_numbers(panel: Path) -> None:
    page = Pages(panel).page("/lib/b.js")
    assert page is not None
    lines = page.content.decode().splitlines()
    assert lines[0] == (
        'twopop.define("lib/b.js", function (require, module, exports) {exports.b = require("./a.js").a;'
    )
    assert page.type.startswith("text/javascript")


def test_the_page_names_the_loader_all_modules_and_its_own_script_last(panel: Path) -> None:
    page = Pages(panel).page("/")
    assert page is not None
    sources = [part.split('"')[0] for part in page.content.decode().split('<script src="')[1:]]
    assert sources == ["/loader.js", "/lib/a.js", "/lib/b.js", "/main.js"]
    assert b'data-start="main.js"' in page.content
    assert page == Pages(panel).page("/index.html")


def test_only_the_panels_own_files_are_in_the_table(panel: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.js").write_text("secret")
    (panel / "lib" / "link.js").symlink_to(tmp_path / "secret.js")
    pages = Pages(panel)
    assert pages.page("/style.css") is not None
    for path in (
        "/lib/link.js",
        "/notes.md",
        "/manifest.json",
        "/lib",
        "",
        "main.js",
        "/../secret.js",
        "/lib/../main.js",
    ):
        assert pages.page(path) is None
