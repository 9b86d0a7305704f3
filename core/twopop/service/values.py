"""What the service tells panels: rows that can be shown as they are. All words are for people, all places exact."""

from __future__ import annotations

from typing import Literal

import msgspec

from twopop.findings import Severity
from twopop.hosts.model import Identity, TimelineName


class ProjectRow(msgspec.Struct, frozen=True, kw_only=True):
    """A twopop project that the service works in: its *name* (unique here) and its *folder*."""

    name: str
    folder: str


class HostSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A host that a plugin offers: whether it was *found* here, where or why not, and whether it can be *driven*."""

    name: str
    title: str
    found: bool
    detail: str
    driven: bool


class HostRow(msgspec.Struct, frozen=True, kw_only=True):
    """A host by *name*: whether it is *found* on this machine or lives in a panel, and in what *state*.

    *detail* says where it is or why not; *identity* is known once it was asked for something.
    """

    name: str
    title: str
    found: bool
    detail: str
    state: Literal["away", "idle", "busy", "lost"] = "away"
    in_panel: bool = False
    identity: Identity | None = None


class FindingRow(msgspec.Struct, frozen=True, kw_only=True):
    """A finding with its *id* (the same as long as it says the same) and the *frame* of the timeline it speaks of.

    *deliverable* is the id of the deliverable that it belongs to, "" for the whole run. *frame* is None where it speaks
    of no place in the timeline.
    """

    id: str
    rule: str
    severity: Severity
    message: str
    where: str = ""
    remedy: str = ""
    measured: str = ""
    limit: str = ""
    source: str = ""
    deliverable: str = ""
    frame: int | None = None


class MarkerRow(msgspec.Struct, frozen=True, kw_only=True):
    """A marker of a timeline, at *frame* and in *timecode*."""

    frame: int
    frames: int
    timecode: str
    name: str
    colour: str = ""
    note: str = ""


class ChoiceRow(msgspec.Struct, frozen=True, kw_only=True):
    """A cutdown that markers of one *name* offer: *count* stretches of *frames* in all, *length* as a timecode.

    *label* is the duration that they come to (``30s``), "" when they come to no whole second.
    """

    name: str
    count: int
    frames: int
    length: str
    label: str = ""


class TimelineRow(msgspec.Struct, frozen=True, kw_only=True):
    """A timeline as it was read: *rate* (``24000/1001``), *start* and *length* as timecodes, and what was found.

    *content* is the fingerprint of what it shows and sounds. *selection* is in frames, stop exclusive.
    """

    host: str
    id: str
    name: str
    content: str
    rate: str
    start: str
    frames: int
    length: str
    size: tuple[int, int] | None = None
    markers: tuple[MarkerRow, ...] = ()
    choices: tuple[ChoiceRow, ...] = ()
    selection: tuple[int, int] | None = None
    findings: tuple[FindingRow, ...] = ()


class SpecRow(msgspec.Struct, frozen=True, kw_only=True):
    """A spec on offer: *name*, *title*, the *aspects* it has sizes for, its codec and loudness in words."""

    name: str
    title: str
    aspects: tuple[str, ...]
    picture: str = ""
    sound: str = ""


class DeliverableRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a plan, as a list shows it.

    *version* is as names write it, *why* the reason for it, *because* why it has to be made. *rights* says in a few
    words how its rights stand, *weight* how much that weighs ("" when nothing is to be said). *length* is a timecode.
    """

    id: str
    duration: str
    aspect: str
    language: str
    market: str
    texted: bool
    spec: str
    path: str
    version: str
    why: str
    state: Literal["ready", "unchanged", "blocked"]
    frames: int
    length: str
    size: tuple[int, int]
    rights: str = ""
    weight: Literal["", "info", "warn", "fail"] = ""
    because: tuple[str, ...] = ()
    findings: tuple[FindingRow, ...] = ()


class PlanRow(msgspec.Struct, frozen=True, kw_only=True):
    """A plan: what it is for, how much there is to do, and what is wrong with all of it.

    The lines are told by ``rows``, *total* of them. *frames_to_render* is what the store lacks. *stopped* says that a
    finding stops the whole run.
    """

    id: str
    project: str
    title: str
    host: str
    timeline: str
    timeline_name: str
    rate: str
    out: str
    total: int
    ready: int
    unchanged: int
    blocked: int
    segments: int
    segments_in_store: int
    frames_to_render: int
    stopped: bool = False
    findings: tuple[FindingRow, ...] = ()


JobState = Literal["waiting", "running", "done", "failed", "cancelled"]
FileState = Literal["waiting", "rendering", "finishing", "delivered", "unchanged", "failed", "blocked", "cancelled"]


class FileRow(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a job: its deliverable's *id*, its *path* below the job's output folder, and how far it is.

    *done* of *total* parts (segments and mixes) are there. *bytes* are known when it is delivered.
    """

    id: str
    path: str
    state: FileState
    done: int = 0
    total: int = 0
    bytes: int = 0
    findings: tuple[FindingRow, ...] = ()


class EditRow(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was changed in a *host* for a job: *what* and *place* in words; whether it was taken back.

    *problem* says why it could not be taken back, "" where nobody tried or it was.
    """

    id: str
    host: str
    what: str
    place: str = ""
    undone: bool = False
    job: str = ""
    problem: str = ""


class JobRow(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery that was asked for. Times are UTC in ISO 8601, "" where there is none yet.

    *frames* of *frames_total* are rendered. Of *total* files *finished* have an end: *failed* of them could not be
    made, *blocked* of them were not to be made, the others are there. *said* is the last word, *problem* why it failed
    as a whole. *report* is the path of the receipt, "" until there is one.
    """

    id: str
    project: str
    plan: str
    title: str
    timeline_name: str
    out: str
    state: JobState
    host: str = ""
    timeline: str = ""
    started: str = ""
    ended: str = ""
    frames: int = 0
    frames_total: int = 0
    finished: int = 0
    failed: int = 0
    blocked: int = 0
    total: int = 0
    seconds_left: float | None = None
    said: str = ""
    problem: str = ""
    report: str = ""
    edits: tuple[EditRow, ...] = ()


class ActionRow(msgspec.Struct, frozen=True, kw_only=True):
    """A studio's button: *label*, *help*, and the *plugin* that brings it."""

    id: str
    label: str
    help: str
    plugin: str


class PresetRow(msgspec.Struct, frozen=True, kw_only=True):
    """A saved order by *name* (unique in its project): where it is kept, and its lines counted.

    *layer* is ``studio`` or ``project``; *problem* says why it cannot be used, "" when it can.
    """

    name: str
    layer: str
    title: str = ""
    lines: int = 0
    problem: str = ""


class Timelines(msgspec.Struct, frozen=True, kw_only=True):
    """The timelines of a host's open project, and which host it is."""

    identity: Identity
    timelines: tuple[TimelineName, ...]
