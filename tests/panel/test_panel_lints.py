"""The panel keeps to what UXP has, and all its words stand in one file."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from uxp_facts import DISPLAYS, LACKING, PROPERTIES, PSEUDO, UNITS

from support.panel_page import PANEL
from twopop.service.methods import METHODS

CSS = (PANEL / "style.css").read_text()
HTML = (PANEL / "index.html").read_text()
SCRIPTS = {path.relative_to(PANEL).as_posix(): path.read_text() for path in sorted(PANEL.rglob("*.js"))}
WORDS = SCRIPTS["words.js"]


def css_faults(text: str) -> list[str]:
    """What in a style sheet UXP does not have."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    faults = [f"@{name}" for name in re.findall(r"@([\w-]+)", text) if name != "media"]
    faults += [
        f"media {name}"
        for name in re.findall(r"@media[^{]*?\(([\w-]+)", text)
        if not re.fullmatch(r"(min-|max-)?(width|height)|prefers-color-scheme", name)
    ]
    blocks = re.findall(r"([^{}]+)\{([^{}]*)\}", text)
    for selector, body in blocks:
        faults += [
            f":{name}"
            for name in re.findall(r":{1,2}([\w-]+)", selector.split("@media")[-1] if "@" not in selector else "")
            if name not in PSEUDO
        ]
        for declaration in filter(str.strip, body.split(";")):
            name, _, value = (each.strip() for each in declaration.partition(":"))
            if name not in PROPERTIES and not name.startswith("--"):
                faults.append(name)
            if name == "display" and value not in DISPLAYS:
                faults.append(f"display: {value}")
            faults += [
                f"unit {unit}" for unit in re.findall(r"(?<![\w#-])\d*\.?\d+([a-z]+)\b", value) if unit not in UNITS
            ]
    return faults


def test_the_style_uses_only_what_uxp_has():
    assert css_faults(CSS) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (".a { gap: 4px; }", "gap"),
        (".a { transition: none; }", "transition"),
        (".a { display: grid; }", "display: grid"),
        (".a { float: left; }", "float"),
        (".a { font: 12px Arial; }", "font"),
        (".a { width: 4ch; }", "unit ch"),
        ("@font-face { font-family: x; }", "@font-face"),
        (".a:focus-visible { color: red; }", ":focus-visible"),
        ("@media (hover: none) { .a { color: red; } }", "media hover"),
    ],
)
def test_the_style_check_finds_what_uxp_lacks(text, fault):
    assert fault in css_faults(text)


class _Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.faults, self.words = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag in {"title", "ul", "ol", "li", "form", "textarea", "strong", "em", "i"}:
            self.faults.append(tag)
        for name, value in attrs:
            if name in {"hidden", "contenteditable", "dir"} or name.startswith(("aria-", "on")):
                self.faults.append(name)
            if (tag, name) in {("label", "for")} or (tag, name, value) == ("script", "type", "module"):
                self.faults.append(f"{tag} {name}")
        if tag == "option" and "value" not in dict(attrs):
            self.faults.append("option without value")
        if tag == "input" and dict(attrs).get("type") in {"file", "color"}:
            self.faults.append("input of a file")

    def handle_data(self, data):
        self.words += data.split()


def test_the_page_uses_only_what_uxp_has_and_holds_no_words():
    page = _Page(HTML)
    assert page.faults == []
    assert page.words == []


def test_the_page_check_finds_what_uxp_lacks():
    bad = '<title>x</title><div hidden aria-label="y" onclick="z()"></div><label for="q"></label><option></option>'
    assert _Page(bad).faults == ["title", "hidden", "aria-label", "onclick", "label for", "option without value"]


def bare(text: str) -> str:
    """A script without its comments."""
    return re.sub(r"/\*.*?\*/|(?<![:\"'`\\])//[^\n]*", "", text, flags=re.DOTALL)


BANNED = {
    rf"\b({'|'.join(LACKING)})\b": "no such thing in UXP",
    r"^\s*(import|export)\b": "UXP has CommonJS only",
    r"\brequire\((?!\"\.\.?/[\w./]+\.js\"\)|\"uxp\"\))": "a path in require is relative and ends in .js",
    r"\b(eval|alert|confirm|prompt)\(|new Function\b": "neither UXP nor our pages allow it",
    r"\.innerHTML\b|\.outerHTML\b|insertAdjacentHTML|document\.write\b": "text would become code",
    r"\.(hidden|ariaLabel)\b|[\"'](hidden|aria-\w+)[\"']": "UXP has no such attribute",
    r"\.on(click|change|input|key\w+|load|scroll)\s*=": "handlers are added as listeners",
    r"[\"']keypress[\"']": "UXP has no keypress",
    r"\.(createMoveAction|displayName)\b": "see the list of Premiere's quirks",
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_scripts_use_only_what_uxp_has(name):
    found = [why for pattern, why in BANNED.items() if re.search(pattern, bare(SCRIPTS[name]), re.MULTILINE)]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "new Worker(x)",
        "import x from 'y'",
        'require("./x")',
        'require("fs")',
        "node.innerHTML = x",
        "node.hidden = true",
        "node.onclick = f",
    ],
)
def test_the_script_check_finds_what_uxp_lacks(line):
    assert any(re.search(pattern, line, re.MULTILINE) for pattern in BANNED)


@pytest.mark.parametrize("name", SCRIPTS)
def test_files_stay_short(name):
    assert SCRIPTS[name].count("\n") <= 400
    assert max(map(len, SCRIPTS[name].split("\n"))) <= 120
    assert SCRIPTS[name].startswith('"use strict";')


# -- words -------------------------------------------------------------------------------------------------------------

#: Names of keys, protocols and the like that look like words.
NAMES = re.compile(r"Arrow(Up|Down)|Page(Up|Down)|Home|End|Enter|Escape|twopop (serve|pair)")


#: How lists of class names and the like begin.
STYLES = ("cell ", "count ", "sign ", "notice ", "group ", "text ", "use strict", "ws://", "(prefers-")


def texts_in(script: str) -> list[str]:
    """The literals in a script that a person would read."""
    literals = [a or b for a, b in re.findall(r'"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`', bare(script))]
    kept = [re.sub(r"\$\{[^}]*\}", "", each) for each in literals]
    looks = re.compile(r"[A-Za-z]{2,}[,.:…]? +[A-Za-z]{2,}|^[A-Z][a-z]+[.…]?$")
    return [each for each in kept if looks.search(each) and not NAMES.fullmatch(each) and not each.startswith(STYLES)]


@pytest.mark.parametrize("name", [name for name in SCRIPTS if name != "words.js"])
def test_no_words_stand_outside_their_file(name):
    assert texts_in(SCRIPTS[name]) == []


def test_the_search_for_words_finds_them():
    assert texts_in('make("div", "Nothing was found")') == ["Nothing was found"]
    assert texts_in("write(node, `Still ${n} to do`)")
    assert texts_in('button("Cancel", act)') == ["Cancel"]


def test_each_text_is_used():
    keys = re.findall(r'^  "([\w.]+)":', WORDS, re.MULTILINE)
    rest = "\n".join(text for name, text in SCRIPTS.items() if name != "words.js")
    whole = set(re.findall(r'say\(\s*"([\w.]+)"', rest))
    begun = tuple(re.findall(r"say\(`([\w.]+)\$", rest))
    assert len(keys) == len(set(keys)) > 150
    assert [key for key in keys if key not in whole and not key.startswith(begun)] == []


def test_the_forms_of_a_text_have_the_same_places():
    for forms in re.findall(r"\{ one: \"(.*?)\", other: \"(.*?)\" \}", WORDS):
        places = [set(re.findall(r"\{(\w+)\}", form)) for form in forms]
        assert "n" in places[1]
        assert places[0] <= places[1] or forms[0] == "This will be taken back:"


# -- the wire ----------------------------------------------------------------------------------------------------------


def test_the_calls_that_change_something_are_those_of_the_service():
    listed = re.search(r"const CHANGES = \[(.*?)\];", SCRIPTS["lib/link.js"], re.DOTALL)
    assert set(re.findall(r'"(\w+)"', listed[1])) == {name for name, method in METHODS.items() if method.changes}


def test_every_method_of_the_service_is_asked_somewhere():
    asked = set(re.findall(r'\.(?:ask|send)\("(\w+)"', "\n".join(SCRIPTS.values())))
    assert asked == set(METHODS)
