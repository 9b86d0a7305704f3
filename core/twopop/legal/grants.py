"""What the timeline says of rights, and which of it survives a cut. It repeats what others wrote; no legal advice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, cast, get_args

from twopop.findings import Finding, Severity
from twopop.legal.model import Grant
from twopop.time import ceil, floor
from twopop.timeline.program import AudioClip, Event, Program
from twopop.variants.model import Span

Status = Literal["cleared", "refused", "unknown"]

#: What every finding here is marked with.
LABEL = "as the timeline says; not legal advice"

_SEVERITY = {"refused": Severity.FAIL, "unknown": Severity.WARN}


def grants_in(program: Program) -> list[Grant]:
    """The grants in the clips' own metadata, each once, in the order of the program.

    A clip says ``rights = {"status": "refused", "note": "..."}``, or the status alone. A status that is none of
    cleared, refused and unknown counts as unknown, with the word in the note.
    """
    clips: list[Event | AudioClip] = [*program.events, *(clip for track in program.audio for clip in track.clips)]
    grants = (_grant(clip) for clip in clips if "rights" in clip.metadata)
    return list(dict.fromkeys(grant for grant in grants if grant.source))


def _grant(clip: Event | AudioClip) -> Grant:
    said: Any = clip.metadata["rights"]
    table: Mapping[str, Any] = said if isinstance(said, Mapping) else {"status": said}
    status, note = table.get("status", ""), str(table.get("note") or "")
    word = status.strip().lower() if isinstance(status, str) else ""
    if word in get_args(Status):
        return Grant(source=subject(clip), status=cast(Status, word), note=note)
    told = f"its status is written as {status!r}" if status else "it has no status"
    return Grant(source=subject(clip), status="unknown", note=f"{note}; {told}" if note else told)


def subject(clip: Event | AudioClip) -> str:
    """What a grant of *clip* speaks of: its source, or the clip's own name where it has none (a title)."""
    return clip.source.name if clip.source is not None else clip.name


def findings_for(
    grants: Iterable[Grant],
    program: Program,
    spans: Sequence[Span],
    deliverable_id: str = "",
    *,
    texted: bool = True,
) -> list[Finding]:
    """What *grants* mean for a cut of *program* that keeps *spans*: refused sources in it fail, unknown ones warn.

    A source is in the cut when any of its picture, of a layer above (only when *texted*) or of its sound is: one
    finding for what is seen of it and one for what is heard. Where grants disagree on a source, the gravest counts.
    ``where`` is *deliverable_id*.
    """
    gravest: dict[str, Grant] = {}
    for grant in grants:
        known = gravest.get(grant.source)
        if grant.status in _SEVERITY and (known is None or (known.status, grant.status) == ("unknown", "refused")):
            gravest[grant.source] = grant
    if not gravest:
        return []
    kept = [span for span in spans if span.frames > 0]
    found = []
    for sense, clips in (("seen", _seen(program, texted=texted)), ("heard", _heard(program))):
        uses: dict[str, list[tuple[str, Span]]] = {}
        for source, name, span in clips:
            if source in gravest:
                uses.setdefault(source, []).extend((name, cut) for cut in _cuts(span, kept))
        for source, survived in uses.items():
            if survived:
                found.append(_finding(gravest[source], sense, survived, program, deliverable_id))
    return found


def _seen(program: Program, *, texted: bool) -> Iterator[tuple[str, str, Span]]:
    for event in program.events:
        if texted or event.layer == 0:
            yield subject(event), event.name, Span(event.start, event.stop)


def _heard(program: Program) -> Iterator[tuple[str, str, Span]]:
    """Sound in whole frames: every frame in which any of it is heard."""
    for track in program.audio:
        for clip in track.clips:
            yield subject(clip), clip.name, Span(floor(clip.start * program.rate), ceil(clip.stop * program.rate))


def _cuts(span: Span, kept: Iterable[Span]) -> Iterator[Span]:
    for keep in kept:
        start, stop = max(span.start, keep.start), min(span.stop, keep.stop)
        if start < stop:
            yield Span(start, stop)


def _finding(grant: Grant, sense: str, uses: Sequence[tuple[str, Span]], program: Program, where: str) -> Finding:
    name, first = uses[0]
    frames = sum(span.frames for _, span in uses)
    clip = f"The clip {name!r}" + (f" (source {grant.source!r})" if name != grant.source else "")
    if len(uses) > 1:
        more = f" and in {len(uses) - 1} more place{'s' if len(uses) > 2 else ''}, {frames} frames in all"
    else:
        more = f" for {frames} frame{'s' if frames > 1 else ''}"
    why = f" ({grant.note})" if grant.note else ""
    refused = grant.status == "refused"
    rights = f"Its use is refused{why}." if refused else f"Whether it may be used is not known{why}."
    return Finding(
        rule=f"rights.{grant.status}",
        severity=_SEVERITY[grant.status],
        message=f"{clip} is {sense} from {program.timecode(first.start)}{more}. {rights}",
        where=where,
        remedy="Take it out of the cut or clear it." if refused else "Ask who cleared it.",
        measured=f"{frames} frames",
        limit="0 frames" if refused else "",
        source=LABEL,
    )
