"""Masters that hosts render: one textless master for each state of a timeline, made ready and checked in a worker."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec

from twopop import files, schema
from twopop.delivery.session import Session
from twopop.errors import TwopopError
from twopop.hosts.model import HostTimeline, RenderPreset
from twopop.hosts.reading_back import rendered
from twopop.service import places
from twopop.service.methods import Nothing
from twopop.service.planning import kept
from twopop.service.work import Work
from twopop.settings import ServiceTable


class MasterFor(msgspec.Struct, frozen=True, kw_only=True):
    """The master of a *timeline* of the host called *host*."""

    host: str
    timeline: HostTimeline


class MasterPlace(msgspec.Struct, frozen=True, kw_only=True):
    """Where a master lies, or is to lie: its *file*, whether it is *there*, and how the host renders it.

    It is *frames* long. With *titles* the timeline has some, which the render must not show.
    """

    file: str
    there: bool
    preset: RenderPreset
    frames: int
    titles: bool


class MasterTaken(msgspec.Struct, frozen=True, kw_only=True):
    """A host has rendered *file*, which is to become the master at *place*."""

    file: str
    place: MasterPlace


def master(session: Session, params: MasterFor, work: Work) -> MasterPlace:
    """Where the master for this state of the timeline lies; what its host tells of it decides, but for markers."""
    program = kept(session, params.timeline)[2].program
    table = session.settings[ServiceTable]
    preset = RenderPreset(
        container=table.master_container,
        video=table.master_video,
        size=table.master_size or program.size or (1920, 1080),
        rate=program.rate,
        channels=0,
        textless=bool(program.overlays),
    )
    state = schema.fingerprint((params.host, preset, _without_markers(json.loads(params.timeline.otio))))
    file = places.masters(session.work) / f"{state}.{preset.container}"
    return MasterPlace(
        file=str(file), there=file.is_file(), preset=preset, frames=program.frames, titles=bool(program.overlays)
    )  # fmt: skip


def _without_markers(value: Any) -> Any:
    """What an OTIO text says beside its markers and the timeline's own name: neither changes what is seen."""
    if isinstance(value, list):
        return [_without_markers(each) for each in value]
    if not isinstance(value, dict):
        return value
    named = str(value.get("OTIO_SCHEMA", "")).startswith("Timeline.")
    left_out = {"markers", "name"} if named else {"markers"}
    return {key: _without_markers(each) for key, each in value.items() if key not in left_out}


def take_master(session: Session, params: MasterTaken, work: Work) -> Nothing:
    """Read back what the host rendered and give it its name; one that is not what was asked for is removed.

    Raises StudioError that says what is wrong with it.
    """
    file, place = Path(params.file), params.place
    try:
        rendered(file, place.preset, place.frames)
        files.give_name(file, Path(place.file), over=True)
    except TwopopError:
        file.unlink(missing_ok=True)
        raise
    except OSError as error:
        raise files.cannot_write(Path(place.file), error) from error
    return Nothing()
