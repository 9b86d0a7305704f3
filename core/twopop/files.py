"""Files: complete or absent under their final name, inside the folders they belong to, told apart by their content."""

from __future__ import annotations

import contextlib
import hashlib
import os
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
    scratch = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".partial-", suffix=path.suffix, dir=path.parent)
        os.close(handle)
        scratch = Path(name)
        yield scratch
        with scratch.open("rb+") as whole:
            os.fsync(whole.fileno())
        scratch.chmod(0o644)
        scratch.replace(path)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        if scratch is not None:
            scratch.unlink(missing_ok=True)


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


def sha256(path: Path) -> str:
    """The SHA-256 of the file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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
