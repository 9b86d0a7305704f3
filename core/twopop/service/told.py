"""Plans and findings as rows that a panel shows as they are: in words, and at their frame of the timeline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

from twopop import schema
from twopop.delivery.plan import Deliverable, Plan
from twopop.errors import InputError
from twopop.findings import Finding, Severity, stops
from twopop.service.values import DeliverableRow, FindingRow
from twopop.time import frame_of, timecode
from twopop.timeline.program import Program
from twopop.variants.cutdowns import in_program
from twopop.variants.model import Span

_TIMECODE = re.compile(r"\b\d\d:\d\d:\d\d[:;]\d{2,3}\b")
_IN_TIMELINE = re.compile(r"\(in the timeline (\S+)\)")

Weight = Literal["", "info", "warn", "fail"]

#: Which findings weigh more, for sorting.
WEIGHTS = (Severity.FAIL, Severity.WARN, Severity.INFO)


class Teller:
    """Tells findings about what was made of *program*."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._clips: dict[str, list[Span]] = {}
        for name, span in _clips(program):
            self._clips.setdefault(name, []).append(span)

    def row(self, finding: Finding, deliverable: Deliverable | None = None) -> FindingRow:
        """*finding* of a *deliverable*, or of the whole."""
        id = deliverable.id if deliverable else ""
        return FindingRow(
            id=schema.fingerprint((id, finding.rule, finding.message, finding.where, finding.measured))[:16],
            rule=finding.rule,
            severity=finding.severity,
            message=finding.message,
            where="" if finding.where == id else finding.where,
            remedy=finding.remedy,
            measured=finding.measured,
            limit=finding.limit,
            source=finding.source,
            deliverable=id,
            frame=self.frame(finding, deliverable),
        )

    def rows(self, findings: Iterable[Finding], deliverable: Deliverable | None = None) -> tuple[FindingRow, ...]:
        """*findings*, the heaviest first."""
        return heaviest_first(self.row(finding, deliverable) for finding in findings)

    def frame(self, finding: Finding, deliverable: Deliverable | None) -> int | None:
        """The program frame that *finding* speaks of: at a timecode that it names, or where its clip begins."""
        mapped = _IN_TIMELINE.search(finding.where)
        texts = [mapped[1]] if mapped else _TIMECODE.findall(finding.where)
        if not texts and finding.rule.startswith(("rights.", "cutdown.")):
            texts = _TIMECODE.findall(finding.message)
        if texts:
            return self._at(texts[0], finding, deliverable)
        return self._of_clip(finding.where, deliverable)

    def _at(self, text: str, finding: Finding, deliverable: Deliverable | None) -> int | None:
        try:
            if deliverable is not None and finding.rule.startswith("supers."):  # counted from the file's first frame
                frame = frame_of(text, deliverable.rate)
                return next((span.start for span in in_program(deliverable.spans, Span(frame, frame + 1))), None)
            frame = self._program.frame_of(text)
        except InputError:
            return None
        return frame if 0 <= frame < self._program.frames else None

    def _of_clip(self, where: str, deliverable: Deliverable | None) -> int | None:
        name = where.partition(", ")[0]
        spans = self._clips.get(where) or self._clips.get(name) or []
        for kept in deliverable.spans if deliverable else (Span(0, self._program.frames),):
            starts = [
                max(span.start, kept.start) for span in spans if span.start < kept.stop and kept.start < span.stop
            ]
            if starts:
                return min(starts)
        return spans[0].start if spans else None


def heaviest_first(rows: Iterable[FindingRow]) -> tuple[FindingRow, ...]:
    """*rows*, each once, the heaviest first and otherwise in their order."""
    once = {row.id: row for row in rows}
    return tuple(sorted(once.values(), key=lambda row: WEIGHTS.index(row.severity)))


def _clips(program: Program) -> Iterator[tuple[str, Span]]:
    """What clips and their media are called, and where they lie."""
    for event in program.events:
        names = [event.name, event.source.name, event.source.path] if event.source else [event.name]
        for name in dict.fromkeys(filter(None, names)):
            yield name, Span(event.start, event.stop)
    frame = program.rate.nearest_frame
    for track in program.audio:
        for clip in track.clips:
            for name in dict.fromkeys(filter(None, (clip.name, clip.source.name, clip.source.path))):
                yield name, Span(frame(clip.start), max(frame(clip.stop), frame(clip.start) + 1))


# -- plans -------------------------------------------------------------------------------------------------------------


def deliverable_row(each: Deliverable, teller: Teller) -> DeliverableRow:
    """One line of a plan."""
    variant = each.variant
    words, weight = rights_of(each)
    return DeliverableRow(
        id=each.id,
        duration=variant.duration,
        aspect=variant.aspect,
        language=variant.language,
        market=variant.market,
        texted=variant.texted,
        spec=each.spec,
        path=each.path,
        version=str(each.version) if each.version.number else "",
        why=each.version.why,
        state=each.state,
        frames=each.frames,
        length=timecode(each.frames, each.rate),
        size=each.size,
        rights=words,
        weight=weight,
        because=each.because,
        findings=teller.rows(each.findings, each),
    )


def rights_of(each: Deliverable) -> tuple[str, Weight]:
    """How the rights of *each* stand, in a few words, and how much that weighs."""
    found = [finding for finding in each.findings if finding.rule.startswith("rights.")]
    weight: Weight = next((weight.value for weight in WEIGHTS if any(f.severity is weight for f in found)), "")
    states = [answer.state for use in each.rights for answer in use.answers]
    if not states:
        return (found[0].message if found else ""), weight
    told = []
    for state in ("refused", "not cleared", "expires", "unknown"):
        titles = dict.fromkeys(u.title for u in each.rights if any(a.state == state for a in u.answers))
        if titles:
            named = ", ".join(list(titles)[:2])
            more = f" and {len(titles) - 2} more" if len(titles) > 2 else ""
            told.append(f"{named}{more}: {state}")
    return "; ".join(told) or "all cleared", weight


def title_of(plan: Plan) -> str:
    """What *plan* is for, in a line."""
    return " · ".join(plan.project[key] for key in ("client", "title", "code") if plan.project.get(key))


def is_stopped(plan: Plan) -> bool:
    """Whether a finding stops the whole run."""
    return stops(plan.findings)
