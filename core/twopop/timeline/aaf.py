"""Reading AAF, as Media Composer writes it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from twopop.errors import InputError
from twopop.timeline import adapters
from twopop.timeline.choosing import chosen, timelines
from twopop.timeline.exact import picture_rate
from twopop.timeline.flatten import Cut, flatten
from twopop.timeline.reading import Reading, ReadOptions

_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read_aaf(path: Path, options: ReadOptions) -> Reading:
    """The cut in the AAF at *path*. Raises InputError."""
    if not adapters.contents(path).startswith(_COMPOUND_FILE):
        raise InputError("This is no AAF (an AAF begins otherwise).", where=str(path), remedy="Export an AAF.")

    def read() -> Any:
        import opentimelineio

        return opentimelineio.adapters.read_from_file(str(path), "AAF")

    found = adapters.called("an AAF", path, read)
    timeline, more = chosen(path, list(timelines(found)), options.name)
    drop = adapters.called("an AAF", path, lambda: _drops(path, timeline))
    return adapters.called("an AAF", path, lambda: flatten(Cut(timeline, drop=drop, findings=more), options))


def _drops(path: Path, timeline: Any) -> bool:
    """Whether the timecode track of the composition called like *timeline* drops frames (the adapter leaves it out)."""
    origin = timeline.global_start_time
    rate = picture_rate(origin.rate) if origin is not None else None
    if rate is None or not rate.may_drop:
        return False
    import aaf2  # type: ignore[import-untyped]

    with aaf2.open(str(path), "r") as file:
        for mob in file.content.compositionmobs():
            if mob.name != timeline.name:
                continue
            for slot in mob.slots:
                codes = [slot.segment, *(getattr(slot.segment, "components", None) or [])]
                for code in codes:
                    if type(code).__name__ == "Timecode":
                        return bool(code["Drop"].value)
    return False
