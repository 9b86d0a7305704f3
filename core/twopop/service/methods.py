"""Every method and notification of the service, with its schema. From top to bottom this is an editor's way.

All messages are JSON-RPC 2.0 in text frames of a WebSocket. Parameters travel by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from twopop.service.values import (
    ActionRow,
    DeliverableRow,
    EditRow,
    FileRow,
    FindingRow,
    HostRow,
    JobRow,
    PlanRow,
    PresetRow,
    ProjectRow,
    SpecRow,
    TimelineRow,
    Timelines,
)

#: The version of this protocol. Fields and methods may be added within it; nothing is taken away.
PROTOCOL = 1

#: The largest message that the service takes, in bytes.
LARGEST = 1 << 20

#: How many rows of a plan or of a job one answer holds at most.
PAGE = 200


class _Params(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class _Result(msgspec.Struct, frozen=True, kw_only=True):
    pass


class Nothing(_Params, frozen=True):
    """No parameters."""


class Done(_Result, frozen=True):
    """It was done."""


# -- who is there ------------------------------------------------------------------------------------------------------


class Pair(_Params, frozen=True, kw_only=True):
    """The *code* of six digits that the service showed."""

    code: str


class Paired(_Result, frozen=True, kw_only=True):
    """The *token* to say hello with from now on."""

    token: str


class PanelHost(_Params, frozen=True, kw_only=True):
    """The host that a panel lives in, where only the panel can talk to it.

    *methods* are those of the Host protocol that the panel answers: the service calls them as ``host.read`` and so on.
    """

    name: str
    title: str
    methods: tuple[str, ...] = ()


class Hello(_Params, frozen=True, kw_only=True):
    """The first words of a panel: its *token*, which *panel* it is, and the *host* that it lives in, if it is one."""

    token: str
    protocol: int = PROTOCOL
    panel: str = ""
    host: PanelHost | None = None


class Welcome(_Result, frozen=True, kw_only=True):
    """The *session* of this connection, the service's version, and the *projects* to work in."""

    session: str
    twopop: str
    protocol: int
    projects: tuple[ProjectRow, ...]


class InProject(_Params, frozen=True, kw_only=True):
    """In which *project*, by name."""

    project: str


class Hosts(_Result, frozen=True, kw_only=True):
    """The hosts that a bridge exists for, those in panels included."""

    hosts: tuple[HostRow, ...]


# -- what there is to choose -------------------------------------------------------------------------------------------


class InHost(_Params, frozen=True, kw_only=True):
    """In which *project*, in which *host* (by name)."""

    project: str
    host: str


class OneTimeline(_Params, frozen=True, kw_only=True):
    """A timeline of a host by *id*; "" is the current one."""

    project: str
    host: str
    id: str = ""


class Specs(_Result, frozen=True, kw_only=True):
    """The specs on offer."""

    specs: tuple[SpecRow, ...]


class Presets(_Result, frozen=True, kw_only=True):
    """The saved orders of the studio and of the project."""

    presets: tuple[PresetRow, ...]


class OnePreset(_Params, frozen=True, kw_only=True):
    """A saved order by *name*."""

    project: str
    name: str


class OrderResult(_Result, frozen=True, kw_only=True):
    """An *order* as ``twopop.order/1`` writes it in JSON."""

    order: dict[str, Any]


class SavePreset(_Params, frozen=True, kw_only=True):
    """An *order* to keep in the project under a *name*; one of that name is replaced only with *replace*."""

    project: str
    name: str
    order: dict[str, Any]
    replace: bool = False


# -- the plan ----------------------------------------------------------------------------------------------------------


class MakePlan(_Params, frozen=True, kw_only=True):
    """Plan *order* for a *timeline* of a *host* ("": the current one).

    The order's ``[timeline] file`` is not looked at: the cut comes from the host. *picture* says where the pictures
    come from: the clips' own media, or a master that the host renders once for each state of its timeline.
    """

    project: str
    host: str
    timeline: str = ""
    order: dict[str, Any]
    picture: Literal["sources", "master"] = "sources"


class Rows(_Params, frozen=True, kw_only=True):
    """The rows from *first* on, *count* of them at most."""

    id: str
    first: int = 0
    count: int = PAGE


class PlanRows(_Result, frozen=True, kw_only=True):
    """Some lines of a plan, and how many there are in all."""

    total: int
    rows: tuple[DeliverableRow, ...]


class Show(_Params, frozen=True, kw_only=True):
    """A *frame* of a timeline to move the host's playhead to."""

    project: str
    host: str
    timeline: str
    frame: int


class AddMarkers(_Params, frozen=True, kw_only=True):
    """Make markers of the findings of a plan or job (*id*) in the host's timeline: of all, or of the named ones."""

    id: str
    findings: tuple[str, ...] = ()


class PutCut(_Params, frozen=True, kw_only=True):
    """Put the cut of one *deliverable* of the plan *id* back into the host as a new timeline."""

    id: str
    deliverable: str


class Edits(_Result, frozen=True, kw_only=True):
    """What was changed in the host."""

    edits: tuple[EditRow, ...]


# -- the delivery ------------------------------------------------------------------------------------------------------


class Deliver(_Params, frozen=True, kw_only=True):
    """Deliver the plan *id*: all of it, or only the *deliverables* named.

    Asking twice for the same is one job. With *bring_in* the files go into a bin of the host, with *markers* the
    findings become markers.
    """

    id: str
    deliverables: tuple[str, ...] = ()
    bring_in: bool = False
    markers: bool = False


class OneJob(_Params, frozen=True, kw_only=True):
    """A job by *id*."""

    id: str


class Job(_Result, frozen=True, kw_only=True):
    """A job."""

    job: JobRow


class Jobs(_Result, frozen=True, kw_only=True):
    """Jobs, newest first."""

    jobs: tuple[JobRow, ...]


class Files(_Result, frozen=True, kw_only=True):
    """Some files of a job, and how many there are in all."""

    total: int
    files: tuple[FileRow, ...]


class Findings(_Result, frozen=True, kw_only=True):
    """Some findings of a plan or a job, the heaviest first, and how many there are in all."""

    total: int
    findings: tuple[FindingRow, ...]


class BringIn(_Params, frozen=True, kw_only=True):
    """Take the files that a job delivered into the bin *folder* of its host."""

    id: str
    folder: str = "twopop"


class Undo(_Params, frozen=True, kw_only=True):
    """Take back what a job or a plan changed in the host: all of it, newest first, or only the *edits* named."""

    id: str
    edits: tuple[str, ...] = ()


class Open(_Params, frozen=True, kw_only=True):
    """Open a file of a job with the machine's own program, or show it in its folder.

    *path* is below the job's output folder; "" is the folder itself, ``report`` the receipt.
    """

    id: str
    path: str = ""
    how: Literal["open", "reveal"] = "open"


# -- the studio's own buttons ------------------------------------------------------------------------------------------


class Actions(_Result, frozen=True, kw_only=True):
    """The studio's buttons."""

    actions: tuple[ActionRow, ...]


class Act(_Params, frozen=True, kw_only=True):
    """Do the studio's *action* to what the job *id* delivered."""

    id: str
    action: str


# -- what the service says by itself -----------------------------------------------------------------------------------


class JobNote(msgspec.Struct, frozen=True, kw_only=True):
    """How a job stands now: told when its state changes and, while it runs, a few times a second at most.

    *files* are those that changed since the last word.
    """

    job: JobRow
    files: tuple[FileRow, ...] = ()


class FindingNote(msgspec.Struct, frozen=True, kw_only=True):
    """Something was found while a job ran."""

    job: str
    finding: FindingRow


class HostNote(msgspec.Struct, frozen=True, kw_only=True):
    """A host came, went, was lost (*detail* says how), or became busy or idle."""

    project: str
    host: HostRow


class WorkNote(msgspec.Struct, frozen=True, kw_only=True):
    """How far something is that a call of this panel waits for (a master that the host renders): *done* of *total*."""

    request: int | str
    done: int
    total: int
    said: str = ""


@dataclass(frozen=True)
class Method:
    """One method: its *params* and *result*, and whether it *changes* anything (then the audit log has a line of it).

    *help* is one sentence.
    """

    params: type
    result: type
    help: str
    changes: bool = False


#: {name: method}. ``pair`` and ``hello`` are the only ones before the welcome.
METHODS: Mapping[str, Method] = {
    "pair": Method(Pair, Paired, "Trade the code that the service shows for a token.", changes=True),
    "hello": Method(Hello, Welcome, "Say who is there; nothing else is answered before."),
    "ping": Method(Nothing, Done, "Say that the panel is alive."),
    "hosts": Method(InProject, Hosts, "The hosts, and whether they are there."),
    "timelines": Method(InHost, Timelines, "The timelines of the host's open project, and what the host can do."),
    "timeline": Method(OneTimeline, TimelineRow, "Read a timeline: its length, its markers, its problems."),
    "specs": Method(InProject, Specs, "The specs on offer."),
    "presets": Method(InProject, Presets, "The saved orders of the studio and the project."),
    "preset": Method(OnePreset, OrderResult, "One saved order."),
    "save_preset": Method(SavePreset, Done, "Keep an order under a name.", changes=True),
    "plan": Method(MakePlan, PlanRow, "Everything that would happen: the same plan as the command line's."),
    "rows": Method(Rows, PlanRows, "The lines of a plan."),
    "show": Method(Show, Done, "Move the host's playhead.", changes=True),
    "markers": Method(AddMarkers, Edits, "Make markers of findings.", changes=True),
    "put": Method(PutCut, Edits, "Put a cutdown into the host as a new timeline.", changes=True),
    "deliver": Method(Deliver, Job, "Start a delivery.", changes=True),
    "cancel": Method(OneJob, Job, "Stop a delivery; what is finished is kept.", changes=True),
    "jobs": Method(InProject, Jobs, "The deliveries of a project."),
    "job": Method(OneJob, Job, "One delivery."),
    "files": Method(Rows, Files, "The files of a delivery."),
    "findings": Method(Rows, Findings, "What was found by a plan or a delivery."),
    "bring_in": Method(BringIn, Edits, "Take delivered files into a bin of the host.", changes=True),
    "undo": Method(Undo, Edits, "Take back what was changed in the host.", changes=True),
    "open": Method(Open, Done, "Open or reveal a delivered file, or the report.", changes=True),
    "actions": Method(InProject, Actions, "The studio's buttons."),
    "act": Method(Act, Findings, "Press one of the studio's buttons.", changes=True),
}

#: {name: what it tells}.
NOTES: Mapping[str, type] = {"job": JobNote, "finding": FindingNote, "host": HostNote, "work": WorkNote}
