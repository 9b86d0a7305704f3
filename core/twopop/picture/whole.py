"""One encoder for a whole deliverable, fed with the pictures that its parts' graphs draw one after another."""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from twopop.errors import Cancelled, TwopopError
from twopop.picture import colour, tools
from twopop.picture.laying import ratio
from twopop.picture.legibility import read_supers
from twopop.picture.opening import url
from twopop.picture.recipe import Segment, Whole
from twopop.picture.render import draw, encoder, named, read_back
from twopop.picture.watch import Kept, read_seen, together
from twopop.store import Store


def render_whole(
    whole: Whole,
    key: str,
    store: Store,
    ffmpeg: Path,
    *,
    seconds: int,
    cancel: threading.Event | None = None,
) -> None:
    """Encode *whole* in one piece into the *store* under *key*, and read it back before it is kept.

    Raw pictures go through a pipe straight into the encoder: two processes run at a time, and no more than the pipe
    holds is waiting. *seconds* is the limit for each part. Raises as ``render_segment`` does; nothing is kept then.
    """
    with store.making("segments", key, f".{whole.encoding.format}") as (scratch, measured):
        with _reading(_encode(whole, ffmpeg, scratch), seconds * (len(whole.parts) + 1), cancel) as sink:
            seen = [_draw(part, ffmpeg, sink, seconds, cancel) for part in whole.parts]
        measured.update(read_back(whole, scratch, named(whole.takes())))
        measured.update(together(seen, [part.frames for part in whole.parts]))
        measured.update(read_supers(whole, scratch))


def _draw(part: Segment, ffmpeg: Path, sink: int, seconds: int, cancel: threading.Event | None) -> Kept:
    """Draw *part* as raw pictures into *sink*; each must be one that the recipe asks for. What was seen in them."""
    with tempfile.TemporaryDirectory(prefix="twopop-") as bench:
        raw = ["-c:v", "rawvideo", "-fps_mode", "passthrough", "-f", "rawvideo", "pipe:1"]
        drawing = draw([part], [raw], ffmpeg, Path(bench))
        tools.run(drawing.command, seconds=seconds, cancel=cancel, cwd=drawing.folder, where=drawing.where, stdout=sink)
        drawing.check()
        return read_seen(Path(bench), part.key(), part.watch, part.frames, part.rate)


def _encode(whole: Whole, ffmpeg: Path, scratch: Path) -> list[str]:
    """The encoder's command: raw pictures are told again what they are."""
    encoding, (width, height) = whole.encoding, whole.size
    told = colour.tags(encoding.colour) | {"field_mode": _FIELDS[encoding.scan]}
    tags = ":".join(f"{name}={value}" for name, value in told.items())
    shape = ["-pix_fmt", encoding.pixel_format, "-video_size", f"{width}x{height}", "-framerate", ratio(whole.rate)]
    group = ["-gop_timecode:v", whole.timecode] if whole.timecode else []
    return [
        *(str(ffmpeg), "-y", "-hide_banner", "-v", "error"),
        *("-f", "rawvideo", *shape, "-i", "pipe:0", "-filter_threads", "1"),
        *("-vf", f"setsar=1,setparams={tags}", *group, *encoder(encoding, whole.rate), url(scratch)),
    ]


_FIELDS = {"progressive": "prog", "tff": "tff", "bff": "bff"}


@contextlib.contextmanager
def _reading(command: list[str], seconds: int, cancel: threading.Event | None) -> Iterator[int]:
    """The end of a pipe to write into, which *command* reads; it has ended well when the block has.

    When either side fails or *cancel* is set, the other is ended too. What the reader has to say goes first: writers
    only see that nobody reads any more.
    """
    source, sink = os.pipe()
    stop, problems = threading.Event(), []
    failure: BaseException | None = None

    def read() -> None:
        try:
            tools.run(command, seconds=seconds, cancel=stop, stdin=source)
        except TwopopError as error:
            problems.append(error)
        finally:
            os.close(source)

    reader = threading.Thread(target=read, name="encoder", daemon=True)
    reader.start()
    try:
        yield sink
    except BaseException as error:
        failure = error
        stop.set()
    finally:
        os.close(sink)
    while reader.is_alive():
        reader.join(0.1)
        if cancel is not None and cancel.is_set():
            stop.set()
    told = [problem for problem in problems if not isinstance(problem, Cancelled)]
    if told and not isinstance(failure, Cancelled):
        raise told[0]
    if failure is not None or problems:
        raise failure or problems[0]
