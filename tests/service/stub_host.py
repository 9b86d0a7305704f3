"""A plugin with the host ``stub``: it remembers in memory, and misbehaves where the timeline's id says so."""

import contextlib
import ctypes
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from twopop import HostEntry, HostState, Rate, hookimpl
from twopop.errors import Cancelled, EditorError
from twopop.hosts import Capability, Edit, HostTimeline, Identity, Rendered, TimelineName

TIMELINES = {"1": "Harbour", "2": "Quay"}


class Stub:
    def __init__(self, place: Any) -> None:
        self.folder = place.folder

    def identify(self) -> Identity:
        can = (Capability.SELECTION, Capability.RENDER, Capability.SHOW)
        return Identity(app="Stub", version="1", can=can, lacks={Capability.PUT: "Stub cannot."})

    def timelines(self) -> tuple[TimelineName, ...]:
        return tuple(TimelineName(id=id, name=name, current=id == "1") for id, name in TIMELINES.items())

    def read(self, timeline: str = "") -> HostTimeline:
        MISBEHAVIOUR.get(timeline, lambda: None)()
        if timeline == "huge":
            return HostTimeline(id="1", name="huge", otio="x" * (65 << 20))
        if timeline not in TIMELINES and timeline:
            raise EditorError(f"There is no timeline {timeline!r}.", where="Stub")
        return HostTimeline(id=timeline or "1", name=TIMELINES[timeline or "1"], otio="{}")

    def put(self, otio: str, name: str) -> Edit:
        return Edit(id="1", what=f"Made {name}.", made=("3",), undo={"otio": otio})

    def add_markers(self, timeline: str, markers: Any) -> Edit:
        return Edit(id="2", what=f"Added {len(markers)} markers.", made=tuple(m.name for m in markers))

    def set_metadata(self, timeline: str, words: dict[str, str]) -> Edit:
        return Edit(id="3", what=" ".join(words))

    def render(self, timeline: str, span: Any, preset: Any, file: Path, *, progress: Any, cancel: Any) -> Rendered:
        last = span.stop if span else 20
        for frame in range(last):
            progress(frame, last)
            if cancel.wait(0.02):
                (self.folder / "cancelled").touch()
                raise Cancelled("Stopped.")
        return Rendered(file=str(file), frames=last, rate=Rate(25), size=preset.size)

    def bring_in(self, files: Any, folder: str) -> Edit:
        return Edit(id="4", what=f"Took {len(files)} files into {folder}.", place=folder)

    def in_bin(self, folder: str) -> tuple[str, ...]:
        return ("a.mov",)

    def show(self, timeline: str, frame: int) -> None:
        MISBEHAVIOUR.get(timeline, lambda: None)()
        if timeline not in TIMELINES:
            raise EditorError("There is no such timeline.")

    def undo(self, edit: Edit) -> None:
        (self.folder / f"undone-{edit.id}").touch()

    def close(self) -> None:
        (self.folder / "closed").touch()


def die() -> None:
    sys.stderr.write("the last words\n")
    sys.stderr.flush()
    os._exit(7)


def hang() -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    Path("hanging").write_text(f"{os.getpid()} {child.pid}")
    time.sleep(600)


def chatter() -> None:
    print("a plugin's print", flush=True)  # noqa: T201
    ctypes.CDLL(None).puts(b"a library's own print")
    ctypes.CDLL(None).fflush(None)
    os.write(1, b"straight to the descriptor\n")
    assert sys.stdin.read() == ""


def fail() -> None:
    raise ZeroDivisionError("nobody thought of this")


def babble() -> None:
    for descriptor in range(3, 20):  # wherever the wire is
        with contextlib.suppress(OSError):
            os.write(descriptor, b"noise\n")


def leave() -> None:
    sys.exit(0)


MISBEHAVIOUR = {"die": die, "hang": hang, "chatter": chatter, "fail": fail, "leave": leave, "babble": babble}


def connect(place: Any) -> Any:
    os.chdir(place.folder)
    return Stub(place)


@hookimpl
def hosts() -> list[HostEntry]:
    return [
        HostEntry("stub", "The Stub", lambda: HostState(True, "It is in the tests."), connect),
        HostEntry("mute", "The Mute", lambda: HostState(False, "It is not there.")),
    ]
