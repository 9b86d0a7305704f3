"""Which way each stretch of a deliverable's picture goes: taken over as it is, or encoded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from twopop.delivery.plan import Reason
from twopop.picture.copying import Copy, copy_of, may_copy, why_not
from twopop.picture.facts import MediaFacts
from twopop.picture.pieces import SELF_DESCRIBING, Piece
from twopop.picture.recipe import Segment, Take
from twopop.specs import Spec

#: How many reasons for encoding are said.
_SAID = 3


@dataclass(frozen=True)
class Ways:
    """The stretches of one deliverable in order, each to be copied or encoded, and the *reason* in words."""

    stretches: tuple[Segment | Copy, ...]
    reason: Reason


def ways_of(segments: Sequence[Segment], spec: Spec, facts: Callable[[str], MediaFacts | None]) -> Ways:
    """Which of *segments* are copied for *spec*; *facts* gives what the file at a path is.

    Copies and encoded segments are mixed only where each frame says itself how it is to be decoded; else all are
    copied from sources of one form, or none is.
    """
    frames = sum(segment.frames for segment in segments)
    if not may_copy(spec.video):
        why = "the spec does not want it" if not spec.video.copy else f"{spec.video.codec} here is no intra codec"
        return Ways(tuple(segments), _reason(0, frames, why))
    against: Counter[str] = Counter()
    forms: set[str] = set()
    stretches: list[Segment | Copy] = []
    for segment in segments:
        source = facts(segment.base.path) if isinstance(segment.base, Take) else None
        why = why_not(segment, source, spec.video, spec.container)
        copy = None if why else copy_of(segment)
        stretches.append(copy or segment)
        against[why] += segment.frames
        if copy and source and source.picture:
            forms.add(source.picture.parameters)
    copied = against.pop("", 0)
    if copied and spec.video.codec not in SELF_DESCRIBING and (len(forms) > 1 or against):
        other = "the sources are encoded in several ways" if len(forms) > 1 else "a part of it must be encoded"
        return Ways(tuple(segments), _reason(0, frames, f"{other}, and {spec.video.codec} has one head for all"))
    return Ways(tuple(stretches), _reason(copied, frames, _told(against)))


def drawn_together(pieces: Sequence[Piece]) -> list[Piece]:
    """*pieces* with neighbours that follow each other in one file drawn together."""
    drawn: list[Piece] = []
    for piece in pieces:
        last = drawn[-1] if drawn else None
        if last and last.frames is not None and piece.frames is not None:
            follows = (last.path, last.stream, last.first + last.frames) == (piece.path, piece.stream, piece.first)
            if follows:
                drawn[-1] = Piece(last.path, last.first, last.frames + piece.frames, last.stream)
                continue
        drawn.append(piece)
    return drawn


def _reason(copied: int, frames: int, why: str) -> Reason:
    value = f"{copied} of {frames} frames copied" if copied else f"all {frames} frames encoded"
    if copied == frames:
        value, why = f"all {frames} frames copied", "the sources are in this form already"
    return Reason(what="copy", value=value, plugin="twopop", why=why)


def _told(against: Counter[str]) -> str:
    """Why frames are encoded, the most frequent reason first."""
    told = [f"{why} ({count} frames)" for why, count in against.most_common(_SAID)]
    rest = sum(against.values()) - sum(count for _, count in against.most_common(_SAID))
    return "; ".join([*told, f"other reasons ({rest} frames)"] if rest else told)
