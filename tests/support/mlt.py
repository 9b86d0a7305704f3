"""MLT projects written in a few words, and melt as the witness of what they show."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from support.numbered import read_numbers
from twopop.time import Rate, floor
from twopop.timeline.program import Kind, Program

MELT = shutil.which("melt") or shutil.which("melt-7")
SIZE = (160, 90)
PAL = Rate(25)

Words = Mapping[str, object]


def _element(tag: str, attributes: Words, *inside: str) -> str:
    said = "".join(
        f" {name.rstrip('_')}={quoteattr(str(each))}" for name, each in attributes.items() if each is not None
    )
    return f"<{tag}{said}>{''.join(inside)}</{tag}>\n"


def words(said: Words) -> str:
    return "".join(_element("property", {"name": name}, escape(str(each))) for name, each in said.items())


def group(name: str, *inside: str) -> str:
    return _element("properties", {"name": name}, *inside)


def producer(
    id_: str, resource: object, service: str = "avformat", *inside: str, tag: str = "producer", **more: object
) -> str:
    """A producer; *in_*, *out* and *length* are its extent, further words its properties (``__`` for a colon)."""
    extent = {name: more.pop(name, None) for name in ("in_", "out")}
    own = {
        "resource": resource,
        "mlt_service": service,
        **{name.replace("__", ":"): each for name, each in more.items()},
    }
    return _element(tag, {"id": id_, **extent}, words(own), *inside)


def file(id_: str, path: object, frames: int = 100, *inside: str, **more: object) -> str:
    return producer(id_, path, "avformat", *inside, in_=0, out=frames - 1, length=frames, **more)


def colour(id_: str, said: str, frames: int = 100, *inside: str, **more: object) -> str:
    return producer(id_, said, "color", *inside, in_=0, out=frames - 1, length=frames, **more)


def entry(id_: str, first: object = None, last: object = None, *inside: str) -> str:
    return _element("entry", {"producer": id_, "in": first, "out": last}, *inside)


def blank(frames: object) -> str:
    return _element("blank", {"length": frames})


def playlist(id_: str, *inside: str, **said: object) -> str:
    return _element(
        "playlist", {"id": id_}, words({name.replace("__", ":"): each for name, each in said.items()}), *inside
    )


def track(id_: str, hide: str | None = None, first: object = None, last: object = None) -> str:
    return _element("track", {"producer": id_, "hide": hide, "in": first, "out": last})


def tractor(id_: str, *inside: str, in_: object = None, out: object = None, **said: object) -> str:
    own = words({name.replace("__", ":"): each for name, each in said.items()})
    return _element("tractor", {"id": id_, "in": in_, "out": out}, own, *inside)


def _worker(tag: str, service: str, said: dict[str, object]) -> str:
    extent = {name: said.pop(name, None) for name in ("in_", "out")}
    return _element(tag, extent, words({"mlt_service": service, **{n.replace("__", ":"): e for n, e in said.items()}}))


def effect(service: str, **said: object) -> str:
    return _worker("filter", service, said)


def transition(service: str, a: int, b: int, **said: object) -> str:
    return _worker("transition", service, {"a_track": a, "b_track": b, **said})


def profile(rate: Rate = PAL, size: tuple[int, int] = SIZE, **more: object) -> str:
    said = {
        "description": "a test",
        "width": size[0],
        "height": size[1],
        "progressive": 1,
        "sample_aspect_num": 1,
        "sample_aspect_den": 1,
        "display_aspect_num": 16,
        "display_aspect_den": 9,
        "frame_rate_num": rate.numerator,
        "frame_rate_den": rate.denominator,
        "colorspace": 709,
    }
    return _element("profile", {**said, **more})


def project(*body: str, rate: Rate = PAL, head: str | None = None, **said: object) -> str:
    inside = (profile(rate) if head is None else head, *body)
    return "<?xml version='1.0' encoding='utf-8'?>\n" + _element("mlt", {"LC_NUMERIC": "C", **said}, "\n", *inside)


def write(path: Path, *body: str, **said: object) -> Path:
    path.write_text(project(*body, **said), encoding="utf-8")  # type: ignore[arg-type]
    return path


def shown_by_melt(path: Path, frames: int, rate: Rate = PAL) -> list[int | None]:
    """The numbers in the first *frames* pictures of the project at *path* as melt renders them."""
    assert MELT
    beside = path.with_suffix(".profile")
    said = profile(rate).split(" ", 1)[1].rsplit(">", 2)[0]
    beside.write_text(
        said.replace('" ', "\n").replace('"', "").replace("description=a test", "description=test") + "\n"
    )
    made = path.with_suffix(".melt.mkv")
    command = [MELT, "-silent", "-profile", str(beside), str(path), f"out={frames - 1}"]
    command += ["-consumer", f"avformat:{made}", "vcodec=ffv1", "an=1", "real_time=-1", "terminate_on_pause=1"]
    headless = {**os.environ, "DISPLAY": ":99", "QT_QPA_PLATFORM": "offscreen"}
    for _ in range(5):  # now and then melt does not come to its end, or crashes
        try:
            done = subprocess.run(command, check=False, capture_output=True, env=headless, timeout=60)
        except subprocess.TimeoutExpired:
            continue
        if done.returncode == 0:
            return read_numbers(made)
    raise AssertionError("melt does not come to an end")


def shown_by(program: Program, media_rate: Rate = PAL) -> list[int | None]:
    """The number that each frame of *program* shows; None where it shows none, or two in a dissolve."""
    found: list[int | None] = []
    mixed = {frame for each in program.dissolves for frame in range(each.start, each.stop)}
    for frame in range(program.frames):
        event = next(each for each in program.picture if each.start <= frame < each.stop)
        alone = frame not in mixed and event.kind is Kind.MEDIA
        found.append(floor(event.source_time(frame, program.rate) * media_rate) if alone else None)
    return found
