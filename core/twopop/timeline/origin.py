"""Where a clip's time lies in its media file."""

from __future__ import annotations

from fractions import Fraction

from twopop.errors import InputError
from twopop.time import Rate, frame_of


def media_time(source_in: Fraction, absolute: bool, file_timecode: str, rate: Rate) -> Fraction:
    """*source_in* as seconds from the first frame of the media file.

    With *absolute* the clip counts in the source's own timecode, so the file's start timecode, counted at *rate* (the
    file's own), is taken off, but only from a time that lies at or beyond it: a clip that claims to start before its
    file does was counted from zero after all. A file whose timecode is missing, or does not exist at *rate*, starts
    at zero.
    """
    if not (absolute and file_timecode):
        return source_in
    try:
        origin = rate.seconds(frame_of(file_timecode, rate))
    except InputError:
        return source_in
    return source_in - origin if source_in >= origin else source_in
