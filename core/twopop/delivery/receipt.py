"""The receipt: what a run really did."""

from __future__ import annotations

from typing import Literal

import msgspec

from twopop.findings import Finding
from twopop.picture.facts import SuperSeen
from twopop.sound.recipe import MixReport
from twopop.time import Rate
from twopop.variants.model import Variant
from twopop.versions.model import HostEdit

SCHEMA = "twopop.receipt/1"

Outcome = Literal["delivered", "unchanged", "failed", "blocked", "cancelled"]


class FileRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One file that was written: *path* relative to the output folder, its size in *bytes* and its *sha256*.

    A folder has the sum of its files' sizes, and the SHA-256 of what ``sha256sum`` writes of them by name.
    """

    path: str
    bytes: int
    sha256: str


class Delivered(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one deliverable: its *outcome*, the *file* and its *sidecars*, and what the checks found.

    A *file* that is a folder has its files in *parts*.

    *rendered*, *reused* and *copied* count its segments. *sounds* is what was measured on each of its mixes, *supers*
    what is seen in its pictures of each of its legal texts. *codec*, *size*, *rate*, *frames*, *samples* (of its sound)
    and *start_timecode* are as read back from the file. *label* is the version as names write it, where it is not its
    number. *replaced* are files of other content that lay under these names: where they were put aside.
    """

    id: str
    variant: Variant
    spec: str
    version: int
    outcome: Outcome
    frames: int
    rate: Rate
    size: tuple[int, int]
    start_timecode: str = ""
    codec: str = ""
    samples: int = 0
    file: FileRecord | None = None
    parts: tuple[FileRecord, ...] = ()
    sidecars: tuple[FileRecord, ...] = ()
    sounds: tuple[MixReport, ...] = ()
    supers: tuple[SuperSeen, ...] = ()
    rendered: int = 0
    reused: int = 0
    copied: int = 0
    findings: tuple[Finding, ...] = ()
    label: str = ""
    replaced: tuple[FileRecord, ...] = ()


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """What could not be made: its *key* in the plan, *what* it is in words, and the *problem*."""

    key: str
    what: str
    problem: Finding


def files_of(record: Delivered) -> tuple[FileRecord, ...]:
    """Every file of *record* that lies on disk: of a folder, what is in it."""
    return (*(record.parts or ([record.file] if record.file else [])), *record.sidecars)


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What a run really did: every deliverable of the plan, with its file or the reason why there is none.

    *failures* are the segments and mixes that could not be made; ``twopop render`` tries one of them again.
    *host_edits* are what it changed in a host application's project.
    """

    schema: str
    twopop: str
    project: dict[str, str]
    timeline: str
    plan: str
    deliverables: tuple[Delivered, ...]
    segments_rendered: int = 0
    segments_reused: int = 0
    findings: tuple[Finding, ...] = ()
    failures: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()
    host_edits: tuple[HostEdit, ...] = ()
