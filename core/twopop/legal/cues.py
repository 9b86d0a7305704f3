"""Cue sheets: what music is heard in a variant, from where to where, by whom."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from twopop import time
from twopop.legal.model import Asset, Contributor, Work
from twopop.legal.survival import Stretch, joined
from twopop.time import Rate

#: Usage codes as the performing right societies read them (BMI and ASCAP practice).
USAGES = ("BI", "BV", "VI", "VV", "MT", "ET", "TH", "LOGO")


class Cue(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One stretch of one piece of music, heard without a break: frames ``[start, stop)`` of the variant.

    *begins* and *ends* are its timecodes in the file (the end is that of the first frame after it).
    """

    number: int
    asset: str
    title: str
    begins: str
    ends: str
    start: int
    stop: int
    usage: str = ""
    origin: str = ""
    iswc: str = ""
    isrc: str = ""
    library: str = ""
    catalogue: str = ""
    contributors: tuple[Contributor, ...] = ()

    @property
    def frames(self) -> int:
        """Length in frames."""
        return self.stop - self.start


class CueSheet(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The *cues* of one variant of *frames* at *rate*, in the order in which they begin.

    *cue_frames* is the sum of all cues, *music_frames* how many frames have any music at all.
    """

    rate: Rate
    frames: int
    cue_frames: int
    music_frames: int
    cues: tuple[Cue, ...]


def cue_sheet(pieces: Iterable[tuple[Asset, Iterable[Stretch]]], *, rate: Rate, frames: int, start: str) -> CueSheet:
    """The cue sheet of a variant of *frames* that begins at the timecode *start*, from what is heard of *pieces*."""
    first, drop = (time.frame_of(start, rate), ";" in start) if start else (0, False)
    heard = [
        (span, asset)
        for asset, stretches in pieces
        for span in joined(stretch.cut for stretch in stretches if not stretch.seen)
    ]
    cues = []
    for number, (span, asset) in enumerate(sorted(heard, key=lambda item: (item[0].start, item[1].id)), 1):
        work = asset.work or Work()
        cues.append(
            Cue(
                number=number,
                asset=asset.id,
                title=asset.name,
                begins=time.timecode(first + span.start, rate, drop=drop),
                ends=time.timecode(first + span.stop, rate, drop=drop),
                start=span.start,
                stop=span.stop,
                usage=work.usage,
                origin=work.origin,
                iswc=work.iswc,
                isrc=work.isrc,
                library=work.library,
                catalogue=work.catalogue,
                contributors=work.contributors,
            )
        )
    return CueSheet(
        rate=rate,
        frames=frames,
        cue_frames=sum(cue.frames for cue in cues),
        music_frames=sum(span.frames for span in joined(span for span, _ in heard)),
        cues=tuple(cues),
    )
