"""What a scripted service tells panels: rows of the real types, of a small harbour campaign or of a huge one."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from typing import Any

from twopop.findings import Severity
from twopop.hosts.model import Capability, Identity, TimelineName
from twopop.service.values import (
    ActionRow,
    ChoiceRow,
    DeliverableRow,
    EditRow,
    FileRow,
    FindingRow,
    HostRow,
    JobRow,
    MarkerRow,
    PlanRow,
    PresetRow,
    ProjectRow,
    SpecRow,
    TimelineRow,
    Timelines,
)

RATE = "24000/1001"

LENGTHS = {"full": (1440, "00:01:00:00"), "30s": (720, "00:00:30:00"), "15s": (360, "00:00:15:00")}

#: A host that can do everything, and one that lacks two things.
ABLE = Identity(app="Fake", version="1.0", project="Harbour Days", can=tuple(Capability))
POOR = Identity(
    app="Poor",
    version="0.9",
    edition="Free",
    project="Harbour Days",
    can=(Capability.PUT, Capability.MARKERS, Capability.IMPORT),
    lacks={
        Capability.SHOW: "The free edition cannot move the playhead.",
        Capability.RENDER: "The free edition cannot render for others.",
    },
)


def finding(rule: str, severity: Severity, message: str, **more: Any) -> FindingRow:
    return FindingRow(id=f"{rule}-{message}"[:60], rule=rule, severity=severity, message=message, **more)


EXPIRED = finding(
    "rights.outside",
    Severity.FAIL,
    "The music “Tide” is cleared until 2026-09-30, the flight in US ends on 2026-10-31.",
    where="01:00:12:00 to 01:00:30:00",
    remedy="Renew the licence, shorten the flight, or leave out the 60 s.",
    frame=288,
)
QUIET = finding(
    "captions.reading-speed",
    Severity.WARN,
    "The caption is read at 23 characters a second.",
    where="01:00:41:07",
    measured="23.1 characters/s",
    limit="20 characters/s",
    source="BBC Subtitle Guidelines 1.2.4",
    remedy="Shorten it, or let it stand longer.",
    frame=991,
)
TOLD = finding(
    "timeline.gap",
    Severity.INFO,
    "The timeline has a gap of 3 frames; it is rendered black.",
    where="01:00:55:02",
    frame=1322,
)


@dataclass
class World:
    """All that a scripted service knows. Tests change it as they like."""

    projects: list[ProjectRow] = field(
        default_factory=lambda: [ProjectRow(name="harbour", folder="/projects/harbour-line/spring/harbour")]
    )
    hosts: list[HostRow] = field(
        default_factory=lambda: [
            HostRow(name="fake", title="Fake host", found=True, detail="In the project's folder."),
            HostRow(name="poor", title="Poor host", found=True, detail="Version 0.9, free."),
            HostRow(
                name="resolve", title="DaVinci Resolve", found=False, detail="It is not installed on this machine."
            ),
        ]
    )
    open: dict[str, Timelines] = field(
        default_factory=lambda: {
            "fake": Timelines(
                identity=ABLE,
                timelines=(
                    TimelineName(id="t1", name="harbour", current=True),
                    TimelineName(id="t2", name="harbour_v2"),
                ),
            ),
            "poor": Timelines(identity=POOR, timelines=(TimelineName(id="t1", name="harbour", current=True),)),
        }
    )
    specs: list[SpecRow] = field(
        default_factory=lambda: [
            SpecRow(
                name="social-h264",
                title="Social media, H.264",
                aspects=("16:9", "9:16", "1:1"),
                picture="H.264 High, 4:2:0 8 bit",
                sound="AAC stereo, -14 LUFS",
            ),
            SpecRow(
                name="broadcast-prores",
                title="Broadcast, ProRes 422 HQ",
                aspects=("16:9",),
                picture="ProRes 422 HQ, 4:2:2 10 bit",
                sound="PCM stereo, -23 LUFS",
            ),
            SpecRow(
                name="review-h264",
                title="Review with burnt-in timecode",
                aspects=("16:9", "9:16", "1:1"),
                picture="H.264",
                sound="AAC stereo",
            ),
        ]
    )
    presets: list[PresetRow] = field(
        default_factory=lambda: [
            PresetRow(name="harbour campaign", layer="project", title="Harbour", lines=18),
            PresetRow(name="house social", layer="studio", title="", lines=6),
            PresetRow(
                name="old", layer="studio", problem="Unknown key 'durtions' at matrix[0]. Did you mean 'durations'?"
            ),
        ]
    )
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    actions: list[ActionRow] = field(
        default_factory=lambda: [
            ActionRow(
                id="send",
                label="Send to client",
                help="Uploads the files and writes the mail.",
                plugin="harbour-studio",
            ),
        ]
    )
    rows: list[DeliverableRow] = field(default_factory=lambda: lines())
    plan_findings: tuple[FindingRow, ...] = (TOLD,)
    plans: dict[str, PlanRow] = field(default_factory=dict)
    jobs: dict[str, JobRow] = field(default_factory=dict)
    files: dict[str, list[FileRow]] = field(default_factory=dict)
    found: dict[str, list[FindingRow]] = field(default_factory=dict)

    def timeline(self, host: str, id: str) -> TimelineRow:
        return timeline(host, id or "t1", self.open[host])


def timeline(host: str, id: str, open: Timelines) -> TimelineRow:
    name = next(each.name for each in open.timelines if each.id == id)
    markers = tuple(
        MarkerRow(frame=f, frames=240, timecode=f"01:00:{f // 24:02}:00", name="CUT30") for f in (0, 480, 960)
    )
    return TimelineRow(
        host=host, id=id, name=name, content="c0ffee", rate=RATE, start="01:00:00:00", frames=1440,
        length="00:01:00:00", size=(1920, 1080), markers=markers, findings=(TOLD,),
        choices=(
            ChoiceRow(name="CUT30", count=3, frames=720, length="00:00:30:00", label="30s"),
            ChoiceRow(name="CUT15", count=2, frames=360, length="00:00:15:00", label="15s"),
            ChoiceRow(name="Best bits", count=1, frames=100, length="00:00:04:04"),
        ),
    )  # fmt: skip


def lines(
    *, markets: tuple[str, ...] = ("",), many: int = 0, prefix: str = "Harbour-Line_Harbour-Days"
) -> list[DeliverableRow]:
    """18 lines of a plan, or *many*: some unchanged, some blocked, some to look at."""
    wanted = list(product(LENGTHS, ("16:9", "9:16", "1:1"), ("social-h264", "broadcast-prores"), markets))
    made = [line(number, *each, prefix=prefix) for number, each in enumerate(wanted)]
    while len(made) < many:
        number = len(made)
        made.append(line(number, *wanted[number % len(wanted)][:3], f"M{number // len(wanted):03}", prefix=prefix))
    return made[: many or None]


def line(number: int, length: str, aspect: str, spec: str, market: str, *, prefix: str) -> DeliverableRow:
    frames, timecode = LENGTHS[length]
    state = "blocked" if number % 11 == 3 else "unchanged" if number % 5 == 4 else "ready"
    found = (EXPIRED,) if state == "blocked" else (QUIET,) if number % 7 == 5 else ()
    version = "v2" if number % 4 == 0 else "v1"
    suffix = "mov" if spec == "broadcast-prores" else "mp4"
    tail = "_".join(filter(None, (length, aspect.replace(":", "x"), "en", market, version.replace("v", "v00"))))
    return DeliverableRow(
        id=" ".join(filter(None, (length, aspect, "en", market, spec))), duration=length, aspect=aspect, language="en",
        market=market, texted=True, spec=spec, path=f"{spec}/{prefix}_{tail}.{suffix}", version=version,
        why="its content is another than that of v1" if version == "v2" else "the first of its kind", state=state,
        frames=frames, length=timecode, size={"16:9": (1920, 1080), "9:16": (1080, 1920), "1:1": (1080, 1080)}[aspect],
        rights="expired in US" if state == "blocked" else "cleared", weight="fail" if state == "blocked" else "",
        because=("shot 3 was trimmed by 6 frames at its tail",) if state == "ready" else (), findings=found,
    )  # fmt: skip


def plan(world: World, id: str, params: dict[str, Any]) -> PlanRow:
    states = [row.state for row in world.rows]
    project = params["order"]["project"]
    return PlanRow(
        id=id, project=params["project"], title=f"{project['client']} · {project['title']}",
        host=params["host"], timeline=params["timeline"], timeline_name="harbour", rate=RATE,
        out="/projects/harbour-line/spring/harbour/delivery", total=len(states), ready=states.count("ready"),
        unchanged=states.count("unchanged"), blocked=states.count("blocked"), segments=282, segments_in_store=240,
        frames_to_render=1008, findings=world.plan_findings,
    )  # fmt: skip


def job(id: str, plan: PlanRow, rows: list[DeliverableRow]) -> tuple[JobRow, list[FileRow]]:
    files = [FileRow(id=row.id, path=row.path, state="waiting", total=12) for row in rows]
    made = JobRow(
        id=id, project=plan.project, plan=plan.id, title=plan.title, timeline_name=plan.timeline_name, out=plan.out,
        state="running", host=plan.host, timeline=plan.timeline, started="2026-11-25T22:10:00Z", frames_total=1008,
        total=len(files), seconds_left=95.0, said="rendering",
    )  # fmt: skip
    return made, files


def edit(id: str, what: str, place: str = "", *, undone: bool = False) -> EditRow:
    return EditRow(id=id, host="fake", what=what, place=place, undone=undone)
