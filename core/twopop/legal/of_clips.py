"""What the timeline itself says of rights: ``rights`` in the clips' own metadata, as a ledger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twopop.legal.model import Asset, Grant, Ledger, Status
from twopop.timeline.program import AudioClip, Event, Program

#: What a clip may say, and what it means in a ledger.
_SAID: dict[str, Status] = {"cleared": "executed", "refused": "refused", "unknown": "unknown"}

#: Where such a grant stands, for people.
ORIGIN = "the clip's own metadata"


def ledger_of_clips(program: Program) -> Ledger:
    """The ledger in the clips' own metadata: each source once, in the order of the program.

    A clip says ``rights = {"status": "refused", "note": "..."}``, or the status alone. A status that is none of
    cleared, refused and unknown counts as unknown, with the word in the note.
    """
    clips: list[Event | AudioClip] = [*program.events, *(clip for track in program.audio for clip in track.clips)]
    grants = dict.fromkeys(_grant(clip) for clip in clips if "rights" in clip.metadata and _subject(clip))
    names = dict.fromkeys(grant.asset for grant in grants)
    assets = tuple(Asset(id=name, kind="other", sources=(_literal(name),), origin=ORIGIN) for name in names)
    return Ledger(assets=assets, grants=tuple(grants))


def _grant(clip: Event | AudioClip) -> Grant:
    said: Any = clip.metadata["rights"]
    table: Mapping[str, Any] = said if isinstance(said, Mapping) else {"status": said}
    status, note = table.get("status", ""), str(table.get("note") or "")
    word = status.strip().lower() if isinstance(status, str) else ""
    if word in _SAID:
        return Grant(asset=_subject(clip), status=_SAID[word], note=note, origin=ORIGIN)
    told = f"its status is written as {status!r}" if status else "it has no status"
    return Grant(asset=_subject(clip), note=f"{note}; {told}" if note else told, origin=ORIGIN)


def _subject(clip: Event | AudioClip) -> str:
    """What a grant of *clip* speaks of: its source, or the clip's own name where it has none (a title)."""
    return clip.source.name if clip.source is not None else clip.name


def _literal(name: str) -> str:
    """A pattern that fits *name* and nothing else."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)
