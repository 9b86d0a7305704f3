"""A post house in one file: its names, a check of its job numbers, a slip beside each file, a logbook."""

import os
import re
from pathlib import Path

import msgspec

from twopop import EditorError, FileName, NameField, Sidecar, fail, hookimpl, warn


class House(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``[house]``: what a *job* number looks like, how many *rounds* the quote includes, the *folder* of the files."""

    job: str = "[A-Z]{2}[0-9]{4}"
    rounds: int = 3
    folder: str = "masters"


@hookimpl
def settings():
    return [House]


@hookimpl
def name_fields(order, variant):
    seconds = variant.duration.removesuffix("s").zfill(3)
    return [NameField(name="job", value=order.project.code), NameField(name="runs", value=seconds)]


@hookimpl
def name(fields, settings):
    if not fields["job"]:
        raise EditorError("The order has no job number.", remedy="Write it under [project] as code.")
    parts = [fields[key] for key in ("job", "runs", "aspect", "language", "market", "textless")]
    stem = "_".join([part for part in parts if part] + [f"v{fields['version']}"])
    return FileName(stem=stem, folder=f"{settings[House].folder}/{fields['spec']}", template="house")


@hookimpl
def check_plan(plan, settings):
    house, job = settings[House], plan.project["code"]
    found = [] if re.fullmatch(house.job, job) else [fail("house.job", f"{job!r} is no job number of ours.")]
    late = [d for d in plan.deliverables if d.state == "ready" and d.version.number > house.rounds]
    return found + [warn("house.rounds", f"The quote covers {house.rounds} rounds.", where=d.id) for d in late]


@hookimpl
def sidecars(deliverable, spec):
    start = deliverable.start_timecode or "no timecode"
    slip = f"{deliverable.path}\n{spec.title}\n{deliverable.frames} frames at {deliverable.rate}, {start}\n"
    return [Sidecar(suffix=".slip.txt", content=slip.encode())]


@hookimpl
def delivered(record):
    if logbook := os.environ.get("HOUSE_LOGBOOK"):  # a file that the bookings desk reads
        with Path(logbook).open("a", encoding="utf-8") as book:
            book.write(f"{record.file.path}\tv{record.version}\t{record.file.sha256}\n")
