"""Names and texts full of what shells, filter strings, patterns and options take for theirs: they stay as they are.

Every place where text reaches ffmpeg is rendered for real, and what comes out is looked at.
"""

from __future__ import annotations

import json
import shutil
import subprocess

import numpy as np
import pytest
from opentimelineio import opentime, schema
from tiny_project import FRAMES, RATE, TinyProject, clip, picture, sound, title

from support.numbered import INTRA, lumas, make_numbered, read_numbers
from twopop.picture.tools import default_font, find_ffmpeg
from twopop.picture.typeface import typeface

#: Each says one thing to somebody: quotes, options, patterns, filter graphs, protocols, escapes, folders, Unicode.
HOSTILE = (
    "it's",
    'say "cheese"',
    "new\nline",
    "🛢️ oil",
    "-vf drawtext=text=x",
    "--help",
    "a:b",
    "[0:v]",
    "a,b;c",
    "50%",
    "shot%04d",
    "%{pts}",
    "glob*?",
    "back\\slash",
    "x=y",
    "#hash",
    "$(touch pwned) `touch pwned`",
    "pipe:0",
    "http://127.0.0.1:9",
    "concat:a.mov|b.mov",
    " space ",
    "e\u0301 and \u202e turned",
)


def one(**changes):
    return [{"durations": ["full"], "aspects": ["1:1"], "specs": ["tiny"], **changes}]


def as_file(text: str) -> str:
    """*text* as a file name: all of it but the slash."""
    return text.replace("/", "\u2215")


# -- paths -------------------------------------------------------------------------------------------------------------


def test_media_called_anything(project):
    """Each shot comes from a file with another name and shows other frames of it; picture and sound are both taken."""
    names = [f"{as_file(text)}.mov" for text in HOSTILE]
    make_numbered(project.folder / "big.mov", frames=FRAMES, rate=RATE, size=(320, 180), codec=INTRA)
    for name in names:
        shutil.copy(project.folder / "big.mov", project.folder / name)
        shutil.copy(project.sources / "a.mov", project.write(f"media/sound {name}", b""))
    shots = [clip(name, first=n, frames=2, name=name) for n, name in enumerate(names)]
    voices = [clip(f"media/sound {name}", first=n, frames=2, name=name) for n, name in enumerate(names)]
    project.cut(picture(*shots), sound(*voices))
    project.order(matrix=one())
    project.run("deliver", status=0)
    assert read_numbers(project.finished()) == [n + k for n in range(len(names)) for k in (0, 1)]
    assert not (project.folder / "pwned").exists()


def test_media_named_by_urls(project):
    """A file URL is a path; any other protocol is the name of a file that is not there, and is never opened."""
    quoted = project.media("a b%20c#d.mov").as_uri()
    project.cut([clip(quoted, frames=10)])
    project.run("deliver", status=0)
    for n, url in enumerate(
        (
            "http://127.0.0.1:9/a.mov",
            "concat:a.mov|b.mov",
            "pipe:0",
            "data:video/mp4;base64,AAAA",
            "subfile,,start,0,end,9,,:a.mov",
        )
    ):
        project.cut([clip(url, frames=10 + n)])
        assert "is not there" in project.run("plan", status=1).said


@pytest.mark.parametrize(
    "text", ['it\'s "q" %04d:[0:v],a;b\\c=d#', "new\nline 🛢️ $(touch pwned)", "-i", " lead and trail "]
)
def test_project_and_output_folders_called_anything(tmp_path, clips, text):
    project = TinyProject(tmp_path / text / "the project", clips)
    project.media("a.mov")
    project.write("en.srt", "1\n00:00:00,000 --> 00:00:01,000\nHello\n")
    project.cut(picture(clip("media/a.mov")), picture(title("Title"), name="Titles"), sound(clip("media/a.mov")))
    matrix = [*one(specs=["tiny-srt"], languages=["en"]), *one(specs=["tiny-burnt"])]
    project.order(matrix=matrix, out=f"out {text}", captions={"en": "en.srt"})
    project.run("deliver", status=0)
    out = project.folder / f"out {text}"
    assert len([path for path in out.rglob("*") if path.suffix in (".mp4", ".mov", ".srt")]) == 3
    assert "all as they were delivered" in project.run("verify", out, status=0).out
    assert not list(tmp_path.rglob("pwned"))


def test_a_project_folder_that_begins_with_a_dash(tmp_path, clips):
    project = TinyProject(tmp_path / "-vn", clips)
    project.cut()
    project.order(out="-y")
    project.process("deliver", "./-vn/order.toml", "--out=-y", status=0, cwd=tmp_path)
    assert len(list((tmp_path / "-y").rglob("*.mp4"))) == 1


def test_a_typeface_and_an_ffmpeg_called_anything(project):
    name = "it's: a [type],face; 50% \\ 🛢️\n.ttf"
    font = project.write(name, default_font().read_bytes())
    ffmpeg = project.folder / "ff'mpeg: [x],;%d\n"
    ffmpeg.symlink_to(find_ffmpeg())
    project.set(tools={"font": str(font), "ffmpeg": str(ffmpeg)})
    project.cut(picture(clip(project.sources / "a.mov")), picture(title("Title"), name="Titles"))
    project.order(matrix=one(texted=[True, False]))
    project.run("deliver", status=0)
    with_title, without = (lumas(path)[0] for path in project.delivered)
    assert (with_title != without).any()


# -- texts -------------------------------------------------------------------------------------------------------------

BLACK = "#000000"


def black(frames: int):
    reference = schema.GeneratorReference(generator_kind="SolidColor", parameters={"colour": BLACK})
    used = opentime.TimeRange(opentime.RationalTime(0, RATE), opentime.RationalTime(frames, RATE))
    return schema.Clip(name="black", media_reference=reference, source_range=used)


def titled(project: TinyProject, texts: list[str], frames: int = 3) -> list[np.ndarray]:
    """The pictures of titles that say *texts* on black, *frames* of each."""
    project.cut(
        picture(*[black(frames) for _ in texts]),
        picture(*[title(text, frames=frames) for text in texts], name="Titles"),
    )
    project.order(matrix=one())
    project.run("deliver", status=0)
    pictures = lumas(project.finished())
    assert len(pictures) == frames * len(texts)
    return pictures


#: What drawtext expands, escapes or cuts off when text comes to it the wrong way, in letters that the typeface has.
LITERAL = (
    "%{pts}",
    "%{n} %%",
    "a:b",
    "it's",
    "[x],y;z",
    "a\\nb",
    "\\:x\\'",
    "100%",
    "%{localtime}",
    "{{x}} $y",
    "-x=1",
)


def test_titles_show_the_literal_text(project):
    """Nothing is expanded (each title stands still) and nothing is swallowed (each is as wide as its letters)."""
    pictures = titled(project, list(LITERAL))
    face = typeface(default_font())
    plain = "Hnnn"
    for n, text in enumerate(LITERAL):
        first, *others = pictures[3 * n : 3 * n + 3]
        assert all(np.abs(first.astype(int) - other).max() < 12 for other in others), f"{text!r} moves"
    widths = [_ink(pictures[3 * n]) for n in range(len(LITERAL))]
    reference = titled(_again(project), [plain])[0]
    unit = _ink(reference) / face.width(plain)
    for text, width in zip(LITERAL, widths, strict=True):
        assert width == pytest.approx(face.width(text) * unit, abs=6), text


def _again(project: TinyProject) -> TinyProject:
    return TinyProject(project.folder / "again", project.sources)


def _ink(luma: np.ndarray) -> int:
    """How many columns lie between the first and the last that has ink."""
    columns = np.flatnonzero((luma > 60).any(axis=0))
    return int(columns[-1] - columns[0] + 1)


def test_titles_that_say_anything(project):
    """Control characters, emoji, right-to-left marks, thousands of letters: all are drawn without a failure."""
    titled(
        project,
        [*HOSTILE, "x" * 3000, "a\x00b\x1b[31mc", "שלום עולם", "\u200b", "line\r\nline\rline\u2028line", "…"],
        1,
    )


def test_clip_names_that_say_anything(project):
    project.cut([clip("lost.mov", frames=2, name=text) for text in HOSTILE])
    plan = project.run("plan", project.folder / "order.toml", "--json", status=1).data
    named = {finding["where"] for finding in plan["deliverables"][0]["findings"] if "lost.mov" in finding["message"]}
    assert {where.partition(" ")[2] for where in named} == set(HOSTILE)
    project.cut([clip(project.sources / "a.mov", frames=2, name=text) for text in HOSTILE])
    project.run("deliver", status=0)


def test_words_of_messages_are_never_obeyed(project):
    """Escape sequences and console markup in names are written out."""
    project.cut([clip("lost\x1b]0;pwned\x07.mov", name="\x1b[31mred [bold]x[/bold] [/]")])
    said = project.run("plan", status=1).said
    assert "\x1b" not in said
    assert "\\x1b[31mred [bold]x[/bold] [/]" in said


def test_burnt_in_names_and_timecode_are_drawn(project):
    """A name is made safe before it is burnt in, whatever the title says; a plugin's unsafe name is refused."""
    project.order(matrix=one(specs=["tiny-burnt"]), project={"title": "50% %{pts} it's: [x],y;z\\"})
    project.run("deliver", status=0)
    assert project.finished().name == "Client_50-pts-its-xyz_full_1x1_v001.mov"
    project.plugin("names", "from twopop import FileName, hookimpl\n\n@hookimpl\ndef name():\n"
                   "    return FileName(stem=\"it's %{pts}: [x]\")\n")  # fmt: skip
    said = project.run("deliver", status=1).said
    assert "cannot be used" in said


def test_metadata_says_the_literal_text(project, ffprobe):
    texts = {
        "copyright": '© it\'s "q"; [x],y=z\\ 50% %{pts} #',
        "comment": "-metadata title=x $(touch pwned) 🛢️",
        "description": ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1",
    }
    project.order(
        project={"title": "Title: it's = [x];\\ # 50%", "fields": texts}, matrix=[*one(), *one(specs=["tiny-burnt"])]
    )
    project.run("deliver", status=0)
    for path in project.delivered:
        said = subprocess.run(
            [ffprobe, "-v", "error", "-show_entries", "format_tags", "-of", "json", f"file:{path}"],
            capture_output=True,
            check=True,
        )
        tags = json.loads(said.stdout)["format"]["tags"]
        assert tags["title"] == "Title: it's = [x];\\ # 50% (full 1:1)"
        assert tags["copyright"] == texts["copyright"]
        assert tags["comment"] == texts["comment"]
        assert tags["description"] == ";FFMETADATA1 [CHAPTER] TIMEBASE=1/1"


def test_captions_keep_their_text(project):
    lines = ['it\'s "q": [x],y;z\\ 50% %{pts} 🛢️', "--help $(touch pwned)", "{\\an8}a < b & c > d"]
    cues = "".join(
        f"{n + 1}\n00:00:00,{n * 3:02}0 --> 00:00:00,{n * 3 + 2:02}0\n{line}\n\n" for n, line in enumerate(lines)
    )
    project.write("en.srt", cues)
    project.order(matrix=one(specs=["tiny-srt"], languages=["en"]), captions={"en": "en.srt"})
    project.run("deliver", status=0)
    (sidecar,) = (project.folder / "delivery").rglob("*.srt")
    text = sidecar.read_text("utf-8")
    for line in lines[:2]:
        assert line in text


@pytest.mark.parametrize("language", ["../../x", "en/../../x", "en:x", "e\nn", "-en", "%d", "🛢️", "en\\x"])
def test_languages_that_are_no_languages(project, language):
    """They would become parts of file names."""
    project.write("en.srt", "1\n00:00:00,000 --> 00:00:01,000\nHello\n")
    for changes in (
        {"matrix": one(languages=[language])},
        {"deliverable": [{"duration": "full", "aspect": "1:1", "spec": "tiny", "language": language}]},
        {"captions": {language: "en.srt"}},
    ):
        project.order(**changes)
        err = project.run("deliver", status=2).err
        assert "is no language tag." in err
        assert "order.toml" in err
