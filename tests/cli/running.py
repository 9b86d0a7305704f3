"""Running twopop in this process, and in a fresh one."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import opentimelineio as otio
import pytest

from twopop.cli import main


class Ran(NamedTuple):
    status: int
    out: str
    err: str


Run = Callable[..., Ran]


def runner(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: object) -> Ran:
        capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return Ran(status, said.out, said.err)

    return run


def fresh(*arguments: object, **environment: str) -> "subprocess.CompletedProcess[str]":
    """twopop in a process of its own, from a folder that it finds nothing in."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TWOPOP_")}
    return subprocess.run(
        [sys.executable, "-c", "import sys; from twopop.cli import main; sys.exit(main())", *map(str, arguments)],
        capture_output=True, text=True, timeout=120, check=False, env={**kept, **environment},
    )  # fmt: skip


def colours(path: Path, *lengths: int, name: str = "Colours", rate: float = 24.0) -> Path:
    """A cut of plain colours, *lengths* frames each: it needs no media."""
    track = otio.schema.Track("V1", kind=otio.schema.TrackKind.Video)
    for number, length in enumerate(lengths):
        shown = otio.opentime.TimeRange(otio.opentime.RationalTime(0, rate), otio.opentime.RationalTime(length, rate))
        colour = f"#{(number * 37) % 256:02x}8040"
        media = otio.schema.GeneratorReference(generator_kind="SolidColor", parameters={"colour": colour})
        track.append(otio.schema.Clip(name=f"colour {number}", media_reference=media, source_range=shown))
    cut = otio.schema.Timeline(name, global_start_time=otio.opentime.RationalTime(86400, rate))
    cut.tracks.append(track)
    path.write_text(cut.to_json_string())
    return path


def order(path: Path, body: str = "", *, spec: str = "review-h264", **words: Any) -> Path:
    """An order of one deliverable of ``cut.otio``, with *body* added."""
    title = words.get("title", "Colours")
    path.write_text(
        'schema = "twopop.order/1"\n'
        f'[project]\nclient = "House"\ntitle = {title!r}\n'
        '[timeline]\nfile = "cut.otio"\n'
        f'[[deliverable]]\nduration = "full"\naspect = "1:1"\nspec = "{spec}"\n{body}'
    )
    return path
