"""What lies under a wanted name with another content: put aside under a name of its own, and never deleted."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from twopop import files
from twopop.delivery.receipt import FileRecord
from twopop.errors import EditorError

#: Where it is put, below the output folder.
FOLDER = "replaced"


def put_aside(out: Path, path: Path) -> FileRecord:
    """Keep what lies at *path* below *out* under ``replaced/``, with the head of its hash in its name.

    A file keeps its first name until another one takes it: there is no moment without a file. A folder of frames is
    moved. Raises EditorError for a link, or a disk that does not take it.
    """
    if path.is_symlink() or not (path.is_file() or path.is_dir()):
        raise EditorError("This is a link and cannot be put aside.", where=str(path), remedy="Move it away.")
    content = files.content(path)
    within = path.relative_to(out)
    kept = out / FOLDER / within.with_name(f"{within.stem}.{content[:12]}{within.suffix}")
    if path.is_dir():
        _move(path, kept)
    elif not (kept.is_file() and files.sha256(kept) == content):
        _keep(path, kept, content)
    size = sum(each.stat().st_size for each in kept.rglob("*")) if kept.is_dir() else kept.stat().st_size
    return FileRecord(path=kept.relative_to(out).as_posix(), bytes=size, sha256=content)


def put_back(out: Path, record: FileRecord, path: Path) -> None:
    """Give what was put aside its name again, when what took it turned out to be damaged."""
    kept = out / record.path
    if kept.is_dir():
        shutil.rmtree(path, ignore_errors=True)
        _move(kept, path)
        return
    with files.written_whole(path) as scratch:
        shutil.copyfile(kept, scratch)


def _move(path: Path, to: Path) -> None:
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        path.rename(to)
    except OSError as error:
        raise files.cannot_write(to, error) from error


def _keep(path: Path, kept: Path, content: str) -> None:
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        os.link(path, kept)
    except OSError:  # a file system without second names, or something that lies there already
        with files.written_whole(kept) as scratch:
            shutil.copyfile(path, scratch)
            if files.sha256(scratch) != content:
                raise EditorError("It could not be copied faithfully.", where=str(path)) from None
