"""A project that renders in a blink: a cut of a second or two, tiny rasters, and the command line to deliver it with.

Whatever a test does to it, ``run`` holds what holds for every bad input: words instead of a traceback, no half-made
file left anywhere, and an exit status that the caller states.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import opentimelineio as otio
from opentimelineio import opentime, schema
from typer.testing import CliRunner

from twopop.cli.app import app

RATE = 25
FRAMES = 50  # of the cut and of each source
START = 90_000  # 01:00:00:00

#: A studio's specs: MP4 with AAC; MOV with PCM, start timecode and burn-ins; MP4 with a caption file beside it.
SPECS = """
import datetime
from twopop import Spec, hookimpl
from twopop.specs import Audio, BurnIn, Captions, Container, Video

def tiny(name, form, codec, **more):
    video = Video(encoder="libx264", codec="h264", pixel_format="yuv420p",
                  options={"preset": "ultrafast", "crf": "12", "threads": "1"},
                  sizes={"16:9": (64, 36), "9:16": (36, 64), "1:1": (360, 360)})
    return Spec(schema="twopop.spec/1", name=name, title=f"Tiny {name}", source="test",
                checked=datetime.date(2026, 11, 1), container=Container(format=form, extension=form),
                video=video, audio=Audio(encoder=codec, codec=codec), **more)

@hookimpl
def specs():
    return [tiny("tiny", "mp4", "aac"), tiny("tiny-srt", "mp4", "aac", captions=Captions(sidecar="srt")),
            tiny("tiny-burnt", "mov", "pcm_s16le", start_timecode="program", burn_in=BurnIn())]
"""

ORDER: dict[str, Any] = {
    "schema": "twopop.order/1",
    "project": {"client": "Client", "title": "Spot"},
    "timeline": {"file": "spot.otio", "media": ["media"]},
    "matrix": [{"durations": ["full"], "aspects": ["16:9"], "specs": ["tiny"]}],
}


@dataclass(frozen=True)
class Result:
    """How a command ended: its exit *status*, and what it said on *out* and on *err*."""

    status: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return self.out + self.err

    @property
    def data(self) -> Any:
        return json.loads(self.out)


@dataclass
class TinyProject:
    """A project *folder* whose sources are links to (or stand beside) the clips in *sources*."""

    folder: Path
    sources: Path
    settings: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.plugin("studio_specs", SPECS)
        self.set()

    # -- what it is made of --------------------------------------------------------------------------------------------

    def plugin(self, name: str, text: str) -> Path:
        return self.write(f"plugins/{name}.py", text)

    def set(self, **tables: dict[str, Any]) -> None:
        """Write ``twopop.toml`` with *tables* over those it has."""
        self.settings = {"plugins": {"folders": ["plugins"]}} | self.settings | tables
        self.write("twopop.toml", toml(self.settings))

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogateescape"))
        return path

    def media(self, name: str, source: str = "a.mov") -> Path:
        """A copy of the clip *source* under *name* in the project's media folder."""
        return self.write(f"media/{name}", (self.sources / source).read_bytes())

    def cut(self, *tracks: Any, name: str = "spot.otio", rate: float = RATE, start: int = START) -> Path:
        """The timeline of *tracks* (lists of items are picture tracks), or one shot of ``a.mov`` when there is none."""
        made = schema.Timeline(name="cut")
        made.global_start_time = opentime.RationalTime(start, rate)
        for track in tracks if tracks else [[clip(self.sources / "a.mov")]]:
            made.tracks.append(track if isinstance(track, schema.Track) else picture(*track))
        return self.write(name, made.to_json_string())

    def order(self, name: str = "order.toml", **changes: Any) -> Path:
        """An order file: ``ORDER`` with *changes*, tables merged; None takes a key out."""
        made = json.loads(json.dumps(ORDER))
        for key, value in changes.items():
            merged = {**made[key], **value} if isinstance(made.get(key), dict) and isinstance(value, dict) else value
            made[key] = merged
        return self.write(name, toml({key: value for key, value in made.items() if value is not None}))

    # -- what is done with it ------------------------------------------------------------------------------------------

    def run(self, command: str, *arguments: object, status: int) -> Result:
        """``twopop command arguments`` in this process; *command* without arguments means the project's order."""
        given = [str(each) for each in arguments or (self.folder / "order.toml",)]
        ended = CliRunner().invoke(app, [command, *given])
        assert ended.exception is None or isinstance(ended.exception, SystemExit), repr(ended.exception)
        return self.held(Result(ended.exit_code, ended.stdout, ended.stderr), status)

    def process(
        self, command: str, *arguments: object, status: int, environment: Mapping[str, str] | None = None, **more: Any
    ) -> Result:
        """The same in a process of its own."""
        given = [str(each) for each in arguments or (self.folder / "order.toml",)]
        done = subprocess.run(
            [sys.executable, "-m", "twopop", command, *given],
            capture_output=True,
            check=False,
            timeout=120,
            env={**os.environ, **(environment or {})},
            **more,
        )
        ended = Result(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))
        return self.held(ended, status)

    def held(self, result: Result, status: int) -> Result:
        """*result*, after a look at what holds whatever happened."""
        assert result.status == status, f"ended with {result.status}, not {status}:\n{result.said}"
        for word in ("Traceback (most", "fault of its own", "render.fault"):
            assert word not in result.said, result.said
        assert not list(self.folder.rglob(".partial-*")), "a half-made file was left behind"
        return result

    # -- what came of it -----------------------------------------------------------------------------------------------

    @property
    def delivered(self) -> list[Path]:
        """The media files under their final names, sorted."""
        out = self.folder / "delivery"
        return sorted(path for path in out.rglob("*") if path.suffix in (".mp4", ".mov"))

    def finished(self) -> Path:
        """The one file that was delivered."""
        (only,) = self.delivered
        return only


def clip(
    path: object, *, frames: int = FRAMES, first: int = 0, rate: float = RATE, name: str = "shot", **more: Any
) -> Any:
    """A clip of *frames* from *path*, which is written into the timeline as it stands."""
    whole = opentime.TimeRange(
        opentime.RationalTime(0, rate), opentime.RationalTime(more.pop("available", FRAMES), rate)
    )
    used = opentime.TimeRange(opentime.RationalTime(first, rate), opentime.RationalTime(frames, rate))
    reference = schema.ExternalReference(target_url=str(path), available_range=whole)
    return schema.Clip(name=name, media_reference=reference, source_range=used, **more)


def title(text: str, *, frames: int = FRAMES) -> Any:
    used = opentime.TimeRange(opentime.RationalTime(0, RATE), opentime.RationalTime(frames, RATE))
    return schema.Clip(name="title", source_range=used, metadata={"twopop": {"kind": "title", "text": text}})


def picture(*items: Any, name: str = "V1") -> Any:
    made = schema.Track(name=name, kind=otio.schema.TrackKind.Video)
    made.extend(items)
    return made


def sound(*items: Any, name: str = "DIA") -> Any:
    made = schema.Track(name=name, kind=otio.schema.TrackKind.Audio)
    made.extend(items)
    return made


def toml(tables: Mapping[str, Any]) -> str:
    """*tables* as TOML, each with its header, so that messages can name lines."""
    head = [f"{_key(key)} = {_value(value)}" for key, value in tables.items() if not isinstance(value, dict)]
    for name, table in tables.items():
        if isinstance(table, dict):
            head += [f"[{_key(name)}]", *(f"{_key(key)} = {_value(value)}" for key, value in table.items())]
    return "\n".join(head) + "\n"


def _key(key: str) -> str:
    return json.dumps(key, ensure_ascii=False)


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(key)} = {_value(each)}" for key, each in value.items()) + "}"
    if isinstance(value, str) or not isinstance(value, Iterable):
        return json.dumps(value, ensure_ascii=False)
    return "[" + ", ".join(map(_value, value)) + "]"
