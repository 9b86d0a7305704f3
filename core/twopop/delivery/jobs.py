"""What a run has to render: everything that its deliverables need and the store does not hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from twopop.delivery.plan import Deliverable, Plan
from twopop.delivery.session import Session
from twopop.delivery.work import Task
from twopop.errors import TwopopError
from twopop.findings import Finding, fail, warn
from twopop.settings import RunTable
from twopop.sound.encode import sound_key
from twopop.sound.mix import KIND
from twopop.specs import Audio


@dataclass
class Jobs:
    """The *tasks* to perform; the number of segments that the store holds already (*reused*).

    *problems* are by key: what cannot be rendered, and why. *findings* are about the store.
    """

    tasks: list[Task] = field(default_factory=list)
    reused: int = 0
    problems: dict[str, Finding] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def needs(deliverable: Deliverable) -> set[str]:
    """The keys of all that *deliverable* is assembled from."""
    return {*deliverable.segments, *deliverable.mixes}


def sort_out(plan: Plan, session: Session, deliverables: Sequence[Deliverable]) -> Jobs:
    """The work for *deliverables*, in their order, each thing once. Entries of the store are read and checked first."""
    jobs = Jobs()
    seconds = session.settings[RunTable].task_seconds
    for key in dict.fromkeys(key for d in deliverables for key in (*d.mixes, *d.segments)):
        if key in plan.copies:
            copy = plan.copies[key]
            changed = _changed_media([(copy.path, copy.content)], session)
            jobs.problems |= {key: changed} if changed else {}
            continue
        task = Task(
            key=key,
            store=str(session.store.folder),
            ffmpeg=plan.tools["ffmpeg"],
            seconds=seconds,
            segment=plan.segments.get(key),
            mix=plan.mixes.get(key),
        )
        if _held("segments" if task.segment else KIND, key, session, jobs):
            jobs.reused += task.segment is not None
            continue
        changed = _changed_media(_sources(task), session)
        if changed:
            jobs.problems[key] = changed
        else:
            jobs.tasks.append(task)
    tools = plan.tools["fingerprint"]
    for key in dict.fromkeys(key for d in deliverables for key in _encoded(d, plan.specs[d.spec].audio, tools)):
        _held(KIND, key, session, jobs)  # encoding sound is no task: it is done again when a file is finished
    return jobs


def _encoded(deliverable: Deliverable, audio: Audio, tools: str) -> list[str]:
    """The keys of the encoded sounds of *deliverable*."""
    pairs = zip(deliverable.mixes, audio.sounds, strict=True)
    return [sound_key(mix, audio, track, tools) for mix, track in pairs]


def _held(kind: str, key: str, session: Session, jobs: Jobs) -> bool:
    """Whether the store has the entry as it was put in; a damaged one is removed, and told."""
    known = session.store.recorded(kind, key)
    if session.store.intact(kind, key):
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


def _sources(task: Task) -> Iterator[tuple[str, str]]:
    if task.segment:
        yield from dict.fromkeys((take.path, take.content) for take in task.segment.takes())
    if task.mix:
        yield from ((part.path, part.content) for part in task.mix.parts)
