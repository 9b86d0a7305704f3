"""Opening a delivered file with the machine's own program, or showing it in its folder. Nothing else is ever opened."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sys
from pathlib import Path

from twopop.errors import InputError, StudioError
from twopop.files import inside
from twopop.service.values import JobRow

#: What is opened: pictures, sound, captions, texts and reports. A program or a script is only ever shown in its folder.
OPENED = frozenset(
    suffix
    for kind in (
        (".mp4", ".m4v", ".mov", ".mxf", ".mkv", ".webm", ".wav", ".aif", ".aiff", ".flac", ".m4a", ".mp3"),
        (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".exr", ".dpx"),
        (".srt", ".vtt", ".scc", ".stl", ".ttml", ".dfxp", ".itt", ".edl", ".otio", ".mhl", ".xmp"),
        (".xml", ".json", ".csv", ".txt", ".md", ".pdf", ".html", ".xlsx"),
    )
    for suffix in kind
)

#: How long an opener is watched for a failure, in seconds; it may go on as long as what it opened.
_WATCHED = 3.0


def place_of(job: JobRow, path: str) -> Path:
    """What *path* means for *job*: a file below its output folder, "" the folder, ``report`` the receipt.

    Raises InputError for a path that leaves the folder, also by a link, and for what is not there.
    """
    out = Path(job.out)
    if path == "report":
        if not job.report:
            raise InputError("There is no report yet.", remedy="Wait until the delivery has ended.")
        place = Path(job.report)
    else:
        if "\0" in path:
            raise InputError(f"{path!r} is no path.", where=str(out))
        place = inside(out, path) if path else out
    if not place.exists():
        raise InputError("It is not there any more.", where=str(place), remedy="Look whether it was moved or renamed.")
    return place.resolve()


async def show(place: Path, *, reveal: bool) -> None:
    """Open *place*, or show it in its folder: with *reveal*, and whenever it is no kind of file that is opened.

    Raises StudioError when the machine has no program for it, or that one fails.
    """
    whole = place.is_dir() and not place.suffix  # a folder with a suffix can be a program (macOS)
    opened = not reveal and (whole or (place.is_file() and place.suffix.lower() in OPENED))
    if sys.platform == "win32" and opened:
        await asyncio.to_thread(os.startfile, place)
        return
    command = _command(place, opened=opened)
    program = shutil.which(command[0])
    if program is None:
        raise StudioError(
            f"There is no {command[0]} here to open it with.", where=str(place), remedy="Open it by hand."
        )
    process = await asyncio.create_subprocess_exec(
        program,
        *command[1:],
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    with contextlib.suppress(TimeoutError):
        status = await asyncio.wait_for(process.wait(), _WATCHED)
        if status and sys.platform != "win32":  # explorer answers 1 when all is well
            raise StudioError(f"{command[0]} could not open it.", where=str(place), remedy="Open it by hand.")


def _command(place: Path, *, opened: bool) -> list[str]:
    if sys.platform == "darwin":
        return ["open", str(place)] if opened else ["open", "-R", str(place)]
    if sys.platform == "win32":
        return ["explorer", f"/select,{place}"]
    return ["xdg-open", str(place if opened or place.is_dir() else place.parent)]
