"""Files: complete or absent under their final name, inside the folders they belong to, told apart by their content."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path, PureWindowsPath
from urllib.parse import unquote, urlsplit

from twopop.errors import EditorError, InputError


@contextlib.contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a scratch file beside *path* that takes its name when the block ends well, and vanishes when it does not.

    The content is on disk before the name is (write beside, fsync, rename). An existing *path* is replaced: ask
    before. Raises EditorError when the folder cannot be written to or the disk is full.
    """
    with scratch_beside(path) as scratch:
        yield scratch
        give_name(scratch, path, over=True)


@contextlib.contextmanager
def folder_written_whole(path: Path) -> Iterator[Path]:
    """Give a scratch folder beside *path*, as ``written_whole`` does a file: its files are on disk before it is named.

    A folder with the same content that is there already is left as it is; one with other content, or a file, is an
    error. Raises EditorError.
    """
    with scratch_beside(path, folder=True) as scratch:
        yield scratch
        try:
            give_name(scratch, path, over=False)
        except FileExistsError:
            if not path.is_dir() or content(path) != content(scratch):
                raise


@contextlib.contextmanager
def scratch_beside(path: Path, *, folder: bool = False) -> Iterator[Path]:
    """Give a scratch file (or *folder*) beside *path* that is gone at the end, unless it was given a name.

    Raises EditorError.
    """
    scratch = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if folder:
            scratch = Path(tempfile.mkdtemp(prefix=".partial-", dir=path.parent))
        else:
            handle, name = tempfile.mkstemp(prefix=".partial-", suffix=path.suffix, dir=path.parent)
            os.close(handle)
            scratch = Path(name)
        yield scratch
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        if scratch is not None and folder:
            shutil.rmtree(scratch, ignore_errors=True)
        elif scratch is not None:
            scratch.unlink(missing_ok=True)


def give_name(scratch: Path, path: Path, *, over: bool) -> None:
    """Give the complete *scratch* the name *path*; raises FileExistsError if something has it and *over* is not given.

    Two that want one name at once cannot both get it, where the file system lets a file have two names; elsewhere it is
    only looked whether something has it. A folder never goes over another one.
    """
    if scratch.is_dir():
        _give_folder_name(scratch, path)
        return
    _onto_disk(scratch)
    scratch.chmod(0o644)
    if not over:
        try:
            os.link(scratch, path)
        except FileExistsError:
            raise
        except OSError:  # a file system without second names
            if os.path.lexists(path):
                raise FileExistsError(path) from None
        else:
            return
    scratch.replace(path)


def _give_folder_name(scratch: Path, path: Path) -> None:
    for file in sorted(scratch.iterdir()):
        file.chmod(0o644)
        _onto_disk(file)
    scratch.chmod(0o755)
    if os.name == "posix":  # elsewhere a folder cannot be opened
        _onto_disk(scratch)
    try:
        scratch.rename(path)
    except OSError as error:
        if os.path.lexists(path):
            raise FileExistsError(error.errno, "something has this name", str(path)) from None
        raise


def _onto_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_whole(path: Path, content: bytes) -> None:
    """Write *content* to *path*: all of it or nothing. Raises EditorError."""
    with written_whole(path) as scratch:
        scratch.write_bytes(content)


def must_be_writable(folder: Path) -> None:
    """Make *folder* if need be and try it with a scratch file; raises EditorError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as trial:
            trial.write(b"x")
            trial.flush()
    except OSError as error:
        raise cannot_write(folder, error) from error


def cannot_write(path: Path, error: OSError) -> EditorError:
    """The error to raise when *path* could not be written because of *error*."""
    reason = error.strerror or str(error)
    remedy = "Free some space and run again; what is done is kept." if error.errno == 28 else "Check the folder."
    return EditorError(f"Cannot write here ({reason}).", where=str(path), remedy=remedy)


def no_room(where: str) -> EditorError:
    """The error to raise when a program that was started had no room on the disk for what it made of *where*."""
    return EditorError(
        "The disk is full: there is no room for what is made of this.",
        where=where,
        remedy="Free some space and run again; what is done is kept.",
    )


def sha256(path: Path) -> str:
    """The SHA-256 of the file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hashes(folder: Path) -> dict[str, str]:
    """{path below *folder*: SHA-256} of every file in it, sorted; links are not followed into other folders."""
    found = [Path(root) / name for root, _, names in os.walk(folder) for name in names]
    return {path.relative_to(folder).as_posix(): sha256(path) for path in sorted(found)}


def content(path: Path) -> str:
    """The SHA-256 of the file at *path*; of a folder, that of what ``sha256sum`` writes of its files by name.

    Two folders with the same content have files of the same names and bytes.
    """
    if not path.is_dir():
        return sha256(path)
    lines = "".join(f"{each}  {name}\n" for name, each in hashes(path).items())
    return hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest()


def inside(root: Path, relative: str) -> Path:
    """*relative* below *root*; raises InputError for a path that is absolute or leaves *root* (also by a link)."""
    windows = PureWindowsPath(relative)
    if windows.is_absolute() or windows.drive or relative.startswith(("/", "\\")) or ".." in windows.parts:
        raise InputError(f"The path {relative!r} leaves its folder.", where=str(root), remedy="Use a path below it.")
    path = root / relative
    if not path.resolve().is_relative_to(root.resolve()):
        raise InputError(f"The path {relative!r} leaves its folder by a link.", where=str(root))
    return path


def path_of(reference: str) -> str:
    """The path in a media *reference*: a plain path, or a ``file:`` URL with its escapes undone."""
    parts = urlsplit(reference)
    if parts.scheme.lower() != "file":
        return reference
    path = unquote(parts.path)
    drive = PureWindowsPath(path.lstrip("/")).drive
    return path.lstrip("/") if drive else path
