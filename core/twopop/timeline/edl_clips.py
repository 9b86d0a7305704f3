"""One event of an EDL as an OTIO clip: its name and media by the CMX adapter, its times and speed by the list."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from twopop.time import Rate
from twopop.timeline.edl_lines import Line, motion
from twopop.timeline.edl_rate import count
from twopop.timeline.exact import stretch

if TYPE_CHECKING:
    from twopop.timeline.edl import Edit

Say = Callable[[str, str, Line], None]

_LOCATOR = re.compile(
    r"\*?\s*LOC:?\s*(?P<at>\d\d[:;]\d\d[:;]\d\d[:;.]\d\d)\s*(?P<colour>[A-Za-z]*)\s*(?P<name>.*)", re.I
)
_SPEED_NAME = re.compile(r"\s+FF$")


def span(start: int, frames: int, rate: Rate) -> Any:
    """An OTIO TimeRange of *frames* at *rate*."""
    return stretch(rate.seconds(start), rate.seconds(frames), rate)


def clip(edit: Edit, frames: int, rate: Rate, say: Say, *, outgoing: bool) -> Any:
    """The OTIO clip of *edit*, *frames* long; an *outgoing* edit shares its comments with the transition after it."""
    from opentimelineio import schema

    made = _by_adapter(edit.line, say, outgoing=outgoing)
    if _graded(made.metadata.get("cdl", {})):
        made.effects.append(schema.Effect(effect_name="ASC CDL grade"))
    speed = _speed(edit, rate)
    start = edit.source[0]
    if speed is None and abs((edit.source[1] - edit.source[0]) - edit.frames) > 0 and edit.source[1] != edit.source[0]:
        words = f"Source and record lengths differ ({edit.source[1] - edit.source[0]} and {edit.frames} frames)"
        say("timeline.edl-length", f"{words}; the record side counts.", edit.line)
    if speed == 0:
        made.effects.append(schema.FreezeFrame())
        made.name = _SPEED_NAME.sub("", made.name)
    elif speed is not None and speed != 1:
        made.effects.append(schema.LinearTimeWarp(time_scalar=float(speed)))
        start = _reversed_start(edit, frames, speed) if speed < 0 else start
    made.source_range = span(start, frames, rate)
    return made


def _graded(cdl: Any) -> bool:
    """Whether ASC_SOP and ASC_SAT, as the adapter reads them, change anything (ASC CDL: out = (in * s + o) ** p)."""
    neutral = {"slope": 1.0, "offset": 0.0, "power": 1.0}
    changed = cdl.get("asc_sat", 1.0) != 1.0
    return changed or any(
        value != neutral.get(key) for key, values in cdl.get("asc_sop", {}).items() for value in values
    )


def _reversed_start(edit: Edit, frames: int, speed: Fraction) -> int:
    """Where the stretch begins that a reversed event plays from its end.

    By the CMX rule the source in is the first frame shown and the tape runs backwards from there; lists whose source
    would then run below zero mean the stretch between in and out.
    """
    below = edit.source[0] - int((frames - 1) * -speed)
    return below if below >= 0 else edit.source[0]


def _speed(edit: Edit, rate: Rate) -> Fraction | None:
    """The speed that the event's M2 line gives it; None without one."""
    line = edit.line
    for comment in line.shared:
        found = motion(comment)
        if found is None or not _same_reel(found.reel, line.reel):
            continue
        if line.alone or found.at == line.times[0]:
            with contextlib.suppress(ValueError):
                return Fraction(found.speed) / rate.nominal
    freeze = any("FREEZE FRAME" in comment.upper() for comment in line.comments)
    return Fraction(0) if freeze else None


def _same_reel(one: str, other: str) -> bool:
    one, other = one.upper(), other.upper()
    return one == other or (len(one) >= 6 and len(other) >= 6 and (one.startswith(other) or other.startswith(one)))


def _by_adapter(line: Line, say: Say, *, outgoing: bool) -> Any:
    """The clip that the CMX adapter makes of this event's reel and comments; a bare one where it gives up."""
    from opentimelineio import adapters, schema

    leads_to = any("TO CLIP NAME" in comment.upper() for comment in line.shared)
    dropped = ("TO CLIP NAME",) if outgoing else ("FROM CLIP NAME",) if line.edit != "C" and not leads_to else ()
    kept = [
        comment
        for comment in (line.shared if outgoing else line.comments)
        if not re.match(r"^(M2\b|AUD\b|\*?\s*LOC\b|FCM|SPLIT|\*\s*\*?\s*FREEZE)", comment, re.I)
        and not any(word in comment.upper() for word in dropped)
        and not comment[0].isdigit()
    ]
    reel = re.sub(r"\s+", "_", line.reel) or "AX"
    text = "\n".join(["TITLE: event", f"001 {reel} V C 0 1 0 1", *kept])
    try:
        found = next(iter(adapters.read_from_string(text, "cmx_3600", rate=24).find_clips()))
    except Exception as error:
        say("timeline.edl-comments", f"Its comments cannot be read ({' '.join(str(error).split())[:120]}).", line)
        found = schema.Clip(name=line.reel)
        found.metadata["cmx_3600"] = {"reel": line.reel}
    made = found.clone()
    del made.markers[:]
    del made.effects[:]
    if made.media_reference is not None and made.media_reference.schema_name() != "GeneratorReference":
        made.media_reference.available_range = None  # the list knows only what it uses, not what there is
    if made.name in ("1", "001"):
        made.name = line.reel
    return made


def locators(edits: Iterable[Edit], rate: Rate, start: int, drop: bool) -> list[Any]:
    """The markers of LOC comments. Their timecode is the record side's, else the source's of the event above them."""
    from opentimelineio import schema

    out = []
    for edit in edits:
        for comment in edit.line.comments:
            match = _LOCATOR.match(comment)
            if match is None:
                continue
            frame = count(match["at"], rate, drop=drop or edit.line.drop)[0]
            if not edit.record[0] <= frame < edit.record[1] and edit.source[0] <= frame < edit.source[1]:
                frame = edit.record[0] + frame - edit.source[0]
            marker = schema.Marker(name=match["name"].strip())
            marker.marked_range = stretch(rate.seconds(frame - start), Fraction(0), rate)
            marker.color = match["colour"].upper()
            out.append(marker)
    return out
