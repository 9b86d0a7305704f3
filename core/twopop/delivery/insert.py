"""``twopop insert``: a master patched with a render of what changed, and the old one untouched until it is verified."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Literal

import msgspec

from twopop import files
from twopop.delivery.session import Session
from twopop.errors import EditorError
from twopop.picture.inserting import Insert, plan_insert, read_reel, write_insert
from twopop.sound.splice import splice

SCHEMA = "twopop.insert/1"


class Inserted(msgspec.Struct, frozen=True, kw_only=True):
    """A finished insert edit: *out* is the *master* with *render* from *start* to *stop* (timecodes, stop exclusive).

    *frames* of the render took the place of the master's; *kept* others and the sound, unless *sound* says
    ``replaced``, are the master's own. *old* is where a master that was replaced lies now.
    """

    schema: str
    master: str
    render: str
    out: str
    start: str
    stop: str
    frames: int
    kept: int
    sound: Literal["none", "kept", "replaced"]
    old: str = ""


def insert_edit(
    session: Session,
    master: Path,
    render: Path,
    *,
    at: str = "",
    out: Path | None = None,
    replace: bool = False,
    with_sound: bool = False,
) -> Inserted:
    """Patch *master* with *render* from the timecode *at* ("" is the render's own) into *out*.

    Without *out* the new file is called ``NAME.new`` beside the master; with *replace* it takes the master's name and
    the old one is kept as ``NAME.old``. It gets its name when all of it was read back. Raises EditorError when it
    cannot be done or something would be overwritten, StudioError when the new file is not as it should be.
    """
    target = master if replace else out or master.with_stem(f"{master.stem}.new")
    old = master.with_stem(f"{master.stem}.old")
    for path in (master, render):
        session.check_media(path)
    session.check_output(target)
    insert = plan_insert(read_reel(master), read_reel(render), at)
    taken = old if replace else target
    if os.path.lexists(taken):
        remedy = "Move it away." if replace else "Move it away, or say another name: --out."
        raise EditorError("There is such a file already.", where=str(taken), remedy=remedy)
    before = master.stat()
    with files.written_whole(target) as scratch:
        _write(insert, scratch, with_sound=with_sound)
        after = master.stat()
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise EditorError("The master was changed meanwhile.", where=str(master), remedy="Run again.")
        if replace:
            _set_aside(master, old)
        elif os.path.lexists(target):
            raise EditorError("There is such a file by now.", where=str(target), remedy="Nothing is overwritten.")
    return Inserted(
        schema=SCHEMA,
        master=str(master),
        render=str(render),
        out=str(target),
        start=insert.master.shown(insert.first),
        stop=insert.master.shown(insert.stop),
        frames=insert.render.frames,
        kept=insert.master.frames - insert.render.frames,
        sound="none" if not insert.master.sounds else "replaced" if with_sound else "kept",
        old=str(old) if replace else "",
    )


def _write(insert: Insert, out: Path, *, with_sound: bool) -> None:
    master, render = insert.master, insert.render
    if not (with_sound and master.sounds):
        write_insert(insert, master.path, out)
        return
    with tempfile.TemporaryDirectory(prefix=".partial-", dir=out.parent) as folder:
        sound = Path(folder) / "sound.mov"
        splice(master.path, render.path, sound, first=insert.first, frames=render.frames, rate=master.rate)
        write_insert(insert, sound, out)


def _set_aside(master: Path, old: Path) -> None:
    """Give the old *master* the name *old* too; where the disk knows no second names, move it there."""
    try:
        os.link(master, old)
    except OSError:
        master.rename(old)
