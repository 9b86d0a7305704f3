"""Where a project's service keeps what it was told and what it made: below the project's work folder."""

from __future__ import annotations

import re
from pathlib import Path

from twopop.errors import InputError
from twopop.settings import PathsTable, find

_ID = re.compile(r"[0-9a-f]{32}(-\d{1,4})?")


def work_folder(folder: Path) -> Path:
    """The work folder of the project in *folder*; raises InputError for settings that cannot be read."""
    return folder / find(folder)[PathsTable].work


def timelines(work: Path) -> Path:
    """The timelines that were planned for, as their hosts gave them, by what they show."""
    return work / "timelines"


def plans(work: Path) -> Path:
    """A folder for each plan, by its id."""
    return work / "plans"


def jobs(work: Path) -> Path:
    """A folder for each job, by its id."""
    return work / "jobs"


def edits(work: Path) -> Path:
    """What was changed in hosts for plans, by the plan's id."""
    return work / "edits"


def masters(work: Path) -> Path:
    """Masters that hosts rendered."""
    return work / "masters"


def checked(id: str) -> str:
    """*id*, if it has the form of a plan's or a job's; raises InputError. Only such become part of a path."""
    if not _ID.fullmatch(id):
        raise InputError(f"{id[:80]!r} is the id of no plan or job.", remedy="Plan again.")
    return id
