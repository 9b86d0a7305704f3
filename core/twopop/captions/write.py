"""Writing captions: SRT and WebVTT.

Times are rounded to the nearest millisecond, which is always less than half a frame away from the frame boundary, so
that reading the file and going to the nearest frame gives the same frames back, at every rate.
"""

from __future__ import annotations

import re

from twopop.captions.model import Caption, CaptionTrack
from twopop.time import Rate

_MARKUP = re.compile(r"(</?[ibu]>)")
_BREAKS = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")


def to_srt(track: CaptionTrack, rate: Rate) -> bytes:
    r"""*track* as SRT in UTF-8, with ``<i>``, ``<b>``, ``<u>``; ``{\an8}`` for captions at the top (``line:0``)."""
    blocks = []
    for number, caption in enumerate((caption for caption in track.captions if _lines(caption)), 1):
        lines = "\n".join(_lines(caption))
        top = "{\\an8}" if "line:0" in caption.settings.split() else ""
        blocks.append(f"{number}\n{_times(caption, rate, ',')}\n{top}{lines}\n")
    return "\n".join(blocks).encode()


def to_vtt(track: CaptionTrack, rate: Rate) -> bytes:
    """*track* as WebVTT in UTF-8, with its cue settings; ``&``, ``<`` and ``>`` in the text are escaped."""
    blocks = ["WEBVTT\n"]
    for caption in track.captions:
        settings = " ".join(caption.settings.replace("-->", "").split())
        times = f"{_times(caption, rate, '.')} {settings}".rstrip()
        lines = "\n".join(_escaped(line) for line in _lines(caption))
        if lines:
            blocks.append(f"{times}\n{lines}\n")
    return "\n".join(blocks).encode()


def _lines(caption: Caption) -> list[str]:
    """The caption's lines; a blank one would end the caption, so there is none."""
    pieces = (piece.replace("\0", "").strip() for line in caption.lines for piece in _BREAKS.split(line))
    return [piece for piece in pieces if piece]


def _escaped(line: str) -> str:
    pieces = _MARKUP.split(line)
    return "".join(
        piece if _MARKUP.fullmatch(piece) else piece.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        for piece in pieces
    )


def _times(caption: Caption, rate: Rate, point: str) -> str:
    return f"{_clock(caption.start, rate, point)} --> {_clock(caption.stop, rate, point)}"


def _clock(frame: int, rate: Rate, point: str) -> str:
    """The time of the boundary before *frame*; nothing lies before zero."""
    milliseconds = max(0, round(rate.seconds(frame) * 1000))
    seconds, thousandths = divmod(milliseconds, 1000)
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours:02}:{minute:02}:{second:02}{point}{thousandths:03}"
