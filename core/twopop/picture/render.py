"""Segments, from their recipes to checked files in the store."""

from __future__ import annotations

import contextlib
import re
import shutil
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from twopop import schema
from twopop.errors import EditorError, StudioError
from twopop.media import PROTOCOLS
from twopop.picture import tools
from twopop.picture.graph import Graph, Proof
from twopop.picture.legibility import read_supers
from twopop.picture.opening import url
from twopop.picture.overlays import FACES, FONT
from twopop.picture.recipe import Encoding, Segment, Take, Whole
from twopop.picture.source import Source, look_at
from twopop.picture.typeface import typeface
from twopop.picture.watch import read_seen
from twopop.store import Store
from twopop.time import Rate

#: A graph longer than this goes by a file: a single argument may not pass 128 KiB on Linux, a line 32 KiB on Windows.
_LONGEST_ARGUMENT = 20_000


@dataclass(frozen=True)
class Drawing:
    """Graphs of segments ready to run: *command* runs them, and *proofs* are what to look at afterwards.

    ffmpeg has to be started in *folder*; *where* names the sources.
    """

    command: list[str]
    folder: Path
    proofs: list[Proof]
    where: str

    def check(self) -> None:
        """Raise EditorError when ffmpeg did not decode the frames that the recipe asks for."""
        for proof in self.proofs:
            _check_proof(proof, self.folder)


def render_segment(
    segment: Segment, key: str, store: Store, ffmpeg: Path, *, seconds: int, cancel: threading.Event | None = None
) -> None:
    """Render *segment* alone: see ``render_segments``."""
    render_segments({key: segment}, store, ffmpeg, seconds=seconds, cancel=cancel)


def render_segments(
    segments: Mapping[str, Segment],
    store: Store,
    ffmpeg: Path,
    *,
    seconds: int,
    cancel: threading.Event | None = None,
) -> None:
    """Render *segments* (by key) into the *store* in one process, and read each back before it is kept.

    They are looks of one stretch: takes of the same frames are decoded once for all of them, and each segment's bytes
    are those that it has when it is rendered alone. Raises EditorError that names the file and the frames when a source
    is too short, damaged or gone, Cancelled when *cancel* is set, StudioError when the machine or ffmpeg is at fault.
    Nothing is kept then.
    """
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="twopop-")))
        made = [
            (segment, *stack.enter_context(store.making("segments", key, f".{segment.encoding.format}")))
            for key, segment in segments.items()
        ]
        outputs = [[*encoder(segment.encoding, segment.rate), url(scratch)] for segment, scratch, _ in made]
        drawing = draw(list(segments.values()), outputs, ffmpeg, folder)
        tools.run(drawing.command, seconds=seconds, cancel=cancel, cwd=folder, where=drawing.where)
        drawing.check()
        for (key, segment), (_, scratch, measured) in zip(segments.items(), made, strict=True):
            measured.update(read_back(segment, scratch, drawing.where))
            measured.update(read_seen(folder, key, segment.watch, segment.frames, segment.rate))
            measured.update(read_supers(segment, scratch))


def draw(segments: Sequence[Segment], outputs: Sequence[list[str]], ffmpeg: Path, folder: Path) -> Drawing:
    """The graphs of *segments*, looks of one stretch, with what they read laid out in the empty *folder*.

    *outputs* are the arguments of ffmpeg that say what becomes of each one's pictures. Raises EditorError when a source
    is gone or too short.
    """
    takes = [take for segment in segments for take in segment.takes()]
    sources = {take.path: look_at(take) for take in {each.path: each for each in takes}.values()}
    for segment in segments:
        for take in segment.takes():
            _check_reach(take, sources[take.path], segment.frames)
    font = tools.default_font(segments[0].font)
    shared: dict[Take, list[Any]] | None = {} if len(segments) > 1 else None
    first = Graph(segments[0], sources, tools.inspect_tools(ffmpeg), typeface(font), feeds=shared)
    graphs = [replace(first, segment=segment) for segment in segments]
    command = _command(graphs, outputs, ffmpeg, folder)
    _lay_out(graphs, folder, font)
    return Drawing(command, folder, first.proofs, named(takes))


def named(takes: list[Take]) -> str:
    """The files of *takes*, each once, for messages."""
    return ", ".join(dict.fromkeys(take.path for take in takes))


def _lay_out(graphs: Sequence[Graph], folder: Path, font: Path) -> None:
    """Put what the *graphs* read by name into the *folder* that ffmpeg starts in."""
    for name, text in graphs[0].texts.items():
        (folder / name).write_text(text, "utf-8", newline="\n")
    drawn = {overlay.kind for graph in graphs for overlay in graph.segment.overlays}
    if drawn - {"graphic"}:
        try:
            shutil.copyfile(font, folder / FONT)
            if "super" in drawn:
                (folder / FACES).mkdir()
                shutil.copyfile(font, folder / FACES / FONT)
        except OSError as error:
            raise StudioError(f"The typeface cannot be read ({error.strerror}).", where=str(font)) from None


def _command(graphs: Sequence[Graph], outputs: Sequence[list[str]], ffmpeg: Path, folder: Path) -> list[str]:
    import ffmpeg as streams

    names = [f"out{number}" for number in range(len(graphs))]
    drawn = (streams.output(graph.build(), name) for graph, name in zip(graphs, names, strict=True))
    compiled: list[str] = streams.merge_outputs(*drawn).compile(cmd=str(ffmpeg))
    for name, arguments in zip(names, outputs, strict=True):
        place = compiled.index(name)
        compiled[place : place + 1] = arguments
    # One thread: zscale dithers slice by slice, and there would be as many slices as the machine has cores.
    head = ["-y", "-nostdin", "-hide_banner", "-v", "error", "-copyts", "-filter_complex_threads", "1"]
    place = compiled.index("-filter_complex")
    if len(compiled[place + 1]) > _LONGEST_ARGUMENT:
        (folder / "graph.txt").write_text(compiled[place + 1], "utf-8")
        by_file = "-/filter_complex" if graphs[0].tools.major >= 7 else "-filter_complex_script"
        compiled[place : place + 2] = [by_file, "graph.txt"]
    return [compiled[0], *head, *compiled[1:]]


def encoder(encoding: Encoding, rate: Rate) -> list[str]:
    """The output's arguments, but for its name. One thread: with more the bytes would depend on the machine."""
    options = {name.lstrip("-"): value for name, value in encoding.options}
    flags = options.pop("flags", "").removesuffix("+bitexact")
    arguments = ["-c:v", encoding.encoder]
    for name, value in options.items():
        arguments += [f"-{name}" if ":" in name else f"-{name}:v", value]
    arguments += ["-threads:v", "1", "-flags:v", f"{flags}+bitexact", "-fflags", "+bitexact"]
    arguments += ["-fps_mode", "passthrough", "-enc_time_base:v", f"{rate.denominator}/{rate.numerator}"]
    arguments += ["-map_metadata", "-1", "-map_chapters", "-1"]
    if encoding.format in ("mov", "mp4"):
        arguments += ["-write_tmcd", "0", "-video_track_timescale", str(rate.numerator)]
    return [*arguments, "-f", encoding.format]


# -- checks ------------------------------------------------------------------------------------------------------------


def _check_reach(take: Take, source: Source, frames: int) -> None:
    """Refuse a take that asks for frames before the first or after the last; the header's count is enough to say so."""
    if take.still:
        return
    asked = take.source_frame(0), take.source_frame(frames - 1)
    low, high = min(asked), max(asked)
    count = source.frames if take.uniform else 0
    if low < 0 or (count and high >= count):
        raise EditorError(
            f"The cut needs frames {low} to {high} of this file, which has {count or 'none before 0'}"
            + (f" (0 to {count - 1})." if count else "."),
            where=take.path,
            remedy="Shorten the clip or replace the media.",
        )


def _check_proof(proof: Proof, folder: Path) -> None:
    """Compare the numbers that ffmpeg gave to the frames it decoded with those the recipe asks for."""
    try:
        text = (folder / proof.file).read_text("utf-8")
    except OSError:
        text = ""
    given = [int(number) for number in re.findall(r"^frame:\d+\s+pts:(-?\d+)", text, re.MULTILINE)]
    wanted, numbers = list(proof.numbers), [number // proof.unit for number in given]
    if numbers[: len(wanted)] == wanted:
        return
    missing = next((n for n, number in enumerate(wanted) if n >= len(numbers) or numbers[n] != number), 0)
    low, high = min(proof.frames), max(proof.frames)
    raise EditorError(
        f"The cut needs frames {low} to {high} of this file, but frame {proof.frames[missing]} cannot be decoded.",
        where=proof.take.path,
        remedy="Check the file with a player, copy or export it again, or shorten the clip.",
    )


def read_back(segment: Segment | Whole, path: Path, where: str) -> dict[str, Any]:
    """What the encoded file really holds; raises when it is not what was asked for. *where* names the sources."""
    import av

    rate = segment.rate
    with av.open(url(path), options={"protocol_whitelist": PROTOCOLS}) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        packets = [p for p in container.demux(stream) if p.size]
        base = Fraction(stream.time_base or 1)
        shown = sorted((p.pts or 0) * base for p in packets)
        facts = {
            "frames": len(packets),
            "size": [context.width, context.height],
            "rate": str(rate),
            "codec": context.codec.canonical_name,
            "profile": str(context.profile or ""),
            "pixel_format": context.pix_fmt,
            "extradata": schema.fingerprint((context.extradata or b"").hex()),
        }
    if len(packets) != segment.frames:
        raise EditorError(
            f"{len(packets)} of {segment.frames} frames came out: a source ended early.",
            where=where,
            remedy="Check the media named, or shorten the clip.",
        )
    pixels = segment.encoding.decoded or segment.encoding.pixel_format
    wanted = (list(segment.size), [rate.seconds(k) for k in range(segment.frames)], pixels)
    if (facts["size"], shown, facts["pixel_format"]) != wanted:
        raise StudioError(
            f"The encoder {segment.encoding.encoder} made something else than it was asked for "
            f"({context.width}x{context.height}, {facts['pixel_format']}).",
            where=where,
            remedy="Check the options in the spec.",
            report=repr(facts),
        )
    return facts
