"""A Reading as plain data: what ``twopop timeline FILE --json`` prints."""

from __future__ import annotations

from typing import Any

from twopop import schema
from twopop.timeline.program import AudioClip, AudioTrack, Event, Marker, Program
from twopop.timeline.reading import Reading


def listing(reading: Reading) -> dict[str, Any]:
    """*reading* as dictionaries and lists: ``rate``, ``start``, ``duration_frames``, ``events``, ``markers`` ...

    Record times are timecodes (out is exclusive, as editors count) with frames from the program's first beside them;
    source times and speeds are exact fractions in text.
    """
    program = reading.program
    return {
        "name": program.name,
        "rate": str(program.rate),
        "start": program.timecode(0),
        "drop_frame": program.drop,
        "duration_frames": program.frames,
        "size": list(program.size) if program.size else None,
        "events": [_event(event, program) for event in program.events],
        "dissolves": [
            {
                "record_in": program.timecode(dissolve.start),
                "record_out": program.timecode(dissolve.stop),
                "start": dissolve.start,
                "stop": dissolve.stop,
                "kind": dissolve.kind,
            }
            for dissolve in program.dissolves
        ],
        "audio": [_track(track, program) for track in program.audio],
        "markers": [_marker(marker, program) for marker in program.markers],
        "findings": [schema.to_builtins(finding) for finding in reading.findings],
    }


def _event(event: Event, program: Program) -> dict[str, Any]:
    listed: dict[str, Any] = {
        "record_in": program.timecode(event.start),
        "record_out": program.timecode(event.stop),
        "start": event.start,
        "stop": event.stop,
        "name": event.name,
        "kind": str(event.kind),
        "layer": event.layer,
        "track": event.track,
        "source": event.source.path if event.source else "",
        "source_name": event.source.name if event.source else "",
        "source_in": str(event.source_in),
        "source_is_timecode": event.absolute,
        "speed": str(event.speed),
    }
    for key in ("text", "fade_in", "fade_out", "reframe"):
        if getattr(event, key):
            listed[key] = schema.to_builtins(getattr(event, key))
    if event.kind == "colour":
        listed["colour"] = event.colour
    return listed


def _track(track: AudioTrack, program: Program) -> dict[str, Any]:
    return {
        "name": track.name,
        "role": str(track.role),
        "role_from": track.role_from,
        "clips": [_clip(clip, program) for clip in track.clips],
    }


def _clip(clip: AudioClip, program: Program) -> dict[str, Any]:
    return {
        "record_in": program.timecode(program.rate.nearest_frame(clip.start)),
        "record_out": program.timecode(program.rate.nearest_frame(clip.stop)),
        "start_seconds": str(clip.start),
        "stop_seconds": str(clip.stop),
        "name": clip.name,
        "source": clip.source.path,
        "source_name": clip.source.name,
        "source_in": str(clip.source_in),
        "source_is_timecode": clip.absolute,
        "speed": str(clip.speed),
        "gain_db": clip.gain_db,
        "fade_in": str(clip.fade_in),
        "fade_out": str(clip.fade_out),
        "channels": list(clip.channels),
    }


def _marker(marker: Marker, program: Program) -> dict[str, Any]:
    return {
        "timecode": program.timecode(marker.frame),
        "frame": marker.frame,
        "frames": marker.frames,
        "name": marker.name,
        "colour": marker.colour,
        "note": marker.note,
    }
