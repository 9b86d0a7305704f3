"""The plan: every deliverable with its name, version, segments and reasons, before anything is rendered."""

from __future__ import annotations

from typing import Literal

import msgspec

from twopop.captions.model import CaptionTrack
from twopop.delivery.order import Order
from twopop.findings import Finding
from twopop.legal.answers import AssetUse
from twopop.legal.cues import CueSheet
from twopop.legal.model import LegalField
from twopop.legal.supers import PlannedSuper
from twopop.naming.model import FileName
from twopop.picture.copying import Copy
from twopop.picture.recipe import Segment, Whole, parts_of
from twopop.sound.recipe import Mix
from twopop.specs import Spec
from twopop.time import Rate, frame_of, timecode
from twopop.timeline.program import Program
from twopop.variants.model import Span, Variant
from twopop.versions.model import Made, Version

SCHEMA = "twopop.plan/1"

State = Literal["ready", "unchanged", "blocked"]


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """Which *plugin* decided *what*, with the *value* and in a few words *why*."""

    what: str
    value: str
    plugin: str
    why: str = ""


class Deliverable(msgspec.Struct, frozen=True, kw_only=True):
    """One variant in one spec: one file.

    *path* is relative to the output folder. *frames* and *spans* (program frames) say what it shows, *segments* (which
    may be copies) and *mixes* (one for each of the spec's sounds) are keys into the plan, *content* is the fingerprint
    of everything seen, heard and told. *state* is ``ready`` to be made, ``unchanged`` (this version is delivered
    already and nothing changed) or ``blocked`` by a finding. *start_timecode* is "" for a file without timecode.
    *rights* are the assets of the ledgers that survive in it, with the answers for its flight, *cues* its cue sheet;
    *supers* are the legal texts that stand in it; *metadata* is written into the file where its container can hold it,
    *descriptions* are the files that hold it all.
    *because* says in an editor's words why it has to be made; *made* is what it is made from, part by part.
    """

    id: str
    variant: Variant
    spec: str
    name: FileName
    path: str
    version: Version
    state: State
    frames: int
    rate: Rate
    size: tuple[int, int]
    spans: tuple[Span, ...]
    start_timecode: str = ""
    segments: tuple[str, ...] = ()
    mixes: tuple[str, ...] = ()
    captions: CaptionTrack | None = None
    rights: tuple[AssetUse, ...] = ()
    cues: CueSheet | None = None
    supers: tuple[PlannedSuper, ...] = ()
    metadata: tuple[LegalField, ...] = ()
    descriptions: tuple[Literal["xmp", "json"], ...] = ()
    content: str = ""
    reasons: tuple[Reason, ...] = ()
    because: tuple[str, ...] = ()
    made: Made | None = None
    findings: tuple[Finding, ...] = ()


class TimelineFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The timeline a plan was made from; *content* is the fingerprint of its program."""

    content: str
    file: str
    name: str
    rate: Rate
    start: str
    frames: int
    events: int


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """The work that a plan asks for: how many deliverables, segments and frames, and how many the store has already.

    *frames_copied* are taken over from their sources without being rendered or stored.
    """

    deliverables: int
    to_make: int
    segments: int
    segments_in_store: int
    frames: int
    frames_to_render: int
    mixes: int
    mixes_in_store: int
    frames_copied: int = 0


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that would happen: the same order, timeline, settings and plugins give the same plan.

    *segments* and *mixes* are keyed by their place in the store; deliverables share them. *copies* are stretches of
    picture that are taken over from a source as they are. *wanted* counts the lines
    of the order: as many deliverables stand in the plan, each with a file or with the reason why there will be none.
    *rendered_because* says of each segment that the store does not hold why it has to be rendered. *order* and
    *program* are what the plan was made from.
    """

    schema: str
    project: dict[str, str]
    timeline: TimelineFacts
    out: str
    wanted: int
    deliverables: tuple[Deliverable, ...]
    segments: dict[str, Segment | Whole]
    mixes: dict[str, Mix]
    specs: dict[str, Spec]
    tools: dict[str, str]
    estimate: Estimate
    order: Order
    program: Program
    findings: tuple[Finding, ...] = ()
    copies: dict[str, Copy] = {}
    rendered_because: dict[str, str] = {}


def named(plan: Plan, key: str) -> str:
    """What *key* is, as a person would say it: where the segment lies, its size, its encoder; or which mix."""
    segment = plan.segments.get(key)
    if segment is None:
        return "sound" if key in plan.mixes else ""
    parts = parts_of(segment)
    start, stop = _place(plan, parts[0].span.start), _place(plan, parts[-1].span.stop)
    return f"{start} to {stop}, {segment.size[0]}x{segment.size[1]} {segment.encoding.encoder}"


def _place(plan: Plan, frame: int) -> str:
    rate, start = plan.timeline.rate, plan.timeline.start
    return timecode(frame_of(start, rate) + frame, rate, drop=";" in start)
