"""Black and frozen stretches, looked for while a segment is rendered: the pictures are at hand then, and cost nothing.

blackdetect and freezedetect of ffmpeg mark the frame on which a stretch begins and the one behind its end; what lasts
to the end of a segment has no end mark. Stretches are put together over segments afterwards.
"""

from __future__ import annotations

import re
import tempfile
import threading
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec

from twopop.picture import tools
from twopop.picture.opening import url
from twopop.picture.pieces import Piece, packets
from twopop.picture.recipe import Watch
from twopop.time import Rate, floor
from twopop.variants.model import Span

#: Pixel formats that both filters read as they are; before others ffmpeg would convert the picture, and keep it so.
_READ = re.compile(r"yuv4(20|22|44)p(10le|12le)?")

#: What a store's entry keeps of its maker's measurements.
Kept = dict[str, Any]

_BLACK, _STILL = "lavfi.black", "lavfi.freezedetect.freeze"


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """*black* and *still* frames of a stretch of picture, counted from its first, by the *levels* of a watch."""

    levels: tuple[float, float, float]
    black: tuple[Span, ...] = ()
    still: tuple[Span, ...] = ()


def watched(stream: Any, watch: Watch, pixels: str, rate: Rate, file: str) -> Any:
    """*stream*, whose timestamps count frames, with what is seen in it written to *file*; no picture is changed.

    Pictures of a pixel format that the filters do not read are not watched.
    """
    if not _READ.fullmatch(pixels):
        return stream
    for name, options in _filters(watch, rate, file):
        stream = stream.filter(name, **options)
    return stream


def _filters(watch: Watch, rate: Rate, file: str) -> list[tuple[str, dict[str, Any]]]:
    shortest = f"{float(Fraction(3, 2) / rate):.6f}"
    return [
        ("metadata", {"mode": "delete"}),
        ("blackdetect", {"d": 0, "pic_th": watch.picture, "pix_th": watch.pixel}),
        ("freezedetect", {"n": f"{watch.noise_db}dB", "d": shortest}),
        ("metadata", {"mode": "print", "file": file}),
    ]


def file_of(key: str) -> str:
    """Where the filters write what they see in the segment of this *key*: a plain name."""
    return f"seen-{key[:16]}.txt"


def read_seen(folder: Path, key: str, watch: Watch, frames: int, rate: Rate) -> Kept:
    """What was seen in the segment of *key*, as a store's entry keeps it; nothing where it was not watched."""
    try:
        text = (folder / file_of(key)).read_text("utf-8")
    except OSError:
        return {}
    return {"seen": msgspec.to_builtins(seen_in(text, watch, frames, rate))}


def together(kept: Sequence[Kept], lengths: Sequence[int]) -> Kept:
    """What was seen in parts of so many frames that follow one another, as of one; nothing if one was not watched."""
    if not all(kept):
        return {}
    seen = [seen_of(each) for each in kept]
    starts = [sum(lengths[:number]) for number in range(len(seen))]
    black = tuple(moved(span, start) for each, start in zip(seen, starts, strict=True) if each for span in each.black)
    still = tuple(moved(span, start) for each, start in zip(seen, starts, strict=True) if each for span in each.still)
    levels = next(each.levels for each in seen if each)
    return {"seen": msgspec.to_builtins(Seen(levels=levels, black=black, still=still))}


def seen_of(kept: Kept) -> Seen | None:
    """What a store's entry says was seen; None when it was not watched."""
    try:
        return msgspec.convert(kept.get("seen"), Seen)
    except msgspec.ValidationError:
        return None


def moved(span: Span, frames: int) -> Span:
    """*span* so many *frames* later."""
    return Span(span.start + frames, span.stop + frames)


def seen_in(text: str, watch: Watch, frames: int, rate: Rate) -> Seen:
    """What the filters wrote about a stretch of so many *frames*."""
    black: list[Span] = []
    still: list[Span] = []
    begun: dict[str, int] = {}
    frame = 0
    for line in text.splitlines():
        if number := re.match(r"frame:\d+\s+pts:(\d+)", line):
            frame = int(number[1])
        name, _, value = line.partition("=")
        if name == f"{_BLACK}_start":
            begun[_BLACK] = frame
        elif name == f"{_STILL}_start":  # said when the stretch is long enough, of its first frame's time
            begun[_STILL] = floor(Fraction(value) * rate + Fraction(1, 2))
        elif name == f"{_BLACK}_end" and _BLACK in begun:
            black.append(Span(begun.pop(_BLACK), frame))
        elif name == f"{_STILL}_end" and _STILL in begun:
            still.append(Span(begun.pop(_STILL), frame))
    black += [Span(begun[_BLACK], frames)] if _BLACK in begun else []
    still += [Span(begun[_STILL], frames)] if _STILL in begun else []
    return Seen(levels=watch.levels, black=tuple(black), still=tuple(still))


def look_through(
    piece: Piece, frames: int, rate: Rate, watch: Watch, ffmpeg: Path, *, seconds: int, cancel: threading.Event | None
) -> Seen:
    """What is seen in a *piece* of so many *frames* that nothing is rendered from: it is decoded for this alone.

    Raises as ``packets`` and ``tools.run`` do.
    """
    import av

    with tempfile.TemporaryDirectory(prefix="twopop-") as bench:
        part = Path(bench) / "part.mov"
        with av.open(url(part), "w", format="mov", options={"video_track_timescale": str(rate.numerator)}) as output:
            with av.open(url(piece.path)) as source:
                stream = output.add_stream_from_template(source.streams[piece.stream or 0], opaque=True)
            stream.time_base = Fraction(1, rate.numerator)
            for packet in packets([piece], rate):
                packet.stream = stream
                output.mux(packet)
        told = [(name, ":".join(f"{key}={value}" for key, value in how.items()))
                for name, how in _filters(watch, rate, "seen.txt")]  # fmt: skip
        chain = ",".join([f"settb={rate.denominator}/{rate.numerator}", *(f"{name}={how}" for name, how in told)])
        head = [str(ffmpeg), "-y", "-nostdin", "-v", "error", "-threads", "1", "-i", url(part)]
        tools.run([*head, "-vf", chain, "-an", "-f", "null", "-"], seconds=seconds, cancel=cancel, cwd=Path(bench),
                  where=str(piece.path))  # fmt: skip
        return seen_in((Path(bench) / "seen.txt").read_text("utf-8"), watch, frames, rate)
