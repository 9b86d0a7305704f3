"""Captions for a cutdown: each one kept, moved, shortened or dropped by what the cut leaves of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import msgspec

from twopop.captions.model import Caption, CaptionTrack
from twopop.findings import Finding, info, warn
from twopop.time import Rate, ceil, timecode
from twopop.variants.model import Span

#: The shortest time on screen that can be read, in seconds (Netflix Timed Text Style Guide, General Requirements).
SHORTEST = Fraction(5, 6)

#: A caption of which less than this share is left has lost the words it stands for.
SHARE = Fraction(1, 2)


@dataclass(frozen=True)
class _Piece:
    """What one kept stretch shows of a caption: program frames ``[start, stop)``, from cut frame *at* on."""

    start: int
    stop: int
    at: int

    @property
    def frames(self) -> int:
        return self.stop - self.start


def retime(
    track: CaptionTrack, spans: Sequence[Span], *, rate: Rate, start: int = 0, drop: bool = False
) -> tuple[CaptionTrack, tuple[Finding, ...]]:
    """*track* as the cut that plays *spans* of the program, in their order, shows it; and what an editor should know.

    A caption that lies whole in the cut moves with it. One that the cut shortens is kept when at least half of its
    time and 5/6 s are left (a caption that was shorter to begin with: half of its time), else it is dropped and named.
    One with a hole cut into it keeps all of its text on the larger part, for review. A stretch that is shown twice
    shows its captions twice. *start* and *drop* give the program's timecode for the findings.
    """
    kept: list[Caption] = []
    findings: list[Finding] = []
    shortest = ceil(SHORTEST * rate)
    for caption in track.captions:
        for pieces in _viewings(caption, spans):
            piece = max(pieces, key=lambda piece: piece.frames)
            where = timecode(start + caption.start, rate, drop=drop)
            finding = _judge(caption, pieces, piece, min(shortest, caption.stop - caption.start), shortest, where)
            if finding is not None:
                findings.append(finding)
            if finding is None or finding.rule != "captions.dropped":
                kept.append(msgspec.structs.replace(caption, start=piece.at, stop=piece.at + piece.frames))
    kept.sort(key=lambda caption: (caption.start, caption.stop))
    return CaptionTrack(language=track.language, captions=tuple(kept)), tuple(findings)


def _viewings(caption: Caption, spans: Sequence[Span]) -> Iterator[list[_Piece]]:
    """The pieces of *caption* in the cut, grouped by how often the cut comes past it.

    Going back in the program begins a new viewing; pieces that run on, in the program and in the cut, are one.
    """
    pieces: list[_Piece] = []
    for piece in _pieces(caption, spans):
        last = pieces[-1] if pieces else None
        if last is not None and piece.start < last.stop:
            yield pieces
            pieces = [piece]
        elif last is not None and (piece.start, piece.at) == (last.stop, last.at + last.frames):
            pieces[-1] = replace(last, stop=piece.stop)
        else:
            pieces.append(piece)
    if pieces:
        yield pieces


def _pieces(caption: Caption, spans: Sequence[Span]) -> Iterator[_Piece]:
    offset = 0
    for span in spans:
        head, tail = max(caption.start, span.start), min(caption.stop, span.stop)
        if head < tail:
            yield _Piece(head, tail, offset + head - span.start)
        offset += span.frames


def _judge(
    caption: Caption, pieces: Sequence[_Piece], piece: _Piece, least: int, shortest: int, where: str
) -> Finding | None:
    """What to say of a caption of which the cut shows *pieces*; *piece* is the one that would carry it."""
    whole, left = caption.stop - caption.start, sum(each.frames for each in pieces)
    if piece.frames == whole:
        return None
    text = " ".join(caption.lines)
    if left < SHARE * whole or (whole >= shortest and piece.frames < least):
        message = f"The cut leaves {left} of {whole} frames of this caption; it was dropped: {text!r}."
        return warn("captions.dropped", message, where=where, remedy="Check that its words are not heard.")
    if len(pieces) > 1:
        message = f"The cut goes through this caption; all of its text stands on the larger part: {text!r}."
        return warn("captions.split", message, where=where, remedy="Check the text against what is said.")
    message = f"The cut shortens this caption from {whole} to {left} frames: {text!r}."
    return info("captions.shortened", message, where=where)
