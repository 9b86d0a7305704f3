"""Checks that a plan can make before anything is rendered, in an editor's words."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from twopop import time
from twopop.errors import InputError
from twopop.findings import Finding, Severity
from twopop.specs import Spec
from twopop.time import Rate
from twopop.variants.model import Cutdown, aspect_ratio


def aspect_possible(spec: Spec, aspect: str) -> Finding | None:
    """Whether *spec* has a size for *aspect*."""
    if aspect in spec.video.sizes:
        return None
    if aspect_ratio(aspect) is None:
        said = f"{aspect!r} is no aspect ratio; write width and height with a colon, such as 9:16."
    else:
        said = f"{spec.title} ({spec.name}) is not made in {aspect}."
    made = ", ".join(spec.video.sizes)
    remedy = f"Ask for one of: {made}."
    return _spec_finding(spec, "video.sizes", said, aspect, made, remedy, Severity.FAIL)


def rate_allowed(spec: Spec, rate: Rate) -> Finding | None:
    """Whether the receiver takes *rate*."""
    if not spec.video.rates or rate in spec.video.rates:
        return None
    taken = ", ".join(map(str, spec.video.rates))
    said = f"{spec.title} ({spec.name}) does not take {rate} frames a second."
    return _spec_finding(spec, "video.rates", said, str(rate), taken, "Deliver from a timeline at one of its rates.")


def length_allowed(spec: Spec, frames: int, rate: Rate) -> Finding | None:
    """Whether the receiver takes a file of so many *frames*."""
    seconds = rate.seconds(frames)
    if spec.longest is None or seconds <= spec.longest:
        return None
    measured, limit = f"{float(seconds):.3f} s", f"at most {float(spec.longest):g} s"
    said = f"{frames} frames last {measured}; {spec.title} ({spec.name}) takes {limit}."
    return _spec_finding(spec, "longest", said, measured, limit, "Ask for a shorter version in this spec.")


def timecode_possible(spec: Spec, rate: Rate) -> Finding | None:
    """Whether the start timecode that *spec* asks for exists at *rate*."""
    if spec.start_timecode in ("", "program"):
        return None
    try:
        time.frame_of(spec.start_timecode, rate)
    except InputError as error:
        at = f"{rate} frames a second"
        remedy = "Mend the spec, or deliver from a timeline at another rate."
        return _spec_finding(spec, "start_timecode", error.what, spec.start_timecode, at, remedy, Severity.FAIL)
    return None


def duration_fits(cutdown: Cutdown, wanted: int, tolerance: int, rate: Rate) -> Finding | None:
    """Whether *cutdown* has the *wanted* frames, give or take *tolerance*."""
    off = cutdown.frames - wanted
    if abs(off) <= tolerance:
        return None
    said = f"{abs(off)} {'over' if off > 0 else 'short of'}"
    message = (
        f"The {cutdown.label} cutdown is {cutdown.frames} frames, {said} {wanted} ({_seconds(wanted, rate)} at {rate})."
    )
    limit = f"{wanted} frames" if not tolerance else f"{wanted} ±{tolerance} frames"
    verb = "Take away" if off > 0 else "Add"
    return Finding(
        rule="cutdown.length",
        severity=Severity.FAIL,
        message=message,
        remedy=f"{verb} {abs(off)} frames in [cutdowns.{cutdown.label!r}], or allow them with tolerance_frames.",
        measured=f"{cutdown.frames} frames",
        limit=limit,
    )


def inside_program(cutdown: Cutdown, frames: int) -> Finding | None:
    """Whether *cutdown* has stretches, and each has frames and lies in a program of so many *frames*."""
    if not cutdown.keep:
        message = f"The {cutdown.label} cutdown has no frames."
        return Finding(rule="cutdown.outside", severity=Severity.FAIL, message=message, remedy="Say what it keeps.")
    for place, span in enumerate(cutdown.keep, 1):
        if span.frames <= 0:
            said = "ends before it begins" if span.frames < 0 else "has no frames"
        elif span.start < 0 or span.stop > frames:
            said = f"leaves the timeline, which has {frames} frames"
        else:
            continue
        return Finding(
            rule="cutdown.outside",
            severity=Severity.FAIL,
            message=f"Stretch {place} of the {cutdown.label} cutdown (frames {span.start} to {span.stop}) {said}.",
            remedy="Check its in and out points.",
            measured=f"{span.start} to {span.stop}",
            limit=f"0 to {frames}",
        )
    return None


def present(checks: Iterable[Finding | None]) -> list[Finding]:
    """The findings among the results of checks."""
    return [finding for finding in checks if finding is not None]


def _seconds(frames: int, rate: Rate) -> str:
    """How long *frames* are as timecode counts: 720 at 24000/1001 are 30 s."""
    return f"{float(Fraction(frames, rate.nominal)):g} s"


def _spec_finding(
    spec: Spec, rule: str, message: str, measured: str, limit: str, remedy: str, severity: Severity | None = None
) -> Finding:
    """A finding as heavy as *spec* makes the *rule*; what cannot be made at all has its own *severity*."""
    return Finding(
        rule=rule,
        severity=severity or spec.level(rule),
        message=message,
        remedy=remedy,
        measured=measured,
        limit=limit,
        source=spec.rule_source(rule),
    )
