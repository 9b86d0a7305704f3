"""How a retimed clip is shown between two frames of its source: as the clip says, else the order, else the house."""

from __future__ import annotations

from typing import get_args

import msgspec

from twopop.findings import Finding, info, warn
from twopop.picture.colour import is_rgb
from twopop.picture.facts import PictureFacts
from twopop.picture.recipe import Retime, Take, depth
from twopop.timeline.program import Event

KNOWN: tuple[Retime, ...] = get_args(Retime)


def retimed(
    take: Take, event: Event, picture: PictureFacts, otherwise: Retime, where: str
) -> tuple[Take, Finding | None]:
    """*take* with the retime that *event* asks for (its ``retime`` metadata) or *otherwise*; and a note about it.

    What shows whole source frames only needs none, and stays one segment with what shows them otherwise.
    """
    wanted = event.metadata.get("retime") or otherwise
    if take.still or event.layer or (take.first.denominator == 1 and take.step.denominator == 1):
        return take, None
    if wanted not in KNOWN:
        message = f"{wanted!r} is no way to retime a clip; it is retimed by {otherwise}."
        remedy = f"Write one of: {', '.join(KNOWN)}."
        return _with(take, otherwise, picture), warn("timeline.retime", message, where=where, remedy=remedy)
    if wanted != "nearest" and not picture.uniform:
        message = f"The frames of its media do not lie evenly, so it is retimed by nearest and not by {wanted}."
        return take, info("picture.retime", message, where=where, remedy="Convert the media to an even rate.")
    if wanted == "motion" and is_rgb(picture.pixel_format):
        message = "Motion is not looked for in RGB; it is retimed by blend."
        return _with(take, "blend", picture), info("picture.retime", message, where=where)
    note = None
    if wanted == "motion" and depth(picture.pixel_format) > 8:
        message = f"Motion-compensated pictures are made in 8 bit; this clip has {depth(picture.pixel_format)}."
        note = info("picture.retime", message, where=where, remedy="Retime it in the host, or by blend.")
    return _with(take, wanted, picture), note


def _with(take: Take, how: Retime, picture: PictureFacts) -> Take:
    """*take* retimed; how long the file is matters only where its frames have neighbours."""
    return take if how == "nearest" else msgspec.structs.replace(take, retime=how, length=picture.frames)
