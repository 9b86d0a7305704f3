"""Reading caption files onto the frames of a program."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from twopop.captions.cues import Cue, decode, srt_cues, vtt_cues
from twopop.captions.model import Caption, CaptionTrack
from twopop.errors import InputError
from twopop.findings import Finding, info, warn
from twopop.time import Rate, timecode

#: More than any caption file has; a larger file is something else.
_LARGEST = 32 << 20


def read_captions(
    path: Path, *, rate: Rate, start: int, language: str, drop: bool = False
) -> tuple[CaptionTrack, tuple[Finding, ...]]:
    """The captions in the SRT or WebVTT file at *path*, on the frames of a program at *rate*, and what to know of it.

    Every time goes to the nearest frame boundary; a caption lasts one frame at least. *start* is the program's first
    frame, counted from midnight, *drop* whether its timecode drops. A file whose first caption lies at or after that
    timecode (read as a clock, where it is not midnight) counts from it; times after it are taken as running time.
    Raises InputError for a file that is missing, no text, or no captions.
    """
    cues, findings = _cues(path)
    if not cues:
        nothing = warn("captions.empty", "It has no captions.", where=path.name)
        return CaptionTrack(language=language), (*findings, nothing)
    origin = _origin(cues, rate, start, drop)
    if origin:
        label = timecode(start, rate, drop=drop)
        message = f"The captions are counted from the program's start timecode {label}."
        findings.append(info("captions.timecode", message, where=path.name))
    if any(before.start > after.start for before, after in pairwise(cues)):
        findings.append(info("captions.order", "The captions were not in order; they are now.", where=path.name))
    captions: list[Caption] = []
    for cue in sorted(cues, key=lambda cue: (cue.start, cue.stop)):
        caption, problem = _on_frames(cue, origin, rate)
        findings += problem
        if caption is None:
            continue
        if captions and caption.start < max(earlier.stop for earlier in captions[-4:]):
            message = f"This caption begins before the one before it ends: {_quoted(caption.lines)}."
            findings.append(warn("captions.overlap", message, where=cue.where, remedy="Shorten the one before."))
        captions.append(caption)
    return CaptionTrack(language=language, captions=tuple(captions)), tuple(findings)


def _cues(path: Path) -> tuple[list[Cue], list[Finding]]:
    """The cues of the file, by what is in it; its suffix decides only where the content does not."""
    try:
        if path.stat().st_size > _LARGEST:
            raise InputError("This file is too large for captions.", where=str(path), remedy="Check the path.")
        content = path.read_bytes()
    except FileNotFoundError:
        raise InputError("There is no such caption file.", where=str(path), remedy="Check the path.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"The captions cannot be read ({reason}).", where=str(path)) from None
    text, findings = decode(content, path.name)
    read = vtt_cues if text.startswith("WEBVTT") or path.suffix.lower() == ".vtt" else srt_cues
    cues, more = read(text, path.name)
    return cues, findings + more


def _origin(cues: Sequence[Cue], rate: Rate, start: int, drop: bool) -> Fraction:
    """The seconds to take off: those of the start timecode when the file counts from it, else none."""
    if start <= 0:
        return Fraction(0)
    hours, minutes, seconds, frames = (
        int(field) for field in timecode(start, rate, drop=drop).replace(";", ":").split(":")
    )
    label = (hours * 60 + minutes) * 60 + seconds + Fraction(frames, rate.nominal)
    return label if min(cue.start for cue in cues) >= label else Fraction(0)


def _on_frames(cue: Cue, origin: Fraction, rate: Rate) -> tuple[Caption | None, list[Finding]]:
    if not cue.lines:
        return None, [warn("captions.empty", "This caption has no text; it was left out.", where=cue.where)]
    if cue.stop <= cue.start:
        message = f"This caption ends before it begins; it was left out: {_quoted(cue.lines)}."
        return None, [warn("captions.times", message, where=cue.where, remedy="Mend its times.")]
    begin, end = rate.nearest_frame(cue.start - origin), rate.nearest_frame(cue.stop - origin)
    return Caption(start=begin, stop=max(end, begin + 1), lines=cue.lines, settings=cue.settings), []


def _quoted(lines: Sequence[str]) -> str:
    text = " ".join(lines)
    return repr(text if len(text) <= 40 else f"{text[:39]}…")
