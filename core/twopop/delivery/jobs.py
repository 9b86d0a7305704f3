"""What a run has to render: everything that its deliverables need and the store does not hold."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from twopop.delivery.plan import Deliverable, Plan
from twopop.delivery.session import Session
from twopop.delivery.work import Task
from twopop.errors import TwopopError
from twopop.findings import Finding, fail, warn
from twopop.picture.cost import is_cheap, stretch, work
from twopop.picture.recipe import Segment, takes_of
from twopop.settings import RunTable
from twopop.sound.encode import sound_key
from twopop.sound.mix import KIND
from twopop.specs import Spec


@dataclass
class Jobs:
    """The *tasks* to perform, in the order in which to begin them; the number of segments held by the store (*reused*).

    *problems* are by key: what cannot be rendered, and why. *findings* are about the store.
    """

    tasks: list[Task] = field(default_factory=list)
    reused: int = 0
    problems: dict[str, Finding] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def needs(deliverable: Deliverable) -> set[str]:
    """The keys of all that *deliverable* is assembled from."""
    return {*deliverable.segments, *deliverable.mixes}


def entries(plan: Plan, deliverables: Iterable[Deliverable]) -> list[str]:
    """The entries of the store, as ``kind/key``, that making *deliverables* needs."""
    needed: dict[str, None] = {}
    for each in deliverables:
        sounds = (*each.mixes, *_encoded(each, plan.specs[each.spec], plan.tools["fingerprint"]))
        needed |= dict.fromkeys(f"segments/{key}" for key in each.segments if key not in plan.copies)
        needed |= dict.fromkeys(f"{KIND}/{key}" for key in sounds)
    return list(needed)


def sort_out(plan: Plan, session: Session, deliverables: Sequence[Deliverable]) -> Jobs:
    """The work for *deliverables*, each thing once. Entries of the store are read and checked first."""
    jobs = Jobs()
    missing: set[str] = set()
    for key in dict.fromkeys(key for d in deliverables for key in (*d.mixes, *d.segments)):
        segment = plan.segments.get(key)
        if key in plan.copies:
            copy = plan.copies[key]
            sources = [(copy.path, copy.content)]
        elif segment:
            if _held("segments", key, session, jobs, frames=segment.frames):
                jobs.reused += 1
                continue
            sources = list(dict.fromkeys((take.path, take.content) for take in takes_of(segment)))
        elif _held(KIND, key, session, jobs):
            continue
        else:
            sources = [(part.path, part.content) for part in plan.mixes[key].parts]
        changed = _changed_media(sources, session)
        if changed:
            jobs.problems[key] = changed
        elif key not in plan.copies:
            missing.add(key)
    tools = plan.tools["fingerprint"]
    for key in dict.fromkeys(key for d in deliverables for key in _encoded(d, plan.specs[d.spec], tools)):
        _held(KIND, key, session, jobs)  # encoding sound is no task: it is done again when a file is finished
    jobs.tasks = tasks_for(plan, session, in_order(plan, deliverables, missing))
    return jobs


def in_order(plan: Plan, deliverables: Sequence[Deliverable], missing: Collection[str]) -> list[str]:
    """The *missing* keys in the order in which to begin them.

    The deliverable that wants the least work comes first, so that files are finished early; within it sound comes
    first and then the longest segment, so that the last ones to run are short and no core is left alone with a long
    one.
    """
    costs = {key: work(plan.segments[key]) for key in missing if key in plan.segments}
    lacking = [(sum(costs.get(key, 0) for key in set(d.segments)), d) for d in deliverables]
    order: dict[str, None] = {}
    for _, deliverable in sorted(lacking, key=lambda pair: pair[0]):
        order |= dict.fromkeys(key for key in deliverable.mixes if key in missing)
        rest = [key for key in deliverable.segments if key in costs and key not in order]
        order |= dict.fromkeys(sorted(rest, key=lambda key: -costs[key]))
    return list(order)


def tasks_for(plan: Plan, session: Session, keys: Iterable[str]) -> list[Task]:
    """The tasks that make *keys*, in their order; looks of one stretch that are cheap to encode share one."""
    tasks: list[Task] = []
    places: dict[object, int] = {}
    for key in keys:
        segment = plan.segments.get(key)
        alike = stretch(segment) if isinstance(segment, Segment) and is_cheap(segment.encoding) else None
        if segment and alike in places:
            place = places[alike]
            tasks[place] = msgspec.structs.replace(tasks[place], segments=tasks[place].segments | {key: segment})
            continue
        if alike is not None:
            places[alike] = len(tasks)
        tasks.append(
            Task(
                store=str(session.store.folder),
                ffmpeg=plan.tools["ffmpeg"],
                seconds=session.settings[RunTable].task_seconds,
                segments={key: segment} if segment else {},
                mixes={} if segment else {key: plan.mixes[key]},
            )
        )
    return tasks


def _encoded(deliverable: Deliverable, spec: Spec, tools: str) -> list[str]:
    """The keys of the encoded sounds of *deliverable*."""
    audio, pairs = spec.audio, zip(deliverable.mixes, spec.sounds, strict=True)
    return [sound_key(mix, audio, track, tools) for mix, track in pairs] if audio else []


def _held(kind: str, key: str, session: Session, jobs: Jobs, **measured: int) -> bool:
    """Whether the store has the entry as it was put in; a damaged one is removed, and told."""
    known = session.store.recorded(kind, key)
    if session.store.intact(kind, key, **measured):
        return True
    if known:
        jobs.findings.append(warn("store.damaged", "An entry of the store was damaged and is made again.", where=key))
    return False


def _changed_media(sources: Iterable[tuple[str, str]], session: Session) -> Finding | None:
    """A finding when a file is no longer what the plan was made from: its pictures would bear the wrong key."""
    for path, content in sources:
        try:
            same = session.library.facts(Path(path)).content == content
        except TwopopError:
            same = False
        if not same:
            message = "The file was changed or taken away after the plan was made."
            return fail("media.changed", message, where=path, remedy="Run again: the plan is made anew.")
    return None
