"""What is wrong with a practice project: lies, hangs and deaths, switched on by a file beside it.

``{"lies": ["one-frame-short"], "hangs": ["read"]}`` in ``FOLDER/.twopop/fake/faults.json`` makes its renders one frame
short and its ``read`` never return. The file is read at each call, so that faults come and go while a host runs.
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from threading import Event
from typing import Literal

import msgspec

from twopop import files, schema
from twopop.hosts.fake.project import folder_of
from twopop.hosts.model import Capability

#: What a bad host may do: lose a marker that it takes in (*loses-marker*), put a cut over a timeline of that name
#: (*puts-over*); and what may be wrong with its renders. It says that all went well.
Lie = Literal[
    "loses-marker",
    "puts-over",
    "one-frame-short",
    "wrong-rate",
    "wrong-size",
    "silent",
    "black",
]


class Faults(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The faults that are switched on. *Methods* are those of the Host protocol, by name, and ``connect``.

    Those in *idle* answer without doing anything; those in *hangs* never answer; those in *dies* end the process before
    anything is done (``render``: when half of it is), those in *dies_after* when it is done but not yet answered.
    *slow* gives seconds that a method takes longer (``render``: for each frame). *lacks* takes a capability away, with
    the words for it.
    """

    idle: tuple[str, ...] = ()
    lies: tuple[Lie, ...] = ()
    hangs: tuple[str, ...] = ()
    dies: tuple[str, ...] = ()
    dies_after: tuple[str, ...] = ()
    slow: dict[str, float] = {}
    lacks: dict[Capability, str] = {}


def switch_on(folder: Path, faults: Faults) -> None:
    """Give the practice project of the twopop project in *folder* these *faults*, and no others."""
    files.write_whole(_path(folder), schema.to_json(faults))


def switched_on(folder: Path) -> Faults:
    """The faults of the practice project in *folder*; raises InputError for a file that names none that there is."""
    try:
        text = _path(folder).read_bytes()
    except FileNotFoundError:
        return Faults()
    return schema.from_json(text, Faults, where=str(_path(folder)))


def before(faults: Faults, method: str) -> None:
    """What goes wrong with *method* before anything is done."""
    if method in faults.dies and method != "render":
        os._exit(9)
    if method in faults.hangs:
        while True:
            time.sleep(3600)
    if method != "render":
        time.sleep(faults.slow.get(method, 0))


def meanwhile(faults: Faults, done: int, total: int, cancel: Event) -> None:
    """What goes wrong with a render when *done* frames of *total* are there; *cancel* cuts a pause short."""
    if "render" in faults.dies and done * 2 >= total:
        os._exit(9)
    if faults.slow.get("render"):
        cancel.wait(faults.slow["render"])


def after(faults: Faults, method: str) -> None:
    """What goes wrong with *method* when all is done."""
    if method in faults.dies_after:
        os._exit(9)


def _path(folder: Path) -> Path:
    return folder_of(folder) / "faults.json"
