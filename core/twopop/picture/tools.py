"""The ffmpeg binary: which one, what it can do, and the one place that starts it."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from twopop import files
from twopop.errors import Cancelled, EditorError, StudioError

#: How a picture file begins, and the demuxer for it. Naming the demuxer keeps ffmpeg from taking ``%`` and ``*`` in
#: the file's name for a pattern.
_PICTURES = (
    (b"\x89PNG\r\n\x1a\n", "png_pipe"),
    (b"\xff\xd8\xff", "jpeg_pipe"),
    (b"II*\x00", "tiff_pipe"),
    (b"MM\x00*", "tiff_pipe"),
    (b"GIF8", "gif"),
    (b"SDPX", "dpx_pipe"),
    (b"XPDS", "dpx_pipe"),
    (b"v/1\x01", "exr_pipe"),
    (b"8BPS", "psd_pipe"),
    (b"BM", "bmp_pipe"),
    (b"\xff\x4f\xff\x51", "j2k_pipe"),
    (b"#?RADIANCE", "hdr_pipe"),
    (b"qoif", "qoi_pipe"),
)

_TAIL = 16_384
_LIBRARY = re.compile(r"^\[[^\]]*@ 0x[0-9a-f]+\]\s*")


#: What ffmpeg says at the end of every failure.
_EMPTY_WORDS = (
    "Conversion failed",
    "Terminating thread",
    "Task finished",
    "Nothing was written into output file",
    "Error while opening encoder",
    "Error sending frames to consumers",
    "Error while filtering",
)


class Tools(msgspec.Struct, frozen=True, kw_only=True):
    """What one ffmpeg binary is and can do.

    *fingerprint* is a hash of *version* and *configuration*: pictures made by two binaries of one fingerprint are
    taken to be the same.
    """

    path: str
    version: str
    configuration: str
    fingerprint: str
    filters: frozenset[str]
    encoders: frozenset[str]

    @property
    def major(self) -> int:
        """The major version; development builds, which have no number, count as newest."""
        match = re.match(r"n?(\d+)\.", self.version)
        return int(match[1]) if match else 99


def find_ffmpeg(setting: str = "") -> Path:
    """The ffmpeg to use: TWOPOP_FFMPEG, else *setting*, else the embedded one, else the one on the PATH.

    Raises StudioError when there is none, or when the one that is named is not there.
    """
    for said, named in (("TWOPOP_FFMPEG", os.environ.get("TWOPOP_FFMPEG", "")), ("[tools] ffmpeg", setting)):
        if named:
            found = shutil.which(named)
            if found is None:
                raise StudioError(
                    f"{said} names {named}, which is no program.", remedy="Give the path of an ffmpeg binary."
                )
            return Path(found).absolute()
    embedded = _embedded()
    if embedded is not None:
        return embedded
    on_path = shutil.which("ffmpeg")
    if on_path is None:
        raise StudioError("There is no ffmpeg.", remedy="Run pip install imageio-ffmpeg, or set TWOPOP_FFMPEG.")
    return Path(on_path).absolute()


def _embedded() -> Path | None:
    try:
        import imageio_ffmpeg

        return Path(imageio_ffmpeg.get_ffmpeg_exe()).absolute()
    except (ImportError, RuntimeError):
        return None


@functools.cache
def inspect_tools(ffmpeg: Path) -> Tools:
    """What the binary *ffmpeg* is and can do, asked once. Raises StudioError when it does not answer as ffmpeg does."""
    head = _ask(ffmpeg, "-version")
    version = re.match(r"ffmpeg version (\S+)", head)
    configuration = re.search(r"^configuration: (.*)$", head, re.MULTILINE)
    if version is None:
        raise StudioError("This program is no ffmpeg.", where=str(ffmpeg), remedy="Set TWOPOP_FFMPEG to one.")
    built = configuration[1].strip() if configuration else ""
    said = f"{version[1]}\n{built}".encode()
    filters = re.findall(r"^ [T.][S.][C.]? +(\w+) +\S*->", _ask(ffmpeg, "-filters"), re.MULTILINE)
    encoders = re.findall(r"^ [VAS][F.][S.][X.][B.][D.] (\w+)", _ask(ffmpeg, "-encoders"), re.MULTILINE)
    return Tools(
        path=str(ffmpeg),
        version=version[1],
        configuration=built,
        fingerprint=hashlib.blake2b(said, digest_size=16).hexdigest(),
        filters=frozenset(filters),
        encoders=frozenset(encoders),
    )


def _ask(ffmpeg: Path, question: str) -> str:
    try:
        answer = subprocess.run(
            [str(ffmpeg), "-hide_banner", question] if question != "-version" else [str(ffmpeg), question],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise StudioError(
            f"ffmpeg does not start ({error}).", where=str(ffmpeg), remedy="Set TWOPOP_FFMPEG to one that does."
        ) from None
    return answer.stdout.decode("utf-8", "replace")


def default_font(setting: str = "") -> Path:
    """The TrueType file for titles and burn-ins: *setting*, else the embedded Roboto. Raises StudioError."""
    if setting:
        font = Path(setting).expanduser().absolute()
        if not font.is_file():
            raise StudioError("There is no such typeface.", where=setting, remedy="Correct [tools] font.")
        return font
    try:
        from font_roboto import Roboto
    except ImportError:
        raise StudioError("The embedded typeface is missing.", remedy="Run pip install font-roboto.") from None
    return Path(Roboto).absolute()


def picture_format(path: Path) -> str:
    """The demuxer for the picture file at *path* by how it begins, or "" when it is none of those we know."""
    with path.open("rb") as file:
        head = file.read(16)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp_pipe"
    return next((demuxer for magic, demuxer in _PICTURES if head.startswith(magic)), "")


def run(
    arguments: Sequence[str],
    *,
    seconds: int,
    cancel: threading.Event | None = None,
    cwd: Path | None = None,
    where: str = "",
    stdin: int = subprocess.DEVNULL,
    stdout: int = subprocess.DEVNULL,
) -> None:
    """Run ffmpeg: *arguments* begin with the binary; it starts in the folder *cwd*.

    *stdin* and *stdout* may be the ends of pipes, which stay open here.

    It reads no keyboard and sits in a process group of its own, so that Ctrl-C reaches twopop alone, which sets
    *cancel*. Raises Cancelled within a second of that, StudioError when it cannot start or takes longer than
    *seconds*, EditorError with its last words when it fails; *where* names the place in these.
    """
    if cancel is not None and cancel.is_set():
        raise Cancelled("Stopped.", where=where)
    try:
        process = subprocess.Popen(
            list(arguments),
            stdin=stdin,
            stdout=stdout,
            stderr=subprocess.PIPE,
            cwd=cwd,
            **_OWN_GROUP,
        )
    except (OSError, ValueError) as error:
        raise StudioError(f"ffmpeg does not start ({error}).", where=arguments[0]) from None
    tail = bytearray()
    reader = threading.Thread(target=_keep_tail, args=(process, tail), daemon=True)
    reader.start()
    try:
        _wait(process, seconds, cancel, where)
    finally:
        if process.poll() is None:
            _kill(process)
        reader.join(timeout=5)
    if process.returncode < 0:
        raise _shot_down(-process.returncode, where)
    if process.returncode != 0:
        raise failure(tail.decode("utf-8", "replace"), where=where)


_OWN_GROUP: dict[str, Any] = (
    {"process_group": 0}
    if os.name == "posix"
    else {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
)


def _keep_tail(process: subprocess.Popen[bytes], tail: bytearray) -> None:
    """Read all that the process says, keep the end of it: a talkative failure cannot fill the memory."""
    if process.stderr is None:
        return
    with process.stderr as stream:
        while piece := stream.read(4096):
            tail += piece
            del tail[:-_TAIL]


def _wait(process: subprocess.Popen[bytes], seconds: int, cancel: threading.Event | None, where: str) -> None:
    end = time.monotonic() + seconds
    pause = 0.005
    while True:
        try:
            process.wait(timeout=pause)
            return
        except subprocess.TimeoutExpired:
            pause = min(pause * 2, 0.2)
        if cancel is not None and cancel.is_set():
            raise Cancelled("Stopped.", where=where)
        if time.monotonic() > end:
            raise StudioError(
                f"ffmpeg took longer than {seconds} s and was stopped.",
                where=where,
                remedy="Look whether the machine is overloaded or the media lie on a slow disk, and run again.",
            )


def _kill(process: subprocess.Popen[bytes]) -> None:
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def _shot_down(number: int, where: str) -> StudioError:
    """The error for an ffmpeg that the signal *number* ended: a limit of the system, too little memory, or a crash."""
    known = {each.value: each.name for each in signal.Signals}
    return StudioError(
        f"ffmpeg was ended by the system ({known.get(number, number)}).",
        where=where,
        remedy="Look whether memory ran out or a limit is set; if it happens with this file alone, convert the file.",
    )


def failure(said: str, *, where: str = "") -> EditorError:
    """The error for an ffmpeg that failed, with the last of what it *said* in plain form."""
    lines = [_LIBRARY.sub("", line).strip() for line in said.replace("\r", "\n").splitlines()]
    kept = [line for line in lines if line and not line.startswith(_EMPTY_WORDS)]
    words = "; ".join(dict.fromkeys(kept[-3:])) or "it gave no reason"
    if "No space left on device" in said:
        return files.no_room(where)
    return EditorError(f"ffmpeg failed: {words}.", where=where, remedy="Check the media named, and run again.")
