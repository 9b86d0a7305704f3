"""Every code block in the README and the documents works. A block that nobody checks is an error.

What is behind the opening fence says how a block is checked:

    python                run in the page's folder; its functions test_... are called
    python plugin=NAME    written to plugins/NAME.py of the page's folder and loaded by the real discovery
    toml order [save]     read as an order; saved as the page's order.toml, which is the demo's till then
    toml order part       laid over the page's order and read
    toml spec [part]      read as a spec; a part is laid over social-h264 first
    toml ledger           read as a ledger without findings, and saved as the page's rights.toml
    csv ledger            the same, as rights.csv
    toml settings         read as twopop.toml with the page's plugins
    json clip|track       read as the metadata of a clip or a track, through the timeline reader
    json order            read as an order
    json faults           read as the faults of a practice project
    json call|host|note   a message of the service's wire: a call to it, a call to a panel's host, a note
    json result=METHOD    what that method of the service answers
    json refusal          the error of a refusal
    console               each line "$ twopop ..." is run in the page's folder, the lines below it are its output;
                          "…" stands for anything; exit=1 is the status of the last command
    console small         the same, where a small order has been delivered
    console look          the command is only held against the command line's own grammar
    text demo             the table that the demo ends with
    text                  no code: a tree of folders, a form
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shlex
import shutil
import tomllib
from pathlib import Path

import pytest
import wire_blocks
from page_blocks import Block, blocks_of

from support import demo_folder
from twopop import Spec, TwopopError, read_spec, read_specs, schema, settings
from twopop.cli import main
from twopop.delivery.order import parse_order, read_order
from twopop.discovery import load_plugins
from twopop.hosts.fake.faults import Faults
from twopop.legal.clearance import House
from twopop.legal.ledger import read_ledger

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
SOCIAL = ROOT / "core" / "twopop" / "builtin" / "specs" / "social-h264.toml"
ELSEWHERE = {"pip", "python3", "python", "git"}  # commands of others that a page may name, with "look"


@pytest.fixture(scope="session")
def small(demo, tmp_path_factory):
    """A copy of it with a small order that has been delivered."""
    folder = tmp_path_factory.mktemp("docs-small") / "demo"
    shutil.copytree(demo, folder)
    (folder / "order.toml").write_text(demo_folder.SMALL, encoding="utf-8")
    status, said = run(["deliver", str(folder / "order.toml")], folder)
    assert status == 0, said
    return folder


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_block_of_a_page_works(page, demo, tmp_path, request):
    work = tmp_path / "page"
    shutil.copytree(demo, work)
    problems = []
    for block in blocks_of(page):
        try:
            check(block, work, request)
        except (AssertionError, TwopopError, Exception) as error:  # all blocks are tried, then all problems told
            problems.append(f"{page.name}:{block.line}: {type(error).__name__}: {error}")
    assert not problems, "\n\n".join(problems)


def check(block: Block, work: Path, request) -> None:
    marks = dict.fromkeys(mark.partition("=")[0] for mark in block.marks)
    marks |= dict(mark.split("=", 1) for mark in block.marks if "=" in mark)
    match (block.language, *marks):
        case ("python",):
            run_python(block, work)
        case ("python", "plugin"):
            load_plugin(block, work, marks["plugin"])
        case ("toml" | "json", "order"):
            raw = tomllib.loads(block.body) if block.language == "toml" else json.loads(block.body)
            parse_order(raw, where="block")
        case ("toml", "order", "save"):
            (work / "order.toml").write_text(block.body, encoding="utf-8")
            read_order(work / "order.toml")
        case ("toml", "order", "part"):
            raw = tomllib.loads((work / "order.toml").read_text("utf-8"))
            parse_order(raw | tomllib.loads(block.body), where="block")
        case ("toml", "spec"):
            (work / "spec.toml").write_text(block.body, encoding="utf-8")
            read_spec(work / "spec.toml")
        case ("toml", "family"):
            (work / "family.toml").write_text(block.body, encoding="utf-8")
            assert len(read_specs(work / "family.toml")) > 1
        case ("toml", "spec", "part"):
            read_spec_part(tomllib.loads(block.body))
        case ("toml" | "csv", "ledger"):
            (work / f"rights.{block.language}").write_text(block.body, encoding="utf-8")
            assert read_ledger(work / f"rights.{block.language}", House()).findings == ()
        case ("toml", "settings"):
            load_settings(block, work)
        case ("json", "faults"):
            schema.from_builtins(json.loads(block.body), Faults, where="block")
        case ("json", "clip" | "track" as holder):
            read_metadata(json.loads(block.body), holder, work)
        case ("json", "call" | "host" | "note" | "result" | "refusal" as what):
            wire_blocks.read(json.loads(block.body), what, marks[what])
        case ("console", *rest) if not set(rest) - {"small", "exit", "look"}:
            folder = request.getfixturevalue("small") if "small" in marks else work
            run_console(block, folder, marks)
        case ("text", "demo"):
            check_demo_table(block.body)
        case ("text",):
            assert not re.search(r"^\s*(\$|import |from |\[\[?\w+\]\]?$)", block.body, re.MULTILINE), "code as text"
        case _:
            raise AssertionError(f"nobody knows how to check a block marked {block.language!r} {block.marks}")


# -- Python ------------------------------------------------------------------------------------------------------------


def run_python(block: Block, work: Path) -> None:
    names: dict = {"__name__": "page"}
    with contextlib.chdir(work):
        exec(compile("\n" * block.line + block.body, "page", "exec"), names)  # noqa: S102 - our own documents
        tests = [value for name, value in names.items() if name.startswith("test_")]
        for test in tests:
            test()


def load_plugin(block: Block, work: Path, name: str) -> None:
    (work / "plugins").mkdir(exist_ok=True)
    (work / "plugins" / f"{name}.py").write_text(block.body, encoding="utf-8")
    if not (work / "twopop.toml").exists():
        (work / "twopop.toml").write_text('[plugins]\nfolders = ["plugins"]\n', encoding="utf-8")
    plugins, _ = load_plugins(settings.find(work, {}))
    plugin = next(each for each in plugins.found if each.name == name)
    assert plugin.state == "on", plugin.problem


# -- TOML and JSON -----------------------------------------------------------------------------------------------------


def read_spec_part(part: dict) -> Spec:
    """The spec that *part* makes of social-h264: its keys, also those within tables, in place of the same there."""
    raw = tomllib.loads(SOCIAL.read_text("utf-8"))
    for key, value in part.items():
        raw[key] = raw.get(key, {}) | value if isinstance(value, dict) else value
    return schema.from_builtins(raw, Spec, where="block")


def load_settings(block: Block, work: Path) -> None:
    scratch = work / "settings"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    shutil.copytree(ROOT / "examples" / "plugins", scratch / "plugins")
    if (work / "plugins").is_dir():
        shutil.copytree(work / "plugins", scratch / "plugins", dirs_exist_ok=True)
    (scratch / "twopop.toml").write_text(block.body, encoding="utf-8")
    plugins, _ = load_plugins(settings.find(scratch, {}))
    assert not [plugin.problem for plugin in plugins.found if plugin.state == "failed"]


def read_metadata(said: dict, holder: str, work: Path) -> None:
    import opentimelineio as otio

    from twopop import ReadOptions
    from twopop.legal.of_clips import ledger_of_clips
    from twopop.timeline.readers import read_otio
    from twopop.variants.reframes import of_clip

    assert set(said) == {"twopop"}
    whole = otio.opentime.TimeRange(otio.opentime.RationalTime(0, 24), otio.opentime.RationalTime(48, 24))
    clips = [otio.schema.Clip(name, otio.schema.ExternalReference(name, whole), whole) for name in ("one", "two")]
    tracks = [otio.schema.Track("V1", kind="Video"), otio.schema.Track("A1", kind="Audio")]
    for track, clip in zip(tracks, clips, strict=True):
        track.append(clip)
    for owner in clips if holder == "clip" else tracks[1:]:
        owner.metadata.update(said)
    timeline = otio.schema.Timeline("page")
    timeline.tracks.extend(tracks)
    otio.adapters.write_to_file(timeline, str(work / "metadata.otio"))
    reading = read_otio(work / "metadata.otio", ReadOptions())
    event, track = reading.program.events[0], reading.program.audio[0]
    known = {"reframe", "rights", "gain_db", "role", "channels", "kind", "text"}
    assert set(said["twopop"]) <= known
    for aspect in said["twopop"].get("reframe", {}):
        assert of_clip(event, aspect) is not None
    if "rights" in said["twopop"]:
        assert {grant.status for grant in ledger_of_clips(reading.program).grants} == {
            said["twopop"]["rights"]["status"]
        }
    if "gain_db" in said["twopop"]:
        assert track.clips[0].gain_db == said["twopop"]["gain_db"]
    if "role" in said["twopop"]:
        assert track.role == said["twopop"]["role"]


# -- the command line --------------------------------------------------------------------------------------------------


def run_console(block: Block, folder: Path, marks: dict) -> None:
    assert block.body.startswith("$ "), "a console block begins with a command"
    pieces = re.split(r"^\$ ", block.body, flags=re.MULTILINE)[1:]
    for number, piece in enumerate(pieces):
        line, _, shown = piece.partition("\n")
        words, out = shlex.split(line.split(" > ")[0]), line.split(" > ")[1:]
        environment = dict(word.split("=", 1) for word in words if re.fullmatch(r"[A-Z_]+=\S*", word))
        words = words[len(environment) :]
        if words[0] == "make":
            assert re.search(rf"^{re.escape(words[1])}:", (ROOT / "Makefile").read_text(), re.MULTILINE), line
            continue
        if words[0] in ELSEWHERE:
            assert "look" in marks, f"{line}: mark it with look"
            continue
        assert words[0] == "twopop", f"{line}: no command that this test knows"
        must_be_grammar(words[1:])
        if "look" in marks:
            continue
        status, said = run(words[1:], folder, environment)
        assert status == (int(marks.get("exit") or 0) if number == len(pieces) - 1 else 0), f"{line}: {status}\n{said}"
        if out:
            (folder / out[0]).write_text(said, encoding="utf-8")
        elif shown.strip():
            lines = "".join(f"{each}\n" for each in normal(said))
            assert re.fullmatch(pattern(shown), lines), f"{line} says:\n{said}\nnot:\n{shown}"


def run(words: list[str], folder: Path, environment: dict | None = None) -> tuple[int, str]:
    """The exit status of the command and all that it says, on a screen of 120 columns."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    before = dict(os.environ)
    try:
        os.environ.update({"COLUMNS": "120", **(environment or {})})
        with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            status = main(words)
    finally:
        os.environ.clear()
        os.environ.update(before)
    return status, out.buffer.getvalue().decode("utf-8")


def normal(text: str) -> list[str]:
    """The lines of *text* without rules, empty lines and the width of gaps."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return [line for line in lines if line.strip("─━ ")]


def pattern(shown: str) -> str:
    """What the lines of the output, each with its end, have to match: "…" alone is any number of lines."""
    lines = (r"(?:.*\n)*?" if line == "…" else re.escape(line).replace("…", ".*") + "\n" for line in normal(shown))
    return "".join(lines)


def must_be_grammar(words: list[str]) -> None:
    """Raise when the command line does not know these words: every command, option and number of arguments."""
    import typer

    from twopop.cli.app import app

    command, words = typer.main.get_command(app), list(words)
    while getattr(command, "commands", None) and words and not words[0].startswith("-"):
        assert words[0] in command.commands, f"there is no command {words[0]!r}"
        command = command.commands[words.pop(0)]
    try:
        command.make_context("twopop", words)
    except typer.Exit:
        return  # --version and --help answer at once
    except Exception as error:
        raise AssertionError(f"the command line does not know this: {error}") from None


def check_demo_table(body: str) -> None:
    """The table names every file of the demo's order, and nothing else, under the columns of the real one."""
    from twopop.demo import cut

    order = parse_order(tomllib.loads(cut.order()), where="demo")
    endings = {
        spec.name: spec.container.extension for path in SOCIAL.parent.glob("*.toml") for spec in read_specs(path)
    }
    names = {
        f"{spec}/Harbour-Line_Harbour-Days_{duration}_{aspect.replace(':', 'x')}_en_v001.{endings[spec]}"
        for matrix in order.matrix
        for duration in matrix.durations
        for aspect in matrix.aspects
        for spec in matrix.specs
    }
    shown = re.findall(r"^(\S+_v\d+\.\w+) ", body, re.MULTILINE)
    assert set(shown) <= names
    assert len(shown) == len(names) or "…" in body
    assert f"{len(names)} deliverables ordered: {len(names)} delivered, 0 unchanged, 0 failed, 0 blocked." in body
    header = body.splitlines()[0].split()
    assert header == ["File", "Length", "Picture", "Size", "LUFS", "dBTP", "Version", "Outcome", "Findings"]


# -- the checking itself -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "```bash\nls\n```\n",
        "```python\nraise ValueError\n```\n",
        "```python\ndef test_it():\n    assert 1 == 2\n```\n",
        "```toml order\nschema = 1\n```\n",
        '```toml order part\n[cutdowns."6s"]\nkep = []\n```\n',
        "```toml settings\n[naming]\ntemplat = 1\n```\n",
        "```toml spec part\n[video]\nencodr = 1\n```\n",
        '```json clip\n{"twopop": {"reframe": {"9:16": {"x": 2}}}}\n```\n',
        '```json call\n{"jsonrpc": "2.0", "id": 1, "method": "ping", "params": {"x": 1}}\n```\n',
        '```json result=pair\n{"tokn": "x"}\n```\n',
        "```console\n$ twopop specs show nosuch\n```\n",
        "```console\n$ twopop --version\ntwopop 9.9\n```\n",
        "```console look\n$ twopop deliver order.toml --nosuch\n```\n",
        "```console look\n$ make nosuch\n```\n",
        "```text\n$ twopop --version\n```\n",
    ],
)
def test_a_wrong_block_is_found(text, demo, tmp_path, request):
    page, work = tmp_path / "page.md", tmp_path / "work"
    page.write_text(text, encoding="utf-8")
    shutil.copytree(demo, work)
    (block,) = blocks_of(page)
    with pytest.raises((AssertionError, TwopopError, ValueError)):
        check(block, work, request)


def test_an_open_fence_is_found(tmp_path):
    (tmp_path / "page.md").write_text("```python\n1\n", encoding="utf-8")
    with pytest.raises(ValueError, match="fences"):
        blocks_of(tmp_path / "page.md")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_no_code_hides_in_indentation(page):
    text = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    assert not re.search(r"(?:\A|\n)[ \t]*\n(?: {4}|\t)(?! *([-*]|\d+\.) )", text)
