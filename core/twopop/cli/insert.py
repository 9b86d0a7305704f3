"""``insert``: a range of a master replaced by a new render of it."""

from __future__ import annotations

from pathlib import Path

from twopop import schema
from twopop.cli.layout import counted
from twopop.cli.screen import paper, words, write_json


def insert(
    master: Path,
    render: Path,
    at: str,
    out: Path | None,
    project: Path,
    *,
    replace: bool,
    with_sound: bool,
    as_json: bool,
) -> int:
    """Patch *master* with *render* and say what was done."""
    from twopop.cli.progress import busy
    from twopop.delivery.insert import insert_edit
    from twopop.delivery.session import open_session

    with busy("Copying, and reading back"):
        session = open_session(project.absolute())
        done = insert_edit(session, master, render, at=at, out=out, replace=replace, with_sound=with_sound)
    if as_json:
        write_json(schema.to_json(done))
        return 0
    sound = {"none": "", "kept": ", and so is the sound", "replaced": "; the sound of the range is the render's"}
    console = paper()
    console.print(
        words(f"{done.out}: {counted(done.frames, 'frame')} from {render.name}, {done.start} to {done.stop}.")
    )
    console.print(words(f"The other {counted(done.kept, 'frame')} are the master's own{sound[done.sound]}."))
    console.print(words("Read back: every frame is where it belongs, the seams decode.", "bold green"))
    console.print(words(f"The old master is kept as {done.old}." if done.old else f"{master} is untouched.", "dim"))
    return 0
