"""Folders of MLT projects for tests of the host."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import Any

import pytest

from support import mlt
from support.mlt import blank, entry, file, playlist, tractor
from twopop import Marker, Rate
from twopop.hosts import Host, Rendered, RenderPreset
from twopop.hosts import otio as text_of
from twopop.variants.model import Span

needs_melt = pytest.mark.skipif(mlt.MELT is None, reason="melt is not installed")
MARK = Marker(frame=3, name="qc.black", frames=2, colour="red", note="Schwarz, 2 frames")


def spot(folder: Path, media: Path | str, name: str = "spot.mlt", *more: str, **said: object) -> Path:
    body = (file("n", media), playlist("v", entry("n", 10, 29), blank(5), entry("n", 50, 59)), *more)
    return mlt.write(folder / name, *body, **said)


def program_of(host: Host, id_: str = "") -> Any:
    return text_of.reading(host.read(id_).otio).program


def render(host: Host, id_: str, file: Path, span: Span | None = None, **said: Any) -> Rendered:
    told = {"container": "mov", "video": "prores-422", "size": mlt.SIZE, "rate": Rate(25), **said}
    return host.render(id_, span, RenderPreset(**told), file, progress=lambda *_: None, cancel=Event())


def kdenlive(folder: Path, **said: object) -> Path:
    """A Kdenlive project of two sequences, the second of which is open."""

    def one(key: str, name: str, first: int) -> tuple[str, ...]:
        own = {"kdenlive:uuid": key, "kdenlive:clipname": name, "kdenlive:sequenceproperties.guides": "[]"}
        return (playlist(f"p{name}", entry("n", first, first + 9)), tractor(key, mlt.track(f"p{name}"), **own))

    return mlt.write(
        folder / "spot.kdenlive",
        "<!-- by hand -->",
        file("n", "/m/a.mov"),
        *one("{1}", "First", 10),
        *one("{2}", "Second", 40),
        playlist("main_bin", entry("n", 0, 99), **{"kdenlive:docproperties.version": "1.1"}),
        tractor("last", mlt.track("{2}"), kdenlive__projectTractor=1),
        **said,
    )
