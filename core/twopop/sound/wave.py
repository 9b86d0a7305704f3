"""Encoded PCM as a Broadcast Wave file (EBU Tech 3285), which says when it begins."""

from __future__ import annotations

from pathlib import Path

from twopop import media
from twopop.errors import EditorError, StudioError


def write_wave(out: Path, sound: Path, *, begins: int) -> None:
    """Write the one stream of *sound*, which is PCM, into the WAV file *out*, sample by sample.

    *begins* is how many samples after midnight it begins, for the ``bext`` chunk's time reference. Files of more than
    4 GB become RF64 (EBU Tech 3306). Raises EditorError when the disk is full, StudioError when it cannot be written.
    """
    import av

    options = {"write_bext": "1", "rf64": "auto", "fflags": "+bitexact"}
    try:
        with (
            av.open(str(sound.absolute()), options={"protocol_whitelist": media.PROTOCOLS}) as source,
            av.open(f"file:{out.absolute()}", "w", format="wav", options=options) as target,
        ):
            track = source.streams.audio[0]
            stream = target.add_stream_from_template(track)
            target.metadata.update({"time_reference": str(begins), "originator": "twopop"})
            for packet in source.demux(track):
                if packet.size:
                    packet.stream = stream
                    target.mux(packet)
    except (av.FFmpegError, OSError) as error:
        if getattr(error, "errno", None) == 28:
            raise EditorError("The disk is full.", where=str(out), remedy="Free some space and run again.") from None
        remedy = "Let the spec's [audio] encode PCM."
        raise StudioError(f"The sound cannot be written as WAV ({error}).", where=str(out), remedy=remedy) from None
