"""The answers to "may this be shown there?" for one cut, as values for the plan and as findings for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from twopop.findings import Finding, Severity
from twopop.legal.clearance import Clearance, State
from twopop.legal.model import Asset
from twopop.legal.survival import Stretch, frames_of
from twopop.timeline.program import Program

#: What every finding here is marked with.
LABEL = "as the ledger says; not legal advice"


class AssetUse(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An *asset* (its id, kind and title) as it survives in one cut: *stretches* in the order of the cut.

    *frames* counts each frame of the cut once; *answers* says for each right whether it is cleared. *credit* is the
    line that has to be shown.
    """

    asset: str
    kind: str
    title: str
    frames: int
    stretches: tuple[Stretch, ...]
    answers: tuple[Clearance, ...]
    credit: str = ""


def use_of_asset(asset: Asset, stretches: tuple[Stretch, ...], answers: tuple[Clearance, ...]) -> AssetUse:
    """*asset* with what is left of it in a cut and what was answered."""
    return AssetUse(
        asset=asset.id,
        kind=asset.kind,
        title=asset.name,
        frames=frames_of(stretches),
        stretches=stretches,
        answers=answers,
        credit=asset.credit,
    )


def findings_of(uses: Iterable[AssetUse], program: Program, severities: dict[State, Severity]) -> list[Finding]:
    """A finding for each right that is not cleared, weighing as *severities* say (by state; a state left out: none)."""
    return [
        _finding(use, answer, program, severities[answer.state])
        for use in uses
        for answer in use.answers
        if answer.state in severities
    ]


def _finding(use: AssetUse, answer: Clearance, program: Program, severity: Severity) -> Finding:
    right = "" if answer.right == "use" else f" ({answer.right} right)"
    papers = f" [{'; '.join(answer.grants)}]" if answer.grants else ""
    return Finding(
        rule=f"rights.{answer.state.replace(' ', '-')}",
        severity=severity,
        message=f"{_what(use)}{right} {_where(use, program)}. {answer.why}{papers}",
        remedy=answer.remedy,
        measured=f"{use.frames} frames",
        source=LABEL,
    )


def _what(use: AssetUse) -> str:
    clip = use.stretches[0].clip
    kind = "The clip" if use.kind == "other" else f"The {use.kind}"
    named = f"{kind} {use.title!r}"
    return named if clip == use.title else f"{named} (clip {clip!r})"


def _where(use: AssetUse, program: Program) -> str:
    """``is seen from 01:00:04:00 for 48 frames``, and in how many more places."""
    first = use.stretches[0]
    senses = _senses(use.stretches)
    frames = f"{use.frames} frame{'s' if use.frames != 1 else ''}"
    more = len(use.stretches) - 1
    rest = f" and in {more} more place{'s' if more > 1 else ''}, {frames} in all" if more else f" for {frames}"
    return f"is {senses} from {program.timecode(first.program.start)}{rest}"


def _senses(stretches: Sequence[Stretch]) -> str:
    seen = any(stretch.seen for stretch in stretches)
    heard = any(not stretch.seen for stretch in stretches)
    return "seen and heard" if seen and heard else "seen" if seen else "heard"
